"""Intervals straight from sets of samples, for tests."""

from bd_gen.metrics.compute import resampled
from bd_gen.metrics.intervals import intervals
from bd_gen.metrics.resampling import NUM_REPLICATES, bootstrap_weights


def intervals_of_sets(values, sets, reference, metrics, num_replicates=NUM_REPLICATES, **options):
    """`intervals` of seeds whose numbers and samples are given, seed by seed."""
    of_seeds, sizes = [], []
    for position, samples in enumerate(sets):
        weights = bootstrap_weights(position, len(samples), num_replicates)
        of_metrics = [resampled(metric, samples, reference, weights) for metric in metrics]
        of_seeds.append({key: value for found in of_metrics for key, value in found.items()})
        sizes.append(len(samples))
    return intervals(values, of_seeds, sizes, metrics, **options)
