"""The words of the page: room types, relations, formats and limits. It knows none of its own."""

from typing import Any

from bd_gen.design.room_rules import TOUCHES
from bd_gen.diagrams.laid_out import METRES_PER_PIXEL
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.vocabulary import LARGEST_N_MAX
from bd_gen.drawing.appearance import room_colours, short_names, text_colours
from bd_gen.exchange.exports import FORMATS
from bd_gen.studio.sketch import APART, LONGEST_NAME, MOST_RULES
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
"""The brief that an empty page starts with."""

_STEPS = {"left": (-1, 0), "right": (1, 0), "above": (0, -1), "below": (0, 1)}
"""Where a word of a relation points, x to the right and y downwards."""


def vocabulary_message(largest_upload: int) -> dict[str, Any]:
    """What the page has to know before it can show anything."""
    return {
        "version": __version__,
        "types": [
            {
                "name": name,
                "short": short_names(RPLAN)[k],
                "colour": room_colours(RPLAN)[k],
                "ink": text_colours(RPLAN)[k],
                "area": round(float(RPLAN.typical_areas[k]) * METRES_PER_PIXEL**2, 1),
                "only_one": k in RPLAN.at_most_one,
            }
            for k, name in enumerate(RPLAN.room_names)
        ],
        "relations": [
            {
                "name": name,
                "inverse": RPLAN.relation_names[int(RPLAN.inverse[k])],
                "way": _way(name),
            }
            for k, name in enumerate(RPLAN.relation_names)
        ],
        "touches": TOUCHES,
        "apart": APART,
        "exports": [
            {"name": kind.name, "holds": kind.holds, "needs_boxes": kind.needs_boxes}
            for kind in FORMATS.values()
        ],
        "metres_per_pixel": METRES_PER_PIXEL,
        "limits": {
            "rooms": LARGEST_N_MAX,
            "rules": MOST_RULES,
            "name": LONGEST_NAME,
            "upload": largest_upload,
        },
        "example": EXAMPLE,
    }


def _way(name: str) -> list[int] | None:
    """Where the first room lies as seen from the second; None inside and around it."""
    steps = [step for word, step in _STEPS.items() if word in name.split("-")]
    return [sum(x) for x in zip(*steps, strict=True)] if steps else None
