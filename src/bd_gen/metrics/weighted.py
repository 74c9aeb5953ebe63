"""Quantiles and distances of numbers that count more than once, for many weights at a time."""

from collections.abc import Sequence

import numpy as np


def weighted_quantiles(
    values: np.ndarray, weights: np.ndarray, levels: Sequence[float]
) -> tuple[np.ndarray, ...]:
    """Quantiles of a sample in which each value counts as often as its weight says.

    The definition is numpy's usual one, for the sample written out: linear between the order
    statistics.

    Args:
        values: (M,) numbers.
        weights: (B, M) whole numbers of at least 0.
        levels: between 0 and 1.

    Returns:
        for each level (B,) quantiles; NaN where all weights are 0.
    """
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    last = np.cumsum(weights[:, order], axis=1)  # rank behind the last copy of each value
    total = last[:, -1]
    found = []
    for level in levels:
        place = level * (total - 1)
        low, high = np.floor(place), np.ceil(place)
        ends = [_at(ordered, last, rank) for rank in (low, high)]
        quantile = ends[0] + (place - low) * (ends[1] - ends[0])
        found.append(np.where(total > 0, quantile, np.nan))
    return tuple(found)


def _at(ordered: np.ndarray, last: np.ndarray, rank: np.ndarray) -> np.ndarray:
    # (B,) the value with so many before it
    index = (last <= rank[:, None]).sum(axis=1)
    return np.asarray(ordered[np.minimum(index, len(ordered) - 1)])


def weighted_w1(values: np.ndarray, weights: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Wasserstein-1 distance of weighted numbers from others: ∫ |F − G|.

    Args:
        values: (M,) numbers.
        weights: (B, M) of at least 0.
        reference: (R,) numbers that count once each.

    Returns:
        (B,) distances; 0 where all weights are 0.
    """
    grid = np.concatenate([values, reference])
    order = np.argsort(grid, kind="stable")
    ordered = grid[order]
    place = np.empty(len(grid), int)
    place[order] = np.arange(len(grid))
    steps = np.zeros((len(weights), len(grid)))
    steps[:, place[: len(values)]] = weights
    total = steps.sum(axis=1)
    ours = np.cumsum(steps, axis=1) / np.maximum(total, 1)[:, None]
    theirs = np.cumsum(order >= len(values)) / max(len(reference), 1)
    apart = np.abs(ours - theirs)[:, :-1] @ np.diff(ordered)
    return np.asarray(np.where(total > 0, apart, 0.0))
