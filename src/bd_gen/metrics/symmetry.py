"""Whether plans are as often one way round as the other.

Half of the plans is set against the other half, once as it is and once mirrored, for several random
halves: the divergence between halves tells what chance alone makes.
"""

from dataclasses import dataclass

import numpy as np

from bd_gen.diagrams.diagram_set import DiagramSet
from bd_gen.metrics.histograms import js, normalised
from bd_gen.metrics.measures.conditional import num_pair_bins, typed_pairs

_ALIKE, _NEARLY = 1.5, 5.0
"""Up to how many times the divergence of two halves an image is called alike, or nearly alike."""


@dataclass(frozen=True)
class Symmetry:
    """Divergences (R,) of R random halves, in nats.

    Attributes:
        halves: JS of (type, type, relation) between two halves.
        image: the same with one of the two mirrored.
    """

    halves: np.ndarray
    image: np.ndarray

    @property
    def ratio(self) -> float:
        """How many times larger the mean divergence is with one half mirrored."""
        return float(self.image.mean() / max(float(self.halves.mean()), 1e-12))

    @property
    def verdict(self) -> str:
        """`alike`: no more than chance; `nearly alike`: a little more; `not alike`."""
        if self.ratio < _ALIKE:
            return "alike"
        return "nearly alike" if self.ratio < _NEARLY else "not alike"


def symmetry(plans: DiagramSet, images: DiagramSet, repeats: int = 10, seed: int = 0) -> Symmetry:
    """Compare plans with their images under a mirror.

    Args:
        plans: N diagrams.
        images: the mirrored ones, row by row.
        repeats: number R of random halves.
        seed: of the halves.

    Raises:
        ValueError: fewer than two diagrams, or not as many images.
    """
    count = len(plans.num_rooms)
    if count < 2 or len(images.num_rooms) != count:
        raise ValueError("symmetry needs at least two diagrams and an image of each")
    random = np.random.default_rng(seed)
    plain, mirrored = typed_pairs(plans), typed_pairs(images)
    num_bins = num_pair_bins(plans.vocabulary)
    halves, image = np.empty(repeats), np.empty(repeats)
    for k in range(repeats):
        is_first = np.zeros(count, bool)
        is_first[random.permutation(count)[: count // 2]] = True
        second = _counts(plain, ~is_first, num_bins)
        halves[k] = js(_counts(plain, is_first, num_bins), second)
        image[k] = js(_counts(mirrored, is_first, num_bins), second)
    return Symmetry(halves, image)


def _counts(pairs: tuple[np.ndarray, np.ndarray], chosen: np.ndarray, num_bins: int) -> np.ndarray:
    diagram, bins = pairs
    return normalised(np.bincount(bins[chosen[diagram]], minlength=num_bins).astype(np.float64))
