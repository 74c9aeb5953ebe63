"""Where text goes, so that it lies in what it names and on no other text.

A panel is a grid of small squares, some of them taken. Text counts as a rectangle that must fit
into free squares; that is looked up in a table of sums, for all places at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from bd_gen.drawing.sheet import PADDING
from bd_gen.drawing.wording import Label, Wording

FINENESS = 2
"""Squares a point."""
NO_ROOM = -1
"""Stands where no room is."""

_SOME_SPACE = 2.0  # points around a text that stands where it is wanted
_KEPT_FREE = 1.0  # points around the line that leads to a text
_WORSE = 5.0  # points farther away that the next wording must be nearer
_NEAREST = 160  # places outside that are tried for a text with a line


@dataclass(frozen=True, eq=False)
class Fit:
    """How a plan lies in a square panel.

    Attributes:
        scale: points for a pixel of the plan.
        origin: (2,) where the plan's (0, 0) would be, in points of the panel.
    """

    scale: float
    origin: np.ndarray

    def points(self, places: np.ndarray) -> np.ndarray:
        """(..., 2) points of the panel from pixels of the plan."""
        return places * self.scale + self.origin


def panel_squares(side: float) -> np.ndarray:
    """The middles of the squares along a side of a panel, in points."""
    return (np.arange(int(side * FINENESS)) + 0.5) / FINENESS


def within_margin(free: np.ndarray) -> np.ndarray:
    """The squares (H, W) that are free, less those near the edge of the panel."""
    edge = int(PADDING * FINENESS / 2)
    kept = np.zeros_like(free)
    kept[edge:-edge, edge:-edge] = free[edge:-edge, edge:-edge]
    return kept


class _Place(NamedTuple):
    """A place for text outside, and the ends of its line."""

    distance: float
    centre: np.ndarray
    start: np.ndarray
    end: np.ndarray


class Writing:
    """The places of a panel that are taken by text and by lines that lead to text."""

    def __init__(self, width: float, height: float) -> None:
        """A panel of `width` by `height` points, all free."""
        shape = (int(height * FINENESS), int(width * FINENESS))
        self.taken = np.zeros(shape, bool)

    def put_within(
        self, free: np.ndarray, wordings: Sequence[Wording], middle: np.ndarray | None = None
    ) -> Label | None:
        """The first wording that fits into `free` (like `taken`), where it has most space.

        Args:
            free: where it may lie.
            wordings: the best first.
            middle: (2,) a point near which it should lie, if it has some space there.

        Returns:
            the label (of room -1), whose place is taken from now on; None if none fits.
        """
        window = _window_of(free)
        if window is None:
            return None
        here = free[window] & ~self.taken[window]
        sums = _sums(here)
        for wording in wordings:
            fits = _fits(sums, wording)
            if fits is None or not fits.any():
                continue
            wanted = None
            if middle is not None:
                start = np.array([window[1].start, window[0].start])
                wanted = middle * FINENESS - np.array(_squares(wording)) / 2 - start
            y, x = _roomiest(fits, wanted)
            corner = np.array([x + window[1].start, y + window[0].start]) / FINENESS
            return self._put(wording, corner + np.array(_squares(wording)) / FINENESS / 2)
        return None

    def put_outside(
        self,
        free: np.ndarray,
        wordings: Sequence[Wording],
        target: np.ndarray,
        radius: float = 0.0,
        farthest: float = np.inf,
    ) -> Label | None:
        """The first wording that fits into `free`, near `target` (2,), with a line to there.

        The line crosses no text and no other such line. It ends `radius` from the target, and is
        no longer than `farthest` points from there.
        """
        if radius == 0 and self._is_crossed(target, target):
            return None  # no line could end there
        sums = _sums(free & ~self.taken)
        found = [self._beside(sums, wording, target, radius) for wording in wordings]
        ways = [
            (place.distance + k * _WORSE, k, place)
            for k, place in enumerate(found)
            if place is not None and place.distance <= farthest
        ]
        if not ways:
            return None
        _, k, place = min(ways, key=lambda way: way[:2])
        self.take_line(place.start, place.end, _KEPT_FREE)
        return self._put(wordings[k], place.centre, place.end)

    def put_at(
        self, free: np.ndarray, wordings: Sequence[Wording], places: np.ndarray
    ) -> Label | None:
        """The first wording that fits into `free` around one of `places` (k, 2)."""
        sums = _sums(free & ~self.taken)
        for wording in wordings:
            fits = _fits(sums, wording)
            if fits is None:
                continue
            half = np.array(_squares(wording)) / FINENESS / 2
            corners = np.rint((places - half) * FINENESS).astype(int)
            height, width = fits.shape
            for place, (x, y) in zip(places, corners.tolist(), strict=True):
                if 0 <= x < width and 0 <= y < height and fits[y, x]:
                    return self._put(wording, place)
        return None

    def take(self, label: Label) -> None:
        """Keep the place of a label that was put elsewhere, and that of its line."""
        self._put(label.wording, label.centre)
        if label.anchor is not None:
            start, end = label.leader
            self.take_line(start, end, _KEPT_FREE)

    def _beside(
        self, sums: np.ndarray, wording: Wording, target: np.ndarray, radius: float
    ) -> "_Place | None":
        """The nearest place whose line to the target is free."""
        fits = _fits(sums, wording)
        if fits is None or not fits.any():
            return None
        half = np.array(_squares(wording)) / FINENESS / 2
        centres = np.argwhere(fits)[:, ::-1] / FINENESS + half
        offset = np.maximum(np.abs(centres - target) - half, 0)
        distances = np.hypot(*offset.T)
        for k in np.argsort(distances, kind="stable")[:: max(1, len(distances) // _NEAREST)]:
            start = np.clip(target, centres[k] - half, centres[k] + half)
            away = start - target
            end = target + min(1.0, radius / max(float(distances[k]), 1e-6)) * away
            if not self._is_crossed(start, end):
                return _Place(float(distances[k]), centres[k], start, end)
        return None

    def take_line(self, start: np.ndarray, end: np.ndarray, space: float) -> None:
        """Keep `space` points on both sides of a straight line free from text."""
        reach = max(1, round(space * FINENESS))
        for x, y in _squares_along(start, end):
            rows = slice(max(0, y - reach), max(0, y + reach + 1))
            self.taken[rows, max(0, x - reach) : max(0, x + reach + 1)] = True

    def _is_crossed(self, start: np.ndarray, end: np.ndarray) -> bool:
        x, y = _squares_along(start, end).T
        height, width = self.taken.shape
        return bool(self.taken[np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)].any())

    def _put(self, wording: Wording, centre: np.ndarray, anchor: np.ndarray | None = None) -> Label:
        half = np.array(_squares(wording)) / FINENESS / 2
        x0, y0 = np.rint((centre - half) * FINENESS).astype(int)
        width, height = _squares(wording)
        self.taken[y0 : y0 + height, x0 : x0 + width] = True
        return Label(-1, wording, centre, anchor)


def _window_of(free: np.ndarray) -> tuple[slice, slice] | None:
    rows, columns = np.flatnonzero(free.any(axis=1)), np.flatnonzero(free.any(axis=0))
    if not len(rows):
        return None
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def _sums(free: np.ndarray) -> np.ndarray:
    """Number of free squares above and to the left of each corner of the grid."""
    return np.pad(free.astype(np.int32).cumsum(0, dtype=np.int32).cumsum(1), ((1, 0), (1, 0)))


def _squares(wording: Wording) -> tuple[int, int]:
    """Width and height of a text in squares."""
    width, height = wording.extent
    return int(np.ceil(width * FINENESS)), int(np.ceil(height * FINENESS))


def _fits(sums: np.ndarray, wording: Wording) -> np.ndarray | None:
    """At which squares the upper left corner of a text may lie; None if it is larger than all."""
    width, height = _squares(wording)
    if height >= sums.shape[0] or width >= sums.shape[1]:
        return None
    filled = (sums[height:, width:] - sums[:-height, width:] - sums[height:, :-width]) + sums[
        :-height, :-width
    ]
    return filled == width * height


def _roomiest(fits: np.ndarray, wanted: np.ndarray | None = None) -> tuple[int, int]:
    """The place that is farthest from those that do not fit; the most central of such.

    With a place (x, y) that is wanted: the nearest to it of those that have some space.
    """
    from scipy.ndimage import distance_transform_cdt

    depth = distance_transform_cdt(np.pad(fits, 1), "chessboard")[1:-1, 1:-1]
    enough = depth.max() if wanted is None else min(depth.max(), _SOME_SPACE * FINENESS)
    best = np.argwhere(depth >= enough)
    centre = np.argwhere(fits).mean(axis=0) if wanted is None else wanted[::-1]
    off = np.abs(best - centre).sum(axis=1)
    y, x = best[int(np.argmin(off))]
    return int(y), int(x)


def _squares_along(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """(k, 2) squares on a straight line."""
    count = 2 + int(FINENESS * np.linalg.norm(end - start))
    points = start + np.linspace(0, 1, count)[:, None] * (end - start)
    return np.floor(points * FINENESS).astype(int)
