"""The names of rooms and relations in a picture: where they stand, and how they are drawn."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from bd_gen.drawing.appearance import INK
from bd_gen.drawing.lettering import FINENESS, NO_ROOM, Fit, Writing, within_margin
from bd_gen.drawing.wording import SMALLEST, Label, Wording, outside_wordings, wordings_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHARES = (1.0, 0.86, 0.72, 0.58)
"""Shares of a panel that a picture fills: less, until all labels beside it have a place."""
LEADERS, WORDS, TEXT = 41.0, 44.0, 45.0
"""Drawing order of lines that lead to text, of names of relations, and of text."""

_WORD_SIZES = (8.5, 7.4, 6.5, 5.8, 5.0)
_SHORT_LINE = 24.0  # points of a line to a name outside, better than a name over a swing
_OVER_SWINGS = 6.5  # points; larger names do not stand over the swing of a door
_POINTS = 65
"""Points of a line that are looked at for the name of its relation."""
_ALONG = (32, 27, 37, 22, 42, 17, 47, 12, 52)
"""At which of them the name may stand, the best first."""
_WIDE = 0.06  # share of a panel's squares; over a bubble of more such a name may stand
_TAIL, _HEAD = 3.0, 8.0  # points of an arrow to be seen before and after it


def largest_name(side: float) -> float:
    """Size of the name of a room in a panel where it has space enough, in points."""
    return 8.5 * float(np.sqrt(side / 190))


@dataclass(frozen=True, eq=False)
class Places:
    """Where labels may lie in a panel.

    Attributes:
        inside: (H, W) int which room may write where, -1 for none.
        outside: (H, W) bool where labels with a line may lie.
        targets: (n, 2) where the line from a label outside would end, in points of the panel.
        radii: (n,) how far from there it ends.
        may_be_upright: may labels in rooms run from the bottom to the top?
        clear: (H, W) like `inside`, less what is better kept free; None: nothing is.
        middles: (n, 2) near which labels in rooms stand; None: where they have most space.
    """

    inside: np.ndarray
    outside: np.ndarray
    targets: np.ndarray
    radii: np.ndarray
    may_be_upright: bool = True
    clear: np.ndarray | None = None
    middles: np.ndarray | None = None


def put_labels(
    writing: Writing, places: Places, names: Sequence[tuple[str, str | None]], largest: float
) -> list[Label]:
    """Find places for the labels of all rooms.

    Args:
        writing: where text is already.
        places: where labels may lie.
        names: (n,) name and area of each room.
        largest: points of a name.

    Returns:
        the labels that found a place.
    """
    labels: list[Label] = []
    left, unnamed = [], []
    for room, (name, area) in enumerate(names):
        wordings = wordings_of(name, area, largest, places.may_be_upright)
        label = _put_in_room(writing, places, room, wordings)
        if label is None:
            left.append(room)
        else:
            labels.append(replace(label, room=room))
    for room in left:
        label = _put_beside(writing, places, room, names[room], largest)
        if label is None:
            unnamed.append(names[room][0])
        else:
            labels.append(replace(label, room=room))
    return labels + _list_of(unnamed, writing, places)


def _put_in_room(
    writing: Writing, places: Places, room: int, wordings: Sequence[Wording]
) -> Label | None:
    """A label in its room, where that is clear."""
    clear = places.inside if places.clear is None else places.clear
    middle = None if places.middles is None else places.middles[room]
    return writing.put_within(clear == room, wordings, middle)


def _put_beside(
    writing: Writing, places: Places, room: int, name: tuple[str, str | None], largest: float
) -> Label | None:
    """A label outside with a line to its room, or a small one in the room where it is not clear."""
    beside, target, radius = (
        outside_wordings(*name),
        places.targets[room],
        float(places.radii[room]),
    )
    if places.clear is None:
        return writing.put_outside(places.outside, beside, target, radius)
    label = writing.put_outside(places.outside, beside, target, radius, _SHORT_LINE)
    if label is not None:
        return label
    ways = wordings_of(*name, largest, places.may_be_upright)
    small = [wording for wording in ways if wording.size <= _OVER_SWINGS]
    label = writing.put_within(places.inside == room, small)
    return label or writing.put_outside(places.outside, beside, target, radius)


def _list_of(names: list[str], writing: Writing, places: Places) -> list[Label]:
    """Names that found no place near their room, as a list in a corner of the panel."""
    if not names:
        return []
    words = [f"also {names[0]}", *names[1:]]
    wordings = []
    for per_line in (len(words), 4, 2):
        parts = [words[k : k + per_line] for k in range(0, len(words), per_line)]
        wordings.append(Wording(tuple(", ".join(part) for part in parts), SMALLEST))
    corner = np.array([0.0, len(places.outside) / FINENESS])
    label = writing.put_outside(places.outside, wordings, corner)
    return [] if label is None else [replace(label, anchor=None)]


def most_labels(
    attempt: Callable[[float], tuple[Fit, list[Label]]], count: int
) -> tuple[Fit, list[Label]]:
    """The largest picture in which all of `count` labels have a place, or else most of them.

    Args:
        attempt: draws up a picture that fills a share of its panel.
        count: labels wanted.
    """
    best = attempt(SHARES[0])
    for share in SHARES[1:]:
        if num_named(best[1]) == count:
            break
        smaller = attempt(share)
        if num_named(smaller[1]) > num_named(best[1]):
            best = smaller
    return best


def num_named(labels: Sequence[Label]) -> int:
    """Rooms that have their name at or in them."""
    return sum(label.room >= 0 for label in labels)


def put_relation_words(
    paths: Sequence[np.ndarray],
    relations: Sequence[str],
    labels: Sequence[Label],
    uppermost: np.ndarray,
    largest: float = 6.5,
) -> list[Label]:
    """Places for the names of relations: on their line, or else beside it with a thin line to it.

    Args:
        paths: points (k, 2) of each line between bubbles, in points of a square panel.
        relations: the name of the relation of each.
        labels: of the rooms, which no word may cover.
        uppermost: (H, W) the room whose bubble is seen at each square, -1 for none.
        largest: points of a name where there is room enough.
    """
    side = len(uppermost) / FINENESS
    writing = Writing(side, side)
    for label in labels:
        writing.take(label)
    shares = np.bincount(uppermost[uppermost != NO_ROOM], minlength=1) / uppermost.size
    is_wide = np.append(shares > _WIDE, True)  # the last stands for no room
    free = within_margin(is_wide[uppermost])
    even = [_evenly(path) for path in paths]
    lengths = [float(np.linalg.norm(np.diff(path, axis=0), axis=1).sum()) for path in even]
    beside = free & ~_on_paths(even, side)
    sizes = [size for size in _WORD_SIZES if size <= max(largest, SMALLEST)]
    words = []
    # Short lines first: their words have the least choice.
    for k in np.argsort(lengths, kind="stable"):
        wordings = [Wording((relations[k],), size) for size in sizes]
        on_line = (
            writing.put_at(free, [wording], np.array(clear))
            for wording in wordings
            if (clear := [p for p in even[k][list(_ALONG)] if _leaves_arrow(even[k], p, wording)])
        )
        word = next((word for word in on_line if word is not None), None)
        words.append(word or writing.put_outside(beside, wordings, even[k][_ALONG[0]]))
    return [word for word in words if word is not None]


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


def draw_labels(
    axes: "Axes",
    labels: Sequence[Label],
    corner: np.ndarray,
    colours: Mapping[int, str] | None = None,
    ground: str | None = None,
    prefix: str | None = None,
) -> None:
    """Draw labels, and their lines if they have any.

    Args:
        axes: measured in points, y downwards.
        labels: what to draw.
        corner: (2,) upper left corner of the panel on the page.
        colours: of the text in each room.
        ground: colour of a box behind the text, for words that lie on lines.
        prefix: of the ids that labels of rooms get in an SVG; None: they get none.
    """
    for label in labels:
        if label.has_leader:
            _draw_leader(axes, label, corner)
        colour = (colours or {}).get(label.room, INK) if label.anchor is None else INK
        gid = f"{prefix}room-{label.room}-label" if prefix is not None and label.room >= 0 else None
        _draw_wording(axes, label.wording, label.centre + corner, colour, ground, gid)


def _draw_wording(
    axes: "Axes",
    wording: Wording,
    centre: np.ndarray,
    colour: str,
    ground: str | None,
    gid: str | None,
) -> None:
    """Write the lines of a label around a point of the page."""
    sizes = np.array(wording.sizes)
    middles = np.cumsum(sizes) - sizes / 2 - sizes.sum() / 2
    style: dict[str, Any] = {"ha": "center", "zorder": TEXT, "color": colour, "parse_math": False}
    if ground is not None:
        box = {"boxstyle": "round,pad=0.12", "facecolor": ground, "edgecolor": "none"}
        style |= {"zorder": WORDS, "bbox": box}
    if wording.upright:
        style |= {"rotation": 90, "rotation_mode": "anchor"}
    lines = zip(wording.lines, sizes, 1.15 * middles, strict=True)
    for k, (line, size, middle) in enumerate(lines):
        x, y = centre + ((middle, 0) if wording.upright else (0, middle))
        text = axes.text(x, y, line, fontsize=size, va="center_baseline", **style)
        text.set_gid(None if gid is None else f"{gid}-{k}" if k else gid)


def _draw_leader(axes: "Axes", label: Label, corner: np.ndarray) -> None:
    """Draw the line from a label outside to what it names."""
    from matplotlib.lines import Line2D

    x, y = (label.leader + corner).T
    axes.add_artist(Line2D(x, y, color="white", linewidth=1.8, zorder=LEADERS))
    axes.add_artist(Line2D(x, y, color=INK, linewidth=0.7, zorder=LEADERS + 0.1))
    dot: dict[str, Any] = {
        "marker": "o",
        "markersize": 2.4,
        "markeredgecolor": "white",
        "markeredgewidth": 0.4,
    }
    axes.add_artist(Line2D(x[1:], y[1:], color=INK, zorder=LEADERS + 0.2, **dot))
