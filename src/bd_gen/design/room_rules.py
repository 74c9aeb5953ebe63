"""How rules are read: relations, compass words, `every`, `only`, `or`, and names of rooms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from bd_gen.design.room_words import room_types_named, singulars
from bd_gen.design.rule_meaning import (
    OPENS,
    TOUCHES,
    AnyRule,
    DesignRule,
    Kind,
    RoomPhrase,
    RoomRule,
)
from bd_gen.diagrams.folded import fold_name
from bd_gen.diagrams.names import RoomLabels
from bd_gen.diagrams.words import Words
from bd_gen.layouts.wording import COMPASS, DIRECTIONS
from bd_gen.system.errors import InputError
from bd_gen.system.names import did_you_mean

__all__ = [
    "OPENS",
    "TOUCHES",
    "AnyRule",
    "DesignRule",
    "Kind",
    "RoomPhrase",
    "RoomRule",
    "RuleWords",
    "parse_rule",
]

_EVERY = frozenset({"every", "each", "all", "both"})
_SOME = frozenset({"a", "an", "the", "some", "any"})
_LONGEST = 200
_MOST_CLAUSES = 4  # rules of one text that are joined by `or`

_TOUCHING = ("touches", "touch", "next to", "adjacent to", "beside", "borders", "joins")
_OPENING = (
    "opens to", "open to", "opens onto", "open onto", "opens into", "open into", "opens on to",
    "has a door to", "have a door to", "leads to", "lead to",
)  # fmt: skip
_PAGE_WORDS = {
    "above": ("above", "over"),
    "below": ("below", "under"),
    "left": ("left of", "to the left of"),
    "right": ("right of", "to the right of"),
}


@dataclass(frozen=True)
class RuleWords:
    """What names and words in rules mean.

    Attributes:
        labels: foreign names of room types.
        own_names: by folded name the rooms of the programme that have it.
        spelled: by folded name how the programme writes it.
        quarter_turns: from the top of the page to north, for compass words.
    """

    labels: RoomLabels = field(default_factory=RoomLabels)
    own_names: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    spelled: Mapping[str, str] = field(default_factory=dict)
    quarter_turns: int = 0


@cache
def _verbs(quarter_turns: int, words: Words) -> dict[str, tuple[str, str]]:
    """By folded words the relation, and the word to show where it is not the relation's name."""
    verbs: dict[str, tuple[str, str]] = {}
    verbs |= {fold_name(verb): (TOUCHES, "") for verb in _TOUCHING}
    verbs |= {fold_name(verb): (OPENS, "") for verb in _OPENING}
    verbs |= {
        fold_name(label): (one.name, "")
        for one in words.relations
        for label in (one.name, *one.synonyms)
    }
    said = {meaning: words.relation_names[k] for meaning, k in words.meaning.items()}
    if "surrounding" in said:
        verbs |= dict.fromkeys(("surrounds", "contains"), (said["surrounding"], ""))
    verbs |= {
        fold_name(word): (said[_relation_of([side])], "")
        for side, spoken in _PAGE_WORDS.items()
        for word in spoken
        if _relation_of([side]) in said
    }
    for first, second in (("north", ""), ("south", ""), ("east", ""), ("west", ""),
                          ("north", "east"), ("north", "west"),
                          ("south", "east"), ("south", "west")):  # fmt: skip
        sides = [
            DIRECTIONS[(COMPASS.index(word) + quarter_turns) % 4]
            for word in (first, second)
            if word
        ]
        shown = f"{first}{'-' if second else ''}{second} of"
        for text in (shown, f"to the {shown}"):
            if _relation_of(sides) in said:
                verbs[fold_name(text)] = (said[_relation_of(sides)], shown)
    verbs |= {f"is{verb}": meaning for verb, meaning in verbs.items()}
    verbs |= {f"are{verb.removeprefix('is')}": meaning for verb, meaning in verbs.items()}
    return verbs


def _relation_of(sides: Sequence[str]) -> str:
    """The meaning of a relation that lies at these sides of the page: above; left-above; ..."""
    if len(sides) == 1:
        return sides[0] if sides[0] in ("above", "below") else f"{sides[0]}-of"
    across = next(side for side in sides if side in ("left", "right"))
    along = next(side for side in sides if side in ("above", "below"))
    return f"{across}-{along}"


def parse_rule(
    text: str,
    kind: Kind,
    labels: RoomLabels | None = None,
    words: RuleWords | None = None,
    where: str = "",
) -> DesignRule:
    """Read a rule; `labels` or `words` say what names mean, `where` begins messages.

    Raises:
        InputError: it is no rule, or names a room that nobody knows.
    """
    known = words or RuleWords(labels or RoomLabels())
    option = f"{where or f'--{kind}'} {' '.join(text.split())[:60]!r}"
    if len(text) > _LONGEST:
        raise InputError(f"{option}: expected at most {_LONGEST} characters")
    parts = text.split()
    try:
        return _single(parts, kind, known, option)
    except InputError as error:
        found = _joined(parts, kind, known, option)
        if found is None:
            raise error from None
    if kind == "forbid":
        raise InputError(f"{option}: 'or' between rules: write a rule of its own for each")
    return AnyRule(tuple(found))


def _joined(
    parts: Sequence[str], kind: Kind, words: RuleWords, option: str
) -> list[RoomRule] | None:
    """The rules that `or` joins, or None if the words are none."""
    for k in range(len(parts) - 1, 0, -1):
        if parts[k].casefold() != "or":
            continue
        try:
            last = _single(parts[k + 1 :], kind, words, option)
        except InputError:
            continue
        try:
            return [_single(parts[:k], kind, words, option), last]
        except InputError:
            before = _joined(parts[:k], kind, words, option)
            if before is not None and len(before) < _MOST_CLAUSES:
                return [*before, last]
    return None


def _single(parts: Sequence[str], kind: Kind, words: RuleWords, option: str) -> RoomRule:
    """One rule, without an `or` between rules."""
    is_only = any(part.casefold() == "only" for part in parts)
    rest = [part for part in parts if part.casefold() != "only"]
    verbs, first_error = _verbs(words.quarter_turns, words.labels.words), None
    for start in range(1, len(rest)):
        # the longest verb first: "left of", not "left"
        for stop in range(len(rest) - 1, start, -1):
            verb = verbs.get(fold_name("".join(rest[start:stop])))
            if verb is None:
                continue
            try:
                subject, other = (
                    _phrases(some, option, words) for some in (rest[:start], rest[stop:])
                )
            except InputError as error:  # a verb within the name of a room, perhaps
                first_error = first_error or error
                continue
            return _checked(RoomRule(kind, subject, verb[0], other, is_only, verb[1]), option)
    if first_error is not None:
        raise first_error
    hints = (did_you_mean(word, verbs, cutoff=0.75) for word in rest[1:-1])
    hint = next(filter(None, hints), "")
    known = ", ".join((TOUCHES, OPENS, "north of", *words.labels.words.relation_names))
    raise InputError(f"{option}: expected ROOM RELATION ROOM with one of {known}{hint}")


def _checked(rule: RoomRule, option: str) -> RoomRule:
    if rule.kind == "forbid" and (rule.subject.is_every or rule.object.is_every):
        raise InputError(f"{option}: what is forbidden holds for no pair; leave out 'every'")
    if rule.is_only and (rule.kind == "forbid" or rule.relation not in (TOUCHES, OPENS)):
        raise InputError(f"{option}: 'only' goes with a required 'next to' or 'opens to'")
    return rule


def _phrases(parts: Sequence[str], option: str, words: RuleWords) -> RoomPhrase:
    """One room, or several with `or` between them."""
    try:
        return _phrase(parts, option, words)
    except InputError as error:
        cuts = [k for k, part in enumerate(parts) if part.casefold() == "or"]
        if not cuts:
            raise
        pieces = [parts[a + 1 : b] for a, b in zip([-1, *cuts], [*cuts, len(parts)], strict=True)]
        if not all(pieces):
            raise error from None
    found = [_phrase(piece, option, words) for piece in pieces]
    first, *others = sorted(found, key=lambda phrase: bool(phrase.text and not phrase.own))
    if first.is_every or any(other.is_every for other in others):
        raise InputError(f"{option}: 'every' and 'or': give one of the two")
    return replace(first, others=(*first.others, *others))


def _phrase(parts: Sequence[str], option: str, words: RuleWords) -> RoomPhrase:
    rest = list(parts)
    whole = _own(" ".join(rest), words)
    if whole is not None:
        return whole
    is_every = rest[0].casefold() in _EVERY and len(rest) > 1
    if is_every or (rest[0].casefold() in _SOME and len(rest) > 1):
        rest = rest[1:]
    number = None
    found = _own(" ".join(rest), words)
    if found is None and len(rest) > 1 and rest[-1].isdecimal():
        number = int(rest.pop()) if len(rest[-1]) < 3 else 0
        if number < 1:
            raise InputError(f"{option}: rooms are numbered from 1")
        if is_every:
            raise InputError(f"{option}: 'every' and a number: give one of the two")
        found = _own(" ".join(rest), words)
    if found is not None:
        return replace(found, number=number, is_every=is_every)
    return _typed(" ".join(rest), number, is_every, option, words)


def _own(name: str, words: RuleWords) -> RoomPhrase | None:
    """The rooms of the programme that have this name, or whose plural it is."""
    for one in singulars(name):
        rooms = words.own_names.get(fold_name(one))
        if rooms:
            spelled = words.spelled.get(fold_name(one), one)
            return RoomPhrase(0, own=rooms, text=spelled, words=words.labels.words)
    return None


def _typed(
    name: str, number: int | None, is_every: bool, option: str, words: RuleWords
) -> RoomPhrase:
    types = room_types_named(name, words.labels)
    if not types:
        names = words.labels.words.room_names
        known: list[str] = [*names, *words.own_names]
        hint = did_you_mean(name, known) or f"; known: {', '.join(names)}"
        raise InputError(f"{option}: unknown room {name[:40]!r}{hint}")
    of = words.labels.words
    if len(types) == 1:
        return RoomPhrase(types[0], number, is_every, words=of)
    if number is not None:
        raise InputError(f"{option}: {name[:40]!r} is of several types, and has no numbers")
    first, *others = (RoomPhrase(room_type, None, is_every, words=of) for room_type in types)
    return replace(first, text=name, others=tuple(others))
