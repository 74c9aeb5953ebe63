import numpy as np
import pytest
from tests.metrics.replicates import intervals_of_sets

from bd_gen.metrics import DiagramSet, Reference, resampling
from bd_gen.metrics.block_weights import BlockWeights, blocks_of_samples
from bd_gen.metrics.registry import select_metrics
from bd_gen.metrics.resampling import (
    bootstrap_weights,
    grouped_weights,
    sample_weights,
    weighted_sums,
)


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
