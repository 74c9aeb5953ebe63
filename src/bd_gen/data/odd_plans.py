"""What looks odd about plans that can be read, in the same words whoever reads them."""

from dataclasses import dataclass

import numpy as np

from bd_gen.data.plan_table import PlanTable, follows_from_boxes
from bd_gen.diagrams.relations import tells_relations
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.word_parts import DirectionRule
from bd_gen.diagrams.words import Words

USUAL_SIZE = (64, 256)
"""Pixels from one end of a plan to the other; anything else earns a word of warning."""


@dataclass
class OddPlans:
    """How many of the plans read so far look odd.

    Attributes:
        num_of_odd_size: whose boxes do not look like pixels of a 256-pixel plan.
        num_of_other_relations: whose relations are not those of their boxes.
        counts_relations: whether these are counted.
        words: whose rule reads relations off boxes.
    """

    num_of_odd_size: int = 0
    num_of_other_relations: int = 0
    counts_relations: bool = True
    words: Words = RPLAN

    @property
    def _counts(self) -> bool:
        return self.counts_relations and tells_relations(self.words)

    def add(self, boxes: np.ndarray | None, follows_from_boxes: bool) -> None:
        """Count one plan.

        Args:
            boxes: (n, 4) boxes (x0, y0, x1, y1), if it has any.
            follows_from_boxes: are its relations those that the rule reads off the boxes?
        """
        if boxes is None:
            return
        size = (boxes[:, 2:].max(axis=0) - boxes[:, :2].min(axis=0)).max()
        self.num_of_odd_size += not USUAL_SIZE[0] <= size <= USUAL_SIZE[1]
        self.num_of_other_relations += self._counts and not follows_from_boxes

    def add_table(self, table: PlanTable) -> None:
        """Count all plans of a table."""
        real = (table.room_types != table.vocabulary.node_pad)[..., None]
        near = np.where(real, table.boxes[..., :2], np.inf).min(axis=1)
        far = np.where(real, table.boxes[..., 2:], -np.inf).max(axis=1)
        size = (far - near).max(axis=1)
        is_odd = (size < USUAL_SIZE[0]) | (size > USUAL_SIZE[1])
        self.num_of_odd_size += int((is_odd & table.has_boxes).sum())
        if self._counts:
            self.num_of_other_relations += int((table.has_boxes & ~follows_from_boxes(table)).sum())

    @property
    def notes(self) -> tuple[str, ...]:
        """What people should know, in sentences; none if nothing is odd."""
        notes = []
        low, high = USUAL_SIZE
        rule = self.words.rule or DirectionRule()
        canvas = rule.canvas
        near = f", where rooms within {rule.touch} pixels touch" if self.words.rule else ""
        if self.num_of_odd_size:
            notes.append(
                f"{self.num_of_odd_size:,} plans measure under {low} or over {high} across; "
                f"boxes must be in pixels of a {canvas}-pixel plan{near}"
            )
        if self.num_of_other_relations:
            notes.append(
                f"{self.num_of_other_relations:,} plans have relations that their boxes do not "
                "give; the relations count"
            )
        return tuple(notes)
