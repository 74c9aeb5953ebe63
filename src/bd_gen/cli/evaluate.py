"""`bd-gen evaluate`: every metric from saved samples, without a model."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bd_gen.cli.comparing import (
    compare_and_print,
    print_main_rows,
    results_option,
    schedule_option,
)
from bd_gen.cli.overrides import data_config_from_overrides
from bd_gen.cli.progress import Report, bar
from bd_gen.errors import InputError

if TYPE_CHECKING:
    from bd_gen.data.config import DataConfig
    from bd_gen.results.evaluate import Evaluation


@click.command()
@schedule_option
@click.option("--model", "names", multiple=True, metavar="NAME", help="Only this method (repeat).")
@click.option("--list", "listing", is_flag=True, help="Only show which methods there are.")
@click.option("--real", is_flag=True, help="Also score real held-out plans, the first column.")
@click.option("--update-comparison", is_flag=True, help="Then write comparison.md.")
@click.option("--fail-fast", is_flag=True, help="Stop at the first file that cannot be used.")
@results_option
@click.argument("overrides", nargs=-1)
def command(
    schedule: str,
    names: tuple[str, ...],
    listing: bool,
    real: bool,
    update_comparison: bool,
    fail_fast: bool,
    results_dir: Path,
    overrides: tuple[str, ...],
) -> None:
    """Compute every metric from saved samples; no model and no GPU is needed.

    Reads METHOD_samples.pt in the schedule's folder of the results directory and writes
    METHOD.json beside it. Samples are measured against the training split of the data that they
    were made for; OVERRIDES name other data: data=plans data.path=FILE.
    """
    from bd_gen.results.inventory import chosen_methods

    directory = results_dir / schedule
    data = data_config_from_overrides(overrides)
    if listing:
        _list(directory, names)
        return
    methods = chosen_methods(directory, names)
    if not methods and not real and not update_comparison:
        raise InputError(f"{directory}: holds no samples to evaluate (METHOD_samples.pt)")
    evaluations, num_problems = _evaluate(directory, methods, data, real, fail_fast)
    if update_comparison:
        num_problems += compare_and_print(directory)
    elif evaluations:
        from bd_gen.results.columns import Column

        print_main_rows([Column(done.path.stem, done.result) for done in evaluations])
    if num_problems:
        sys.exit(2)


def _evaluate(
    directory: Path, methods: list[str], data: "DataConfig | None", real: bool, fail_fast: bool
) -> "tuple[list[Evaluation], int]":
    """Evaluate methods one after the other; a file that cannot be used stops only itself."""
    from bd_gen.results.columns import REAL
    from bd_gen.results.evaluate import evaluate_method
    from bd_gen.results.floor import evaluate_real
    from bd_gen.results.references import References
    from bd_gen.results.samples_file import samples_path

    references = References(data)
    names = [REAL, *methods] if real else methods
    evaluations, num_problems = [], 0
    for k, name in enumerate(names, start=1):
        try:
            with _progress(f"{name} ({k} of {len(names)})") as progress:
                if name == REAL:
                    done = evaluate_real(directory, references, data, progress)
                else:
                    path = samples_path(directory, name)
                    done = evaluate_method(path, references, progress)
        except InputError as error:
            if fail_fast:
                raise
            click.echo(f"bd-gen: {error}", err=True)
            num_problems += 1
            continue
        evaluations.append(done)
        click.echo(f"{name}: {done.path}")
        for note in done.notes:
            click.echo(f"bd-gen: warning: {name}: {note}", err=True)
    return evaluations, num_problems


@contextmanager
def _progress(description: str) -> Iterator[Report | None]:
    """A bar on a terminal; elsewhere nothing, so that rich need not be imported."""
    if not sys.stderr.isatty():
        yield None
        return
    with bar(description, "seeds") as report:
        yield report


def _list(directory: Path, names: tuple[str, ...]) -> None:
    """Print what there is of each method; files that cannot be used are named."""
    from bd_gen.results.inventory import read_entries
    from bd_gen.results.table import Table, terminal_text

    entries = read_entries(directory, names)
    rows = []
    for entry in entries:
        samples, result = entry.samples, entry.result
        drawn, made = "-", "-"
        if samples is not None:
            drawn = f"{len(samples.seeds)} x {samples.num_samples}"
            made = str(samples.provenance.get("timestamp", "?"))[:16]
        evaluated = "-" if result is None else result.timestamp[:16]
        rows.append((entry.method, drawn, made, evaluated))
    header = ("method", "samples", "generated", "evaluated")
    click.echo(terminal_text(Table("", header, tuple(rows)), shutil.get_terminal_size().columns))
    problems = [problem for entry in entries for problem in entry.problems]
    for problem in problems:
        click.echo(f"bd-gen: {problem}", err=True)
    if problems:
        sys.exit(2)
