"""The first thing that runs: Ctrl-C before there is anybody to hear of it ends the process.

Loading the rest takes a few tenths of a second, in which Ctrl-C would give a traceback from
wherever it fell. This module loads nothing but what it needs for that.
"""

# The part of `signal` in C is there already; loading the rest of it would take the time of `enum`.
import _signal as signal  # type: ignore[import-not-found]


def main(script: str | None = None) -> None:
    """Entry point of `bd-gen`.

    Args:
        script: the command whose published script this is, with the defaults of that script.
    """
    heard = signal.getsignal(signal.SIGINT)
    if heard is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from bd_gen.cli.main import cli, run

    arguments = None
    if script is not None:
        from bd_gen.cli.published_scripts import arguments_of_script

        arguments = arguments_of_script(script)
    try:
        signal.signal(signal.SIGINT, heard)
        run(cli, "bd-gen", arguments)
    finally:
        # What is left is to close files: nobody is there to hear of Ctrl-C any more.
        if heard is signal.default_int_handler:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
