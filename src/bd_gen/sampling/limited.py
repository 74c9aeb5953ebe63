"""Tokens limited to a set of values: a joined pair of rooms whose direction is open.

To leave out the other values wherever such a token is drawn would be biased: what is drawn first
must count with how likely it leaves the others to be allowed. These tokens are therefore drawn
before the rest, one after another, by rejection from an `Envelope`: exact, given the model's
conditional probabilities. What comes of them is then given to the method that draws the rest, as
known tokens are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from bd_gen.diagrams.tokens import num_rooms_of
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.packing import pack
from bd_gen.sampling.envelope import Envelope, choose
from bd_gen.sampling.grid import Visibility
from bd_gen.sampling.noise import KeyedNoise
from bd_gen.sampling.predictor import Predictor
from bd_gen.system.errors import InputError

MOST_FRUITLESS = 20_000
"""Draws without a single one that is kept after which rejection gives up."""

_LANES = 512  # draws that are under way at a time


@dataclass(frozen=True)
class LimitedTokens:
    """Draws the tokens of a row that are limited to sets of values.

    Attributes:
        predictor: the denoiser.
        vocabulary: the layout of a row.
        visibility: the forward process that the denoiser was trained with.
        given: (length,) uint8 token row: what is known; its PAD fixes the number of rooms.
        allowed: by position in the row, values that a token may have, as they stand in the row.
        device: where the predictor lives; all else happens on the CPU.
    """

    predictor: Predictor
    vocabulary: Vocabulary
    visibility: Visibility
    given: np.ndarray
    allowed: Mapping[int, frozenset[int]]
    device: torch.device

    def draw(self, samples: Tensor, noise: KeyedNoise) -> tuple[Tensor, Tensor]:
        """Draw the limited tokens of samples; each depends on the seed and its number alone.

        Args:
            samples: (b,) int64 numbers of the samples.
            noise: of the seed.

        Returns:
            (b, N) int64 tokens that the row has, MASK where neither given nor limited; and (b,)
            int64 calls of the network that each took: up to the attempt that was kept, and without
            those for the envelope.

        Raises:
            InputError: not one of 20,000 draws was kept.
        """
        numbers = samples.cpu().numpy()
        calls = np.zeros(len(numbers), np.int64)
        values = np.full((len(numbers), len(self._order)), -1)
        waiting, attempt, num_tried = np.arange(len(numbers)), 0, 0
        if not self._envelope.bound > 0:
            raise InputError(self._refusal("the model knows no diagram that has"))
        while len(waiting):
            # Several attempts of each at once; the first that is kept counts, so their number
            # has no influence on what is drawn.
            width = max(1, _LANES // len(waiting))
            lanes = np.repeat(waiting, width)
            tries = np.tile(np.arange(attempt, attempt + width), len(waiting))
            found, asked = self._attempt(numbers[lanes], tries, noise)
            is_kept = (found >= 0).all(axis=1).reshape(len(waiting), width)
            first, some = is_kept.argmax(axis=1), is_kept.any(axis=1)
            # What was drawn after the attempt that is kept is as if it had not been.
            counts = np.arange(width) <= np.where(some, first, width - 1)[:, None]
            calls[waiting] += (asked.reshape(counts.shape) * counts).sum(axis=1)
            chosen = found.reshape(len(waiting), width, -1)[np.arange(len(waiting)), first]
            values[waiting[some]] = chosen[some]
            num_tried += len(lanes)
            if num_tried >= MOST_FRUITLESS and len(waiting) == len(numbers) and not some.any():
                raise InputError(self._refusal(f"not one of {num_tried:,} draws has"))
            waiting, attempt = waiting[~some], attempt + width
        tokens = torch.from_numpy(self._rows(values))
        return tokens.to(samples.device), torch.from_numpy(calls).to(samples.device)

    def _refusal(self, what: str) -> str:
        return (
            f"given: {what} all of its {len(self._order)} joined pairs of rooms joined; leave some "
            "of them open [--absent-edges drawn leaves open what is not said]"
        )

    def _attempt(
        self, numbers: np.ndarray, tries: np.ndarray, noise: KeyedNoise
    ) -> tuple[np.ndarray, np.ndarray]:
        """One attempt of each lane: (L, tokens) values, -1 where rejected, and (L,) calls."""
        at = torch.from_numpy(numbers), torch.from_numpy(tries)

        def uniform(level: int) -> np.ndarray:
            position = torch.tensor(int(self._real[self._order[level]]))
            return noise.limited(at[0], at[1], position).numpy()

        values = self._envelope.descend(uniform, len(numbers))
        going, calls = np.ones(len(values), bool), np.zeros(len(values), np.int64)
        for level in range(1, len(self._order)):
            rows = np.flatnonzero(going & (values[:, level] < 0))
            if not len(rows):
                continue
            probabilities = self._ask(values[rows, :level])
            calls[rows] += 1
            drawn = choose(probabilities, uniform(level)[rows])
            values[rows, level] = drawn
            going[rows[drawn < 0]] = False
        return values, calls

    @cached_property
    def _num_rooms(self) -> int:
        return int(num_rooms_of(self.given[None], self.vocabulary)[0])

    @cached_property
    def _real(self) -> np.ndarray:
        """(N,) positions of the row that exist."""
        return self.vocabulary.real_positions(self._num_rooms)

    @cached_property
    def _start(self) -> np.ndarray:
        """(N,) int64 what is given of them."""
        return self.given[self._real].astype(np.int64)

    @cached_property
    def _num_masked(self) -> int:
        return int((self._start == self.vocabulary.mask_row[self._real]).sum())

    @cached_property
    def _order(self) -> np.ndarray:
        """Places of the limited tokens among those of the row, the least likely first.

        What is least likely is bounded best where it stands first in the tree.
        """
        places = np.searchsorted(self._real, sorted(self.allowed))
        chances = self._probabilities(self._start[None], places, 0)
        kept = [
            chances[0, k, sorted(self.allowed[int(self._real[place])])].sum()
            for k, place in enumerate(places)
        ]
        return np.asarray(places[np.argsort(kept, kind="stable")])

    @cached_property
    def _envelope(self) -> Envelope:
        return Envelope(len(self._order), self._ask)

    def _ask(self, values: np.ndarray) -> np.ndarray:
        """See `envelope.Ask`."""
        level = values.shape[1]
        place = self._order[level]
        chances = self._probabilities(self._rows(values), np.array([place]), level)[:, 0]
        is_allowed = np.zeros(self.vocabulary.num_values, bool)
        is_allowed[sorted(self.allowed[int(self._real[place])])] = True
        return np.where(is_allowed, chances, 0.0)

    def _rows(self, values: np.ndarray) -> np.ndarray:
        """(K, N) int64 tokens with the first (K, d) limited ones filled in."""
        rows = np.tile(self._start, (len(values), 1))
        rows[:, self._order[: values.shape[1]]] = values
        return rows

    def _probabilities(self, rows: np.ndarray, places: np.ndarray, level: int) -> np.ndarray:
        """(K, P, V) float64 of the tokens at `places` (P,) of rows (K, N), `level` drawn before."""
        # When the next token would be revealed on average, if these came in random order.
        alpha = torch.full((1, 1), (level + 1) / (self._num_masked + 1), dtype=torch.float64)
        position = torch.from_numpy(self._real[places[:1]].copy())
        time = self.visibility.time_of(alpha.to(self.device), position.to(self.device))[0, 0]
        tokens = torch.from_numpy(rows).to(self.device)
        found = []
        with torch.inference_mode():
            for part in tokens.split(_LANES):
                starts = torch.arange(len(part), device=self.device)[:, None] * rows.shape[1]
                at = (starts + torch.from_numpy(places).to(self.device)[None]).reshape(-1)
                logits = self.predictor(
                    pack([(self._num_rooms, part)], self.vocabulary),
                    time.float().expand(len(part)),
                    at,
                )
                found.append(logits.double().softmax(dim=1).cpu())
        return torch.cat(found).reshape(len(rows), len(places), -1).numpy()
