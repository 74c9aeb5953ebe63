"""The parts of a plan in metres, y upwards, for programs that draw and measure."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from bd_gen.drawing.openings import BuiltPlan

if TYPE_CHECKING:
    from shapely import Geometry, Polygon

    Shape = TypeVar("Shape", bound=Geometry)

_DECIMALS = 6
"""Micrometres: what lies beyond is noise of the arithmetic."""


@dataclass(frozen=True, eq=False)
class InMetres(BuiltPlan):
    """A plan with a layout; the lower left corner of its rooms is the origin."""

    @cached_property
    def _origin(self) -> np.ndarray:
        boxes = np.asarray(self.plan.boxes, float)
        return np.array([boxes[:, 0].min(), boxes[:, 3].max()])

    def points(self, pixels: np.ndarray) -> np.ndarray:
        """(..., 2) points in metres, y upwards."""
        flipped = (np.asarray(pixels, float) - self._origin) * np.array([1.0, -1.0])
        # Adding zero leaves no negative zeros.
        return np.asarray((flipped * self.scale).round(_DECIMALS) + 0.0)

    def shape(self, pixels: "Shape") -> "Shape":
        """A shape in metres; outer rings of polygons run anticlockwise."""
        import shapely

        return shapely.orient_polygons(shapely.transform(pixels, self.points))

    @cached_property
    def boxes(self) -> np.ndarray:
        """(n, 4) boxes as (left, bottom, right, top) in metres."""
        x0, y0, x1, y1 = np.asarray(self.plan.boxes, float).T
        low = self.points(np.stack([x0, y1], axis=1))
        return np.concatenate([low, self.points(np.stack([x1, y0], axis=1))], axis=1)

    @cached_property
    def rooms(self) -> "tuple[Polygon, ...]":
        """The shape of each room; empty where smaller rooms cover it."""
        return tuple(self.shape(room) for room in self.structure.rooms)

    @cached_property
    def solid(self) -> "Geometry":
        """The walls without gaps for doors and windows."""
        return self.shape(self.structure.walls)

    @cached_property
    def walls(self) -> "Geometry":
        """What is solid, with gaps for doors and windows."""
        import shapely

        gaps = shapely.union_all([opening.shape for opening in self.openings])
        return self.shape(self.structure.walls.difference(gaps))

    @cached_property
    def bounds(self) -> np.ndarray:
        """(2, 2) least and largest coordinates of rooms, walls and plot."""
        import shapely

        parts: list[Geometry] = [shapely.box(*box) for box in self.boxes]
        parts.append(self.shape(self.structure.shell))
        floor_plan = self.plan.floor_plan
        if floor_plan is not None and floor_plan.plot is not None:
            parts.append(self.shape(floor_plan.plot))
        return np.array(shapely.total_bounds(parts)).reshape(2, 2)
