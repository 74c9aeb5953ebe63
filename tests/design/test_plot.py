"""The plot of a brief: shapes, north, setbacks and the entrance."""

import pytest

from bd_gen.design.plot import facade_sides, plot_from
from bd_gen.diagrams.laid_out import METRES_PER_PIXEL
from bd_gen.system.errors import InputError

PX = METRES_PER_PIXEL
L_SHAPE = [[0, 0], [11, 0], [11, 5], [7, 5], [7, 11], [0, 11]]


def test_a_size_is_a_rectangle():
    for value in ("9 x 12", "9×12 m", {"size": [9, 12]}, {"size": "9 by 12"}):
        plot = plot_from(value, "plot", PX)
        assert plot.corners == ((0, 0), (9, 0), (9, 12), (0, 12))
        assert plot.area == pytest.approx(108)
    feet = plot_from("30 x 40 ft", "plot", PX)
    assert feet.size == pytest.approx((9.144, 12.192))


def test_corners_may_be_text_and_either_way_round():
    text = "; ".join(f"{x},{y}" for x, y in L_SHAPE)
    for value in (text, {"corners": text}, {"corners": L_SHAPE[::-1]}, {"corners": L_SHAPE}):
        plot = plot_from(value, "plot", PX)
        assert plot.area == pytest.approx(97)
        outline = plot.outline(PX)
        assert len(outline.polygon) == 6
        assert outline.area * PX**2 == pytest.approx(97, rel=0.01)


def test_setbacks_follow_north_and_the_entrance():
    value = {"size": "12 x 10", "north": "right", "setbacks": {"south": 2, "east": 0.5}}
    plot = plot_from(value, "plot", PX)  # south is on the left, east at the bottom
    assert plot.corners == ((2, 0), (12, 0), (12, 9.5), (2, 9.5))
    front = plot_from(
        {
            "size": "6 x 12",
            "entrance": "north",
            "setbacks": {"front": 1.5, "back": 1, "sides": 0.5},
        },
        "plot",
        PX,
    )
    assert front.corners == ((0.5, 1.5), (5.5, 1.5), (5.5, 11), (0.5, 11))
    assert front.entrance == "above"


def test_setbacks_of_an_l_move_each_side_the_way_that_it_faces():
    plot = plot_from({"corners": L_SHAPE, "setbacks": 1}, "plot", PX)
    assert set(plot.corners) == {(1, 1), (10, 1), (10, 4), (6, 4), (6, 10), (1, 10)}
    again = plot_from({"corners": L_SHAPE[::-1], "setbacks": 1}, "plot", PX)
    assert set(again.corners) == set(plot.corners)


def test_the_place_of_an_entrance_moves_to_what_may_be_built_on():
    plot = plot_from({"size": "9 x 12", "setbacks": 1, "entrance": [4, 12]}, "plot", PX)
    assert plot.entrance == (4, 11)
    assert plot.outline(PX).front_door is not None
    with pytest.raises(InputError, match=r"lies 3\.0 m from the edge"):
        plot_from({"size": "9 x 12", "entrance": [4, 9]}, "plot", PX)


def test_facades_are_sides_of_the_page():
    assert facade_sides("south", 0, "x") == ("below",)
    assert facade_sides("south", 1, "x") == ("left",)
    assert facade_sides("north or east", 1, "x") == ("right", "below")
    assert facade_sides("top", 3, "x") == ("above",)
    assert len(facade_sides("any", 2, "x")) == 4
    assert facade_sides("none", 0, "x") == ()


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("9", "expected width and depth as in '9 x 12'"),
        ({"sizes": "9 x 12"}, "unknown field 'sizes'; did you mean size?"),
        ({"size": "9 x 12", "corners": L_SHAPE}, "size or corners, one of the two"),
        ({"corners": [[0, 0], [5, 1], [5, 5], [0, 5]]}, "runs along no axis"),
        ({"corners": [[0, 0], [9, 0], [9, 9]]}, "at least four corners"),
        (
            {"corners": [[0, 0], [9, 0], [9, 6], [3, 6], [3, 3], [6, 3], [6, 9], [0, 9]]},
            "cross or touch",
        ),
        ({"size": "9 x 12", "setbacks": 5}, "leave nothing of the plot"),
        ({"setbacks": 1}, "go with a size or corners"),
        ({"size": "9 x 12", "setbacks": {"front": 1}}, "needs the side of the entrance"),
        ({"size": "9 x 12", "setbacks": {"sout": 1}}, "'sout' is no side; did you mean south?"),
        ({"size": "9 x 12", "entrance": "west wing"}, "is no side"),
        ({"size": "9 x 12", "north": 45}, "halfway between two sides"),
        ({"size": "9 x 12", "north": "uphill"}, "expected degrees clockwise"),
        ({"size": "900 x 1200"}, "did you mean 900 cm (9 m)"),
        ({"size": "9px x 12px"}, "did you mean 9 m (9 m)"),
        ([1, 2, 3], "expected width and depth"),
        (7, "expected a size as in '9 x 12'"),
    ],
)
def test_what_is_no_plot_is_told_in_one_line(value, words):
    with pytest.raises(InputError) as caught:
        plot_from(value, "brief.yaml: plot", PX)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_plot_larger_than_a_plan_is_told_with_what_would_do():
    with pytest.raises(InputError) as caught:
        plot_from("30 x 30", "plot", PX).outline(PX)
    assert "--scale 0.119 would do" in str(caught.value)
    assert "did you mean feet (9.14 by 9.14 m)?" in str(caught.value)
