import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bd_gen.sampling.noise import KeyedNoise, Stream, attempt_of, philox, uniform32, uniform53

WORDS = st.integers(0, 2**32 - 1)
COUNTERS = st.tuples(WORDS, WORDS, WORDS, WORDS)
KEYS = st.tuples(WORDS, WORDS)


def philox_in_python(counter, key):
    """Philox4x32-10 as the paper has it, in integers of any size."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (
            p1 // 2**32 ^ c1 ^ k0,
            p1 % 2**32,
            p0 // 2**32 ^ c3 ^ k1,
            p0 % 2**32,
        )
        k0, k1 = (k0 + 0x9E3779B9) % 2**32, (k1 + 0xBB67AE85) % 2**32
    return [c0, c1, c2, c3]


def words(counter, key):
    return [int(w) for w in philox(tuple(torch.tensor(c) for c in counter), key)]


@pytest.mark.parametrize(
    ("counter", "key", "expected"),
    [
        ("00000000" * 4, "00000000" * 2, "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        ("ffffffff" * 4, "ffffffff" * 2, "408f276d 41c83b0e a20bc7c6 6d5451fd"),
        (
            "243f6a8885a308d313198a2e03707344",
            "a4093822299f31d0",
            "d16cfe09 94fdcceb 5001e420 24126ea1",
        ),
    ],
)
def test_known_answers_of_random123(counter, key, expected):
    def split(text):
        return tuple(int(text[k : k + 8], 16) for k in range(0, len(text), 8))

    found = words(split(counter), split(key))
    assert " ".join(f"{w:08x}" for w in found) == expected
    assert philox_in_python(split(counter), split(key)) == found


@given(COUNTERS, KEYS)
def test_agrees_with_plain_python(counter, key):
    assert words(counter, key) == philox_in_python(counter, key)


@given(st.integers(0, 2**64 - 1), st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 527))
def test_step_noise_is_keyed_by_seed_sample_step_and_position(seed, sample, step, position):
    noise = KeyedNoise(seed).step(*(torch.tensor([k]) for k in (sample, step, position)))
    key = (seed % 2**32, seed // 2**32)
    w = philox_in_python((sample, step, position, int(Stream.STEP)), key)
    assert float(noise.reveal) == (w[0] + 0.5) / 2**32
    assert float(noise.remask) == (w[1] + 0.5) / 2**32
    assert float(noise.value) == (w[2] // 32 * 2**26 + w[3] // 64) / 2**53


@given(st.integers(0, 2**64 - 1), st.integers(0, 10**6), st.integers(0, 527))
def test_other_uses_have_streams_of_their_own(seed, sample, position):
    noise, key = KeyedNoise(seed), (seed % 2**32, seed // 2**32)
    k, at = torch.tensor([sample]), torch.tensor([position])
    for found, place, stream in ((noise.num_rooms(k), 0, 0), (noise.order(k, at), position, 2)):
        w = philox_in_python((sample, 0, place, stream), key)
        assert float(found) == (w[0] // 32 * 2**26 + w[1] // 64) / 2**53
    assert [int(stream) for stream in Stream] == [0, 1, 2, 3]
    of_sweeps = noise.of(Stream.SWEEP).step(k, torch.tensor([7]), at)
    w = philox_in_python((sample, 7, position, 3), key)
    assert float(of_sweeps.reveal) == (w[0] + 0.5) / 2**32
    assert float(of_sweeps.value) == (w[2] // 32 * 2**26 + w[3] // 64) / 2**53
    assert of_sweeps.reveal != noise.step(k, torch.tensor([7]), at).reveal


def test_a_number_does_not_depend_on_what_is_asked_for_with_it():
    noise = KeyedNoise(7)
    samples, positions = torch.arange(50), torch.arange(36)
    table = noise.step(samples[:, None], torch.tensor([[3]]), positions[None]).value
    alone = noise.step(torch.tensor([[17]]), torch.tensor([[3]]), torch.tensor([[20]])).value
    assert float(table[17, 20]) == float(alone)
    shuffled = noise.step(samples.flip(0)[:, None], torch.tensor([[3]]), positions[None]).value
    assert torch.equal(shuffled.flip(0), table)
    order = noise.order(samples[:, None], positions[None])
    assert torch.equal(noise.order(samples[5:6, None], positions[None]), order[5:6])
    assert torch.equal(noise.num_rooms(samples)[5:6], noise.num_rooms(samples[5:6]))


def test_range_of_uniforms():
    top, zero = torch.tensor(2**32 - 1), torch.tensor(0)
    assert 0 < float(uniform32(zero)) < float(uniform32(top)) < 1
    assert float(uniform53(zero, zero)) == 0.0
    assert float(uniform53(top, top)) == 1 - 2.0**-53
    assert float(uniform53(zero, torch.tensor(64))) == 2.0**-53
    assert uniform32(zero).dtype == uniform53(zero, zero).dtype == torch.float64


def numbers(stream: str, samples: int = 500, seed: int = 42) -> np.ndarray:
    """(samples, 20, 20): sample, step, position (streams without steps repeat nothing)."""
    noise = KeyedNoise(seed)
    k = torch.arange(samples)
    steps, positions = torch.arange(20), torch.arange(20)
    if stream == "num_rooms":
        return noise.num_rooms(torch.arange(samples * 400)).numpy().reshape(samples, 20, 20)
    if stream == "order":
        return (
            noise.order(torch.arange(samples * 20)[:, None], positions).numpy().reshape(-1, 20, 20)
        )
    made = noise.step(k[:, None, None], steps[:, None], positions)
    return getattr(made, stream).numpy()


STREAMS = ("reveal", "remask", "value", "order", "num_rooms")


@pytest.mark.parametrize("stream", STREAMS)
def test_uniform(stream):
    drawn = numbers(stream).reshape(-1)
    assert drawn.min() >= 0
    assert drawn.max() < 1
    assert stats.kstest(drawn, "uniform").pvalue > 1e-3
    assert len(np.unique(drawn)) > 0.9999 * len(drawn)
    # The low bits count as well: value draws use all of them.
    if stream not in ("reveal", "remask"):
        low = (drawn * 2.0**53 % 1024).astype(int)
        assert stats.chisquare(np.bincount(low, minlength=1024)).pvalue > 1e-3


def independence(a: np.ndarray, b: np.ndarray) -> float:
    """p-value of a chi-square test of a 10 x 10 table of pairs."""
    table = np.histogram2d(a.reshape(-1), b.reshape(-1), bins=10, range=[[0, 1], [0, 1]])[0]
    return stats.chi2_contingency(table).pvalue


def test_neighbours_are_independent():
    """Samples, steps, positions, seeds and uses next to each other have nothing in common."""
    value = numbers("value")
    pairs = {
        "samples": (value[:-1], value[1:]),
        "steps": (value[:, :-1], value[:, 1:]),
        "positions": (value[..., :-1], value[..., 1:]),
        "transposed": (value, value.swapaxes(1, 2)[:, :, ::-1]),
        "seeds": (value, numbers("value", seed=43)),
        "high halves of seeds": (value, numbers("value", seed=42 + 2**32)),
        "reveal and value": (numbers("reveal"), value),
        "reveal and remask": (numbers("reveal"), numbers("remask")),
        "remask and value": (numbers("remask"), value),
        "order and value": (numbers("order"), value),
        "num_rooms and order": (numbers("num_rooms"), numbers("order")),
    }
    p_values = {name: independence(*pair) for name, pair in pairs.items()}
    assert min(p_values.values()) > 1e-3, p_values
    correlations = [abs(np.corrcoef(a.reshape(-1), b.reshape(-1))[0, 1]) for a, b in pairs.values()]
    assert max(correlations) < 0.01


def test_uses_never_share_a_number():
    """Order and number of rooms do not repeat what step 0 or position 0 would draw."""
    noise = KeyedNoise(1)
    k, zero = torch.arange(1000), torch.tensor([0])
    step = noise.step(k, zero.expand(1000), zero.expand(1000))
    drawn = [noise.num_rooms(k), noise.order(k, zero.expand(1000)), step.value]
    together = torch.cat([*drawn, step.reveal, step.remask])
    assert len(together.unique()) == 5000


@pytest.mark.parametrize("seed", [-1, 2**64])
def test_a_seed_out_of_range_is_refused(seed):
    with pytest.raises(ValueError, match="seed"):
        KeyedNoise(seed)


# ---------------------------------------------------------------- attempts


@given(
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**24 - 1),
    st.sampled_from(list(Stream)),
    st.integers(0, 2**64 - 1),
)
def test_attempts_have_words_of_their_own(sample, attempt, stream, seed):
    """The attempt shares a word with the stream, above it; attempt 0 is the sample itself."""
    noise, zero = KeyedNoise(seed), torch.tensor([0])
    found = noise._words(torch.tensor([attempt_of(sample, attempt)]), zero + 5, zero + 6, stream)
    expected = words((sample, 5, 6, stream + 256 * attempt), (seed & (2**32 - 1), seed >> 32))
    assert [int(word) for word in found] == expected


def test_every_kind_of_number_differs_between_attempts():
    noise = KeyedNoise(3)
    numbers = torch.tensor([attempt_of(7, attempt) for attempt in range(500)])
    step = noise.step(numbers, torch.zeros_like(numbers), torch.zeros_like(numbers))
    for drawn in (
        noise.num_rooms(numbers),
        noise.order(numbers, torch.zeros_like(numbers)),
        step.reveal,
        step.remask,
        step.value,
    ):
        assert len(set(drawn.tolist())) == 500
        assert stats.kstest(drawn.numpy(), "uniform").pvalue > 1e-3
