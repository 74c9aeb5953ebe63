"""What better boxes are like, where the best are known, and on realistic diagrams."""

from collections.abc import Callable

import numpy as np
import pytest
from tests.rplan import NUM_ROOM_TYPES, RELATIONS, ROOM_TYPES

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.layouts import solver
from bd_gen.layouts.cp_sat import Model
from bd_gen.layouts.objective import add_costs
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.outline import Outline
from bd_gen.layouts.problem import problem_of
from bd_gen.layouts.search import find_boxes
from bd_gen.layouts.solver import solve
from bd_gen.system.errors import InputError

LIVING, KITCHEN = ROOM_TYPES.index("LivingRoom"), ROOM_TYPES.index("Kitchen")


def better(diagram: Diagram, options: SolverOptions | None = None) -> np.ndarray:
    """(n, 4) boxes that cost little, before walls are moved."""
    options = options or SolverOptions()
    problem = problem_of(diagram, options)
    found = find_boxes(problem, 60.0)
    assert found.boxes is not None
    assert found.rest is not None
    return solver._improved(diagram, problem, found.rest, found.boxes, options)


def sides(boxes: np.ndarray) -> np.ndarray:
    return boxes[:, 2:] - boxes[:, :2]


@pytest.mark.parametrize("room_type", range(NUM_ROOM_TYPES))
def test_a_room_alone_gets_its_typical_size(room_type: int) -> None:
    (size,) = sides(better(Diagram((room_type,))))
    assert size.sum() == RPLAN.half_perimeters[room_type]
    assert size.min() >= RPLAN.short_sides[room_type]


@pytest.mark.parametrize("name", ["left-of", "above", "right-of", "below", "left-above"])
def test_two_rooms_do_not_overlap(name: str) -> None:
    diagram = Diagram((LIVING, KITCHEN), ((0, 1, RELATIONS.index(name)),))
    boxes = better(diagram)
    u, v = boxes
    overlap = np.minimum(u[2:], v[2:]) - np.maximum(u[:2], v[:2])
    assert overlap.min() <= 0
    assert sides(boxes).sum(axis=1) == pytest.approx([200, 67], abs=20)


@pytest.mark.parametrize(("name", "outer"), [("surrounding", 0), ("inside", 1)])
def test_an_inner_room_stands_at_a_wall(name: str, outer: int) -> None:
    types = (LIVING, KITCHEN) if outer == 0 else (KITCHEN, LIVING)
    boxes = better(Diagram(types, ((0, 1, RELATIONS.index(name)),)))
    inwards = (boxes[1 - outer] - boxes[outer]) * [1, 1, -1, -1]
    assert inwards.min() == (1 if name == "surrounding" else 0)


def test_areas_that_are_asked_for_change_what_is_typical() -> None:
    kitchen = Diagram((KITCHEN,))
    large = better(kitchen, SolverOptions(min_areas={KITCHEN: 4000}))
    small = better(kitchen, SolverOptions(max_areas={KITCHEN: 300}))
    assert 4000 <= sides(large).prod() <= 5500
    assert 200 <= sides(small).prod() <= 300


def test_an_outline_is_used() -> None:
    outline = Outline((20, 20, 220, 140))
    diagram = Diagram((LIVING, KITCHEN), ((0, 1, RELATIONS.index("left-of")),))
    boxes = better(diagram, SolverOptions(outline=outline))
    assert boxes[:, :2].min(axis=0).tolist() == [20, 20]
    assert boxes[:, 2:].max(axis=0).tolist() == [220, 140]


def off_by(boxes: np.ndarray, diagram: Diagram) -> float:
    """Mean factor by which half perimeters differ from the typical ones."""
    typical = np.array([RPLAN.half_perimeters[t] for t in diagram.room_types])
    return float(np.exp(np.abs(np.log(sides(boxes).sum(axis=1) / typical)).mean()))


def depth_of_overlaps(boxes: np.ndarray, diagram: Diagram) -> int:
    total = 0
    for i, j, relation in diagram.edges:
        if RELATIONS[relation] not in ("inside", "surrounding"):
            u, v = boxes[i], boxes[j]
            total += max(0, (np.minimum(u[2:], v[2:]) - np.maximum(u[:2], v[:2])).min())
    return total


def test_improving_improves(realizable: Callable[..., list[Diagram]]) -> None:
    """For plans cut out of a rectangle."""
    before, after = [], []
    for diagram in [d for d in realizable(14, 8, 3) if d.num_rooms >= 4]:
        first = solve(diagram, SolverOptions(improve_effort=0)).boxes
        for boxes, found in ((first, before), (better(diagram), after)):
            extent = boxes[:, 2:].max(axis=0) - boxes[:, :2].min(axis=0)
            found.append([off_by(boxes, diagram), depth_of_overlaps(boxes, diagram), *extent])
    was, now = np.array(before), np.array(after)
    assert len(now) >= 6
    assert (now[:, 0] < was[:, 0]).all()
    assert np.median(now[:, 0]) < 1.35
    assert now[:, 1].mean() < 0.5 * was[:, 1].mean()
    assert np.median(now[:, 2:].prod(axis=1)) < 1.5 * RPLAN.typical_footprint(8)


def test_costs_are_weighed_by_name() -> None:
    model = Model()
    for _ in range(4):
        model.integer(0, 255)
    with pytest.raises(InputError, match=r"layout cost must be one of .*did you mean slender\?"):
        add_costs(model, Diagram((LIVING,)), SolverOptions(), {"slendr": 1})
    add_costs(model, Diagram((LIVING,)), SolverOptions(), {"size": 0, "slender": 0, "spread": 7})
    assert set(model.proto.objective.coeffs) == {7}
