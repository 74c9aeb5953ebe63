"""What a designer asks for: rooms, rules, how many diagrams, and what a plan must be like."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from bd_gen.design.known_relations import known_relations
from bd_gen.design.room_rules import RoomRule
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.layouts.options import SolverOptions
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

    Raises:
        InputError: a value out of range, rooms that no home has, or other rooms than `known` has.
    """

    room_types: tuple[int, ...]
    rules: tuple[RoomRule, ...] = ()
    count: int = 12
    seed: int = 0
    pool: int = 0
    min_difference: int = 3
    most_drawn: int = 10_000
    solver: SolverOptions = field(default_factory=SolverOptions)
    known: Condition | None = None

    def __post_init__(self) -> None:
        if self.known is not None and self.known.room_types != self.room_types:
            raise InputError("given: a design needs the type of every room")
        Condition(self.room_types)
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

    def token_rules(self, vocabulary: Vocabulary) -> tuple[Rule, ...]:
        """The rules as clauses over token rows.

        Raises:
            InputError: the programme has more rooms than rows, or lacks rooms of a rule.
        """
        Condition(self.room_types).row(vocabulary)
        rules = [rule.for_programme(self.room_types, vocabulary) for rule in self.rules]
        if self.known is not None:
            self.known.row(vocabulary)
            rules += known_relations(self.known, vocabulary)
        return tuple(rules)

    @cached_property
    def programme(self) -> Condition:
        """The rooms alone, as a condition for the sampler."""
        return Condition(self.room_types)

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
        return Condition(self.room_types, tuple(sorted(relations)))


def _check(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise InputError(f"{name}: expected {low} to {high}, got {value}")
