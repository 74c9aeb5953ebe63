"""Large sets are measured part by part: same numbers, little memory, for every metric there is."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.metrics.replicates import intervals_of_sets

from bd_gen.metrics import METRICS, DiagramSet, MetricKey, Reference, metric, parts, resampling
from bd_gen.metrics.compute import compute_metric, resampled, sample_columns
from bd_gen.metrics.measure import compute_metrics, measure
from bd_gen.metrics.parts import BlockWeights, additive, blocks_of_samples, by_row, release
from bd_gen.metrics.registry import select_metrics
from bd_gen.metrics.resampling import (
    bootstrap_weights,
    grouped_weights,
    sample_weights,
    weighted_sums,
)

NAMES = [known.name for known in select_metrics(None)]


@pytest.fixture(scope="module")
def train(draw):
    source = draw(5, seed=0)
    return DiagramSet(source.diagrams(130, tilt=0.7), source.vocabulary)


@pytest.fixture(scope="module")
def reference(train):
    return Reference.fit(train.tokens, train.vocabulary)


def said(name, tokens, reference, weights):
    """Everything that a metric says of some rows."""
    samples = DiagramSet(tokens, reference.vocabulary)
    known = METRICS[name]
    return (
        compute_metric(known, samples, reference),
        sample_columns(known, samples, reference),
        resampled(known, samples, reference, weights),
    )


def same_in_parts(name, tokens, reference, part_rows):
    num_blocks = min(9, len(tokens))
    blocks = blocks_of_samples(len(tokens), num_blocks)
    weights = BlockWeights(sample_weights(0, num_blocks, 5), blocks)
    values, columns, replicates = said(name, tokens, reference, np.asarray(weights))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "PART_ROWS", part_rows)
        in_parts = said(name, tokens, reference, weights)
    assert in_parts[0] == values  # to the last bit
    assert list(in_parts[1]) == list(columns)
    for column, expected in columns.items():
        assert in_parts[1][column].dtype == expected.dtype
        assert (in_parts[1][column] == expected).all()
    assert list(in_parts[2]) == list(replicates)
    for key, expected in replicates.items():
        assert in_parts[2][key] == pytest.approx(expected, abs=1e-9, rel=1e-9), key


@pytest.mark.parametrize("name", NAMES)
@given(seed=st.integers(0, 2**32), count=st.integers(1, 60), part_rows=st.integers(1, 25))
@settings(max_examples=10)
def test_parts_of_any_size_give_what_the_whole_gives(draw, reference, name, seed, count, part_rows):
    source = draw(5, seed)
    same_in_parts(name, source.spoilt(count), reference, part_rows)


@pytest.mark.parametrize("name", NAMES)
def test_parts_of_enough_samples_for_every_metric(draw, reference, train, name):
    source = draw(5, seed=1)
    rows = [source.diagrams(100), source.spoilt(60), train.tokens[:20], train.tokens[:20]]
    same_in_parts(name, np.concatenate(rows), reference, 33)


def test_the_training_set_is_fitted_in_parts(train, reference, monkeypatch):
    monkeypatch.setattr(parts, "PART_ROWS", 40)
    again = Reference.fit(train.tokens, train.vocabulary)
    for known in select_metrics(None):
        expected, found = reference.statistics(known), again.statistics(known)
        assert set(found) == set(expected)
        for array in expected:
            assert found[array].dtype == expected[array].dtype
            assert (found[array] == expected[array]).all(), (known.name, array)


def test_broken_rows_alone_are_measured_in_parts(reference):
    v = reference.vocabulary
    rows = np.stack([v.pad_row, v.mask_row, np.full(v.length, 255, np.uint8)] * 4)
    for name in NAMES:
        same_in_parts(name, rows, reference, 5)


def test_a_plain_metric_needs_to_know_nothing_of_parts(draw, reference, monkeypatch):
    before = dict(METRICS)
    try:

        def plain_resample(samples, weights):
            return {"eval/plain": (weights @ samples.num_edges) / weights.sum(axis=1)}

        @metric(
            family="X",
            keys=(MetricKey("eval/plain", "X", None, "value"),),
            per_sample=lambda samples: {"edges": samples.num_edges},
            resample=plain_resample,
        )
        def plain(samples):
            return {"eval/plain": float(samples.num_edges.mean())}

        tokens = draw(5, seed=2).spoilt(90)
        same_in_parts("plain", tokens, reference, 20)
        small = measure({7: tokens}, reference, [METRICS["plain"]])
        monkeypatch.setattr(parts, "PART_ROWS", 20)
        monkeypatch.setattr(resampling, "MOST_SINGLE", 20)
        large = measure({7: tokens}, reference, [METRICS["plain"]])
    finally:
        METRICS.clear()
        METRICS.update(before)
    assert large.per_seed == small.per_seed
    assert (large.columns["plain"]["edges"] == small.columns["plain"]["edges"]).all()
    assert large.ci95["eval/plain"]["se"] == pytest.approx(small.ci95["eval/plain"]["se"], rel=0.3)


def test_features_of_a_large_set_are_let_go(draw, monkeypatch):
    source = draw(5, seed=3)
    samples = DiagramSet(source.diagrams(30), source.vocabulary)
    expected, kept = samples.identity, set(vars(DiagramSet(samples.tokens, source.vocabulary)))
    samples.derived("x", lambda: 1)
    release(samples)
    assert "identity" in vars(samples)
    monkeypatch.setattr(parts, "PART_ROWS", 29)
    release(samples)
    assert set(vars(samples)) == kept
    assert (samples.identity == expected).all()
    assert samples.derived("x", lambda: 2) == 2


def test_parts_are_in_order_and_cover_the_set(draw):
    source = draw(5, seed=4)
    samples = DiagramSet(source.diagrams(25), source.vocabulary)
    found = list(parts.parts(samples, 10))
    assert [start for start, _ in found] == [0, 10, 20]
    assert (np.concatenate([part.tokens for _, part in found]) == samples.tokens).all()
    ((_, whole),) = parts.parts(samples, 25)
    assert whole is samples


def test_unequal_histograms_are_added_from_the_left(monkeypatch, draw):
    @additive
    def sizes(diagrams):
        return {"n": np.bincount(diagrams.num_rooms)}

    @by_row
    def numbers(diagrams, factor):
        return diagrams.num_rooms * factor

    source = draw(5, seed=5)
    samples = DiagramSet(source.diagrams(40), source.vocabulary)
    expected = np.bincount(samples.num_rooms)
    monkeypatch.setattr(parts, "PART_ROWS", 1)
    assert sizes(samples)["n"].tolist() == expected.tolist()
    assert numbers(samples, 3).tolist() == (3 * samples.num_rooms).tolist()


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_no_metric_needs_much_memory_for_many_samples(draw, reference, name):
    """Of 100,000 rows of 15 tokens: 1.5 MB, and 320 MB of plain bootstrap weights."""
    tokens = draw(5, seed=6).spoilt(100_000)
    compute_metrics(tokens[:500], reference.vocabulary, reference, [name])  # caches, imports
    weights = bootstrap_weights(0, len(tokens), 400)
    tracemalloc.start()
    try:
        said(name, tokens, reference, weights)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 150e6


@pytest.fixture
def weights():
    return BlockWeights(sample_weights(0, 4, 6), blocks_of_samples(11, 4))


def test_blocks_are_random_even_and_always_the_same():
    blocks = blocks_of_samples(1003, 10)
    assert sorted(np.bincount(blocks)) == [100] * 7 + [101] * 3
    assert (blocks == blocks_of_samples(1003, 10)).all()
    # neighbours in the file are no neighbours in the blocks
    assert (np.diff(blocks) == 0).mean() == pytest.approx(0.1, abs=0.04)


def test_they_look_like_the_array_that_they_stand_for(weights):
    dense = np.asarray(weights)
    assert weights.shape == dense.shape == (6, 11)
    assert len(weights) == 6
    assert dense.dtype == np.int64
    assert np.asarray(weights, np.float64).dtype == np.float64
    for k, block in enumerate(weights.block_of):
        assert (dense[:, k] == weights.of_blocks[:, block]).all()
    assert (weights[:, [3, 0, 3]] == dense[:, [3, 0, 3]]).all()
    assert (weights[:, np.arange(11) > 4] == dense[:, 5:]).all()
    assert (weights[1:3, :] == dense[1:3]).all()
    assert (weights.sum(axis=1) == dense.sum(axis=1)).all()
    with pytest.raises(ValueError, match="axis 1"):
        weights.sum(axis=0)


def test_sums_under_them_are_those_of_the_array(weights):
    dense, random = np.asarray(weights), np.random.default_rng(0)
    counts = random.integers(0, 9, (11, 3))
    assert (weights @ counts == dense @ counts).all()
    values = random.normal(size=11)
    assert weighted_sums(weights, values) == pytest.approx(weighted_sums(dense, values))
    assert weighted_sums(weights, np.zeros(11)).tolist() == [0] * 6
    group = random.integers(-1, 3, 11)
    assert (grouped_weights(weights, group, 3) == grouped_weights(dense, group, 3)).all()
    assert grouped_weights(weights, np.full(11, -1), 0).shape == (6, 0)


def test_only_of_many_samples_blocks_are_drawn(monkeypatch):
    monkeypatch.setattr(resampling, "MOST_SINGLE", 30)
    assert (bootstrap_weights(1, 30, 7) == sample_weights(1, 30, 7)).all()
    many = bootstrap_weights(1, 31, 7)
    assert isinstance(many, BlockWeights)
    assert many.num_blocks == 31  # no more blocks than samples
    assert (many.sum(axis=1) == 31).all()
    other = bootstrap_weights(2, 31, 7)
    assert (other.block_of == many.block_of).all()
    assert (other.of_blocks != many.of_blocks).any()


def test_intervals_from_blocks_are_as_wide(draw, monkeypatch):
    source = draw(5, seed=0)
    reference = Reference.fit(source.diagrams(300, tilt=0.8), source.vocabulary)
    # in the order of their sizes, which must not matter
    tokens = source.diagrams(6000)
    samples = DiagramSet(tokens, source.vocabulary)
    samples = DiagramSet(tokens[np.argsort(samples.num_rooms)], source.vocabulary)
    names = ["edge_counts", "distribution", "diversity", "mode_coverage", "neighbours"]
    metrics = select_metrics(names)
    values = [{key.name: 0.5 for known in metrics for key in known.keys}]
    single = intervals_of_sets(values, [samples], reference, metrics)
    monkeypatch.setattr(resampling, "MOST_SINGLE", 5000)
    monkeypatch.setattr(resampling, "NUM_BLOCKS", 1000)
    blocks = intervals_of_sets(values, [samples], reference, metrics)
    bootstrapped = [key for key, found in single.items() if found["from"] == "bootstrap"]
    assert len(bootstrapped) > 10
    assert blocks != single
    # 400 replicates of each and 1,000 blocks: 3.5 %, 3.5 % and 2.2 % of a standard error
    for key in bootstrapped:
        assert blocks[key]["se"] == pytest.approx(single[key]["se"], rel=0.25), key
    ratios = [blocks[key]["se"] / single[key]["se"] for key in bootstrapped if single[key]["se"]]
    assert np.mean(ratios) == pytest.approx(1, abs=0.08)
    edges = samples.num_edges[samples.num_rooms > 0]
    expected = edges.std() / np.sqrt(len(edges))
    assert blocks["eval/mean_edges"]["se"] == pytest.approx(expected, rel=0.12)
