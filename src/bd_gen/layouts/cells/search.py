"""The search for better plans: a walk that cools down, many neighbours looked at in each step.

A step draws neighbours of the plan, leaves out those with other relations than the diagram, and
goes to one of the rest, the likelier the less it costs: with probability proportional to
exp(-cost / temperature), which the Gumbel trick draws. Steps are counted, never timed.
"""

import numpy as np

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.tokens import edge_tokens, tokens_from_diagrams
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.layouts.cells.faults import faults
from bd_gen.layouts.cells.grid import CellMaker, wrapping_rooms
from bd_gen.layouts.cells.moves import Moves
from bd_gen.layouts.cells.outlines import SHORT_STEP
from bd_gen.layouts.cells.sizes import Sizes
from bd_gen.layouts.cells.tilings import Tilings
from bd_gen.layouts.checking import relations_hold
from bd_gen.layouts.constraints import LARGEST_COORDINATE
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.shape_costs import SHAPE_COSTS
from bd_gen.layouts.shape_costs.access import access

NEIGHBOURS = 128
"""Plans that are looked at in a step."""
STEPS = 150
"""Steps of a walk at the usual effort, for up to `_USUAL_ROOMS` rooms."""

_USUAL_ROOMS = 8
_TEMPERATURE = 6.0  # at the start: that of one corner of the outline
_BACK_AFTER = 40  # steps after which a walk that got lost starts again from its best plan
_LOST = 3.0  # temperatures above the best plan
_FIRST_PRICE, _LAST_PRICE, _PRICES_RISE = 0.02, 1.0, 0.7
"""What a pixel² left of a given outline costs: first and last, and the share of a walk in which it
rises. Plans find their order first and fill the outline then."""
_FAULT = 1000.0  # what a fault costs
_DIGITS = 6  # of costs: what sums differ by on other machines decides nothing


class TilingSearch:
    """Looks for better plans of one diagram.

    Args:
        diagram: the rooms and their relations.
        options: what plans must satisfy.
        sizes: what is aimed at.
    """

    def __init__(self, diagram: Diagram, options: SolverOptions, sizes: Sizes) -> None:
        self.diagram, self.options, self.sizes = diagram, options, sizes
        wrapping = wrapping_rooms(diagram.room_types, diagram.words)
        self._is_wrapping = np.isin(np.arange(diagram.num_rooms), wrapping)
        outline = options.outline
        holes = () if outline is None else outline.missing
        self.maker = CellMaker(sizes.areas, wrapping, holes)
        is_fixed = np.isin(np.arange(diagram.num_rooms), list(options.fixed))
        self._moves = Moves(is_fixed, None if outline is None else outline.lines)
        bounds = (0, 0, LARGEST_COORDINATE, LARGEST_COORDINATE)
        self._bounds = np.array(bounds if outline is None else outline.box)
        self._vocabulary = Vocabulary(diagram.num_rooms, diagram.words)
        rows = tokens_from_diagrams([diagram], self._vocabulary)
        self._least_sides = np.array(
            [[options.min_side_of(room)] * 2 for room in range(diagram.num_rooms)]
        )
        self._relations = edge_tokens(rows, self._vocabulary)
        self._costs = [cost for cost in SHAPE_COSTS.values() if cost.weight]

    def tilings(self, boxes: np.ndarray) -> Tilings:
        """Plans of boxes (B, n, 4), to be measured."""
        cells = self.maker.cells(boxes)
        return Tilings(boxes, cells, self.diagram, self.options, self.sizes, self._is_wrapping)

    def costs(self, boxes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Of boxes (B, n, 4) int64: (B,) costs, in corners of the outline times 6, and (B,) pixels²
        that they leave of the outline that is given.
        """
        plans = self.tilings(boxes)
        total = _FAULT * faults(plans)
        for cost in self._costs:
            total += cost.weight * cost.measure(plans)
        return np.round(total, _DIGITS), plans.unfilled

    def are_layouts(self, boxes: np.ndarray) -> np.ndarray:
        """(B,) bool: are these the diagram's relations, and no box out of bounds or too thin?"""
        low, high = boxes[..., :2], boxes[..., 2:]
        good = (high - low >= self._least_sides).all(axis=(1, 2))
        good &= (low >= self._bounds[:2]).all(axis=(1, 2))
        good &= (high <= self._bounds[2:]).all(axis=(1, 2))
        rows = np.flatnonzero(good)
        good[rows] = relations_hold(self._relations, boxes[rows], self._vocabulary)
        return good

    def walk(self, boxes: np.ndarray, steps: int, seed: list[int]) -> tuple[np.ndarray, float]:
        """(n, 4) int64 the best plan on a walk from a layout, and what it costs."""
        rng = np.random.default_rng(seed)
        here = best = boxes
        cost, left = least, least_left = self._cost_of(boxes)
        for step in range(steps):
            done = step / steps
            temperature = _TEMPERATURE * (1 - done) ** 2
            price = _price(done)
            near = self._moves.neighbours(rng, here, NEIGHBOURS)
            near = near[self.are_layouts(near)]
            if not len(near):
                continue
            costs, lefts = self.costs(near)
            totals = costs + price * lefts
            chosen = int((totals - temperature * rng.gumbel(size=len(near))).argmin())
            rise = float(totals[chosen]) - cost - price * left
            if rise < 0 or rng.random() < np.exp(-rise / temperature):
                here, cost, left = near[chosen], float(costs[chosen]), float(lefts[chosen])
            if cost + _LAST_PRICE * left < least + _LAST_PRICE * least_left:
                best, least, least_left = here, cost, left
            elif step % _BACK_AFTER == _BACK_AFTER - 1:
                rise = cost + price * left - least - price * least_left
                if rise > _LOST * temperature:
                    here, cost, left = best, least, least_left
        return best, least + _LAST_PRICE * least_left

    def has_flaws(self, boxes: np.ndarray) -> bool:
        """Has a plan what another walk may do without: slits, holes, steps beyond those wished?"""
        plan = self.tilings(boxes[None])
        steps, _ = plan.outline.steps(SHORT_STEP)
        return bool(
            plan.narrow[0, 0] > 0 or steps[0] > self.sizes.steps or (plan.parts[0] != 1).any()
        )

    def num_unreached(self, boxes: np.ndarray) -> int:
        """Rooms of a plan that nobody reaches without crossing a private one."""
        return int(access(self.tilings(boxes[None]))[0])

    def left(self, boxes: np.ndarray) -> float:
        """Pixels² that a plan leaves of the outline that is given."""
        return float(self.tilings(boxes[None]).unfilled[0])

    def _cost_of(self, boxes: np.ndarray) -> tuple[float, float]:
        costs, lefts = self.costs(boxes[None])
        return float(costs[0]), float(lefts[0])


def _price(done: float) -> float:
    """What a pixel² left of the outline costs, by the share of a walk that is done."""
    risen = min(1.0, done / _PRICES_RISE)
    return float(_FIRST_PRICE ** (1 - risen) * _LAST_PRICE**risen)


def steps_of(effort: float, num_rooms: int) -> int:
    """Steps of a walk."""
    return round(STEPS * effort * max(1.0, num_rooms / _USUAL_ROOMS))
