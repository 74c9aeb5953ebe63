"""Graph structure once more: MMDs whose bandwidth is that of the training set alone.

The published MMDs take their bandwidth from samples and reference together, so every method is
measured with a ruler of its own. Here it is fitted once, to the training diagrams.
"""

from typing import Any

import numpy as np

from bd_gen.diagrams.diagram_set import DiagramSet
from bd_gen.metrics.graph_features import FEATURES, GraphFeatures
from bd_gen.metrics.keys import Fitted, MetricKey
from bd_gen.metrics.measures.structure import (
    ChosenGraphs,
    choice,
    chosen_graphs,
    chosen_samples,
    no_pairs,
)
from bd_gen.metrics.mmd import RowCounts, mean_kernel_within, weighted_median
from bd_gen.metrics.mmd_resampling import resampled_mmd
from bd_gen.metrics.registry import metric
from bd_gen.metrics.resampling import Weights

_SEED = 42  # the subsample of the training set is that of the published MMDs


def fixed_kernels(train: DiagramSet) -> dict[str, np.ndarray]:
    """Bandwidth and reference side of each feature, from at most 5,000 training diagrams.

    Returns:
        for each feature "..._rows" (U, D) and "..._counts" (U,), "..._median" of the squared
        distances above 0 between the diagrams, which is 2σ², and "..._within", the mean kernel
        of two different ones.
    """
    features = GraphFeatures.of(train)
    random = np.random.RandomState(_SEED)
    chosen = ChosenGraphs(features, choice(len(features.graph_of), random))
    arrays = {}
    for feature in FEATURES:
        distances = chosen.within(feature)
        median = weighted_median([distances.values], [distances.weights])
        # without two different rows the kernel is 1 for all pairs there are
        within = mean_kernel_within(distances, len(chosen), median) if median else 1.0
        arrays[f"{feature}_rows"] = chosen.rows[feature].rows
        arrays[f"{feature}_counts"] = chosen.rows[feature].counts
        arrays[f"{feature}_median"] = np.array(median)
        arrays[f"{feature}_within"] = np.array(within if len(chosen) > 1 else 0.0)
    return arrays


def _reference_rows(fitted: Fitted, feature: str) -> RowCounts:
    rows: RowCounts = fitted.derived(
        feature, lambda: RowCounts(fitted[f"{feature}_rows"], fitted[f"{feature}_counts"])
    )
    return rows


def resampled_fixed_mmd(
    samples: DiagramSet, fitted: Fitted, weights: Weights
) -> dict[str, np.ndarray]:
    """The MMDs under (B, N) weights, (B,) each."""
    rows = chosen_samples(samples, np.random.RandomState(_SEED))
    chosen = chosen_graphs(samples, rows)
    weights = weights[:, rows]
    values = {}
    for feature in FEATURES:
        reference = _reference_rows(fitted, feature)
        if not len(chosen) or not len(reference):
            values[f"eval/mmd_{feature}_fixed"] = np.zeros(len(weights))
            continue
        values[f"eval/mmd_{feature}_fixed"] = resampled_mmd(
            weights,
            chosen.row_of[feature],
            chosen.rows[feature].rows,
            reference,
            float(fitted[f"{feature}_within"]),
            float(fitted[f"{feature}_median"]),
        )
    return values


@metric(
    family="Graph Structure",
    keys=tuple(
        MetricKey(
            f"eval/mmd_{feature}_fixed",
            f"MMD {feature}, one bandwidth",
            "lower",
            "value",
            range=(0.0, 2.0),
        )
        for feature in FEATURES
    ),
    fit=fixed_kernels,
    resample=resampled_fixed_mmd,
)
def fixed_mmd(samples: DiagramSet, fitted: Fitted) -> dict[str, Any]:
    """Unbiased MMD², clipped to 0, with the Gaussian kernel exp(−d² / 2σ²) of the reference.

    2σ² is the median of the squared distances above 0 between training diagrams. Both sides are
    subsampled to 5,000, each by its own `numpy.random.RandomState(42)`. Features as for the
    published MMDs; rows without a room take no part.
    """
    num_graphs = int(np.count_nonzero(samples.num_rooms))
    if min(num_graphs, len(_reference_rows(fitted, FEATURES[0]))) < 2:
        return {f"eval/mmd_{feature}_fixed": no_pairs(num_graphs) for feature in FEATURES}
    once = np.ones((1, len(samples)), np.int64)
    values = resampled_fixed_mmd(samples, fitted, once)
    return {key: float(value[0]) for key, value in values.items()}
