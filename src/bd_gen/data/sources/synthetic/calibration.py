"""Synthetic plans beside RPLAN: each statistic with its tolerance.

The published values are those of RPLAN in its Graph2Plan edition (80,788 plans); the shares of
relations, the edges by number of rooms and all figures of boxes were measured on 72,751 plans of
the same source. Their bedroom types are merged, which does not matter for the first two; of boxes
only types that they keep are compared.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bd_gen.data.geometry import Geometry
from bd_gen.data.sources.synthetic.programmes import ROOMS_PER_PLAN, TYPE, draw_programmes
from bd_gen.data.statistics import PlanStatistics, archetypes_of
from bd_gen.diagrams.rplan import RPLAN

PUBLISHED_ARCHETYPES = 716
PUBLISHED_TRAINING_PLANS = 64_630
"""RPLAN has so many archetypes among so many training plans."""

FEWEST_PLANS = 5_000
"""With fewer plans than this, chance alone moves statistics out of their tolerance."""

_MEASURED_RELATIONS = {
    "left-above": 0.070,
    "left-below": 0.082,
    "left-of": 0.146,
    "above": 0.171,
    "inside": 0.062,
    "surrounding": 0.005,
    "below": 0.166,
    "right-of": 0.144,
    "right-above": 0.070,
    "right-below": 0.084,
}
_MEASURED_EDGES_BY_ROOMS = {5: 6.37, 6: 8.41, 7: 10.66, 8: 12.92}
# Median area of a box, its interquartile range, the median ratio of the sides, and the share of
# rooms that are higher than wide.
_MEASURED_BOXES = {
    "LivingRoom": (9452, 3710, 1.41, 0.65),
    "MasterRoom": (2790, 838, 1.31, 0.75),
    "SecondRoom": (1998, 675, 1.24, 0.64),
    "Kitchen": (1040, 400, 1.62, 0.49),
    "Bathroom": (728, 299, 1.35, 0.49),
    "Balcony": (779, 448, 2.81, 0.19),
}
_AREA_TOLERANCE, _RANGE_TOLERANCE = 0.08, 0.25  # as shares of the measured value


@dataclass(frozen=True)
class Comparison:
    """One statistic of synthetic plans beside RPLAN's.

    Attributes:
        name: what is compared.
        rplan, synthetic: the two values.
        tolerance: how far apart they may be.
        kind: "number", "share", or "fact" (1 if it holds).
    """

    name: str
    rplan: float
    synthetic: float
    tolerance: float
    kind: str = "number"

    @property
    def is_within(self) -> bool:
        """Is the difference within the tolerance?"""
        return abs(self.synthetic - self.rplan) <= self.tolerance


def compare_with_rplan(
    statistics: PlanStatistics, geometry: Geometry, seed: int
) -> list[Comparison]:
    """Set statistics of synthetic plans of up to 8 rooms beside RPLAN's.

    Args:
        statistics: of at least `FEWEST_PLANS` plans, or chance will show.
        geometry: of the same plans.
        seed: of the 64,630 programmes that are drawn for the number of archetypes.
    """
    return [*_published(statistics, seed), *_measured(statistics), *_of_boxes(geometry)]


def _published(s: PlanStatistics, seed: int) -> Iterator[Comparison]:
    for n, share in ROOMS_PER_PLAN.items():
        measured = float(s.rooms[n]) / s.num_plans if n < len(s.rooms) else 0.0
        tolerance = 0.002 if share < 0.01 else 0.02
        yield Comparison(f"plans of {n} rooms", share, measured, tolerance, kind="share")
    edges = np.flatnonzero(s.edges)
    mean = float((s.edges * np.arange(len(s.edges))).sum()) / s.num_plans
    yield Comparison("edges a plan", 10.2, mean, 0.2)
    yield Comparison("fewest edges", 3, float(edges[0]), 1)
    yield Comparison("most edges", 18, float(edges[-1]), 2)
    yield Comparison(
        f"archetypes in {PUBLISHED_TRAINING_PLANS:,}",
        PUBLISHED_ARCHETYPES,
        _num_archetypes(seed),
        72,
    )
    yield Comparison("MasterRoom in LivingRoom", 0.066, s.wrapped_master, 0.015, kind="share")
    yield Comparison("forbidden containment", 0.0022, s.forbidden, 0.0015, kind="share")
    yield Comparison("connected", 1.0, s.connected, 0.0, kind="share")
    yield Comparison("one living room, one entrance", 1.0, s.valid_types, 0.0, kind="share")
    present = np.flatnonzero(s.room_types)
    most = RPLAN.room_names[int(np.argmax(s.room_types))] == "SecondRoom"
    least = RPLAN.room_names[int(present[np.argmin(s.room_types[present])])] == "Entrance"
    yield Comparison("SecondRoom is commonest", 1, float(most), 0, kind="fact")
    yield Comparison("Entrance is rarest", 1, float(least), 0, kind="fact")


def _measured(s: PlanStatistics) -> Iterator[Comparison]:
    for n, edges in _MEASURED_EDGES_BY_ROOMS.items():
        if n < len(s.rooms) and s.rooms[n]:
            yield Comparison(f"edges at {n} rooms", edges, float(s.edges_by_rooms[n]), 0.25)
    total = s.relations.sum()
    for relation, count in zip(RPLAN.relation_names, s.relations, strict=True):
        share = _MEASURED_RELATIONS[relation]
        yield Comparison(
            f"relation {relation}",
            share,
            float(count / total),
            0.005 if share < 0.01 else 0.02,
            kind="share",
        )


def _of_boxes(g: Geometry) -> Iterator[Comparison]:
    for name, (area, spread, aspect, upright) in _MEASURED_BOXES.items():
        room_type = TYPE[name]
        low, middle, high = g.area[room_type].tolist()
        yield Comparison(f"{name} area", area, middle, round(_AREA_TOLERANCE * area))
        yield Comparison(
            f"{name} area, quartiles apart", spread, high - low, round(_RANGE_TOLERANCE * spread)
        )
        yield Comparison(f"{name} longer side", aspect, float(g.aspect[room_type]), 0.1 * aspect)
        yield Comparison(
            f"{name} upright", upright, float(g.upright[room_type]), 0.15, kind="share"
        )
    yield Comparison("corners of the outline", 10.13, g.corners, 0.6)
    yield Comparison("living room a plain box", 0.058, g.plain_living, 0.04, kind="share")
    yield Comparison("other overlapping pairs a plan", 0.39, g.overlaps, 0.08)
    yield Comparison("walls of 4 pixels", 0.585, g.thin_walls, 0.06, kind="share")
    yield Comparison("walls of 6 pixels", 0.385, g.thick_walls, 0.06, kind="share")


def _num_archetypes(seed: int) -> int:
    rng = np.random.default_rng(seed)
    programmes = draw_programmes(PUBLISHED_TRAINING_PLANS, max(ROOMS_PER_PLAN), rng)
    return len(
        archetypes_of(np.where(programmes < 0, RPLAN.node_pad, programmes), RPLAN.num_room_types)
    )
