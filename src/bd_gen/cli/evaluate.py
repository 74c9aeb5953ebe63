"""`bd-gen evaluate`: every metric from saved samples, without a model."""

import os
import shutil
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bd_gen.cli.comparing import (
    compare_and_print,
    print_main_rows,
    results_option,
    schedule_option,
)
from bd_gen.cli.evaluate_plans import check_options, parted
from bd_gen.cli.evaluating import Reporter, RowsType, warn_of_missing_packages
from bd_gen.cli.overrides import data_config_from_overrides
from bd_gen.cli.progress import Report, bar
from bd_gen.system.errors import InputError

if TYPE_CHECKING:
    from bd_gen.data.config import DataConfig
    from bd_gen.results.evaluate import Evaluation
    from bd_gen.results.freshness import Rows
    from bd_gen.results.request import Outcome, Request


TOP_N = 20
"""As in `bd_gen.metrics.measures.conditional`, which would take its time to import."""


@click.command()
@schedule_option
@click.option("--model", "models", multiple=True, metavar="NAME", help="Only this method (repeat).")
@click.option(
    "--metric", "metrics", multiple=True, metavar="NAME", help="Only this metric (repeat)."
)
@click.option(
    "--family", "families", multiple=True, metavar="NAME", help="Only this family (repeat)."
)
@click.option("--published", is_flag=True, help="Only the metrics of the published results.")
@click.option(
    "--realizable",
    "rows",
    type=RowsType(),
    metavar="N|all",
    help="Ask this many samples of each seed for a layout.  [default: 100, or as many as were]",
)
@click.option("--force", is_flag=True, help="Compute also what is up to date.")
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    help="Methods evaluated at once, a process each.  [default: number of cores]",
)
@click.option("--list", "listing", is_flag=True, help="Only show which methods there are.")
@click.option("--real", is_flag=True, help="Also score real held-out plans, the first column.")
@click.option("--baselines", is_flag=True, help="Also score a memoriser and independent marginals.")
@click.option("--update-comparison", is_flag=True, help="Then write comparison.md.")
@click.option("--n-max", type=int, help="Refuse samples of another n_max (they say their own).")
@click.option(
    "--conditional-topn",
    type=int,
    default=20,
    help="Accepts 20 alone: the keys ..._topN_ are of so many pairs.",
)
@click.option("--fail-fast", is_flag=True, help="Stop at the first file that cannot be used.")
@click.option(
    "--against",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Of files of plans: plans to measure them against, instead of data=...",
)
@click.option("--scale", type=float, help="Of files of plans: metres per pixel.  [default: 18/256]")
@results_option
@click.argument("words", metavar="[PLANS]... [OVERRIDES]...", nargs=-1)
@click.pass_context
def command(
    ctx: click.Context,
    schedule: str,
    models: tuple[str, ...],
    metrics: tuple[str, ...],
    families: tuple[str, ...],
    published: bool,
    rows: "Rows | None",
    force: bool,
    workers: int | None,
    listing: bool,
    real: bool,
    baselines: bool,
    update_comparison: bool,
    n_max: int | None,
    conditional_topn: int,
    fail_fast: bool,
    against: Path | None,
    scale: float | None,
    results_dir: Path,
    words: tuple[str, ...],
) -> None:
    """Compute every metric from saved samples; no model and no GPU is needed.

    Reads METHOD_samples.pt in the schedule's folder of the results directory and writes
    METHOD.json and METHOD_per_sample.parquet beside it. Run again, it computes only what is new:
    metrics that were added or changed, or all of them for other samples. Samples are measured
    against the training split of the data that they were made for; OVERRIDES name other data:
    data=plans data.path=FILE.

    Given files of PLANS with a layout (JSON lines, GraphML) it computes the metrics of layouts
    instead, and writes NAME.json for NAME.jsonl into the folder "plans" of the results directory
    (or that of --schedule).
    """
    # Before numpy is loaded: its threads would compete with the processes.
    from bd_gen.system.threads import one_thread_each

    if conditional_topn != TOP_N:
        raise InputError(
            f"--conditional-topn {conditional_topn}: the keys ..._topN_ are of the {TOP_N} most "
            "frequent pairs, so that results compare; those without topN are of all pairs"
        )
    files, overrides = parted(words)
    directory = results_dir / schedule
    data = data_config_from_overrides(overrides)
    if files:
        of_samples = {
            "--model": models, "--published": published, "--realizable": rows,
            "--list": listing, "--baselines": baselines, "--n-max": n_max, "--workers": workers,
        }  # fmt: skip
        check_options(of_samples)
        if ctx.get_parameter_source("schedule") == click.core.ParameterSource.DEFAULT:
            directory = results_dir / "plans"
        reporter = Reporter(fail_fast)
        asked = (metrics, families, against, scale, real, force)
        with one_thread_each():
            evaluated = _evaluate_plans(files, directory, data, asked, reporter)
        _conclude(directory, evaluated, update_comparison, reporter)
        return
    if against is not None or scale is not None:
        raise InputError("--against, --scale: are of files of plans, and none is given")
    with one_thread_each():
        if listing:
            _list(directory, models)
            return
        from bd_gen.results.columns import MARGINALS, MEMORISER, REAL
        from bd_gen.results.inventory import chosen_metrics
        from bd_gen.results.request import Request

        names = chosen_metrics(metrics, families, published)
        warn_of_missing_packages(names, families, rows is not None)
        request = Request(data, names, force, rows)
        yardsticks = [REAL] * real + [MEMORISER, MARGINALS] * baselines
        reporter = Reporter(fail_fast)
        paths = _paths(directory, models, data, yardsticks, reporter)
        if not paths and not reporter.num_problems and not update_comparison:
            raise InputError(f"{directory}: holds no samples to evaluate (METHOD_samples.pt)")
        paths = [path for path in paths if _has_n_max(path, n_max, reporter)]
        evaluations = _evaluate(paths, request, workers, reporter)
    _conclude(directory, evaluations, update_comparison, reporter)


def _conclude(
    directory: Path,
    evaluations: "Sequence[Evaluation]",
    update_comparison: bool,
    reporter: Reporter,
) -> None:
    """Show what was computed; exit with 2 where something was wrong."""
    num_problems = reporter.num_problems
    if update_comparison:
        num_problems += compare_and_print(directory)
    elif evaluations:
        from bd_gen.results.columns import Column

        print_main_rows([Column(done.path.stem, done.result) for done in evaluations])
    if num_problems:
        sys.exit(2)


def _evaluate_plans(
    files: Sequence[Path],
    directory: Path,
    data: "DataConfig | None",
    asked: tuple[Any, ...],
    reporter: Reporter,
) -> "list[Evaluation]":
    """Measure files of plans as the options that were `asked` say."""
    from bd_gen.cli.evaluate_plans import evaluate_plan_files
    from bd_gen.diagrams.laid_out import checked_scale
    from bd_gen.results.inventory import chosen_metrics

    metrics, families, against, scale, real, force = asked
    return evaluate_plan_files(
        files,
        directory,
        reporter,
        data=data,
        against=against,
        scale=None if scale is None else checked_scale(scale),
        is_real_asked=real,
        names=chosen_metrics(metrics, families, of="plans"),
        force=force,
    )


def _has_n_max(path: Path, n_max: int | None, reporter: Reporter) -> bool:
    """Whether samples are of the n_max asked for; what cannot be read is told later."""
    from bd_gen.results.samples_file import read_description

    if n_max is None:
        return True
    try:
        found = read_description(path).n_max
    except InputError:
        return True
    if found != n_max:
        reporter.problem(f"{path}: n_max: --n-max {n_max}, but the samples are of {found}")
    return found == n_max


def _paths(
    directory: Path,
    models: Sequence[str],
    data: "DataConfig | None",
    yardsticks: Sequence[str],
    reporter: Reporter,
) -> list[Path]:
    """The samples files to evaluate, first those of the yardsticks, which are written here."""
    from bd_gen.results.inventory import chosen_methods
    from bd_gen.results.references import References
    from bd_gen.results.samples_file import samples_path
    from bd_gen.results.yardsticks import write_yardsticks

    wanted = [name for name in models if name not in yardsticks]
    methods = chosen_methods(directory, wanted) if wanted or not models else []
    paths, references = [], References(data)
    for name in yardsticks:
        try:
            (written,) = write_yardsticks(directory, (name,), references, data)
        except InputError as error:
            reporter.problem(str(error))
            continue
        paths.append(written.path)
        reporter.notes(name, written.notes)
    return [*paths, *(samples_path(directory, m) for m in methods if m not in yardsticks)]


def _evaluate(
    paths: Sequence[Path], request: "Request", workers: int | None, reporter: Reporter
) -> "list[Evaluation]":
    """Evaluate all samples files, and say how it went in their order."""
    from bd_gen.results.parallel import evaluate_all
    from bd_gen.results.samples_file import SUFFIX

    methods = [path.name.removesuffix(SUFFIX) for path in paths]
    waiting = deque(methods)
    outcomes: dict[str, Outcome] = {}
    workers = workers or len(os.sched_getaffinity(0))
    with (
        _progress("evaluating") as progress,
        closing(evaluate_all(paths, request, workers, progress)) as stream,
    ):
        for outcome in stream:
            outcomes[outcome.method] = outcome
            # A bar on the terminal would be torn by lines; they come after it then.
            while progress is None and waiting and waiting[0] in outcomes:
                reporter.outcome(outcomes[waiting.popleft()])
    for method in waiting:
        reporter.outcome(outcomes[method])
    evaluations = (outcomes[method].evaluation for method in methods)
    return [evaluation for evaluation in evaluations if evaluation is not None]


@contextmanager
def _progress(description: str) -> Iterator[Report | None]:
    """A bar on a terminal; elsewhere nothing, so that rich need not be imported."""
    if not sys.stderr.isatty():
        yield None
        return
    with bar(description, "samples") as report:
        yield report


def _list(directory: Path, names: Sequence[str]) -> None:
    """Print what there is of each method; files that cannot be used are named."""
    from bd_gen.results.inventory import read_entries, state_of
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
        state = "unusable" if entry.problems else state_of(directory, entry)
        rows.append((entry.method, drawn, made, evaluated, state))
    header = ("method", "samples", "generated", "evaluated", "state")
    click.echo(terminal_text(Table("", header, tuple(rows)), shutil.get_terminal_size().columns))
    problems = [problem for entry in entries for problem in entry.problems]
    for problem in problems:
        click.echo(f"bd-gen: {problem}", err=True)
    if problems:
        sys.exit(2)
