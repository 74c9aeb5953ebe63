"""`bd-gen compare`: the results of many methods side by side, or two methods in pairs."""

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

import click

from bd_gen.cli.comparing import compare_and_print, compare_files, results_option, schedule_option
from bd_gen.cli.progress import bar
from bd_gen.system.errors import InputError

if TYPE_CHECKING:
    from bd_gen.results.comparison import Spread


@click.command()
@schedule_option
@results_option
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="File to write: .md, .tex (booktabs), .json or .csv.  [default: comparison.md beside the "
    "results; none for A and B]",
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
@click.option(
    "--over-trainings",
    is_flag=True,
    help="Means over trainings of a recipe: labels that differ in a number only (NAME-1, NAME-2).",
)
@click.argument("words", nargs=-1, metavar="[A B] [OVERRIDES]...")
def command(
    schedule: str,
    results_dir: Path,
    out: Path | None,
    csv: Path | None,
    primary_only: bool,
    spread: "Spread",
    over_trainings: bool,
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
    if over_trainings and methods:
        raise InputError("--over-trainings: is for whole directories, not for methods by name")
    overrides = [word for word in words if "=" in word]
    if methods and all(word.endswith(".json") for word in methods) and not overrides:
        compare_files([Path(word) for word in methods], out, csv, primary_only, spread)
        return
    if methods:
        if len(methods) != 2:
            raise InputError(f"{' '.join(methods)}: expected two methods to compare, or none")
        compare_two(directory, methods[0], methods[1], overrides, out, csv)
        return
    if overrides:
        raise InputError(f"{overrides[0]}: data are only needed to compare two methods")
    if compare_and_print(directory, out, csv, primary_only, spread, over_trainings):
        sys.exit(2)


def compare_two(
    directory: Path,
    a: str,
    b: str,
    overrides: Sequence[str],
    out: Path | None = None,
    csv: Path | None = None,
) -> None:
    """Compare two methods in pairs and print the table.

    Args:
        directory: where their samples lie.
        a: the first, a name or a samples file.
        b: the second.
        overrides: data to measure against, `data=SOURCE data.FIELD=VALUE`.
        out: file to write, if any; its ending says how.
        csv: file for every number, if any.

    Raises:
        InputError: a method has no samples, the two cannot be compared, or a file cannot be
            written.
    """
    from bd_gen.cli.overrides import data_config_from_overrides
    from bd_gen.results.paired import compare_pair, costs, explanation, pair_tables, write_pair_csv
    from bd_gen.results.table import terminal_text
    from bd_gen.results.table_files import known_ending, write_pair_file

    if out is not None:
        known_ending(out)  # before anything is measured
    data = data_config_from_overrides(overrides)
    paths = [_samples_file(directory, word) for word in (a, b)]
    with bar(f"{a} and {b}", "seeds") as progress:
        pair = compare_pair(paths[0], paths[1], data, progress)
    for note in pair.notes:
        click.echo(f"bd-gen: warning: {note}", err=True)
    width = shutil.get_terminal_size().columns
    click.echo(f"A  {pair.a}\nB  {pair.b}")
    tables = pair_tables(pair)
    for table in tables:
        click.echo(f"\n{table.title}")
        click.echo(terminal_text(table, width))
    click.echo("\n" + fill(f"{explanation(pair)} {costs(pair)}", width))
    if out is not None:
        write_pair_file(out, pair)
        click.echo(f"table: {out}")
    if csv is not None:
        write_pair_csv(csv, pair)
        click.echo(f"every number: {csv}")


def _samples_file(directory: Path, word: str) -> Path:
    """The samples file that a word names: itself, or that of the method in the directory."""
    from bd_gen.results.inventory import chosen_methods
    from bd_gen.results.samples_file import SUFFIX, samples_path

    if word.endswith(SUFFIX):
        return Path(word)
    (method,) = chosen_methods(directory, [word])
    return samples_path(directory, method)
