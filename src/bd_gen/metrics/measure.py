"""Measuring tokens: every number of each seed, its interval, and the columns a sample has."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bd_gen.diagrams.diagram_set import DiagramSet
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.layouts.realizable import Asking
from bd_gen.metrics.compute import (
    Measured,
    Statistics,
    compute_metric,
    measurable,
    resampled,
    sample_columns,
)
from bd_gen.metrics.intervals import intervals
from bd_gen.metrics.keys import NotComputed
from bd_gen.metrics.parts import release
from bd_gen.metrics.reference import Reference
from bd_gen.metrics.registry import Metric, select_metrics
from bd_gen.metrics.resampling import MOST_SINGLE, NUM_REPLICATES, Weights, bootstrap_weights
from bd_gen.system.progress import Progress

_SINGLE, _BLOCKS = 1, 2  # how the bootstrap draws: samples, or blocks of them


def intervals_version(num_samples: int) -> int:
    """Raised whenever `intervals` gives other limits for so many samples a seed."""
    return _SINGLE if num_samples <= MOST_SINGLE else _BLOCKS


@dataclass(frozen=True)
class Measurement:
    """What some metrics say about the tokens of a method.

    Attributes:
        per_seed: values by seed, as they stand in a result file.
        ci95: 95 % interval of the mean over the seeds, by flat key.
        columns: by metric and name, a value a sample, (total,) arrays: seed after seed.
        versions: version of each metric, by name.
        not_computed: why a key has no value, by key.
    """

    per_seed: dict[str, dict[str, Any]]
    ci95: dict[str, dict[str, Any]]
    columns: dict[str, dict[str, np.ndarray]]
    versions: dict[str, int]
    not_computed: dict[str, str] = field(default_factory=dict)


def measure(
    tokens: Mapping[int, np.ndarray],
    statistics: Reference,
    metrics: Sequence[Metric] | None = None,
    progress: Progress | None = None,
    asking: Asking | None = None,
) -> Measurement:
    """Values, intervals and columns of some metrics.

    Args:
        tokens: (N, length) rows by seed; at least one seed.
        statistics: of the training diagrams.
        metrics: what to compute; all by default.
        progress: called with the samples measured so far and their number, after every metric:
            half of the metrics of 1,000 samples are 500.
        asking: which rows of each seed are asked for a layout.

    Raises:
        ValueError: the tokens or the statistics do not fit the metrics.
    """
    metrics = select_metrics(None) if metrics is None else metrics
    sizes = {seed: len(rows) for seed, rows in tokens.items()}
    # One seed after the other: what is worked out for one is let go of before the next.
    sets = (measurable(rows, statistics.vocabulary, statistics, asking) for rows in tokens.values())
    return measure_sets(sizes, sets, statistics, metrics, progress)


def measure_sets(
    sizes: Mapping[int, int],
    sets: Iterable[Measured],
    statistics: Statistics,
    metrics: Sequence[Metric],
    progress: Progress | None = None,
) -> Measurement:
    """Values, intervals and columns of some metrics of sets of samples or of plans.

    Args:
        sizes: how many samples or plans each seed has; at least one seed.
        sets: these, in the order of the seeds.
        statistics: of what they are measured against.
        metrics: what to compute.
        progress: as for `measure`.

    Raises:
        ValueError: the statistics do not fit the metrics.
    """
    total = sum(sizes.values())
    seeds: list[SeedMeasurement] = []
    before = 0
    for samples in sets:
        seed = SeedMeasurement()
        weights = bootstrap_weights(len(seeds), len(samples), NUM_REPLICATES)
        for done, metric in enumerate(metrics, start=1):
            seed.add(metric, samples, statistics, weights)
            if progress is not None:
                progress(before + len(samples) * done // len(metrics), total)
        before += len(samples)
        seeds.append(seed)
    entries = [seed.values for seed in seeds]
    replicates = [seed.replicates for seed in seeds]
    found = intervals(entries, replicates, list(sizes.values()), metrics)
    return Measurement(
        per_seed={str(seed): entry for seed, entry in zip(sizes, entries, strict=True)},
        ci95={key: dict(interval) for key, interval in found.items()},
        columns={
            name: _joined([seed.columns[name] for seed in seeds]) for name in seeds[0].columns
        },
        versions={metric.name: metric.version for metric in metrics},
        not_computed=_reasons(seeds),
    )


@dataclass(frozen=True)
class SeedMeasurement:
    """What some metrics say about one seed: a set of samples.

    Attributes:
        values: by key, as they stand in a result file.
        reasons: why a key has no value, by key.
        columns: by metric and name, (N,) a value a sample.
        replicates: by key, (B,) values under bootstrap weights.
    """

    values: dict[str, Any] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    columns: dict[str, Mapping[str, np.ndarray]] = field(default_factory=dict)
    replicates: dict[str, np.ndarray] = field(default_factory=dict)

    def add(
        self,
        metric: Metric,
        samples: Measured,
        statistics: Statistics,
        weights: Weights | None = None,
    ) -> None:
        """Let a metric say everything it can, one thing after the other: they share features.

        Without weights it gives its values alone, neither columns nor replicates.
        """
        for key, value in compute_metric(metric, samples, statistics).items():
            if isinstance(value, NotComputed):
                self.reasons[key] = value.reason
            else:
                self.values[key] = value
        if weights is not None:
            if metric.per_sample is not None:
                self.columns[metric.name] = sample_columns(metric, samples, statistics)
            self.replicates.update(resampled(metric, samples, statistics, weights))
        if isinstance(samples, DiagramSet):
            release(samples)


def measure_values(
    samples: Measured, statistics: Statistics, metrics: Sequence[Metric] | None = None
) -> SeedMeasurement:
    """Values of one seed, or of plans, without intervals and columns.

    Args:
        samples: what is measured.
        statistics: of what it is measured against.
        metrics: all of those of samples by default.
    """
    seed = SeedMeasurement()
    for metric in select_metrics(None) if metrics is None else metrics:
        seed.add(metric, samples, statistics)
    return seed


def compute_metrics(
    tokens: np.ndarray,
    vocabulary: Vocabulary,
    reference: Reference,
    names: Sequence[str] | None = None,
) -> dict[str, Any]:
    """The numbers of one seed, as they stand under `per_seed` in a result file.

    Args:
        tokens: (N, length) samples; MASK and illegal tokens are allowed and measured as such.
        vocabulary: layout of the rows.
        reference: statistics of the training diagrams.
        names: metrics or keys to compute; all by default.

    Returns:
        a float for each key, and nested dicts of floats for the keys "..._by_num_rooms"; keys
        of which nothing could be computed are missing.

    Raises:
        ValueError: there are no samples, they are no table of integers of the right width, or
            `reference` has another n_max or lacks a metric.
        InputError: one of `names` is unknown.
    """
    samples = measurable(tokens, vocabulary, reference)
    return measure_values(samples, reference, select_metrics(names)).values


def _reasons(seeds: Sequence[SeedMeasurement]) -> dict[str, str]:
    """Why keys have no value in some seeds, and in how many if not in all."""
    found: dict[str, str] = {}
    for key, reason in {k: r for seed in seeds for k, r in seed.reasons.items()}.items():
        count = sum(key in seed.reasons for seed in seeds)
        found[key] = reason if count == len(seeds) else f"{reason} in {count} of {len(seeds)} seeds"
    return found


def _joined(parts: Sequence[Mapping[str, np.ndarray]]) -> dict[str, np.ndarray]:
    if len(parts) == 1:
        return dict(parts[0])
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
