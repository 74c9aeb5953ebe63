"""Which diagrams of a file `bd-gen draw` draws."""

from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

from bd_gen.errors import InputError

if TYPE_CHECKING:
    from bd_gen.experiments.picture_source import Source

MOST = 1000
"""Diagrams in one picture."""


def chosen_rows(
    file: Path,
    source: "Source",
    indices: str | None,
    ids: tuple[str, ...],
    seed: int | None,
    limit: int,
) -> list[int]:
    """The rows that are asked for, or the first `limit` that are diagrams.

    Args:
        file: as messages call it.
        source: its content.
        indices: as in "3,8-11".
        ids: ids of diagrams.
        seed: only samples of this seed.
        limit: most rows that nobody asked for by name.

    Raises:
        InputError: there is no such diagram, or none at all.
    """
    is_diagram = source.is_diagram
    if indices is None and not ids:
        rows = np.arange(len(source))
        if seed is not None:
            rows = rows[[str(name).startswith(f"{seed}-") for name in source.ids]]
            if not len(rows):
                raise InputError(f"--seed: {file} holds no samples of seed {seed}")
        good = rows[is_diagram[rows]]
        if not len(good):
            raise InputError(f"{file}: holds no complete diagram")
        _tell_left_out(len(rows) - len(good))
        return [int(row) for row in good[:limit]]
    if seed is not None:
        raise InputError("--seed: goes without --index and --id, which name diagrams already")
    rows_asked = _by_index(file, indices, len(source)) if indices is not None else []
    rows_asked += [_by_id(file, name, source) for name in ids]
    for row in rows_asked:
        if not is_diagram[row]:
            raise InputError(f"{file}: {source.ids[row]} (index {row}) is no complete diagram")
    if len(rows_asked) > MOST:
        raise InputError(f"--index: expected at most {MOST} diagrams, got {len(rows_asked):,}")
    return list(dict.fromkeys(rows_asked))


def _tell_left_out(count: int) -> None:
    if count:
        click.echo(f"bd-gen: note: {count:,} rows are no complete diagrams and left out", err=True)


def _by_index(file: Path, text: str, count: int) -> list[int]:
    """Numbers and ranges: "3,8-11"."""
    rows: list[int] = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        first, dash, last = part.partition("-")
        bounds = (first, last if dash else first)
        if not all(bound.strip().isdecimal() and len(bound) < 12 for bound in bounds):
            raise InputError(f"--index: expected numbers and ranges as in 3,8-11, got {part!r}")
        low, high = int(bounds[0]), int(bounds[1])
        if low > high:
            raise InputError(f"--index: {part}: expected the smaller number first")
        if high >= count:
            raise InputError(f"--index: {high}: {file} holds {count:,} diagrams, 0..{count - 1}")
        if high - low >= MOST:
            raise InputError(f"--index: {part}: expected at most {MOST} diagrams")
        rows += range(low, high + 1)
    if not rows:
        raise InputError(f"--index: expected numbers and ranges as in 3,8-11, got {text!r}")
    return rows


def _by_id(file: Path, name: str, source: "Source") -> int:
    import difflib

    found = np.flatnonzero(source.ids == name)
    if len(found):
        return int(found[0])
    near = difflib.get_close_matches(name, [str(one) for one in source.ids[:50_000]], n=2)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    raise InputError(f"--id: {file} holds no diagram {name!r}{hint}")
