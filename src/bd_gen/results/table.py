"""How numbers and settings look, and tables of them as Markdown and for a terminal."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bd_gen.results.scores import Against
from bd_gen.system.errors import printable

MISSING = "n/a"
ARROWS = {"higher": " ↑", "lower": " ↓", None: ""}

_MOST_DECIMALS = 6
_LONGEST_CELL = 60


def mean_and_std(mean: float, std: float | None, unit: str) -> str:
    """A mean over the seeds and its standard deviation.

    Args:
        mean: in the metric's own unit; rates from 0 to 1.
        std: None where there is only one measurement.
        unit: "rate" is shown as a percentage, "count" as a whole number where it is one.
    """
    if unit == "rate":
        return _percentage(100 * mean, None if std is None else 100 * std)
    if unit == "count" and not std and mean == int(mean):
        return f"{int(mean)}"
    decimals = _decimals(mean, std)
    if decimals > _MOST_DECIMALS:
        return f"{mean:.2g}" if std is None else f"{mean:.2g} +/- {std:.1g}"
    return f"{mean:.{decimals}f}" if std is None else f"{mean:.{decimals}f} +/- {std:.{decimals}f}"


def mean_alone(mean: float, std: float | None, unit: str) -> str:
    """A mean with as many digits as `mean_and_std` gives it."""
    if unit == "rate":
        return mean_and_std(mean, None, unit)
    return mean_and_std(mean, std, unit).partition(" +/- ")[0]


def mean_and_interval(mean: float, interval: tuple[float, float] | None, unit: str) -> str:
    """A mean over the seeds and its 95 % interval, as `mean_and_std` shows the deviation."""
    if interval is None or interval == (mean, mean):
        return mean_and_std(mean, None, unit)
    values = (mean, *interval)
    if unit == "rate":
        middle, low, high = _percentages([100 * value for value in values])
        return f"{middle} [{low}, {high}] %"
    decimals = _decimals(mean, (interval[1] - interval[0]) / 2)
    spec = ".2g" if decimals > _MOST_DECIMALS else f".{decimals}f"
    middle, low, high = (f"{value:{spec}}" for value in values)
    return f"{middle} [{low}, {high}]"


def difference_and_interval(
    difference: float, interval: tuple[float, float], unit: str
) -> tuple[str, str]:
    """A difference and its interval, with signs; those of rates are in points."""
    factor = 100 if unit == "rate" else 1
    values = [factor * value for value in (difference, *interval)]
    decimals = _decimals(values[0], (values[2] - values[1]) / 2)
    spec = "+.2g" if decimals > _MOST_DECIMALS else f"+.{decimals}f"
    middle, low, high = (f"{value:{spec}}" if value else "0" for value in values)
    return middle, f"[{low}, {high}]"


def against_text(against: Against | None) -> str:
    """How far a number is from that of real plans: points of a percentage, or a multiple."""
    if against is None:
        return ""
    if against.kind == "difference":
        return _points(100 * against.value)
    if against.kind == "same":
        return "~1x"
    # Two digits are as many as the real plans' own numbers are sure of.
    rounded = float(f"{against.value:.2g}")
    text = f"{rounded:,.0f}" if abs(rounded) >= 10 else f"{rounded:.2g}"
    return f"{'>' if against.kind == 'at least' else ''}{text}x"


def listed(values: Sequence[object], most: int = 6, shown: int | None = None) -> str:
    """A list in a sentence: up to `most` values, or of more the first `shown` and how many more."""
    first = values if len(values) <= most else values[: shown or most]
    more = len(values) - len(first)
    return ", ".join(map(str, first)) + (f" and {more} more" if more else "")


def setting(value: Any) -> str:
    """A setting of a method, short enough for a table."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        value = ", ".join(setting(item) for item in value)
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST_CELL else f"{text[: _LONGEST_CELL - 1]}…"


def _percentage(mean: float, std: float | None) -> str:
    (text,) = _percentages([mean])
    if std is None:
        return f"{text} %"
    decimals = len(text.partition(".")[2])
    return f"{text} +/- {std:.{decimals}f} %"


def _percentages(values: Sequence[float]) -> list[str]:
    # 99.97 must not look like 100: only what is exactly 0 or 100 is shown so.
    decimals = 1
    while decimals < 3 and any(
        0 < value < 100 and float(f"{value:.{decimals}f}") in (0.0, 100.0) for value in values
    ):
        decimals += 1
    return [f"{value:.{decimals}f}" for value in values]


def _points(value: float) -> str:
    """A difference with its sign; what is not 0 does not look like it."""
    decimals = 1
    while decimals < 3 and value and not float(f"{value:.{decimals}f}"):
        decimals += 1
    text = f"{value:+.{decimals}f}"
    return text if float(text) else "0.0"


def _decimals(mean: float, std: float | None) -> int:
    """So many that the deviation shows its first digit, or two where that is a 1 or a 2."""
    if std:
        # Through the exponent as it is written: 0.0096 rounds to 0.010, not to 0.01.
        digits, exponent = f"{std:.1e}".split("e")
        return max(0, -int(exponent) + (float(digits) < 3))
    return max(0, 3 - math.floor(math.log10(abs(mean)))) if mean else 1


@dataclass(frozen=True)
class Table:
    """A titled table of text.

    Attributes:
        title: heading of the section.
        header: a first cell and one name a column.
        rows: rows of as many cells as the header has; the first is the label.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def markdown_section(table: Table) -> str:
    """The table under its heading; "Not measured." where it has no rows."""
    if not table.rows:
        return f"## {table.title}\n\nNot measured.\n"
    ruler = "|:--" + "|--:" * (len(table.header) - 1) + "|"
    lines = [_markdown_row(table.header), ruler, *map(_markdown_row, table.rows)]
    return f"## {table.title}\n\n" + "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """`text` on one line, with nothing that ends a cell, is HTML, or turns text round."""
    line = printable(" ".join(text.split())).replace("|", "\\|")
    # Markdown passes on what looks like HTML, scripts included.
    return line.replace("&", "&amp;").replace("<", "&lt;")


def transposed(table: Table) -> Table:
    """The table with rows and columns exchanged."""
    header, *rows = zip(table.header, *table.rows, strict=True)
    return Table(table.title, header, tuple(rows))


def shorter_text(table: Table, width: int) -> str:
    """`terminal_text` of the table or of its transpose, whichever takes fewer lines."""
    texts = terminal_text(table, width), terminal_text(transposed(table), width)
    return min(texts, key=lambda text: text.count("\n"))


def terminal_text(table: Table, width: int) -> str:
    """As many columns beside each other as fit into `width` characters, then the next ones."""
    rows = (map(printable, row) for row in (table.header, *table.rows))
    labels, *columns = zip(*rows, strict=True)
    label_width = max(map(len, labels))
    blocks: list[list[Sequence[str]]] = [[]]
    used = label_width
    for column in columns:
        needed = max(map(len, column)) + 2
        if blocks[-1] and used + needed > width:
            blocks.append([])
            used = label_width
        blocks[-1].append(column)
        used += needed
    return "\n\n".join(_block(labels, block) for block in blocks)


def _markdown_row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(map(escaped, cells)) + " |"


def _block(labels: Sequence[str], columns: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in (labels, *columns)]
    lines = []
    for label, *cells in zip(labels, *columns, strict=True):
        numbers = [cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True)]
        lines.append("  ".join([label.ljust(widths[0]), *numbers]).rstrip())
    return "\n".join(lines)
