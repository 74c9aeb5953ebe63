"""The command `bd-gen`. Sub-commands are imported only when they are called."""

import importlib
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from bd_gen.cli.terminal import drop_the_rest, shown_only
from bd_gen.system.errors import InputError, InternalError, printable
from bd_gen.system.interrupts import Interrupts
from bd_gen.system.version import __version__

COMMANDS = {
    "data": ("bd_gen.cli.data", "Prepare data: make, read, export and describe plans."),
    "train": ("bd_gen.cli.train", "Train a denoiser."),
    "generate": ("bd_gen.cli.generate", "Sample diagrams from a checkpoint."),
    "likelihood": ("bd_gen.cli.likelihood", "Nats per held-out diagram, to choose a model by."),
    "strip": ("bd_gen.cli.strip", "Make a checkpoint small enough to share."),
    "import": ("bd_gen.cli.import_samples", "Take up diagrams of any generator as samples."),
    "evaluate": ("bd_gen.cli.evaluate", "Compute every metric from saved samples."),
    "show": ("bd_gen.cli.show", "Look at samples of a method, those that fail for instance."),
    "design": ("bd_gen.cli.design", "Turn a room programme and rules into floor plans."),
    "studio": ("bd_gen.cli.studio", "Draw bubbles and get plans, in the browser."),
    "draw": ("bd_gen.cli.draw", "Draw floor plans, bubble diagrams, or a sample being drawn."),
    "export": ("bd_gen.cli.export", "Write diagrams as GraphML, DXF, CSV, JSON or pictures."),
    "compare": ("bd_gen.cli.compare", "Set the results of many methods side by side."),
    "report": ("bd_gen.cli.report", "Write one HTML page on all results, with pictures."),
    "suite": ("bd_gen.cli.suite", "Run many methods: sample, evaluate and compare."),
    "backfill": ("bd_gen.cli.backfill", "Draw the samples that results lack."),
    "verify": ("bd_gen.cli.verify", "Compute stored numbers again, or compare two directories."),
    "methods": ("bd_gen.cli.methods", "List sampling orders, decodings and remaskings."),
    "demo": ("bd_gen.cli.demo", "Run the whole pipeline on built-in data."),
}

_SHOW_WHAT_IS_REGISTERED = ("data", "export", "generate", "train")
"""Commands whose help lists what is registered; others ask for that only when they run."""

_NO_MEMORY = (
    "Cannot allocate memory",
    "can't allocate memory",  # torch
    "out of memory",
    "failed to map segment",  # of a library that is being loaded
    "can't start new thread",
)


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Names in the order of the pipeline."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of that name; its module exposes it as `command`."""
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(COMMANDS[cmd_name][0]).command
        assert isinstance(command, click.Command)  # noqa: S101
        if not any(parameter.name == "plugins" for parameter in command.params):
            command.params.append(_plugin_option())
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take `--plugin` out of the arguments, wherever it stands, and import what it names.

        That has to be done before a command is looked at: what it offers may come from there.
        """
        args, plugins = _without_plugins(ctx, args)
        name, is_help = (args or [""])[0], bool({"-h", "--help"} & set(args))
        if plugins or name in (_SHOW_WHAT_IS_REGISTERED if is_help else COMMANDS):
            import_plugins(plugins)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> None:
        """Run the command; what it returns is no exit code."""
        super().invoke(ctx)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, but an unknown name is answered with the near ones."""
        from bd_gen.system.names import did_you_mean

        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            begun = [name for name in COMMANDS if name.startswith(args[0])]
            hint = f"; did you mean {' or '.join(begun)}?" if begun else ""
            hint = hint or did_you_mean(args[0], COMMANDS, 2)
            ctx.fail(f"there is no command {args[0]!r}{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


def _plugin_option() -> click.Option:
    """For the help alone: the group takes it out of the arguments before."""
    return click.Option(
        ["--plugin", "plugins"],
        multiple=True,
        metavar="FILE.py|MODULE",
        expose_value=False,
        help="Import this first; it may register things of its own (docs/plugins.md; repeat).",
    )


def _without_plugins(ctx: click.Context, args: list[str]) -> tuple[list[str], list[str]]:
    """The arguments without `--plugin`, and what that names."""
    left, plugins, coming = [], [], iter(args)
    for arg in coming:
        if arg == "--":
            left += [arg, *coming]
        elif arg == "--plugin":
            value = next(coming, None)
            if value is None:
                ctx.fail("Option '--plugin' requires an argument.")
            plugins.append(value)
        elif arg.startswith("--plugin="):
            plugins.append(arg.removeprefix("--plugin="))
        else:
            left.append(arg)
    return left, plugins


def import_plugins(given: Sequence[str] = ()) -> None:
    """Import the plug-ins of installed packages, then those that are named.

    Raises:
        InputError: one of them cannot be used.
    """
    from bd_gen.system.plugins import load, load_installed

    load_installed()
    for name in given:
        load(name)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="bd-gen")
@click.option(
    "--plugin",
    multiple=True,
    metavar="FILE.py|MODULE",
    expose_value=False,
    help="Import this first; before or after the command (docs/plugins.md; repeat).",
)
def cli() -> None:
    """Residential bubble diagrams by masked discrete diffusion.

    The stages talk by files: data, train, generate, evaluate, compare. Each can be run again
    alone. `bd-gen COMMAND --help` tells more.
    """


def run(command: click.Command, name: str, args: Sequence[str] | None = None) -> NoReturn:
    """Run a command and end the process; what people did wrong becomes one line on stderr.

    Exit codes: 0 all went well, 1 the reader of the output went away, 2 something given cannot
    be used or the machine has too little of something, 3 what was made failed its own check and
    was not handed out, 130 stopped by Ctrl-C. A traceback is a fault of this program.

    Args:
        command: what to run.
        name: how the user called it.
        args: arguments; those of the process by default.
    """
    with shown_only(), Interrupts() as interrupts:
        try:
            args = _checked(sys.argv[1:] if args is None else args)
            status = command.main(args, prog_name=name, standalone_mode=False)
            sys.stdout.flush()
        except InputError as error:
            _end(f"{name}: {error}", 2)
        except InternalError as error:
            _end(f"{name}: internal error, please report it: {printable(str(error))}", 3)
        except click.ClickException as error:
            _end(_one_line(error, name), error.exit_code)
        except (click.Abort, KeyboardInterrupt):
            _end(f"{name}: stopped", 130)
        except BrokenPipeError:  # as after `| head`; click does the same while a command runs
            drop_the_rest(sys.stdout)
            sys.exit(1)
        except Exception as error:
            if interrupts.came:  # it fell into a library that made another error of it
                _end(f"{name}: stopped", 130)
            reason = _of_the_machine(error)
            if reason is None:
                raise
            _end(f"{name}: {reason}", 2)
        # Only `ctx.exit` ends with a number here: a group's own return value is dropped.
        sys.exit(status if isinstance(status, int) else 0)


def _checked(args: Sequence[str]) -> list[str]:
    """The arguments, which are text: what is none could be written nowhere, in titles for instance.

    Raises:
        InputError: bytes of an argument are no letters of the terminal's alphabet.
    """
    for arg in args:
        if any("\ud800" <= c <= "\udfff" for c in arg):
            raise InputError(f"{arg[:200]}: is not text in UTF-8; files of such names: rename them")
    return list(args)


def _of_the_machine(error: Exception) -> str | None:
    """What the machine lacks or refuses, in one line; None if the fault is the program's."""
    text = str(error)
    if isinstance(error, MemoryError) or any(sign in text for sign in _NO_MEMORY):
        return "there is not enough memory for this"
    if isinstance(error, OSError) and error.errno is not None:
        # Such as a folder that may not be looked into, or a name that is too long to be one.
        where = "" if error.filename is None else f"{printable(str(error.filename))}: "
        return f"{where}{error.strerror}"
    return None


def _one_line(error: click.ClickException, name: str) -> str:
    message = error.format_message()
    if "\n" in message:  # a group called without a command answers with its help
        return message
    context = getattr(error, "ctx", None)
    where = context.command_path if context is not None else name
    return f"{where}: {message.rstrip('.')} (`{where} --help` tells more)"


def _end(message: str, status: int) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(status)


def main() -> None:
    """`bd-gen`, for who has loaded this module already; see `bd_gen.cli.start`."""
    run(cli, "bd-gen")
