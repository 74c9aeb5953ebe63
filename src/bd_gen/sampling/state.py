"""Partly sampled diagrams of one size, and what happens to them next."""

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from bd_gen.diagrams.vocabulary import Vocabulary


@dataclass
class GroupState:
    """b diagrams of n rooms, N = n(n+1)/2 tokens each, every one at its own step.

    Attributes:
        num_rooms: n.
        samples: (b,) int64 number k of each sample; with the seed it keys the noise.
        positions: (N,) int64 positions in the full row.
        ends: (N, 2) int64 rooms i <= j that each token is about; for a room, itself twice.
        mask_tokens: (N,) int64 the MASK token of each position.
        values: (b, N) int64 values; meaningless where masked.
        is_masked: (b, N) bool.
        is_given: (b, N) bool; given tokens are never masked.
        confidence: (b, N) float64 probability that each value had when it was revealed.
        step: (b,) int64 the step that comes next.
        calls: (b,) int64 calls of the network so far.
    """

    num_rooms: int
    samples: Tensor
    positions: Tensor
    ends: Tensor
    mask_tokens: Tensor
    values: Tensor
    is_masked: Tensor
    is_given: Tensor
    confidence: Tensor
    step: Tensor
    calls: Tensor

    @staticmethod
    def all_masked(
        num_rooms: int, samples: Tensor, vocabulary: Vocabulary, given: Tensor | None = None
    ) -> "GroupState":
        """Diagrams in which only the tokens `given` are known.

        Args:
            num_rooms: n.
            samples: (b,) int64.
            vocabulary: the layout of the full row.
            given: (N,) or (b, N) int64 tokens of which all but MASK are kept, or None.
        """
        device = samples.device
        real = vocabulary.real_positions(num_rooms)
        positions = torch.tensor(real.tolist(), device=device)
        mask_tokens = torch.tensor(vocabulary.mask_row[real].tolist(), device=device)
        shape = (len(samples), len(real))
        start = mask_tokens if given is None else given.to(device)
        is_given = (start != mask_tokens).expand(shape).clone()
        return GroupState(
            num_rooms=num_rooms,
            samples=samples,
            positions=positions,
            ends=torch.tensor(vocabulary.ends[real].tolist(), device=device),
            mask_tokens=mask_tokens,
            values=start.expand(shape).clone(),
            is_masked=~is_given,
            is_given=is_given,
            confidence=torch.ones(shape, dtype=torch.float64, device=device),
            step=torch.zeros(len(samples), dtype=torch.int64, device=device),
            calls=torch.zeros(len(samples), dtype=torch.int64, device=device),
        )

    def tokens(self, rows: Tensor) -> Tensor:
        """(r, N) int64 tokens of some rows, MASK where masked."""
        return torch.where(self.is_masked[rows], self.mask_tokens, self.values[rows])

    def mask(self, rows: Tensor, where: Tensor) -> None:
        """Mask positions `where` (r, N) of some rows again."""
        self.is_masked[rows] |= where


@dataclass(frozen=True)
class Reveal:
    """The next step of some diagrams of a group that needs the network.

    Attributes:
        rows: (r,) int64 which diagrams.
        time: (r,) float64 the time t at which each stands.
        step: (r,) int64 the step of each, which keys the noise.
        candidates: (r, N) bool masked positions that may be revealed.
        count: (r,) int64 how many of the candidates will be; None means all.
        remask: (r, N) bool revealed positions to be masked in the same step.
    """

    rows: Tensor
    time: Tensor
    step: Tensor
    candidates: Tensor
    count: Tensor | None
    remask: Tensor

    @cached_property
    def places(self) -> tuple[Tensor, Tensor]:
        """(M,) int64 each, of every candidate: which of `rows`, and which column."""
        row, column = self.candidates.nonzero(as_tuple=True)
        return row, column

    def part(self, rows: Tensor) -> "Reveal":
        """The reveals of some of the diagrams, chosen by a mask or by indices."""
        return Reveal(
            self.rows[rows],
            self.time[rows],
            self.step[rows],
            self.candidates[rows],
            None if self.count is None else self.count[rows],
            self.remask[rows],
        )

    @staticmethod
    def joined(parts: "list[Reveal]") -> "Reveal":
        """Several reveals as one, ordered by diagram so that nothing depends on who came first."""
        if len(parts) == 1:
            return parts[0]
        counts = [part.count for part in parts if part.count is not None]
        whole = Reveal(
            torch.cat([part.rows for part in parts]),
            torch.cat([part.time for part in parts]),
            torch.cat([part.step for part in parts]),
            torch.cat([part.candidates for part in parts]),
            torch.cat(counts) if counts else None,
            torch.cat([part.remask for part in parts]),
        )
        return whole.part(whole.rows.argsort())
