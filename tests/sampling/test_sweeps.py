"""Sweeps: what is drawn again, in which order, from what, and what it depends on."""

import numpy as np
import pytest
import torch
from scipy import stats
from tests.sampling.cases import Spy, name_of, sampler_of, tiny_denoiser
from tests.sampling.oracle import Oracle, distance, noise_floor, visibility_named

from bd_gen.diagrams.tokens import num_rooms_of
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.packing import pack
from bd_gen.sampling.method import ORDERS, Method, RemaskingSettings
from bd_gen.sampling.noise import KeyedNoise, Stream
from bd_gen.sampling.sweeps import SWEEP_KINDS, sweep_calls

VOCABULARY = Vocabulary(5)
HISTOGRAM = (0, 1, 1, 2, 3, 2)
NETWORK = tiny_denoiser(5)
EVERY_SWEEP = pytest.mark.parametrize("kind", list(SWEEP_KINDS))


def blocks_of(kind: str, num_rooms: int) -> list[list[int]]:
    """Tokens of every block, by their places among those of a diagram of n rooms."""
    ends = VOCABULARY.ends[VOCABULARY.real_positions(num_rooms)]
    if kind == "tokens":
        return [[place] for place in range(len(ends))]
    return [[place for place, pair in enumerate(ends) if r in pair] for r in range(num_rooms)]


# ---------------------------------------------------------------- the law


@EVERY_SWEEP
def test_sweeps_leave_the_law_where_it_is(kind):
    oracle = Oracle.of_several_sizes(seed=3)
    method = Method("first_hitting", sweeps=2, sweep_kind=kind)
    found, calls = distance(oracle, method, seed=11)
    assert found < noise_floor(oracle.truth).threshold
    expected = {
        n: n * (n + 1) / 2 + 2 * sweep_calls(kind, n) for n in oracle.joints
    }  # of 1, 2, 3 rooms
    assert calls == pytest.approx(sum(s * expected[n] for n, s in ((1, 0.2), (2, 0.3), (3, 0.5))),
                                  rel=0.02)  # fmt: skip


@EVERY_SWEEP
def test_sweeps_leave_the_law_given_some_tokens_where_it_is(kind):
    oracle = Oracle.of_three_rooms(seed=0)
    given = np.array([4, 13, 0, 11, 7, 11], np.uint8)
    found, calls = distance(oracle, Method("rooms", sweeps=2, sweep_kind=kind), given=given)
    assert found < noise_floor(oracle.given(given)).threshold
    # One room and two edges are free; by rooms the edges have two turns.
    assert calls == 3 + 2 * (3 if kind == "tokens" else 5)


def test_sweeps_bring_a_biased_start_to_the_law():
    oracle, count = Oracle.of_three_rooms(seed=0), 10_000
    floor = noise_floor(oracle.truth, count)

    def of(sweeps: int, kind: str = "") -> float:
        method = Method("llada", steps=6, sweeps=sweeps, sweep_kind=kind)
        return distance(oracle, method, num_samples=count)[0]

    start = of(0)
    assert start > 0.6
    by_tokens = [of(k) for k in (1, 2, 4, 8)]
    assert [start, *by_tokens] == sorted([start, *by_tokens], reverse=True)
    assert by_tokens[-1] < 0.25
    by_rooms = [of(k, "rooms") for k in (1, 2, 4)]
    assert [start, *by_rooms] == sorted([start, *by_rooms], reverse=True)
    assert by_rooms[-1] < floor.threshold


# ---------------------------------------------------------------- token by token


def plain_sweep(network, rows, samples, method, seed, sweep):
    """One sweep over rows (b, length), a diagram and a token at a time."""
    noise = KeyedNoise(seed).of(Stream.SWEEP)
    rows = rows.astype(np.int64).copy()

    def drawn(sample, step, positions):
        key = (torch.tensor([k]) for k in (sample, step))
        return noise.step(*key, torch.tensor(positions))

    for row, sample in zip(rows, samples, strict=True):
        n = int(num_rooms_of(row[None].astype(np.uint8), VOCABULARY)[0])
        real = VOCABULARY.real_positions(n)
        blocks = blocks_of(method.sweep_kind, n)
        first = sweep * (len(blocks) + 1)
        turns = drawn(sample, first, real[: len(blocks)].tolist()).reveal.tolist()
        for visit, block in enumerate(np.argsort(turns, kind="stable")):
            at = real[blocks[block]]
            numbers = drawn(sample, first + 1 + visit, at.tolist())
            row[at] = VOCABULARY.mask_row[at]
            for k in np.argsort(numbers.reveal.tolist(), kind="stable"):
                place = torch.tensor([blocks[block][k]])
                batch = pack([(n, torch.from_numpy(row[real])[None])], VOCABULARY)
                logits = network(batch, torch.tensor([0.5]), place).double()
                row[at[k]] = int(method.decoding.draw(logits, numbers.value[[k]]))
    return rows.astype(np.uint8)


@EVERY_SWEEP
@pytest.mark.parametrize("decoding", [{}, {"temperature": 0.0}, {"top_p": 0.8}], ids=str)
@torch.inference_mode()
def test_a_plain_loop_gives_the_same_tokens(kind, decoding):
    def draw(sweeps: int) -> np.ndarray:
        settings = {"sweeps": sweeps, "sweep_kind": kind if sweeps else "", **decoding}
        method = Method("llada", steps=4, **settings)
        return sampler_of(NETWORK, VOCABULARY, HISTOGRAM, method).sample(9, samples), method

    samples = range(3, 11)
    found, method = draw(2)
    expected, _ = draw(0)
    for sweep in range(2):
        expected = plain_sweep(NETWORK, expected, samples, method, 9, sweep)
    np.testing.assert_array_equal(found, expected)


@EVERY_SWEEP
@pytest.mark.parametrize(
    "base",
    [
        Method("first_hitting"),
        Method("random", steps=5, remasking=RemaskingSettings("cap", 0.4)),
        Method("llada", top_p=0.9, steps=5),
    ],
    ids=name_of,
)
def test_fewer_sweeps_are_a_state_on_the_way_to_more(kind, base):
    """Sweeps begin at the sample without any, and each is the same however many follow."""
    from dataclasses import replace

    def ways(sweeps: int) -> tuple[np.ndarray, list[bytes]]:
        method = replace(base, sweeps=sweeps, sweep_kind=kind if sweeps else "")
        states: list[bytes] = []
        sampler = sampler_of(NETWORK, VOCABULARY, HISTOGRAM, method)
        rows = sampler.sample(4, [6], observer=lambda seen: states.append(seen.tobytes()))
        return rows, states

    ends, states = zip(*(ways(sweeps) for sweeps in range(4)), strict=True)
    n = num_rooms_of(ends[0], VOCABULARY)[0]
    for fewer in range(3):
        assert states[3][: len(states[fewer])] == states[fewer]
        assert states[3][len(states[fewer]) - 1] == ends[fewer].tobytes()
        # Two states for every call: before and after it.
        assert len(states[fewer + 1]) - len(states[fewer]) == 2 * sweep_calls(kind, n)


# ---------------------------------------------------------------- what the network is asked


def swept_calls(kind, count=1, sweeps=1, process="loglinear", network=NETWORK, given=None):
    """The calls of the sweeps of `count` diagrams of four rooms: call by call, all diagrams."""
    spy = Spy(network)
    method = Method("rooms", sweeps=sweeps, sweep_kind=kind)
    sampler = sampler_of(spy, VOCABULARY, (0, 0, 0, 0, 1, 0), method, process, given)
    sampler.sample(5, range(count), max(1, count))
    tokens = 10 if given is None else int((given == VOCABULARY.mask_row).sum())
    return spy.batches[tokens:]


@EVERY_SWEEP
def test_blocks_are_masked_together_and_each_token_is_drawn_in_its_turn(kind):
    blocks = [set(block) for block in blocks_of(kind, 4)]
    for of_one in zip(*swept_calls(kind, 20), strict=True):
        visited, left = [], set()
        for call in of_one:
            assert call.is_asked.sum() == 1
            masked = set(np.flatnonzero(call.is_masked))
            if not left:
                visited.append(blocks.index(masked))
                left = set(masked)
            assert masked == left
            left -= set(np.flatnonzero(call.is_asked))
        assert not left
        assert sorted(visited) == list(range(len(blocks)))


def test_given_tokens_have_no_turn():
    given = np.where(VOCABULARY.real_mask(4), VOCABULARY.mask_row, VOCABULARY.pad_row)
    given[[0, 2]] = 3, 4
    given[5 + VOCABULARY.edge_index(1, 2)] = 10
    known = {0, 2, list(VOCABULARY.real_positions(4)).index(5 + VOCABULARY.edge_index(1, 2))}
    free = set(range(10)) - known
    for kind, turns in (("tokens", 7), ("rooms", 2 + 2 * 5)):
        calls = swept_calls(kind, 6, given=given)
        assert len(calls) == turns
        for batch in calls:
            for call in batch:
                assert set(np.flatnonzero(call.is_masked)) <= free


@EVERY_SWEEP
def test_all_given_needs_no_call(kind):
    row = VOCABULARY.pad_row.copy()
    row[[0, 1, 5]] = 4, 0, 10
    method = Method("rooms", sweeps=3, sweep_kind=kind)
    sampler = sampler_of(NETWORK, VOCABULARY, HISTOGRAM, method, given=row)
    assert (sampler.sample(1, range(3)) == row).all()
    assert sampler.calls == 0


@pytest.mark.parametrize("process", ["loglinear", "cosine", "learned"])
@EVERY_SWEEP
def test_the_time_is_that_at_which_so_many_are_visible(kind, process):
    visibility = visibility_named(process, VOCABULARY)
    positions = torch.from_numpy(VOCABULARY.real_positions(4).copy())
    network = tiny_denoiser(5, time_conditioning=True)
    calls = [call for (call,) in swept_calls(kind, process=process, network=network)]
    times = torch.tensor([call.time for call in calls], dtype=torch.float64)
    shares = visibility.alpha(times, positions).mean(dim=1).tolist()
    assert shares == pytest.approx([(~call.is_masked).mean() for call in calls], abs=1e-5)


@EVERY_SWEEP
def test_every_sweep_goes_in_an_order_of_its_own(kind):
    count, blocks = 1_000, [set(block) for block in blocks_of(kind, 4)]

    def uniform(batch, time, at):
        logits = torch.zeros((len(at), 13), dtype=torch.float64)
        logits[batch.tokens[at] >= 15, 11:] = -torch.inf
        return logits

    calls = swept_calls(kind, count, sweeps=2, network=uniform)
    first = [
        [blocks.index(set(np.flatnonzero(call.is_masked))) for call in calls[start]]
        for start in (0, sweep_calls(kind, 4))
    ]
    pairs = np.array(first[0]) * len(blocks) + first[1]
    counts = np.bincount(pairs, minlength=len(blocks) ** 2)
    assert stats.chisquare(counts).pvalue > 1e-3


# ---------------------------------------------------------------- every method


@EVERY_SWEEP
@pytest.mark.parametrize("order", list(ORDERS))
def test_sweeps_follow_any_order(order, kind):
    plain = Method(order, steps=5)
    swept = Method(order, steps=5, sweeps=1, sweep_kind=kind)
    samplers = [sampler_of(NETWORK, VOCABULARY, HISTOGRAM, m) for m in (plain, swept)]
    rows = [sampler.sample(2, range(30), 8) for sampler in samplers]
    sizes = num_rooms_of(rows[0], VOCABULARY)
    assert (num_rooms_of(rows[1], VOCABULARY) == sizes).all()
    assert (rows[0] != rows[1]).any()
    assert samplers[1].calls - samplers[0].calls == sum(sweep_calls(kind, n) for n in sizes)
