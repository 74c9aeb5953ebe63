"""Settings of methods in configurations, files and commands, as strategies declare them."""

import subprocess
import sys

import pytest

from bd_gen.sampling.method import Method, RemaskingSettings
from bd_gen.sampling.settings import (
    canonical,
    config_settings,
    from_config,
    from_settings,
    known_settings,
    overrides,
    usual_method,
)
from bd_gen.sampling.strategies import DECODINGS, ORDERS, REMASKINGS

LOOPED = Method("random", remasking=RemaskingSettings("loop", 0.02, t_on=0.5, alpha_on=0.8))


def test_what_methods_declare_imports_no_torch() -> None:
    code = (
        "import sys, bd_gen.report.commands, bd_gen.results.carry_over, bd_gen.sampling.settings\n"
        "from bd_gen.sampling.method import Method\n"
        "Method.from_name('llada_topp0.9_remdm_cap_eta0.4_sweep2').settings\n"
        "assert not {'torch', 'hydra', 'omegaconf'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_every_parameter_is_a_setting_once() -> None:
    keys = [one.key for one in config_settings()]
    assert len(keys) == len(set(keys))
    own = {key for cls in (*ORDERS.values(), *DECODINGS.values()) for key in cls.parameters()}
    remasked = {f"remasking.{key}" for cls in REMASKINGS.values() for key in cls.parameters()}
    assert own | remasked <= set(keys)
    assert LOOPED.settings.keys() <= known_settings()


def test_nothing_asked_for_is_the_usual_method() -> None:
    assert from_config({}) == usual_method() == Method("first_hitting", sweeps=2)
    assert from_config({"sweeps": 0}) == Method("first_hitting")
    assert from_config({"temperature": 0.5}) == Method("first_hitting", temperature=0.5)
    assert from_config({"sweep_kind": None, "sweeps": 1}).sweep_kind == "tokens"


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"remasking.eta": 0.4}, "goes with remasking.strategy=cap, rescale or loop"),
        ({"remasking.strategy": "cup"}, "remasking.strategy must be one of cap, .*mean cap?"),
        ({"remasking.strategy": "cap", "remasking.eta": 2.0}, r"remasking.eta must be in \(0, 1\]"),
        (
            {"remasking.strategy": "cap", "remasking.eta": 0.4, "remasking.t_on": 0.4},
            "remasking.t_on: cap remasking has no t_on",
        ),
        ({"sweep_kind": "rooms"}, "goes with sweeps of 1 or more"),
        ({"temperature": -1.0}, "temperature must be 0 or more, got -1"),
        ({"top_p": 1.5}, r"top_p must be in \(0, 1\], got 1.5"),
    ],
)
def test_what_cannot_be_is_refused(asked: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        from_config({"unmasking_mode": "random", **asked})


def test_parameters_that_are_stored_together_are_told_apart() -> None:
    assert LOOPED.settings["remasking_loop"] == [0.5, 0.05, 0.8]
    told = overrides(LOOPED.settings)
    assert (told["remasking.t_on"], told["remasking.alpha_on"]) == (0.5, 0.8)
    assert "remasking.t_switch" not in told  # a loop has none
    assert from_config(told) == LOOPED


def test_a_command_says_that_nothing_is_swept_where_it_would_be() -> None:
    assert overrides(Method("first_hitting").settings)["sweeps"] == 0
    assert "sweeps" not in overrides(Method("rooms").settings)
    assert overrides({"unmasking_mode": "gone"})["sweeps"] == 0  # nobody knows


@pytest.mark.parametrize("order", [name for name, cls in ORDERS.items() if not cls.has_steps])
def test_steps_play_no_part_where_there_are_none(order: str) -> None:
    assert canonical({"unmasking_mode": order, "sampling_steps": 7})["sampling_steps"] is None


def test_settings_that_contradict_one_another_stay_as_they_are() -> None:
    odd = {"remasking_enabled": True, "top_p": 1.0}
    assert canonical(odd) == odd


def test_a_file_of_other_settings_is_refused_with_the_reason() -> None:
    for changes, message in (
        ({"remasking_loop": [0.5]}, "remasking_loop: expected t_on, t_off and alpha_on"),
        ({"remasking_loop": [0.5, "x", 0.9]}, "remasking_t_off: expected a number"),
        ({"only_realizable": "yes"}, "only_realizable: expected true or false"),
    ):
        with pytest.raises(ValueError, match=message):
            from_settings({**LOOPED.settings, **changes})


def test_methods_that_never_use_a_random_number_say_so() -> None:
    assert not Method("llada", temperature=0.0).is_stochastic
    assert Method("llada").is_stochastic
    assert Method("random", temperature=0.0).is_stochastic
    assert Method("margin", 0.0, remasking=RemaskingSettings("cap", 0.1)).is_stochastic
