import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from threadpoolctl import threadpool_limits

from bd_gen.metrics import METRICS, DiagramSet, Reference, resampling
from bd_gen.metrics.compute import compute_metric, resampled
from bd_gen.metrics.keys import NotComputed
from bd_gen.metrics.resampling import (
    grouped_weights,
    over_seeds,
    sample_weights,
    weighted_histograms,
    weighted_sums,
)

RESAMPLED = sorted(
    name
    for name, metric in METRICS.items()
    if metric.resample is not None and metric.of == "tokens"
)
HISTOGRAMS = ["distribution", "edge_counts", "conditional_edges", "pairs", "typed_degrees"]


def test_weights_say_how_often_each_sample_is_drawn():
    weights = sample_weights(0, 50, 400)
    assert weights.shape == (400, 50)
    assert (weights.sum(axis=1) == 50).all()
    # multinomial: mean 1, variance 1 - 1/50, covariance -1/50 between samples
    assert weights.mean(axis=0) == pytest.approx(np.ones(50), abs=0.25)
    assert weights.var() == pytest.approx(0.98, abs=0.03)
    assert np.cov(weights[:, 0], weights[:, 1:].sum(axis=1))[0, 1] == pytest.approx(-0.98, abs=0.3)


def test_weights_depend_on_place_and_size_alone():
    assert (sample_weights(2, 30, 10) == sample_weights(2, 30, 10)).all()
    assert (sample_weights(2, 30, 10) != sample_weights(3, 30, 10)).any()


def test_one_seed_has_its_own_replicates():
    replicates = np.arange(8.0)[None]
    assert over_seeds(replicates).tolist() == list(range(8))


def test_the_mean_over_drawn_seeds_has_the_variance_of_both_levels():
    # seeds at 0 and 10 with noise of variance 4: drawing two of two gives means 0, 5, 10 with
    # chances ¼, ½, ¼, variance 12.5, and half of the noise's
    random = np.random.default_rng(0)
    replicates = random.normal(0, 2, (2, 20_000)) + np.array([[0.0], [10.0]])
    means = over_seeds(replicates)
    assert means.mean() == pytest.approx(5, abs=0.1)
    assert means.var() == pytest.approx(12.5 + 4 / 2, rel=0.03)


def test_a_seed_drawn_twice_gives_two_values():
    # with equal seeds every replicate is a mean of three different numbers out of 0..8
    replicates = np.tile(np.arange(9.0), (3, 1))
    assert over_seeds(replicates).tolist() == [
        (k + (k + 3) % 9 + (k + 6) % 9) / 3 for k in range(9)
    ]


_WEIGHTS = hnp.arrays(np.int64, (3, 7), elements=st.integers(0, 4))


@given(
    _WEIGHTS,
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 3)), max_size=30),
    st.integers(1, 8),
)
def test_histograms_are_those_of_repeated_samples(weights, things, chunk):
    things = sorted(things)
    owner, code = (np.array([thing[k] for thing in things], np.int64) for k in (0, 1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resampling, "_CHUNK", chunk)
        found = weighted_histograms(weights, owner, code, 4)
    for row, counts in zip(weights, found, strict=True):
        assert counts.tolist() == np.bincount(np.repeat(code, row[owner]), minlength=4).tolist()


@given(_WEIGHTS, hnp.arrays(np.int64, 7, elements=st.integers(-1, 3)))
def test_groups_add_up_the_weights_of_their_samples(weights, group):
    expected = [[int(row[group == g].sum()) for g in range(4)] for row in weights]
    assert grouped_weights(weights, group, 4).tolist() == expected


@given(st.integers(0, 2**32 - 1), st.floats(1e-6, 1e6))
def test_sums_are_near_and_the_same_in_any_order(seed, scale):
    random = np.random.default_rng(seed)
    weights, values = random.integers(0, 5, (4, 300)), random.normal(0, scale, (300, 3))
    found = weighted_sums(weights, values)
    assert found == pytest.approx(weights @ values, abs=1e-11 * scale * 300)
    order = random.permutation(300)
    assert (weighted_sums(weights[:, order], values[order]) == found).all()
    alone = weighted_sums(weights, values[:, 1])
    assert alone == pytest.approx(found[:, 1], abs=1e-11 * scale * 300)


def test_sums_of_nothing_are_zero():
    assert weighted_sums(np.zeros((2, 3), int), np.ones(3)).tolist() == [0, 0]
    assert weighted_sums(np.ones((2, 3), int), np.zeros(3)).tolist() == [0, 0]


@pytest.fixture(scope="module", params=[1, 3, 8, 14])
def measured(request, draw):
    source = draw(request.param, seed=request.param)
    train = source.diagrams(200, tilt=0.7)
    tokens = np.concatenate([source.diagrams(60), source.spoilt(40), train[:15], train[:15]])
    return DiagramSet(tokens, source.vocabulary), Reference.fit(train, source.vocabulary)


@pytest.mark.parametrize("name", RESAMPLED)
def test_weights_of_one_give_what_is_computed(measured, name):
    samples, reference = measured
    values = compute_metric(METRICS[name], samples, reference)
    once = np.ones((2, len(samples)), np.int64)
    found = resampled(METRICS[name], samples, reference, once)
    assert found
    for key, replicates in found.items():
        assert replicates.shape == (2,)
        if not isinstance(values[key], NotComputed):
            assert replicates == pytest.approx(values[key], abs=1e-9, rel=1e-9), key


@pytest.mark.parametrize("name", RESAMPLED)
def test_what_is_resampled_is_declared_and_finite(measured, name):
    samples, reference = measured
    declared = {key.name: key for key in METRICS[name].keys}
    found = resampled(METRICS[name], samples, reference, sample_weights(0, len(samples), 20))
    for key, replicates in found.items():
        assert not declared[key].column, "a share of samples has a Wilson interval"
        assert replicates.shape == (20,)
        assert np.isfinite(replicates).all()


@pytest.mark.parametrize("name", HISTOGRAMS)
def test_histograms_under_weights_are_those_of_the_resampled_set(measured, name):
    samples, reference = measured
    weights = sample_weights(1, len(samples), 3)
    found = resampled(METRICS[name], samples, reference, weights)
    for row, drawn in enumerate(weights):
        tokens = np.repeat(samples.tokens, drawn, axis=0)
        drawn_set = DiagramSet(tokens, samples.vocabulary)
        expected = compute_metric(METRICS[name], drawn_set, reference)
        for key, replicates in found.items():
            if not isinstance(expected[key], NotComputed):
                assert replicates[row] == pytest.approx(expected[key], abs=1e-12), key


@pytest.mark.parametrize("name", [*HISTOGRAMS, "structure", "fixed_mmd", "diversity"])
def test_the_order_of_samples_changes_no_bit(measured, name):
    samples, reference = measured
    weights = sample_weights(2, len(samples), 10)
    order = np.random.default_rng(0).permutation(len(samples))
    shuffled = DiagramSet(samples.tokens[order], samples.vocabulary)
    found = resampled(METRICS[name], samples, reference, weights)
    again = resampled(METRICS[name], shuffled, reference, weights[:, order])
    for key, replicates in found.items():
        assert (again[key] == replicates).all(), key


@pytest.mark.parametrize("name", RESAMPLED)
def test_the_number_of_threads_changes_no_bit(draw, name):
    source = draw(8, seed=9)
    reference = Reference.fit(source.diagrams(200), source.vocabulary)
    tokens = source.spoilt(500)  # enough for BLAS to share the work out
    weights = sample_weights(0, 500, 200)
    found = []
    for limit in (1, 3):
        with threadpool_limits(limits=limit):
            samples = DiagramSet(tokens, source.vocabulary)
            found.append(resampled(METRICS[name], samples, reference, weights))
    for key, replicates in found[0].items():
        assert (found[1][key] == replicates).all(), key


def test_rows_without_a_room_are_resampled_like_any(draw):
    source = draw(4, seed=0)
    reference = Reference.fit(source.diagrams(50), source.vocabulary)
    samples = DiagramSet(np.tile(source.vocabulary.pad_row, (5, 1)), source.vocabulary)
    for name in RESAMPLED:
        values = compute_metric(METRICS[name], samples, reference)
        found = resampled(METRICS[name], samples, reference, np.ones((1, 5), np.int64))
        for key, replicates in found.items():
            if not isinstance(values[key], NotComputed):
                assert replicates[0] == pytest.approx(values[key], abs=1e-9), key
