"""Settings of methods: what is refused, what is normalised, what they stand for."""

import math

import pytest
import torch
from tests.sampling.cases import METHODS
from tests.sampling.oracle import visibility_named

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.sampling.decoding import Argmax, Nucleus, Tempered
from bd_gen.sampling.grid import Loop
from bd_gen.sampling.method import ORDERS, REMASKINGS, Method, RemaskingSettings
from bd_gen.sampling.remasking import (
    Cap,
    Compensated,
    Confidence,
    Looped,
    NoRemasking,
    Rescale,
    Switched,
)


def test_the_cases_leave_no_order_and_no_remasking_out():
    assert {method.unmasking for method in METHODS} == set(ORDERS)
    assert {m.remasking.strategy for m in METHODS if m.remasking} == set(REMASKINGS)


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"unmasking": "rnadom"}, "did you mean random"),
        ({"unmasking": "left_to_right"}, "unmasking_mode must be one of random, llada"),
        ({"temperature": -0.1}, "temperature"),
        ({"temperature": math.nan}, "temperature"),
        ({"temperature": math.inf}, "temperature"),
        ({"top_p": 0.0}, "top_p"),
        ({"top_p": -0.9}, "top_p"),
        ({"top_p": 1.01}, "top_p"),
        ({"top_p": math.nan}, "top_p"),
        ({"steps": 0}, "sampling_steps"),
        ({"steps": -5}, "sampling_steps"),
        ({"steps": 10**12}, "sampling_steps must be in"),
    ],
)
def test_out_of_range(settings, field):
    with pytest.raises(ValueError, match=field) as raised:
        Method(**{"unmasking": "random", **settings})
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"strategy": "cup", "eta": 0.1}, "did you mean cap"),
        ({"strategy": "cap"}, "eta"),
        ({"strategy": "cap", "eta": 0.0}, "eta"),
        ({"strategy": "cap", "eta": 1.1}, "eta"),
        ({"strategy": "rescale", "eta": math.nan}, "eta"),
        ({"strategy": "confidence", "eta": 0.1}, "no eta"),
        ({"strategy": "confidence", "t_switch": 0.0}, "t_switch"),
        ({"strategy": "confidence", "t_switch": 1.1}, "t_switch"),
        ({"strategy": "confidence", "t_switch": math.nan}, "t_switch"),
        ({"strategy": "loop", "eta": 0.1, "t_switch": 0.5}, "t_on and t_off"),
        ({"strategy": "loop", "eta": 0.1, "loop": Loop(0.1, 0.5)}, "t_off < t_on"),
        ({"strategy": "loop", "eta": 0.1, "loop": Loop(1.0, 0.5)}, "t_off < t_on"),
        ({"strategy": "loop", "eta": 0.1, "loop": Loop(0.5, 0.0)}, "t_off < t_on"),
        ({"strategy": "loop", "eta": 0.1, "loop": Loop(alpha_on=1.0)}, "alpha_on"),
        ({"strategy": "loop", "eta": 0.1, "loop": Loop(alpha_on=math.nan)}, "alpha_on"),
    ],
)
def test_remasking_out_of_range(settings, field):
    with pytest.raises(ValueError, match=field) as raised:
        RemaskingSettings(**settings)
    assert str(raised.value).startswith("remasking.")


@pytest.mark.parametrize("order", ["first_hitting", "rooms"])
def test_orders_without_steps_cannot_remask(order):
    with pytest.raises(ValueError, match=f"{order} reveals each token once, in a call of its own"):
        Method(order, remasking=RemaskingSettings("cap", 0.1))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"sweeps": -1}, "sweeps must be a whole number in 0..1,000, got -1"),
        ({"sweeps": 1001}, "sweeps must be a whole number in 0..1,000, got 1001"),
        ({"sweeps": 1.5}, "sweeps must be a whole number in 0..1,000, got 1.5"),
        ({"sweeps": True}, "sweeps must be a whole number in 0..1,000, got True"),
        ({"sweep_kind": "rooms"}, "sweep_kind: rooms goes with sweeps of 1 or more"),
        (
            {"sweeps": 1, "sweep_kind": "room"},
            "sweep_kind must be one of tokens, rooms, got 'room'; did you mean rooms?",
        ),
    ],
)
def test_sweeps_that_cannot_be(settings, message):
    with pytest.raises(ValueError, match="sweep") as raised:
        Method("rooms", **settings)
    assert str(raised.value) == message


def test_sweeps_are_of_tokens_by_default():
    assert Method("rooms", sweeps=2) == Method("rooms", sweeps=2, sweep_kind="tokens")
    assert Method("rooms").settings.keys().isdisjoint({"sweeps", "sweep_kind"})
    assert Method("rooms", sweeps=2).settings["sweeps"] == 2


@pytest.mark.parametrize(
    ("name", "calls"),
    [
        ("first_hitting_temp1.0_no_remask", 36),
        ("rooms_temp1.0_no_remask_sweep2", 108),
        ("rooms_temp1.0_no_remask_roomsweep2", 36 + 128),
        ("random_temp1.0_no_remask", 36),
        ("random_temp1.0_remdm_cap_eta0.4_sweep1", 136),
    ],
)
def test_most_calls_of_eight_rooms(name, calls):
    assert Method.from_name(name).most_calls(8) == calls


def test_top_p_of_one_is_none():
    assert Method("random", top_p=1.0) == Method("random")
    assert Method("random", top_p=1) == Method("random")
    assert Method("random", top_p=1.0, temperature=0.0) == Method("random", temperature=0.0)


def test_published_configurations_say_temperature_zero_with_top_p():
    """There 0 stands for nothing asked, not for the most probable value."""
    method = Method("llada", temperature=0.0, top_p=0.9)
    assert method == Method("llada", temperature=1.0, top_p=0.9)
    assert method.name == "llada_topp0.9_no_remask"
    assert isinstance(method.decoding, Nucleus)
    assert method.decoding.temperature == 1.0


def test_published_configurations_say_eta_zero_with_confidence():
    assert RemaskingSettings("confidence", 0.0) == RemaskingSettings("confidence")


def test_strategies():
    assert isinstance(Method("random").decoding, Tempered)
    assert isinstance(Method("random", temperature=0).decoding, Argmax)
    assert isinstance(Method("random", top_p=0.9).decoding, Nucleus)
    assert isinstance(Method("random").remasker, NoRemasking)
    for strategy, kind in (("cap", Cap), ("rescale", Rescale), ("loop", Looped)):
        made = RemaskingSettings(strategy, 0.3).remasking
        assert isinstance(made, kind)
        assert made.eta == 0.3
    assert isinstance(RemaskingSettings("confidence").remasking, Confidence)
    assert isinstance(RemaskingSettings("compensated").remasking, Compensated)
    switched = RemaskingSettings("cap", 0.3, t_switch=0.5).remasking
    assert isinstance(switched, Switched)
    assert switched.t_switch == 0.5
    for name, order in ORDERS.items():
        assert type(Method(name).order) is order


def test_only_loops_stand_still():
    visibility = visibility_named("loglinear", Vocabulary(3))
    positions = torch.arange(6)
    loop = Method("random", remasking=RemaskingSettings("loop", 0.1)).grid(visibility, positions)
    plain = Method("random", remasking=RemaskingSettings("cap", 0.1)).grid(visibility, positions)
    assert (loop.times.diff() == 0).any()
    assert not (plain.times.diff() == 0).any()
    assert loop.steps == plain.steps == 100


@pytest.mark.parametrize(
    ("method", "is_exact"),
    [
        (Method("first_hitting"), True),
        (Method("first_hitting", temperature=0.9), False),
        (Method("first_hitting", top_p=0.9), False),
        (Method("first_hitting", top_p=1.0), True),
        (Method("rooms"), True),
        (Method("rooms", temperature=0.0), False),
        (Method("rooms", sweeps=2), True),
        (Method("random", steps=1000, sweeps=5), False),
        (Method("random", steps=1000), False),
        (Method("llada"), False),
        (Method("confidence"), False),
    ],
)
def test_exactness(method, is_exact):
    assert method.is_exact == is_exact


def test_steps_matter_but_for_orders_of_one_token_a_call():
    without = [name for name in ORDERS if not Method(name).has_steps]
    assert without == ["first_hitting", "rooms"]


def test_settings_are_those_of_published_files():
    """The `config` of llada_topp0.9_remdm_cap_eta0.4, as published."""
    method = Method("llada", top_p=0.9, remasking=RemaskingSettings("cap", 0.4))
    assert method.settings == {
        "sampling_steps": 100,
        "temperature": 1.0,
        "top_p": 0.9,
        "unmasking_mode": "llada",
        "remasking_enabled": True,
        "remasking_strategy": "cap",
        "remasking_eta": 0.4,
        "remasking_t_switch": 1.0,
        "is_v2": False,
    }
    assert Method("first_hitting").settings["sampling_steps"] is None


def test_methods_that_draw_otherwise_have_other_settings():
    """What tells a finished file from one that is asked for anew."""
    others = {repr(method.settings) for method in METHODS}
    assert len(others) == len(METHODS)
    one, two = (
        Method("random", remasking=RemaskingSettings("loop", 0.1, loop=Loop(alpha_on=alpha)))
        for alpha in (0.8, 0.9)
    )
    assert one.settings != two.settings
