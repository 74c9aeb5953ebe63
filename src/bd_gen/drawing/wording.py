"""What is written: how wide text is, the ways to write a label, and a label with its place."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

LINE_HEIGHT = 1.3
"""Of a line of text at size 1, with a little space around it."""
SMALLEST = 5.0
"""Points; smaller text is not set."""
HINTING = 1.06
"""Letters may be moved by hinting: text counts as so many times its width."""

_MEASURED_AT = 100.0  # points
_SIDE_SPACE = 0.25  # at both ends of a line of text together, at size 1
_NEAR = 4.0  # points within which a label needs no line to what it stands beside
_STEP, _STEPS = 0.9, 10
_SMALLEST_WITH_AREA = 5.4


@lru_cache(maxsize=4096)
def text_width(text: str, bold: bool = False) -> float:
    """Width of a line of text at size 1, a little more than less: hinting moves letters."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(size=_MEASURED_AT, weight="bold" if bold else "normal")
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return HINTING * float(width) / _MEASURED_AT


def fitted(text: str, size: float, width: float, bold: bool = False) -> tuple[str, float]:
    """One line of text and its size, at most `size`, at which it is no wider than `width`.

    It is first made smaller, to 70 % or to the smallest size that can be read, then cut short.
    """
    text = " ".join(text.split())
    smallest = max(SMALLEST, 0.7 * size)
    needed = text_width(text, bold) * size
    if needed <= width:
        return text, size
    size = max(smallest, size * width / needed)
    shown = text
    while len(shown) > 1 and text_width(shown, bold) * size > width:
        text = text[:-1]
        shown = text.rstrip() + "…"
    return shown, size


@dataclass(frozen=True)
class Wording:
    """One way to write a label.

    Attributes:
        lines: its lines; those behind the name are set smaller.
        size: points of the name.
        upright: does it run from the bottom to the top?
        name_lines: how many lines are the name.
    """

    lines: tuple[str, ...]
    size: float
    upright: bool = False
    name_lines: int = 1

    @property
    def sizes(self) -> tuple[float, ...]:
        """Points of each line."""
        smaller = max(SMALLEST, 0.82 * self.size)
        return tuple(self.size if k < self.name_lines else smaller for k in range(len(self.lines)))

    @property
    def extent(self) -> tuple[float, float]:
        """Width and height in points on the page."""
        width = max(
            (text_width(line) + _SIDE_SPACE) * size
            for line, size in zip(self.lines, self.sizes, strict=True)
        )
        height = LINE_HEIGHT * sum(self.sizes)
        return (height, width) if self.upright else (width, height)


@dataclass(frozen=True, eq=False)
class Label:
    """A label that has found its place.

    Attributes:
        room: what it names; -1 for none in particular.
        wording: how it is written.
        centre: (2,) middle, in points of the panel.
        anchor: (2,) where the line from the label ends; None for a label that lies in its room.
    """

    room: int
    wording: Wording
    centre: np.ndarray
    anchor: np.ndarray | None = None

    @property
    def leader(self) -> np.ndarray:
        """(2, 2) ends of the line from the label to its anchor."""
        assert self.anchor is not None  # noqa: S101 - labels inside have no line
        half = np.array(self.wording.extent) / 2
        start = np.clip(self.anchor, self.centre - half, self.centre + half)
        return np.stack([start, self.anchor])

    @property
    def has_leader(self) -> bool:
        """Is it so far from what it names that a line leads there?"""
        return self.anchor is not None and float(np.hypot(*np.diff(self.leader, axis=0)[0])) > _NEAR


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
    turns = (False, True) if may_be_upright else (False,)
    whole: list[tuple[str, ...]] = [(name,)]
    enough = [size for size in sizes if size >= _SMALLEST_WITH_AREA]
    if (halves := _broken(name)) is not None:
        whole.append(halves)

    def ways(some_sizes: list[float], *more: str) -> list[Wording]:
        return [
            Wording((*lines, *more), size, upright, len(lines))
            for upright in turns
            for size in some_sizes
            for lines in whole
        ]

    if area is None:
        return ways(sizes)
    in_one_line = [
        Wording((f"{name} {area}",), size, upright) for upright in turns for size in enough
    ]
    return [*ways(enough, area), *in_one_line, *ways(sizes)]


def _broken(name: str) -> tuple[str, str] | None:
    """A name of several words in two lines that are about as long; None for one word."""
    words = name.split()
    if len(words) < 2:
        return None
    halves = [(" ".join(words[:k]), " ".join(words[k:])) for k in range(1, len(words))]
    return min(halves, key=lambda half: max(map(text_width, half)))


def outside_wordings(name: str, area: str | None) -> list[Wording]:
    """Ways to write a label outside its room."""
    whole = name if area is None else f"{name} {area}"
    return [Wording((text,), size) for text in dict.fromkeys((whole, name)) for size in (6.0, 5.0)]


def area_text(pixels: float, metres_per_pixel: float) -> str:
    """An area in square metres."""
    metres = pixels * metres_per_pixel**2
    return f"{metres:.1f} m²" if metres < 99.95 else f"{metres:.0f} m²"


def fitting(label: Label, name: str) -> Label:
    """The same label with another name, made smaller where the name is longer."""
    (before,), size = label.wording.lines, label.wording.size
    share = min(1.0, text_width(before) / text_width(name))
    return replace(label, wording=replace(label.wording, lines=(name,), size=share * size))
