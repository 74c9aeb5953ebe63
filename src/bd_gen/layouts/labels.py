"""The names of rooms in a picture: what is written, where, and how it is drawn."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from bd_gen.layouts.appearance import INK
from bd_gen.layouts.lettering import SMALLEST, Label, Wording, Writing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SIZES = (1.0, 0.88, 0.76)
_SMALLER = 5.5
LEADERS, TEXT = 41.0, 45.0
"""Drawing order of lines that lead to text, and of text."""


def wordings_of(name: str, area: str | None, largest: float) -> list[Wording]:
    """Ways to write the label of a room, the best first.

    Args:
        name: of the room.
        area: its size in words; None to leave it out.
        largest: points of the name where there is room enough.
    """
    sizes = list(dict.fromkeys(max(SMALLEST, share * largest) for share in _SIZES))
    smaller = [size for size in (_SMALLER, SMALLEST) if size < sizes[-1]]
    ways: list[Wording] = []
    if area is not None:
        both = (name, area)
        ways += [Wording(both, size) for size in sizes]
        ways += [Wording(both, size, upright=True) for size in sizes]
    ways += [Wording((name,), size) for size in (*sizes, *smaller)]
    ways += [Wording((name,), size, upright=True) for size in (*sizes, *smaller)]
    return ways


def outside_wordings(name: str, area: str | None) -> list[Wording]:
    """Ways to write a label outside its room."""
    whole = name if area is None else f"{name} {area}"
    return [Wording((text,), size) for text in dict.fromkeys((whole, name)) for size in (6.0, 5.0)]


def put_labels(
    writing: Writing,
    inside: np.ndarray,
    outside: np.ndarray,
    names: Sequence[tuple[str, str | None]],
    largest: float,
    targets: np.ndarray,
    radii: np.ndarray | None = None,
) -> list[Label]:
    """Find places for the labels of all rooms.

    Args:
        writing: where text is already.
        inside: (H, W) int which room may write where, -1 for none.
        outside: (H, W) bool where labels with a line may lie.
        names: (n,) name and area of each room.
        largest: points of a name.
        targets: (n, 2) where a line from a label outside would end, in points of the panel.
        radii: (n,) how far from there it ends; 0 if None.

    Returns:
        the labels that found a place.
    """
    labels, left = [], []
    for room, (name, area) in enumerate(names):
        label = writing.put_within(inside == room, wordings_of(name, area, largest))
        if label is None:
            left.append(room)
        else:
            labels.append(replace(label, room=room))
    for room in left:
        radius = 0.0 if radii is None else float(radii[room])
        label = writing.put_outside(outside, outside_wordings(*names[room]), targets[room], radius)
        if label is not None:
            labels.append(replace(label, room=room))
    return labels


def draw_labels(
    axes: "Axes", labels: Sequence[Label], corner: np.ndarray, colours: Sequence[str]
) -> None:
    """Draw labels, and their lines if they have any.

    Args:
        axes: measured in points, y downwards.
        labels: what to draw.
        corner: (2,) upper left corner of the panel on the page.
        colours: (n,) of the text in each room.
    """
    for label in labels:
        if label.anchor is not None:
            draw_leader(axes, label, corner)
        colour = colours[label.room] if label.anchor is None else INK
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

    assert label.anchor is not None  # noqa: S101 - the caller asked
    half = np.array(label.wording.extent) / 2
    start = np.clip(label.anchor, label.centre - half, label.centre + half)
    x, y = (np.stack([start, label.anchor]) + corner).T
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
        return f"{pixels:.0f} px²"
    metres = pixels * metres_per_pixel**2
    return f"{metres:.1f} m²" if metres < 99.95 else f"{metres:.0f} m²"
