"""Room by room: which token is asked for when."""

import numpy as np
import pytest
import torch
from scipy import stats
from tests.sampling.cases import Call, Spy, sampler_of, tiny_denoiser
from tests.sampling.oracle import visibility_named

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.sampling.method import Method

VOCABULARY = Vocabulary(4)
REAL = VOCABULARY.real_positions(4)
ENDS = VOCABULARY.ends[REAL]


def uniform(batch, time, at):
    """A network that knows nothing."""
    logits = torch.zeros((len(at), 13), dtype=torch.float64)
    logits[batch.tokens[at] >= 15, 11:] = -torch.inf
    return logits


def calls_of(count: int, network=uniform, process="loglinear", given=None) -> list[list[Call]]:
    """The calls for each of `count` diagrams of four rooms."""
    spy = Spy(network)
    histogram = (0, 0, 0, 0, 1)
    sampler = sampler_of(spy, VOCABULARY, histogram, Method("rooms"), process, given)
    sampler.sample(7, range(count), count)
    return [list(of_one) for of_one in zip(*spy.batches, strict=True)]


def places_of(calls: list[Call]) -> list[int]:
    assert all(call.is_asked.sum() == 1 for call in calls)
    return [int(np.argmax(call.is_asked)) for call in calls]


def test_every_room_is_followed_by_its_edges_to_earlier_rooms():
    for calls in calls_of(50):
        assert [int(call.is_masked.sum()) for call in calls] == list(range(10, 0, -1))
        known: list[int] = []
        open_edges = 0
        for place in places_of(calls):
            i, j = ENDS[place]
            if i == j:
                assert open_edges == 0, "the room before still lacks an edge"
                known.append(int(i))
                open_edges = len(known) - 1
            else:
                assert known[-1] in (i, j), "an edge of an earlier room"
                assert {int(i), int(j)} <= set(known)
                open_edges -= 1
        assert sorted(known) == [0, 1, 2, 3]


def test_rooms_and_edges_come_in_every_order_alike():
    places = np.array([places_of(calls) for calls in calls_of(2_400)])
    assert (np.sort(places, axis=1) == np.arange(10)).all()
    # Rooms stand at 0, 1, 3 and 6 of the order.
    rooms = (places[:, [0, 1, 3, 6]] * [64, 16, 4, 1]).sum(axis=1)
    numbers, counts = np.unique(rooms, return_counts=True)
    assert len(numbers) == 24
    assert stats.chisquare(counts).pvalue > 1e-3
    # The last room's three edges, by the place of their other room among the first three.
    earlier = places[:, [0, 1, 3]]
    last = places[:, 6]
    found = np.zeros((len(places), 3), int)
    for k in range(3):
        ends = ENDS[places[:, 7 + k]]
        other = np.where(ends[:, 0] == last, ends[:, 1], ends[:, 0])
        found[:, k] = (earlier == other[:, None]).argmax(axis=1)
    _, counts = np.unique((found * [9, 3, 1]).sum(axis=1), return_counts=True)
    assert len(counts) == 6
    assert stats.chisquare(counts).pvalue > 1e-3


def test_what_is_given_is_passed_over_and_the_rest_keeps_its_order():
    given = VOCABULARY.mask_row.copy()
    given[[1, 5, 8]] = 3, 10, 7
    known = set(np.flatnonzero(given != VOCABULARY.mask_row))
    for free, partly in zip(calls_of(20), calls_of(20, given=given), strict=True):
        assert places_of(partly) == [place for place in places_of(free) if place not in known]


@pytest.mark.parametrize("process", ["loglinear", "linear", "cosine", "learned"])
def test_the_time_is_that_at_which_so_many_are_visible(process):
    visibility = visibility_named(process, VOCABULARY)
    (calls,) = calls_of(1, tiny_denoiser(4, time_conditioning=True), process)
    times = torch.tensor([call.time for call in calls], dtype=torch.float64)
    shares = visibility.alpha(times, torch.from_numpy(REAL.copy())).mean(dim=1)
    assert times[0] == 1
    assert times.tolist() == sorted(times.tolist(), reverse=True)
    assert shares[1:].tolist() == pytest.approx([k / 10 for k in range(1, 10)], abs=1e-5)
