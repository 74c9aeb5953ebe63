"""Sketches as the page sends them, for tests."""

from typing import Any

ROOMS = ("LivingRoom", "Kitchen", "Bathroom", "Bathroom", "MasterRoom", "SecondRoom")


def message(*relations: list[Any], rooms: tuple[str, ...] = ROOMS, **more: Any) -> dict[str, Any]:
    """A sketch of these rooms with these relations."""
    return {"rooms": [{"type": t} for t in rooms], "relations": list(relations), **more}


CIRCLE = ([0, 1, "left-of"], [1, 2, "left-of"], [2, 0, "left-of"])
"""Three relations that go round."""
