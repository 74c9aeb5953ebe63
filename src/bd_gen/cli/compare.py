"""`bd-gen compare`: the results of many methods side by side."""

import sys
from pathlib import Path

import click

from bd_gen.cli.comparing import compare_and_print, results_option, schedule_option


@click.command()
@schedule_option
@results_option
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="File to write.  [default: comparison.md beside the results]",
)
@click.option(
    "--csv",
    type=click.Path(path_type=Path),
    help="Also write every number: method, key, mean, std.",
)
def command(schedule: str, results_dir: Path, out: Path | None, csv: Path | None) -> None:
    """Set the results of all methods side by side and print the main rows.

    A result file that cannot be used is named and left out; the exit code is then 2.
    """
    if compare_and_print(results_dir / schedule, out, csv):
        sys.exit(2)
