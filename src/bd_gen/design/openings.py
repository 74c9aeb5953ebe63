"""What rules say of doors: rooms that open to each other, and rooms that must not."""

from collections.abc import Sequence
from itertools import product

from bd_gen.design.rule_meaning import OPENS, AnyRule, DesignRule, RoomRule
from bd_gen.layouts.room_limits import Opening
from bd_gen.system.errors import InputError

MOST_WAYS = 64
"""Ways to satisfy rules joined by `or` that are looked at."""


def openings_of(rules: Sequence[DesignRule], room_types: Sequence[int]) -> tuple[Opening, ...]:
    """Choices of pairs of rooms, of each of which one has wall in common that a door fits in.

    Raises:
        InputError: the programme lacks rooms of a rule, or `or` joins "opens to" and others.
    """
    found: list[Opening] = []
    for rule in rules:
        if isinstance(rule, AnyRule):
            found += _any(rule, room_types)
        elif rule.relation == OPENS and rule.kind == "require":
            found += [_opening(pairs) for pairs in rule.choices(room_types)]
    return tuple(dict.fromkeys(found))


def closed_pairs(
    rules: Sequence[DesignRule], room_types: Sequence[int]
) -> tuple[tuple[int, int], ...]:
    """Pairs (i, j), i < j, of rooms that must have no door between them, ascending."""
    pairs: set[tuple[int, int]] = set()
    for rule in rules:
        if isinstance(rule, RoomRule) and rule.relation == OPENS:
            chosen = rule.excluded(room_types)
            if rule.kind == "forbid":
                chosen = [pair for some in rule.choices(room_types) for pair in some]
            pairs |= {(min(pair), max(pair)) for pair in chosen}
    return tuple(sorted(pairs))


def _any(rule: AnyRule, room_types: Sequence[int]) -> list[Opening]:
    opening = [part.relation == OPENS for part in rule.rules]
    if not any(opening):
        return []
    if not all(opening) or any(part.is_only for part in rule.rules):
        raise InputError(
            f"{rule}: 'or' joins rules of 'opens to' with one another, and others with others; "
            "write 'opens to' on both sides, or 'touches' on both"
        )
    ways = list(product(*(part.choices(room_types) for part in rule.rules)))
    if len(ways) > MOST_WAYS:
        raise InputError(f"{rule}: too many ways to satisfy it; leave out 'every'")
    return [_opening([pair for pairs in way for pair in pairs]) for way in ways]


def _opening(pairs: Sequence[tuple[int, int]]) -> Opening:
    return Opening(tuple(dict.fromkeys((min(pair), max(pair)) for pair in pairs)))
