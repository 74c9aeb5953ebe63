"""The command `bd-gen`. Sub-commands are imported only when they are called."""

import importlib
import sys

import click

from bd_gen import __version__
from bd_gen.errors import InputError

COMMANDS = {
    "data": ("bd_gen.cli.data", "Prepare data: make, read, export and describe plans."),
    "train": ("bd_gen.cli.train", "Train a denoiser."),
    "generate": ("bd_gen.cli.generate", "Sample diagrams from a checkpoint."),
    "evaluate": ("bd_gen.cli.evaluate", "Compute every metric from saved samples."),
    "compare": ("bd_gen.cli.compare", "Set the results of many methods side by side."),
    "demo": ("bd_gen.cli.demo", "Run the whole pipeline on built-in data."),
}


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
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, but an unknown name is answered with the near ones."""
        import difflib

        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            near = difflib.get_close_matches(args[0], COMMANDS, n=2)
            hint = f"; did you mean {' or '.join(near)}?" if near else ""
            ctx.fail(f"there is no command {args[0]!r}{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="bd-gen")
def cli() -> None:
    """Residential bubble diagrams by masked discrete diffusion.

    The stages talk by files: data, train, generate, evaluate, compare. Each can be run again
    alone. `bd-gen COMMAND --help` tells more.
    """


def main() -> None:
    """Entry point: errors meant for people become one line and exit code 2."""
    try:
        cli(prog_name="bd-gen")
    except InputError as error:
        click.echo(f"bd-gen: {error}", err=True)
        sys.exit(2)
