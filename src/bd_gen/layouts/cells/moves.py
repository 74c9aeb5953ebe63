"""Small changes of a plan: walls that are moved, into line with others where they can be."""

import numpy as np

_SIDE, _LINE, _WALL, _ROOM = 0.35, 0.55, 0.70, 0.82
"""Shares of moves, added up: one side of a room, all sides on a line, some of them, a whole room;
in the rest everything beyond a line moves, which makes room or takes it."""
_INTO_LINE, _ANYWHERE = 0.45, 0.55
"""Shares of moves, added up, that go to a line nearby and to any line; the rest are steps."""
_CUT_INTO_LINE = 0.30
_LONGEST_STEP = 8  # pixels
_BLUR = 12  # pixels by which lines seem nearer or further: the nearest one is not always taken
_TWICE = 0.35  # share of plans that are changed a second time
_ALMOST_ALL = 1e9


class Moves:
    """Changes that keep fixed rooms where they are.

    Args:
        is_fixed: (n,) bool.
        anchors: x and y of lines that walls may move to besides those of the plan itself.
    """

    def __init__(
        self, is_fixed: np.ndarray, anchors: tuple[np.ndarray, np.ndarray] | None = None
    ) -> None:
        self.is_free = np.tile(~is_fixed, 2)
        none = np.empty(0, np.int64)
        given = anchors or (none, none)
        length = max(len(part) for part in given)
        # The shorter list says its last line again.
        self.anchors = np.stack(
            [np.pad(a, (0, length - len(a)), mode="edge") if len(a) else a for a in given]
        )

    def neighbours(self, rng: np.random.Generator, boxes: np.ndarray, count: int) -> np.ndarray:
        """(count, n, 4) int64 changes of a plan (n, 4), some of them twice changed."""
        changes = self._changes(rng, boxes, count)
        again = rng.random(count) < _TWICE
        changes[again] += self._changes(rng, boxes, int(again.sum()))
        return boxes + changes

    def _changes(self, rng: np.random.Generator, boxes: np.ndarray, count: int) -> np.ndarray:
        n, each = len(boxes), np.arange(count)
        axis = rng.integers(0, 2, count)
        sides = np.concatenate([boxes[:, axis].T, boxes[:, axis + 2].T], axis=1)  # (count, 2n)
        picked = rng.integers(0, 2 * n, count)
        source = sides[each, picked][:, None]
        kind = rng.random(count)[:, None]
        lengths = self._lengths(rng, sides, self.anchors[axis], source[:, 0], kind[:, 0] >= _ROOM)
        one = np.arange(2 * n) == picked[:, None]
        line = sides == source
        some = (line & (rng.random((count, 2 * n)) < 0.5)) | one
        room = np.arange(2 * n) % n == picked[:, None] % n
        moved = np.where(kind < _ROOM, room, sides >= source)
        for share, sides_moved in ((_WALL, some), (_LINE, line), (_SIDE, one)):
            moved = np.where(kind < share, sides_moved, moved)
        by = np.where(moved & self.is_free, lengths[:, None], 0)
        changes = np.zeros((count, n, 4), np.int64)
        changes[each, :, axis] = by[:, :n]
        changes[each, :, axis + 2] = by[:, n:]
        return changes

    def _lengths(
        self,
        rng: np.random.Generator,
        sides: np.ndarray,
        anchors: np.ndarray,
        source: np.ndarray,
        is_cut: np.ndarray,
    ) -> np.ndarray:
        """(count,) int64 how far each move goes."""
        count, each = len(sides), np.arange(len(sides))
        lines = np.concatenate([sides, anchors], axis=1)
        away = np.abs(lines - source[:, None]) + rng.random(lines.shape) * _BLUR
        away[lines == source[:, None]] = _ALMOST_ALL
        nearest = lines[each, away.argmin(axis=1)]
        other = lines[each, rng.integers(0, lines.shape[1], count)]
        step = rng.integers(1, _LONGEST_STEP + 1, count) * (2 * rng.integers(0, 2, count) - 1)
        chance = rng.random(count)
        into_line = chance < np.where(is_cut, _CUT_INTO_LINE, _INTO_LINE)
        anywhere = (chance < _ANYWHERE) & ~is_cut
        return np.where(into_line, nearest - source, np.where(anywhere, other - source, step))
