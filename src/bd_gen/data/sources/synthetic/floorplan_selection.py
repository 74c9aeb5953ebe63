"""Which candidate plans are kept: sound ones, and unusual ones less often than usual ones."""

import numpy as np

from bd_gen.data.sources.synthetic.floorplan_sides import ROOM_SIZES
from bd_gen.data.sources.synthetic.programmes import TYPE
from bd_gen.diagrams.relations import are_joined

# Share of the plans with a wrapped master room that are kept.
_WRAPPED_MASTER = 0.30
# Centre and width of the Gaussian window on the number of edges, by number of rooms.
_EDGE_WINDOW = np.array(
    [(0, 1)] * 4 + [(4.6, 1.2), (6.8, 1.2), (9.1, 1.4), (12.1, 1.75), (15.4, 2.2)]
)


def is_plausible(boxes: np.ndarray, types: np.ndarray) -> np.ndarray:
    """(M,) bool: no room is a slit, none is far too large, the living room is one."""
    sides = boxes[..., 2:] - boxes[..., :2]
    short, long = sides.min(-1), sides.max(-1)
    thinnest = np.where(types == TYPE["Balcony"], 7.0, 2.9)
    largest = np.where(types == TYPE["LivingRoom"], 19_000, 2.2 * ROOM_SIZES[types, 0])
    is_fine = (short >= 8) & (long <= thinnest * short) & (short * long <= largest)
    living = (short[:, 0] >= 40) & (short[:, 0] * long[:, 0] >= 3600)
    return (is_fine | (types < 0)).all(1) & living


def is_usual(boxes: np.ndarray, types: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(M,) bool: thin out what real plans seldom show."""
    u, v = rng.random((2, len(boxes)))
    low, high, living = boxes[..., :2], boxes[..., 2:], boxes[:, :1]
    is_room = types >= 0
    # A master room wrapped by the living room's bounding box.
    wrapped = ((low >= living[..., :2]) & (high <= living[..., 2:])).all(-1)
    has_wrapped_master = (wrapped & (types == TYPE["MasterRoom"])).any(1)
    # A living room whose centre lies in another room: the rule may call it inside that room.
    centre = (living[..., :2] + living[..., 2:]) / 2
    off_centre = ((low <= centre) & (centre <= high)).all(-1) & is_room
    joined = _joined(boxes, is_room)
    centre_edges, width = _EDGE_WINDOW[is_room.sum(1)].T
    num_edges = joined.sum((1, 2)) / 2
    likely = np.exp(-0.5 * ((num_edges - centre_edges) / width) ** 2)
    keep = ~has_wrapped_master | (u < _WRAPPED_MASTER)
    return keep & ~off_centre[:, 1:].any(1) & (v < likely) & _hangs_together(joined, is_room)


def _joined(boxes: np.ndarray, is_room: np.ndarray) -> np.ndarray:
    """(M, K + 1, K + 1) bool: do rooms touch? No room touches itself."""
    first, second = np.triu_indices(boxes.shape[1], 1)
    joined = np.zeros((*is_room.shape, is_room.shape[1]), bool)
    touch = are_joined(boxes[:, first], boxes[:, second])
    touch &= is_room[:, first] & is_room[:, second]
    joined[:, first, second] = joined[:, second, first] = touch
    return joined


def _hangs_together(joined: np.ndarray, is_room: np.ndarray) -> np.ndarray:
    """(M,) bool: can every room be reached from the living room?"""
    reached = np.zeros_like(is_room)
    reached[:, 0] = True
    for _ in range(reached.shape[1] - 1):
        reached |= (joined & reached[:, None]).any(2)
    return (reached == is_room).all(1)
