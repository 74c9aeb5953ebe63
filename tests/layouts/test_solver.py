"""The solver against brute force, the rule itself, real plans, and every option."""

import gzip
import json
import sys
from collections.abc import Callable
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rplan import NO_EDGE, room_type_from_name

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.relations import (
    are_joined,
    relation_labels,
    relations_from_boxes,
    touch_within,
)
from bd_gen.diagrams.tokens import diagrams_from_tokens, tokens_from_parts
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.layouts import cp_sat
from bd_gen.layouts.constraints import Grid
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.search import Status
from bd_gen.layouts.solver import solve
from bd_gen.system.errors import InputError

ANY = SolverOptions(improve_effort=0, time_limit=60)


def diagram_of(boxes: np.ndarray, room_types: list[int] | None = None) -> Diagram:
    n = len(boxes)
    vocabulary = Vocabulary(n)
    found = relations_from_boxes(np.asarray(boxes)[None], np.array([n]), vocabulary)
    types = np.array([room_types or [0] * n])
    tokens = tokens_from_parts(types, found, np.array([n]), vocabulary)
    return diagrams_from_tokens(tokens, vocabulary)[0]


def small_diagram(tokens: tuple[int, ...]) -> Diagram:
    """Two or three rooms with these edge tokens."""
    pairs = ((0, 1), (0, 2), (1, 2))[: len(tokens)]
    edges = [(i, j, t) for (i, j), t in zip(pairs, tokens, strict=True) if t != NO_EDGE]
    return Diagram((0,) * (2 if len(tokens) == 1 else 3), tuple(edges))


def all_boxes(largest: int) -> np.ndarray:
    spans = [(a, b) for a in range(largest) for b in range(a + 1, largest + 1)]
    return np.array([(x0, y0, x1, y1) for x0, x1 in spans for y0, y1 in spans])


def possible_tokens(grid: Grid) -> tuple[set[int], set[tuple[int, int, int]]]:
    """Edge tokens of all plans of two rooms on the grid, and of all plans of three."""
    boxes = all_boxes(grid.largest)
    u, v = np.broadcast_arrays(boxes[:, None], boxes[None])
    of_pair = np.where(touch_within(u, v, grid.touch), relation_labels(u, v), NO_EDGE).astype(
        np.int64
    )
    triples = set()
    for first in of_pair:  # (0, 1) in rows, (0, 2) in columns
        codes = np.unique(first[:, None] * 121 + first[None] * 11 + of_pair)
        triples |= {(int(c) // 121, int(c) // 11 % 11, int(c) % 11) for c in codes}
    return {int(t) for t in np.unique(of_pair)}, triples


@pytest.mark.parametrize(
    ("largest", "touch"),
    [
        (5, 1),
        pytest.param(2, 0, marks=pytest.mark.slow),
        pytest.param(3, 2, marks=pytest.mark.slow),
        pytest.param(4, 0, marks=pytest.mark.slow),
        pytest.param(5, 3, marks=pytest.mark.slow),
    ],
)
def test_every_diagram_of_two_and_three_rooms_against_brute_force(largest: int, touch: int) -> None:
    grid = Grid(largest, touch)
    pairs, triples = possible_tokens(grid)
    for token in range(NO_EDGE + 1):
        status = solve(small_diagram((token,)), ANY, grid).status
        assert status is Status(token in pairs), token
    assert 20 < len(triples) < 1331
    for tokens in product(range(NO_EDGE + 1), repeat=3):
        status = solve(small_diagram(tokens), ANY, grid).status
        assert status is Status(tokens in triples), tokens


def test_given_boxes_have_exactly_the_label_of_the_rule() -> None:
    rng = np.random.default_rng(1)
    for _ in range(12):
        low = rng.integers(60, 120, (2, 2))
        boxes = np.concatenate([low, low + rng.integers(1, 60, (2, 2))], axis=1)
        fixed = {room: tuple(box.tolist()) for room, box in enumerate(boxes)}
        options = SolverOptions(improve_effort=0, fixed=fixed)
        joined = are_joined(*boxes)
        expected = relation_labels(*boxes) if joined else NO_EDGE
        for token in range(NO_EDGE + 1):
            status = solve(small_diagram((token,)), options).status
            assert status is Status(token == expected)


@st.composite
def plans(draw: st.DrawFn) -> np.ndarray:
    side = st.one_of(st.integers(0, 255), st.integers(100, 115), st.integers(80, 140))
    span = st.lists(side, min_size=2, max_size=2, unique=True).map(sorted)
    box = st.tuples(span, span).map(lambda s: [s[0][0], s[1][0], s[0][1], s[1][1]])
    return np.array(draw(st.lists(box, min_size=1, max_size=6)))


@given(plans())
@settings(max_examples=80)
def test_what_boxes_can_be_is_realizable(boxes: np.ndarray) -> None:
    diagram = diagram_of(boxes)
    layout = solve(diagram, ANY)
    assert layout.status is Status.REALIZABLE
    assert np.array_equal(
        relations_from_boxes(layout.boxes[None], np.array([len(boxes)]), Vocabulary(len(boxes))),
        relations_from_boxes(boxes[None], np.array([len(boxes)]), Vocabulary(len(boxes))),
    )


def real_diagrams(dev_data: Path, lines: range) -> list[Diagram]:
    diagrams = []
    with gzip.open(dev_data / "real_plans" / "rplan.jsonl.gz", "rt") as file:
        for k, line in enumerate(file):
            if k in lines:
                rooms = json.loads(line)["rooms"]
                types = [room_type_from_name(room["type"]) for room in rooms]
                diagrams.append(diagram_of(np.array([room["box"] for room in rooms]), types))
            if k >= lines[-1]:
                break
    return diagrams


def contradictions(diagrams: list[Diagram]) -> list[str]:
    """Diagrams without a layout, and boxes that the rule reads otherwise."""
    found = []
    for diagram in diagrams:
        layout = solve(diagram, ANY)
        if layout.status is not Status.REALIZABLE:
            found.append(f"{layout.status}: {diagram}")
        elif diagram_of(layout.boxes, list(diagram.room_types)) != diagram:
            found.append(f"other relations than {diagram}: {layout.boxes.tolist()}")
    return found


def test_real_plans_are_realizable(dev_data: Path) -> None:
    assert contradictions(real_diagrams(dev_data, range(0, 1000, 20))) == []


@pytest.mark.slow
def test_a_thousand_real_plans_are_realizable(dev_data: Path) -> None:
    diagrams = real_diagrams(dev_data, range(7, 72_000, 72))
    assert len(diagrams) == 1000
    assert contradictions(diagrams) == []


@pytest.mark.slow
def test_a_thousand_synthetic_plans_are_realizable(
    realizable: Callable[..., list[Diagram]],
) -> None:
    assert contradictions(realizable(1000, 8, 11)) == []


@pytest.mark.parametrize("n_max", [8, 14])
def test_synthetic_plans_are_realizable(
    n_max: int, realizable: Callable[..., list[Diagram]]
) -> None:
    assert contradictions(realizable(30, n_max, 2)) == []


def test_a_circle_of_three_is_not() -> None:
    layout = solve(Diagram((2, 3, 9), ((0, 1, 2), (0, 2, 7), (1, 2, 2))))
    assert layout.status is Status.UNREALIZABLE
    assert layout.boxes is None
    assert str(layout.status) == "unrealizable"


def test_no_cycle_but_still_impossible() -> None:
    """0 lies inside 1 and 1 inside 2, each with its whole box; so 0 touches 2."""
    diagram = Diagram((0, 1, 2), ((0, 1, 5), (1, 2, 5)))
    assert solve(diagram).status is Status.UNREALIZABLE
    assert solve(Diagram((0, 1, 2), ((0, 1, 5), (0, 2, 5), (1, 2, 5)))).status is Status.REALIZABLE


def test_the_bounds_of_the_plan_count() -> None:
    # seven rooms in a row, each touching its neighbours only: every other one is 10 pixels apart
    in_a_row = Diagram((0,) * 7, tuple((k, k + 1, 2) for k in range(6)))
    assert solve(in_a_row, ANY, Grid(255)).status is Status.REALIZABLE
    assert solve(in_a_row, ANY, Grid(8)).status is Status.UNREALIZABLE


def test_one_room_and_none() -> None:
    layout = solve(Diagram((0,)))
    assert layout.status is Status.REALIZABLE
    assert layout.boxes.shape == (1, 4)
    with pytest.raises(ValueError, match="without rooms"):
        solve(Diagram(()))


def test_no_time() -> None:
    diagram = Diagram((0, 2), ((0, 1, 2),))
    layout = solve(diagram, SolverOptions(time_limit=1e-9))
    assert layout.status is Status.TIME_LIMIT
    assert layout.boxes is None
    assert layout.by_clock
    assert layout.why == "no layout found within 1e-09 s by the clock"
    layout = solve(diagram, SolverOptions(effort_limit=1e-12))
    assert layout.status is Status.TIME_LIMIT
    assert not layout.by_clock
    assert layout.why == "no layout found with an effort of 1e-12"


def test_the_same_search_gives_the_same_layout(
    realizable: Callable[..., list[Diagram]],
) -> None:
    for diagram in realizable(4, 7, 9):
        for effort in (0, 0.1):
            options = SolverOptions(improve_effort=effort)
            assert np.array_equal(solve(diagram, options).boxes, solve(diagram, options).boxes)


def test_without_or_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ortools.sat.python", None)
    cp_sat._ortools.cache_clear()
    try:
        with pytest.raises(InputError, match=r"pip install 'bd-gen\[layout\]'"):
            solve(Diagram((0, 2), ((0, 1, 2),)))
    finally:
        cp_sat._ortools.cache_clear()
