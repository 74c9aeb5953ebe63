"""The names of rooms in a picture: what is written, where, and how it is drawn."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from bd_gen.drawing.appearance import INK
from bd_gen.drawing.fit import Fit
from bd_gen.drawing.lettering import FINENESS, SMALLEST, Label, Wording, Writing
from bd_gen.drawing.panel import text_width

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHARES = (1.0, 0.86, 0.72, 0.58)
"""Shares of a panel that a picture fills: less, until all labels beside it have a place."""

_STEP, _STEPS = 0.9, 10
_SMALLEST_WITH_AREA = 6.0
LEADERS, TEXT = 41.0, 45.0
"""Drawing order of lines that lead to text, and of text."""


def wordings_of(name: str, area: str | None, largest: float, may_be_upright: bool) -> list[Wording]:
    """Ways to write the label of a room, the best first.

    Args:
        name: of the room.
        area: its size in words; None to leave it out.
        largest: points of the name where there is room enough.
        may_be_upright: may it run from the bottom to the top?
    """
    sizes = [max(SMALLEST, largest * _STEP**k) for k in range(_STEPS)]
    sizes = list(dict.fromkeys(sizes))
    ways: list[Wording] = []
    if area is not None:
        enough = [size for size in sizes if size >= _SMALLEST_WITH_AREA]
        ways += [Wording((name, area), size) for size in enough]
        ways += [Wording((name, area), size, upright=True) for size in enough if may_be_upright]
    ways += [Wording((name,), size) for size in sizes]
    ways += [Wording((name,), size, upright=True) for size in sizes if may_be_upright]
    return ways


def outside_wordings(name: str, area: str | None) -> list[Wording]:
    """Ways to write a label outside its room."""
    whole = name if area is None else f"{name} {area}"
    return [Wording((text,), size) for text in dict.fromkeys((whole, name)) for size in (6.0, 5.0)]


@dataclass(frozen=True, eq=False)
class Places:
    """Where labels may lie in a panel.

    Attributes:
        inside: (H, W) int which room may write where, -1 for none.
        outside: (H, W) bool where labels with a line may lie.
        targets: (n, 2) where the line from a label outside would end, in points of the panel.
        radii: (n,) how far from there it ends.
        may_be_upright: may labels in rooms run from the bottom to the top?
    """

    inside: np.ndarray
    outside: np.ndarray
    targets: np.ndarray
    radii: np.ndarray
    may_be_upright: bool = True


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
        label = writing.put_within(places.inside == room, wordings)
        if label is None:
            left.append(room)
        else:
            labels.append(replace(label, room=room))
    for room in left:
        wordings = outside_wordings(*names[room])
        target, radius = places.targets[room], float(places.radii[room])
        label = writing.put_outside(places.outside, wordings, target, radius)
        if label is None:
            unnamed.append(names[room][0])
        else:
            labels.append(replace(label, room=room))
    return labels + _list_of(unnamed, writing, places)


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


def draw_labels(
    axes: "Axes", labels: Sequence[Label], corner: np.ndarray, colours: Mapping[int, str]
) -> None:
    """Draw labels, and their lines if they have any.

    Args:
        axes: measured in points, y downwards.
        labels: what to draw.
        corner: (2,) upper left corner of the panel on the page.
        colours: of the text in each room.
    """
    for label in labels:
        if label.has_leader:
            draw_leader(axes, label, corner)
        colour = INK if label.anchor is not None else colours.get(label.room, INK)
        draw_wording(axes, label.wording, label.centre + corner, colour)


def draw_wording(axes: "Axes", wording: Wording, centre: np.ndarray, colour: str) -> None:
    """Write the lines of a label around a point of the page."""
    sizes = np.array(wording.sizes)
    middles = np.cumsum(sizes) - sizes / 2 - sizes.sum() / 2
    style: dict[str, Any] = {"ha": "center", "zorder": TEXT, "color": colour, "parse_math": False}
    for line, size, middle in zip(wording.lines, sizes, 1.15 * middles, strict=True):
        if wording.upright:
            style |= {"rotation": 90, "rotation_mode": "anchor"}
        x, y = centre + ((middle, 0) if wording.upright else (0, middle))
        axes.text(x, y, line, fontsize=size, va="center_baseline", **style)


def draw_leader(axes: "Axes", label: Label, corner: np.ndarray) -> None:
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


def area_text(pixels: float, metres_per_pixel: float | None) -> str:
    """An area in square metres where the scale is known, else in pixels of the plan."""
    if metres_per_pixel is None:
        return f"{pixels:,.0f} px²"
    metres = pixels * metres_per_pixel**2
    return f"{metres:.1f} m²" if metres < 99.95 else f"{metres:.0f} m²"


def fitting(label: Label, name: str) -> Label:
    """The same label with another name, made smaller where the name is longer."""
    (before,), size = label.wording.lines, label.wording.size
    share = min(1.0, text_width(before) / text_width(name))
    return replace(label, wording=replace(label.wording, lines=(name,), size=share * size))
