"""A table of text, as Markdown and for a terminal."""

from collections.abc import Sequence
from dataclasses import dataclass

from bd_gen.system.errors import printable


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
