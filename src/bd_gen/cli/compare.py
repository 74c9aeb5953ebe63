"""`bd-gen compare`: the results of many methods side by side, or two methods in pairs."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bd_gen.cli.comparing import compare_and_print, compare_files, results_option, schedule_option
from bd_gen.system.errors import InputError

if TYPE_CHECKING:
    from bd_gen.results.comparison import Spread


@click.command()
@schedule_option
@results_option
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="File to write.  [default: comparison.md beside the results; none for A and B]",
)
@click.option(
    "--csv",
    type=click.Path(path_type=Path),
    help="Also write every number, with all its digits.",
)
@click.option("--primary-only", is_flag=True, help="Only the rows that tell most.")
@click.option(
    "--spread",
    type=click.Choice(["interval", "std"]),
    default="interval",
    show_default=True,
    help="Beside each mean its 95 % interval, or the standard deviation of the seeds.",
)
@click.argument("words", nargs=-1, metavar="[A B] [OVERRIDES]...")
def command(
    schedule: str,
    results_dir: Path,
    out: Path | None,
    csv: Path | None,
    primary_only: bool,
    spread: "Spread",
    words: tuple[str, ...],
) -> None:
    """Set the results of all methods side by side and print the main rows.

    A result file that cannot be used is named and left out; the exit code is then 2.

    With the names of two methods A and B (or their samples files) those two are compared metric
    by metric, from their samples: the difference, its 95 % interval, and which is better once the
    p-values are corrected for the number of metrics. They are measured against the data that A
    was made for; OVERRIDES name other data: data=plans data.path=FILE.

    With result files (A.json B.json ...), wherever they lie, these are set side by side.
    """
    directory = results_dir / schedule
    methods = [word for word in words if "=" not in word]
    overrides = [word for word in words if "=" in word]
    if methods and all(word.endswith(".json") for word in methods) and not overrides:
        compare_files([Path(word) for word in methods], out, csv, primary_only, spread)
        return
    if methods:
        if len(methods) != 2:
            raise InputError(f"{' '.join(methods)}: expected two methods to compare, or none")
        from bd_gen.cli.comparing_two import compare_two

        compare_two(directory, methods[0], methods[1], overrides, out, csv)
        return
    if overrides:
        raise InputError(f"{overrides[0]}: data are only needed to compare two methods")
    if compare_and_print(directory, out, csv, primary_only, spread):
        sys.exit(2)
