"""What a classifier may know of a plan's geometry: rows of numbers that no room number changes.

Rooms are sorted by type and, within a type, by area: a row has places for the `RANKS` largest rooms
of each type, 0 where a plan has no such room. Turning or mirroring a plan is not undone: real plans
are not alike up and down. The thickness of walls is in none of the rows but for what areas lose by
it, so plans with and without a gap between rooms can be compared.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from bd_gen.layouts.walls import Walls
from bd_gen.metrics.plan_geometry import PlanGeometry, outline_sides
from bd_gen.metrics.plan_set import PlanSet

if TYPE_CHECKING:
    from shapely import Polygon

RANKS = 3

_SAME_LINE = 6.0  # pixels, a thick wall: sides that are no further apart lie on one wall line


class DescribedPlan:
    """One plan of a set, with what its descriptors share.

    Args:
        shapes: of its rooms.
        walls: of these.
        geometry: its numbers.
        scale: metres per pixel.
        num_types: how many room types there are.
    """

    def __init__(
        self,
        shapes: Sequence["Polygon"],
        walls: Walls,
        geometry: PlanGeometry,
        scale: float,
        num_types: int,
    ) -> None:
        self.shapes = shapes
        self.walls = walls
        self.geometry = geometry
        self.scale = scale
        self.num_slots = num_types * RANKS
        self.bounds = np.array(
            [shape.bounds if not shape.is_empty else (0.0,) * 4 for shape in shapes]
        )
        self.slots = _slots(geometry.room_types, geometry.areas)

    def by_slot(self, values: np.ndarray) -> np.ndarray:
        """(S·K,) values (n,) or (n, K) of rooms in their places; 0 in places without a room."""
        table = np.zeros((self.num_slots, *values.shape[1:]))
        has_place = self.slots >= 0
        table[self.slots[has_place]] = np.nan_to_num(values[has_place])
        return table.ravel()


def _slots(room_types: np.ndarray, areas: np.ndarray) -> np.ndarray:
    # (n,) place of each room: RANKS places a type, the largest first; -1 for none
    order = np.lexsort([np.arange(len(areas)), -areas])
    rank = np.empty(len(areas), int)
    for room_type in np.unique(room_types):
        own = order[room_types[order] == room_type]
        rank[own] = np.arange(len(own))
    return np.where(rank < RANKS, room_types * RANKS + rank, -1)


def sizes(plan: DescribedPlan) -> np.ndarray:
    """Areas of rooms, m², and their sum."""
    areas = plan.geometry.areas
    return np.append(plan.by_slot(areas), areas.sum())


def forms(plan: DescribedPlan) -> np.ndarray:
    """Width and height of rooms' bounding boxes, m, proportions, and how far rooms fill them."""
    sides = (plan.bounds[:, 2:] - plan.bounds[:, :2]) * plan.scale
    box = np.maximum(sides.prod(axis=1), 1e-9)
    numbers = [sides, plan.geometry.proportions[:, None], (plan.geometry.areas / box)[:, None]]
    return plan.by_slot(np.concatenate(numbers, axis=1))


def places(plan: DescribedPlan) -> np.ndarray:
    """Where rooms' centres lie in the bounding box of the plan, 0 to 1 across and down."""
    low, high = plan.bounds[:, :2].min(axis=0), plan.bounds[:, 2:].max(axis=0)
    middle = (plan.bounds[:, :2] + plan.bounds[:, 2:]) / 2
    return plan.by_slot((middle - low) / np.maximum(high - low, 1e-9))


def facades(plan: DescribedPlan) -> np.ndarray:
    """Outer wall of rooms, m, and the longest wall that each has in common with another."""
    n = len(plan.shapes)
    outer, common = np.zeros(n), np.zeros(n)
    for wall in plan.walls.outer:
        outer[wall.rooms[0]] += wall.length
    for wall in plan.walls.common:
        common[list(wall.rooms)] = np.maximum(common[list(wall.rooms)], wall.length)
    return plan.by_slot(np.stack([outer, common], axis=1) * plan.scale)


def outline(plan: DescribedPlan) -> np.ndarray:
    """The outline: corners, steps, compactness, sides of its box, its shortest and longest side.

    Lengths are over the root of its area: walls between the rooms make a home larger that has
    rooms of the same sizes.
    """
    g = plan.geometry
    sides = outline_sides(plan.walls.outline)
    x0, y0, x1, y1 = plan.walls.outline.bounds
    ends = (sides.min(), sides.max()) if len(sides) else (0.0, 0.0)
    root = max(float(plan.walls.outline.area) ** 0.5, 1e-9)
    return np.array(
        [g.corners, g.steps, g.hull, g.bbox, *np.divide((x1 - x0, y1 - y0, *ends), root)]
    )


def alignments(plan: DescribedPlan) -> np.ndarray:
    """How rooms line up: distinct wall lines across and down, per room and in all; corners of
    rooms; the share of rooms that are plain rectangles.
    """
    there = plan.bounds[(plan.bounds[:, 2:] > plan.bounds[:, :2]).all(axis=1)]
    lines = [_distinct(there[:, [k, k + 2]].ravel()) for k in (0, 1)]
    # Without what is as thin as a wall: where only boxes are known, some of a large room's box is
    # seen all round the walls of the rooms in it, which gives it corners that no room has.
    corners = [len(outline_sides(s)) for s in plan.walls.rooms if not s.is_empty]
    plain = float(np.mean([count == 4 for count in corners])) if corners else 0.0
    n = max(len(there), 1)
    return np.array([*lines, lines[0] / n, lines[1] / n, sum(corners) / n, plain])


def _distinct(places: np.ndarray) -> int:
    """How many wall lines there are at some places."""
    return int((np.diff(np.sort(places)) > _SAME_LINE).sum()) + 1 if len(places) else 0


PLAN_DESCRIPTORS: Mapping[str, Callable[[DescribedPlan], np.ndarray]] = {
    "sizes": sizes,
    "forms": forms,
    "places": places,
    "facades": facades,
    "outline": outline,
    "alignments": alignments,
}
"""The descriptors by name."""


def described_plans(plans: PlanSet) -> dict[str, np.ndarray]:
    """(N, D) float64 rows of all plans by descriptor."""
    each = [
        DescribedPlan(shapes, walls, geometry, plans.scale, plans.words.num_room_types)
        for shapes, walls, geometry in zip(plans.shapes, plans.walls, plans.geometry, strict=True)
    ]
    return {
        name: np.stack([describe(plan) for plan in each]) if each else np.zeros((0, 0))
        for name, describe in PLAN_DESCRIPTORS.items()
    }
