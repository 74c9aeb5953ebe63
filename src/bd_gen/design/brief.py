"""What a designer asks for: rooms, rules, how many diagrams, and what a plan must be like."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from bd_gen.design.known_relations import known_relations
from bd_gen.design.measures import Range
from bd_gen.design.openings import closed_pairs, openings_of
from bd_gen.design.plot import Plot
from bd_gen.design.rule_meaning import DesignRule
from bd_gen.diagrams.diagram import Diagram, room_names
from bd_gen.diagrams.laid_out import METRES_PER_PIXEL
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.diagrams.words import Words
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.wording import Wording
from bd_gen.sampling.conditions import Condition
from bd_gen.sampling.rules import Rule, single_literals
from bd_gen.system.errors import InputError


@dataclass(frozen=True)
class Brief:
    """What a designer asks for.

    Attributes:
        room_types: types of the rooms, in the order in which they stand in every diagram.
        rules: what is required and what is forbidden.
        count: diagrams to return.
        seed: of everything that is drawn; 0..2^64-1.
        pool: sound diagrams with a layout to choose the likeliest from; at least `count`.
        min_difference: relations in which any two of the diagrams must differ.
        most_drawn: give up after so many diagrams.
        solver: what a layout must satisfy; `improve_effort` is spent on what is returned.
        known: what is known of the relations of these very rooms; None for nothing.
        names: what the rooms are called; (): as their types.
        title: what the brief is called.
        plot: where the home stands; its outline is part of `solver`.
        total_area: least and largest area of all rooms together as they are seen, in m².
        scale: metres per pixel.
        assumed: sizes that nobody asked for, in words.
        near: a plan that the diagrams shall be like, the likest first; None: the likeliest first.
        kept: what was kept of another plan, for the record.
        words: what room types and relations are called.
        alike: a number for each room; rooms of one may change places. (): those of a type may.

    Raises:
        InputError: a value out of range, rooms that no home has, or other rooms than `known` has.
    """

    room_types: tuple[int, ...]
    rules: tuple[DesignRule, ...] = ()
    count: int = 12
    seed: int = 0
    pool: int = 0
    min_difference: int = 3
    most_drawn: int = 10_000
    solver: SolverOptions = field(default_factory=SolverOptions)
    known: Condition | None = None
    names: tuple[str, ...] = ()
    title: str = ""
    plot: Plot | None = None
    total_area: Range = (None, None)
    scale: float = METRES_PER_PIXEL
    assumed: tuple[str, ...] = ()
    near: Diagram | None = None
    kept: "Kept | None" = None
    words: Words = RPLAN
    alike: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.known is not None and self.known.room_types != self.room_types:
            raise InputError("given: a design needs the type of every room")
        Condition(self.room_types, words=self.words)
        if self.names and len(self.names) != self.num_rooms:
            raise InputError(
                f"names: expected one for each of {self.num_rooms} rooms, got {len(self.names)}"
            )
        if self.near is not None and self.near.room_types != self.room_types:
            raise InputError("more like: expected a plan of the same rooms in the same order")
        _check("count", self.count, 1, 1000)
        _check("seed", self.seed, 0, 2**64 - 1)
        _check("min difference", self.min_difference, 1, 496)
        _check("most drawn", self.most_drawn, 1, 10_000_000)
        if self.pool == 0:
            object.__setattr__(self, "pool", 4 * self.count)
        _check("pool", self.pool, self.count, 100_000)

    @property
    def num_rooms(self) -> int:
        """Number of rooms."""
        return len(self.room_types)

    @property
    def bare(self) -> Diagram:
        """The rooms without relations."""
        return Diagram(self.room_types, words=self.words)

    @property
    def labels(self) -> tuple[str, ...]:
        """What every room is called."""
        return self.names or room_names(self.bare)

    @cached_property
    def options(self) -> SolverOptions:
        """What a layout must satisfy: `solver`, and what the rules say of openings.

        Raises:
            InputError: the programme lacks rooms of a rule, or `or` joins what it cannot.
        """
        turns = 0 if self.plot is None else self.plot.quarter_turns
        openings = openings_of(self.rules, self.room_types)
        closed = closed_pairs(self.rules, self.room_types)
        return replace(
            self.solver,
            openings=tuple(dict.fromkeys((*self.solver.openings, *openings))),
            closed=tuple(sorted({*self.solver.closed, *closed})),
            wording=Wording(self.labels, self.scale, turns),
        )

    def token_rules(self, vocabulary: Vocabulary) -> tuple[Rule, ...]:
        """The rules as clauses over token rows.

        Raises:
            InputError: the programme has more rooms than rows, or lacks rooms of a rule.
        """
        self.programme.row(vocabulary)
        rules = [rule.for_programme(self.room_types, vocabulary) for rule in self.rules]
        if self.known is not None:
            self.known.row(vocabulary)
            rules += known_relations(self.known, vocabulary, self.names)
        return tuple(rules)

    @cached_property
    def programme(self) -> Condition:
        """The rooms alone, as a condition for the sampler."""
        return Condition(self.room_types, words=self.words)

    def condition(self, rules: Sequence[Rule], vocabulary: Vocabulary) -> Condition:
        """The rooms, and those relations that the rules leave no choice.

        They are given to the model as tokens, which draws the rest from its distribution given
        them: exactly, and without drawing what would be rejected.
        """
        relations = []
        for position, allowed in single_literals(rules).items():
            if len(allowed) == 1:
                slot = position - vocabulary.n_max
                i, j = int(vocabulary.edge_rows[slot]), int(vocabulary.edge_cols[slot])
                relations.append((i, j, next(iter(allowed))))
        return Condition(self.room_types, tuple(sorted(relations)), words=self.words)


@dataclass(frozen=True)
class Kept:
    """What a brief keeps of a plan.

    Attributes:
        source: the file and the plan's id.
        relations: rooms whose relations to one another are kept.
        boxes: rooms whose boxes are kept.
    """

    source: str
    relations: tuple[str, ...] = ()
    boxes: tuple[str, ...] = ()


def _check(name: str, value: int, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise InputError(f"{name}: expected {low} to {high}, got {value!r:.40}")
