"""Which diagrams of a file are taken: the first ones, or those that are asked for by name."""

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from bd_gen.data.problems import one_line
from bd_gen.diagrams.folded import normal_text
from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.system.errors import InputError

_MOST_COMPARED = 50_000  # ids among which near ones are looked for


class Row(NamedTuple):
    """A row of a file: its id, and what makes its diagram; None if it holds no complete one."""

    id: str
    make: Callable[[], LaidOut] | None


class Chosen(NamedTuple):
    """What was taken, and what was seen on the way.

    Attributes:
        plans: the diagrams taken.
        num_rows: rows that were looked at.
        num_bad: how many of `num_of_seed` hold no complete diagram; 0 where diagrams are named.
        num_of_seed: how many rows are of the seed asked for; all without one.
    """

    plans: list[LaidOut]
    num_rows: int
    num_bad: int = 0
    num_of_seed: int = 0


@dataclass(frozen=True)
class Choice:
    """Which diagrams of a file to take; all of them if nothing is said.

    Attributes:
        ids: the first one with each of these ids.
        indices: and those at these places, counted from 0.
        limit: at most so many.
        seed: only samples of this seed, whose ids are "seed-number".
        is_as_asked: in the order of `indices` and then `ids`, not in that of the file.

    Raises:
        InputError: a negative index, a limit below 1, or a seed where diagrams are named.
    """

    ids: tuple[str, ...] = ()
    indices: tuple[int, ...] = ()
    limit: int | None = None
    seed: int | None = None
    is_as_asked: bool = False

    def __post_init__(self) -> None:
        if any(index < 0 for index in self.indices):
            raise InputError("--index: counts from 0")
        if self.limit is not None and self.limit < 1:
            raise InputError("--limit: expected at least 1")
        if self.seed is not None and self.is_named:
            raise InputError("--seed: goes without --index and --id, which name diagrams already")

    @property
    def is_named(self) -> bool:
        """Are diagrams asked for one by one?"""
        return bool(self.ids or self.indices)

    def of(self, rows: Iterable[Row], path: Path, is_whole: bool = False) -> Chosen:
        """The chosen ones.

        Args:
            rows: of the file, in its order.
            path: the file, as messages call it.
            is_whole: look at all rows, to count them; else at no more than has to be.

        Raises:
            InputError: an id, index or seed that is not there, or a named row without a diagram.
        """
        return (self._named if self.is_named else self._first)(rows, path, is_whole)

    def _first(self, rows: Iterable[Row], path: Path, is_whole: bool) -> Chosen:
        plans: list[LaidOut] = []
        num_rows = num_bad = num_of_seed = 0
        for row in rows:
            num_rows += 1
            if self.seed is not None and not row.id.startswith(f"{self.seed}-"):
                continue
            num_of_seed += 1
            if row.make is None:
                num_bad += 1
            elif self.limit is None or len(plans) < self.limit:
                plans.append(row.make())
            if len(plans) == self.limit and not is_whole:
                break
        if not num_of_seed and self.seed is not None:
            raise InputError(f"--seed: {path} holds no samples of seed {self.seed}")
        return Chosen(plans, num_rows, num_bad, num_of_seed)

    def _named(self, rows: Iterable[Row], path: Path, is_whole: bool) -> Chosen:
        wanted = {normal_text(name): name for name in self.ids}
        ids, indices = set(wanted), set(self.indices)
        found: dict[int | str, tuple[int, LaidOut]] = {}
        known: list[str] = []
        k = -1
        for k, row in enumerate(rows):
            if len(known) < _MOST_COMPARED:
                known.append(row.id)
            name = normal_text(row.id)
            if k in indices or name in ids:
                if row.make is None:
                    raise InputError(
                        f"{path}: {one_line(row.id)} (index {k}) is no complete diagram"
                    )
                plan = (k, row.make())
                found |= {key: plan for key in (k, name) if key in indices or key in ids}
                ids.discard(name)
                indices.discard(k)
            if not (ids or indices or is_whole):
                break
        self._refuse_missing(indices, ids, path, known, k + 1)
        names: tuple[int | str, ...] = (*self.indices, *wanted)
        asked = [found[name] for name in names]
        plans = dict(asked if self.is_as_asked else sorted(asked, key=lambda plan: plan[0]))
        return Chosen(list(plans.values())[: self.limit], k + 1)

    def _refuse_missing(
        self, indices: set[int], ids: set[str], path: Path, known: list[str], count: int
    ) -> None:
        if indices:
            index = next(k for k in self.indices if k in indices)
            raise InputError(f"--index: {index}: {path} holds {count:,} diagrams, 0..{count - 1}")
        if ids:
            name = next(name for name in self.ids if normal_text(name) in ids)
            near = [one_line(one) for one in difflib.get_close_matches(name, known, n=2)]
            hint = f"; did you mean {' or '.join(near)}?" if near else ""
            raise InputError(f"{path}: there is no diagram with id {one_line(name)!r}{hint}")
