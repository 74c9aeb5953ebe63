"""A bubble diagram as a small SVG. Colours and strokes stand in the style sheet."""

from dataclasses import dataclass

import numpy as np

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.tokens import is_well_formed
from bd_gen.diagrams.vocabulary import (
    NUM_RELATIONS,
    NUM_ROOM_TYPES,
    RELATIONS,
    ROOM_TYPES,
    Vocabulary,
)
from bd_gen.drawing.appearance import SHORT_NAMES
from bd_gen.drawing.panel import links_of
from bd_gen.drawing.placement import Placement
from bd_gen.report.markup import Markup, number, tag

LETTERS = 3
"""Letters of a room type in its bubble; the title of the picture has the whole names."""

_SIDE = 180.0
_PADDING = 6.0
_LARGEST_UNIT = 34.0  # for a living room's radius
_EM = 0.3  # size of a label in the same measure
_CLEARANCE = 0.32  # between two lines at a rim, in the same measure
_STAND_IN = ROOM_TYPES.index("SecondRoom")


@dataclass(frozen=True)
class Sketch:
    """What is drawn of a token row.

    Attributes:
        diagram: its rooms and relations. Where a token is no room type another stands in.
        unknown: rooms without a type, drawn grey.
        is_complete: whether the row is a diagram, with neither MASK nor an illegal token.
        marked_rooms, marked_pairs: what a fault is about, drawn with emphasis.
    """

    diagram: Diagram
    unknown: frozenset[int] = frozenset()
    is_complete: bool = True
    marked_rooms: frozenset[int] = frozenset()
    marked_pairs: frozenset[tuple[int, int]] = frozenset()

    def name(self, room: int) -> str:
        """The type of a room in words."""
        return "?" if room in self.unknown else ROOM_TYPES[self.diagram.room_types[room]]

    @property
    def known_types(self) -> set[int]:
        """The room types that are drawn."""
        types = enumerate(self.diagram.room_types)
        return {room_type for room, room_type in types if room not in self.unknown}

    @property
    def description(self) -> str:
        """Rooms and relations in words."""
        names = [self.name(room) for room in range(self.diagram.num_rooms)]
        facts = [f"{names[i]} {RELATIONS[r]} {names[j]}" for i, j, r in self.diagram.edges]
        return ", ".join(names) + (". " + "; ".join(facts) if facts else "")


def sketch_of(tokens: np.ndarray, vocabulary: Vocabulary, num_rooms: int) -> Sketch:
    """The rooms of a token row (length,), complete or not; what is no relation is no edge."""
    types = [int(token) for token in tokens[:num_rooms]]
    unknown = frozenset(k for k, token in enumerate(types) if token >= NUM_ROOM_TYPES)
    edges = []
    for slot in np.flatnonzero(tokens[vocabulary.n_max :] < NUM_RELATIONS):
        i, j = int(vocabulary.edge_rows[slot]), int(vocabulary.edge_cols[slot])
        if j < num_rooms:
            edges.append((i, j, int(tokens[vocabulary.n_max + slot])))
    known = tuple(_STAND_IN if k in unknown else token for k, token in enumerate(types))
    is_complete = bool(is_well_formed(tokens[None], vocabulary)[0])
    return Sketch(Diagram(known, tuple(edges)), unknown, is_complete)


def bubble_svg(sketch: Sketch, placement: Placement) -> Markup:
    """The picture of a diagram whose rooms stand at `placement`."""
    unit = min(_LARGEST_UNIT, (_SIDE - 2 * _PADDING) / float(placement.extent.max()))
    centres = placement.centres * unit + _SIDE / 2
    outer = set(placement.parents) - {-1}
    order = sorted(range(len(centres)), key=lambda room: (room not in outer, placement.depth(room)))
    lines = _lines(sketch, placement, unit)
    rims = [_rim(sketch, room, centres[room], placement.radii[room] * unit) for room in order]
    # Bubbles around others lie below the lines, all others above them.
    below = [rim for room, rim in zip(order, rims, strict=True) if room in outer]
    above = [rim for room, rim in zip(order, rims, strict=True) if room not in outer]
    return tag(
        "svg",
        tag("title", sketch.description),
        *below,
        *lines,
        *above,
        *_labels(sketch, placement, unit, outer),
        viewBox=f"0 0 {number(_SIDE)} {number(_SIDE)}",
        class_="bubbles",
        role="img",
        font_size=number(_EM * unit),
    )


def _rim(sketch: Sketch, room: int, centre: np.ndarray, radius: float) -> Markup:
    kind = "unknown" if room in sketch.unknown else f"r{sketch.diagram.room_types[room]}"
    marked = " marked" if room in sketch.marked_rooms else ""
    x, y = number(centre[0]), number(centre[1])
    return tag("circle", class_=kind + marked, cx=x, cy=y, r=number(radius))


def _lines(sketch: Sketch, placement: Placement, unit: float) -> list[Markup]:
    parts = []
    for link in links_of(sketch.diagram, placement, _CLEARANCE):
        ends = np.stack([link.start, link.end]) * unit + _SIDE / 2
        (x, y), (u, v) = ends
        names = ["dashed"] if link.dashed else []
        names += ["marked"] if (link.i, link.j) in sketch.marked_pairs else []
        path = f"M{number(x)} {number(y)}L{number(u)} {number(v)}"
        parts.append(tag("path", class_=" ".join(names) or None, d=path))
    return parts


def _labels(sketch: Sketch, placement: Placement, unit: float, outer: set[int]) -> list[Markup]:
    parts = []
    for room, room_type in enumerate(sketch.diagram.room_types):
        x, y = placement.label_centres[room] * unit + _SIDE / 2
        is_unknown = room in sketch.unknown
        word = "?" if is_unknown else SHORT_NAMES[room_type][:LETTERS]
        # A line across a bubble with others in it does not touch the letters.
        halo = f"on{room_type}" if room in outer and not is_unknown else None
        place = number(y + 0.36 * _EM * unit)
        parts.append(tag("text", word, class_=halo, x=number(x), y=place))
    return parts
