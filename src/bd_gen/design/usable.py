"""Sizes below which a room is of little use, for what a brief leaves open.

Rounded from the smallest twentieth of rooms in 20,000 plans of RPLAN (MasterRoom 2.7 m and 10.2 m²,
SecondRoom 2.2 m and 6.4 m², Kitchen 1.3 m and 3.4 m², Bathroom 1.2 m and 2.2 m²), and for a balcony
the width on which a chair can stand. Types that RPLAN's plans hardly have are estimates.
"""

from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.words import Words
from bd_gen.layouts.room_roles import room_roles

LEAST: dict[str, tuple[float, float]] = {
    "LivingRoom": (3.0, 14.0),
    "MasterRoom": (2.6, 9.5),
    "Kitchen": (1.4, 3.4),
    "Bathroom": (1.2, 2.2),
    "DiningRoom": (1.5, 4.0),
    "ChildRoom": (2.1, 6.4),
    "StudyRoom": (1.8, 4.5),
    "SecondRoom": (2.1, 6.4),
    "GuestRoom": (2.1, 6.4),
    "Balcony": (0.9, 1.4),
    "Entrance": (1.0, 1.2),
    "Storage": (0.6, 0.6),
    "Wall-in": (0.6, 0.6),
}
"""Least side in metres and least area in m², by type."""

_OF_KIND = {
    "living": "LivingRoom",
    "bedroom": "SecondRoom",
    "kitchen": "Kitchen",
    "bathroom": "Bathroom",
    "dining": "DiningRoom",
    "study": "StudyRoom",
    "balcony": "Balcony",
    "hall": "Entrance",
    "storage": "Storage",
    "wardrobe": "Wall-in",
}


def least_size(words: Words, room_type: int) -> tuple[float, float] | None:
    """Least side in metres and least area in m² of rooms of a type; None if nothing is known.

    Types of other words have the sizes of RPLAN's type of their kind.
    """
    if words == RPLAN:
        return LEAST[words.room_names[room_type]]
    return LEAST.get(_OF_KIND.get(room_roles(words).of_type[room_type].kind, ""))
