"""Plans with a layout as metrics see them: many at once, each measured once."""

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from bd_gen.diagrams.laid_out import METRES_PER_PIXEL, LaidOut
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.words import Words
from bd_gen.layouts.room_roles import thickest_wall
from bd_gen.layouts.walls import Walls, walls_of
from bd_gen.metrics.plan_geometry import PlanGeometry, plan_geometry

if TYPE_CHECKING:
    from shapely import Polygon


class PlanSet:
    """Plans whose geometry is measured.

    Args:
        plans: with boxes, and with the shapes of their rooms where these are known.
        scale: metres per pixel; None: as their words have it, else 18/256.
        progress: called after each plan that is measured with how many are, and their number.

    Raises:
        ValueError: a plan has no layout, or plans have different words.
    """

    def __init__(
        self,
        plans: Iterable[LaidOut],
        scale: float | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        self.plans = tuple(plans)
        self.scale = scale or self.words.metres_per_pixel or METRES_PER_PIXEL
        self._progress = progress
        for plan in self.plans:
            if plan.boxes is None:
                raise ValueError(f"{plan.id}: has no layout")
            if plan.diagram.words.hash != self.words.hash:
                raise ValueError(f"{plan.id}: has other room types than {self.plans[0].id}")

    def __len__(self) -> int:
        return len(self.plans)

    @property
    def words(self) -> Words:
        """What types and relations of the plans mean; without plans RPLAN's."""
        return self.plans[0].diagram.words if self.plans else RPLAN

    @cached_property
    def shapes(self) -> tuple[tuple["Polygon", ...], ...]:
        """The rooms of each plan as they are seen."""
        return tuple(plan.shapes for plan in self.plans)

    @cached_property
    def walls(self) -> tuple[Walls, ...]:
        """The walls of each plan."""
        found, touch = [], thickest_wall(self.words)
        for done, shapes in enumerate(self.shapes, start=1):
            found.append(walls_of(shapes, touch))
            if self._progress is not None:
                self._progress(done, len(self.plans))
        return tuple(found)

    @cached_property
    def geometry(self) -> tuple[PlanGeometry, ...]:
        """The numbers of each plan."""
        return tuple(
            plan_geometry(plan, self.scale, shapes, walls)
            for plan, shapes, walls in zip(self.plans, self.shapes, self.walls, strict=True)
        )

    def column(self, name: str) -> np.ndarray:
        """(N,) float64 one number of each plan, an attribute of `PlanGeometry`; NaN for none."""
        return np.array([getattr(plan, name) for plan in self.geometry], np.float64)

    def rooms(self, name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """One number of each room of all plans, as far as there is one.

        Args:
            name: an attribute of `PlanGeometry` with a value a room.

        Returns:
            (M,) which plan each is of, ascending, (M,) its room type, (M,) float64 the number.
        """
        owner = np.repeat(np.arange(len(self)), [len(plan.room_types) for plan in self.geometry])
        types = _joined([plan.room_types for plan in self.geometry]).astype(np.int64)
        values = _joined([getattr(plan, name) for plan in self.geometry]).astype(np.float64)
        there = np.isfinite(values)
        return owner[there], types[there], values[there]


def _joined(parts: list[Any]) -> np.ndarray:
    return np.concatenate(parts) if parts else np.zeros(0)
