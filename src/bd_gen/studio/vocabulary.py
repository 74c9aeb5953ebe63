"""The words of the page: room types, relations, formats and limits. It knows none of its own."""

from typing import Any

from bd_gen.design.room_rules import TOUCHES
from bd_gen.diagrams.laid_out import scale_of
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.vocabulary import LARGEST_N_MAX
from bd_gen.diagrams.words import Words
from bd_gen.drawing.appearance import room_colours, short_names, text_colours
from bd_gen.exchange.exports import FORMATS
from bd_gen.layouts.wording import COMPASS
from bd_gen.studio.sketch import apart_in, touches_in
from bd_gen.studio.sketch_message import LONGEST_NAME, MOST_RULES
from bd_gen.system.version import __version__

EXAMPLE = {
    "rooms": [
        "LivingRoom", "Kitchen", "Bathroom", "Bathroom", "MasterRoom", "SecondRoom", "Balcony",
        "Entrance",
    ],
    "rules": [
        {"kind": "require", "text": "Kitchen touches LivingRoom"},
        {"kind": "require", "text": "Entrance touches LivingRoom"},
        {"kind": "forbid", "text": "Bathroom touches Kitchen"},
    ],
}  # fmt: skip
"""The brief that an empty page starts with, in RPLAN's words."""

_KINDS = (
    "living", "kitchen", "bathroom", "bedroom", "bedroom", "hall", "bathroom", "balcony",
)  # fmt: skip
_RULES = (
    ("require", "kitchen", "living"), ("require", "hall", "living"),
    ("forbid", "bathroom", "kitchen"),
)  # fmt: skip
_STEPS = {"left": (-1, 0), "right": (1, 0), "above": (0, -1), "below": (0, 1)}
"""Where a word of a relation points, x to the right and y downwards."""


def vocabulary_message(
    words: Words, largest_upload: int, most_rooms: int | None = None
) -> dict[str, Any]:
    """What the page has to know before it can show anything.

    Args:
        words: of the model.
        largest_upload: bytes of a file.
        most_rooms: that the model knows; None: not known yet.
    """
    example = example_of(words, most_rooms)
    return {
        "version": __version__,
        "name": words.name,
        "hash": words.hash,
        "is_usual": words.hash == RPLAN.hash,
        "types": [
            {
                "name": name,
                "short": short_names(words)[k],
                "colour": room_colours(words)[k],
                "ink": text_colours(words)[k],
                "area": round(float(words.typical_areas[k]) * scale_of(words) ** 2, 1),
                "only_one": k in words.at_most_one,
            }
            for k, name in enumerate(words.room_names)
        ],
        "relations": [
            {
                "name": one.name,
                "inverse": one.inverse,
                "way": _way(one.means),
                "sign": one.sign or one.name[:1],
            }
            for one in words.relations
        ],
        "touches": touches_in(words),
        "rule_touches": TOUCHES,
        "apart": apart_in(words),
        "exports": [
            {"name": kind.name, "holds": kind.holds, "needs_boxes": kind.needs_boxes}
            for kind in FORMATS.values()
        ],
        "metres_per_pixel": scale_of(words),
        "sides": list(COMPASS),
        "limits": {
            "rooms": LARGEST_N_MAX,
            "rules": MOST_RULES,
            "name": LONGEST_NAME,
            "upload": largest_upload,
        },
        "usual_type": _usual_type(words, example["rooms"]),
        "example": example,
    }


def example_of(words: Words, most_rooms: int | None = None) -> dict[str, Any]:
    """A brief of a few rooms with rules, for the page to start with.

    Args:
        words: whose types its rooms are of.
        most_rooms: that it has; None: eight.
    """
    most = most_rooms or len(_KINDS)
    if words.hash == RPLAN.hash and most >= len(_KINDS):
        return EXAMPLE
    names = {
        kind: words.room_names[found[0]] for kind in _KINDS if (found := words.types_of_kind(kind))
    }
    rooms: list[str] = []
    for kind in _KINDS:
        name = names.get(kind)
        is_one_only = name is not None and words.room_type(name) in words.at_most_one
        if name is not None and not (is_one_only and name in rooms):
            rooms.append(name)
    if len(rooms) < 2:  # words whose types say nothing of what they are for
        rooms = list(words.room_names)
    rooms = rooms[:most]
    rules = [
        {"kind": rule, "text": f"{names[one]} {TOUCHES} {names[other]}"}
        for rule, one, other in _RULES
        if names.get(one) in rooms and names.get(other) in rooms and names[one] != names[other]
    ]
    return {"rooms": rooms, "rules": rules}


def _usual_type(words: Words, rooms: list[str]) -> str:
    """The type that a room has which is added: a bedroom, or whatever there may be several of."""
    bedrooms = [name for name in rooms if words.room_type(name) in words.types_of_kind("bedroom")]
    several = [n for k, n in enumerate(words.room_names) if k not in words.at_most_one]
    return [*several[:1], *bedrooms][-1] if several or bedrooms else words.room_names[0]


def _way(means: str) -> list[int] | None:
    """Where the first room lies as seen from the second; None inside and around it."""
    steps = [step for word, step in _STEPS.items() if word in means.split("-")]
    return [sum(x) for x in zip(*steps, strict=True)] if steps else None
