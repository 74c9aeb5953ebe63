"""What one metric says of a set of samples, and the mean and spread of numbers over seeds."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

import numpy as np

from bd_gen.diagrams.diagram_set import DiagramSet
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.layouts.realizable import Asking
from bd_gen.metrics.keys import Fitted, not_computed
from bd_gen.metrics.plan_set import PlanSet
from bd_gen.metrics.reference import Reference
from bd_gen.metrics.registry import Metric
from bd_gen.metrics.resampling import Weights
from bd_gen.metrics.samples import AskedDiagrams
from bd_gen.system.errors import InputError

Columns = Mapping[str, np.ndarray]

Measured = DiagramSet | PlanSet
"""A set that metrics measure: samples, or plans with a layout."""


class Statistics(Protocol):
    """What metrics are measured against: a `Reference`, or a `PlanReference`."""

    def statistics(self, metric: Metric) -> Fitted:
        """What the metric's `fit` returned; empty for a metric without one."""


def measurable(
    tokens: np.ndarray,
    vocabulary: Vocabulary,
    reference: Reference,
    asking: Asking | None = None,
) -> DiagramSet:
    """Samples (N, length) whose features all metrics share.

    See `AskedDiagrams` for `asking`.

    Raises:
        ValueError: there are no samples, they are no table of integers of the right width, or
            `reference` has another n_max.
    """
    if len(tokens) == 0:
        raise ValueError("there are no samples to measure")
    if reference.vocabulary.words.hash != vocabulary.words.hash:
        raise ValueError(
            f"samples in the words of {vocabulary.words.name} cannot be measured against a "
            f"reference in those of {reference.vocabulary.words.name}"
        )
    if reference.vocabulary.n_max != vocabulary.n_max:
        raise ValueError(
            f"samples of n_max {vocabulary.n_max} cannot be measured against a reference "
            f"of n_max {reference.vocabulary.n_max}"
        )
    return AskedDiagrams(tokens, vocabulary, asking)


def sample_columns(metric: Metric, samples: Measured, reference: Statistics) -> Columns:
    """The metric's columns of the per-sample table, (N,) each; none if it has no `per_sample`, or
    if the words lack what it needs.

    Raises:
        ValueError: `reference` was not fitted to the metric, a column has another length, or one
            that a key names is missing.
    """
    if metric.per_sample is None or metric.lacks(samples.words):
        return {}
    if metric.fit is None:
        columns = metric.per_sample(samples)
    else:
        columns = metric.per_sample(samples, reference.statistics(metric))
    missing = {key.column for key in metric.keys if key.column} - set(columns)
    if missing:
        raise ValueError(f"metric {metric.name!r} lacks the columns {', '.join(sorted(missing))}")
    for name, column in columns.items():
        if column.shape != (len(samples),):
            raise ValueError(f"metric {metric.name!r}: column {name!r} has shape {column.shape}")
    return columns


def resampled(
    metric: Metric, samples: Measured, reference: Statistics, weights: Weights
) -> Columns:
    """The metric's values under (B, N) integer weights, (B,) for each key that it can resample.

    Raises:
        ValueError: `reference` was not fitted to the metric.
    """
    if metric.resample is None or metric.lacks(samples.words):
        return {}
    if metric.fit is None:
        return metric.resample(samples, weights)
    return metric.resample(samples, reference.statistics(metric), weights)


def compute_metric(metric: Metric, samples: Measured, reference: Statistics) -> Mapping[str, Any]:
    """The values of one metric; a `NotComputed` where these samples give none.

    Raises:
        ValueError: the metric returned other keys than it declares, has nothing to compute, or
            `reference` was not fitted to it.
    """
    if metric.compute is None:
        raise ValueError(f"metric {metric.name!r} is only carried along")
    reason = metric.lacks(samples.words)
    if reason:
        return not_computed((key.name for key in metric.keys), reason)
    if metric.fit is None:
        values = metric.compute(samples)
    else:
        values = metric.compute(samples, reference.statistics(metric))
    declared = {key.name for key in metric.keys}
    if set(values) != declared:
        odd = ", ".join(sorted(set(values) ^ declared))
        raise ValueError(f"metric {metric.name!r} does not return what it declares: {odd}")
    return values


def flattened(entry: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, float]]:
    """Keys and numbers of a per-seed entry; keys of nested dicts are joined with "/"."""
    for key, value in entry.items():
        if isinstance(value, Mapping):
            yield from flattened(value, f"{above}{key}/")
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield f"{above}{key}", float(value)


def aggregate(
    per_seed: Mapping[Any, Mapping[str, Any]] | Iterable[Mapping[str, Any]],
) -> dict[str, dict[str, float]]:
    """Mean and population standard deviation (ddof 0) of each key over the seeds.

    Args:
        per_seed: entries as `measure` has them, by seed or in a row. A key that
            only some of them have (a number of rooms that one seed did not draw) is averaged
            over those.

    Returns:
        `{key: {"mean": ..., "std": ...}}`, keys flattened with "/" and in alphabetical order.

    Raises:
        InputError: there is no entry.
    """
    entries = list(per_seed.values() if isinstance(per_seed, Mapping) else per_seed)
    if not entries:
        raise InputError("per_seed: expected the numbers of at least one seed, got none")
    collected: dict[str, list[float]] = {}
    for entry in entries:
        for key, value in flattened(entry):
            collected.setdefault(key, []).append(value)
    with np.errstate(over="ignore", invalid="ignore"):  # numbers of a file may be anything
        return {
            key: {"mean": float(np.mean(values)), "std": float(np.std(values))}
            for key, values in sorted(collected.items())
        }
