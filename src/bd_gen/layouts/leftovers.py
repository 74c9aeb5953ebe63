"""What of an outline no room has, and beside which rooms it lies, in words."""

from collections.abc import Sequence

from bd_gen.diagrams.floor_plan import FloorPlan
from bd_gen.layouts.wording import Wording

_LEAST = 1.0  # pixels²


def what_is_left(floor: FloorPlan, labels: Sequence[str], wording: Wording) -> str:
    """Where a plan leaves something of its plot, and why; "" where it leaves nothing.

    Every place is within the box of some room or of none. A box that grew over what is left would
    give its room other relations, another area than was asked for, or a shape that costs more than
    it gains; the search found no way.
    """
    import shapely

    if floor.plot is None:
        return ""
    pieces = shapely.get_parts(floor.plot.difference(floor.outline))
    pieces = [piece for piece in pieces if piece.area >= _LEAST]
    if not pieces:
        return ""
    area = sum(piece.area for piece in pieces)
    beside = [
        name
        for name, room in zip(labels, floor.rooms, strict=True)
        if any(room.intersection(piece).length > 0 for piece in pieces)
    ]
    where = f" beside {', '.join(beside)}" if beside else ""
    return (
        f"{wording.area(area)} of the plot stay empty{where}: no way was found to give them to a "
        "room and keep the relations and the areas"
    )
