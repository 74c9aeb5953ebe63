"""A sample on its way: masked tokens turn into rooms and relations, as GIF or SVG."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.tokens import diagrams_from_tokens
from bd_gen.diagrams.vocabulary import EDGE_MASK, NO_EDGE, RELATIONS, Vocabulary
from bd_gen.drawing.picture_file import checked_suffix, picture_style
from bd_gen.drawing.stage import Stage, StageLine, stage_of
from bd_gen.system.files import write_with

ANIMATIONS = ("gif", "svg")
SIDE = 300.0
"""Side of the panel in points."""

_CONTAINMENTS = (RELATIONS.index("inside"), RELATIONS.index("surrounding"))
_TOTAL = 8_000  # milliseconds that all states but the first and the last take, if that is possible
_SHORTEST, _LONGEST = 60, 400  # milliseconds of a state
_FIRST, _LAST = 900, 3_000


@dataclass(frozen=True, eq=False)
class Film:
    """What is to be seen when.

    Attributes:
        tokens: (T, length) uint8 token rows; the last is a finished diagram.
        calls: (T,) calls of the network before each state.
        vocabulary: the layout of the token rows.
        boxes: (n, 4) the layout of the finished diagram, if there is one.
        title: a line of text, or None.
    """

    tokens: np.ndarray
    calls: np.ndarray
    vocabulary: Vocabulary
    boxes: np.ndarray | None = None
    title: str | None = None

    @cached_property
    def diagram(self) -> Diagram:
        """The finished diagram."""
        return diagrams_from_tokens(self.tokens[-1:], self.vocabulary)[0]

    @cached_property
    def stage(self) -> Stage:
        """The places of everything."""
        return stage_of(self.diagram, self.boxes, SIDE)

    @cached_property
    def room_tokens(self) -> np.ndarray:
        """(T, n) node tokens of the rooms."""
        return self.tokens[:, : self.diagram.num_rooms]

    def line_tokens(self, line: StageLine) -> np.ndarray:
        """(T,) edge tokens of a pair of rooms."""
        slot = self.vocabulary.edge_index(line.i, line.j)
        return self.tokens[:, self.vocabulary.n_max + slot]

    @cached_property
    def num_masked(self) -> np.ndarray:
        """(T,) masked tokens in each state."""
        return (self.tokens == self.vocabulary.mask_row).sum(axis=1)

    @cached_property
    def durations(self) -> list[int]:
        """Milliseconds that each state is shown, in whole hundredths of a second."""
        count = len(self.tokens)
        each = int(np.clip(_TOTAL / max(1, count - 2), _SHORTEST, _LONGEST)) // 10 * 10
        return [_FIRST, *[each] * (count - 2), _LAST][-count:]

    def heading(self, state: int) -> str:
        """What is said of a state."""
        return (
            f"network call {self.calls[state]} of {self.calls[-1]}, "
            f"{self.num_masked[state]} of {self.num_masked[0]} tokens masked"
        )


def line_style(line: StageLine, token: int) -> str:
    """How the line of a pair is drawn whose edge token is `token`; empty where there is none."""
    if token == NO_EDGE:
        return ""
    if token == EDGE_MASK:
        return "masked"
    if token in _CONTAINMENTS:
        return "" if line.is_nested else "dashed"
    return "solid"


def draw_animation(film: Film, path: str | Path) -> None:
    """Write an animation: a GIF, or an SVG that moves by itself and needs no script.

    A masked room is a grey bubble with a question mark, a masked relation a faint dashed line.
    Everything stays where the finished diagram has it: where its layout has the rooms, or where
    its relations put them.

    Args:
        film: what is to be seen.
        path: file to write; its suffix (.gif or .svg) says in which format.

    Raises:
        InputError: the suffix is none of these, or the file cannot be written.
        ValueError: the last state is no finished diagram.
    """
    from bd_gen.drawing.film_gif import gif_of
    from bd_gen.drawing.film_svg import svg_of

    with picture_style():
        make = {"gif": gif_of, "svg": svg_of}[checked_suffix(path, ANIMATIONS)]
        content = make(film)
    write_with(path, lambda file: file.write(content))
