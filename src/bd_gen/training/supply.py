"""The diagrams of every batch, as training sees them: mirrored and numbered anew where asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from bd_gen.diagrams.tokens import num_rooms_of
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.objective import CleanGroup
from bd_gen.training.batches import BatchOrder
from bd_gen.training.config import TrainingConfig


@dataclass(frozen=True, eq=False)
class TrainingRows:
    """What there is to train on.

    Attributes:
        tokens: (N, length) uint8 rows.
        reverse: None, or (N, num_edges) relations seen from the other room, for numbering anew.
        mirrored: None, or tokens and reverse relations of the same plans with left and right
            exchanged.
    """

    tokens: np.ndarray
    reverse: np.ndarray | None = None
    mirrored: tuple[np.ndarray, np.ndarray] | None = None


class Drawn(NamedTuple):
    """The b diagrams of one size in a step.

    Attributes:
        rows: (b,) int64 which ones; from the number of plans on, mirrored ones.
        order: (b, n) uniform numbers whose ranks order their rooms; (b, 0) if they stay.
    """

    rows: Tensor
    order: Tensor


class Supply:
    """Clean groups of step 0, 1, 2, ..., kept on the device.

    Args:
        rows: what there is; it must have what the two settings need.
        vocabulary: the layout of a row.
        config: of it batch size, seed, and whether diagrams are renumbered and mirrored.
        draws: rows that each diagram of a batch takes.
        device: where everything lives.

    Raises:
        InputError: there is nothing to train on, or a batch is too small.
        ValueError: rows without what a setting needs.
    """

    def __init__(
        self,
        rows: TrainingRows,
        vocabulary: Vocabulary,
        config: TrainingConfig,
        draws: int,
        device: torch.device,
    ) -> None:
        renumber, mirror = config.renumber, config.mirror
        if renumber and rows.reverse is None:
            raise ValueError("renumbering needs the relations seen from the other room")
        if mirror and rows.mirrored is None:
            raise ValueError("mirror images need the mirrored plans")
        self.order = BatchOrder(
            num_rooms_of(rows.tokens, vocabulary), config.batch_size, config.seed, draws
        )
        self._num_rows = len(rows.tokens)
        self._n_max = vocabulary.n_max
        self._mirror = mirror
        self._device = device
        tokens, reverse = [rows.tokens], [rows.reverse]
        if mirror and rows.mirrored is not None:
            # Behind the plans themselves: row i + N is the mirror image of row i.
            tokens.append(rows.mirrored[0])
            reverse.append(rows.mirrored[1])
        self._tokens = torch.tensor(np.concatenate(tokens), device=device)
        self._reverse: Tensor | None = None
        if renumber:
            known = [part for part in reverse if part is not None]
            self._reverse = torch.tensor(np.concatenate(known), device=device)
        sizes = [stratum.num_rooms for stratum in self.order.strata]
        self._positions = {
            n: torch.tensor(vocabulary.real_positions(n).tolist(), device=device) for n in sizes
        }
        self._renumbering = {n: Renumbering(n, device, vocabulary.no_edge) for n in sizes}

    def draw(self, step: int, generator: torch.Generator) -> list[Drawn]:
        """What a step takes of each size: all that is random or read from the host."""
        drawn = []
        for stratum, rows in zip(self.order.strata, self.order.batch(step), strict=True):
            chosen = torch.from_numpy(rows).to(self._device)
            if self._mirror:
                draws = torch.rand(len(rows), generator=generator, device=self._device)
                chosen = chosen + self._num_rows * (draws < 0.5)
            shape = (len(rows), stratum.num_rooms if self._reverse is not None else 0)
            order = torch.rand(shape, generator=generator, device=self._device)
            drawn.append(Drawn(chosen, order))
        return drawn

    def groups(self, drawn: Sequence[Drawn]) -> list[CleanGroup]:
        """The diagrams of a step, grouped by size."""
        groups = []
        for stratum, part in zip(self.order.strata, drawn, strict=True):
            positions = self._positions[stratum.num_rooms]
            real = self._tokens[part.rows][:, positions].long()
            if self._reverse is not None:
                pairs = positions[stratum.num_rooms :] - self._n_max
                reverse = self._reverse[part.rows][:, pairs].long()
                real = self._renumbering[stratum.num_rooms](real, reverse, part.order)
            groups.append(CleanGroup(stratum.num_rooms, real, stratum.weight))
        return groups


class Renumbering:
    """Puts the rooms of diagrams of one size in random order.

    An edge whose rooms change places takes the label seen from the other room, which is not
    its inverse in general (`bd_gen.diagrams.relations`).

    Args:
        num_rooms: n.
        device: where diagrams are.
        no_edge: the token of rooms that are not joined.
    """

    def __init__(self, num_rooms: int, device: torch.device, no_edge: int) -> None:
        self.num_rooms, self._no_edge = num_rooms, no_edge
        rows, cols = np.triu_indices(num_rooms, k=1)
        self._rows = torch.tensor(rows.tolist(), device=device, dtype=torch.long)
        self._cols = torch.tensor(cols.tolist(), device=device, dtype=torch.long)

    def __call__(self, tokens: Tensor, reverse: Tensor, draws: Tensor) -> Tensor:
        """Renumber b diagrams.

        Args:
            tokens: (b, n(n+1)/2) int64 types, then relations of the pairs i < j.
            reverse: (b, n(n-1)/2) int64 relations of the same pairs seen from the other room.
            draws: (b, n) uniform numbers whose ranks are the orders.

        Returns:
            (b, n(n+1)/2) int64.
        """
        n, count = self.num_rooms, len(tokens)
        order = draws.argsort(dim=1)
        seen_from = tokens.new_full((count, n, n), self._no_edge)
        seen_from[:, self._rows, self._cols] = tokens[:, n:]
        seen_from[:, self._cols, self._rows] = reverse
        pairs = order[:, self._rows] * n + order[:, self._cols]
        return torch.cat(
            [tokens[:, :n].gather(1, order), seen_from.flatten(1).gather(1, pairs)], dim=1
        )
