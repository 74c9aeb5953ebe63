"""The names of relations on the lines between bubbles."""

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from bd_gen.diagrams.vocabulary import RELATIONS
from bd_gen.drawing.appearance import CARD, INK
from bd_gen.drawing.circles import Line
from bd_gen.drawing.fit import Fit, within_margin
from bd_gen.drawing.labels import draw_leader
from bd_gen.drawing.lettering import Label, Wording, Writing
from bd_gen.drawing.regions import NO_ROOM

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SIZES = (6.5, 5.8, 5.0)
_POINTS = 65
"""Points of a line that are looked at."""
_ALONG = (32, 27, 37, 22, 42, 17, 47, 12, 52)
"""At which of them its word may stand, the best first."""
_WIDE = 0.06  # share of a panel's squares; over a bubble of more a word may stand
_TAIL, _HEAD = 3.0, 8.0  # points of an arrow to be seen before and after its word
_WORDS = 44.0


def relation_words(
    lines: Sequence[Line], labels: Sequence[Label], uppermost: np.ndarray, fit: Fit, side: float
) -> list[Label]:
    """Places for the words: on their line, or else beside it with a thin line to it.

    Args:
        lines: the lines between bubbles.
        labels: of the rooms, which no word may cover.
        uppermost: (H, W) the room whose bubble is seen at each square, -1 for none.
        fit: how the plan lies in the panel.
        side: of the panel, in points.
    """
    writing = Writing(side, side)
    for label in labels:
        writing.take(label)
    shares = np.bincount(uppermost[uppermost != NO_ROOM], minlength=1) / uppermost.size
    is_wide = np.append(shares > _WIDE, True)  # the last stands for no room
    free = within_margin(is_wide[uppermost])
    paths = [_evenly(fit.points(line.points)) for line in lines]
    lengths = [float(np.linalg.norm(np.diff(path, axis=0), axis=1).sum()) for path in paths]
    beside = free & ~_on_paths(paths, side)
    words = []
    # Short lines first: their words have the least choice.
    for k in np.argsort(lengths, kind="stable"):
        wordings = [Wording((RELATIONS[lines[k].relation],), size) for size in _SIZES]
        word = None
        for wording in wordings:
            clear = [p for p in paths[k][list(_ALONG)] if _leaves_arrow(paths[k], p, wording)]
            if clear and word is None:
                word = writing.put_at(free, [wording], np.array(clear))
        if word is None:
            word = writing.put_outside(beside, wordings, paths[k][_ALONG[0]])
        if word is not None:
            words.append(word)
    return words


def _evenly(path: np.ndarray) -> np.ndarray:
    """(_POINTS, 2) points at equal distances along a path (k, 2)."""
    lengths = np.append(0, np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1)))
    places = np.linspace(0, lengths[-1], _POINTS)
    return np.stack([np.interp(places, lengths, path[:, axis]) for axis in (0, 1)], axis=1)


def _on_paths(paths: Sequence[np.ndarray], side: float) -> np.ndarray:
    """(H, W) the squares near lines."""
    lines = Writing(side, side)
    for path in paths:
        for start, end in pairwise(path[::8]):
            lines.take_line(start, end, 0.5)
    return lines.taken


def _leaves_arrow(path: np.ndarray, place: np.ndarray, wording: Wording) -> bool:
    """Can an arrow be seen on both sides of a word, with its head?"""
    half = np.array(wording.extent) / 2
    covered = np.flatnonzero((np.abs(path - place) <= half).all(axis=1))
    step = float(np.linalg.norm(path[1] - path[0]))
    return bool(step * covered[0] > _TAIL and step * (_POINTS - 1 - covered[-1]) > _HEAD)


def draw_relation_words(axes: "Axes", words: Sequence[Label], corner: np.ndarray) -> None:
    """Draw words on axes that are measured in points; `corner` (2,) is that of the panel."""
    for word in words:
        if word.has_leader:
            draw_leader(axes, word, corner)
        x, y = word.centre + corner
        axes.text(
            x,
            y,
            word.wording.lines[0],
            fontsize=word.wording.size,
            color=INK,
            ha="center",
            va="center_baseline",
            zorder=_WORDS,
            bbox={"boxstyle": "round,pad=0.12", "facecolor": CARD, "edgecolor": "none"},
        )
