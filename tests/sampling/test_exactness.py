"""Methods that say they are exact are; the bias of the others is measured."""

import numpy as np
import pytest
from tests.rplan import EDGE_MASK, NODE_MASK
from tests.sampling.cases import name_of
from tests.sampling.oracle import (
    Floor,
    Oracle,
    bias_table,
    distance,
    measured_bias,
    noise_floor,
)

from bd_gen.sampling.method import Method, RemaskingSettings
from bd_gen.sampling.strategies import ORDERS, REMASKINGS

PROCESSES = ("loglinear", "linear", "cosine", "learned", "law")

EXACT = (Method("first_hitting"), Method("rooms"))

EXACT_AT_ONE_TOKEN_A_CALL = (Method("confidence", steps=12), Method("margin", steps=12))
"""With as many steps as here no call reveals two of six tokens."""

BIASED = (
    Method("random", steps=6),
    Method("random", steps=20),
    Method("random", steps=100),
    Method("random", steps=100, top_p=0.9),
    Method("llada", steps=6),
    Method("llada", steps=100),
    Method("llada", steps=100, sweeps=2),
    Method("llada", steps=100, sweeps=2, sweep_kind="rooms"),
    Method("llada", steps=100, top_p=0.9),
    Method("confidence", steps=3),
    Method("margin", steps=3),
    Method("first_hitting", top_p=0.9),
    Method("first_hitting", temperature=0.8),
    Method("first_hitting", temperature=0.0),
    Method("random", remasking=RemaskingSettings("cap", 0.02)),
    Method("random", remasking=RemaskingSettings("cap", 0.4)),
    Method("random", remasking=RemaskingSettings("rescale", 0.2)),
    Method("random", remasking=RemaskingSettings("confidence")),
    Method("random", remasking=RemaskingSettings("confidence", t_switch=0.5)),
    Method("random", remasking=RemaskingSettings("compensated")),
    Method("random", remasking=RemaskingSettings("compensated", t_switch=0.5)),
    Method("random", remasking=RemaskingSettings("loop", 0.02)),
    Method("llada", remasking=RemaskingSettings("cap", 0.4)),
    Method("llada", remasking=RemaskingSettings("confidence", t_switch=0.5)),
    Method("llada", remasking=RemaskingSettings("compensated", t_switch=0.5)),
    Method("confidence", remasking=RemaskingSettings("cap", 0.02)),
    Method("margin", remasking=RemaskingSettings("loop", 0.02)),
)
"""Every kind of method that is not exact, in the order of `docs/sampling.md`."""


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    return Oracle.of_three_rooms(seed=0)


@pytest.fixture(scope="module")
def floor(oracle) -> Floor:
    return noise_floor(oracle.truth)


def test_lists_agree_with_what_methods_say_and_leave_nothing_out():
    assert all(method.is_exact for method in EXACT)
    assert not any(method.is_exact for method in (*EXACT_AT_ONE_TOKEN_A_CALL, *BIASED))
    everything = (*EXACT, *EXACT_AT_ONE_TOKEN_A_CALL, *BIASED)
    assert {method.unmasking for method in everything} == set(ORDERS)
    assert {m.remasking.strategy for m in everything if m.remasking} == set(REMASKINGS)


def test_every_order_that_looks_at_drawn_values_says_so():
    assert [name for name, order in ORDERS.items() if not order.may_be_exact] == ["llada"]


@pytest.mark.parametrize("process", PROCESSES)
@pytest.mark.parametrize("method", EXACT, ids=name_of)
def test_exact_methods_lie_within_the_noise_floor(method, process, oracle, floor):
    found, calls = distance(oracle, method, process)
    assert found < floor.threshold
    assert calls <= 6


@pytest.mark.parametrize(
    ("method", "process"),
    list(zip(EXACT_AT_ONE_TOKEN_A_CALL, ("loglinear", "cosine"), strict=True)),
    ids=["confidence", "margin"],
)
def test_choosing_the_place_before_the_value_is_exact(method, process, oracle, floor):
    found, calls = distance(oracle, method, process)
    assert found < floor.threshold
    assert calls == 6


def test_choosing_the_place_before_the_value_is_exact_with_learned_rates(oracle, floor):
    """They change fast at late times: it takes more steps until no call reveals two tokens."""
    found, calls = distance(oracle, Method("margin", steps=40), "learned")
    assert found < floor.threshold
    assert calls == 6


@pytest.mark.parametrize("method", EXACT, ids=name_of)
@pytest.mark.parametrize("process", ["loglinear", "law"])
def test_exact_methods_are_exact_for_diagrams_of_several_sizes_at_once(method, process):
    oracle = Oracle.of_several_sizes(seed=5)
    found, _ = distance(oracle, method, process, seed=7)
    assert found < noise_floor(oracle.truth).threshold


@pytest.mark.parametrize(
    "row",
    [
        [4, NODE_MASK, 0, EDGE_MASK, 7, EDGE_MASK],
        [NODE_MASK, NODE_MASK, NODE_MASK, 10, 1, 7],
        [12, NODE_MASK, NODE_MASK, EDGE_MASK, EDGE_MASK, EDGE_MASK],
    ],
    ids=["mixed", "edges", "one-room"],
)
@pytest.mark.parametrize("method", [*EXACT, EXACT_AT_ONE_TOKEN_A_CALL[0]], ids=name_of)
@pytest.mark.parametrize("process", ["loglinear", "law"])
def test_what_is_given_conditions_the_rest(method, process, row, oracle):
    given = np.array(row, np.uint8)
    found, calls = distance(oracle, method, process, given=given)
    assert found < noise_floor(oracle.given(given)).threshold
    assert calls == (given == oracle.vocabulary.mask_row).sum()


def test_given_tokens_fix_the_size():
    oracle = Oracle.of_several_sizes(seed=2)
    given = oracle.vocabulary.pad_row.copy()
    given[[0, 1, 3]] = NODE_MASK, 12, EDGE_MASK
    found, _ = distance(oracle, Method("first_hitting"), given=given, num_samples=10_000)
    assert found < noise_floor(oracle.given(given), 10_000).threshold


@pytest.mark.slow
def test_random_order_comes_nearer_with_more_steps(oracle, floor):
    one, six, twenty = (
        distance(oracle, Method("random", steps=steps), num_samples=20_000)[0]
        for steps in (1, 6, 20)
    )
    hundred, calls = distance(oracle, Method("random", steps=100))
    assert one > 2 * six > 4 * twenty
    assert twenty > hundred + 0.02
    # In 100 steps hardly any two of six tokens are drawn together: a small bias, no more.
    assert floor.mean < hundred < floor.mean + 0.015
    assert 5.7 < calls < 6


def test_drawing_all_and_keeping_the_most_confident_is_far_off(oracle, floor):
    few, many = (
        distance(oracle, Method("llada", steps=steps), num_samples=10_000)[0] for steps in (6, 40)
    )
    assert min(few, many) > 15 * floor.mean
    # It is not the number of steps: one token a call in both.
    assert few == pytest.approx(many, abs=0.02)


def test_several_tokens_a_call_are_biased_in_any_order(oracle, floor):
    for order in ("random", "confidence", "margin"):
        found, _ = distance(oracle, Method(order, steps=3), num_samples=10_000)
        assert found > 5 * floor.mean


def test_truncating_and_sharpening_are_biased(oracle, floor):
    found = {
        name: distance(oracle, Method("first_hitting", **settings))[0]
        for name, settings in (
            ("top-p", {"top_p": 0.9}),
            ("cooler", {"temperature": 0.8}),
            ("argmax", {"temperature": 0.0}),
        )
    }
    assert found["top-p"] > floor.threshold + 0.015
    assert found["cooler"] > floor.threshold + 0.03
    # Argmax still has 6! orders to choose from, but few states come out.
    assert found["argmax"] > 0.5


def test_remasking_more_at_equal_steps_costs_law(oracle):
    """Tokens that are masked together are drawn again together."""
    little, much = (
        distance(
            oracle,
            Method("random", steps=30, remasking=RemaskingSettings("cap", eta)),
            num_samples=10_000,
        )[0]
        for eta in (0.02, 0.4)
    )
    assert noise_floor(oracle.truth, 10_000).threshold < little < much < 0.4


@pytest.mark.slow
def test_the_table_of_biases(capsys):
    table = measured_bias((*EXACT, *EXACT_AT_ONE_TOKEN_A_CALL, *BIASED))
    with capsys.disabled():
        print("\n" + bias_table(table))  # noqa: T201 - this is what the test is run for
    unbiased = (*EXACT, *EXACT_AT_ONE_TOKEN_A_CALL)
    assert all(bias.distance < bias.threshold for bias in table if bias.method in unbiased)
