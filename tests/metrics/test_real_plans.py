"""What real held-out plans score against the training split: the floor of every metric."""

import numpy as np
import pytest

from bd_gen.data.config import DataConfig
from bd_gen.data.dataset import load_dataset
from bd_gen.metrics import Reference, aggregate, compute_metrics

CHUNK = 1000


pytestmark = pytest.mark.slow  # a minute of evaluating several thousand plans


@pytest.fixture(scope="module")
def plans(dev_data, tmp_path_factory):
    path = dev_data / "real_plans" / "rplan.jsonl.gz"
    if not path.is_file():
        pytest.skip(f"needs {path}")
    cache = tmp_path_factory.mktemp("plans")
    return load_dataset(
        DataConfig(source="plans", path=str(path), split="identical", cache_dir=str(cache))
    )


@pytest.fixture(scope="module")
def summary(plans):
    # shuffled, because plans that stand together in the file resemble each other
    held_out = np.random.default_rng(0).permutation(plans.test)
    reference = Reference.fit(plans.train, plans.vocabulary)
    chunks = [held_out[start : start + CHUNK] for start in range(0, 7 * CHUNK, CHUNK)]
    return aggregate([compute_metrics(chunk, plans.vocabulary, reference) for chunk in chunks])


@pytest.mark.parametrize(
    ("key", "expected", "within"),
    [
        ("eval/validity_rate", 1.0, 0.0005),
        ("eval/transitivity_score", 1.0, 0.0005),
        ("eval/realizable_rate", 1.0, 0.0),
        ("eval/realizable_time_limit_rate", 0.0, 0.0),
        ("eval/inside_validity", 0.992, 0.003),
        ("eval/diversity", 1.0, 0.002),
        ("eval/novelty", 0.990, 0.011),
        ("eval/mode_coverage_weighted", 0.973, 0.01),
        ("eval/node_js", 0.00010, 0.00008),
        ("eval/edge_js", 0.00012, 0.00008),
        ("eval/edge_tv", 0.012, 0.004),
        ("eval/conditional_edge_js_weighted", 0.0041, 0.001),
        ("eval/degree_js_per_type_weighted", 0.0008, 0.0004),
        ("eval/mmd_degree", 0.0003, 0.0003),
        ("eval/mmd_clustering", 0.0, 0.0002),
        ("eval/mmd_spectral", 0.0002, 0.0004),
    ],
)
def test_the_floor_of_real_plans(summary, key, expected, within):
    found = summary[key]
    print(f"{key}: {found['mean']:.5f} ± {found['std']:.5f}, about {expected}")  # noqa: T201
    assert found["mean"] == pytest.approx(expected, abs=within)


def test_spoilt_plans_are_seen_by_every_family(plans, summary):
    # a fifth of the relations redrawn: what a bad model does
    random = np.random.default_rng(0)
    tokens = plans.test[:CHUNK].copy()
    edges = tokens[:, plans.vocabulary.n_max :]
    hit = (random.random(edges.shape) < 0.2) & (edges != 12)
    edges[hit] = random.integers(0, 11, hit.sum())
    reference = Reference.fit(plans.train, plans.vocabulary)
    found = compute_metrics(tokens, plans.vocabulary, reference)
    for key in ("edge_js", "conditional_edge_js_weighted", "degree_js_per_type_weighted"):
        assert found[f"eval/{key}"] > 4 * summary[f"eval/{key}"]["mean"]
    for feature in ("degree", "clustering", "spectral"):
        assert found[f"eval/mmd_{feature}"] > 0.001
    assert found["eval/transitivity_score"] < 0.8
    assert found["eval/inside_validity"] < 0.9
    assert found["eval/realizable_rate"] < 0.7
    assert found["eval/node_js"] < 0.001  # room types were left alone
