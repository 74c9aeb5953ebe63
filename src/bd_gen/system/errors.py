"""Errors that are meant for people."""


class InputError(Exception):
    """Something the user gave cannot be used: a file, a field, an option.

    The message is one clear line that names the file, the field and what was expected.
    The command line prints it without a traceback and ends with exit code 2. What cannot be
    printed stands in it escaped: names of files may come from elsewhere and hold anything.
    """

    def __init__(self, message: str = "") -> None:
        super().__init__(printable(message))


class InternalError(RuntimeError):
    """What this program made is not what was asked for, noticed before anything was handed out.

    A fault of the program and not of its user; the command line tells it in one line.
    """


def printable(text: str) -> str:
    """The text with control characters and the like escaped, so that a terminal only shows it."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
