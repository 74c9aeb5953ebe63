"""The sampling loop.

Diagrams are grouped by number of rooms, so that no PAD enters the network. Each diagram moves
to its own next step in which a token is revealed; one call of the network serves all of them,
whatever their steps and sizes. A call that could change no token is never made. Sweeps begin
where all diagrams of a batch are complete.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from bd_gen.diagrams.tokens import num_rooms_of
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.packing import pack
from bd_gen.sampling.grid import Visibility
from bd_gen.sampling.limited import LimitedTokens
from bd_gen.sampling.method import Method
from bd_gen.sampling.noise import KeyedNoise, Stream, number_of
from bd_gen.sampling.predictor import Predictor
from bd_gen.sampling.state import GroupState, Reveal
from bd_gen.sampling.steps import Course
from bd_gen.sampling.strategies import Order
from bd_gen.sampling.sweeps import sweep_reveals


class Observer(Protocol):
    """Looks on while diagrams are drawn; it has no influence on them."""

    def __call__(self, rows: np.ndarray) -> None:
        """See the token rows (b, length) uint8 of all diagrams of a batch, MASK where masked.

        Called at the start, before every call of the network with what it is about to see, and
        after it. What comes before a call differs from what came after the last one where tokens
        were masked again in a step that needed no call, or by a sweep.
        """


class Sampler:
    """Draws diagrams by one method from one model.

    Args:
        predictor: the denoiser.
        vocabulary: the layout of a row.
        visibility: the forward process that the denoiser was trained with.
        num_rooms_histogram: (n_max + 1,) counts of diagrams with 0, 1, ... rooms.
        method: how to sample.
        device: where the predictor lives.
        given: (length,) uint8 token row that every sample keeps where it is not MASK; its PAD
            fixes the number of rooms. (K, length): sample k keeps row k; those with as many rooms
            are MASK in as many places. None: nothing is given.
        allowed: by position in the row, the values that a token that is not given may have; goes
            with one `given` row. These tokens are drawn first, see `LimitedTokens`.

    Attributes:
        calls: calls of the network so far, each of one diagram counted as one.
        calls_of: (N,) int64 calls for each diagram of the last `sample`.

    Raises:
        ValueError: `allowed` without one `given` row.
    """

    def __init__(
        self,
        predictor: Predictor,
        vocabulary: Vocabulary,
        visibility: Visibility,
        num_rooms_histogram: Sequence[int],
        method: Method,
        device: torch.device | str = "cpu",
        given: np.ndarray | None = None,
        allowed: Mapping[int, frozenset[int]] | None = None,
    ) -> None:
        self.predictor = predictor
        self.vocabulary = vocabulary
        self.visibility = visibility
        self.num_rooms_histogram = num_rooms_histogram
        self.method = method
        self._decoding = method.decoding
        self.device = torch.device(device)
        self.given = given
        self.calls = 0
        self.calls_of = np.zeros(0, np.int64)
        self._limited: LimitedTokens | None = None
        if allowed:
            if given is None or given.ndim > 1:
                raise ValueError("tokens are limited where a row is given, MASK at the least")
            self._limited = LimitedTokens(
                predictor, vocabulary, visibility, given, dict(allowed), self.device
            )

    @torch.inference_mode()
    def sample(
        self,
        seed: int,
        samples: Sequence[int] | range,
        batch_size: int = 512,
        progress: Callable[[int, int], None] | None = None,
        observer: Observer | None = None,
    ) -> np.ndarray:
        """Samples number k of a seed, for every k asked for.

        Args:
            seed: 0..2^64-1.
            samples: the numbers k; sample k is the same whatever else is asked for.
            batch_size: diagrams at a time; has no influence on the result.
            progress: told (done, total) after every batch.
            observer: shown every state on the way, batch by batch.

        Returns:
            (len(samples), length) uint8 token rows.
        """
        noise = KeyedNoise(seed)
        rows = np.empty((len(samples), self.vocabulary.length), np.uint8)
        self.calls_of = np.zeros(len(samples), np.int64)
        for start in range(0, len(samples), batch_size):
            here = slice(start, start + batch_size)
            part = torch.tensor(samples[here], device=self.device)
            rows[here], self.calls_of[here] = self._sample_batch(part, noise, observer)
            if progress is not None:
                progress(min(start + batch_size, len(samples)), len(samples))
        return rows

    def _sample_batch(
        self, samples: Tensor, noise: KeyedNoise, observer: Observer | None
    ) -> tuple[np.ndarray, np.ndarray]:
        num_rooms = self._draw_num_rooms(samples, noise)
        method, order = self.method, self.method.order
        groups, courses = [], []
        for n in np.unique(num_rooms):
            chosen = torch.from_numpy(np.flatnonzero(num_rooms == n)).to(self.device)
            given, calls = self._given_tokens(samples[chosen], noise)
            state = GroupState.all_masked(int(n), samples[chosen], self.vocabulary, given)
            state.calls += calls
            self.calls += int(calls.sum())
            grid = method.grid(self.visibility, state.positions)
            groups.append(state)
            courses.append(Course(self.visibility, grid, method.remasker, noise, state.positions))

        def look() -> None:
            if observer is not None:
                observer(self._rows(groups, num_rooms))

        look()
        both = list(zip(groups, courses, strict=True))
        on_the_way = [iter(partial(order.next_reveal, *pair), None) for pair in both]
        while self._advance(groups, on_the_way, order, noise, look):
            look()
        sweeps = [sweep_reveals(*pair, method.sweep_kind, method.sweeps) for pair in both]
        while self._advance(groups, sweeps, order, noise.of(Stream.SWEEP), look):
            look()
        calls_of = np.zeros(len(num_rooms), np.int64)
        for state in groups:
            calls_of[num_rooms == state.num_rooms] = state.calls.cpu().numpy()
        return self._rows(groups, num_rooms), calls_of

    def _rows(self, groups: list[GroupState], num_rooms: np.ndarray) -> np.ndarray:
        """(b, length) uint8 the token rows of all diagrams, in their order."""
        rows = np.tile(self.vocabulary.pad_row, (len(num_rooms), 1))
        for state in groups:
            where = np.flatnonzero(num_rooms == state.num_rooms)
            tokens = torch.where(state.is_masked, state.mask_tokens, state.values)
            rows[np.ix_(where, state.positions.cpu().numpy())] = tokens.cpu().numpy()
        return rows

    def _given_tokens(self, samples: Tensor, noise: KeyedNoise) -> tuple[Tensor | None, Tensor]:
        """Tokens (b, N) or (N,) that samples begin with, MASK if unknown, and (b,) calls for it."""
        if self._limited is not None:
            return self._limited.draw(samples, noise)
        no_calls = torch.zeros_like(samples)
        if self.given is None:
            return None, no_calls
        rows = self._given_rows(samples)
        real = rows[0] != self.vocabulary.pad_row
        return torch.from_numpy(rows[:, real]).long(), no_calls

    def _given_rows(self, samples: Tensor) -> np.ndarray:
        """(b, length) or (1, length) rows that samples keep."""
        assert self.given is not None  # noqa: S101 - the caller asked
        if self.given.ndim == 1:
            return self.given[None]
        return self.given[number_of(samples).cpu().numpy()]

    def _draw_num_rooms(self, samples: Tensor, noise: KeyedNoise) -> np.ndarray:
        if self.given is not None:
            rows = self._given_rows(samples)
            return np.broadcast_to(num_rooms_of(rows, self.vocabulary), len(samples))
        shares = np.cumsum(np.asarray(self.num_rooms_histogram, np.float64))
        drawn = noise.num_rooms(samples).cpu().numpy() * shares[-1]
        return np.searchsorted(shares, drawn, side="right")

    def _advance(
        self,
        groups: list[GroupState],
        reveals: "list[Iterator[Reveal]]",
        order: Order,
        noise: KeyedNoise,
        look: Callable[[], None],
    ) -> bool:
        """Take every diagram through its next reveal; False when nothing was left to do.

        `look` is called where the network is about to be.
        """
        pending: list[tuple[GroupState, Reveal]] = []
        for state, of_group in zip(groups, reveals, strict=True):
            reveal = next(of_group, None)
            if reveal is not None:
                pending.append((state, reveal))
        if not pending:
            return False
        look()
        batch = pack([(s.num_rooms, s.tokens(r.rows)) for s, r in pending], self.vocabulary)
        at = torch.cat([r.candidates.reshape(-1) for _, r in pending]).nonzero()[:, 0]
        time = torch.cat([r.time for _, r in pending])
        logits = self.predictor(batch, time.float(), at).double()
        self.calls += len(time)
        # For all groups at once: on a GPU numbers and draws are many short kernels.
        drawn = self._decoding.draw(logits, _noise_of_values(pending, noise))
        probabilities = logits.softmax(dim=1)
        sizes = [len(reveal.places[0]) for _, reveal in pending]
        parts = zip(pending, drawn.split(sizes), probabilities.split(sizes), strict=True)
        for (state, reveal), values, chances in parts:
            _write(state, reveal, values, chances, order)
            state.calls[reveal.rows] += 1
        return True


def _noise_of_values(pending: list[tuple[GroupState, Reveal]], noise: KeyedNoise) -> Tensor:
    """(M,) float64 numbers in [0, 1) that draw the values of all candidates."""
    samples = torch.cat([state.samples[reveal.rows[reveal.places[0]]] for state, reveal in pending])
    steps = torch.cat([reveal.step[reveal.places[0]] for _, reveal in pending])
    positions = torch.cat([state.positions[reveal.places[1]] for state, reveal in pending])
    return noise.step(samples, steps, positions).value


def _write(
    state: GroupState, reveal: Reveal, drawn: Tensor, probabilities: Tensor, order: Order
) -> None:
    """Keep of the values (M,) drawn for the candidates those that the order wants, and remask."""
    row, column = reveal.places
    if reveal.count is not None:
        kept = _best(order.score(probabilities, drawn), reveal)
        row, column, drawn, probabilities = (
            row[kept],
            column[kept],
            drawn[kept],
            probabilities[kept],
        )
    state.mask(reveal.rows, reveal.remask)
    where = reveal.rows[row]
    state.values[where, column] = drawn
    state.confidence[where, column] = probabilities.gather(1, drawn[:, None])[:, 0]
    state.is_masked[where, column] = False


def _best(score: Tensor, reveal: Reveal) -> Tensor:
    """(M,) bool: in each row the `count` candidates of highest score; ties go to the left."""
    assert reveal.count is not None  # noqa: S101 - the caller asked because there is one
    table = torch.full(reveal.candidates.shape, -torch.inf, dtype=score.dtype, device=score.device)
    table[reveal.candidates] = score
    place = table.argsort(dim=1, descending=True, stable=True).argsort(dim=1)
    return (place < reveal.count[:, None])[reveal.candidates]
