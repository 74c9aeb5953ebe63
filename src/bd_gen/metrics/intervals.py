"""How sure the numbers of a method are: 95 % intervals from its samples and its seeds.

Three kinds, by what is known of a key:

- "wilson": shares of samples. The samples of all seeds are independent draws, so they are
  counted together; only those that were looked at, where a metric has looked at some of them.
- "bootstrap": everything that a metric can resample. Two levels: samples within each seed, then
  seeds. The percentile interval of a distance near 0 lies above the estimate, because resampling
  adds the sampling noise once more (a JS of 0.001 has replicates around 0.002). Replicates are
  therefore shifted until their mean is the estimate, and what the shift pushes out of the range
  that the number can have is cut off. The interval is for the expected value of the estimate at
  this number of samples, noise floor included, not for its limit with infinitely many.
- "seeds": all others, and all of seeds of one sample each: Student's t over the values of the
  seeds. One seed says nothing.

No interval leaves the range that its key declares.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from bd_gen.metrics.keys import MetricKey, within_range
from bd_gen.metrics.registry import Metric
from bd_gen.metrics.resampling import over_seeds, standard_error
from bd_gen.metrics.significance import LEVEL as LEVEL
from bd_gen.metrics.significance import normal_quantile as normal_quantile
from bd_gen.metrics.significance import student_quantile as student_quantile
from bd_gen.metrics.significance import wilson as wilson

Interval = dict[str, float | str]


def scalar_keys(metrics: Sequence[Metric]) -> list[MetricKey]:
    """The keys that stand for one number."""
    return [key for metric in metrics for key in metric.keys if not key.nested]


def seed_values(per_seed_values: Sequence[Mapping[str, Any]], key: str) -> np.ndarray | None:
    """(S,) values of one key, None if one of the seeds lacks it."""
    values = [entry.get(key) for entry in per_seed_values]
    return None if None in values else np.array(values, np.float64)


def intervals(
    per_seed_values: Sequence[Mapping[str, Any]],
    per_seed_replicates: Sequence[Mapping[str, np.ndarray]],
    sizes: Sequence[int],
    metrics: Sequence[Metric],
    level: float = LEVEL,
) -> dict[str, Interval]:
    """Intervals of the means over seeds of all scalar keys of `metrics`.

    For samples that differ in nothing but their randomness the two-level bootstrap is on the
    safe side: the spread of the seeds is the sampling noise once more. See docs/metrics.md for
    how often the intervals cover.

    Args:
        per_seed_values: an entry of numbers for each seed.
        per_seed_replicates: (B,) bootstrap replicates by key for each of the seeds, in their
            order, as far as metrics can resample.
        sizes: number of samples of each seed.
        metrics: whose keys have an interval.
        level: of the intervals.

    Returns:
        `{key: {"low": ..., "high": ..., "se": ..., "from": ...}}` in alphabetical order; "se" is
        a standard error, for "wilson" that of the interval's width. Keys that a seed lacks are
        left out, and so are those of kind "seeds" if there is but one.

    Raises:
        ValueError: there are not as many replicates as values.
    """
    if len(per_seed_replicates) != len(per_seed_values):
        raise ValueError(
            f"{len(per_seed_values)} seeds have values, {len(per_seed_replicates)} samples"
        )
    found: dict[str, Interval] = {}
    for key in scalar_keys(metrics):
        values = seed_values(per_seed_values, key.name)
        if values is None or not len(values):
            continue
        if key.unclipped:
            interval = _of_unclipped(
                values, _flat_values(per_seed_values, key.unclipped), key, level
            )
            if interval is not None:
                found[key.name] = interval
        elif key.column:
            totals = seed_values(per_seed_values, key.total) if key.total else None
            found[key.name] = _of_share(
                values, np.array(sizes) if totals is None else totals, level
            )
        elif max(sizes) > 1 and all(key.name in replicates for replicates in per_seed_replicates):
            replicates = over_seeds(np.stack([each[key.name] for each in per_seed_replicates]))
            found[key.name] = _of_replicates(float(values.mean()), replicates, key, level)
        elif len(values) > 1:
            found[key.name] = _of_seeds(values, key, level)
    return dict(sorted(found.items()))


def _of_share(values: np.ndarray, sizes: np.ndarray, level: float) -> Interval:
    low, high = wilson(int(np.rint(values * sizes).sum()), int(sizes.sum()), level)
    return _interval(low, high, (high - low) / (2 * normal_quantile(level)), "wilson")


def _of_replicates(
    estimate: float, replicates: np.ndarray, key: MetricKey, level: float
) -> Interval:
    shifted = replicates + (estimate - replicates.mean())
    low, high = np.quantile(shifted, [(1 - level) / 2, (1 + level) / 2])
    low, high = within_range(low, high, estimate, key.limits)
    return _interval(low, high, standard_error(replicates), "bootstrap")


def _of_seeds(values: np.ndarray, key: MetricKey, level: float) -> Interval:
    estimate = float(values.mean())
    se = float(values.std(ddof=1)) / math.sqrt(len(values))
    half = student_quantile(level, len(values)) * se
    low, high = within_range(estimate - half, estimate + half, estimate, key.limits)
    return _interval(low, high, se, "seeds")


def _flat_values(per_seed_values: Sequence[Mapping[str, Any]], key: str) -> np.ndarray | None:
    """(S,) values of a key that may stand in a table ("table/row")."""
    table, _, row = key.partition("/")
    entries = [entry.get(table, {}) if row else entry for entry in per_seed_values]
    return seed_values(entries, row or key)


def _of_unclipped(
    values: np.ndarray, bits: np.ndarray | None, key: MetricKey, level: float
) -> Interval | None:
    """The interval of a root of clipped bits, from the bits as they were before.

    Of clipped values many are 0 where there is nothing to see, and their spread, too, would
    be 0: as if it were known for sure.
    """
    if bits is None or len(bits) < 2:
        return None
    se = float(bits.std(ddof=1)) / math.sqrt(len(bits))
    half = student_quantile(level, len(bits)) * se
    ends = np.sqrt(np.clip([bits.mean() - half, bits.mean() + half], 0.0, 1.0))
    low, high = within_range(ends[0], ends[1], float(values.mean()), key.limits)
    return _interval(low, high, (high - low) / (2 * student_quantile(level, len(bits))), "seeds")


def _interval(low: float, high: float, se: float, source: str) -> Interval:
    return {"low": low, "high": high, "se": se, "from": source}
