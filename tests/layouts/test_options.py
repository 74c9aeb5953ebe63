"""Options and outlines: what is refused, in one line that names the field."""

from dataclasses import replace

import numpy as np
import pytest

from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.outline import Outline
from bd_gen.system.errors import InputError

RECTANGLE = (20, 30, 120, 110)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"min_side": 0}, "min_side: expected an integer in 1..255, got 0"),
        ({"min_side": 2.5}, "min_side: expected an integer"),
        ({"min_areas": {13: 10}}, "min_areas: room type: expected an integer in 0..12, got 13"),
        ({"min_areas": {2: 0}}, "min_areas: Kitchen: expected an integer in 1..65025, got 0"),
        ({"max_areas": {2: 70000}}, "max_areas: Kitchen: expected an integer"),
        (
            {"min_areas": {2: 900}, "max_areas": {2: 800}},
            "max_areas: Kitchen: expected at least the least area 900, got 800",
        ),
        ({"fixed": {0: (5, 5, 5, 9)}}, "fixed: room 0: expected sides of at least 1 pixel"),
        ({"fixed": {1: (5, 5, 9)}}, "fixed: room 1: expected four integers"),
        ({"fixed": {1: (5, 5, 9, 256)}}, "fixed: room 1: expected x0 before x1"),
        ({"fixed": {1: (9, 5, 5, 20)}}, "fixed: room 1: expected x0 before x1"),
        ({"fixed": {1: (0.5, 5, 9, 20)}}, "fixed: room 1: expected four integers"),
        ({"fixed": {0: 5}}, "fixed: room 0: expected four integers"),
        ({"fixed": {"0": (5, 5, 9, 9)}}, "fixed: room: expected an integer in 0.."),
        ({"fixed": {True: (5, 5, 9, 9)}}, "fixed: room: expected an integer in 0.."),
        ({"fixed": [(5, 5, 9, 9)]}, "fixed: expected values by number, got [(5, 5"),
        ({"min_areas": [900]}, "min_areas: expected values by number, got [900]"),
        ({"outline": (0, 0, 9, 9)}, "outline: expected an Outline, got (0, 0, 9, 9)"),
        ({"time_limit": "5"}, "time_limit: expected seconds above 0, got '5'"),
        ({"time_limit": True}, "time_limit: expected seconds above 0, got True"),
        ({"improve_effort": None}, "improve_effort: expected a number from 0 on, got None"),
        ({"effort_limit": 0}, "effort_limit: expected more than 0, got 0"),
        ({"effort_limit": float("nan")}, "effort_limit: expected more than 0, got nan"),
        ({"time_limit": 0}, "time_limit: expected seconds above 0"),
        ({"time_limit": float("nan")}, "time_limit: expected seconds above 0"),
        ({"improve_effort": -1}, "improve_effort: expected a number"),
        ({"seed": -1}, "seed: expected an integer"),
        (
            {"outline": Outline(RECTANGLE), "min_side": 81},
            "outline: 100 by 80 pixels are too small",
        ),
        (
            {"outline": Outline(RECTANGLE), "min_areas": {0: 8001}},
            "outline: 8000 pixels² are too small for a LivingRoom of at least 8001",
        ),
    ],
)
def test_options_that_make_no_sense(settings: dict, message: str) -> None:
    with pytest.raises(InputError) as caught:
        SolverOptions(**settings)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_integers_of_numpy_become_plain() -> None:
    k = np.int64(1)
    box = np.array([1, 2, 30, 40])
    options = SolverOptions(min_side=k, min_areas={k: k}, max_areas={k: k}, fixed={k: box})
    assert options == SolverOptions(1, {1: 1}, {1: 1}, fixed={1: (1, 2, 30, 40)})
    values = (options.min_side, *options.min_areas, *options.max_areas.values(), *options.fixed)
    assert {type(value) for value in values} == {int}


@pytest.mark.parametrize(
    ("notch", "area"),
    [
        ((20, 30, 50, 60), 7100),
        ((90, 30, 120, 40), 7700),
        ((20, 90, 30, 110), 7800),
        ((100, 60, 120, 110), 7000),
    ],
)
def test_a_notch_at_each_corner(notch: tuple[int, int, int, int], area: int) -> None:
    outline = Outline(RECTANGLE, notch)
    assert outline.area == area
    assert outline.missing == (notch,)
    assert Outline(polygon=outline.polygon[::-1]).missing == (notch,)


U = ((0, 0), (90, 0), (90, 80), (60, 80), (60, 30), (30, 30), (30, 80), (0, 80))


def test_an_outline_of_any_shape() -> None:
    outline = Outline(polygon=[*U, U[0]], front_door=(88, 10, 91, 20))
    assert (outline.box, outline.area) == ((0, 0, 90, 80), 90 * 80 - 30 * 50)
    assert outline.missing == ((30, 30, 60, 80),)
    assert [line.tolist() for line in outline.lines] == [[0, 30, 60, 90], [0, 30, 80]]
    assert replace(outline, front_door=None) == Outline(polygon=outline.polygon)
    twice = Outline(
        polygon=((0, 0), (20, 0), (20, 10), (40, 10), (40, 40), (0, 40), (0, 20), (0, 9))
    )
    assert twice.missing == ((20, 0, 40, 10),)
    assert Outline(polygon=((0, 0), (9, 0), (9, 9), (0, 9))) == Outline((0, 0, 9, 9))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "outline: expected sides of at least 1 pixel"),
        ({"polygon": U[:3]}, "outline: expected at least four corners"),
        (
            {"polygon": ((0, 0), (9, 0), (9, 9, 9), (0, 9))},
            "outline: expected at least four corners",
        ),
        ({"polygon": ((0, 0), (9.5, 0), (9.5, 9), (0, 9))}, "outline: expected at least four"),
        ({"polygon": 7}, "outline: expected at least four corners"),
        ({"polygon": ((0, 0), (9, 0), (9, 256), (0, 256))}, "outline: expected corners in 0..255"),
        ({"polygon": ((0, 0), (9, 1), (9, 9), (0, 9))}, "outline: expected sides along the axes"),
        (
            {"polygon": ((0, 0), (40, 0), (40, 40), (20, 40), (20, 0), (10, 0), (10, 40), (0, 40))},
            "outline: its sides cross or touch",
        ),
        ({"polygon": U, "box": (0, 0, 90, 81)}, r"outline: a polygon in \(0, 0, 90, 80\)"),
        ({"polygon": U, "front_door": (40, 50, 50, 60)}, "front door: expected a box within"),
    ],
)
def test_outlines_that_are_none(settings: dict, words: str) -> None:
    with pytest.raises(InputError, match=words):
        Outline(**settings)


@pytest.mark.parametrize(
    "notch",
    [
        (30, 40, 50, 60),  # in the middle
        (20, 40, 50, 60),  # at a side
        (20, 30, 120, 60),  # across
        (20, 30, 50, 110),
        (20, 30, 120, 110),  # everything
        (10, 30, 50, 60),  # sticking out
    ],
)
def test_a_notch_somewhere_else(notch: tuple[int, int, int, int]) -> None:
    with pytest.raises(InputError, match="outline notch: expected a smaller box at a corner"):
        Outline(RECTANGLE, notch)


NOTCH = (80, 30, 120, 70)  # upper right


@pytest.mark.parametrize(
    ("door", "notch", "fits"),
    [
        ((10, 50, 11, 60), None, True),  # 9 pixels outside the left side
        ((10, 50, 10, 60), None, False),  # 10 pixels
        ((29, 50, 29, 60), None, True),  # 9 pixels inside
        ((30, 50, 31, 60), None, False),
        ((60, 118, 70, 119), None, True),
        ((60, 120, 70, 121), None, False),
        ((100, 32, 105, 34), None, True),  # the upper side
        ((100, 32, 105, 34), NOTCH, False),  # which the notch takes away
        ((100, 68, 105, 72), NOTCH, True),  # the lower side of the notch
        ((85, 40, 88, 50), NOTCH, True),  # its left side
        ((95, 40, 98, 50), NOTCH, False),  # outside
        ((60, 60, 64, 64), NOTCH, False),  # inside
    ],
)
def test_the_front_door_lies_at_the_edge(
    door: tuple[int, int, int, int], notch: tuple[int, int, int, int] | None, fits: bool
) -> None:
    if fits:
        assert Outline(RECTANGLE, notch, door).front_door == door
    else:
        with pytest.raises(InputError, match="front door: expected a box within 9 pixels"):
            Outline(RECTANGLE, notch, door)


def test_boxes_may_come_as_arrays_and_are_kept_as_plain_integers() -> None:
    outline = Outline(np.array(RECTANGLE, np.float32), np.array([20, 30, 50, 60]))
    assert outline.box == RECTANGLE
    assert all(type(side) is int for side in (*outline.box, *outline.notch))
    options = SolverOptions(fixed={2: np.array([1, 2, 3, 4])})
    assert options.fixed == {2: (1, 2, 3, 4)}


def test_what_asks_nothing() -> None:
    assert SolverOptions(time_limit=1, improve_effort=0, seed=7).ask_nothing
    for settings in (
        {"min_side": 2},
        {"min_areas": {0: 1}},
        {"max_areas": {0: 100}},
        {"outline": Outline(RECTANGLE)},
        {"fixed": {0: (1, 2, 3, 4)}},
    ):
        assert not SolverOptions(**settings).ask_nothing
    assert SolverOptions().area_bounds(0) is None
    assert SolverOptions(min_areas={0: 50}).area_bounds(0) == (50, 255**2)
    assert SolverOptions(max_areas={0: 50}).area_bounds(0) == (1, 50)
