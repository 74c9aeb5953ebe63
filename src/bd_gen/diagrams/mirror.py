"""Diagrams with left and right exchanged.

RPLAN's plans are as often one way round as the other: the Jensen-Shannon divergence of (type,
type, relation) to its mirror image is that of two halves of the data. So every plan is two for
training. Up and down are not alike.
"""

import numpy as np

from bd_gen.diagrams.vocabulary import EDGE_VOCABULARY_SIZE, RELATIONS


def _exchanged(name: str) -> str:
    sides = {"left": "right", "right": "left"}
    return "-".join(sides.get(word, word) for word in name.split("-"))


MIRRORED = np.arange(EDGE_VOCABULARY_SIZE, dtype=np.uint8)
"""(13,) the edge token that takes the place of each; no-edge, MASK and PAD stay."""
MIRRORED[: len(RELATIONS)] = [RELATIONS.index(_exchanged(name)) for name in RELATIONS]
MIRRORED.setflags(write=False)


def mirror_relations(relations: np.ndarray) -> np.ndarray:
    """(...) uint8 edge tokens of the mirror image, of edge tokens (...).

    The rule that reads relations off boxes gives the same, but where a centre lies exactly on the
    line between two zones (0.8 % of RPLAN's relations); see `mirror_boxes`.
    """
    return MIRRORED[relations]


def mirror_boxes(boxes: np.ndarray, width: float = 256) -> np.ndarray:
    """(..., 4) boxes (x0, y0, x1, y1) on a plan of that width with left and right exchanged."""
    mirrored = boxes.copy()
    mirrored[..., 0] = width - boxes[..., 2]
    mirrored[..., 2] = width - boxes[..., 0]
    return mirrored
