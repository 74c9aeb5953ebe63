import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.metrics import Reference, aggregate, compute_metrics, metric_infos
from bd_gen.metrics.compute import flattened
from bd_gen.system.errors import InputError


def assert_equal(found, expected, tolerance=1e-9):
    found, expected = dict(flattened(found)), dict(flattened(expected))
    assert set(found) >= set(expected)
    for key, value in expected.items():
        assert found[key] == pytest.approx(value, abs=tolerance, rel=tolerance), key


@pytest.mark.parametrize("n_max", [1, 2, 5, 8, 14])
def test_every_metric_equals_the_slow_implementation(oracle, draw, n_max):
    source = draw(n_max, seed=n_max)
    train = source.diagrams(400, tilt=0.7)
    samples = np.concatenate([source.diagrams(150), train[:20], train[:20]])
    reference = Reference.fit(train, source.vocabulary)
    found = compute_metrics(samples, source.vocabulary, reference)
    assert_equal(found, oracle.all_metrics(samples, train, n_max))


@pytest.mark.parametrize("n_max", [1, 3, 8, 14])
def test_spoilt_samples_are_measured_like_the_slow_implementation_does(oracle, draw, n_max):
    source = draw(n_max, seed=n_max)
    train, samples = source.diagrams(300), source.spoilt(200)
    found = compute_metrics(samples, source.vocabulary, Reference.fit(train, source.vocabulary))
    assert_equal(found, oracle.all_metrics(samples, train, n_max))
    assert 0 < found["eval/no_mask_rate"] < 1


_TRAIN_SEED = 5

HISTOGRAMS = ["distribution", "edge_counts", "conditional_edges", "pairs", "typed_degrees"]
MMDS = ["structure", "fixed_mmd"]
RATES = ["validity", "containment", "novelty", "mode_coverage", "transitivity", "density"]


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_integers_at_all_can_be_measured(oracle, data):
    vocabulary = Vocabulary(4)
    count = data.draw(st.integers(1, 5))
    # mostly tokens that mean something, some far outside
    token = st.one_of(st.integers(0, 16), st.sampled_from([-1, 255, 256, 2**40]))
    samples = data.draw(hnp.arrays(np.int64, (count, vocabulary.length), elements=token))
    train = np.random.default_rng(_TRAIN_SEED).integers(0, 11, (30, vocabulary.length))
    found = compute_metrics(samples, vocabulary, Reference.fit(train, vocabulary))
    json.dumps(found, allow_nan=False)
    assert_equal(found, oracle.all_metrics(samples, train, 4))


def test_a_row_of_pad_alone_fails_validity_and_counts_nowhere_else(draw):
    source = draw(5, seed=0)
    train, samples = source.diagrams(50), source.diagrams(20)
    reference = Reference.fit(train, source.vocabulary)
    with_empty = np.concatenate([samples, source.vocabulary.pad_row[None]])
    before = compute_metrics(samples, source.vocabulary, reference)
    after = compute_metrics(with_empty, source.vocabulary, reference)
    assert after["validity_by_num_rooms"]["0"]["overall"] == 0
    assert after["eval/connected_rate"] == pytest.approx(before["eval/connected_rate"] * 20 / 21)
    same = ["node_js", "edge_js", "rooms_w1", "mmd_degree", "mmd_spectral", "num_sample_modes"]
    assert [after[f"eval/{key}"] for key in same] == [before[f"eval/{key}"] for key in same]


def test_only_rows_of_pad_are_measured_without_a_crash(draw):
    source = draw(5, seed=0)
    samples = np.tile(source.vocabulary.pad_row, (3, 1))
    found = compute_metrics(
        samples, source.vocabulary, Reference.fit(source.diagrams(50), source.vocabulary)
    )
    assert found["eval/validity_rate"] == 0
    assert found["eval/edge_tv"] > 0
    json.dumps(found, allow_nan=False)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_order_of_samples_does_not_matter(draw, seed):
    source = draw(6, seed=seed)
    train, samples = source.diagrams(100), source.spoilt(40)
    reference = Reference.fit(train, source.vocabulary)
    shuffled = source.random.permutation(samples)
    assert_equal(
        compute_metrics(shuffled, source.vocabulary, reference),
        compute_metrics(samples, source.vocabulary, reference),
        tolerance=1e-13,
    )


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_samples_twice_over_change_no_rate_and_no_histogram(draw, seed):
    source = draw(6, seed=seed)
    train, samples = source.diagrams(100), source.spoilt(30)
    reference = Reference.fit(train, source.vocabulary)
    doubled = np.concatenate([samples, samples])
    names = [*HISTOGRAMS, *RATES, "diversity"]  # an unbiased MMD sees the pairs of equals
    once, twice = (
        dict(flattened(compute_metrics(tokens, source.vocabulary, reference, names)))
        for tokens in (samples, doubled)
    )
    assert twice.pop("eval/diversity") == pytest.approx(once.pop("eval/diversity") / 2)
    for key, value in once.items():
        assert twice[key] == pytest.approx(value, abs=1e-12), key


def test_the_training_set_itself_is_at_distance_zero(draw):
    source = draw(8, seed=1)
    train = source.diagrams(300)
    names = [*HISTOGRAMS, *RATES, *MMDS]
    reference = Reference.fit(train, source.vocabulary)
    found = compute_metrics(train, source.vocabulary, reference, names)
    distances = {
        info.name: found[info.name]
        for info in metric_infos()
        if info.direction == "lower" and info.name in found
    }
    assert len(distances) == 35
    assert all(abs(value) < 1e-8 for value in distances.values()), distances
    assert found["eval/novelty"] == 0
    assert found["eval/mode_coverage"] == found["eval/mode_coverage_weighted"] == 1


def test_results_are_the_same_to_the_last_bit_each_time(draw, tmp_path):
    source = draw(8, seed=2)
    train, samples = source.diagrams(300), source.spoilt(100)
    reference = Reference.fit(train, source.vocabulary)
    first = compute_metrics(samples, source.vocabulary, reference)
    reference.save(tmp_path / "reference.npz")
    loaded = Reference.load(tmp_path / "reference.npz")
    compute_metrics(source.diagrams(30), source.vocabulary, loaded)
    assert compute_metrics(samples.astype(np.int64), source.vocabulary, loaded) == first


def test_more_than_5000_diagrams_are_subsampled_samples_first(oracle, draw):
    source = draw(3, seed=4)
    train, samples = source.diagrams(5600), source.diagrams(5300, edge_share=0.5)
    reference = Reference.fit(train, source.vocabulary)
    found = compute_metrics(samples, source.vocabulary, reference, ["structure"])

    def features(tokens, chosen):
        return [oracle.degree_histogram(oracle.parse(tokens[k], 3), 3) for k in chosen]

    random = np.random.RandomState(42)
    x = features(samples, random.choice(5300, 5000, replace=False))
    y = features(train, random.choice(5600, 5000, replace=False))
    expected = _mmd_of_few_values(x, y)
    assert found["eval/mmd_degree"] == pytest.approx(expected, abs=1e-9)
    # With few samples the reference is the first draw of the generator.
    few = compute_metrics(samples[:40], source.vocabulary, reference, ["structure"])
    y = features(train, np.random.RandomState(42).choice(5600, 5000, replace=False))
    expected = _mmd_of_few_values(features(samples, range(40)), y)
    assert few["eval/mmd_degree"] == pytest.approx(expected, abs=1e-9)


def _mmd_of_few_values(x, y):
    # full matrices of 5000 x 5000 would be slow, so the weights are written out
    x, a = np.unique(np.array(x), axis=0, return_counts=True)
    y, b = np.unique(np.array(y), axis=0, return_counts=True)
    parts = [(x, x, a, a), (y, y, b, b), (x, y, a, b)]
    distances = [((p[:, None] - q[None]) ** 2).sum(axis=2) for p, q, _, _ in parts]
    weights = [np.outer(s, t) for _, _, s, t in parts]
    values = np.concatenate([d.ravel() for d in distances])
    times = np.concatenate([w.ravel() for w in weights])[np.argsort(values)]
    values = np.sort(values)
    times[values == 0] = 0
    # in the middle of a step, so the two middle entries are equal
    median = values[np.searchsorted(np.cumsum(times), times.sum() / 2)]
    xx, yy, xy = ((np.exp(-d / median) * w).sum() for d, w in zip(distances, weights, strict=True))
    m, n = a.sum(), b.sum()
    return max(0.0, (xx - m) / (m * (m - 1)) + (yy - n) / (n * (n - 1)) - 2 * xy / (m * n))


def test_names_select_metrics_by_name_or_key(draw):
    source = draw(4, seed=0)
    reference = Reference.fit(source.diagrams(30), source.vocabulary)
    found = compute_metrics(
        source.diagrams(10), source.vocabulary, reference, ["eval/novelty", "density"]
    )
    assert set(found) == {"eval/novelty", "edge_present_rate_by_num_rooms"}
    with pytest.raises(InputError, match=r"'eval/noveltyy'.*eval/novelty"):
        compute_metrics(source.diagrams(10), source.vocabulary, reference, ["eval/noveltyy"])


def test_input_that_cannot_be_measured_is_refused(draw):
    source = draw(4, seed=0)
    reference = Reference.fit(source.diagrams(30), source.vocabulary)
    with pytest.raises(ValueError, match="no samples"):
        compute_metrics(np.empty((0, 10), np.uint8), source.vocabulary, reference)
    with pytest.raises(ValueError, match=r"shape \(N, 10\)"):
        compute_metrics(np.zeros((3, 11), np.uint8), source.vocabulary, reference)
    with pytest.raises(ValueError, match="integers"):
        compute_metrics(np.zeros((3, 10)), source.vocabulary, reference)
    with pytest.raises(ValueError, match="n_max 5"):
        compute_metrics(np.zeros((3, 15), np.uint8), Vocabulary(5), reference)


def test_mean_and_population_deviation_over_seeds():
    # mean of 1, 2, 6 is 3; squared deviations 4, 1, 9, mean 14/3
    per_seed = {
        42: {"eval/a": 1.0, "by": {"4": {"x": 0.5}, "5": {"x": 1.0}}},
        123: {"eval/a": 2.0, "by": {"4": {"x": 1.0}}},
        456: {"eval/a": 6.0, "by": {"4": {"x": 0.0}}},
    }
    summary = aggregate(per_seed)
    assert list(summary) == ["by/4/x", "by/5/x", "eval/a"]
    assert summary["eval/a"] == {"mean": 3.0, "std": pytest.approx((14 / 3) ** 0.5)}
    assert summary["by/4/x"]["mean"] == pytest.approx(0.5)
    assert summary["by/5/x"] == {"mean": 1.0, "std": 0.0}  # one seed alone drew five rooms
    assert aggregate(per_seed.values()) == summary
    with pytest.raises(InputError, match="at least one seed"):
        aggregate({})


def test_published_summaries_follow_from_their_seeds(dev_data):
    files = sorted((dev_data / "reference" / "results").glob("*.json"))
    assert files
    for file in files:
        published = json.loads(file.read_text())
        summary = aggregate(published["per_seed"])
        assert {key for key in summary if key in published["summary"]} == set(summary)
        for key, value in summary.items():
            expected = published["summary"][key]
            assert value["mean"] == pytest.approx(expected["mean"], abs=1e-12), (file.name, key)
            assert value["std"] == pytest.approx(expected["std"], abs=1e-12), (file.name, key)


def test_published_files_have_no_key_that_is_not_computed(dev_data, draw):
    source = draw(8, seed=0)
    reference = Reference.fit(source.diagrams(50), source.vocabulary)
    found = compute_metrics(source.diagrams(200), source.vocabulary, reference)
    for file in sorted((dev_data / "reference" / "results").glob("*.json")):
        for entry in json.loads(file.read_text())["per_seed"].values():
            assert set(entry) <= set(found)
            assert {type(entry[key]) for key in entry if key.startswith("eval/")} == {float}
            for key in ("validity_by_num_rooms", "transitivity_by_num_rooms"):
                assert set(entry[key]["8"]) == set(found[key]["8"])


def test_numbers_too_large_to_square_have_a_mean_and_raise_no_warning():
    found = aggregate([{"eval/x": 1e308}, {"eval/x": 0.0}])
    assert found["eval/x"] == {"mean": 5e307, "std": np.inf}
