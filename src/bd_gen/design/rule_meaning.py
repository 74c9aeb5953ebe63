"""Rules of a room programme in words: "Kitchen touches LivingRoom", and what they mean.

    [every] ROOM [NUMBER] [or ROOM ...] [only] RELATION [every] ROOM [NUMBER] [or ROOM ...]

A rule that is required wants one pair of such rooms to be related that way; `every` wants it of
each such room, `only` of no others. A rule that is forbidden wants it of no pair. A relation is
`touches` (joined, in whatever way), `opens to` (joined by a door's worth of wall, which the layout
sees to) or one of the vocabulary, which speaks of an edge as it is stored: if the rooms stand in
the programme the other way round, the inverse is the relation, as everywhere in the format.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal as OneOf

from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.diagrams.words import Words
from bd_gen.sampling.rules import Clause, Literal, Rule, any_relation, not_joined
from bd_gen.system.errors import InputError

Kind = OneOf["require", "forbid"]
Pairs = list[tuple[int, int]]

TOUCHES = "touches"
OPENS = "opens to"


@dataclass(frozen=True)
class RoomPhrase:
    """Some rooms of a programme.

    Attributes:
        room_type: its number; of no account where `own` says which rooms are meant.
        number: which of them, counted from 1; None for any.
        is_every: does the rule speak of each of them?
        own: rooms of the programme, by index, that are called `text`.
        text: their name; without `own` a word for rooms of several types, as bedroom.
        others: rooms that are meant as well ("ROOM or ROOM").
        words: what types are called.
    """

    room_type: int
    number: int | None = None
    is_every: bool = False
    own: tuple[int, ...] = ()
    text: str = ""
    others: tuple["RoomPhrase", ...] = ()
    words: Words = RPLAN

    def __str__(self) -> str:
        number = "" if self.number is None else f" {self.number}"
        name = f"{'every ' if self.is_every else ''}{self.name}{number}"
        if self.text and not self.own:  # one word for rooms of several types
            return name
        return " or ".join((name, *map(str, self.others)))

    @property
    def name(self) -> str:
        """What the rooms are called, without a number."""
        return self.text or self.words.room_names[self.room_type]

    def rooms(self, room_types: Sequence[int]) -> list[int]:
        """Indices of the rooms that it may mean, ascending."""
        found = list(self.own) or [k for k, t in enumerate(room_types) if t == self.room_type]
        if self.number is not None:
            found = found[self.number - 1 : self.number]
        return sorted({*found, *(k for other in self.others for k in other.rooms(room_types))})


@dataclass(frozen=True)
class RoomRule:
    """A rule in words.

    Attributes:
        kind: is it required or forbidden?
        subject: the rooms that stand first.
        relation: the name of one of the vocabulary, "touches" or "opens to".
        object: the rooms that stand last.
        is_only: must each subject have that relation to one of the last, and to no others?
        word: the relation as it was written, where that is not its name ("north of").
    """

    kind: Kind
    subject: RoomPhrase
    relation: str
    object: RoomPhrase
    is_only: bool = False
    word: str = ""

    def __str__(self) -> str:
        only = " only" if self.is_only else ""
        return f"{self.kind} {self.subject}{only} {self.word or self.relation} {self.object}"

    def for_programme(self, room_types: Sequence[int], vocabulary: Vocabulary) -> Rule:
        """The rule as clauses over the tokens of a row that holds these rooms in this order.

        Raises:
            InputError: the programme lacks the rooms that the rule speaks of, or the rule asks for
                a room inside one that cannot hold it.
        """
        self._check_containment(room_types, vocabulary.words)
        clauses = [
            _without_twins(tuple(self._literal(a, b, vocabulary) for a, b in pairs))
            for pairs in self.choices(room_types)
        ]
        if self.relation == OPENS:
            if self.kind == "forbid":
                return Rule(str(self), ())  # they may touch; that there is no door is geometry
            return Rule(str(self), tuple(clauses))
        clauses += [
            (Literal(_position(a, b, vocabulary), not_joined(vocabulary.words)),)
            for a, b in self.excluded(room_types)
        ]
        return Rule(str(self), tuple(clauses))

    def choices(self, room_types: Sequence[int]) -> list[Pairs]:
        """Sets of pairs, of each of which one must be related (or must not be, if forbidden).

        Raises:
            InputError: the programme lacks the rooms that the rule speaks of.
        """
        subjects, objects = (self._named(phrase, room_types) for phrase in self._phrases)
        if {*subjects} == {*objects} and len(subjects) == 1:
            raise InputError(f"{self}: a room is not related to itself; it takes two")
        return list(self._choices(subjects, objects))

    def excluded(self, room_types: Sequence[int]) -> Pairs:
        """Pairs that `only` leaves no relation: each subject with all that it does not name."""
        if not self.is_only:
            return []
        subjects, objects = (self._named(phrase, room_types) for phrase in self._phrases)
        return [
            (a, b) for a in subjects for b in range(len(room_types)) if b != a and b not in objects
        ]

    @property
    def _phrases(self) -> tuple[RoomPhrase, RoomPhrase]:
        return self.subject, self.object

    def _check_containment(self, room_types: Sequence[int], words: Words) -> None:
        inner, outer = self._phrases
        relation = words.relation(self.relation)
        if relation is None or relation not in words.containments:
            return
        if relation == words.surrounding:
            inner, outer = outer, inner
        pairs = [
            (room_types[a], room_types[b])
            for a in inner.rooms(room_types)
            for b in outer.rooms(room_types)
            if a != b
        ]
        bad = [(a, b) for a, b in pairs if b in words.forbidden_outer_types.get(a, ())]
        if self.kind == "require" and bad and len(bad) == len(pairs):
            names = words.room_names[bad[0][0]], words.room_names[bad[0][1]]
            raise InputError(f"{self}: no sound plan has a {names[0]} inside a {names[1]}")

    def _named(self, phrase: RoomPhrase, room_types: Sequence[int]) -> list[int]:
        rooms = phrase.rooms(room_types)
        if not rooms:
            count = sum(room_type == phrase.room_type for room_type in room_types)
            has = f"only {count}" if count else "none"
            raise InputError(
                f"{self}: the programme should have {phrase}, it has {has} of {phrase.name}"
            )
        return rooms

    def _choices(self, subjects: Sequence[int], objects: Sequence[int]) -> Iterator[Pairs]:
        pairs = [(a, b) for a in subjects for b in objects if a != b]
        subject, other = self._phrases
        each_subject = subject.is_every or self.is_only
        if self.kind == "forbid" or (each_subject and other.is_every):
            yield from ([pair] for pair in pairs)
        elif each_subject:
            yield from ([(a, b) for a, b in pairs if a == room] for room in subjects)
        elif other.is_every:
            yield from ([(a, b) for a, b in pairs if b == room] for room in objects)
        else:
            yield pairs

    def _literal(self, a: int, b: int, vocabulary: Vocabulary) -> Literal:
        words = vocabulary.words
        allowed = any_relation(words)
        if self.relation not in (TOUCHES, OPENS):
            relation = words.relation_names.index(self.relation)
            allowed = frozenset({relation if a < b else int(words.inverse[relation])})
        if self.kind == "forbid":
            allowed = (any_relation(words) | not_joined(words)) - allowed
        return Literal(_position(a, b, vocabulary), frozenset(allowed))


@dataclass(frozen=True)
class AnyRule:
    """At least one of several required rules holds."""

    rules: tuple[RoomRule, ...]

    kind: Kind = "require"

    def __str__(self) -> str:
        words = (str(rule).removeprefix("require ") for rule in self.rules)
        return f"require {' or '.join(words)}"

    def for_programme(self, room_types: Sequence[int], vocabulary: Vocabulary) -> Rule:
        """The rule as clauses over tokens: every way to take a clause of each rule.

        Raises:
            InputError: as `RoomRule.for_programme`.
        """
        parts = [rule.for_programme(room_types, vocabulary).clauses for rule in self.rules]
        clauses = (
            _without_twins(tuple(literal for clause in chosen for literal in clause))
            for chosen in product(*parts)
        )
        return Rule(str(self), tuple(clauses))


DesignRule = RoomRule | AnyRule


def _position(a: int, b: int, vocabulary: Vocabulary) -> int:
    return vocabulary.n_max + vocabulary.edge_index(min(a, b), max(a, b))


def _without_twins(literals: Clause) -> Clause:
    # "Bathroom touches Bathroom" names each pair twice
    return tuple(dict.fromkeys(literals))
