"""How large each room of a plan is meant to be: sizes drawn as they vary in real plans.

Areas are those that are seen: the floor of an L-shaped living room, not its box.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.laid_out import METRES_PER_PIXEL, scale_of
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.words import Words
from bd_gen.layouts.cells.outlines import wished_outline
from bd_gen.layouts.constraints import LARGEST_COORDINATE
from bd_gen.layouts.options import LARGEST_AREA, SolverOptions
from bd_gen.layouts.outline import Box, box_area

# In the order of RPLAN's types: LivingRoom, MasterRoom, Kitchen, Bathroom, DiningRoom, ChildRoom,
# StudyRoom, SecondRoom, GuestRoom, Balcony, Entrance, Storage, Wall-in.
_MEDIAN_AREAS = (36.8, 13.4, 5.1, 3.6, 6.7, 9.8, 9.0, 9.8, 9.8, 3.9, 1.9, 2.0, 2.0)
_SPREADS = (0.19, 0.18, 0.27, 0.27, 0.28, 0.24, 0.24, 0.24, 0.24, 0.40, 0.40, 0.50, 0.50)
_SHORT_SIDES = (4.3, 2.9, 1.5, 1.35, 1.9, 2.4, 2.2, 2.4, 2.4, 1.0, 1.1, 0.9, 0.9)
_PROPORTIONS = (9.0, 1.6, 2.2, 2.0, 1.8, 1.55, 1.6, 1.55, 1.55, 4.0, 2.0, 2.5, 2.5)
"""Of 1,213 plans of RPLAN (every sixtieth of 72,751): median of the area seen in m², half the
distance between its quartiles over 0.674 in logarithms (areas are close to log-normal, and those
of two rooms of a plan hardly depend on one another: correlations of -0.05 to 0.3), least usual
short side in m (about the first decile), and largest usual proportion of long to short side.
ChildRoom, StudyRoom, GuestRoom and Wall-in are estimates: see `diagrams.rplan`."""

_MOST_DEVIATIONS = 1.8  # further from the median than this, homes are odd
_MARGIN = 0.03  # what is aimed at lies this far within the bounds that are asked for


@dataclass(frozen=True, eq=False)
class Sizes:
    """What is aimed at, for each of n rooms.

    Attributes:
        areas: (n,) float64 area seen, in pixels².
        short_sides: (n,) float64 what the shorter side of the box should have, in pixels.
        proportions: (n,) float64 what long over short side should not exceed.
        corners: that the outline may have before more of them cost anything.
        steps: the same of its sides shorter than 0.6 m.
    """

    areas: np.ndarray
    short_sides: np.ndarray
    proportions: np.ndarray
    corners: int = 4
    steps: int = 0


@dataclass(frozen=True, eq=False)
class _UsualSizes:
    """What is usual for each type, lengths in pixels."""

    areas: np.ndarray
    spreads: np.ndarray
    short_sides: np.ndarray
    proportions: np.ndarray


@lru_cache(maxsize=16)
def _usual_sizes(words: Words) -> _UsualSizes:
    """RPLAN's as measured; of other words their typical sizes, varying as RPLAN's of their kind."""
    spreads, proportions = np.array(_SPREADS), np.array(_PROPORTIONS)
    if words == RPLAN:
        areas = np.array(_MEDIAN_AREAS) / METRES_PER_PIXEL**2
        return _UsualSizes(areas, spreads, np.array(_SHORT_SIDES) / METRES_PER_PIXEL, proportions)
    like = [_alike(one.kind) for one in words.room_types]
    growth = METRES_PER_PIXEL / scale_of(words)
    sides = np.array(_SHORT_SIDES)[like] / METRES_PER_PIXEL * growth
    usual = np.array(_MEDIAN_AREAS)[like] / METRES_PER_PIXEL**2 * growth**2
    shorter = sides * np.sqrt(words.typical_areas / usual)
    return _UsualSizes(words.typical_areas, spreads[like], shorter, proportions[like])


def _alike(kind: str) -> int:
    """RPLAN's usual type of a kind; what is of no kind is as a second bedroom."""
    usual = {"bedroom": "SecondRoom", "storage": "Storage"}.get(kind)
    if usual is None:
        return next(iter(RPLAN.types_of_kind(kind)), RPLAN.room_names.index("SecondRoom"))
    return RPLAN.room_names.index(usual)


def drawn_sizes(diagram: Diagram, options: SolverOptions) -> Sizes:
    """Sizes as they vary in real plans; the same again for the same diagram and seed.

    Rooms with targets have what is seen of those: what smaller targets leave of them. In an outline
    they add up to its area, as far as the bounds of areas allow.
    """
    types = np.array(diagram.room_types)
    rng = np.random.default_rng(_key(diagram, options.seed))
    deviations = np.clip(rng.standard_normal(len(types)), -_MOST_DEVIATIONS, _MOST_DEVIATIONS)
    usual = _usual_sizes(diagram.words)
    medians = usual.areas[types]
    areas = medians * np.exp(usual.spreads[types] * deviations)
    wanted = np.array([_seen(options.targets, room) for room in range(len(types))])
    areas = np.where(wanted > 0, wanted, areas)
    fixed = np.array([_area_of(options, room) for room in range(len(types))])
    areas = np.where(fixed > 0, fixed, areas)
    least, most = _bounds(diagram, options)
    areas = np.clip(areas, least, most)
    if options.outline is not None:
        areas = _filling(areas, least, most, fixed > 0, options.outline.area)
    elif options.total_area is not None:
        low, high = _inner(*options.total_area)
        areas = _filling(areas, least, most, fixed > 0, min(max(areas.sum(), low), high))
    growth = np.sqrt(areas / medians)
    corners, steps = wished_outline(options, len(types), rng)
    return Sizes(
        areas=areas,
        short_sides=np.maximum(
            usual.short_sides[types] * growth,
            [options.min_side_of(room) for room in range(len(types))],
        ),
        proportions=usual.proportions[types],
        corners=corners,
        steps=steps,
    )


def _key(diagram: Diagram, seed: int) -> list[int]:
    """Numbers that a generator starts from: other diagrams have rooms of other sizes."""
    text = repr((tuple(map(int, diagram.room_types)), diagram.edges)).encode()
    digest = hashlib.blake2b(text, digest_size=16).digest()
    return [seed, *np.frombuffer(digest, "<u4").tolist()]


def _area_of(options: SolverOptions, room: int) -> int:
    x0, y0, x1, y1 = options.fixed.get(room, (0, 0, 0, 0))
    return (x1 - x0) * (y1 - y0)


def _seen(targets: Mapping[int, Box], room: int) -> int:
    """Pixels² of a room's target that no smaller target covers; 0 without one."""
    if room not in targets:
        return 0
    floor = np.zeros((LARGEST_COORDINATE + 1, LARGEST_COORDINATE + 1), bool)
    for other, is_floor in ((room, True), *((k, False) for k in targets)):
        if is_floor or box_area(targets[other]) < box_area(targets[room]):
            x0, y0, x1, y1 = targets[other]
            floor[y0:y1, x0:x1] = is_floor
    return int(floor.sum())


def _bounds(diagram: Diagram, options: SolverOptions) -> tuple[np.ndarray, np.ndarray]:
    """(n,) least and (n,) largest area to aim at."""
    asked = [
        options.area_bounds_of(room, room_type) or (1, LARGEST_AREA)
        for room, room_type in enumerate(diagram.room_types)
    ]
    least, most = np.array(asked, float).T
    return _inner(least, most)


def _inner(least: np.ndarray | float, most: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
    """Bounds that lie a little within those that are asked for, or the middle of narrow ones."""
    inner_least, inner_most = np.multiply(least, 1 + _MARGIN), np.multiply(most, 1 - _MARGIN)
    is_narrow = inner_least > inner_most
    middle = np.add(least, most) / 2
    return np.where(is_narrow, middle, inner_least), np.where(is_narrow, middle, inner_most)


def _filling(
    areas: np.ndarray, least: np.ndarray, most: np.ndarray, is_given: np.ndarray, whole: float
) -> np.ndarray:
    """The areas times one factor, within all bounds, so that they fill a whole."""
    low, high = 1e-3, 1e3
    for _ in range(60):
        factor = (low * high) ** 0.5
        grown = np.where(is_given, areas, np.clip(areas * factor, least, most))
        low, high = (factor, high) if grown.sum() < whole else (low, factor)
    return grown
