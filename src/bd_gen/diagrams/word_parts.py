"""What a vocabulary is made of: room types, relations, and rules that read relations off boxes."""

import re
from dataclasses import dataclass

from bd_gen.diagrams.folded import fold_name

LONGEST_NAME = 40
LONGEST_SYNONYM = 80
MOST_SYNONYMS = 100
LARGEST_SIZE = 1_000_000.0

KINDS = (
    "living", "bedroom", "kitchen", "dining", "bathroom", "study", "hall", "stairs", "storage",
    "balcony", "outside",
)  # fmt: skip
"""What rooms are for, in words that all vocabularies share; rules of geometry ask for these."""

MEANINGS = (
    "left-above", "left-below", "left-of", "above", "inside", "surrounding", "below", "right-of",
    "right-above", "right-below",
)  # fmt: skip
"""What a relation may say of where the first room lies, as seen from the second."""

_NAME = re.compile(r"[^\W\d_][\w .'&+()-]*")
_NUMBERED = re.compile(r".*\s\d+")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")


@dataclass(frozen=True)
class RoomType:
    """A type of room.

    Attributes:
        name: what tables, drawings and files call it: 1 to 40 characters, a letter first.
        synonyms: other labels that mean it.
        plural: its name for several of them; empty: the name with an s.
        short: a label that fits into a bubble; empty: the start of the name.
        colour: fill of its rooms as #RRGGBB; empty: one is chosen by its number.
        kind: what its rooms are for, one of `KINDS`; empty: something else.
        passage: whether other rooms may be reached through it.
        at_most_one: whether a valid diagram has at most one.
        area: typical area of its box in pixels²; 0: not known.
        half_perimeter: typical width plus height in pixels; 0: that of a usual room of this area.
        short_side: width or height, the smaller one, that most have, in pixels; 0: likewise.

    Raises:
        ValueError: none of this.
    """

    name: str
    synonyms: tuple[str, ...] = ()
    plural: str = ""
    short: str = ""
    colour: str = ""
    kind: str = ""
    passage: bool = False
    at_most_one: bool = False
    area: float = 0
    half_perimeter: float = 0
    short_side: float = 0

    def __post_init__(self) -> None:
        check_name("room type", self.name)
        check_synonyms(self.name, self.synonyms)
        for name, text in (("plural", self.plural), ("short", self.short)):
            if len(text) > LONGEST_NAME or not text.isprintable():
                raise ValueError(f"{self.name}: {name}: expected at most {LONGEST_NAME} characters")
        check_colour(self.name, self.colour)
        if self.kind not in ("", *KINDS):
            raise ValueError(
                f"{self.name}: kind: expected one of {', '.join(KINDS)}, got {self.kind[:40]!r}"
            )
        for name in ("area", "half_perimeter", "short_side"):
            if not 0 <= getattr(self, name) <= LARGEST_SIZE:
                raise ValueError(
                    f"{self.name}: {name}: expected 0 to {LARGEST_SIZE:,.0f} pixels, "
                    f"got {getattr(self, name)}"
                )


@dataclass(frozen=True)
class Relation:
    """What one room can be of another.

    Attributes:
        name: as in "room i is NAME of room j": 1 to 40 characters, a letter first.
        inverse: the name of the relation of j to i; empty: its own name (a symmetric relation).
        means: where room i lies, one of `MEANINGS`; empty: it says nothing of that, unless the
            name itself is one of them.
        synonyms: other labels that mean it.
        colour: of its lines as #RRGGBB; empty: that of all lines.
        sign: one character that stands for it in charts; empty: the start of the name.

    Raises:
        ValueError: none of this.
    """

    name: str
    inverse: str = ""
    means: str = ""
    synonyms: tuple[str, ...] = ()
    colour: str = ""
    sign: str = ""

    def __post_init__(self) -> None:
        check_name("relation", self.name)
        check_synonyms(self.name, self.synonyms)
        check_colour(self.name, self.colour)
        if not self.inverse:
            object.__setattr__(self, "inverse", self.name)
        if not self.means:
            known = {fold_name(meaning): meaning for meaning in MEANINGS}
            object.__setattr__(self, "means", known.get(fold_name(self.name), ""))
        elif self.means not in MEANINGS:
            raise ValueError(
                f"{self.name}: means: expected one of {', '.join(MEANINGS)}, "
                f"got {self.means[:40]!r}"
            )
        if len(self.sign) > 4 or not self.sign.isprintable():
            raise ValueError(f"{self.name}: sign: expected at most 4 characters")


USUAL_TOUCH = 9
"""Pixels of a 256-pixel plan within which two boxes touch; walls are up to so thick."""


SMALLEST_CANVAS, LARGEST_CANVAS = 16, 256
"""Pixels each way that a plan may measure: finer plans are not laid out any better."""


@dataclass(frozen=True)
class DirectionRule:
    """Graph2Plan's rule (arXiv:2004.13204), which made RPLAN's relations.

    Rooms are joined if their boxes touch within `touch` pixels; the relation says where the
    centre of the first lies as seen from the box of the second. It needs all ten `MEANINGS`.

    Attributes:
        touch: largest gap between boxes that touch, in pixels.
        canvas: width and height of a plan, in pixels.
    """

    touch: int = USUAL_TOUCH
    canvas: int = LARGEST_CANVAS

    def __post_init__(self) -> None:
        check_whole("rule: touch", self.touch, 0, LARGEST_CANVAS - 1)
        check_whole("rule: canvas", self.canvas, SMALLEST_CANVAS, LARGEST_CANVAS)


@dataclass(frozen=True)
class TouchRule:
    """Adjacency alone: rooms are joined if their boxes share a wall of some length.

    Attributes:
        wall: least length of the common wall, in pixels.
        touch: largest gap between the two sides of the wall, in pixels.
        relation: what rooms are of each other of which nothing but their boxes is known; empty:
            the only relation. It must be symmetric.
        complete: rooms that are not joined have no such wall; else they may have one, as rooms
            without a door between them do.
        canvas: width and height of a plan, in pixels.
    """

    wall: int = 8
    touch: int = USUAL_TOUCH
    relation: str = ""
    complete: bool = False
    canvas: int = LARGEST_CANVAS

    def __post_init__(self) -> None:
        check_whole("rule: wall", self.wall, 1, LARGEST_CANVAS - 1)
        check_whole("rule: touch", self.touch, 0, LARGEST_CANVAS - 1)
        check_whole("rule: canvas", self.canvas, SMALLEST_CANVAS, LARGEST_CANVAS)


Rule = DirectionRule | TouchRule
RULES: dict[str, type[DirectionRule] | type[TouchRule]] = {
    "graph2plan": DirectionRule,
    "touch": TouchRule,
}
"""Rules by the names that files have for them."""


def check_name(what: str, name: str) -> None:
    """Refuse names that lists of rooms, labels with numbers or files could not hold.

    Raises:
        ValueError: it is one.
    """
    if not 0 < len(name) <= LONGEST_NAME or not _NAME.fullmatch(name):
        raise ValueError(
            f"{what} {name[:LONGEST_NAME]!r}: expected 1 to {LONGEST_NAME} letters, digits, blanks "
            "and _ . ' & + ( ) -, a letter first"
        )
    if _NUMBERED.fullmatch(name) or name != name.strip():
        raise ValueError(
            f"{what} {name!r}: must not end in a blank and a number, as numbered rooms do"
        )
    if not fold_name(name):
        raise ValueError(f"{what} {name!r}: nothing is left of it without blanks and hyphens")


def check_synonyms(name: str, synonyms: tuple[str, ...]) -> None:
    """Refuse synonyms that are no labels.

    Raises:
        ValueError: one is empty, too long or not printable, or there are too many.
    """
    if len(synonyms) > MOST_SYNONYMS:
        raise ValueError(f"{name}: synonyms: expected at most {MOST_SYNONYMS}, got {len(synonyms)}")
    for synonym in synonyms:
        if not fold_name(synonym) or len(synonym) > LONGEST_SYNONYM or not synonym.isprintable():
            raise ValueError(
                f"{name}: synonyms: expected 1 to {LONGEST_SYNONYM} printable characters, "
                f"got {synonym[:LONGEST_NAME]!r}"
            )


def check_colour(name: str, colour: str) -> None:
    """Refuse what is no colour.

    Raises:
        ValueError: it is neither empty nor of the form #RRGGBB.
    """
    if colour and not _COLOUR.fullmatch(colour):
        raise ValueError(f"{name}: colour: expected #RRGGBB, got {colour[:LONGEST_NAME]!r}")


def check_whole(name: str, value: int, least: int, most: int) -> None:
    """Refuse what is no whole number from `least` to `most`.

    Raises:
        ValueError: it is none.
    """
    if type(value) is not int or not least <= value <= most:
        raise ValueError(f"{name}: expected a whole number {least} to {most}, got {value!r:.40}")
