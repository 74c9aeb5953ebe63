"""Measuring tokens: every number of each seed, its interval, and the columns a sample has."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bd_gen.layouts.asking import Asking
from bd_gen.metrics import Reference
from bd_gen.metrics.compute import compute_metric, measurable, sample_columns
from bd_gen.metrics.intervals import intervals
from bd_gen.metrics.registry import Metric, select_metrics

Progress = Callable[[int, int], None]

INTERVALS_VERSION = 1
"""Raised whenever `metrics.intervals` gives other limits for the same tokens."""


@dataclass(frozen=True)
class Measurement:
    """What some metrics say about the tokens of a method.

    Attributes:
        per_seed: values by seed, as they stand in a result file.
        ci95: 95 % interval of the mean over the seeds, by flat key.
        columns: by metric and name, a value a sample, (total,) arrays: seed after seed.
        versions: version of each metric, by name.
    """

    per_seed: dict[str, dict[str, Any]]
    ci95: dict[str, dict[str, Any]]
    columns: dict[str, dict[str, np.ndarray]]
    versions: dict[str, int]


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
        progress: called with the seeds measured so far and their number.
        asking: which rows of each seed are asked for a layout.

    Raises:
        ValueError: the tokens or the statistics do not fit the metrics.
    """
    metrics = select_metrics(None) if metrics is None else metrics
    # All seeds stay alive: intervals ask again for what their sets have worked out.
    sets = []
    entries: list[dict[str, Any]] = []
    parts: dict[str, list[Mapping[str, np.ndarray]]] = {}
    for done, rows in enumerate(tokens.values(), start=1):
        samples = measurable(rows, statistics.vocabulary, statistics, asking)
        entry: dict[str, Any] = {}
        for metric in metrics:
            entry.update(compute_metric(metric, samples, statistics))
            if metric.per_sample is not None:
                columns = sample_columns(metric, samples, statistics)
                parts.setdefault(metric.name, []).append(columns)
        sets.append(samples)
        entries.append(entry)
        if progress is not None:
            progress(done, len(tokens))
    return Measurement(
        per_seed={str(seed): entry for seed, entry in zip(tokens, entries, strict=True)},
        ci95={
            key: dict(found) for key, found in intervals(entries, sets, statistics, metrics).items()
        },
        columns={name: _joined(part) for name, part in parts.items()},
        versions={metric.name: metric.version for metric in metrics},
    )


def _joined(parts: Sequence[Mapping[str, np.ndarray]]) -> dict[str, np.ndarray]:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
