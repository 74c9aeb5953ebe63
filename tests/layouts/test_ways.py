"""Walls for doors on the way to every room."""

import numpy as np
import pytest

from bd_gen.diagrams.diagram import Diagram
from bd_gen.layouts.cells.search import TilingSearch
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.problem import problem_of
from bd_gen.layouts.room_limits import Opening
from bd_gen.layouts.search import Status, find_boxes
from bd_gen.layouts.tiling import tile
from bd_gen.layouts.ways import way_openings

# LivingRoom, MasterRoom, Bathroom: the bath right of the bedroom, below it the living room
HOME = Diagram((0, 1, 3), ((0, 1, 6), (1, 2, 2)))


def test_each_room_has_those_it_may_be_reached_over() -> None:
    assert way_openings(HOME, SolverOptions()) == (Opening(((0, 1),)), Opening(((1, 2),)))


def test_a_room_behind_private_ones_alone_has_no_way() -> None:
    # the kitchen lies behind the bath
    assert way_openings(Diagram((0, 3, 2), ((0, 1, 2), (1, 2, 2))), SolverOptions()) is None


def test_a_door_that_is_forbidden_is_no_way() -> None:
    assert way_openings(HOME, SolverOptions(closed=((0, 1),))) is None


def test_boxes_can_be_asked_for_with_ways_to_every_room() -> None:
    openings = way_openings(HOME, SolverOptions())
    assert openings is not None
    found = find_boxes(problem_of(HOME, SolverOptions(openings=openings)), 10)
    assert found.status is Status.REALIZABLE


def test_where_rooms_have_no_way_another_walk_begins_from_boxes_with_ways(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Bath and bedroom stand apart in one layout, and have 30 pixels of wall in the other.
    short = np.array([[60, 100, 140, 160], [60, 60, 120, 100], [125, 60, 155, 90]])
    long = np.array([[60, 100, 140, 160], [60, 60, 120, 100], [120, 60, 150, 90]])
    monkeypatch.setattr(TilingSearch, "walk", lambda _, boxes, *__: (boxes, 0.0))
    assert tile(HOME, short).unreached == 1
    assert tile(HOME, short, with_ways=lambda: None).unreached == 1
    found = tile(HOME, short, with_ways=lambda: long)
    assert found.unreached == 0
    assert found.boxes.tolist() == long.tolist()
