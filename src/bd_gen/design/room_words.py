"""What people call the rooms of a home: plurals, and other names of the vocabulary's types.

Names of the vocabulary itself and foreign labels of a file go before these.
"""

from bd_gen.diagrams.folded import fold_name
from bd_gen.diagrams.names import RoomLabels
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.words import Words

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
_BEDROOM, _ROOM = "bedroom", "room"
"""Words for rooms of several types; in a list of rooms a bedroom is a SecondRoom in RPLAN's words,
else the first type of that kind."""

_BY_NAME = {
    fold_name(other): RPLAN.room_names.index(name)
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
        found = _other_name(one, labels.words) if found is None else found
        if found is not None:
            return (found,)
        if fold_name(one) == _BEDROOM:
            return labels.words.types_of_kind("bedroom")
        if fold_name(one) == _ROOM:
            return tuple(range(labels.words.num_room_types))
    return ()


def _other_name(name: str, words: Words) -> int | None:
    """The type that another usual name means: RPLAN's, or the first of its kind in other words."""
    found = _BY_NAME.get(fold_name(name))
    if found is None or words == RPLAN:
        return found
    alike = words.types_of_kind(RPLAN.room_types[found].kind)
    return alike[0] if alike else None


def room_type_named(name: str, labels: RoomLabels) -> int | None:
    """The one room type that a word in a list of rooms means, or None."""
    found = room_types_named(name, labels)
    words = labels.words
    if len(found) > 1:
        if len(found) == words.num_room_types:
            return None
        return RPLAN.room_names.index("SecondRoom") if words == RPLAN else found[0]
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
