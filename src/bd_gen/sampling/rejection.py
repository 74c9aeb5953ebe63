"""Drawing until a diagram is accepted: the model's distribution given that a judge says yes.

Sample k of a seed is the first accepted diagram among its attempts 0, 1, 2, ...: attempt 0 is the
sample that is drawn without a judge, and each further one has random numbers of its own. All of a
diagram is drawn anew, its number of rooms too unless that is given, so that the law is exactly
p(x | accepted), of which the sizes have their share in proportion to how often they are accepted.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Protocol

import numpy as np

from bd_gen.sampling.noise import attempt_of
from bd_gen.sampling.sampler import Observer, Sampler
from bd_gen.system.errors import InputError

MOST_ATTEMPTS = 2_000
"""A sample of which so many attempts are refused ends the run. Where one draw in a hundred is
accepted that happens to one of 5,000 samples once in 100,000 runs; where one in 20,000 is, almost
always within the first few samples."""

_AHEAD = 4  # a round may hold this part of a batch in attempts that may turn out not to be needed


class Verdict(IntEnum):
    """What a judge says of a diagram; only ACCEPTED ones are kept."""

    REFUSED = 0
    ACCEPTED = 1
    UNDECIDED = 2


class Judge(Protocol):
    """Decides which diagrams are kept, by nothing but the diagrams."""

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        """(N,) int8: a `Verdict` of each of the token rows (N, length) uint8."""


@dataclass(frozen=True)
class Kept:
    """Samples that were accepted, and what they took.

    Attributes:
        rows: (n, length) uint8 token rows.
        tries: (n, 2) uint32: attempts up to and with the accepted one, and how many of these
            were undecided.
    """

    rows: np.ndarray
    tries: np.ndarray


class RejectionSampler(Sampler):
    """A sampler that keeps what a judge accepts.

    Args:
        arguments: of `Sampler`.
        judge: decides.
    """

    def __init__(self, *arguments: Any, judge: Judge) -> None:
        super().__init__(*arguments)
        self.judge = judge

    def sample(
        self,
        seed: int,
        samples: Sequence[int] | range,
        batch_size: int = 512,
        progress: Callable[[int, int], None] | None = None,
        observer: Observer | None = None,
    ) -> np.ndarray:
        """The accepted samples of a seed; see `Sampler.sample`.

        An observer is shown accepted attempts alone: these are drawn a second time for it.

        Raises:
            InputError: as `draw`.
        """
        kept = self.draw(seed, samples, batch_size, progress)
        if observer is not None:
            attempts = (kept.tries[:, 0].astype(int) - 1).tolist()
            numbers = [attempt_of(k, a) for k, a in zip(samples, attempts, strict=True)]
            calls = self.calls_of
            super().sample(seed, numbers, batch_size, observer=observer)
            self.calls_of = calls
        return kept.rows

    def draw(
        self,
        seed: int,
        samples: Sequence[int] | range,
        batch_size: int = 512,
        progress: Callable[[int, int], None] | None = None,
    ) -> Kept:
        """The accepted samples of a seed, and how many attempts each took.

        Args:
            seed: 0..2^64-1.
            samples: the numbers k, below 2^32.
            batch_size: diagrams at a time; has no influence on the result.
            progress: told (done, total) after every batch.

        Raises:
            InputError: the first `MOST_ATTEMPTS` attempts of a sample are not accepted.
        """
        rows = np.empty((len(samples), self.vocabulary.length), np.uint8)
        tries = np.empty((len(samples), 2), np.uint32)
        calls = np.empty(len(samples), np.int64)
        for start in range(0, len(samples), batch_size):
            part = slice(start, start + batch_size)
            batch = _Batch(samples[part], batch_size, self.vocabulary.length)
            while len(batch.pending):
                numbers = batch.next_round()
                drawn = super().sample(seed, numbers, batch_size)
                batch.take(drawn, self.judge(drawn), self.calls_of, seed)
            rows[part], tries[part], calls[part] = batch.rows, batch.tries, batch.calls
            if progress is not None:
                progress(min(start + batch_size, len(samples)), len(samples))
        self.calls_of = calls
        return Kept(rows, tries)


class _Batch:
    """Samples that are drawn together until all are accepted.

    Refused samples share their next round. Where there are few of them, or hardly any is accepted,
    several attempts of one are drawn at once: that makes fewer and fuller calls of the network,
    and the first accepted one is the same.
    """

    def __init__(self, samples: Sequence[int], size: int, length: int) -> None:
        self.samples = list(samples)
        self.size = size
        self.rows = np.empty((len(samples), length), np.uint8)
        self.tries = np.zeros((len(samples), 2), np.uint32)
        self.calls = np.zeros(len(samples), np.int64)
        self.pending = np.arange(len(samples))
        self._chosen = self.pending
        self._ahead = 1
        self._num_drawn = self._num_accepted = 0

    def next_round(self) -> list[int]:
        """Attempts to draw next, sample by sample."""
        self._ahead = self._num_ahead()
        self._chosen = self.pending[: max(1, self.size // self._ahead)]
        return [
            attempt_of(self.samples[k], attempt)
            for k in self._chosen.tolist()
            for attempt in range(int(self.tries[k, 0]), int(self.tries[k, 0]) + self._ahead)
        ]

    def _num_ahead(self) -> int:
        """Attempts of each sample in the next round: about as many as it will take."""
        if not self._num_drawn:
            return 1
        needed = self._num_drawn // self._num_accepted if self._num_accepted else self.size
        # Where it looks hopeless, one sample at a time tells soonest.
        is_rare = not self._num_accepted or needed > MOST_ATTEMPTS // 10
        room = self.size if is_rare else self.size // (_AHEAD * len(self.pending))
        left = MOST_ATTEMPTS - int(self.tries[self.pending, 0].max())
        return max(1, min(needed, room, left))

    def take(self, drawn: np.ndarray, verdicts: np.ndarray, calls: np.ndarray, seed: int) -> None:
        """Keep the first accepted attempt of each sample of the round."""
        verdicts = np.asarray(verdicts).reshape(len(self._chosen), self._ahead)
        drawn = drawn.reshape(*verdicts.shape, -1)
        accepted = verdicts == Verdict.ACCEPTED
        self._num_drawn += accepted.size
        self._num_accepted += int(accepted.sum())
        done = accepted.any(axis=1)
        first = np.where(done, accepted.argmax(axis=1), self._ahead - 1)
        # What was drawn after the accepted one is as if it had not been.
        counts = np.arange(self._ahead) <= first[:, None]
        self.tries[self._chosen, 0] += counts.sum(axis=1).astype(np.uint32)
        undecided = counts & (verdicts == Verdict.UNDECIDED)
        self.tries[self._chosen, 1] += undecided.sum(axis=1).astype(np.uint32)
        self.calls[self._chosen] += (calls.reshape(counts.shape) * counts).sum(axis=1)
        self.rows[self._chosen[done]] = drawn[done, first[done]]
        self.pending = np.setdiff1d(self.pending, self._chosen[done])
        self._refuse_hopeless(seed)

    def _refuse_hopeless(self, seed: int) -> None:
        for k in self.pending[self.tries[self.pending, 0] >= MOST_ATTEMPTS].tolist():
            raise InputError(
                f"eval.only_realizable: none of the first {MOST_ATTEMPTS:,} draws of sample "
                f"{self.samples[k]} of seed {seed} can be laid out, so it could go on for ever; "
                "use another checkpoint, give less, or draw without it"
            )
