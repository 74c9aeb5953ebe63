"""What is drawn of a sample, and what is wrong with it, said in words and marked in its picture."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.soundness import shortest_circle
from bd_gen.diagrams.tokens import is_well_formed
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.diagrams.words import Words
from bd_gen.metrics import DiagramSet
from bd_gen.metrics.measures.transitivity import transitivity_columns, without_directions
from bd_gen.metrics.measures.validity import (
    containment_columns,
    validity_columns,
    without_containments,
)
from bd_gen.results.where import Condition

_AXES = (
    ("left to right", "left", "right", "is left of"),
    ("top to bottom", "above", "below", "is above"),
)


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
        types, names = self.diagram.room_types, self.diagram.words.room_names
        return "?" if room in self.unknown else names[types[room]]

    @property
    def known_types(self) -> set[int]:
        """The room types that are drawn."""
        types = enumerate(self.diagram.room_types)
        return {room_type for room, room_type in types if room not in self.unknown}

    @property
    def description(self) -> str:
        """Rooms and relations in words."""
        names = [self.name(room) for room in range(self.diagram.num_rooms)]
        facts = [
            f"{names[i]} {self.diagram.words.relation_names[r]} {names[j]}"
            for i, j, r in self.diagram.edges
        ]
        return ", ".join(names) + (". " + "; ".join(facts) if facts else "")


def sketch_of(tokens: np.ndarray, vocabulary: Vocabulary, num_rooms: int) -> Sketch:
    """The rooms of a token row (length,), complete or not; what is no relation is no edge."""
    types = [int(token) for token in tokens[:num_rooms]]
    unknown = frozenset(k for k, token in enumerate(types) if token >= vocabulary.num_room_types)
    edges = []
    for slot in np.flatnonzero(tokens[vocabulary.n_max :] < vocabulary.num_relations):
        i, j = int(vocabulary.edge_rows[slot]), int(vocabulary.edge_cols[slot])
        if j < num_rooms:
            edges.append((i, j, int(tokens[vocabulary.n_max + slot])))
    stand_in = _stand_in(vocabulary.words)
    known = tuple(stand_in if k in unknown else token for k, token in enumerate(types))
    is_complete = bool(is_well_formed(tokens[None], vocabulary)[0])
    return Sketch(Diagram(known, tuple(edges), vocabulary.words), unknown, is_complete)


def _stand_in(words: Words) -> int:
    """A room type of usual size: of four, one is larger."""
    by_size = np.argsort(words.typical_areas, kind="stable")
    return int(by_size[round(0.75 * (len(by_size) - 1))])


@dataclass(frozen=True)
class Failure:
    """A kind of fault.

    Attributes:
        title: what such samples are.
        condition: which samples they are, as `bd-gen show --where` takes it.
        marked: the sketch of a complete sample with the fault marked, and the fault in words.
        lacking: what words lack to have it; empty: nothing.
    """

    title: str
    condition: str
    marked: Callable[[Sketch], tuple[Sketch, str]]
    lacking: Callable[[Words], str] = lambda _: ""

    def found(self, checks: Mapping[str, np.ndarray]) -> np.ndarray:
        """(N,) bool: samples with the fault, by their `sample_checks`."""
        return Condition(self.condition, list(checks)).holds(checks)

    def explained(self, sketch: Sketch) -> tuple[Sketch, str]:
        """The sketch with the fault marked, and the fault in words."""
        return self.marked(sketch) if sketch.is_complete else incomplete(sketch)


def incomplete(sketch: Sketch) -> tuple[Sketch, str]:
    """A sample with MASK or an illegal token."""
    count = len(sketch.unknown)
    rooms = f"{count} of its rooms {'has' if count == 1 else 'have'} no type" if count else ""
    return sketch, rooms or "a pair of rooms holds MASK or an unknown relation"


def disconnected(sketch: Sketch) -> tuple[Sketch, str]:
    """A sample of which some rooms cannot be reached from the first."""
    ways = [way for i, j, _ in sketch.diagram.edges for way in ((i, j), (j, i))]
    reached = {0}
    while new := {there for here, there in ways if here in reached} - reached:
        reached |= new
    # The smaller part is what one would call cut off.
    cut = set(range(sketch.diagram.num_rooms)) - reached
    cut = cut if len(cut) <= len(reached) else reached
    names = " and ".join(sketch.name(room) for room in sorted(cut))
    return replace(sketch, marked_rooms=frozenset(cut)), f"cut off: {names}"


def too_many(sketch: Sketch) -> tuple[Sketch, str]:
    """A sample with several rooms of a type of which there is at most one."""
    types = sketch.diagram.room_types
    words, rooms = [], set()
    for one in sketch.diagram.words.at_most_one:
        same = {room for room, kind in enumerate(types) if kind == one} - sketch.unknown
        if len(same) > 1:
            words.append(f"{len(same)} rooms are {sketch.diagram.words.room_names[one]}")
            rooms |= same
    return replace(sketch, marked_rooms=frozenset(rooms)), ", ".join(words)


def contradictory(sketch: Sketch) -> tuple[Sketch, str]:
    """A sample whose relations go round in a circle along an axis; the shortest circle."""
    circles = []
    for name, first, last, words in _AXES:
        circle = shortest_circle(_arrows(sketch, first, last))
        if circle:
            circles.append((len(circle), name, circle, words))
    if not circles:
        return sketch, "its relations contradict each other"
    _, name, circle, words = min(circles)
    following = circle[1:] + circle[:1]
    pairs = frozenset((min(p), max(p)) for p in zip(circle, following, strict=True))
    names = [sketch.name(room) for room in (*circle, circle[0])]
    reason = f" {words} ".join(names)
    return replace(sketch, marked_pairs=pairs), f"no order from {name}: {reason}"


def misplaced(sketch: Sketch) -> tuple[Sketch, str]:
    """A sample with a room inside one of a type that cannot hold it."""
    words, rooms, pairs = [], set(), set()
    known = sketch.diagram.words
    for i, j, relation in sketch.diagram.edges:
        if relation not in (known.inside, known.surrounding) or {i, j} & sketch.unknown:
            continue
        inner, outer = (i, j) if relation == known.inside else (j, i)
        types = sketch.diagram.room_types
        if types[outer] in known.forbidden_outer_types.get(types[inner], ()):
            words.append(f"{sketch.name(inner)} inside {sketch.name(outer)}")
            rooms.add(inner)
            pairs.add((i, j))
    marked = replace(sketch, marked_rooms=frozenset(rooms), marked_pairs=frozenset(pairs))
    return marked, ", ".join(dict.fromkeys(words))


FAILURES = (
    Failure("MASK left", "not no_mask", incomplete),
    Failure("not connected", "no_mask and not connected", disconnected),
    Failure("too many of a type", "no_mask and not types_legal", too_many),
    Failure("not transitive", "not transitive", contradictory, without_directions),
    Failure(
        "forbidden containment", "no_mask and not inside_legal", misplaced, without_containments
    ),
)
"""All kinds of fault; a sample may have several."""


def sample_checks(rows: DiagramSet) -> dict[str, np.ndarray]:
    """The columns of the per-sample table that conditions ask for, (N,) bool each."""
    return {**validity_columns(rows), **transitivity_columns(rows), **containment_columns(rows)}


def _arrows(sketch: Sketch, first: str, last: str) -> dict[int, list[int]]:
    """For each room the rooms that come after it, ascending: those that it is `first` of."""
    after: dict[int, set[int]] = {room: set() for room in range(sketch.diagram.num_rooms)}
    for i, j, relation in sketch.diagram.edges:
        words = sketch.diagram.words.relations[relation].means.split("-")
        if first in words:
            after[i].add(j)
        elif last in words:
            after[j].add(i)
    return {room: sorted(following) for room, following in after.items()}
