import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from bd_gen.sampling.decodings.argmax import Argmax
from bd_gen.sampling.decodings.nucleus import Nucleus
from bd_gen.sampling.decodings.tempered import Tempered
from bd_gen.sampling.strategies import Decoding

LAST = 1 - 2.0**-53
COLUMNS = 13
LOGITS = st.lists(
    st.one_of(st.floats(-30, 30), st.just(-math.inf)), min_size=COLUMNS, max_size=COLUMNS
).filter(lambda line: max(line) > -math.inf)
NOISE = st.one_of(st.floats(0, LAST), st.sampled_from([0.0, LAST]))
DECODINGS = (Argmax(), Tempered(), Tempered(0.3), Tempered(5.0), Nucleus(0.9), Nucleus(0.5, 2.0))


def drawn(decoding: Decoding, logits, noise: float) -> int:
    line = torch.tensor([logits], dtype=torch.float64)
    return int(decoding.draw(line, torch.tensor([noise], dtype=torch.float64)))


def softmax(logits, temperature=1.0) -> list[float]:
    top = max(logits)
    weights = [math.exp((x - top) / temperature) for x in logits]
    return [w / math.fsum(weights) for w in weights]


def nucleus(probabilities, top_p) -> list[float]:
    """The most probable values, added one after another until they hold `top_p`."""
    kept, held = [0.0] * len(probabilities), 0.0
    for k in sorted(range(len(probabilities)), key=lambda k: -probabilities[k]):
        kept[k] = probabilities[k]
        held += probabilities[k]
        if held >= top_p:
            break
    return kept


def inverse_cdf(weights, noise) -> tuple[int, float]:
    """The value drawn, and how far the noise is from drawing another one."""
    total, edges = math.fsum(weights), np.cumsum(weights)
    index = int(np.searchsorted(edges, noise * total, side="right"))
    gap = min((abs(e - noise * total) for e in edges[:-1] if 0 < e < total), default=1.0)
    return min(index, len(weights) - 1), gap


@given(LOGITS, NOISE)
def test_argmax(logits, noise):
    assert drawn(Argmax(), logits, noise) == logits.index(max(logits))


@given(LOGITS, NOISE, st.floats(0.05, 20))
def test_tempered_is_the_inverse_distribution_function(logits, noise, temperature):
    expected, gap = inverse_cdf(softmax(logits, temperature), noise)
    assume(gap > 1e-12)
    assert drawn(Tempered(temperature), logits, noise) == expected


@settings(max_examples=50)
@given(LOGITS, NOISE, st.floats(0.01, 0.999), st.floats(0.05, 20))
def test_nucleus_draws_from_the_smallest_set_that_holds_top_p(logits, noise, top_p, temperature):
    probabilities = softmax(logits, temperature)
    held = np.cumsum(sorted(probabilities, reverse=True))
    assume(np.abs(held - top_p).min() > 1e-9)
    ordered = sorted(probabilities, reverse=True)
    assume(all(a - b > 1e-12 or b == 0 for a, b in pairwise(ordered)))
    kept = nucleus(probabilities, top_p)
    expected, gap = inverse_cdf(kept, noise)
    assume(gap > 1e-12)
    assert drawn(Nucleus(top_p, temperature), logits, noise) == expected


@given(LOGITS, st.floats(0.01, 0.999))
def test_nucleus_is_smallest(logits, top_p):
    """Whatever can be drawn holds top_p together, and no longer without its least value."""
    probabilities = softmax(logits)
    noise = torch.linspace(0, LAST, 400, dtype=torch.float64)
    lines = torch.tensor([logits], dtype=torch.float64).expand(400, -1)
    can = set(Nucleus(top_p).draw(lines, noise).tolist())
    kept = sorted((probabilities[k] for k in can), reverse=True)
    assert math.fsum(kept[:-1]) < top_p + 1e-9
    # Nothing that is left out is more probable than what is kept.
    rest = [p for k, p in enumerate(probabilities) if k not in can]
    assert max(rest, default=0.0) <= max(kept[-1], 1 / 300) + 1e-12


def test_a_nucleus_by_hand():
    # 0.5 and 0.3 do not hold 0.85; 0.5, 0.3 and 0.15 do.
    logits = np.log([0.05, 0.3, 0.15, 0.5] + [1e-300] * 9).tolist()
    found = [drawn(Nucleus(0.85), logits, u) for u in (0.0, 0.31, 0.32, 0.47, 0.48, LAST)]
    # In the order of the columns: 1 has 0.3 of 0.95, 2 has 0.15, 3 has 0.5.
    assert found == [1, 1, 2, 2, 3, 3]


def test_the_most_probable_value_alone_if_it_holds_enough():
    logits = np.log([0.05, 0.95] + [1e-300] * 11).tolist()
    assert {drawn(Nucleus(0.9), logits, u) for u in np.linspace(0, LAST, 50)} == {1}


def test_ties_keep_the_nucleus_small():
    """Of four equal values, two hold a half: the first two."""
    logits = [0.0] * 4 + [-math.inf] * 9
    assert {drawn(Nucleus(0.45), logits, u) for u in np.linspace(0, LAST, 50)} == {0, 1}


@given(LOGITS, st.one_of(NOISE, st.sampled_from([0.0, LAST])))
def test_what_is_impossible_is_never_drawn(logits, noise):
    for decoding in DECODINGS:
        assert logits[drawn(decoding, logits, noise)] > -math.inf


@pytest.mark.parametrize("decoding", DECODINGS, ids=lambda d: type(d).__name__)
@pytest.mark.parametrize("noise", [0.0, 2.0**-53, 0.5, LAST])
def test_impossible_columns_at_both_ends_and_in_between(decoding, noise):
    logits = [-math.inf, 0.0, -math.inf, 0.1, -math.inf, -0.1] + [-math.inf] * 7
    assert drawn(decoding, logits, noise) in (1, 3, 5)


@pytest.mark.parametrize("decoding", DECODINGS, ids=lambda d: type(d).__name__)
def test_edge_columns_left_over_are_never_drawn(decoding):
    """Edges have eleven values; their two columns more are -inf."""
    logits = torch.randn(
        20_000, COLUMNS, dtype=torch.float64, generator=torch.Generator().manual_seed(0)
    )
    logits[:, 11:] = -math.inf
    noise = torch.linspace(0, LAST, 20_000, dtype=torch.float64)
    assert int(decoding.draw(logits, noise).max()) < 11


@pytest.mark.parametrize(
    ("decoding", "expected"),
    [
        (Tempered(), [0.5, 0.25, 0.15, 0.1]),
        (Tempered(0.5), [0.7246, 0.1812, 0.0652, 0.0290]),
        (Nucleus(0.8), [0.5 / 0.9, 0.25 / 0.9, 0.15 / 0.9, 0.0]),
        (Argmax(), [1.0, 0.0, 0.0, 0.0]),
    ],
    ids=["temp1", "temp0.5", "topp0.8", "argmax"],
)
def test_frequencies(decoding, expected):
    count = 100_000
    logits = torch.log(torch.tensor([0.5, 0.25, 0.15, 0.1], dtype=torch.float64)) + 3.0
    logits = torch.cat([logits, torch.full((9,), -math.inf, dtype=torch.float64)])
    noise = torch.from_numpy(np.random.default_rng(0).random(count))
    found = np.bincount(decoding.draw(logits.expand(count, -1), noise), minlength=COLUMNS)[:4]
    spread = 5 * np.sqrt(count * np.array(expected) * (1 - np.array(expected)))
    assert (np.abs(found - count * np.array(expected)) <= spread + 1e-9 * count).all()
    assert stats.entropy(found) == pytest.approx(stats.entropy(expected), abs=0.01)


def test_rows_are_drawn_independently_of_each_other():
    generator = torch.Generator().manual_seed(1)
    logits = torch.randn(64, COLUMNS, dtype=torch.float64, generator=generator)
    noise = torch.rand(64, dtype=torch.float64, generator=generator)
    for decoding in DECODINGS:
        together = decoding.draw(logits, noise)
        alone = [decoding.draw(logits[k : k + 1], noise[k : k + 1]) for k in range(64)]
        assert torch.equal(together, torch.cat(alone))


def test_no_token_is_no_trouble():
    for decoding in DECODINGS:
        empty = torch.zeros((0, COLUMNS), dtype=torch.float64)
        assert decoding.draw(empty, torch.zeros(0, dtype=torch.float64)).shape == (0,)


@pytest.mark.parametrize("temperature", [1e-310, 1e-30, 1e-3])
def test_the_limit_of_cold_is_argmax(temperature):
    logits = [3.0, -2.0, 7.0, 6.0] + [-math.inf] * 9
    for decoding in (Tempered(temperature), Nucleus(0.9, temperature)):
        assert {drawn(decoding, logits, u) for u in (0.0, 0.5, LAST)} == {2}


def test_only_temperature_one_is_exact():
    assert [d.is_exact for d in DECODINGS] == [False, True, False, False, False, False]


@pytest.mark.parametrize("make", [Tempered, lambda t: Nucleus(0.9, t)])
@pytest.mark.parametrize("temperature", [0.0, -1.0, math.nan])
def test_temperature_out_of_range(make, temperature):
    with pytest.raises(ValueError, match="temperature"):
        make(temperature)


@pytest.mark.parametrize("top_p", [0.0, 1.0, -0.1, 1.5, math.nan])
def test_top_p_out_of_range(top_p):
    with pytest.raises(ValueError, match="top_p"):
        Nucleus(top_p)
