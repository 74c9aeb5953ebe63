"""How the comparison of two methods looks: a table, and a file for other programs."""

from pathlib import Path

from bd_gen.metrics import metric_info
from bd_gen.metrics.differences import Difference
from bd_gen.results.cells import ARROWS, difference_and_interval, mean_alone
from bd_gen.results.comparison import MAIN_KEYS
from bd_gen.results.csv_file import write_rows
from bd_gen.results.paired import Pair, verdict
from bd_gen.results.table import Table

_VERDICTS = {"a": "A", "b": "B", "tied": "tied", "differ": "differ"}
_TESTS = {
    "paired rates": "sign test",
    "rates": "two shares",
    "bootstrap": "bootstrap",
    "seeds": "t over seeds",
    "equal": "equal",
}


def pair_tables(pair: Pair) -> list[Table]:
    """The differences, A minus B: the main keys, then each family."""
    titles: dict[str, list[Difference]] = {}
    for difference in pair.differences:
        family = metric_info(difference.key).family
        title = "Main rows" if difference.key in MAIN_KEYS else family
        titles.setdefault(title, []).append(difference)
    header = ("", "A", "B", "A - B", "95 % interval", "p", "better", "by")
    return [Table(title, header, tuple(map(_row, found))) for title, found in titles.items()]


def write_pair_csv(path: str | Path, pair: Pair) -> None:
    """Write every difference with all its digits, one key a line.

    Raises:
        InputError: the file cannot be written.
    """
    header = (
        *("key", "family", "a", "b", "mean_a", "mean_b", "difference", "low", "high"),
        *("se", "p", "p_adjusted", "better", "source"),
    )
    lines = []
    for d in pair.differences:
        info = metric_info(d.key)
        better = {"a": pair.a, "b": pair.b}.get(verdict(d, info), verdict(d, info))
        numbers = (d.a, d.b, d.difference, d.low, d.high, d.se, d.p, d.p_adjusted)
        lines.append((d.key, info.family, pair.a, pair.b, *numbers, better, d.source))
    write_rows(path, header, lines)


def explanation(pair: Pair) -> str:
    """What the table's columns mean."""
    return (
        f"A - B with its 95 % interval, of percentages in points. p is corrected for "
        f"{pair.num_tested} metrics (Holm); better is who is so at p < 0.05, else they are tied."
    )


def costs(pair: Pair) -> str:
    """What a diagram of each costs."""
    return f"Network calls a diagram: A {pair.calls[0]}, B {pair.calls[1]}."


def _row(difference: Difference) -> tuple[str, ...]:
    info = metric_info(difference.key)
    interval = (difference.low, difference.high)
    half = (difference.high - difference.low) / 2
    middle, limits = difference_and_interval(difference.difference, interval, info.unit)
    return (
        info.display + ARROWS[info.direction],
        mean_alone(difference.a, half, info.unit),
        mean_alone(difference.b, half, info.unit),
        middle,
        limits,
        _probability(difference.p_adjusted),
        _VERDICTS[verdict(difference, info)],
        _TESTS[difference.source],
    )


def _probability(p: float) -> str:
    return "<0.001" if p < 0.001 else f"{p:.3f}"
