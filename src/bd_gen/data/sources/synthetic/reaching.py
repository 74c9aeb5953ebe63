"""Rooms that reach behind a shallower neighbour: L-shaped bedrooms whose boxes overlap others."""

from collections.abc import Mapping

import numpy as np

from bd_gen.data.sources.synthetic.floorplan_rows import Rows
from bd_gen.data.sources.synthetic.floorplan_sides import SIDES
from bd_gen.data.sources.synthetic.programmes import TYPE
from bd_gen.diagrams.rplan import RPLAN

CHANCES = {
    ("MasterRoom", "Bathroom"): 0.75,
    ("SecondRoom", "Bathroom"): 0.30,
    ("MasterRoom", "SecondRoom"): 0.35,
    ("Kitchen", "Bathroom"): 0.15,
    ("SecondRoom", "Kitchen"): 0.08,
    ("MasterRoom", "Kitchen"): 0.06,
    ("SecondRoom", "SecondRoom"): 0.06,
}
"""Chance that a room of the first type reaches behind a neighbour of the second, if it can."""
_SHALLOWER = 5
"""A neighbour must leave so many pixels of the room's depth free."""
_LEAST, _MOST = 0.08, 0.5
"""How far a room reaches, as a share of its neighbour's length."""


def _chances(table: Mapping[tuple[str, str], float]) -> np.ndarray:
    """(13 + 1, 13 + 1) chances by types; 0 for other types, and in the last row and column."""
    chances = np.zeros((RPLAN.num_room_types + 1, RPLAN.num_room_types + 1))
    for (room, neighbour), chance in table.items():
        chances[TYPE[room], TYPE[neighbour]] = chance
    return chances


_BY_TYPE = _chances(CHANCES)


def reach_behind(rows: Rows, programmes: np.ndarray, rng: np.random.Generator) -> None:
    """Lengthen some rooms along their side, past the end of a shallower neighbour; changes `rows`.

    Args:
        rows: the rows of rooms.
        programmes: (M, K) room types.
        rng: its state decides all.
    """
    u, v = rng.random((2, *programmes.shape))
    depth = rows.far - rows.near
    in_row = np.isin(rows.side, SIDES)
    same_side = (rows.side[:, :, None] == rows.side[:, None]) & in_row[:, None]
    can = same_side & (depth[:, :, None] >= depth[:, None] + _SHALLOWER)
    can &= u[:, None] < _BY_TYPE[programmes[:, :, None], programmes[:, None]]
    is_behind = can & (rows.start[:, None] == rows.end[:, :, None])
    is_before = can & (rows.end[:, None] == rows.start[:, :, None])
    share = _LEAST + (_MOST - _LEAST) * v * v
    reach = np.rint(share * (rows.end - rows.start))[:, None]
    rows.end += np.where(is_behind, reach, 0).max(2)
    rows.start -= np.where(is_before, reach, 0).max(2)
