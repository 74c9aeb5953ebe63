"""The diagrams of every batch, as training sees them: mirrored and numbered anew where asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from bd_gen.diagrams.box_rows import CANVAS
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
        boxes: None, or (N, n_max, 4) boxes in pixels, in the middle of the canvas.
        mirrored_boxes: None, or the same of the mirrored plans.
    """

    tokens: np.ndarray
    reverse: np.ndarray | None = None
    mirrored: tuple[np.ndarray, np.ndarray] | None = None
    boxes: np.ndarray | None = None
    mirrored_boxes: np.ndarray | None = None


class Drawn(NamedTuple):
    """The b diagrams of one size in a step.

    Attributes:
        rows: (b,) int64 which ones; from the number of plans on, mirrored ones.
        order: (b, n) uniform numbers whose ranks order their rooms; (b, 0) if they stay.
        shift: (b, 2) uniform numbers that say how far their boxes move; (b, 0) without boxes.
    """

    rows: Tensor
    order: Tensor
    shift: Tensor


class Supply:
    """Clean groups of step 0, 1, 2, ..., kept on the device.

    Args:
        rows: what there is; it must have what the two settings need.
        vocabulary: the layout of a row.
        config: of it batch size, seed, and whether plans are renumbered, mirrored and moved.
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
        self._boxes = None
        if vocabulary.levels:
            self._boxes = BoxSupply(rows, vocabulary.levels, config, device)
        sizes = [stratum.num_rooms for stratum in self.order.strata]
        diagrams = vocabulary.of_diagrams
        self._positions = {
            n: torch.tensor(diagrams.real_positions(n).tolist(), device=device) for n in sizes
        }
        self._renumbering = {n: Renumbering(n, device, vocabulary.no_edge) for n in sizes}

    def draw(self, step: int, generator: torch.Generator) -> list[Drawn]:
        """What a step takes of each size: all that is random or read from the host."""
        drawn = []
        batch = self.order.batch(step)
        everything = torch.from_numpy(np.concatenate(batch))
        if self._device.type == "cuda":
            # From pinned memory a copy need not be waited for.
            everything = everything.pin_memory().to(self._device, non_blocking=True)
        parts = everything.split([len(rows) for rows in batch])
        for stratum, rows, chosen in zip(self.order.strata, batch, parts, strict=True):
            if self._mirror:
                draws = torch.rand(len(rows), generator=generator, device=self._device)
                chosen = chosen + self._num_rows * (draws < 0.5)
            shape = (len(rows), stratum.num_rooms if self._reverse is not None else 0)
            order = torch.rand(shape, generator=generator, device=self._device)
            axes = (len(rows), 0 if self._boxes is None else 2)
            shift = torch.rand(axes, generator=generator, device=self._device)
            drawn.append(Drawn(chosen, order, shift))
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
            if self._boxes is not None:
                real = torch.cat([real, self._boxes(part, stratum.num_rooms)], dim=1)
            groups.append(CleanGroup(stratum.num_rooms, real, stratum.weight))
        return groups


class BoxSupply:
    """The sides of the rooms' boxes in a step, as tokens.

    Args:
        rows: with boxes, and mirrored ones if plans are mirrored.
        levels: steps of the plan.
        config: of it `mirror` and `translate`.
        device: where everything lives.

    Raises:
        ValueError: rows without boxes.
    """

    def __init__(
        self, rows: TrainingRows, levels: int, config: TrainingConfig, device: torch.device
    ) -> None:
        parts = [rows.boxes, rows.mirrored_boxes] if config.mirror else [rows.boxes]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            raise ValueError("a model of boxes needs those of all plans")
        self._boxes = torch.tensor(np.concatenate(known), dtype=torch.float32, device=device)
        self._levels, self._translate = levels, config.translate

    def __call__(self, drawn: Drawn, num_rooms: int) -> Tensor:
        """(b, 4n) int64 levels of the sides, rooms in the order that was drawn."""
        boxes = self._boxes[drawn.rows, :num_rooms]
        if drawn.order.shape[1]:
            order = drawn.order.argsort(dim=1)
            boxes = boxes.gather(1, order[..., None].expand_as(boxes))
        # No plan leaves the canvas.
        least = -boxes[..., :2].amin(dim=1)
        most = CANVAS - boxes[..., 2:].amax(dim=1)
        shift = ((2 * self._translate + 1) * drawn.shift).floor() - self._translate
        shift = torch.minimum(torch.maximum(shift, least), most)
        moved = boxes + shift.repeat(1, 2)[:, None]
        sides = (moved * (self._levels / CANVAS)).floor().clamp(0, self._levels - 1)
        return sides.long().flatten(1)


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
