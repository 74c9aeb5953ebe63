import json
import math

import numpy as np
import pytest
import scipy.stats
from tests.metrics.replicates import intervals_of_sets

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.metrics import METRICS, DiagramSet, MetricKey, Reference, metric
from bd_gen.metrics.compute import compute_metric
from bd_gen.metrics.registry import select_metrics
from bd_gen.metrics.significance import wilson

SOME = ["validity", "diversity", "distribution", "edge_counts", "mode_coverage", "fixed_mmd"]


class Method:
    """Samples of several seeds, measured."""

    def __init__(self, sets, reference, names):
        self.sets, self.reference = sets, reference
        self.metrics = select_metrics(names)
        self.values = [
            {
                key: value
                for one in self.metrics
                for key, value in compute_metric(one, samples, reference).items()
            }
            for samples in sets
        ]

    def intervals(self, **options):
        return intervals_of_sets(self.values, self.sets, self.reference, self.metrics, **options)

    def mean(self, key):
        return np.mean([entry[key] for entry in self.values])


@pytest.fixture(scope="module")
def method(draw):
    source = draw(8, seed=0)
    reference = Reference.fit(source.diagrams(500, tilt=0.8), source.vocabulary)
    sets = [DiagramSet(source.spoilt(200), source.vocabulary) for _ in range(4)]
    return Method(sets, reference, SOME)


def test_every_scalar_key_has_an_interval_around_its_mean(method):
    found = method.intervals()
    scalar = {key.name: key for one in method.metrics for key in one.keys if not key.nested}
    assert list(found) == sorted(scalar)
    for key, interval in found.items():
        assert interval["low"] <= method.mean(key) <= interval["high"], key
        if scalar[key].unit == "rate":
            assert 0 <= interval["low"] <= interval["high"] <= 1
    json.dumps(found, allow_nan=False)
    assert {type(interval["low"]) for interval in found.values()} == {float}


def test_each_key_says_where_its_interval_comes_from(method):
    found = method.intervals()
    sources = {key: interval["from"] for key, interval in found.items()}
    assert sources["eval/validity_rate"] == "wilson"
    assert sources["eval/edge_js"] == sources["eval/mode_coverage"] == "bootstrap"
    assert sources["eval/num_training_modes"] == "seeds"
    assert "validity_by_num_rooms" not in sources


def test_shares_of_all_seeds_are_counted_together(method):
    found = method.intervals()["eval/connected_rate"]
    successes = round(method.mean("eval/connected_rate") * 800)
    low, high = wilson(successes, 800)
    assert (found["low"], found["high"]) == (low, high)
    assert found["se"] == pytest.approx((high - low) / (2 * 1.959964), rel=1e-6)


def test_shares_of_seeds_of_different_sizes(draw):
    source = draw(4, seed=1)
    reference = Reference.fit(source.diagrams(50), source.vocabulary)
    sets = [DiagramSet(source.spoilt(count), source.vocabulary) for count in (30, 170)]
    method = Method(sets, reference, ["validity"])
    passed = sum(int(samples.has_no_mask.sum()) for samples in sets)
    found = method.intervals()["eval/no_mask_rate"]
    assert (found["low"], found["high"]) == wilson(passed, 200)


def test_replicates_of_a_distance_are_centred_on_the_estimate(method):
    # resampling adds the sampling noise once more, so without a shift the estimate would lie at
    # the lower end or below
    found = method.intervals()["eval/node_js"]
    estimate = method.mean("eval/node_js")
    assert found["high"] - estimate < 3 * (estimate - found["low"])
    assert found["low"] >= 0


def test_a_mean_has_the_error_that_textbooks_give_it(method):
    # two levels: the noise of the samples, and once more in the spread of the seeds
    found = method.intervals(num_replicates=4000)["eval/mean_edges"]
    edges = [samples.num_edges[samples.num_rooms > 0] for samples in method.sets]
    within = np.mean([e.var() / len(e) for e in edges]) / 4
    between = np.var([e.mean() for e in edges]) / 4
    assert found["se"] == pytest.approx(math.sqrt(within + between), rel=0.06)


def test_keys_that_nobody_resamples_get_students_t(method):
    before = dict(METRICS)
    try:

        @metric(family="X", keys=(MetricKey("eval/x", "X", None, "value"),))
        def opaque(samples):
            return {"eval/x": float(samples.num_edges.max())}

        own = Method(method.sets, method.reference, ["opaque"])
        found = own.intervals()["eval/x"]
    finally:
        METRICS.clear()
        METRICS.update(before)
    values = [entry["eval/x"] for entry in own.values]
    expected = scipy.stats.t.interval(0.95, 3, np.mean(values), scipy.stats.sem(values))
    assert (found["low"], found["high"]) == pytest.approx(expected)
    assert found["from"] == "seeds"


def test_one_seed_has_intervals_from_its_samples_alone(method):
    found = intervals_of_sets(method.values[:1], method.sets[:1], method.reference, method.metrics)
    assert "eval/num_training_modes" not in found
    four = method.intervals()
    for key in ("eval/edge_tv", "eval/mean_edges", "eval/validity_rate"):
        assert found[key]["se"] > 1.2 * four[key]["se"]


def test_some_metrics_alone_get_the_same_intervals(method):
    some = [one for one in method.metrics if one.name in ("distribution", "validity")]
    found = intervals_of_sets(method.values, iter(method.sets), method.reference, some)
    everything = method.intervals()
    assert found == {key: everything[key] for key in found}
    assert len(found) == 12


def test_again_is_the_same_to_the_last_bit(method):
    sets = [DiagramSet(samples.tokens, samples.vocabulary) for samples in method.sets]
    again = Method(sets, method.reference, SOME)
    assert again.intervals() == method.intervals()


def test_a_key_that_a_seed_lacks_has_no_interval(method):
    values = [dict(entry) for entry in method.values]
    del values[2]["eval/edge_js"]
    found = intervals_of_sets(values, method.sets, method.reference, method.metrics)
    assert "eval/edge_js" not in found
    assert "eval/edge_tv" in found


def test_as_many_sets_as_entries(method):
    with pytest.raises(ValueError, match="4 seeds have values, 3 samples"):
        intervals_of_sets(method.values, method.sets[:3], method.reference, method.metrics)


def test_a_level_may_be_chosen(method):
    narrow, wide = method.intervals(level=0.5), method.intervals(level=0.99)
    for key in ("eval/edge_js", "eval/validity_rate"):
        assert wide[key]["low"] < narrow[key]["low"] < narrow[key]["high"] < wide[key]["high"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("num_seeds", "num_samples", "coverage"),
    # one seed: as it should be. Five: the seeds' spread is the samples' noise once more.
    [(1, 200, (0.90, 0.99)), (5, 200, (0.95, 1.0)), (5, 1000, (0.95, 1.0))],
)
def test_how_often_intervals_cover_the_expected_value(num_seeds, num_samples, coverage):
    # Diagrams of three rooms with types from one distribution, measured against another; the
    # expected value of the JS at this number of samples comes from 2000 sets.
    random = np.random.default_rng(num_samples + num_seeds)
    vocabulary = Vocabulary(3)
    shares = np.arange(10, 0, -1) / 55

    def drawn():
        tokens = np.full((num_samples, 6), 10, np.uint8)
        tokens[:, :3] = random.choice(10, (num_samples, 3), p=shares)
        return DiagramSet(tokens, vocabulary)

    train = np.full((2000, 6), 10, np.uint8)
    train[:, :3] = random.choice(10, (2000, 3), p=np.sqrt(shares) / np.sqrt(shares).sum())
    distribution = METRICS["distribution"]
    reference = Reference.fit(train, vocabulary)

    def node_js(samples):
        return compute_metric(distribution, samples, reference)

    expected = np.mean([node_js(drawn())["eval/node_js"] for _ in range(2000)])
    hits = 0
    for _ in range(200):
        sets = [drawn() for _ in range(num_seeds)]
        values = [node_js(samples) for samples in sets]
        found = intervals_of_sets(values, sets, reference, [distribution])["eval/node_js"]
        hits += found["low"] <= expected <= found["high"]
    print(f"{num_seeds} x {num_samples}: {hits / 200:.3f} of 200 intervals")  # noqa: T201
    assert coverage[0] <= hits / 200 <= coverage[1]
