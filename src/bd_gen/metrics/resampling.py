"""Bootstrap weights, and sums under them that are the same to the last bit on any machine.

A bootstrap replicate of N samples is a row of N integer weights: how often each sample counts.
Sums for all B replicates at once are matrix products, whose result in general depends on the
number of threads. Here all terms are integers, or are rounded to fixed point and then are, and
no sum reaches 2^53, so every order of adding gives the same float64.
"""

import math
from collections.abc import Callable

import numpy as np

from bd_gen.diagrams.diagram_set import DiagramSet
from bd_gen.metrics.parts import BlockWeights, blocks_of_samples, parts

Weights = np.ndarray | BlockWeights
"""(B, N) integers, or what stands for them where there are very many samples."""

Things = Callable[[DiagramSet], tuple[np.ndarray, np.ndarray]]
"""Gives (M,) which sample each thing belongs to, ascending, and (M,) the bin it falls into."""

NUM_REPLICATES = 400
"""Bootstrap replicates of each seed."""

MOST_SINGLE = 20_000
"""Of more samples than that, blocks of samples are drawn instead of single ones."""

NUM_BLOCKS = 5000
"""Into how many blocks the samples are put then."""

_TAG_SAMPLES, _TAG_SEEDS = 1, 2  # keep the two families of random streams apart
_CHUNK = 2048  # samples at a time: (chunk, 1001) float64 of pair counts is 16 MB
_EXACT_BITS = 52  # integers below 2^53 are exact in float64; one bit to spare for rounding


def sample_weights(position: int, num_samples: int, num_replicates: int) -> np.ndarray:
    """Weights of a bootstrap over the samples of one seed: (B, N) int64 with row sums N.

    They depend on the arguments alone. So two methods with as many seeds and samples get the
    same weights, and their replicates differ by what the methods differ in.

    Args:
        position: which of the method's seeds it is, 0 for the first.
    """
    random = np.random.default_rng([_TAG_SAMPLES, position, num_samples, num_replicates])
    drawn = random.integers(0, num_samples, (num_replicates, num_samples))
    drawn += np.arange(num_replicates)[:, None] * num_samples
    counts = np.bincount(drawn.ravel(), minlength=num_replicates * num_samples)
    return counts.reshape(num_replicates, num_samples).astype(np.int64)


def bootstrap_weights(position: int, num_samples: int, num_replicates: int) -> Weights:
    """`sample_weights`, or weights of blocks if there are more than `MOST_SINGLE` samples."""
    if num_samples <= MOST_SINGLE:
        return sample_weights(position, num_samples, num_replicates)
    num_blocks = min(NUM_BLOCKS, num_samples)
    block_of = blocks_of_samples(num_samples, num_blocks)
    return BlockWeights(sample_weights(position, num_blocks, num_replicates), block_of)


def over_seeds(replicates: np.ndarray) -> np.ndarray:
    """The second level of the bootstrap: replicates of the mean over the seeds.

    A replicate draws S of the S seeds with replacement and takes the mean of one resampled
    value of each. A seed that is drawn twice gives two different ones.

    Args:
        replicates: (S, B) values of each seed under its `sample_weights`.

    Returns:
        (B,) means. With one seed they are its replicates.
    """
    num_seeds, num_replicates = replicates.shape
    random = np.random.default_rng([_TAG_SEEDS, num_seeds, num_replicates])
    seeds = random.integers(0, num_seeds, (num_replicates, num_seeds))
    # Every place takes its seed's replicates from another start, so no two places of one
    # replicate share a value.
    shift = np.arange(num_seeds) * (num_replicates // num_seeds)
    which = (np.arange(num_replicates)[:, None] + shift) % num_replicates
    return np.sum(replicates[seeds, which], axis=1) / num_seeds


def standard_error(replicates: np.ndarray) -> float:
    """Spread of bootstrap replicates (B,); exactly 0 if they are all the same."""
    return float(replicates.std(ddof=1)) if np.ptp(replicates) > 0 else 0.0


def weighted_histograms(
    weights: np.ndarray, owner: np.ndarray, code: np.ndarray, num_bins: int
) -> np.ndarray:
    """Histograms of things that the samples have, under each row of weights.

    Args:
        weights: (B, N) integers.
        owner: (M,) which sample each thing belongs to, in ascending order.
        code: (M,) the bin that each thing falls into.
        num_bins: number of bins.

    Returns:
        (B, num_bins) float64, exact integers.
    """
    total = np.zeros((len(weights), num_bins))
    for start in range(0, weights.shape[1], _CHUNK):
        part = weights[:, start : start + _CHUNK].astype(np.float64)
        first, last = np.searchsorted(owner, [start, start + part.shape[1]])
        cell = (owner[first:last] - start) * num_bins + code[first:last]
        counts = np.bincount(cell, minlength=part.shape[1] * num_bins)
        total += part @ counts.reshape(part.shape[1], num_bins).astype(np.float64)
    return total


def weighted_counts(
    weights: Weights, samples: DiagramSet, things: Things, num_bins: int
) -> np.ndarray:
    """`weighted_histograms` of what `things` finds in a set of any size, a part at a time.

    Returns:
        (B, num_bins) float64, exact integers.
    """
    if isinstance(weights, BlockWeights):
        counts = np.zeros(weights.num_blocks * num_bins)
        for start, part in parts(samples):
            owner, code = things(part)
            block = weights.block_of[start + owner].astype(np.int64)
            np.add.at(counts, block * num_bins + code, 1)
        table = counts.reshape(weights.num_blocks, num_bins)
        return np.asarray(weights.of_blocks.astype(np.float64) @ table)
    total = np.zeros((len(weights), num_bins))
    for start, part in parts(samples):
        of_part = weights[:, start : start + len(part)]
        total += weighted_histograms(of_part, *things(part), num_bins)
    return total


def grouped_weights(weights: Weights, group: np.ndarray, num_groups: int) -> np.ndarray:
    """Weight of each group of samples.

    Args:
        weights: (B, N) integers.
        group: (N,) the group of each sample, -1 for none.
        num_groups: number of groups.

    Returns:
        (B, num_groups) float64, exact integers.
    """
    if isinstance(weights, BlockWeights):
        return weights.of_groups(group, num_groups)
    total = np.zeros((len(weights), num_groups))
    order = np.argsort(group, kind="stable")
    order = order[np.searchsorted(group[order], 0) :]
    if len(order):
        groups, starts = np.unique(group[order], return_index=True)
        total[:, groups] = np.add.reduceat(weights[:, order], starts, axis=1)
    return total


def weighted_sums(weights: Weights, values: np.ndarray) -> np.ndarray:
    """Σ_i weights[b, i] · values[i], the values rounded to fixed point so that sums are exact.

    Args:
        weights: (B, N) integers, none negative, in any number type.
        values: (N,) or (N, K) finite numbers. They are rounded to about 2^-52 of the largest
            one times the largest sum of weights: 1e-13 of it for 1,000 samples.

    Returns:
        (B,) or (B, K) float64.
    """
    if not isinstance(weights, BlockWeights):
        weights = weights.astype(np.float64)
    heaviest = float(weights.sum(axis=1).max(initial=1))
    largest = float(np.abs(values).max(initial=0.0))
    if largest == 0 or heaviest == 0:
        return np.zeros(weights.shape[:1] + values.shape[1:])
    _, exponent = math.frexp(heaviest * largest)  # heaviest · largest < 2^exponent
    fixed = np.rint(np.ldexp(values, _EXACT_BITS - exponent))
    return np.ldexp(weights @ fixed, exponent - _EXACT_BITS)
