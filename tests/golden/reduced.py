"""Outputs as small JSON values: numbers in 12 digits, hashes of what is bulky, no dates."""

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

DIGITS = 12
_DATED_ROWS = ("| evaluated |", "| program version |")


def rounded(value: Any) -> Any:
    """The same with every float in 12 significant digits."""
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, dict):
        return {str(key): rounded(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(part) for part in value]
    return value


def sha(what: Any) -> str:
    """The first 16 digits of the SHA-256 of bytes, of text, or of the JSON of a rounded value."""
    if not isinstance(what, bytes | str):
        what = json.dumps(rounded(what), sort_keys=True)
    return hashlib.sha256(what.encode() if isinstance(what, str) else what).hexdigest()[:16]


def words(text: str) -> str:
    """The text as words with one blank between them, however it was wrapped."""
    return " ".join(text.split())


def sections_of_markdown(text: str) -> dict[str, str]:
    """A hash for each section; rows with dates and versions are left out."""
    lines = [line for line in text.splitlines() if not line.startswith(_DATED_ROWS)]
    parts = re.split(r"^#+ (.+)$", "\n".join(lines), flags=re.MULTILINE)
    return {heading: sha(part) for heading, part in zip(parts[1::2], parts[2::2], strict=True)}


def columns_of_csv(text: str) -> dict[str, str]:
    """A hash for each column; its numbers are rounded."""
    header, *rows = csv.reader(io.StringIO(text))
    columns = zip(*rows, strict=True)
    return {
        name: sha([_number(cell) for cell in column])
        for name, column in zip(header, columns, strict=True)
    }


def _number(cell: str) -> float | str:
    try:
        return float(cell)
    except ValueError:
        return cell


class _Tables(HTMLParser):
    """The texts of the cells of every table: tables[t][row][column]."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self._cell: list[str] | None = None

    def handle_starttag(self, tag: str, _: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self._cell = []

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self._cell is not None:
            self.tables[-1][-1].append(words(" ".join(self._cell)))
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)


def scores_on_page(html: str, methods: list[str]) -> dict[str, dict[str, str]]:
    """What the report's tables of scores say: by method, heading and text of each cell."""
    page = _Tables()
    page.feed(html)
    return {
        method: {
            heading: cell
            for table in page.tables
            for heading, cell in _row_of(method, table)
            if any(letter.isdigit() for letter in cell)
        }
        for method in methods
    }


def _row_of(method: str, table: list[list[str]]) -> Iterator[tuple[str, str]]:
    for row in table[1:]:
        if row and method in row[0].split():
            for heading, cell in zip(table[0][1:], row[1:], strict=True):
                yield re.sub(r" \((higher|lower) is better\).*", "", heading), cell


def differences(golden: Any, found: Any, where: str = "") -> Iterator[str]:
    """One line for each place where two values differ."""
    if isinstance(golden, dict) and isinstance(found, dict):
        for key in sorted(golden.keys() | found.keys()):
            yield from differences(golden.get(key), found.get(key), f"{where}/{key}")
    elif isinstance(golden, list) and isinstance(found, list) and len(golden) == len(found):
        for k, (a, b) in enumerate(zip(golden, found, strict=True)):
            yield from differences(a, b, f"{where}/{k}")
    elif type(golden) is not type(found) or golden != found:
        yield f"{where.lstrip('/')}: was {golden!r}, is {found!r}"
