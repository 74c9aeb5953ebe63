"""Is one method better than another? Differences of all keys, with intervals and p-values.

Two methods with the same seeds and as many samples are compared in pairs: sample k of seed s of
one has the number of rooms and the random numbers of sample k of seed s of the other, so much of
their noise is common and drops out of the difference.

p-values of shares are those of the exact sign test on samples that one method passes and the
other fails (McNemar). p-values of bootstrapped keys are those of a normal distribution with the
standard error of the replicates: the share of replicates on the far side of 0 cannot be below
1 / 400, and after the correction for fifty keys nothing could be significant.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from bd_gen.diagrams.diagram_set import DiagramSet
from bd_gen.metrics.compute import resampled, sample_columns
from bd_gen.metrics.intervals import scalar_keys, seed_values
from bd_gen.metrics.keys import MetricKey
from bd_gen.metrics.parts import release
from bd_gen.metrics.reference import Reference
from bd_gen.metrics.registry import Metric, select_metrics
from bd_gen.metrics.resampling import NUM_REPLICATES, bootstrap_weights, over_seeds, standard_error
from bd_gen.metrics.samples import is_asked, passes
from bd_gen.metrics.significance import (
    LEVEL,
    difference_of_paired_shares,
    difference_of_shares,
    holm,
    normal_p,
    normal_quantile,
    sign_test_p,
    student_p,
    student_quantile,
)

Source = Literal["paired rates", "rates", "bootstrap", "seeds", "equal"]

_ROUNDING = 1e-12  # differences up to this are none


@dataclass(frozen=True)
class Difference:
    """One key of two methods.

    Attributes:
        key: which number.
        a: mean over the seeds of the first method.
        b: mean over the seeds of the second.
        difference: a − b.
        low: lower end of the interval of the difference.
        high: upper end.
        se: standard error of the difference.
        p: two-sided p-value of there being none.
        p_adjusted: p after Holm's correction for all keys that were compared.
        source: "paired rates" (shares of the same samples), "rates" (shares of other samples),
            "bootstrap", "seeds" (Student's t over the differences of the seeds), or "equal":
            nothing differs between the two, so nothing is tested. The interval of equal shares
            still has a width, because samples that differ might have been missed.
    """

    key: str
    a: float
    b: float
    difference: float
    low: float
    high: float
    se: float
    p: float
    p_adjusted: float
    source: Source


def paired_differences(
    a_sets: Sequence[DiagramSet],
    b_sets: Sequence[DiagramSet],
    a_values: Sequence[Mapping[str, Any]],
    b_values: Sequence[Mapping[str, Any]],
    reference: Reference,
    metrics: Sequence[Metric] | None = None,
    *,
    keys: Sequence[str] | None = None,
    level: float = LEVEL,
    num_replicates: int = NUM_REPLICATES,
) -> list[Difference]:
    """Differences of two methods, key by key.

    Args:
        a_sets: the samples of the first method's seeds.
        b_sets: those of the second's, the same seeds in the same order. Seeds with other numbers
            of samples than the first's are compared unpaired, and so are shares of which other
            samples were looked at.
        a_values: an entry of numbers for each seed of the first, as `compute_metrics` gives them.
        b_values: the same for the second.
        reference: what both are measured against.
        metrics: whose keys are compared; all by default.
        keys: which of their scalar keys; all by default. p-values are corrected for their number
            without those that are "equal".
        level: of the intervals.
        num_replicates: of the bootstrap.

    Returns:
        the differences in the order of the metrics. Keys that a seed of either method lacks are
        left out, and so are those that have only the spread of the seeds if there is one seed.

    Raises:
        ValueError: the two have not the same number of seeds, or `reference` lacks a metric.
    """
    if not len(a_sets) == len(b_sets) == len(a_values) == len(b_values):
        raise ValueError("two methods are compared on the same seeds")
    metrics = select_metrics(None) if metrics is None else metrics
    found: list[Difference] = []
    for metric in metrics:
        wanted = [key for key in scalar_keys([metric]) if keys is None or key.name in keys]
        if not wanted:
            continue
        pair = _Pair(metric, a_sets, b_sets, reference, num_replicates, level)
        for key in wanted:
            a, b = seed_values(a_values, key.name), seed_values(b_values, key.name)
            if a is None or b is None or not len(a):
                continue
            one = pair.difference(key, a, b)
            if one is not None:
                found.append(one)
    return _corrected(found)


def _corrected(found: list[Difference]) -> list[Difference]:
    tested = [k for k, one in enumerate(found) if one.source != "equal"]
    for k, p in zip(tested, holm([found[k].p for k in tested]), strict=True):
        found[k] = replace(found[k], p_adjusted=p)
    return found


class _Pair:
    """The samples of two methods, seen by one metric."""

    def __init__(
        self,
        metric: Metric,
        a_sets: Sequence[DiagramSet],
        b_sets: Sequence[DiagramSet],
        reference: Reference,
        num_replicates: int,
        level: float,
    ) -> None:
        self.level = level
        self.is_paired = [len(a) for a in a_sets] == [len(b) for b in b_sets]
        has_columns = any(key.column for key in metric.keys)
        self._columns: list[list[Mapping[str, np.ndarray]]] = [[], []]
        self._replicates: list[list[Mapping[str, np.ndarray]]] = [[], []]
        for side, sets in enumerate((a_sets, b_sets)):
            for position, samples in enumerate(sets):
                if has_columns:
                    columns = sample_columns(metric, samples, reference)
                    self._columns[side].append(columns)
                weights = bootstrap_weights(position, len(samples), num_replicates)
                self._replicates[side].append(resampled(metric, samples, reference, weights))
                release(samples)

    def difference(self, key: MetricKey, a: np.ndarray, b: np.ndarray) -> Difference | None:
        """The difference of the seeds' values a and b (S,); None if there is no saying."""
        if key.column:
            a_column, b_column = (
                np.concatenate([of_seed[key.column] for of_seed in side]) for side in self._columns
            )
            a_asked, b_asked = is_asked(a_column), is_asked(b_column)
            is_paired = self.is_paired and np.array_equal(a_asked, b_asked)
            a_passes = passes(key, a_column[a_asked])
            b_passes = passes(key, b_column[b_asked])
            return _of_shares(key.name, a_passes, b_passes, is_paired, self.level)
        if all(key.name in of_seed for side in self._replicates for of_seed in side):
            sides = [
                over_seeds(np.stack([of_seed[key.name] for of_seed in side]))
                for side in self._replicates
            ]
            se = standard_error(sides[0] - sides[1])
            return _from_error(key.name, a.mean(), b.mean(), se, self.level, "bootstrap", None)
        if len(a) > 1:
            se = float((a - b).std(ddof=1)) / math.sqrt(len(a))
            return _from_error(key.name, a.mean(), b.mean(), se, self.level, "seeds", len(a))
        return None


def _from_error(
    key: str, a: float, b: float, se: float, level: float, source: Source, num_seeds: int | None
) -> Difference:
    # normal, or Student's t over so many seeds
    a, b, difference = float(a), float(b), float(a - b)
    if abs(difference) <= _ROUNDING and se <= _ROUNDING:
        return Difference(key, a, b, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, "equal")
    se = se if se > _ROUNDING else 0.0
    errors = abs(difference) / se if se else math.inf
    if num_seeds is None:
        half, p = normal_quantile(level) * se, normal_p(errors)
    else:
        half, p = student_quantile(level, num_seeds) * se, student_p(errors, num_seeds)
    return Difference(key, a, b, difference, difference - half, difference + half, se, p, p, source)


def _of_shares(key: str, a: np.ndarray, b: np.ndarray, is_paired: bool, level: float) -> Difference:
    # shares of samples that pass, (M,) and (L,) bool
    source: Source = "rates"
    if is_paired:
        # Only samples that one method passes and the other fails tell the two apart.
        only_a, only_b = int((a & ~b).sum()), int((b & ~a).sum())
        middle, se = difference_of_paired_shares(only_a, only_b, len(a))
        p = sign_test_p(only_a, only_b)
        source = "paired rates" if only_a + only_b else "equal"
    else:
        middle, se = difference_of_shares(int(a.sum()), len(a), int(b.sum()), len(b))
        p = normal_p(abs(middle) / se)
    half = normal_quantile(level) * se
    low, high = max(middle - half, -1.0), min(middle + half, 1.0)
    mean_a, mean_b = float(a.mean()), float(b.mean())
    return Difference(key, mean_a, mean_b, mean_a - mean_b, low, high, se, p, p, source)
