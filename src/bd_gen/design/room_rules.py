"""Rules of a room programme in words: "Kitchen touches LivingRoom", and what they mean.

    [every] ROOM [NUMBER] RELATION [every] ROOM [NUMBER]

A rule that is required wants one pair of such rooms to be related that way; `every` wants it of
each such room. A rule that is forbidden wants it of no pair. A relation is `touches` (joined, in
whatever way) or one of the vocabulary, which speaks of an edge as it is stored: if the rooms
stand in the programme the other way round, 9 - r is the relation, as everywhere in the format.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal as OneOf

from bd_gen.diagrams.names import RoomLabels
from bd_gen.diagrams.soundness import FORBIDDEN_OUTER_TYPES
from bd_gen.diagrams.vocabulary import (
    RELATIONS,
    ROOM_TYPES,
    Vocabulary,
    fold_name,
    inverse_relation,
)
from bd_gen.sampling.rules import ANY_RELATION, NOT_JOINED, Clause, Literal, Rule
from bd_gen.system.errors import InputError
from bd_gen.system.names import did_you_mean

Kind = OneOf["require", "forbid"]

TOUCHES = "touches"
_EVERY = frozenset({"every", "each", "all"})
_SOME = frozenset({"a", "an", "the", "some", "any"})
_LONGEST = 200

_VERBS: dict[str, str] = {
    **{fold_name(verb): TOUCHES for verb in ("touches", "touch", "next to", "adjacent to")},
    **{fold_name(name): name for name in RELATIONS},
    "surrounds": "surrounding",
    "contains": "surrounding",
    "leftof": "left-of",
    "rightof": "right-of",
}
_VERBS |= {f"is{verb}": meaning for verb, meaning in _VERBS.items()}
_VERBS |= {f"are{verb.removeprefix('is')}": meaning for verb, meaning in _VERBS.items()}


@dataclass(frozen=True)
class RoomPhrase:
    """Some rooms of a programme.

    Attributes:
        room_type: type 0..12.
        number: which of them, counted from 1; None for any.
        is_every: does the rule speak of each of them?
    """

    room_type: int
    number: int | None = None
    is_every: bool = False

    def __str__(self) -> str:
        number = "" if self.number is None else f" {self.number}"
        return f"{'every ' if self.is_every else ''}{ROOM_TYPES[self.room_type]}{number}"

    def rooms(self, room_types: Sequence[int]) -> list[int]:
        """Indices of the rooms that it may mean."""
        found = [k for k, room_type in enumerate(room_types) if room_type == self.room_type]
        return found if self.number is None else found[self.number - 1 : self.number]


@dataclass(frozen=True)
class RoomRule:
    """A rule in words.

    Attributes:
        kind: is it required or forbidden?
        subject: the rooms that stand first.
        relation: a name of `RELATIONS`, or "touches".
        object: the rooms that stand last.
    """

    kind: Kind
    subject: RoomPhrase
    relation: str
    object: RoomPhrase

    def __str__(self) -> str:
        return f"{self.kind} {self.subject} {self.relation} {self.object}"

    def for_programme(self, room_types: Sequence[int], vocabulary: Vocabulary) -> Rule:
        """The rule as clauses over the tokens of a row that holds these rooms in this order.

        Raises:
            InputError: the programme lacks the rooms that the rule speaks of, or the rule asks for
                a room inside one that cannot hold it.
        """
        self._check_containment()
        subjects, objects = (self._named(phrase, room_types) for phrase in self._phrases)
        if {*subjects} == {*objects} and len(subjects) == 1:
            raise InputError(f"{self}: a room is not related to itself; it takes two")
        clauses = []
        for pairs in self._choices(subjects, objects):
            literals = tuple(self._literal(a, b, vocabulary) for a, b in pairs)
            clauses.append(_without_twins(literals))
        return Rule(str(self), tuple(clauses))

    @property
    def _phrases(self) -> tuple[RoomPhrase, RoomPhrase]:
        return self.subject, self.object

    def _check_containment(self) -> None:
        inner, outer = self._phrases
        if self.relation == "surrounding":
            inner, outer = outer, inner
        elif self.relation != "inside":
            return
        if self.kind == "require" and outer.room_type in FORBIDDEN_OUTER_TYPES.get(
            inner.room_type, ()
        ):
            names = ROOM_TYPES[inner.room_type], ROOM_TYPES[outer.room_type]
            raise InputError(f"{self}: no sound plan has a {names[0]} inside a {names[1]}")

    def _named(self, phrase: RoomPhrase, room_types: Sequence[int]) -> list[int]:
        rooms = phrase.rooms(room_types)
        if not rooms:
            count = sum(room_type == phrase.room_type for room_type in room_types)
            name = ROOM_TYPES[phrase.room_type]
            has = f"only {count}" if count else "none"
            raise InputError(f"{self}: the programme should have {phrase}, it has {has} of {name}")
        return rooms

    def _choices(
        self, subjects: Sequence[int], objects: Sequence[int]
    ) -> Iterator[list[tuple[int, int]]]:
        """Sets of pairs, of each of which one must be related (or must not be, if forbidden)."""
        pairs = [(a, b) for a in subjects for b in objects if a != b]
        subject, other = self._phrases
        if self.kind == "forbid" or (subject.is_every and other.is_every):
            yield from ([pair] for pair in pairs)
        elif subject.is_every:
            yield from ([(a, b) for a, b in pairs if a == room] for room in subjects)
        elif other.is_every:
            yield from ([(a, b) for a, b in pairs if b == room] for room in objects)
        else:
            yield pairs

    def _literal(self, a: int, b: int, vocabulary: Vocabulary) -> Literal:
        position = vocabulary.n_max + vocabulary.edge_index(min(a, b), max(a, b))
        if self.relation == TOUCHES:
            allowed = ANY_RELATION
        else:
            relation = RELATIONS.index(self.relation)
            allowed = frozenset({relation if a < b else int(inverse_relation(relation))})
        if self.kind == "forbid":
            allowed = (ANY_RELATION | NOT_JOINED) - allowed
        return Literal(position, frozenset(allowed))


def _without_twins(literals: Clause) -> Clause:
    # "Bathroom touches Bathroom" names each pair twice
    return tuple(dict.fromkeys(literals))


def parse_rule(text: str, kind: Kind, labels: RoomLabels | None = None) -> RoomRule:
    """Read a rule; `labels` say what foreign names of rooms mean.

    Raises:
        InputError: it is no rule, or names a room that nobody knows.
    """
    option = f"--{kind} {' '.join(text.split())[:60]!r}"
    words = text.split()
    if len(text) > _LONGEST:
        raise InputError(f"{option}: expected at most {_LONGEST} characters")
    for start in range(1, len(words)):
        # the longest verb first: "left of", not "left"
        for stop in range(len(words) - 1, start, -1):
            verb = _VERBS.get(fold_name("".join(words[start:stop])))
            if verb is not None:
                subject, other = (
                    _phrase(part, option, labels or RoomLabels())
                    for part in (words[:start], words[stop:])
                )
                return _checked(RoomRule(kind, subject, verb, other), option)
    hints = (did_you_mean(word, _VERBS, cutoff=0.75) for word in words[1:-1])
    hint = next(filter(None, hints), "")
    known = ", ".join((TOUCHES, *RELATIONS))
    raise InputError(f"{option}: expected ROOM RELATION ROOM with one of {known}{hint}")


def _checked(rule: RoomRule, option: str) -> RoomRule:
    if rule.kind == "forbid" and (rule.subject.is_every or rule.object.is_every):
        raise InputError(f"{option}: what is forbidden holds for no pair; leave out 'every'")
    return rule


def _phrase(words: Sequence[str], option: str, labels: RoomLabels) -> RoomPhrase:
    rest = list(words)
    is_every = rest[0].casefold() in _EVERY and len(rest) > 1
    if is_every or (rest[0].casefold() in _SOME and len(rest) > 1):
        rest = rest[1:]
    number = None
    if len(rest) > 1 and rest[-1].isdecimal():
        number = int(rest.pop()) if len(rest[-1]) < 3 else 0
        if number < 1:
            raise InputError(f"{option}: rooms are numbered from 1")
        if is_every:
            raise InputError(f"{option}: 'every' and a number: give one of the two")
    name = " ".join(rest)
    room_type = labels.find(name)
    if room_type is None:
        hint = did_you_mean(name, ROOM_TYPES) or f"; known: {', '.join(ROOM_TYPES)}"
        raise InputError(f"{option}: unknown room {name[:40]!r}{hint}")
    return RoomPhrase(room_type, number, is_every)
