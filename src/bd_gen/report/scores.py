"""The tables of numbers: which stand together, and what each cell says."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bd_gen.metrics import MetricInfo, find_metric_info
from bd_gen.metrics.keys import FAMILIES
from bd_gen.report.contents import Contents, Entry
from bd_gen.results.comparison import MAIN_KEYS
from bd_gen.results.scores import Score, Scores
from bd_gen.results.table import MISSING

MINUS, TIMES, EN_DASH = "\N{MINUS SIGN}", "\N{MULTIPLICATION SIGN}", "\N{EN DASH}"

_MOST_DECIMALS = 6
_PREFIXES = {"multiple": "", "at least": ">", "same": "≈"}


@dataclass(frozen=True)
class Heading:
    """A column's heading, which sorts by it.

    Attributes:
        name: of the metric.
        unit: "%" or empty.
        direction: "higher" or "lower" where one is better, else empty.
        first: the order of the first press, which puts the best on top.
    """

    name: str
    unit: str = ""
    direction: str = ""
    first: str = "ascending"


@dataclass(frozen=True)
class Cell:
    """A number of the report.

    Attributes:
        value: the mean, or the sign for none.
        spread, against: the interval, and how far from real diagrams; empty if there is none.
        mark: "best", "tied" or empty.
        number: what sorting goes by; None where nothing was measured.
        reason: why nothing was measured, if that is known.
    """

    value: str = MISSING
    spread: str = ""
    against: str = ""
    mark: str = ""
    number: str | None = None
    reason: str = ""


@dataclass(frozen=True)
class Table:
    """Numbers of all rows.

    Attributes:
        title: what they are.
        headings: one a column.
        fixed: rows of real diagrams, which stay on top however the table is sorted.
        sorted: all other rows.
    """

    title: str
    headings: list[Heading]
    fixed: list[tuple[Entry, list[Cell]]]
    sorted: list[tuple[Entry, list[Cell]]]


def score_tables(contents: Contents, scores: Scores) -> tuple[Table, list[Table]]:
    """The table of the main metrics, and one a family."""
    families = infos_by_family(scores).items()
    return (
        score_table("Main metrics", main_infos(scores), contents, scores),
        [score_table(title, infos, contents, scores) for title, infos in families],
    )


def score_table(
    title: str, infos: Sequence[MetricInfo], contents: Contents, scores: Scores
) -> Table:
    """One table; without columns if nothing was measured."""
    tells = {info.name: _marks_tell(info, contents, scores) for info in infos}
    rows = [(entry, _cells(entry, infos, scores, tells)) for entry in contents.entries]
    return Table(
        title,
        [_heading(info) for info in infos],
        [row for row in rows if row[0].kind == "real"],
        [row for row in rows if row[0].kind != "real"],
    )


def main_infos(scores: Scores) -> list[MetricInfo]:
    """The keys that tell most, as far as a column has them."""
    known = {info.name: info for info in scores.infos}
    return [known[key] for key in MAIN_KEYS if key in known]


def infos_by_family(scores: Scores) -> dict[str, list[MetricInfo]]:
    """All keys by family; tables by number of rooms come last, each under a name of its own."""
    families: dict[str, list[MetricInfo]] = {family: [] for family in FAMILIES}
    nested: dict[str, list[MetricInfo]] = {}
    for info in scores.infos:
        base, below, _ = info.name.partition("/")
        owner = find_metric_info(base) if below else None
        if owner is not None and owner.nested:
            nested.setdefault(f"{owner.display} by number of rooms", []).append(info)
        else:
            families.setdefault(info.family, []).append(info)
    return {title: infos for title, infos in (families | nested).items() if infos}


def _heading(info: MetricInfo) -> Heading:
    unit = "%" if info.unit == "rate" else ""
    first = "ascending" if info.direction == "lower" else "descending"
    return Heading(info.display, unit, info.direction or "", first)


def _marks_tell(info: MetricInfo, contents: Contents, scores: Scores) -> bool:
    """Whether "best" sets methods apart: not if all are, nor for what is the checkpoint's own."""
    found = [scores.of(info.name, e.name) for e in contents.entries if e.kind == "method"]
    return any(score is not None and score.std is not None and not score.mark for score in found)


def _cells(
    entry: Entry, infos: Sequence[MetricInfo], scores: Scores, tells: Mapping[str, bool]
) -> list[Cell]:
    cells = []
    for info in infos:
        score = scores.of(info.name, entry.name)
        if score is None:
            cells.append(Cell(reason=entry.result.not_computed.get(info.name) or ""))
            continue
        texts = value_text(score, info), spread_text(score, info), against_text(score, info)
        cells.append(Cell(*texts, score.mark if tells[info.name] else "", repr(score.mean)))
    return cells


def value_text(score: Score, info: MetricInfo) -> str:
    """The mean; of a rate in percent, without the sign."""
    return _text(score.mean, _decimals(score, info), info)


def spread_text(score: Score, info: MetricInfo) -> str:
    """The 95 % interval; empty where there is none, or where it is a single point."""
    if score.interval is None or score.interval[0] == score.interval[1]:
        return ""
    decimals = _decimals(score, info)
    low, high = (_text(bound, decimals, info) for bound in score.interval)
    return f"{low} to {high}" if MINUS in low + high else f"{low}{EN_DASH}{high}"


def against_text(score: Score, info: MetricInfo) -> str:
    """How far from real diagrams: points of a percentage, or a multiple."""
    against = score.against
    if against is None:
        return ""
    if against.kind == "difference":
        points = f"{100 * abs(against.value):.{_decimals(score, info)}f}"
        sign = "" if float(points) == 0 else MINUS if against.value < 0 else "+"
        return f"{sign}{points} pt"
    if against.kind == "same":
        return f"{_PREFIXES['same']}{TIMES}1"
    size = abs(against.value)
    # Two digits are as many as the real plans' own numbers are sure of.
    rounded = float(f"{against.value:.2g}")
    multiple = f"{rounded:,.0f}" if size >= 10 else f"{rounded:.1f}"
    return f"{_PREFIXES.get(against.kind, '')}{TIMES}{multiple.replace('-', MINUS)}"


def _text(value: float, decimals: int, info: MetricInfo) -> str:
    if info.unit == "rate":
        return f"{100 * value:.{decimals}f}".replace("-", MINUS)
    if decimals > _MOST_DECIMALS:
        return f"{value:.1e}".replace("-", MINUS)
    return f"{value:.{decimals}f}".replace("-", MINUS)


def _decimals(score: Score, info: MetricInfo) -> int:
    bounds = score.interval if score.interval is not None else (score.mean, score.mean)
    if info.unit == "rate":
        # 99.97 must not look like 100: only what is exactly 0 or 100 is shown so.
        decimals, percentage = 1, 100 * score.mean
        while decimals < 3 and _looks_round(percentage, decimals):
            decimals += 1
        return decimals
    half = (bounds[1] - bounds[0]) / 2
    if info.unit == "count" and not half and score.mean == int(score.mean):
        return 0
    if half:
        # So many that the spread shows its first digit, or two where that is a 1 or a 2.
        digits, exponent = f"{half:.1e}".split("e")
        return max(0, -int(exponent) + (float(digits) < 3))
    return max(0, 3 - math.floor(math.log10(abs(score.mean)))) if score.mean else 1


def _looks_round(percentage: float, decimals: int) -> bool:
    return 0 < percentage < 100 and float(f"{percentage:.{decimals}f}") in (0.0, 100.0)
