import json
from typing import Any

import numpy as np
import pytest

from bd_gen.metrics import (
    METRICS,
    MetricKey,
    Reference,
    compute_metrics,
    find_metric_info,
    metric,
    metric_info,
    metric_infos,
    metric_versions,
)
from bd_gen.metrics.compute import flattened
from bd_gen.metrics.keys import FAMILIES
from bd_gen.metrics.registry import carried_along
from bd_gen.system.errors import InputError


@pytest.fixture(autouse=True)
def same_registry_afterwards():
    before = dict(METRICS)
    yield
    METRICS.clear()
    METRICS.update(before)


def test_every_number_has_a_name_a_family_and_a_unit(draw):
    source = draw(4, seed=0)
    reference = Reference.fit(source.diagrams(100), source.vocabulary)
    found = compute_metrics(source.diagrams(50), source.vocabulary, reference)
    for key, value in flattened(found):
        info = metric_info(key)
        assert info.family in FAMILIES
        assert info.display
        if info.unit == "rate":
            assert 0 <= value <= 1
        if info.unit == "count":
            assert value == int(value)


def test_displayed_names_are_distinct():
    displays = [(info.display, info.nested) for info in metric_infos()]
    assert len(set(displays)) == len(displays)


def test_families_come_in_the_order_of_the_tables():
    families = [info.family for info in metric_infos()]
    assert list(dict.fromkeys(families)) == list(FAMILIES)


@pytest.mark.parametrize(
    ("key", "direction", "unit", "family"),
    [
        ("eval/validity_rate", "higher", "rate", "Validity"),
        ("eval/edge_js", "lower", "value", "Distribution"),
        ("eval/num_sample_modes", None, "count", "Coverage"),
        ("eval/mmd_degree", "lower", "value", "Graph Structure"),
        ("edge_present_rate_by_num_rooms/7", None, "rate", "Graph Structure"),
        ("eval/conditional_edge_js_topN_weighted", "lower", "value", "Conditional"),
        ("denoise/acc_edge@t=0.5", "higher", "rate", "Denoising"),
    ],
)
def test_info_of_a_key(key, direction, unit, family):
    info = metric_info(key)
    assert (info.direction, info.unit, info.family) == (direction, unit, family)


def test_a_flattened_key_says_where_it_lies():
    info = metric_info("validity_by_num_rooms/4/no_mask_tokens")
    assert info.display == "Validity, 4 rooms, no mask tokens"
    assert info.metric == "validity"
    assert metric_info("edge_present_rate_by_num_rooms/7").display == "Edge density, 7 rooms"


def test_an_unknown_key_is_answered_with_the_near_ones():
    assert find_metric_info("eval/edge_jss") is None
    with pytest.raises(InputError, match=r"^metric 'eval/edge_jss': not known; .*eval/edge_js"):
        metric_info("eval/edge_jss")
    with pytest.raises(InputError, match=r"there are \d+ names"):
        metric_info("xyzxyz")


def test_a_new_metric_is_computed_recorded_and_described(draw):
    def most_rooms(train):
        return {"rooms": train.num_rooms.max(keepdims=True)}

    @metric(
        family="Novelties",
        keys=(MetricKey("eval/larger_rate", "Larger than all", None, "rate"),),
        version=3,
        fit=most_rooms,
    )
    def larger(samples, fitted):
        return {"eval/larger_rate": float((samples.num_rooms > fitted["rooms"]).mean())}

    source = draw(3, seed=0)
    small = source.diagrams(50)
    small = small[small[:, 2] == 14]  # at most two rooms
    samples = source.diagrams(50)
    reference = Reference.fit(small, source.vocabulary)
    found = compute_metrics(samples, source.vocabulary, reference)
    assert found["eval/larger_rate"] == (samples[:, 2] != 14).mean()
    assert metric_versions()["larger"] == 3
    assert metric_infos()[-1].name == "eval/larger_rate"  # new families come last


def test_names_and_keys_are_taken_once():
    with pytest.raises(InputError, match="there is already a metric called 'validity'"):
        carried_along("validity", family="Validity", keys=())
    with pytest.raises(
        InputError, match=r"'eval/edge_js' already belongs to metric 'distribution'"
    ):
        carried_along("other", family="X", keys=(MetricKey("eval/edge_js", "", None, "value"),))


def test_a_metric_must_return_what_it_declares(draw):
    @metric(family="X", keys=(MetricKey("eval/a", "A", None, "value"),))
    def forgetful(samples):
        return {"eval/b": 1.0}

    source = draw(3, seed=0)
    reference = Reference.fit(source.diagrams(20), source.vocabulary)
    with pytest.raises(ValueError, match=r"'forgetful'.*eval/a, eval/b"):
        compute_metrics(source.diagrams(5), source.vocabulary, reference, ["forgetful"])


def test_denoising_numbers_have_names_but_are_not_computed(dev_data):
    assert "denoising" not in metric_versions()
    with pytest.raises(InputError):
        compute_metrics(np.zeros((1, 3), int), *_tiny(), names=["denoise/val_elbo"])
    for file in (dev_data / "reference" / "results").glob("*.json"):
        for key in json.loads(file.read_text())["denoising"]:
            assert metric_info(key).family == "Denoising"


def _tiny():
    from bd_gen.diagrams.vocabulary import Vocabulary

    vocabulary = Vocabulary(2)
    return vocabulary, Reference.fit(np.array([[0, 1, 2]]), vocabulary)


def test_metrics_with_one_fit_share_its_statistics(draw):
    fits = []

    def count(train):
        fits.append(len(train))
        return {"count": np.array(len(train))}

    for name in ("first", "second"):
        compute = _returns_count(name)
        metric(family="X", keys=(MetricKey(name, name, None, "count"),), fit=count)(compute)
    source = draw(3, seed=0)
    reference = Reference.fit(source.diagrams(20), source.vocabulary)
    found = compute_metrics(source.diagrams(5), source.vocabulary, reference, ["first", "second"])
    assert found == {"first": 20, "second": 20}
    assert fits == [20]


def _returns_count(name):
    def compute(samples, fitted):
        return {name: float(fitted["count"])}

    compute.__name__ = name
    return compute


def test_statistics_are_stored_under_the_names_that_older_versions_gave_them():
    stored = {name: known.fit_name for name, known in METRICS.items() if known.fit_name}
    room = "bd_gen.metrics.measures"
    assert (
        stored.items()
        >= {
            "distribution": f"{room}.distribution.marginal_counts",
            "edge_counts": f"{room}.edge_counts.edge_histograms",
            "pairs": f"{room}.pairs.pair_counts",
            "typed_degrees": f"{room}.degrees.degrees_by_type",
            "conditional_edges": f"{room}.conditional.relations_by_pair",
            "isomorphism": f"{room}.isomorphism.canonical_digests",
            "novelty": f"{room}.coverage.distinct_diagrams",
        }.items()
    )


@pytest.mark.parametrize(
    ("direction", "unit", "expected"),
    [
        ("none", "rate", "eval/x: direction: expected 'higher', 'lower' or None, got 'none'"),
        ("lower", "number", "eval/x: unit: expected one of rate, value, count, got 'number'"),
    ],
)
def test_a_key_of_no_such_direction_or_unit_is_refused(
    direction: Any, unit: Any, expected: str
) -> None:
    with pytest.raises(InputError, match=f"^{expected}$"):
        MetricKey("eval/x", "X", direction, unit)
