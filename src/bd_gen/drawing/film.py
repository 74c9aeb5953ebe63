"""A sample on its way: what is to be seen of it, when and where."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.floor_plan import rooms_seen
from bd_gen.diagrams.tokens import diagrams_from_tokens
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.diagrams.words import Words
from bd_gen.drawing.circles import circles_by_relations, circles_of, lines_of
from bd_gen.drawing.layout_bubbles import lettered
from bd_gen.drawing.placement import place
from bd_gen.drawing.wording import Label

SIDE = 300.0
"""Side of the panel in points."""

_TOTAL = 8_000  # milliseconds that all states but the first and the last take, if that is possible
_SHORTEST, _LONGEST = 60, 400  # milliseconds of a state
_FIRST, _LAST = 900, 3_000
_UNIT = 40.0  # pixels of the plan for a living room's radius, where there is no layout


@dataclass(frozen=True, eq=False)
class StageLine:
    """Where the line of a pair of rooms runs.

    Attributes:
        i: the first room.
        j: the second room.
        points: (k, 2) in points of the panel.
        above: the room above whose bubble it lies.
        is_nested: does a containment of these rooms need no line, as the bubbles show it?
    """

    i: int
    j: int
    points: np.ndarray
    above: int
    is_nested: bool

    @property
    def short_points(self) -> np.ndarray:
        """(k, 2) few of the points, enough for the eye."""
        return np.concatenate([self.points[::8], self.points[-1:]])


@dataclass(frozen=True, eq=False)
class Stage:
    """The places of everything in a square panel; points, y downwards.

    Attributes:
        side: of the panel.
        centres: (n, 2) of the bubbles.
        radii: (n,) of the bubbles.
        rank: (n,) place of each room in the order of drawing, the lowest first.
        labels: of the rooms whose names have a place.
        lines: of all pairs of rooms.
    """

    side: float
    centres: np.ndarray
    radii: np.ndarray
    rank: np.ndarray
    labels: tuple[Label, ...]
    lines: tuple[StageLine, ...]

    def label(self, room: int) -> Label | None:
        """The place of a room's name."""
        return next((label for label in self.labels if label.room == room), None)

    def question(self, room: int) -> np.ndarray:
        """(2,) where the mark of a masked room stands."""
        label = self.label(room)
        is_inside = label is not None and label.anchor is None
        return label.centre if label is not None and is_inside else self.centres[room]


def stage_of(diagram: Diagram, boxes: np.ndarray | None, side: float) -> Stage:
    """The stage of a finished diagram.

    Args:
        diagram: what is there in the end.
        boxes: (n, 4) its layout; without one, bubbles stand where its relations put them.
        side: of the panel in points.
    """
    if boxes is None:
        circles = circles_by_relations(place([diagram])[0], _UNIT)
    else:
        circles = circles_of(boxes, np.array([room.area for room in rooms_seen(boxes)]))
    fit, labels = lettered(diagram, circles, lines_of(diagram, circles), side)
    n = diagram.num_rooms
    # A containment has no line in the end, but one as long as it is masked. The lines of two rooms
    # are the same for all relations but that.
    words = diagram.words
    other = (k for k in range(words.num_relations) if k not in words.containments)
    any_relation = next(other, 0)
    pairs = [(i, j) for i in range(n) for j in range(i + 1, n)]
    all_pairs = tuple((i, j, any_relation) for i, j in pairs)
    lines = [
        StageLine(
            line.i, line.j, fit.points(line.points), line.lower, circles.are_nested(line.i, line.j)
        )
        for line in lines_of(Diagram(diagram.room_types, all_pairs, words), circles)
    ]
    return Stage(
        side,
        fit.points(circles.centres),
        circles.radii * fit.scale,
        circles.rank(),
        tuple(labels),
        tuple(lines),
    )


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


def line_style(line: StageLine, token: int, words: Words) -> str:
    """How the line of a pair is drawn whose edge token is `token`; empty where there is none."""
    if token == words.no_edge:
        return ""
    if token == words.edge_mask:
        return "masked"
    if token in words.containments:
        return "" if line.is_nested else "dashed"
    return "solid"
