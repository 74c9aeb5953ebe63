"""What people call the rooms of a home: plurals, and other names of the vocabulary's types.

Names of the vocabulary itself and foreign labels of a file go before these.
"""

from bd_gen.diagrams.names import RoomLabels
from bd_gen.diagrams.vocabulary import ROOM_TYPES, fold_name

_OTHER_NAMES = {
    "LivingRoom": "living, lounge, sitting room, drawing room, family room, great room, reception",
    "MasterRoom": "master, master bedroom, main bedroom, primary bedroom, principal bedroom",
    "Kitchen": "kitchenette, cooking",
    "Bathroom": "bath, wc, toilet, shower, shower room, washroom, powder room, ensuite, lavatory",
    "DiningRoom": "dining, dining area",
    "ChildRoom": "child's room, children's room, kid's room, kids room, nursery, child bedroom",
    "StudyRoom": "study, office, home office, workroom, library",
    "SecondRoom": "second bedroom, other bedroom, single bedroom, double bedroom",
    "GuestRoom": "guest, guest bedroom, spare room",
    "Balcony": "terrace, loggia, veranda, patio",
    "Entrance": "entry, entrance hall, foyer, hallway, lobby, vestibule",
    "Storage": "store, storeroom, utility, utility room, pantry, laundry",
    "Wall-in": "closet, wardrobe, walk-in closet, dressing room",
}
_KINDS = {"bedroom": ("MasterRoom", "SecondRoom", "ChildRoom", "GuestRoom"), "room": ROOM_TYPES}
"""Words for rooms of several types; in a list of rooms a bedroom is a SecondRoom."""
_BEDROOM = ROOM_TYPES.index("SecondRoom")

_BY_NAME = {
    fold_name(other): ROOM_TYPES.index(name)
    for name, others in _OTHER_NAMES.items()
    for other in others.split(",")
}


def room_types_named(name: str, labels: RoomLabels) -> tuple[int, ...]:
    """The room types that a word in a rule means: one, several ("bedroom"), or none."""
    found = labels.find(name)
    if found is not None:
        return (found,)
    for one in singulars(name):
        found = labels.find(one)
        found = _BY_NAME.get(fold_name(one)) if found is None else found
        if found is not None:
            return (found,)
        if fold_name(one) in _KINDS:
            return tuple(ROOM_TYPES.index(kind) for kind in _KINDS[fold_name(one)])
    return ()


def room_type_named(name: str, labels: RoomLabels) -> int | None:
    """The one room type that a word in a list of rooms means, or None."""
    found = room_types_named(name, labels)
    if len(found) > 1:
        return _BEDROOM if len(found) < len(ROOM_TYPES) else None
    return found[0] if found else None


def singulars(name: str) -> list[str]:
    """The name, and what it may be the plural of."""
    text = name.strip()
    found = [text]
    if text.casefold().endswith("ies"):
        found.append(f"{text[:-3]}y")
    if text.casefold().endswith("s") and not text.casefold().endswith("'s"):
        found.append(text[:-1])
    return found
