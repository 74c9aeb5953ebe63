"""Real held-out diagrams: the score that the best possible generator can be expected to reach."""

from collections.abc import Sequence

import numpy as np

from bd_gen.data.dataset import Dataset
from bd_gen.diagrams.diagram_set import row_keys
from bd_gen.metrics import DiagramSet
from bd_gen.system.errors import InputError

DEFAULT_SEEDS = (42, 123, 456, 789, 1337)
DEFAULT_NUM_SAMPLES = 1000
_SHUFFLE_SEED = 0


def held_out_chunks(
    dataset: Dataset, seeds: Sequence[int], num_samples: int
) -> tuple[dict[int, np.ndarray], int]:
    """Disjoint chunks of the test split, as if a method had drawn them.

    Test rows that are token for token a training row are left out: such a row is no unseen
    diagram. The rest is shuffled (always alike) and cut into one chunk a seed, all of one size:
    `num_samples` rows, or as many as there are for each. The shuffling matters because
    neighbours in a file of plans are often alike: chunks of neighbours score up to four times
    worse than chunks of the same size drawn from all.

    Args:
        dataset: the data whose test split is cut.
        seeds: names of the chunks, so that the column is like those of the methods.
        num_samples: rows of a chunk, if there are as many.

    Returns:
        (rows, length) uint8 by seed, and how many test rows were left out.

    Raises:
        InputError: there are fewer rows than seeds.
    """
    known = frozenset(row_keys(DiagramSet(dataset.train, dataset.vocabulary).identity))
    test = dataset.test
    keys = row_keys(DiagramSet(test, dataset.vocabulary).identity)
    unseen = np.array([key not in known for key in keys], bool)
    rows = test[unseen]
    size = min(num_samples, len(rows) // len(seeds)) if seeds else 0
    if size < 1:
        raise InputError(
            f"{dataset.source}: has {len(rows)} held-out plans that are not in training, too few "
            f"for {len(seeds)} chunks"
        )
    rows = rows[np.random.default_rng(_SHUFFLE_SEED).permutation(len(rows))]
    chunks = {seed: rows[k * size : (k + 1) * size] for k, seed in enumerate(seeds)}
    return chunks, len(test) - int(unseen.sum())
