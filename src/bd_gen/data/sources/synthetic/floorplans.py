"""Boxes for room programmes: a living room in the middle, the other rooms along its sides.

A plan is built on a rectangle whose sides carry rows of rooms (floorplan_rows.py); the living
room is what remains, so its bounding box often overlaps the deeper rooms and sometimes wraps
one, as in real plans. Balconies hang outside.

Everything is vectorised over M candidate plans. Not every candidate is sound;
`draw_floorplans` says which are.

Of the candidates sound ones are kept, and unusual ones less often than usual ones.
"""

import numpy as np

from bd_gen.data.sources.synthetic.balconies import hang_balconies
from bd_gen.data.sources.synthetic.floorplan_rows import Rows, lay_rows, living_room
from bd_gen.data.sources.synthetic.floorplan_sides import ROOM_SIZES, WITHIN, draw_sides
from bd_gen.data.sources.synthetic.programmes import TYPE
from bd_gen.data.sources.synthetic.reaching import reach_behind
from bd_gen.data.sources.synthetic.walls import without_walls
from bd_gen.diagrams.relations import are_joined

# Share of the plans with a wrapped master room that are kept.
_WRAPPED_MASTER = 0.60
# Centre and width of the Gaussian window on the number of edges, by number of rooms.
_EDGE_WINDOW = np.array(
    [(0, 1)] * 4 + [(4.6, 1.2), (6.9, 1.2), (9.2, 1.4), (12.3, 1.75), (15.8, 2.2)]
)
# Centres and widths of the windows on the living room's box: its area, in square pixels, and the
# ratio of its sides, where it is larger than the centre; widths are of logarithms.
_LIVING_AREA, _LIVING_SPREAD = 9500, 0.32
_LIVING_ASPECT, _LIVING_ASPECT_SPREAD = 1.35, 0.40


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
    u, v, w = rng.random((3, len(boxes)))
    low, high, living = boxes[..., :2], boxes[..., 2:], boxes[:, :1]
    is_room = types >= 0
    # A master room wrapped by the living room's bounding box.
    wrapped = ((low >= living[..., :2]) & (high <= living[..., 2:])).all(-1)
    has_wrapped_master = (wrapped & (types == TYPE["MasterRoom"])).any(1)
    # A living room whose centre lies in another room: the rule may call it inside that room.
    centre = (living[..., :2] + living[..., 2:]) / 2
    off_centre = ((low <= centre) & (centre <= high)).all(-1) & is_room
    keep = ~has_wrapped_master | (u < _WRAPPED_MASTER)
    keep &= ~off_centre[:, 1:].any(1) & (w < _living_window(living[:, 0]))
    # Who is joined to whom is dear: only of those that are still there.
    joined = _joined(boxes[keep], is_room[keep])
    centre_edges, width = _EDGE_WINDOW[is_room[keep].sum(1)].T
    likely = np.exp(-0.5 * ((joined.sum((1, 2)) / 2 - centre_edges) / width) ** 2)
    keep[keep] = (v[keep] < likely) & _hangs_together(joined, is_room[keep])
    return keep


def _living_window(living: np.ndarray) -> np.ndarray:
    """(M,) in [0, 1]: how usual are the area and the proportions of a living room's box (M, 4)?"""
    sides = living[:, 2:] - living[:, :2]
    area = np.log(sides[:, 0] * sides[:, 1] / _LIVING_AREA) / _LIVING_SPREAD
    shape = np.log(sides.max(1) / sides.min(1) / _LIVING_ASPECT) / _LIVING_ASPECT_SPREAD
    return np.asarray(np.exp(-0.5 * (area**2 + np.maximum(shape, 0) ** 2)))


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


CANVAS = 256

# A room cut out of another one's corner: inner type, outer type, share of the plans that could.
_CUT_OUT = (("Bathroom", "MasterRoom", 0.09), ("Kitchen", "SecondRoom", 0.0062))

# How a candidate is turned, mirrored left to right, and put upside down.
_TURNED, _MIRRORED, _UPSIDE_DOWN = 0.06, 0.5, 0.1


def draw_floorplans(
    programmes: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """One candidate plan for each programme.

    Args:
        programmes: (M, K) room types beside the living room, -1 for none.
        rng: its state decides all.

    Returns:
        boxes (M, K + 1, 4) float64, whole pixels, the living room first, 0 for no room; and
        (M,) bool: is the plan sound?
    """
    side, host = _cut_out(programmes, draw_sides(programmes, rng), rng)
    rows, fits = lay_rows(programmes, side, host, rng)
    # What follows is done for those whose rows fit alone.
    found = np.flatnonzero(fits)
    some, is_some_sound = _furnish(programmes[found], rows.select(found), host[found], rng)
    boxes = np.zeros((len(programmes), some.shape[1], 4))
    boxes[found] = some
    is_sound = np.zeros(len(programmes), bool)
    is_sound[found] = is_some_sound
    return boxes, is_sound


def _furnish(
    programmes: np.ndarray, rows: Rows, host: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Boxes and soundness, as `draw_floorplans` gives them, of rows of rooms that fit."""
    living = living_room(rows)
    reach_behind(rows, programmes, rng)
    boxes = rows.boxes()
    is_sound = _place_within(boxes, rows, host, rng)
    is_sound &= hang_balconies(boxes, rows, living, programmes, rng)
    boxes = without_walls(np.concatenate([living[:, None], boxes], axis=1), rng)
    types = np.concatenate([np.full((len(boxes), 1), TYPE["LivingRoom"]), programmes], axis=1)
    is_sound &= is_plausible(boxes, types)
    is_sound[is_sound] = is_usual(boxes[is_sound], types[is_sound], rng)
    boxes, fits = _place_on_canvas(boxes, types >= 0, rng)
    return np.where((types >= 0)[..., None], boxes, 0), is_sound & fits


def _cut_out(
    programmes: np.ndarray, side: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Choose rooms that are cut out of others: their side becomes WITHIN; (M,) the host or -1."""
    m = np.arange(len(side))
    host = np.full(len(side), -1)
    for inner, outer, chance in _CUT_OUT:
        is_inner, is_outer = programmes == TYPE[inner], programmes == TYPE[outer]
        chosen = rng.random(len(side)) < chance
        chosen &= is_inner.any(1) & is_outer.any(1) & (host < 0)
        host = np.where(chosen, is_outer.argmax(1), host)
        side = side.copy()
        side[m[chosen], is_inner.argmax(1)[chosen]] = WITHIN
    return side, host


def _place_within(
    boxes: np.ndarray, rows: Rows, host: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Cut rooms out of their hosts' corners, in `boxes`; (M,) bool: are the hosts large enough?"""
    inner = (rows.side == WITHIN).argmax(1)
    m = np.arange(len(host))
    outer = boxes[m, host]
    span = outer[:, 2:] - outer[:, :2]
    u = rng.random((4, len(host)))
    part = np.rint(span * (0.34 + 0.13 * u[:2].T))
    at_far_end = u[2:].T < 0.5
    low = outer[:, :2] + np.where(at_far_end, span - part, 0)
    has = host >= 0
    boxes[m[has], inner[has]] = np.concatenate([low, low + part], axis=1)[has]
    return ~has | (part.min(1) >= 18)


def _place_on_canvas(
    boxes: np.ndarray, is_room: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Turn, mirror and centre plans on the canvas; (M,) bool: do they fit?"""
    u = rng.random((5, len(boxes)))
    turned, mirrored, upside_down = (
        (u[k] < chance)[:, None, None]
        for k, chance in enumerate((_TURNED, _MIRRORED, _UPSIDE_DOWN))
    )
    boxes = np.where(turned, boxes[..., [1, 0, 3, 2]], boxes)
    boxes = np.where(mirrored, boxes[..., [2, 1, 0, 3]] * [-1, 1, -1, 1], boxes)
    boxes = np.where(upside_down, boxes[..., [0, 3, 2, 1]] * [1, -1, 1, -1], boxes)
    low = np.where(is_room[..., None], boxes[..., :2], np.inf).min(1)
    high = np.where(is_room[..., None], boxes[..., 2:], -np.inf).max(1)
    offset = np.rint((CANVAS - (high - low)) / 2 + 6 * (u[3:].T - 0.5)) - low
    return boxes + np.tile(offset, 2)[:, None], (high - low <= CANVAS - 20).all(1)
