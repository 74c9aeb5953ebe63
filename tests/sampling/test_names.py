"""Names of methods, both ways."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bd_gen.sampling.grid import Loop
from bd_gen.sampling.method import MOST_SWEEPS, ORDERS, Method, RemaskingSettings
from bd_gen.sampling.sweeps import SWEEP_KINDS

INSIDE = st.floats(0, 1, exclude_min=True, exclude_max=True)
POSITIVE_TO_ONE = st.floats(0, 1, exclude_min=True)


@st.composite
def loops(draw) -> Loop:
    t_off, t_on = sorted(draw(st.tuples(INSIDE, INSIDE).filter(lambda pair: pair[0] != pair[1])))
    return Loop(t_on, t_off, draw(INSIDE))


@st.composite
def remaskings(draw) -> RemaskingSettings:
    strategy = draw(st.sampled_from(["cap", "rescale", "confidence", "compensated", "loop"]))
    if strategy in ("confidence", "compensated"):
        return RemaskingSettings(strategy, t_switch=draw(POSITIVE_TO_ONE))
    if strategy == "loop":
        return RemaskingSettings(strategy, draw(POSITIVE_TO_ONE), loop=draw(loops()))
    return RemaskingSettings(strategy, draw(POSITIVE_TO_ONE), draw(POSITIVE_TO_ONE))


@st.composite
def methods(draw) -> Method:
    unmasking = draw(st.sampled_from(list(ORDERS)))
    sweeps = draw(st.just(0) | st.integers(1, MOST_SWEEPS))
    return Method(
        unmasking,
        only_realizable=draw(st.booleans()),
        temperature=draw(st.one_of(st.sampled_from([0, 1, 0.0, 1.0]), st.floats(0, 1e300))),
        top_p=draw(st.one_of(st.none(), st.just(1), POSITIVE_TO_ONE)),
        remasking=draw(st.none() | remaskings()) if ORDERS[unmasking].has_steps else None,
        steps=draw(st.integers(1, 1000)),
        is_learned=draw(st.booleans()),
        sweeps=sweeps,
        sweep_kind=draw(st.sampled_from(["", *SWEEP_KINDS])) if sweeps else "",
    )


@given(methods())
def test_both_ways(method):
    assert Method.from_name(method.name, method.steps) == method


@given(methods(), methods())
def test_different_methods_have_different_names(one, other):
    if (one.name == other.name) and one.steps == other.steps:
        assert one == other


@given(methods())
def test_a_name_is_the_name_of_a_file(method):
    assert set(method.name) <= set("abcdefghijklmnopqrstuvwxyz0123456789._+-")
    assert len(method.name) < 200


def published() -> dict[str, Method]:
    """The 37 methods of the published comparison, spelled out."""
    found = {}
    for order in ("random", "llada"):
        found[f"{order}_argmax_no_remask"] = Method(order, temperature=0.0)
        found[f"{order}_topp0.9_no_remask"] = Method(order, top_p=0.9)
        for eta in (0.2, 0.4, 0.6, 0.8, 1.0):
            found[f"{order}_topp0.9_remdm_cap_eta{eta}"] = Method(
                order, top_p=0.9, remasking=RemaskingSettings("cap", eta)
            )
        for t_switch in (0.3, 0.5, 0.7, 1.0):
            found[f"{order}_topp0.9_remdm_confidence_tsw{t_switch}"] = Method(
                order, top_p=0.9, remasking=RemaskingSettings("confidence", t_switch=t_switch)
            )
        found[f"v2_{order}_topp0.9_no_remask"] = Method(order, top_p=0.9, is_learned=True)
    return found


@pytest.mark.parametrize(("name", "method"), published().items())
def test_published_names(name, method):
    assert method.name == name
    assert Method.from_name(name) == method


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("first_hitting_temp1.0_no_remask", Method("first_hitting")),
        ("confidence_temp1.0_no_remask", Method("confidence")),
        ("margin_topp0.9_temp0.7_no_remask", Method("margin", 0.7, 0.9)),
        ("rooms_temp1.0_no_remask_sweep2", Method("rooms", sweeps=2)),
        ("v2_rooms_argmax_no_remask", Method("rooms", 0.0, is_learned=True)),
        (
            "llada_topp0.9_remdm_confidence_tsw1.0_roomsweep12",
            Method(
                "llada",
                top_p=0.9,
                remasking=RemaskingSettings("confidence"),
                sweeps=12,
                sweep_kind="rooms",
            ),
        ),
        (
            "random_temp1.0_remdm_rescale_eta0.05_tsw0.5",
            Method("random", remasking=RemaskingSettings("rescale", 0.05, 0.5)),
        ),
        (
            "v2_random_temp1.0_remdm_loop_eta0.02",
            Method("random", remasking=RemaskingSettings("loop", 0.02), is_learned=True),
        ),
        (
            "random_temp1.0_remdm_loop_eta0.02_ton0.5_toff0.1_alpha0.8",
            Method("random", remasking=RemaskingSettings("loop", 0.02, loop=Loop(0.5, 0.1, 0.8))),
        ),
        (
            "first_hitting_temp1.0_no_remask_realizable",
            Method("first_hitting", only_realizable=True),
        ),
        (
            "v2_random_topp0.9_remdm_cap_eta0.4_realizable",
            Method(
                "random",
                top_p=0.9,
                remasking=RemaskingSettings("cap", 0.4),
                is_learned=True,
                only_realizable=True,
            ),
        ),
    ],
)
def test_new_names(name, method):
    assert method.name == name
    assert Method.from_name(name) == method


def test_every_published_result_names_its_method(dev_data):
    """Name and `config` of the published files say the same."""
    paths = sorted((dev_data / "reference" / "results").glob("*.json"))
    assert len(paths) >= 20
    for path in paths:
        method = Method.from_name(path.stem)
        assert method.name == path.stem
        config = json.loads(path.read_text())["config"]
        settings = method.settings
        for key in ("unmasking_mode", "top_p", "remasking_enabled", "sampling_steps"):
            assert config[key] == settings[key], (path.name, key)
        if method.remasking is not None:
            assert config["remasking_strategy"] == method.remasking.strategy


@pytest.mark.parametrize(
    "name",
    [
        "",
        "random",
        "random_argmax",
        "sorted_argmax_no_remask",
        "random_argmax_no_remask_",
        "random_topp_no_remask",
        "random_topp0.9.9_no_remask",
        "random_topp.9_no_remask",
        "random_top0.9_no_remask",
        "random_temp-1.0_no_remask",
        "random_tempnan_no_remask",
        "v3_random_argmax_no_remask",
        "random_argmax_remdm_cup_eta0.4",
        "RANDOM_argmax_no_remask",
        "random_argmax_no_remask\n",
        "random_argmax_no_remask_sweep",
        "random_argmax_no_remask_sweep0",
        "random_argmax_no_remask_sweep-1",
        "random_argmax_no_remask_sweep1.5",
        "random_argmax_no_remask_sweep02",
        "random_argmax_no_remask_edgesweep2",
        "random_argmax_no_remask_sweep2_roomsweep2",
        "random_argmax_sweep2_no_remask",
        "random_argmax_no_remask_realizable_realizable",
        "random_argmax_realizable_no_remask",
        "random_argmax_no_remask_realizable_",
        "_realizable",
    ],
)
def test_what_names_no_method(name):
    with pytest.raises(ValueError, match="names no method"):
        Method.from_name(name)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("random_topp1.5_no_remask", "top_p"),
        ("random_topp0.0_no_remask", "top_p"),
        ("random_argmax_remdm_cap_eta1.5", "eta"),
        ("random_argmax_remdm_cap", "eta"),
        ("random_argmax_remdm_confidence_eta0.3", "eta"),
        ("random_argmax_remdm_confidence_tsw0.0", "t_switch"),
        ("first_hitting_temp1.0_remdm_cap_eta0.4", "first_hitting"),
        ("rooms_temp1.0_remdm_loop_eta0.4", "rooms reveals each token once"),
        ("random_argmax_no_remask_sweep1001", "sweeps must be a whole number in 0..1,000"),
    ],
)
def test_names_of_settings_out_of_range(name, reason):
    with pytest.raises(ValueError, match=reason):
        Method.from_name(name)
