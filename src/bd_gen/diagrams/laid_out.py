"""A diagram with its name and, if there is one, its layout: what is drawn and exported."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bd_gen.diagrams.diagram import Diagram, room_names
from bd_gen.diagrams.floor_plan import FloorPlan, rooms_seen
from bd_gen.diagrams.relations import relations_from_boxes, tells_relations
from bd_gen.diagrams.tokens import edge_tokens, tokens_from_diagrams
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.diagrams.words import Words
from bd_gen.system.errors import InputError

if TYPE_CHECKING:
    from shapely import Polygon

LONGEST_ID = 200
METRES_PER_PIXEL = 18 / 256
"""Where a vocabulary does not say: what it is in RPLAN, whose plans are pictures of 256 pixels that
show 18 m (Wu et al. 2019, SIGGRAPH Asia)."""


@dataclass(frozen=True, eq=False)
class LaidOut:
    """A diagram that is to be drawn or exported.

    Attributes:
        id: 1 to 200 printable characters.
        diagram: the rooms and their relations; at least one room.
        boxes: (n, 4) boxes (x0, y0, x1, y1) in pixels of a 256-pixel plan, y downwards; None
            without a layout. Whole numbers become int64, others float64.
        joined: (i, j) with i < j, rooms that are joined without a word on how; they are no edges
            of the diagram until it is laid out.
        floor_plan: the real shapes of the rooms, doors and windows, where they are known; it
            needs boxes.

    Raises:
        ValueError: none of this.
    """

    id: str
    diagram: Diagram
    boxes: np.ndarray | None = None
    joined: tuple[tuple[int, int], ...] = ()
    floor_plan: FloorPlan | None = None

    def __post_init__(self) -> None:
        if not 0 < len(self.id) <= LONGEST_ID or not self.id.isprintable():
            raise ValueError(f"id: expected 1 to {LONGEST_ID} printable characters")
        if self.diagram.num_rooms == 0:
            raise ValueError(f"{self.id}: a diagram needs at least one room")
        if self.boxes is not None:
            object.__setattr__(self, "boxes", self._checked(np.asarray(self.boxes)))
        shapes = None if self.floor_plan is None else self.floor_plan.rooms
        if shapes is not None and (self.boxes is None or len(shapes) != len(self.boxes)):
            raise ValueError(f"{self.id}: expected a box and a shape for each room")

    def _checked(self, boxes: np.ndarray) -> np.ndarray:
        if boxes.shape != (self.diagram.num_rooms, 4):
            raise ValueError(f"{self.id}: expected a box for each room, got shape {boxes.shape}")
        boxes = boxes.astype(np.float64)
        if not np.isfinite(boxes).all() or (boxes[:, :2] > boxes[:, 2:]).any():
            raise ValueError(f"{self.id}: expected boxes with x0 <= x1 and y0 <= y1")
        return boxes.astype(np.int64) if (boxes == boxes.round()).all() else boxes

    @property
    def shapes(self) -> tuple["Polygon", ...]:
        """The polygon of each room: as the floor plan has it, else what is seen of its box.

        Raises:
            ValueError: there are no boxes.
        """
        if self.floor_plan is not None:
            return self.floor_plan.rooms
        if self.boxes is None:
            raise ValueError(f"{self.id}: has no layout")
        return rooms_seen(self.boxes)

    @property
    def labels(self) -> tuple[str, ...]:
        """A name for each room: the user's, else "Kitchen", "SecondRoom 1", "SecondRoom 2"."""
        if self.floor_plan is not None and self.floor_plan.names is not None:
            return self.floor_plan.names
        return room_names(self.diagram)

    @property
    def follows_from_boxes(self) -> bool:
        """Are the relations those that the rule reads off the boxes? False without boxes."""
        return follows_from_boxes(self.diagram, self.boxes)


def follows_from_boxes(diagram: Diagram, boxes: np.ndarray | None) -> bool:
    """Are a diagram's relations those that the rule reads off its (n, 4) boxes? False without."""
    if boxes is None or not tells_relations(diagram.words):
        return False
    vocabulary = Vocabulary(diagram.num_rooms, diagram.words)
    expected = edge_tokens(tokens_from_diagrams([diagram], vocabulary), vocabulary)
    count = np.array([diagram.num_rooms])
    return np.array_equal(relations_from_boxes(boxes[None], count, vocabulary), expected)


def scale_of(words: Words) -> float:
    """Metres per pixel of boxes in these words; RPLAN's where they do not say."""
    return METRES_PER_PIXEL if words.metres_per_pixel is None else words.metres_per_pixel


def checked_scale(scale: float) -> float:
    """Metres per pixel as given, if that can be.

    Raises:
        InputError: not a number above 0 and at most 1000.
    """
    if not (math.isfinite(scale) and 0 < scale <= 1000):
        raise InputError(f"scale: expected metres per pixel above 0, at most 1000, got {scale}")
    return scale
