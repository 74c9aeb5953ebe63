"""The words of a data set as one value: its room types, relations, rules and sizes."""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from bd_gen.diagrams.folded import fold_name
from bd_gen.diagrams.word_fields import WordFields
from bd_gen.diagrams.words_checks import check_words
from bd_gen.diagrams.words_plain import parts_from_plain, plain_words

HASH_DIGITS = 12


@dataclass(frozen=True, eq=False)
class Words(WordFields):
    """What the tokens of a data set mean.

    Room types are numbered in the order in which they stand here, 0 .. T-1; behind them come MASK
    (T) and PAD (T + 1) of nodes. Relations are numbered 0 .. R-1; behind them come no-edge (R),
    MASK (R + 1) and PAD (R + 2) of edges.

    Two are equal if all is equal; `hash` tells whether tokens and scores mean the same.

    Raises:
        ValueError: something contradicts the rest; one line says what.
    """

    def __post_init__(self) -> None:
        check_words(self)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return isinstance(other, Words) and self.digest == other.digest

    def __hash__(self) -> int:
        return self._hash_number

    @cached_property
    def plain(self) -> dict[str, Any]:
        """All of it as plain values, as files hold them."""
        return plain_words(self)

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> "Words":
        """The words that plain values describe.

        Raises:
            ValueError: a field is unknown, missing or of the wrong kind, or words contradict.
        """
        return cls(**parts_from_plain(plain))

    @cached_property
    def digest(self) -> str:
        """SHA-256 of everything, 64 hexadecimal digits."""
        return hashlib.sha256(json.dumps(self.plain, sort_keys=True).encode()).hexdigest()

    @cached_property
    def _hash_number(self) -> int:
        return int(self.digest[:15], 16)

    @cached_property
    def hash(self) -> str:
        """12 hexadecimal digits of what gives tokens and scores their meaning.

        Names, rules and containments count; colours, labels, synonyms and typical sizes do not.
        """
        meaning = [
            [[one.name, one.at_most_one] for one in self.room_types],
            [[one.name, one.inverse, one.means] for one in self.relations],
            self.plain.get("rule"),
            sorted([inner, sorted(outers)] for inner, outers in self.never_inside),
        ]
        return hashlib.sha256(json.dumps(meaning).encode()).hexdigest()[:HASH_DIGITS]

    # Sizes and special tokens.

    @property
    def node_mask(self) -> int:
        """MASK of a node."""
        return len(self.room_types)

    @property
    def node_pad(self) -> int:
        """PAD of a node."""
        return len(self.room_types) + 1

    @property
    def node_size(self) -> int:
        """Tokens of a node: room types, MASK and PAD."""
        return len(self.room_types) + 2

    @property
    def no_edge(self) -> int:
        """The token of rooms that are not joined."""
        return len(self.relations)

    @property
    def edge_mask(self) -> int:
        """MASK of an edge."""
        return len(self.relations) + 1

    @property
    def edge_pad(self) -> int:
        """PAD of an edge."""
        return len(self.relations) + 2

    @property
    def edge_size(self) -> int:
        """Tokens of an edge: relations, no-edge, MASK and PAD."""
        return len(self.relations) + 3

    # Names.

    @cached_property
    def _room_type_by_folded_name(self) -> dict[str, int]:
        return {
            fold_name(label): k
            for k, one in enumerate(self.room_types)
            for label in (*one.synonyms, one.name)
        }

    @cached_property
    def _relation_by_folded_name(self) -> dict[str, int]:
        return {
            fold_name(label): k
            for k, one in enumerate(self.relations)
            for label in (*one.synonyms, one.name)
        }

    def room_type(self, label: str) -> int | None:
        """The number of the room type that a name or synonym means, or None."""
        return self._room_type_by_folded_name.get(fold_name(label))

    def relation(self, label: str) -> int | None:
        """The number of the relation that a name or synonym means, or None."""
        return self._relation_by_folded_name.get(fold_name(label))

    def plural(self, room_type: int) -> str:
        """The name of several rooms of a type."""
        one = self.room_types[room_type]
        return one.plural or f"{one.name}s"

    def types_of_kind(self, *kinds: str) -> tuple[int, ...]:
        """The room types of these kinds (`word_parts.KINDS`)."""
        return tuple(k for k, one in enumerate(self.room_types) if one.kind in kinds)

    # What relations mean.

    @cached_property
    def inverse(self) -> np.ndarray:
        """(R + 3,) uint8: the edge token from the other end; no-edge, MASK and PAD stay."""
        table = np.arange(self.edge_size, dtype=np.uint8)
        numbers = {name: k for k, name in enumerate(self.relation_names)}
        table[: self.num_relations] = [numbers[one.inverse] for one in self.relations]
        table.setflags(write=False)
        return table

    @cached_property
    def containments(self) -> frozenset[int]:
        """The relations of rooms of which one lies inside the other."""
        return frozenset({self.inside, self.surrounding} - {None})  # type: ignore[arg-type]

    def says(self, *directions: str) -> np.ndarray:
        """(R + 1,) bool: relations that say left, right, above or below; no-edge says nothing."""
        table = np.zeros(self.num_relations + 1, bool)
        for k, one in enumerate(self.relations):
            table[k] = any(word in one.means.split("-") for word in directions)
        return table

    @cached_property
    def has_directions(self) -> bool:
        """Whether some relations order rooms from left to right or from above to below."""
        return bool(self.says("left", "right", "above", "below").any())

    # Rules.

    @cached_property
    def at_most_one(self) -> tuple[int, ...]:
        """Room types of which a valid diagram has at most one."""
        return tuple(k for k, one in enumerate(self.room_types) if one.at_most_one)

    @cached_property
    def forbidden_outer_types(self) -> dict[int, tuple[int, ...]]:
        """For each inner room type the types that must not contain it."""
        number = {name: k for k, name in enumerate(self.room_names)}
        return {
            number[inner]: tuple(number[outer] for outer in outers)
            for inner, outers in self.never_inside
        }

    @cached_property
    def entry_types(self) -> tuple[int, ...]:
        """Room types that a front door leads into; of those that a plan has the first."""
        return tuple(self.room_names.index(name) for name in self.entries)

    # Sizes of rooms.

    @cached_property
    def typical_areas(self) -> np.ndarray:
        """(T,) float64 typical area of the box of each room type, in pixels²."""
        known = [one.area for one in self.room_types if one.area]
        middle = float(np.median(known)) if known else 1500.0
        areas = np.array([one.area or middle for one in self.room_types], float)
        areas.setflags(write=False)
        return areas

    @cached_property
    def half_perimeters(self) -> tuple[float, ...]:
        """(T,) typical width plus height of each room type, in pixels."""
        return tuple(
            one.half_perimeter or round(2.06 * area**0.5)  # RPLAN's median over its types
            for one, area in zip(self.room_types, self.typical_areas.tolist(), strict=True)
        )

    @cached_property
    def short_sides(self) -> tuple[float, ...]:
        """(T,) the smaller of width and height that most rooms of each type have, in pixels."""
        return tuple(
            one.short_side or max(1, round(0.7 * area**0.5))  # RPLAN's median over its types
            for one, area in zip(self.room_types, self.typical_areas.tolist(), strict=True)
        )

    def typical_footprint(self, num_rooms: int) -> float:
        """Width times height of a plan of so many rooms, in pixels²."""
        if any(self.footprint):
            return self.footprint[0] + self.footprint[1] * num_rooms
        return float(self.typical_areas.mean()) * num_rooms
