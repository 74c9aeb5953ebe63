"""`bd-gen train`."""

import click


class OverridesCommand(click.Command):
    """A command whose help lists the settings of its Hydra configuration."""

    config_name = "train"

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the settings as they are, without rewrapping."""
        from bd_gen.cli.compose import describe

        formatter.write("\n" + describe(self.config_name) + "\n")


@click.command("train", cls=OverridesCommand)
@click.option(
    "--multirun",
    is_flag=True,
    help="One run for each combination of values: KEY=A,B or KEY=range(0,3), each in its folder.",
)
@click.argument("overrides", nargs=-1, metavar="[KEY=VALUE]...")
def command(multirun: bool, overrides: tuple[str, ...]) -> None:
    """Train a denoiser.

    A run lives in its folder (run.dir). Stopped by Ctrl-C or otherwise, the same command goes
    on where it stopped; finished, it says so.

    Example: bd-gen train noise=loglinear model=small training.steps=2000
    """
    from bd_gen.cli.multirun import train_all
    from bd_gen.cli.run_settings import run_config
    from bd_gen.cli.training import train_with_progress

    if multirun:
        train_all(overrides)
    else:
        train_with_progress(run_config(overrides))
