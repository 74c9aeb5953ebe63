from collections.abc import Callable

import pytest

from bd_gen.results.carry_over import changed_settings, kept
from bd_gen.results.result_file import Result
from bd_gen.results.samples_file import Samples

Make = Callable[..., Samples]

OWN = {"denoise/val_elbo": 20.0, "denoise/ce_node@t=0.1": 2.0}


def old(provenance: dict | None = None, **fields: object) -> Result:
    base = {
        "format_version": 2,
        "method": "m",
        "timestamp": "",
        "config": {
            "seeds": [42, 123],
            "num_samples": 20,
            "sampling_steps": 100,
            "checkpoint": "checkpoint_final.pt",
        },
        "per_seed": {"42": {"later/metric": 1.0}, "123": {"later/metric": 3.0}},
        "summary": {},
        "denoising": {"denoise/val_elbo": 14.0},
    }
    return Result(base | ({} if provenance is None else {"provenance": provenance}) | fields)


@pytest.fixture
def samples(make_samples: Make) -> Samples:
    """Two seeds of 20, of checkpoint "new"."""
    return make_samples(
        config={"sampling_steps": 100, "checkpoint": "runs/a.pt", "is_v2": False},
        provenance={"checkpoint_sha256": "new", "denoising": OWN},
    )


def test_without_an_old_file_the_samples_tell_all(samples: Samples) -> None:
    new = kept(None, samples, "s", "d")
    assert new.config == {
        "seeds": [42, 123],
        "num_samples": 20,
        "sampling_steps": 100,
        "checkpoint": "runs/a.pt",
        "is_v2": False,
    }
    assert new.denoising == OWN
    assert (new.metrics, new.ci95, new.versions, new.fields, new.notes) == ({}, {}, {}, {}, ())


def test_the_same_checkpoint_keeps_config_and_denoising(samples: Samples) -> None:
    before = old({"checkpoint_sha256": "new"}, denoising={"denoise/acc_node@t=0.1": 0.5})
    new = kept(before, samples, "s", "d")
    assert new.config == {**old().config, "is_v2": False}
    assert new.denoising == {"denoise/acc_node@t=0.1": 0.5, **OWN}
    assert new.notes == ()


def test_two_that_know_no_checkpoint_belong_together(make_samples: Make) -> None:
    new = kept(old(), make_samples(), "s", "d")
    assert new.config == old().config
    assert new.denoising == {"denoise/val_elbo": 14.0}
    assert new.metrics == old().per_seed
    assert new.notes == ()


HASHES = (None, "a", "b")


@pytest.mark.parametrize("before", HASHES)
@pytest.mark.parametrize("now", HASHES)
def test_what_is_not_known_to_be_equal_is_not_taken_for_equal(
    make_samples: Make, before: str | None, now: str | None
) -> None:
    """Of nine cases the three on the diagonal keep denoising scores, and the others say so."""
    samples = make_samples(provenance={"checkpoint_sha256": now, "denoising": OWN})
    result = old({"checkpoint_sha256": before}, denoising={"denoise/acc_node@t=0.5": 0.827})
    new = kept(result, samples, "s", "d")
    has_old = "denoise/acc_node@t=0.5" in new.denoising
    assert has_old == (before == now)
    assert bool(new.metrics) == (before == now)
    assert bool(new.notes) == (before != now)


@pytest.mark.parametrize(
    ("before", "now", "cause"),
    [
        ("old", "new", "another checkpoint than before"),
        (None, "new", "the result did not say of which checkpoint it was"),
        ("old", None, "the samples do not say of which checkpoint they are"),
    ],
)
def test_another_checkpoint_replaces_them_and_says_what(
    make_samples: Make, before: str | None, now: str | None, cause: str
) -> None:
    samples = make_samples(
        config={"sampling_steps": 100, "checkpoint": "runs/a.pt", "is_v2": False},
        provenance={"checkpoint_sha256": now, "denoising": OWN},
    )
    result = old({"checkpoint_sha256": before}, comment="x")
    result.fields["config"]["guidance"] = 2.0
    new = kept(result, samples, "s", "d")
    assert new.config["checkpoint"] == "runs/a.pt"
    assert new.denoising == OWN
    assert new.fields == {"comment": "x"}
    assert new.notes == (
        f"{cause}: config is now that of the samples, "
        "1 denoise values are replaced by 2 of the samples",
        "config/guidance: 2.0 before, not in the samples",
    )


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ({"temperature": 0.0, "top_p": 0.9}, {"temperature": 1.0, "top_p": 0.9}),
        ({"temperature": 0, "top_p": None}, {"temperature": 0.0, "top_p": 1.0}),
        (
            {"remasking_enabled": False, "remasking_eta": 0.1, "remasking_t_switch": 1.0},
            {"remasking_enabled": False, "remasking_eta": None, "remasking_t_switch": None},
        ),
        (
            {"remasking_strategy": "confidence", "remasking_eta": 0.0},
            {"remasking_strategy": "confidence", "remasking_eta": None},
        ),
        (
            {"unmasking_mode": "first_hitting", "sampling_steps": 100},
            {"unmasking_mode": "first_hitting", "sampling_steps": None},
        ),
    ],
)
def test_what_means_the_same_is_not_told_as_a_change(before: dict, now: dict) -> None:
    assert changed_settings(before, now) == []


def test_what_means_something_else_is() -> None:
    before = {"temperature": 0.0, "top_p": None, "remasking_enabled": True, "remasking_eta": 0.4}
    now = {"temperature": 1.0, "top_p": None, "remasking_enabled": True, "remasking_eta": 0.2}
    assert changed_settings(before, now) == [
        "config/temperature: 0.0 before, now 1.0 as in the samples",
        "config/remasking_eta: 0.4 before, now 0.2 as in the samples",
    ]


def test_how_the_samples_were_drawn_always_counts(make_samples: Make) -> None:
    samples = make_samples(seeds=(7,), num_samples=5, config={"sampling_steps": 10, "seeds": [1]})
    new = kept(old(), samples, "s", "d")
    assert new.config["sampling_steps"] == 10
    assert (new.config["seeds"], new.config["num_samples"]) == ([7], 5)
    assert new.notes == (
        "config/seeds: 42, 123 before, now 7 as in the samples",
        "config/num_samples: 20 before, now 5 as in the samples",
        "config/sampling_steps: 100 before, now 10 as in the samples",
    )


@pytest.mark.parametrize(
    ("provenance", "stays"),
    [
        (None, True),
        ({"samples_sha256": "s"}, True),
        ({"samples_sha256": "t"}, False),
        ({"data_fingerprint": "d"}, True),
        ({"samples_sha256": "s", "data_fingerprint": "e"}, False),
    ],
)
def test_numbers_stay_while_tokens_and_data_may_be_the_same(
    make_samples: Make, provenance: dict | None, stays: bool
) -> None:
    ci95 = {"later/metric": {"low": 0.0, "high": 4.0, "se": 1.0, "from": "seeds"}}
    versions = {"metric_versions": {"later": 2}}
    before = old(None if provenance is None else provenance | versions, ci95=ci95)
    new = kept(before, make_samples(), "s", "d")
    assert new.metrics == (before.per_seed if stays else {})
    assert new.ci95 == (ci95 if stays else {})
    assert new.versions == (before.metric_versions if stays else {})
    assert new.fields == {}


def test_numbers_of_other_seeds_do_not_stay(make_samples: Make) -> None:
    assert kept(old(), make_samples(seeds=(42,)), "s", "d").metrics == {}
    assert kept(old(), make_samples(seeds=(123, 42)), "s", "d").metrics == old().per_seed
