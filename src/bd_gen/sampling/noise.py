"""Random numbers keyed by (seed, sample), so that nothing else can change them.

Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011) turns a
counter and a key into four 32-bit words. The key is the seed; the counter is (sample, step,
position, stream). A number therefore does not depend on batch size, on the number of workers,
on the device, or on what was drawn before it. A sample that is drawn more than once has further
numbers for each attempt; see `attempt_of`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor

_WORD = 0xFFFFFFFF
_MULTIPLIER_0, _MULTIPLIER_1 = 0xD2511F53, 0xCD9E8D57
_WEYL_0, _WEYL_1 = 0x9E3779B9, 0xBB67AE85
_ROUNDS = 10
_ATTEMPT_SHIFT = 32  # bits of the number of a sample; its attempts are counted above them
_STREAM_BITS = 8  # a word holds the stream and, above it, the attempt: up to 2^24 of them


Words = TypeVar("Words", Tensor, np.ndarray)


class Stream(IntEnum):
    """What a number is for; different uses never share one."""

    NUM_ROOMS = 0
    STEP = 1
    ORDER = 2
    SWEEP = 3
    LIMITED = 4


def attempt_of(sample: int, attempt: int) -> int:
    """What stands for attempt 0, 1, ... of a sample wherever the sample's number is asked for.

    Attempt 0 is the sample's number itself.
    """
    return sample + (attempt << _ATTEMPT_SHIFT)


def number_of(samples: Tensor) -> Tensor:
    """(...) int64 the numbers of samples, whatever attempts at them (see `attempt_of`)."""
    return samples & _WORD


def philox(counter: tuple[Tensor, Tensor, Tensor, Tensor], key: tuple[int, int]) -> list[Tensor]:
    """Four words (int64 tensors in 0..2^32-1) for counters of broadcastable shapes."""
    if any(words.device.type != "cpu" for words in counter):
        return _rounds(counter, key)
    # NumPy takes a third of the time for the small arrays of a batch.
    with np.errstate(over="ignore"):  # a single number would be warned of
        found = _rounds([words.numpy() for words in counter], key)
    return [torch.as_tensor(words) for words in found]


def _rounds(counter: Sequence[Words], key: tuple[int, int]) -> list[Words]:
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(_ROUNDS):
        # int64 products wrap, but their bits are those of the unsigned product.
        p0, p1 = c0 * _MULTIPLIER_0, c2 * _MULTIPLIER_1
        high_0, high_1 = (p0 >> 32) & _WORD, (p1 >> 32) & _WORD
        c0, c1, c2, c3 = high_1 ^ c1 ^ k0, p1 & _WORD, high_0 ^ c3 ^ k1, p0 & _WORD
        k0, k1 = (k0 + _WEYL_0) & _WORD, (k1 + _WEYL_1) & _WORD
    return [c0, c1, c2, c3]


def uniform32(word: Tensor) -> Tensor:
    """float64 in (0, 1) from one word: fine enough to decide whether something happens."""
    return (word.double() + 0.5) * 2.0**-32


def uniform53(high: Tensor, low: Tensor) -> Tensor:
    """float64 in [0, 1) from two words, with all 53 bits: to draw values with."""
    return ((high >> 5) * 2**26 + (low >> 6)).double() * 2.0**-53


@dataclass(frozen=True)
class StepNoise:
    """What one step of one sample may need at each position; float64 in [0, 1).

    Attributes:
        reveal: decides whether a masked position is revealed.
        remask: decides whether a revealed position is masked again.
        value: draws the value.
    """

    reveal: Tensor
    remask: Tensor
    value: Tensor


@dataclass(frozen=True)
class KeyedNoise:
    """The noise of one seed.

    Attributes:
        seed: 0..2^64-1.
        stream: what `step` draws from.

    Raises:
        ValueError: a seed out of range.
    """

    seed: int
    stream: Stream = Stream.STEP

    def __post_init__(self) -> None:
        if not 0 <= self.seed < 2**64:
            raise ValueError(f"a seed must be in 0..2^64-1, got {self.seed}")

    def of(self, stream: Stream) -> "KeyedNoise":
        """The same seed, with the steps of another use."""
        return replace(self, stream=stream)

    def _words(
        self, samples: Tensor, steps: Tensor, positions: Tensor, stream: int
    ) -> list[Tensor]:
        key = (self.seed & _WORD, self.seed >> 32)
        streams = stream + ((samples >> _ATTEMPT_SHIFT) << _STREAM_BITS)
        return philox((samples & _WORD, steps, positions, streams), key)

    def step(self, samples: Tensor, steps: Tensor, positions: Tensor) -> StepNoise:
        """Noise of steps; the three int64 tensors are broadcast against each other."""
        w0, w1, w2, w3 = self._words(samples, steps, positions, self.stream)
        return StepNoise(uniform32(w0), uniform32(w1), uniform53(w2, w3))

    def order(self, samples: Tensor, positions: Tensor) -> Tensor:
        """One float64 in [0, 1) for each (sample, position)."""
        w0, w1, _, _ = self._words(samples, torch.zeros_like(samples), positions, Stream.ORDER)
        return uniform53(w0, w1)

    def limited(self, samples: Tensor, attempts: Tensor, positions: Tensor) -> Tensor:
        """One float64 in [0, 1) for each attempt at a limited token; tensors are broadcast."""
        w0, w1, _, _ = self._words(samples, attempts, positions, Stream.LIMITED)
        return uniform53(w0, w1)

    def num_rooms(self, samples: Tensor) -> Tensor:
        """One float64 in [0, 1) for each sample."""
        zero = torch.zeros_like(samples)
        w0, w1, _, _ = self._words(samples, zero, zero, Stream.NUM_ROOMS)
        return uniform53(w0, w1)
