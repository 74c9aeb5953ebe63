"""How large each room of a plan is meant to be: sizes drawn as they vary in real plans.

Areas are those that are seen: the floor of an L-shaped living room, not its box.
"""

import hashlib
from dataclasses import dataclass

import numpy as np

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.floor_plan import rooms_seen
from bd_gen.layouts.options import LARGEST_AREA, SolverOptions

_SPREADS = {
    "living": 0.19, "bedroom": 0.20, "kitchen": 0.27, "bathroom": 0.27, "dining": 0.28,
    "study": 0.24, "balcony": 0.40, "hall": 0.40, "storage": 0.50,
}  # fmt: skip
_PROPORTIONS = {
    "bedroom": 1.6, "kitchen": 2.2, "bathroom": 2.0, "dining": 1.8, "study": 1.6, "balcony": 4.0,
    "hall": 2.0, "storage": 2.5,
}  # fmt: skip
_SEEN_OF_LIVING_ROOMS = 0.79
"""Of 1,213 plans of RPLAN (every sixtieth of 72,751), by kind of room: half the distance of the
quartiles of the area seen over 0.674, in logarithms (areas are close to log-normal, and those of
two rooms of a plan hardly depend on one another: correlations of -0.05 to 0.3); what long over
short side of its box seldom exceeds; and how much of the median box of a living room is seen (of
the other kinds, all is)."""
_USUAL_SPREAD, _USUAL_PROPORTION = 0.3, 2.5
_SHORT = 0.95  # of the first quartile of short sides, which is what short sides should have

_HALF_WALL = 2.5  # pixels; strips of a wrapping room that are narrower lie between boxes: walls
_MOST_DEVIATIONS = 1.8  # further from the median than this, homes are odd
_MARGIN = 0.03  # what is aimed at lies this far within the bounds that are asked for


@dataclass(frozen=True, eq=False)
class Sizes:
    """What is aimed at, for each of n rooms.

    Attributes:
        areas: (n,) float64 area seen, in pixels².
        short_sides: (n,) float64 what the shorter side of the box should have, in pixels.
        proportions: (n,) float64 what long over short side should not exceed.
    """

    areas: np.ndarray
    short_sides: np.ndarray
    proportions: np.ndarray


def drawn_sizes(diagram: Diagram, options: SolverOptions) -> Sizes:
    """Sizes as they vary in real plans; the same again for the same diagram and seed.

    In an outline they add up to its area, as far as the bounds of areas allow.
    """
    words, types = diagram.words, np.array(diagram.room_types)
    kinds = [words.room_types[t].kind for t in diagram.room_types]
    rng = np.random.default_rng(_key(diagram, options.seed))
    deviations = np.clip(rng.standard_normal(len(types)), -_MOST_DEVIATIONS, _MOST_DEVIATIONS)
    is_living = np.array([kind == "living" for kind in kinds])
    medians = words.typical_areas[types] * np.where(is_living, _SEEN_OF_LIVING_ROOMS, 1.0)
    spreads = np.array([_SPREADS.get(kind, _USUAL_SPREAD) for kind in kinds])
    areas = medians * np.exp(spreads * deviations)
    wanted = _seen_of_targets(diagram, options)
    areas = np.where(wanted > 0, wanted, areas)
    fixed = np.array([_area_of(options, room) for room in range(len(types))])
    areas = np.where(fixed > 0, fixed, areas)
    least, most = _bounds(diagram, options)
    areas = np.clip(areas, least, most)
    if options.outline is not None:
        areas = _filling(areas, least, most, fixed > 0, options.outline.area)
    growth = np.sqrt(areas / medians)
    return Sizes(
        areas=areas,
        short_sides=np.maximum(
            _SHORT * np.array(words.short_sides)[types] * growth,
            [options.min_side_of(room) for room in range(len(types))],
        ),
        proportions=np.array([_PROPORTIONS.get(kind, _USUAL_PROPORTION) for kind in kinds]),
    )


def _key(diagram: Diagram, seed: int) -> list[int]:
    """Numbers that a generator starts from: other diagrams have rooms of other sizes."""
    text = repr((tuple(map(int, diagram.room_types)), diagram.edges)).encode()
    digest = hashlib.blake2b(text, digest_size=16).digest()
    return [seed, *np.frombuffer(digest, "<u4").tolist()]


def _seen_of_targets(diagram: Diagram, options: SolverOptions) -> np.ndarray:
    """(n,) area seen of the boxes that are wanted, less the walls between them; 0 for no box."""
    boxes = {**options.targets, **options.fixed}
    if len(boxes) < diagram.num_rooms or not options.targets:
        return np.zeros(diagram.num_rooms)
    shapes = rooms_seen(np.array([boxes[room] for room in range(diagram.num_rooms)]))
    without_walls = (
        shape.buffer(-_HALF_WALL, join_style="mitre").buffer(_HALF_WALL, join_style="mitre")
        for shape in shapes
    )
    return np.array([shape.area for shape in without_walls])


def _area_of(options: SolverOptions, room: int) -> int:
    x0, y0, x1, y1 = options.fixed.get(room, (0, 0, 0, 0))
    return (x1 - x0) * (y1 - y0)


def _bounds(diagram: Diagram, options: SolverOptions) -> tuple[np.ndarray, np.ndarray]:
    """(n,) least and (n,) largest area to aim at."""
    asked = [
        options.area_bounds_of(room, room_type) or (1, LARGEST_AREA)
        for room, room_type in enumerate(diagram.room_types)
    ]
    least, most = np.array(asked, float).T
    inner_least, inner_most = least * (1 + _MARGIN), most * (1 - _MARGIN)
    is_narrow = inner_least > inner_most
    middle = (least + most) / 2
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
