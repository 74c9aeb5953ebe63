"""What `evaluate` and `compare` share: where results lie, and the table in the terminal."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bd_gen.results.columns import Column
    from bd_gen.results.comparison import Spread

schedule_option = click.option(
    "--schedule",
    default="loglinear",
    show_default=True,
    help="Noise schedule: the folder in the results directory.",
)
results_option = click.option(
    "--results",
    "results_dir",
    type=click.Path(path_type=Path),
    default=Path("eval_results"),
    show_default=True,
    help="The results directory.",
)


WIDE = 120
"""From so many characters on a terminal's table shows intervals."""


def print_main_rows(
    columns: "Sequence[Column]", are_all: bool = False, spread: "Spread" = "interval"
) -> None:
    """Print the rows that tell most, in as many blocks as the terminal's width asks for.

    Args:
        columns: what to show.
        are_all: there are no others in the directory, so what is missing can be told.
        spread: what a cell shows beside the mean, if the terminal is wide enough.
    """
    from bd_gen.results.comparison import SPREADS, legend, main_rows, notes
    from bd_gen.results.table import shorter_text

    width = shutil.get_terminal_size().columns
    spread = spread if width >= WIDE else "none"
    table = main_rows(columns, spread=spread)
    if not table.rows:
        return
    click.echo()
    click.echo(shorter_text(table, width))
    click.echo()
    marks = [legend()] if len(columns) > 1 else []
    for note in (SPREADS[spread], *marks, *notes(columns, are_all)):
        click.echo(fill(note, width))


def compare_files(
    paths: "Sequence[Path]",
    out: Path | None,
    csv: Path | None,
    primary_only: bool = False,
    spread: "Spread" = "interval",
) -> None:
    """Set result files side by side, wherever they lie; nothing is written unless asked for.

    Raises:
        InputError: a file cannot be used, or cannot be written.
    """
    from bd_gen.results.columns import Column
    from bd_gen.results.configuration import unlike_columns
    from bd_gen.results.csv_file import write_csv
    from bd_gen.results.result_file import read_result
    from bd_gen.results.table_files import known_ending, write_comparison_file

    if out is not None:
        known_ending(out)  # before anything is read

    # Files of one name are told apart by their folders.
    same = len({path.stem for path in paths}) < len(paths)
    names = [str(path.with_suffix("")) if same else path.stem for path in paths]
    columns = [Column(name, read_result(path)) for name, path in zip(names, paths, strict=True)]
    for warning in unlike_columns(columns):
        click.echo(f"bd-gen: warning: {warning}", err=True)
    print_main_rows(columns, spread=spread)
    if out is not None:
        write_comparison_file(out, columns, primary_only, spread)
        click.echo(f"\n{len(columns)} columns: {out}")
    if csv is not None:
        write_csv(csv, columns)
        click.echo(f"every number: {csv}")


def compare_and_print(
    directory: Path,
    out: Path | None = None,
    csv: Path | None = None,
    primary_only: bool = False,
    spread: "Spread" = "interval",
    is_over_trainings: bool = False,
) -> int:
    """Write the comparison of a directory, or its main rows alone, and print its main rows.

    Returns:
        how many result files could not be used; each has been named on standard error.

    Raises:
        InputError: there is nothing to compare, or a file cannot be written.
    """
    from bd_gen.results.configuration import unlike_columns
    from bd_gen.results.csv_file import write_csv
    from bd_gen.results.table_files import write_comparison

    path, columns, problems = write_comparison(
        directory, out, primary_only, spread, is_over_trainings
    )
    for problem in problems:
        click.echo(f"bd-gen: {problem}", err=True)
    for warning in unlike_columns(columns):
        click.echo(f"bd-gen: warning: {warning}", err=True)
    print_main_rows(columns, are_all=True, spread=spread)
    click.echo(f"\n{len(columns)} columns: {path}")
    if csv is not None:
        write_csv(csv, columns)
        click.echo(f"every number: {csv}")
    return len(problems)
