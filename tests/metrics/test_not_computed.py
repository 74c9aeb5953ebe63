"""Nothing computed never looks like the best value, and no interval leaves its range."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from bd_gen.diagrams.diagram_set import DiagramSet
from bd_gen.metrics import METRICS, Reference, find_metric_info, metric_infos
from bd_gen.metrics.compute import compute_metric, flattened
from bd_gen.metrics.intervals import intervals
from bd_gen.metrics.keys import MetricKey, NotComputed, within_range
from bd_gen.metrics.measure import measure
from bd_gen.metrics.registry import select_metrics

COUNTED = {"diversity", "uniqueness_canonical"}
"""Shares of a single sample that are 1 because it is one, and not because nothing was looked at."""


@pytest.mark.parametrize("count", [1, 2, 5])
def test_few_samples_have_no_best_value_that_nothing_stands_behind(
    count: int, draw: Callable[..., object]
) -> None:
    """Samples unlike the training set in everything: whatever is best was not computed."""
    source = draw(8, seed=0)
    train = source.diagrams(300, tilt=0.0, edge_share=0.1)
    samples = np.tile(source.diagrams(1, tilt=3.0, edge_share=1.0), (count, 1))
    samples[:, :8] = np.where(samples[:, :8] == 14, 14, 12)
    reference = Reference.fit(train, source.vocabulary)
    for metric in select_metrics(None):
        values = compute_metric(metric, DiagramSet(samples, source.vocabulary), reference)
        for key in metric.keys:
            value = values[key.name]
            if isinstance(value, NotComputed) or key.nested or key.column:
                continue
            if key.direction == "lower":
                assert value > 0, key.name
            elif key.direction == "higher" and key.name.removeprefix("eval/") not in COUNTED:
                assert value < 1, key.name


def test_reasons_stand_by_the_keys(draw: Callable[..., object]) -> None:
    source = draw(4, seed=1)
    reference = Reference.fit(source.diagrams(30), source.vocabulary)
    rows = {1: source.diagrams(1), 2: source.diagrams(1)}
    rows[2][:] = source.vocabulary.pad_row
    found = measure(rows, reference)
    assert found.not_computed["eval/pgd"] == "fewer than 100 samples"
    assert found.not_computed["eval/mmd_degree"] == "fewer than 2 samples with a room"
    assert found.not_computed["eval/recall"] == "5 or fewer samples with a room"
    for key in found.not_computed:
        assert not any(key in entry for entry in found.per_seed.values())
        assert key not in found.ci95


def test_a_reason_that_holds_in_some_seeds_says_in_how_many(draw: Callable[..., object]) -> None:
    source = draw(4, seed=2)
    reference = Reference.fit(source.diagrams(30), source.vocabulary)
    rows = {1: source.diagrams(3), 2: np.tile(source.vocabulary.pad_row, (3, 1))}
    rows[1][:2] = source.diagrams(400)[source.diagrams(400)[:, 0] < 14][:2]
    found = measure(rows, reference, [METRICS["structure"]])
    assert found.not_computed["eval/mmd_degree"] == (
        "fewer than 2 samples with a room in 1 of 2 seeds"
    )
    assert "eval/mmd_degree" not in found.ci95


def test_one_sample_has_no_interval(draw: Callable[..., object]) -> None:
    source = draw(4, seed=3)
    reference = Reference.fit(source.diagrams(200), source.vocabulary)
    one = measure({1: source.diagrams(1)}, reference)
    assert {entry["from"] for entry in one.ci95.values()} == {"wilson"}
    # Of one sample a seed, the seeds tell something.
    two = measure({seed: source.diagrams(1) for seed in range(6)}, reference)
    interval = two.ci95["eval/node_js"]
    assert interval["from"] == "seeds"
    assert interval["low"] < interval["high"]


@pytest.mark.parametrize("values", [[0.1, 1.0, 1.0], [0.0, 0.0, 0.9], [0.99, 1.0, 0.98]])
def test_no_interval_leaves_the_range_of_its_key(values: list[float]) -> None:
    for metric in select_metrics(None):
        for key in metric.keys:
            if key.nested or key.column or key.unclipped:
                continue
            low, high = key.limits
            own = [min(max(v * min(high, 9.0), low), high) for v in values]
            (found,) = intervals([{key.name: v} for v in own], [{}] * 3, [5] * 3, [metric]).values()
            assert low <= found["low"] <= np.mean(own) <= found["high"] <= high, key.name


@pytest.mark.parametrize("bits", [[-0.01, 0.0, 0.01], [0.8, 1.0, 0.99], [-0.02, -0.01, -0.02]])
def test_the_interval_of_the_discrepancy_comes_from_unclipped_bits(bits: list[float]) -> None:
    entries = [{"eval/pgd": max(b, 0.0) ** 0.5, "pgd_bits": {"best": b}} for b in bits]
    found = intervals(entries, [{}] * 3, [500] * 3, [METRICS["discrepancy"]])["eval/pgd"]
    assert 0 <= found["low"] <= found["high"] <= 1
    mean, se = np.mean(bits), np.std(bits, ddof=1) / math.sqrt(3)
    top = min(max(mean + 4.302652729911275 * se, 0.0), 1.0) ** 0.5
    assert found["high"] == pytest.approx(max(top, np.mean([e["eval/pgd"] for e in entries])))
    if bits[0] < 0 < bits[2]:
        assert found["high"] > 0.05  # clipped values would say that it is 0 for sure


def test_every_key_says_what_it_can_be() -> None:
    limits = {info.name: info.limits for info in metric_infos()}
    assert limits["eval/pgd"] == limits["eval/node_tv"] == limits["eval/validity_rate"] == (0, 1)
    assert limits["eval/pair_js"] == limits["eval/degree_js_per_type_mean"] == (0, math.log(2))
    assert limits["eval/node_kl"] == limits["eval/num_edges_w1"] == (0, math.inf)
    assert limits["eval/mmd_spectral_fixed"] == (0, 2)


def test_the_estimate_stays_inside() -> None:
    assert within_range(-0.1, 1.3, 0.7, (0.0, 1.0)) == (0.0, 1.0)
    assert within_range(-2e-9, 3e-9, -1e-9, (0.0, math.inf)) == (-1e-9, 3e-9)


def test_what_only_intervals_need_is_in_no_table() -> None:
    info = find_metric_info("pgd_bits/best")
    assert info is not None
    assert not info.in_tables
    assert MetricKey("a", "a", None, "value").in_tables
    assert dict(flattened({"pgd_bits": {"best": 0.5}})) == {"pgd_bits/best": 0.5}
