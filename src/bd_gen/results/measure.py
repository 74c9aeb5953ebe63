"""Measuring tokens: every number of each seed, its interval, and the columns a sample has."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bd_gen.diagrams.diagram_set import DiagramSet
from bd_gen.layouts.realizable import Asking
from bd_gen.metrics import Reference
from bd_gen.metrics.compute import compute_metric, computed, measurable, resampled, sample_columns
from bd_gen.metrics.intervals import intervals_of
from bd_gen.metrics.parts import release
from bd_gen.metrics.registry import Metric, NotComputed, select_metrics
from bd_gen.metrics.resampling import MOST_SINGLE, NUM_REPLICATES, Weights, bootstrap_weights

Progress = Callable[[int, int], None]

_SINGLE, _BLOCKS = 1, 2  # how the bootstrap draws: samples, or blocks of them


def intervals_version(num_samples: int) -> int:
    """Raised whenever `metrics.intervals` gives other limits for so many samples a seed."""
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
    total = sum(map(len, tokens.values()))
    seeds: list[_Seed] = []
    before = 0
    for rows in tokens.values():
        samples = measurable(rows, statistics.vocabulary, statistics, asking)
        seed = _Seed({}, {}, {})
        weights = bootstrap_weights(len(seeds), len(samples), NUM_REPLICATES)
        for done, metric in enumerate(metrics, start=1):
            seed.add(metric, samples, statistics, weights)
            if progress is not None:
                progress(before + len(samples) * done // len(metrics), total)
        before += len(samples)
        seeds.append(seed)
    entries = [seed.values for seed in seeds]
    sizes = [len(rows) for rows in tokens.values()]
    found = intervals_of(entries, [seed.replicates for seed in seeds], sizes, metrics)
    return Measurement(
        per_seed={str(seed): entry for seed, entry in zip(tokens, entries, strict=True)},
        ci95={key: dict(interval) for key, interval in found.items()},
        columns={
            name: _joined([seed.columns[name] for seed in seeds]) for name in seeds[0].columns
        },
        versions={metric.name: metric.version for metric in metrics},
        not_computed=_reasons(seeds),
    )


@dataclass(frozen=True)
class _Seed:
    """What is known of one seed: values, reasons and replicates by key, columns by metric, name."""

    values: dict[str, Any]
    columns: dict[str, Mapping[str, np.ndarray]]
    replicates: dict[str, np.ndarray]
    reasons: dict[str, str] = field(default_factory=dict)

    def add(
        self, metric: Metric, samples: DiagramSet, statistics: Reference, weights: Weights
    ) -> None:
        """Let a metric say everything it can, one thing after the other: they share features."""
        values = compute_metric(metric, samples, statistics)
        self.values.update(computed(values))
        self.reasons.update({k: v.reason for k, v in values.items() if isinstance(v, NotComputed)})
        if metric.per_sample is not None:
            self.columns[metric.name] = sample_columns(metric, samples, statistics)
        self.replicates.update(resampled(metric, samples, statistics, weights))
        release(samples)


def _reasons(seeds: Sequence[_Seed]) -> dict[str, str]:
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
