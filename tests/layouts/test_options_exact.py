"""Options against brute force: all pairs of boxes on a tiny plan, every option drawn at random."""

from dataclasses import replace

import numpy as np
import pytest
from tests.rplan import NO_EDGE

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.relations import are_joined, relation_labels
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.word_parts import DirectionRule
from bd_gen.layouts import outline as outline_module
from bd_gen.layouts.constraints import Grid
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.outcome import explain
from bd_gen.layouts.outline import Outline
from bd_gen.layouts.search import Status
from bd_gen.layouts.solver import solve
from bd_gen.system.errors import InputError

GRID = Grid(largest=5, touch=1)
NEAR = replace(RPLAN, rule=DirectionRule(GRID.touch))
LIVING, KITCHEN, ENTRANCE = 0, 2, 10
TYPES = (LIVING, KITCHEN, ENTRANCE)
SPANS = [(a, b) for a in range(GRID.largest) for b in range(a + 1, GRID.largest + 1)]
BOXES = np.array([(x0, y0, x1, y1) for x0, x1 in SPANS for y0, y1 in SPANS])
LOW, HIGH = BOXES[:, :2], BOXES[:, 2:]


@pytest.fixture(autouse=True)
def tiny_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """A front door, too, touches within a pixel."""
    monkeypatch.setattr(outline_module, "USUAL_TOUCH", GRID.touch)


def random_box(rng: np.random.Generator) -> tuple[int, ...]:
    return tuple(BOXES[rng.integers(len(BOXES))].tolist())


def random_outline(rng: np.random.Generator) -> Outline:
    x0, y0, x1, y1 = box = random_box(rng)
    x, y = int(rng.integers(x0, x1 + 1)), int(rng.integers(y0, y1 + 1))
    notches = [(x0, y0, x, y), (x, y0, x1, y), (x0, y, x, y1), (x, y, x1, y1)]
    notch = notches[rng.integers(4)] if rng.random() < 0.6 else None
    return Outline(box, notch, random_box(rng) if rng.random() < 0.6 else None)


def random_options(rng: np.random.Generator) -> SolverOptions:
    """Options that make sense, about half of each kind."""
    while True:
        settings = {
            "min_side": int(rng.integers(1, 4)),
            "min_areas": {int(rng.choice(TYPES)): int(rng.integers(1, 12))},
            "max_areas": {int(rng.choice(TYPES)): int(rng.integers(1, 12))},
            "fixed": {int(rng.integers(2)): random_box(rng)},
        }
        chosen = {name: value for name, value in settings.items() if rng.random() < 0.4}
        try:
            outline = random_outline(rng) if rng.random() < 0.6 else None
            return SolverOptions(outline=outline, improve_effort=0, **chosen)
        except InputError:
            continue


def allowed(options: SolverOptions, room: int, room_type: int) -> np.ndarray:
    """(M,) bool: the boxes that the options allow a room."""
    area = (HIGH - LOW).prod(axis=1)
    good = (options.min_side <= HIGH - LOW).all(axis=1)
    good &= area >= options.min_areas.get(room_type, 0)
    good &= area <= options.max_areas.get(room_type, 99)
    if room in options.fixed:
        good &= (options.fixed[room] == BOXES).all(axis=1)
    if options.outline is not None:
        box, notch = np.array(options.outline.box), options.outline.notch
        good &= (box[:2] <= LOW).all(axis=1) & (box[2:] >= HIGH).all(axis=1)
        if notch is not None:
            good &= ~((notch[2:] > LOW) & (notch[:2] < HIGH)).all(axis=1)
    return good


def possible_tokens(options: SolverOptions, types: tuple[int, int]) -> set[int]:
    """Edge tokens of all pairs of boxes that the options allow."""
    u, v = np.broadcast_arrays(BOXES[:, None], BOXES[None])
    tokens = np.where(are_joined(u, v, NEAR), relation_labels(u, v), NO_EDGE)
    good = allowed(options, 0, types[0])[:, None] & allowed(options, 1, types[1])[None]
    door = None if options.outline is None else options.outline.front_door
    way_in = ENTRANCE if ENTRANCE in types else LIVING
    if door is not None and way_in in types:
        at_door = are_joined(BOXES, np.array(door), NEAR)
        reached = np.zeros_like(good)
        if types[0] == way_in:
            reached |= at_door[:, None]
        if types[1] == way_in:
            reached |= at_door[None]
        good &= reached
    return set(tokens[good].tolist())


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_options_against_brute_force(seed: int) -> None:
    rng = np.random.default_rng(seed)
    counts = dict.fromkeys(Status, 0)
    for _ in range(80 if seed == 0 else 1500):
        options = random_options(rng)
        types = tuple(rng.choice(TYPES, 2).tolist())
        possible = possible_tokens(options, types)
        for token in rng.choice(NO_EDGE + 1, 3, replace=False).tolist():
            diagram = Diagram(types, () if token == NO_EDGE else ((0, 1, token),))
            status = solve(diagram, options, GRID).status
            assert status is Status(token in possible), (diagram, options)
            counts[status] += 1
    assert counts[Status.REALIZABLE] > 30
    assert counts[Status.UNREALIZABLE] > 30


def test_why_not_with_options_on_a_tiny_plan() -> None:
    rng = np.random.default_rng(7)
    explained = 0
    while explained < 8:
        options = random_options(rng)
        diagram = Diagram((LIVING, KITCHEN), ((0, 1, int(rng.integers(10))),))
        conflict = explain(diagram, options, GRID)
        possible = possible_tokens(options, (LIVING, KITCHEN))
        assert (conflict is None) == (diagram.edges[0][2] in possible)
        if conflict is not None:
            assert conflict.is_minimal
            explained += 1
