"""RPLAN's words, which are the default."""

from bd_gen.diagrams.word_parts import DirectionRule, Relation, RoomType
from bd_gen.diagrams.words import Words

# Areas are medians of boxes in RPLAN, in pixels of a 256-pixel plan; half perimeters are medians,
# short sides first quartiles, over 72,751 plans. ChildRoom, StudyRoom, GuestRoom and Wall-in are
# estimates: those plans count the first three as SecondRoom and have no Wall-in.
#
# The hues are those that the papers on RPLAN and House-GAN made familiar (red living rooms, yellow
# bedrooms, blue bathrooms), moved as little as keeps any two types apart, also for colour-blind
# readers: at least 13 units of CIELAB in normal vision and in simulated protanopia, deuteranopia
# and tritanopia (Machado 2009, severity 1).
_ROOM_TYPES = (
    ("LivingRoom", "Living", "#DA683F", "living", 9450, 200, 70),
    ("MasterRoom", "Master", "#FDB523", "bedroom", 2790, 107, 43),
    ("Kitchen", "Kitchen", "#B77579", "kitchen", 1040, 67, 22),
    ("Bathroom", "Bath", "#95C5FF", "bathroom", 730, 55, 20),
    ("DiningRoom", "Dining", "#FFC9C1", "dining", 1570, 81, 29),
    ("ChildRoom", "Child", "#E1DC68", "bedroom", 1700, 87, 33),
    ("StudyRoom", "Study", "#948AD5", "study", 1300, 77, 28),
    ("SecondRoom", "Second", "#FFFFAE", "bedroom", 2000, 90, 36),
    ("GuestRoom", "Guest", "#CD8415", "bedroom", 2000, 90, 36),
    ("Balcony", "Balcony", "#9AC27E", "balcony", 780, 65, 14),
    ("Entrance", "Entry", "#0F94A7", "hall", 670, 54, 13),
    ("Storage", "Store", "#C7C0D5", "storage", 390, 41, 11),
    ("Wall-in", "Wall-in", "#686173", "storage", 390, 41, 11),
)
_PLURALS = {"Balcony": "Balconies", "Storage": "Storages"}
_PASSAGES = ("LivingRoom", "DiningRoom", "Entrance")
_AT_MOST_ONE = ("LivingRoom", "Entrance")

_RELATIONS = (
    ("left-above", "↖"),
    ("left-below", "↙"),
    ("left-of", "←"),
    ("above", "↑"),
    ("inside", "⊂"),
    ("surrounding", "⊃"),
    ("below", "↓"),
    ("right-of", "→"),
    ("right-above", "↗"),
    ("right-below", "↘"),
)

_NEVER_INSIDE = {
    0: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
    1: (2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
    2: (1, 3, 5, 6, 7, 8, 9, 10, 11),
    3: (10,),
    4: (1, 3, 5, 8, 9, 10, 11),
    5: (2, 3, 4, 9, 10, 11),
    6: (3, 9, 10),
    7: (3, 9, 10),
    8: (3, 9, 10),
    9: (2, 3, 6, 10, 11),
    10: (1, 2, 3, 4, 5, 6, 7, 8, 9, 11),
    11: (9,),
}
"""For each inner room type the types that must not contain it (METRICS.md, section 1)."""


def _rplan() -> Words:
    names = [name for name, *_ in _ROOM_TYPES]
    room_types = tuple(
        RoomType(
            name, (), _PLURALS.get(name, ""), short, colour, kind,
            name in _PASSAGES, name in _AT_MOST_ONE, area, half_perimeter, short_side,
        )
        for name, short, colour, kind, area, half_perimeter, short_side in _ROOM_TYPES
    )  # fmt: skip
    turned = [name for name, _ in _RELATIONS[::-1]]
    relations = tuple(
        Relation(name, inverse, sign=sign)
        for (name, sign), inverse in zip(_RELATIONS, turned, strict=True)
    )
    return Words(
        name="rplan",
        room_types=room_types,
        relations=relations,
        rule=DirectionRule(touch=9, canvas=256),
        never_inside=tuple(
            (names[inner], tuple(names[outer] for outer in outers))
            for inner, outers in _NEVER_INSIDE.items()
        ),
        entries=("Entrance", "LivingRoom"),
        footprint=(9000, 1850),  # fitted to the medians for 4 to 8 rooms
        metres_per_pixel=18 / 256,  # a picture of 256 pixels shows 18 m (Wu et al. 2019)
    )


RPLAN = _rplan()
"""The words of RPLAN as Graph2Plan has them (arXiv:2004.13204)."""
