"""A bubble diagram as people handle it: by names, in a notebook, as JSON, graph and tokens."""

import operator
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from bd_gen.api.plan_text import UNNAMED, json_of, laid_out, named_plan
from bd_gen.diagrams import diagram as plain
from bd_gen.diagrams.names import RoomLabels, relation_of, room_type_of
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.tokens import diagrams_from_tokens, tokens_from_diagrams
from bd_gen.diagrams.vocabulary import LARGEST_N_MAX, Vocabulary
from bd_gen.diagrams.words import Words
from bd_gen.diagrams.words_file import words_named
from bd_gen.system.errors import InputError

if TYPE_CHECKING:
    from networkx import DiGraph, Graph


class Diagram(plain.Diagram):
    """Rooms and the relations between them.

    It equals every diagram with the same rooms in the same order and the same relations.

    Args:
        room_types: of every room a name or a number; or a text of them with numbers,
            "LivingRoom, 2 Bathroom".
        edges: (i, j, relation): room i is `relation` of room j, a name or a number. With i > j it
            is stored from the other end, as the inverse.
        words: what they are called: `Words`, or the name or YAML file of a vocabulary.

    Attributes:
        room_types: number of the type of every room.
        edges: (i, j, r) with i < j, sorted.
        words: what the numbers mean.

    Raises:
        InputError: no room or more than 32, a name that nobody knows, or an edge that is none.
    """

    def __init__(
        self,
        room_types: str | Iterable[str | int],
        edges: Iterable[tuple[int, int, str | int]] = (),
        words: Words | str = RPLAN,
    ) -> None:
        if isinstance(words, str):
            words = words_named(words)
        types = tuple(types_of(room_types, words))
        if not 1 <= len(types) <= LARGEST_N_MAX:
            raise InputError(f"diagram: expected 1 to {LARGEST_N_MAX} rooms, got {len(types)}")
        try:
            super().__init__(types, tuple(_edge(edge, words) for edge in edges), words)
        except (TypeError, ValueError) as error:
            raise InputError(f"diagram: {error}") from None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, plain.Diagram):
            return NotImplemented
        mine, others = (self.room_types, self.edges), (other.room_types, other.edges)
        return mine == others and self.words == other.words

    __hash__ = plain.Diagram.__hash__

    def __repr__(self) -> str:
        rooms = [self.words.room_names[t] for t in self.room_types]
        edges = [(i, j, self.words.relation_names[r]) for i, j, r in self.edges]
        named = "" if self.words == RPLAN else f", words={self.words.name!r}"
        return f"Diagram({rooms}, {edges}{named})"

    def _repr_svg_(self) -> str:
        """What a notebook shows: the bubbles."""
        from bd_gen.drawing.picture_file import picture_style, svg_of
        from bd_gen.drawing.plan_drawing import grid_figure

        with picture_style():
            return svg_of(grid_figure([self]))

    def to_json(self, id: str = UNNAMED) -> str:  # noqa: A002 - the format's own word
        """One line of the open format `plans` (docs/data.md).

        Raises:
            InputError: the id is not 1 to 200 printable characters.
        """
        return json_of(laid_out(id, self))

    @classmethod
    def from_json(cls, text: str | bytes | Mapping[str, Any], words: Words = RPLAN) -> "Diagram":
        """The diagram of one plan, as text or parsed, in these words; it needs no id.

        Raises:
            InputError: it is no plan of the open format.
        """
        return as_diagram(named_plan(text, words))

    def to_networkx(self) -> "DiGraph":
        """A graph: `type` at each node, `relation` at each edge (docs/exports.md)."""
        from bd_gen.exchange.exports.graphml import graph_of

        return graph_of(laid_out(UNNAMED, self))

    @classmethod
    def from_networkx(cls, graph: "Graph", words: Words = RPLAN) -> "Diagram":
        """The diagram of a networkx graph in these words; names are understood as in GraphML.

        Raises:
            InputError: a room or a relation that nobody knows, edges that contradict, or one
                that does not say how its rooms are related.
        """
        from bd_gen.data.sources.graphml.graphml import read_networkx

        read = read_networkx(graph, RoomLabels(words=words))
        if read.joined:
            i, j = read.joined[0]
            raise InputError(
                f"graph: rooms {i} and {j} are joined without a relation, which a diagram needs; "
                'model.sample(given={"rooms": [...], "relations": [[i, j]]}) draws it'
            )
        return as_diagram(read.diagram)

    def to_tokens(self, vocabulary: Vocabulary | None = None) -> np.ndarray:
        """(length,) uint8 token row of a vocabulary; by default the smallest that holds it.

        Raises:
            InputError: the vocabulary has fewer rooms.
        """
        return rows_of([self], vocabulary or Vocabulary(self.num_rooms, self.words))[0]

    @classmethod
    def from_tokens(cls, tokens: np.ndarray, words: Words = RPLAN) -> "Diagram":
        """The diagram of a token row (length,) in these words.

        Raises:
            InputError: it is no row of a complete diagram.
        """
        row = np.asarray(tokens)
        if row.ndim != 1 or row.dtype.kind not in "iu":
            raise InputError(f"tokens: expected a row of integers, got {row.dtype}{row.shape}")
        vocabulary = vocabulary_of_width(len(row), words)
        try:
            (diagram,) = diagrams_from_tokens(row[None], vocabulary)
        except ValueError:
            raise InputError("tokens: expected the row of a complete diagram") from None
        return as_diagram(diagram)


def types_of(rooms: str | Iterable[str | int], words: Words = RPLAN) -> Iterable[int]:
    """Room types of a text, or of names and numbers, in these words.

    Raises:
        InputError: a name that nobody knows.
    """
    if isinstance(rooms, str):
        from bd_gen.sampling.conditions import room_types_from_text

        with python_words():
            return room_types_from_text(rooms, RoomLabels(words=words))
    try:
        return [
            room_type_of(r, "rooms", words) if isinstance(r, str) else operator.index(r)
            for r in rooms
        ]
    except TypeError:
        most = words.num_room_types - 1
        raise InputError(f"rooms: expected names or numbers 0..{most}, got {rooms!r:.60}") from None


@contextmanager
def python_words() -> Iterator[None]:
    """Arguments are called by their names, where the command line would call them options."""
    try:
        yield
    except InputError as error:
        raise InputError(in_python(str(error))) from None


def in_python(text: str) -> str:
    """Options of the command line as arguments: "--most-drawn" as "most_drawn"."""
    return re.sub(r"--([a-z][a-z-]*)", lambda found: found[1].replace("-", "_"), text)


def _edge(edge: tuple[int, int, str | int], words: Words) -> tuple[int, int, int]:
    first, second, named = edge
    i, j = operator.index(first), operator.index(second)
    if isinstance(named, str):
        relation = relation_of(named, "relations", words)
    else:
        relation = operator.index(named)
    if i <= j or not 0 <= relation < words.num_relations:
        return i, j, relation
    return j, i, int(words.inverse[relation])


def as_diagram(thing: object, where: str = "diagram") -> Diagram:
    """The diagram that something is or has.

    Raises:
        InputError: it has none.
    """
    if not isinstance(thing, plain.Diagram):
        thing = getattr(thing, "diagram", thing)
    if isinstance(thing, Diagram):
        return thing
    if isinstance(thing, plain.Diagram):
        return Diagram(thing.room_types, thing.edges, thing.words)
    raise InputError(f"{where}: expected a Diagram, got {type(thing).__name__}")


def as_list(things: Any, where: str) -> list[Any]:
    """Things with diagrams as a list; one by itself is a list of one.

    Raises:
        InputError: there are none.
    """
    if isinstance(things, plain.Diagram) or hasattr(things, "diagram"):
        return [things]
    if isinstance(things, str | bytes | Mapping) or not isinstance(things, Iterable):
        raise InputError(f"{where}: expected diagrams, got {type(things).__name__}")
    found = list(things)
    if not found:
        raise InputError(f"{where}: expected at least one diagram, got none")
    return found


def as_diagrams(things: Any, where: str) -> list[Diagram]:
    """The diagrams of things that are or have one.

    Raises:
        InputError: there are none, or one of them has none.
    """
    return [as_diagram(one, f"{where}[{k}]") for k, one in enumerate(as_list(things, where))]


def rows_of(diagrams: Iterable[plain.Diagram], vocabulary: Vocabulary) -> np.ndarray:
    """(N, length) uint8 token rows.

    Raises:
        InputError: a diagram has more rooms than the vocabulary.
    """
    try:
        return tokens_from_diagrams(list(diagrams), vocabulary)
    except ValueError as error:
        raise InputError(str(error)) from None


def vocabulary_of_width(width: int, words: Words = RPLAN) -> Vocabulary:
    """The vocabulary of these words whose rows are that long.

    Raises:
        InputError: there is none.
    """
    for n_max in range(1, LARGEST_N_MAX + 1):
        if n_max * (n_max + 1) // 2 == width:
            return Vocabulary(n_max, words)
    raise InputError(f"tokens: no vocabulary has rows of {width}; expected n(n+1)/2 for n rooms")
