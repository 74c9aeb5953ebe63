"""Errors that are meant for people."""


class InputError(Exception):
    """Something the user gave cannot be used: a file, a field, an option.

    The message is one clear line that names the file, the field and what was expected.
    The command line prints it without a traceback and ends with exit code 2.
    """
