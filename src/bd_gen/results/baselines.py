"""Samples without a model that methods are measured by: held-out plans, and two baselines.

What the metrics say of real plans is the score that the best possible generator can be expected to
reach; what they say of the baselines tells what they can see.
"""

from collections.abc import Sequence

import numpy as np

from bd_gen.data.dataset import Dataset
from bd_gen.diagrams.diagram_set import row_keys
from bd_gen.diagrams.tokens import tokens_from_parts
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.metrics import DiagramSet
from bd_gen.system.errors import InputError


def memorised(train: np.ndarray, num_samples: int, rng: np.random.Generator) -> np.ndarray:
    """A memoriser's samples: training rows drawn with replacement.

    Nothing generated can be closer to the training split. Only what asks whether a diagram is
    new tells it from a perfect generator.

    Args:
        train: (N, length) training rows.
        num_samples: rows to draw.
        rng: where the draws come from.

    Returns:
        (num_samples, length) uint8.
    """
    return train[rng.integers(len(train), size=num_samples)]


def from_marginals(
    train: np.ndarray, vocabulary: Vocabulary, num_samples: int, rng: np.random.Generator
) -> np.ndarray:
    """Samples in which nothing depends on anything else.

    The number of rooms, the type of each room, and for each pair of rooms its relation or that
    it has none are drawn independently, each with its frequency in training: over all plans, all
    rooms, and all pairs of rooms. So rooms, types, relations and edges are as frequent as in
    training, and only what asks how they belong together tells the samples from real plans.

    Args:
        train: (N, length) training rows.
        vocabulary: their layout.
        num_samples: rows to draw.
        rng: where the draws come from.

    Returns:
        (num_samples, length) uint8.
    """
    plans = DiagramSet(train, vocabulary)
    rooms = plans.room_types[plans.is_real[:, : vocabulary.n_max]]
    pairs = plans.relations[plans.is_real[:, vocabulary.n_max :]]
    num_rooms = _drawn(plans.num_rooms, vocabulary.n_max, (num_samples,), rng)
    room_types = _drawn(rooms, vocabulary.num_room_types, (num_samples, vocabulary.n_max), rng)
    relations = _drawn(pairs, vocabulary.no_edge, (num_samples, vocabulary.num_edges), rng)
    return tokens_from_parts(room_types, relations, num_rooms, vocabulary)


def _drawn(
    values: np.ndarray, largest: int, shape: tuple[int, ...], rng: np.random.Generator
) -> np.ndarray:
    """Values as frequent as among `values` (0..largest); `largest` where there are none."""
    counts = np.bincount(values, minlength=largest + 1)
    if not counts.sum():
        return np.full(shape, largest)
    # Whole numbers decide, so that the draws are the same on every machine.
    places = rng.integers(counts.sum(), size=shape)
    return np.searchsorted(np.cumsum(counts), places, side="right")


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
