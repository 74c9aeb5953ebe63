"""Diagrams near a given one: it is kept but for the relations of a few rooms, which are drawn anew.

A round chooses rooms at random, one or two of them, and draws all their relations from the model's
distribution given all that is left: so a room is moved, and the others stay as they are. What the
rules fix goes before what the given diagram has.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.tokens import tokens_from_diagrams
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.generation.in_memory import sampler_for
from bd_gen.sampling.conditions import Condition
from bd_gen.sampling.method import Method
from bd_gen.system.errors import InputError
from bd_gen.training.checkpoint import Checkpoint

ROUND = 32
"""Diagrams of a round."""
_MOVED = (1, 1, 2)  # rooms that rounds move, in turn
_KIND = 0x6E656172  # tells these random numbers from others of the same seed


class Round(NamedTuple):
    """Diagrams (K, length) uint8, and the token row (length,) that they were drawn given."""

    rows: np.ndarray
    given: np.ndarray


class NearPlan:
    """Draws diagrams near a given one.

    Args:
        checkpoint: the model.
        plan: a complete diagram of the rooms.
        condition: the rooms, and relations that the rules fix.
        device: where the model computes.
    """

    def __init__(
        self, checkpoint: Checkpoint, plan: Diagram, condition: Condition, device: str
    ) -> None:
        self.checkpoint, self.condition, self.device = checkpoint, condition, device
        self.row = tokens_from_diagrams([plan], checkpoint.vocabulary)[0]
        self.method = Method("first_hitting", is_learned=checkpoint.is_learned)
        fixed = {(i, j) for i, j, _ in condition.relations}
        rooms = range(plan.num_rooms)
        self._movable = [
            room
            for room in rooms
            if any((min(room, k), max(room, k)) not in fixed for k in rooms if k != room)
        ]

    def round(self, seed: int, number: int) -> Round:
        """A round; without rows where the rules leave no such diagram."""
        rng = np.random.default_rng([_KIND, number, seed])
        count = min(_MOVED[number % len(_MOVED)], len(self._movable))
        if not count:
            return Round(np.empty((0, len(self.row)), np.uint8), self.row)
        moved = rng.choice(self._movable, count, replace=False).tolist()
        try:
            condition = self._keeping(moved)
            sampler = sampler_for(self.checkpoint, self.method, condition, self.device, True)
        except InputError:  # what is kept and what the rules fix contradict each other
            return Round(np.empty((0, len(self.row)), np.uint8), self.row)
        first = ROUND * number
        rows = sampler.sample(seed, range(first, first + ROUND), ROUND)
        return Round(rows, condition.row(self.checkpoint.vocabulary))

    def _keeping(self, moved: Sequence[int]) -> Condition:
        """All relations but those of the rooms that move."""
        vocabulary: Vocabulary = self.checkpoint.vocabulary
        relations = {(i, j): relation for i, j, relation in self.condition.relations}
        for slot, (i, j) in enumerate(
            zip(vocabulary.edge_rows.tolist(), vocabulary.edge_cols.tolist(), strict=True)
        ):
            if j < self.condition.num_rooms and not {i, j} & set(moved):
                relation = int(self.row[vocabulary.n_max + slot])
                relations.setdefault((i, j), relation)
        edges = tuple((i, j, relation) for (i, j), relation in sorted(relations.items()))
        return Condition(self.condition.room_types, edges)
