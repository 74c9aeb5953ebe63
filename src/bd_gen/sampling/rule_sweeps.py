"""Sweeps that keep rules: diagrams that satisfy them are drawn on until they follow the model.

A token is masked and drawn again from its conditional given all others, restricted to values with
which every rule still holds. That leaves the model's distribution given the rules where it is
(Gibbs sampling; Geman and Geman, 1984), and brings diagrams that came by another way nearer to it.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from bd_gen.diagrams.tokens import num_rooms_of
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.packing import pack
from bd_gen.sampling.decodings.tempered import Tempered
from bd_gen.sampling.grid import Visibility, times_of_shares
from bd_gen.sampling.noise import KeyedNoise, Stream
from bd_gen.sampling.potential import Potential
from bd_gen.sampling.predictor import Predictor
from bd_gen.sampling.rules import Rule


class RuleSweeps:
    """Sweeps of single tokens under rules.

    Args:
        predictor: the denoiser.
        vocabulary: the layout of a row.
        visibility: the forward process that the denoiser was trained with.
        given: (length,) uint8 token row that every diagram has where it is not MASK; its PAD
            fixes the number of rooms.
        rules: what the diagrams satisfy, before and after.
        device: where the predictor lives; all else happens on the CPU.
        batch_size: diagrams in a call of the network; has no influence on the result.
    """

    def __init__(
        self,
        predictor: Predictor,
        vocabulary: Vocabulary,
        visibility: Visibility,
        given: np.ndarray,
        rules: Sequence[Rule],
        device: torch.device | str = "cpu",
        batch_size: int = 512,
    ) -> None:
        self.predictor = predictor
        self.vocabulary = vocabulary
        self.device = torch.device(device)
        self.batch_size = batch_size
        self.num_rooms = int(num_rooms_of(given[None], vocabulary)[0])
        self.real = torch.from_numpy(vocabulary.real_positions(self.num_rooms).copy())
        mask_row = vocabulary.mask_row[self.real.numpy()]
        self.mask_tokens = torch.from_numpy(mask_row.astype(np.int64))
        self.free = torch.from_numpy(np.flatnonzero(given[self.real.numpy()] == mask_row))
        self.potential = Potential(rules, self.real.numpy(), vocabulary.num_values)
        # What a network with time input was told in training where all but one were visible.
        share = torch.tensor([1.0 - 1.0 / len(self.real)], dtype=torch.float64)
        self.time = times_of_shares(visibility, self.real, share)

    @torch.inference_mode()
    def run(
        self, rows: np.ndarray, sweeps: int, seed: int, numbers: Sequence[int] | range
    ) -> np.ndarray:
        """Rows after so many sweeps; each depends on the seed, its number and itself alone.

        Args:
            rows: (P, length) uint8 complete diagrams that satisfy the rules.
            sweeps: how many.
            seed: 0..2^64-1.
            numbers: (P,) numbers of the rows, for the noise.

        Returns:
            (P, length) uint8 complete diagrams that satisfy the rules.
        """
        noise = KeyedNoise(seed, Stream.SWEEP)
        values = torch.from_numpy(rows[:, self.real.numpy()].astype(np.int64))
        samples = torch.tensor(numbers, dtype=torch.int64)[:, None]
        for sweep in range(sweeps):
            first = torch.full_like(samples, sweep * (len(self.free) + 1))
            turn = noise.step(samples, first, self.real[self.free][None]).reveal
            for step, place in enumerate(self.free[turn.argsort(dim=1, stable=True)].T):
                at = noise.step(samples[:, 0], first[:, 0] + 1 + step, self.real[place])
                self._redraw(values, place, at.value)
        found = rows.copy()
        found[:, self.real.numpy()] = values.numpy()
        return found

    def _redraw(self, values: Tensor, place: Tensor, uniform: Tensor) -> None:
        """Draw the token at `place` (P,) of each row again, in place."""
        allowed = self.potential.values_if(self.potential.shares_of_values(values), place)
        twisted = self._probabilities(values, place) * allowed
        # Where the model gives no chance to what the rules allow, the token stays as it is.
        stays = twisted.sum(dim=1) <= 0
        twisted[stays] = 1.0
        drawn = Tempered().draw(twisted.log(), uniform)
        rows = torch.arange(len(values))
        values[rows, place] = torch.where(stays, values[rows, place], drawn)

    def _probabilities(self, values: Tensor, place: Tensor) -> Tensor:
        """(P, V) float64 of the values of the token at `place` (P,), given all others."""
        rows = torch.arange(len(values))
        tokens = values.clone()
        tokens[rows, place] = self.mask_tokens[place]
        found = []
        for start in range(0, len(values), self.batch_size):
            part = slice(start, start + self.batch_size)
            batch = pack([(self.num_rooms, tokens[part].to(self.device))], self.vocabulary)
            at = torch.arange(len(place[part])) * len(self.real) + place[part]
            time = self.time.float().expand(len(place[part])).to(self.device)
            logits = self.predictor(batch, time, at.to(self.device))
            found.append(logits.double().cpu().softmax(dim=1))
        if not found:
            return torch.empty(0, self.vocabulary.num_values, dtype=torch.float64)
        return torch.cat(found)
