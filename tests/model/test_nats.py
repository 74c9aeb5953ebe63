"""Statistics of nats along several orders."""

import numpy as np
import pytest

from bd_gen.model.nats import AnyOrderNats

VALUES = np.random.default_rng(0).normal(20.0, 3.0, (5, 40))
NATS = AnyOrderNats(VALUES, np.repeat([3, 4], 20), np.repeat([6, 10], 20))


def test_the_mean_bounds_what_log_mean_exp_bounds_tighter() -> None:
    expected = -np.log(np.exp(-VALUES).mean(axis=0))
    np.testing.assert_allclose(NATS.log_mean_exp, expected, rtol=1e-12)
    assert (NATS.log_mean_exp < NATS.per_diagram).all()
    assert NATS.mean == pytest.approx(VALUES.mean())


def test_tiny_probabilities_do_not_underflow() -> None:
    far = AnyOrderNats(VALUES + 5000, NATS.num_rooms, NATS.num_tokens)
    np.testing.assert_allclose(far.log_mean_exp, NATS.log_mean_exp + 5000)


def test_one_order_has_no_spread_and_one_number() -> None:
    one = AnyOrderNats(VALUES[:1], NATS.num_rooms, NATS.num_tokens)
    assert one.inconsistency is None
    np.testing.assert_allclose(one.log_mean_exp, one.per_diagram)


def test_the_spread_between_orders_is_that_within_diagrams() -> None:
    shifted = AnyOrderNats(VALUES + 100 * np.arange(40), NATS.num_rooms, NATS.num_tokens)
    assert shifted.inconsistency == pytest.approx(NATS.inconsistency)
    assert NATS.inconsistency == pytest.approx(VALUES.var(axis=0, ddof=1).mean() ** 0.5)


def test_selected_diagrams_keep_their_numbers() -> None:
    part = NATS.select(NATS.num_rooms == 4)
    assert part.num_tokens.tolist() == [10] * 20
    assert np.array_equal(part.per_order, VALUES[:, 20:])
    assert NATS.by_num_rooms()[4] == (pytest.approx(part.mean), 20)
