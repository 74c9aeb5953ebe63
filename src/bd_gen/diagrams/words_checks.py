"""Words that contradict each other, found before anything is made of them."""

from collections.abc import Iterable

from bd_gen.diagrams.folded import fold_name
from bd_gen.diagrams.word_fields import WordFields
from bd_gen.diagrams.word_parts import (
    MEANINGS,
    DirectionRule,
    Relation,
    TouchRule,
    check_name,
)

MOST_TYPES = 200
"""Tokens are bytes, and some are kept for MASK, PAD, no-edge and what is none of these."""
_NO_RELATION = ("noedge", "none")  # what files say of rooms that must not be joined
_LARGEST_UNIT = 1000.0


def check_words(words: WordFields) -> None:
    """Refuse words that contradict each other.

    Raises:
        ValueError: one line says what.
    """
    check_name("name of a vocabulary", words.name)
    for what, count in (
        ("room types", words.num_room_types),
        ("relations", words.num_relations),
    ):
        if not 1 <= count <= MOST_TYPES:
            raise ValueError(f"{what}: expected 1 to {MOST_TYPES}, got {count}")
    _check_distinct("room types", ((one.name, one.synonyms) for one in words.room_types))
    _check_distinct("relations", ((one.name, one.synonyms) for one in words.relations))
    _check_relations(words.relations)
    _check_rule(words)
    _check_containments(words)
    _check_types(words, "entries", words.entries)
    if any(not 0 <= part < 1e9 for part in words.footprint):
        raise ValueError(f"footprint: expected two numbers of at least 0, got {words.footprint}")
    unit = words.metres_per_pixel
    if unit is not None and not 0 < unit <= _LARGEST_UNIT:
        raise ValueError(
            f"metres_per_pixel: expected a number above 0, at most {_LARGEST_UNIT:g}, got {unit}"
        )


def _check_distinct(what: str, entries: Iterable[tuple[str, tuple[str, ...]]]) -> None:
    """No two entries may have one name or synonym, case, blanks, hyphens and underscores aside."""
    owner: dict[str, tuple[int, str, str]] = {}
    for number, (name, synonyms) in enumerate(entries):
        for label in (name, *synonyms):
            there, other, other_label = owner.setdefault(fold_name(label), (number, name, label))
            if there != number:
                raise ValueError(
                    f"{what}: {other_label!r} of {other} and {label!r} of {name} are the same name"
                )


def _check_relations(relations: tuple[Relation, ...]) -> None:
    by_name = {one.name: one for one in relations}
    meanings: dict[str, str] = {}
    for one in relations:
        for label in (one.name, *one.synonyms):
            if fold_name(label) in _NO_RELATION:
                raise ValueError(f"relations: {label!r} is what files say of rooms not joined")
        if one.inverse not in by_name:
            raise ValueError(f"relations: {one.name}: inverse: there is no {one.inverse!r}")
        back = by_name[one.inverse].inverse
        if back != one.name:
            raise ValueError(
                f"relations: {one.name}: its inverse is {one.inverse}, whose inverse is {back}; "
                f"expected {one.name}"
            )
        if one.means:
            if one.means in meanings:
                raise ValueError(
                    f"relations: {one.name} and {meanings[one.means]} both mean {one.means}"
                )
            meanings[one.means] = one.name
            expected = MEANINGS[len(MEANINGS) - 1 - MEANINGS.index(one.means)]
            if by_name[one.inverse].means != expected:
                raise ValueError(
                    f"relations: {one.name} means {one.means}, so its inverse {one.inverse} "
                    f"must mean {expected}"
                )


def _check_rule(words: WordFields) -> None:
    rule = words.rule
    if isinstance(rule, DirectionRule):
        missing = [meaning for meaning in MEANINGS if meaning not in words.meaning]
        if missing:
            raise ValueError(f"rule: graph2plan needs relations that mean {', '.join(missing)}")
    if isinstance(rule, TouchRule):
        name = rule.relation or (words.relations[0].name if words.num_relations == 1 else "")
        if not name:
            return
        if name not in words.relation_names:
            raise ValueError(f"rule: relation: there is no {name[:40]!r}")
        if words.relations[words.relation_names.index(name)].inverse != name:
            raise ValueError(f"rule: relation: {name} is not symmetric, as touching is")


def _check_containments(words: WordFields) -> None:
    if words.never_inside and words.inside is None and words.surrounding is None:
        raise ValueError("never_inside: there is no relation that means inside or surrounding")
    inner = [name for name, _ in words.never_inside]
    _check_types(words, "never_inside", inner)
    for name, outers in words.never_inside:
        _check_types(words, f"never_inside: {name}", outers)


def _check_types(words: WordFields, where: str, names: Iterable[str]) -> None:
    seen = set()
    for name in names:
        if name not in words.room_names:
            raise ValueError(f"{where}: there is no room type {name[:40]!r}")
        if name in seen:
            raise ValueError(f"{where}: {name} stands there twice")
        seen.add(name)
