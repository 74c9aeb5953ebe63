"""A diagram under way: rooms, what is decided of their relations, rules, limits and the plot."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np

from bd_gen.design.plot import Plot
from bd_gen.design.room_rules import DesignRule
from bd_gen.diagrams.diagram import Diagram, room_names
from bd_gen.diagrams.folded import fold_name
from bd_gen.diagrams.laid_out import scale_of
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.diagrams.words import Words
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.outline import Outline
from bd_gen.layouts.room_limits import RoomLimits
from bd_gen.layouts.wording import Wording
from bd_gen.sampling.rules import Rule, single_literals
from bd_gen.studio.fields import Box

TOUCHES, APART = "touches", "apart"
"""What may stand in place of a relation: joined in whatever way, and not joined."""

Pair = tuple[int, int]
Bounds = tuple[int | None, int | None]
"""Least and largest area in pixels²; None where nothing is asked."""


def touches_in(words: Words) -> str:
    """How the page writes "joined in whatever way": no relation of the words is called that."""
    return _unless_taken(TOUCHES, words)


def apart_in(words: Words) -> str:
    """How the page writes "not joined": no relation of the words is called that."""
    return _unless_taken(APART, words)


def _unless_taken(name: str, words: Words) -> str:
    is_taken = fold_name(name) in {fold_name(other) for other in words.relation_names}
    return f"~{name}" if is_taken else name  # names of relations start with a letter


@dataclass(frozen=True)
class Sketch:
    """A diagram under way. What is said of no pair is open: the plan may do as it likes.

    Attributes:
        room_types: type of every room.
        names: what the user calls them; "" for the name of the type.
        relations: (i, j, r) with i < j; r is no-edge for rooms that are not joined.
        joined: (i, j) with i < j, joined in whatever way.
        fixed: boxes of rooms that stay where they are.
        min_areas: least area of rooms by type, in pixels².
        max_areas: largest.
        room_areas: of single rooms, by index; takes the place of those of their types.
        rules: in words.
        places: (x, y) where each room is drawn, in whatever unit; () where nobody drew them.
        plot: where the home stands; None: anywhere.
        words: what types and relations are called.
    """

    room_types: tuple[int, ...]
    names: tuple[str, ...] = ()
    relations: tuple[tuple[int, int, int], ...] = ()
    joined: tuple[Pair, ...] = ()
    fixed: Mapping[int, Box] = field(default_factory=dict)
    min_areas: Mapping[int, int] = field(default_factory=dict)
    max_areas: Mapping[int, int] = field(default_factory=dict)
    room_areas: Mapping[int, Bounds] = field(default_factory=dict)
    rules: tuple[DesignRule, ...] = ()
    places: tuple[tuple[float, float], ...] = ()
    plot: Plot | None = None
    words: Words = RPLAN

    @property
    def num_rooms(self) -> int:
        """Number of rooms."""
        return len(self.room_types)

    @property
    def scale(self) -> float:
        """Metres per pixel."""
        return scale_of(self.words)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Of rows with exactly these rooms."""
        return Vocabulary(self.num_rooms, self.words)

    @cached_property
    def diagram(self) -> Diagram:
        """The rooms, and those relations that have a name."""
        named_ones = tuple(e for e in self.relations if e[2] != self.words.no_edge)
        return Diagram(self.room_types, named_ones, self.words)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """What to call each room: the user's name, else that of its type."""
        own = self.names or ("",) * self.num_rooms
        return tuple(a or b for a, b in zip(own, room_names(self.diagram), strict=True))

    @cached_property
    def open_pairs(self) -> tuple[Pair, ...]:
        """Pairs (i, j) of which nothing is said."""
        said = {(i, j) for i, j, _ in self.relations} | set(self.joined)
        return tuple(p for p in combinations(range(self.num_rooms), 2) if p not in said)

    @cached_property
    def token_rules(self) -> tuple[Rule, ...]:
        """The rules over rows of `vocabulary`.

        Raises:
            InputError: a rule speaks of rooms that are not there.
        """
        return tuple(r.for_programme(self.room_types, self.vocabulary) for r in self.rules)

    @cached_property
    def pairs(self) -> dict[int, Pair]:
        """The rooms (i, j) of each edge token, by its position in rows of `vocabulary`."""
        v = self.vocabulary
        pairs = zip(v.edge_rows.tolist(), v.edge_cols.tolist(), strict=True)
        return {v.n_max + k: pair for k, pair in enumerate(pairs)}

    @cached_property
    def decided(self) -> dict[Pair, frozenset[int]]:
        """The tokens that relations, and rules that leave no choice of pair, allow a pair."""
        left = single_literals(self.token_rules)
        found = {self.pairs[position]: allowed for position, allowed in left.items()}
        for pair in self.joined:
            touching = frozenset(range(self.words.no_edge))
            found[pair] = found.get(pair, touching) & touching
        for i, j, relation in self.relations:
            found[i, j] = frozenset({relation})
        return found

    def area_of(self, room: int) -> Bounds:
        """What is asked of the area of a room: its own, else that of its type."""
        room_type = self.room_types[room]
        of_type = self.min_areas.get(room_type), self.max_areas.get(room_type)
        return self.room_areas.get(room, of_type)

    @cached_property
    def outline(self) -> Outline | None:
        """What may be built on, in pixels.

        Raises:
            InputError: it is larger than a plan.
        """
        return None if self.plot is None else self.plot.outline(self.scale)

    def options(self, effort: float = 0.0) -> SolverOptions:
        """What a layout must satisfy besides; `effort` is for making it better.

        Raises:
            InputError: areas that contradict one another, or a plot that is larger than a plan.
        """
        plot = self.plot or Plot()
        return SolverOptions(
            fixed=self.fixed,
            rooms={
                room: RoomLimits(min_area=least, max_area=most)
                for room, (least, most) in enumerate(map(self.area_of, range(self.num_rooms)))
                if (least, most) != (None, None)
            },
            outline=self.outline,
            entrance=plot.entrance if isinstance(plot.entrance, str) else None,
            wording=Wording(self.labels, self.scale, plot.quarter_turns),
            improve_effort=effort,
            words=self.words,
        )


def row_of(diagram: Diagram) -> np.ndarray:
    """(1, length) token row of a diagram in the vocabulary of its own size."""
    from bd_gen.diagrams.tokens import tokens_from_diagrams

    return tokens_from_diagrams([diagram], Vocabulary(diagram.num_rooms, diagram.words))


def named(diagram: Diagram) -> list[list[Any]]:
    """The relations of a diagram for the page: [i, j, name]; other pairs are apart."""
    names = diagram.words.relation_names
    return [[i, j, names[r]] for i, j, r in diagram.edges]
