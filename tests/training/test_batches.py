import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bd_gen.system.errors import InputError
from bd_gen.training.batches import BatchOrder, noise_seed

sizes = st.lists(st.integers(1, 6), min_size=1, max_size=60).map(np.array)
seeds = st.integers(0, 2**63 - 1)


def order_for(num_rooms: np.ndarray, extra: int = 0, seed: int = 0) -> BatchOrder:
    """Batches with `extra` places more than one for each size."""
    return BatchOrder(num_rooms, len(np.unique(num_rooms)) + extra, seed)


@given(num_rooms=sizes, extra=st.integers(0, 100))
def test_every_batch_has_the_same_number_of_diagrams_of_each_size(
    num_rooms: np.ndarray, extra: int
) -> None:
    order = order_for(num_rooms, extra)
    assert [s.num_rooms for s in order.strata] == np.unique(num_rooms).tolist()
    assert all(stratum.count >= 1 for stratum in order.strata)
    assert sum(stratum.count for stratum in order.strata) == len(order.strata) + extra
    for step in (0, 1, 17):
        for stratum, rows in zip(order.strata, order.batch(step), strict=True):
            assert len(rows) == stratum.count
            assert (num_rooms[rows] == stratum.num_rooms).all()


@given(num_rooms=sizes, extra=st.integers(0, 100))
def test_weights_make_a_batch_count_as_the_data_do(num_rooms: np.ndarray, extra: int) -> None:
    order = order_for(num_rooms, extra)
    size = len(order.strata) + extra
    for stratum in order.strata:
        share = (num_rooms == stratum.num_rooms).mean()
        assert stratum.weight * stratum.count / size == pytest.approx(share, rel=1e-12)


@given(num_rooms=sizes, extra=st.integers(0, 30), seed=seeds)
def test_every_diagram_comes_once_an_epoch_of_its_size(
    num_rooms: np.ndarray, extra: int, seed: int
) -> None:
    order = order_for(num_rooms, extra, seed)
    for k, stratum in enumerate(order.strata):
        epochs = 3
        steps = -(-epochs * len(stratum.rows) // stratum.count)
        stream = np.concatenate([order.batch(step)[k] for step in range(steps)])
        for epoch in range(epochs):
            part = stream[epoch * len(stratum.rows) : (epoch + 1) * len(stratum.rows)]
            assert sorted(part) == stratum.rows.tolist()


@given(num_rooms=sizes, extra=st.integers(0, 30), seed=seeds, steps=st.lists(st.integers(0, 500)))
def test_a_batch_depends_on_seed_and_step_alone(
    num_rooms: np.ndarray, extra: int, seed: int, steps: list[int]
) -> None:
    """Whatever was asked before: as for a run that starts in the middle."""
    used = order_for(num_rooms, extra, seed)
    for step in steps:
        fresh = order_for(num_rooms, extra, seed)
        for first, second in zip(used.batch(step), fresh.batch(step), strict=True):
            assert np.array_equal(first, second)


def test_seeds_and_epochs_have_orders_of_their_own() -> None:
    num_rooms = np.full(50, 4)
    first, other = BatchOrder(num_rooms, 50, 0), BatchOrder(num_rooms, 50, 1)
    assert not np.array_equal(first.batch(0)[0], other.batch(0)[0])
    assert not np.array_equal(first.batch(0)[0], first.batch(1)[0])


def test_places_are_shared_out_by_hand() -> None:
    """Ten places for 1, 30 and 69 diagrams: one each, then 7 in proportion 0.07, 2.1, 4.83."""
    order = BatchOrder(np.repeat([2, 3, 4], [1, 30, 69]), 10, 0)
    assert [stratum.count for stratum in order.strata] == [1, 3, 6]
    assert [stratum.weight for stratum in order.strata] == pytest.approx([0.1, 1.0, 1.15])


def test_a_batch_larger_than_the_data_goes_round() -> None:
    (rows,) = BatchOrder(np.full(3, 5), 8, 0).batch(0)
    assert np.bincount(rows).min() >= 2


def test_no_data_and_too_small_a_batch_are_refused() -> None:
    with pytest.raises(InputError, match="nothing to train on"):
        BatchOrder(np.array([], dtype=np.int64), 8, 0)
    with pytest.raises(InputError, match=r"training\.batch_size must be at least 3.*got 2"):
        BatchOrder(np.array([4, 5, 6]), 2, 0)


@given(seed=seeds, step=st.integers(0, 10**9))
def test_noise_seeds_fit_torchs_generator(seed: int, step: int) -> None:
    found = noise_seed(seed, step)
    assert 0 <= found < 2**32
    assert noise_seed(seed, step) == found


def test_noise_seeds_differ() -> None:
    found = {noise_seed(seed, step) for seed in range(10) for step in range(1_000)}
    assert len(found) == 10_000
