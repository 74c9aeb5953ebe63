"""Diagrams with left and right, or up and down, exchanged.

RPLAN's plans are nearly as often one way round as the other from left to right: the divergence of
(type, type, relation) from its mirror image is 2.2 times that of two halves of the data. Up and
down are not alike (242 times). `bd-gen data symmetry` tells of any data.
"""

from enum import Enum

import numpy as np

from bd_gen.diagrams.vocabulary import EDGE_VOCABULARY_SIZE, RELATIONS


class Mirror(Enum):
    """What is exchanged: pairs of words in the names of relations."""

    LEFT_RIGHT = ("left", "right")
    UP_DOWN = ("above", "below")


def _table(mirror: Mirror) -> np.ndarray:
    one, other = mirror.value
    turned = {one: other, other: one}
    table = np.arange(EDGE_VOCABULARY_SIZE, dtype=np.uint8)
    for k, name in enumerate(RELATIONS):
        image = "-".join(turned.get(word, word) for word in name.split("-"))
        table[k] = RELATIONS.index(image)
    table.setflags(write=False)
    return table


MIRRORED = {mirror: _table(mirror) for mirror in Mirror}
"""(13,) the edge token that takes the place of each; no-edge, MASK and PAD stay."""


def mirror_relations(relations: np.ndarray, mirror: Mirror = Mirror.LEFT_RIGHT) -> np.ndarray:
    """(...) uint8 edge tokens of the mirror image, of edge tokens (...).

    The rule that reads relations off boxes gives the same, but where a centre lies exactly on the
    line between two zones (0.8 % of RPLAN's relations); see `mirror_boxes`.
    """
    return MIRRORED[mirror][relations]


def mirror_boxes(
    boxes: np.ndarray, mirror: Mirror = Mirror.LEFT_RIGHT, size: float = 256
) -> np.ndarray:
    """(..., 4) boxes (x0, y0, x1, y1) of the mirror image on a plan of size x size."""
    low, high = (0, 2) if mirror is Mirror.LEFT_RIGHT else (1, 3)
    mirrored = boxes.copy()
    mirrored[..., low] = size - boxes[..., high]
    mirrored[..., high] = size - boxes[..., low]
    return mirrored
