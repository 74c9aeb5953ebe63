"""Relations between rooms, read off their boxes, and their mirror images.

The rule is that of the words: the one that made RPLAN's relations (`DirectionRule`), by which rooms
are joined if their boxes touch within 9 pixels of a 256-pixel plan, and the label says where the
centre of the first room lies as seen from the box of the second; or adjacency alone (`TouchRule`).
y grows downwards.

RPLAN's plans are nearly as often one way round as the other from left to right: the divergence of
(type, type, relation) from its mirror image is 2.2 times that of two halves of the data. Up and
down are not alike (242 times). `bd-gen data symmetry` tells of any data.
"""

from enum import Enum
from functools import lru_cache

import numpy as np

from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.diagrams.word_parts import MEANINGS, DirectionRule, Rule, TouchRule
from bd_gen.diagrams.words import Words
from bd_gen.system.errors import InputError

_CHUNK = 8192  # plans at a time, so that the boolean zones stay in the cache

_LABEL = {meaning: k for k, meaning in enumerate(MEANINGS)}


def _signed(boxes: np.ndarray) -> np.ndarray:
    # Unsigned and short integers, as image tools write them, would wrap round.
    if boxes.dtype.kind in "ui":
        return boxes.astype(np.promote_types(boxes.dtype, np.int32), copy=False)
    return boxes


def rule_of(words: Words) -> Rule:
    """What reads relations off boxes.

    Raises:
        InputError: nothing does.
    """
    if words.rule is None:
        raise InputError(
            f"vocabulary {words.name}: has no rule that reads relations off boxes (field rule)"
        )
    return words.rule


def touch_within(u: np.ndarray, v: np.ndarray, distance: float) -> np.ndarray:
    """(...) bool: is the gap between boxes u and v (..., 4), as (x0, y0, x1, y1), so small?"""
    u, v, d = _signed(u), _signed(v), distance
    return ~(
        (u[..., 0] - d > v[..., 2])
        | (u[..., 2] + d < v[..., 0])
        | (u[..., 1] - d > v[..., 3])
        | (u[..., 3] + d < v[..., 1])
    )


def are_joined(u: np.ndarray, v: np.ndarray, words: Words = RPLAN) -> np.ndarray:
    """(...) bool: are rooms with boxes u and v (..., 4), as (x0, y0, x1, y1), joined by the rule?

    Raises:
        InputError: the words have no rule.
    """
    rule = rule_of(words)
    if isinstance(rule, DirectionRule):
        return touch_within(u, v, rule.touch)
    u, v = _signed(u), _signed(v)
    common = np.minimum(u[..., 2:], v[..., 2:]) - np.maximum(u[..., :2], v[..., :2])
    is_long, is_near = common >= rule.wall, common >= -rule.touch
    joined: np.ndarray = (is_long & is_near[..., ::-1]).any(axis=-1)
    return joined


def relation_labels(u: np.ndarray, v: np.ndarray, words: Words = RPLAN) -> np.ndarray:
    """(...) uint8 label of "u is ... of v" for boxes (..., 4); the first zone that fits wins.

    The label is not symmetric: that of (v, u) need not be the inverse of that of (u, v).

    Raises:
        InputError: the words have no rule, or one that does not tell their relations apart.
    """
    rule = rule_of(words)
    if isinstance(rule, TouchRule):
        return np.full(np.broadcast_shapes(u.shape, v.shape)[:-1], _touching(words, rule), np.uint8)
    meanings = _meanings(u, v)
    return meanings if words is RPLAN else _of_meaning(words)[meanings]


def tells_relations(words: Words) -> bool:
    """Whether boxes alone say which relation joined rooms have."""
    rule = words.rule
    if isinstance(rule, TouchRule):
        return bool(rule.relation) or words.num_relations == 1
    return rule is not None


def _touching(words: Words, rule: TouchRule) -> int:
    if not tells_relations(words):
        raise InputError(
            f"vocabulary {words.name}: boxes do not say which of {', '.join(words.relation_names)} "
            "joined rooms are (field rule: relation)"
        )
    return words.relation_names.index(rule.relation) if rule.relation else 0


@lru_cache(maxsize=64)
def _of_meaning(words: Words) -> np.ndarray:
    # (10,) the relation that has each meaning
    return np.array([words.meaning[meaning] for meaning in MEANINGS], np.uint8)


def _meanings(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    # (...) uint8 number of what "u is ... of v" means
    ux0, uy0, ux1, uy1 = np.moveaxis(_signed(u), -1, 0)
    x0, y0, x1, y1 = np.moveaxis(_signed(v), -1, 0)
    # Doubled coordinates keep centres of integer boxes integers.
    case = _side(ux0 + ux1, 2 * x0, 2 * x1).astype(np.uint16)
    case *= 9
    case += _side(uy0 + uy1, 2 * y0, 2 * y1)
    case *= 2
    case += (ux0 < x0) & (uy0 < y0) & (ux1 > x1) & (uy1 > y1)
    case *= 2
    case += (ux0 >= x0) & (uy0 >= y0) & (ux1 <= x1) & (uy1 <= y1)
    meanings: np.ndarray = _zones()[case]
    return meanings


def _side(centre: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    # (...) uint8 3 a + b: a is 0, 1, 2 where the centre is below, on, above the low side; b of high
    case = (centre >= low).astype(np.uint8)
    case += centre > low
    case *= 3
    case += centre >= high
    case += centre > high
    return case


@lru_cache(maxsize=1)
def _zones() -> np.ndarray:
    """(324,) uint8 label of each case: 9 of `_side` for x, 9 for y, surrounds it?, lies inside?

    A table, because a formula for each label takes three times as long on many plans.
    """
    low, high = np.divmod(np.arange(9), 3)
    side = [low == 0, low == 1, low == 2, high == 0, high == 1, high == 2]
    west, on_west, past_west, short_of_east, on_east, east = (x[:, None, None, None] for x in side)
    north, on_north, past_north, short_of_south, on_south, south = (
        y[None, :, None, None] for y in side
    )
    surrounds, is_inside = np.meshgrid([False, True], [False, True], indexing="ij")
    zones = [
        ("surrounding", surrounds),
        ("inside", is_inside),
        ("left-above", (west & (north | on_north)) | (on_west & on_north)),
        ("above", ~west & short_of_east & (north | on_north)),
        ("right-above", ((east | on_east) & north) | (on_east & on_north)),
        ("right-of", (east | on_east) & ~north & short_of_south),
        ("right-below", (east & (south | on_south)) | (on_east & on_south)),
        ("below", past_west & ~east & (south | on_south)),
        ("left-below", ((west | on_west) & south) | (on_west & on_south)),
        ("left-of", (west | on_west) & past_north & ~south),
    ]
    labels = np.full((9, 9, 2, 2), _LABEL["inside"], np.uint8)
    for name, zone in reversed(zones):
        labels[np.broadcast_to(zone, labels.shape)] = _LABEL[name]
    return labels.ravel()


def relations_from_boxes(
    boxes: np.ndarray,
    num_rooms: np.ndarray,
    vocabulary: Vocabulary,
    from_second: bool = False,
) -> np.ndarray:
    """Relations of whole plans.

    Args:
        boxes: (N, n_max, 4) boxes (x0, y0, x1, y1) in pixels of a 256-pixel plan, y downwards;
            what stands in slots beyond `num_rooms` is ignored.
        num_rooms: (N,) number of rooms.
        vocabulary: the layout of the row; its words have a rule.
        from_second: give "j is ... of i" for the slot of rooms i < j, not "i is ... of j".

    Returns:
        (N, num_edges) uint8: relation or no-edge; PAD where a room does not exist.

    Raises:
        InputError: the words have no rule, or one that does not tell their relations apart.
    """
    words = vocabulary.words
    relations = np.empty((len(boxes), vocabulary.num_edges), np.uint8)
    for start in range(0, len(boxes), _CHUNK):
        part = slice(start, start + _CHUNK)
        u = boxes[part][:, vocabulary.edge_rows]
        v = boxes[part][:, vocabulary.edge_cols]
        if from_second:
            u, v = v, u
        relations[part] = np.where(
            are_joined(u, v, words), relation_labels(u, v, words), vocabulary.no_edge
        )
    real = vocabulary.real_mask(num_rooms)[:, vocabulary.n_max :]
    return np.where(real, relations, vocabulary.pad_row[vocabulary.n_max :])


class Mirror(Enum):
    """What is exchanged: pairs of words in the names of relations."""

    LEFT_RIGHT = ("left", "right")
    UP_DOWN = ("above", "below")


@lru_cache(maxsize=64)
def mirrored(words: Words, mirror: Mirror = Mirror.LEFT_RIGHT) -> np.ndarray:
    """(R + 3,) uint8 the edge token that takes the place of each; no-edge, MASK and PAD stay.

    Raises:
        InputError: a relation has no mirror image among those of the words.
    """
    one, other = mirror.value
    turned = {one: other, other: one}
    table = np.arange(words.edge_size, dtype=np.uint8)
    for k, relation in enumerate(words.relations):
        image = "-".join(turned.get(word, word) for word in relation.means.split("-"))
        if image and image not in words.meaning:
            raise InputError(
                f"vocabulary {words.name}: has no mirror images: {relation.name} means "
                f"{relation.means}, and nothing means {image}"
            )
        table[k] = words.meaning[image] if image else k
    table.setflags(write=False)
    return table


def mirror_relations(
    relations: np.ndarray, mirror: Mirror = Mirror.LEFT_RIGHT, words: Words = RPLAN
) -> np.ndarray:
    """(...) uint8 edge tokens of the mirror image, of edge tokens (...).

    The rule that reads relations off boxes gives the same, but where a centre lies exactly on the
    line between two zones (0.8 % of RPLAN's relations); see `mirror_boxes`.
    """
    return mirrored(words, mirror)[relations]


def mirror_boxes(
    boxes: np.ndarray, mirror: Mirror = Mirror.LEFT_RIGHT, size: float = 256
) -> np.ndarray:
    """(..., 4) boxes (x0, y0, x1, y1) of the mirror image on a plan of size x size."""
    low, high = (0, 2) if mirror is Mirror.LEFT_RIGHT else (1, 3)
    mirrored = boxes.copy()
    mirrored[..., low] = size - boxes[..., high]
    mirrored[..., high] = size - boxes[..., low]
    return mirrored
