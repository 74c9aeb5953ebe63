"""What becomes of relations when a plan is mirrored left to right.

Centre lines that lie exactly on a side of the other box are the only exception: the rule of
`relations` gives those to one of two zones, and not to the mirrored one.
"""

import numpy as np

from bd_gen.diagrams.vocabulary import EDGE_VOCABULARY_SIZE, RELATIONS


def _mirrored_name(name: str) -> str:
    if name.startswith("left-"):
        return name.replace("left-", "right-")
    return name.replace("right-", "left-")


MIRRORED: np.ndarray = np.arange(EDGE_VOCABULARY_SIZE, dtype=np.uint8)
"""(13,) uint8: the edge token that stands in the mirror image for each; no-edge, MASK, PAD stay."""
MIRRORED[: len(RELATIONS)] = [RELATIONS.index(_mirrored_name(name)) for name in RELATIONS]
MIRRORED.setflags(write=False)


def mirror_relations(relations: np.ndarray) -> np.ndarray:
    """Edge tokens (...) of the mirror image: left and right change places, all else stays.

    Mirroring twice gives back what was there.

    Args:
        relations: edge tokens 0..12 of any shape.

    Returns:
        uint8 of the same shape.
    """
    return MIRRORED[relations]
