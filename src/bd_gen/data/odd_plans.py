"""What looks odd about plans that can be read, in the same words whoever reads them."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from bd_gen.data.plan_table import PlanTable, follows_from_boxes, table_sizes
from bd_gen.data.sources.plans.plan_parser import unread_notes
from bd_gen.data.sources.plans.plan_units import USUAL_SIZE, size_of
from bd_gen.diagrams.relations import tells_relations
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.word_parts import DirectionRule
from bd_gen.diagrams.words import Words


@dataclass
class OddPlans:
    """How many of the plans read so far look odd.

    Attributes:
        num_of_odd_size: whose boxes do not look like pixels of a 256-pixel plan.
        num_of_other_relations: whose relations are not those of their boxes.
        counts_relations: whether these are counted.
        counts_sizes: whether odd sizes are counted; not where somebody has said the unit.
        unread: how many plans have each key that is not read.
        words: whose rule reads relations off boxes.
    """

    num_of_odd_size: int = 0
    num_of_other_relations: int = 0
    counts_relations: bool = True
    counts_sizes: bool = True
    words: Words = RPLAN
    unread: Counter[str] = field(default_factory=Counter)

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
        size = size_of(boxes)
        self.num_of_odd_size += self.counts_sizes and not USUAL_SIZE[0] <= size <= USUAL_SIZE[1]
        self.num_of_other_relations += self._counts and not follows_from_boxes

    def add_table(self, table: PlanTable, is_related: np.ndarray) -> None:
        """Count all plans of a table.

        Args:
            table: the plans.
            is_related: (N,) bool: are its relations given? Else they are those of its boxes.
        """
        size = table_sizes(table)
        is_odd = (size < USUAL_SIZE[0]) | (size > USUAL_SIZE[1])
        if self.counts_sizes:
            self.num_of_odd_size += int((is_odd & table.has_boxes).sum())
        if self._counts:
            given = table.select(np.flatnonzero(table.has_boxes & is_related))
            self.num_of_other_relations += int((~follows_from_boxes(given)).sum())

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
        return (*notes, *unread_notes(self.unread))
