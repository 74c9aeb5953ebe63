import numpy as np
import pytest

from bd_gen.data.sources.synthetic.programmes import ROOMS_PER_PLAN, TYPE, draw_programmes


@pytest.fixture(scope="module")
def programmes() -> np.ndarray:
    return draw_programmes(40_000, 8, np.random.default_rng(0))


def test_numbers_of_rooms_follow_the_published_shares(programmes: np.ndarray) -> None:
    shares = np.bincount((programmes >= 0).sum(axis=1) + 1, minlength=9) / len(programmes)
    for n, share in ROOMS_PER_PLAN.items():
        # five standard deviations of chance
        assert shares[n] == pytest.approx(share, abs=5 * np.sqrt(share / 40_000))


def test_there_is_one_living_room_and_at_most_one_entrance(programmes: np.ndarray) -> None:
    # the living room itself is not listed
    assert not (programmes == TYPE["LivingRoom"]).any()
    assert (programmes == TYPE["Entrance"]).sum(axis=1).max() == 1


def test_small_n_max_leaves_large_programmes_out() -> None:
    programmes = draw_programmes(3000, 6, np.random.default_rng(1))
    num_rooms = (programmes >= 0).sum(axis=1) + 1
    assert num_rooms.max() == 6
    # shares of 4, 5 and 6 rooms among themselves
    assert (num_rooms == 6).mean() == pytest.approx(0.311 / 0.386, abs=0.03)


def test_a_second_bathroom_goes_with_a_second_bedroom(programmes: np.ndarray) -> None:
    two_baths = (programmes == TYPE["Bathroom"]).sum(axis=1) == 2
    bedrooms = np.isin(programmes, [TYPE[t] for t in _BEDROOMS]).sum(axis=1)
    assert (bedrooms[two_baths] >= 2).mean() > (bedrooms[~two_baths] >= 2).mean() + 0.2


_BEDROOMS = ("SecondRoom", "ChildRoom", "StudyRoom", "GuestRoom")
