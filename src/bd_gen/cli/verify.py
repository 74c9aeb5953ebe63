"""`bd-gen verify`: do stored numbers come out again?"""

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bd_gen.cli.overrides import data_config_from_overrides
from bd_gen.cli.progress import bar

if TYPE_CHECKING:
    from bd_gen.generation.agreement import KeyCheck
    from bd_gen.generation.verify import MethodCheck

_MOST_LINES = 12


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option(
    "--against",
    type=click.Path(path_type=Path),
    help="Compare with the stored numbers of this directory instead.",
)
@click.option("--model", "models", multiple=True, metavar="NAME", help="Only this method (repeat).")
@click.option("--all", "show_all", is_flag=True, help="Print every key, not only what differs.")
@click.option(
    "--csv", type=click.Path(path_type=Path, dir_okay=False), help="Write every key to this file."
)
@click.argument("overrides", nargs=-1)
def command(
    directory: Path,
    against: Path | None,
    models: tuple[str, ...],
    show_all: bool,
    csv: Path | None,
    overrides: tuple[str, ...],
) -> None:
    """Compute every metric in DIRECTORY again from the saved samples and compare. Writes nothing.

    Where the samples are those of the stored numbers, these must come out again (to 1e-9, MMDs to
    1e-6). Where they were drawn again, the means must lie within the spread across seeds, which
    is wide enough that equally good samples pass a whole run with a probability of 95 %.
    Published samples name no data: data=plans data.path=FILE.

    Exit codes: 0 nothing differs, 1 something differs (a number, or the
    hash of a file from the recorded one), 2 a file cannot be used.

    Example: bd-gen verify eval_results/loglinear --against elsewhere/loglinear
    """
    from bd_gen.generation.verify import verify_against, verify_directory
    from bd_gen.results.references import References

    if against is not None:
        checks = verify_against(directory, against, models)
    else:
        references = References(data_config_from_overrides(overrides))
        with bar("verifying", "samples") as report:
            checks = verify_directory(directory, references, models, report)
    for check in checks:
        _print_method(check, show_all)
    _print_table(checks)
    if csv is not None:
        _write_csv(csv, checks)
        click.echo(f"every key: {csv}")
    sys.exit(_conclude(directory, checks))


def _print_method(check: "MethodCheck", show_all: bool) -> None:
    """What is wrong with a method, key by key."""
    if check.problem:
        click.echo(f"bd-gen: {check.problem}", err=True)
    for fault in check.faults:
        click.echo(f"bd-gen: {fault}", err=True)
    for note in check.notes:
        click.echo(f"bd-gen: warning: {check.method}: {note}", err=True)
    shown = [one for one in check.checks if show_all or one.kind == "differs"]
    for one in shown if show_all else shown[:_MOST_LINES]:
        click.echo(f"{check.method}: {_line(one)}")
    if not show_all and len(shown) > _MOST_LINES:
        click.echo(f"{check.method}: ... and {len(shown) - _MOST_LINES} more (--all shows them)")


def _line(one: "KeyCheck") -> str:
    text = f"{one.key}: {one.kind}"
    if one.stored is not None and one.now is not None:
        text += f", {one.where} {one.stored:.10g} stored, {one.now:.10g} now"
    elif one.where:
        text += f", {one.where}: there is only one of the two"
    return text if one.bound is None else f"{text} (within {one.bound:.3g})"


def _print_table(checks: "list[MethodCheck]") -> None:
    """How many numbers of each kind the methods have that could be compared."""
    from bd_gen.generation.agreement import KINDS
    from bd_gen.results.table import Table, terminal_text

    compared = [check for check in checks if check.tokens != "none"]
    kinds = [k for k in KINDS if k == "differs" or any(check.count(k) for check in compared)]
    rows = tuple(
        (check.method, check.tokens, *(str(check.count(kind) or "-") for kind in kinds))
        for check in compared
    )
    if rows:
        table = Table("", ("method", "tokens", *kinds), rows)
        click.echo(f"\n{terminal_text(table, shutil.get_terminal_size().columns)}\n")


def _write_csv(path: Path, checks: "list[MethodCheck]") -> None:
    import csv
    import io

    from bd_gen.system.files import write_text

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("method", "tokens", "key", "kind", "where", "stored", "now", "bound"))
    for check in checks:
        for one in check.checks:
            row = (one.key, one.kind, one.where, one.stored, one.now, one.bound)
            writer.writerow((check.method, check.tokens, *row))
    write_text(path, text.getvalue())


def _conclude(directory: Path, checks: "list[MethodCheck]") -> int:
    """Print a few lines on the whole; the exit code."""
    for place in dict.fromkeys(check.missing_in for check in checks if check.missing_in):
        names = [check.method for check in checks if check.missing_in == place]
        click.echo(f"not in {place}: {', '.join(names)}")
    compared = [check for check in checks if check.tokens != "none"]
    rest = [c for c in checks if c.tokens == "none" and not (c.problem or c.missing_in)]
    if rest:
        click.echo(
            f"{directory}: no samples to verify for {len(rest)} of {_methods(len(checks))} "
            "(bd-gen backfill draws them); that their means and deviations are those of their "
            "seeds was checked"
        )
    differing = sum(check.count("differs") for check in checks)
    if differing:
        methods = sum(check.count("differs") > 0 for check in checks)
        numbers = "1 number differs" if differing == 1 else f"{differing} numbers differ"
        click.echo(f"{numbers}, in {methods} of {_methods(len(checks))}")
        return 1
    others = sum(bool(check.faults) for check in checks)
    if others:
        click.echo(f"other files than those that were measured: {_methods(others)}")
        return 1
    click.echo(f"nothing differs; the numbers of {_methods(len(compared))} were compared")
    unusable = sum(bool(check.problem) for check in checks)
    if unusable:
        click.echo(f"bd-gen: {_methods(unusable)} could not be compared", err=True)
    return 2 if unusable else 0


def _methods(count: int) -> str:
    return "1 method" if count == 1 else f"{count} methods"
