import pytest

from bd_gen.diagrams.diagram import Diagram, room_names


def test_edges_are_sorted_so_that_equal_diagrams_compare_equal():
    one = Diagram((0, 2, 3), ((1, 2, 3), (0, 1, 2)))
    other = Diagram((0, 2, 3), ((0, 1, 2), (1, 2, 3)))
    assert one == other
    assert hash(one) == hash(other)
    assert one.edges == ((0, 1, 2), (1, 2, 3))
    assert one.num_rooms == 3


@pytest.mark.parametrize(
    ("room_types", "edges", "message"),
    [
        ((0, 13), (), "room 1: type 13"),
        ((-1,), (), "room 0: type -1"),
        ((0, 1), ((0, 1, 10),), "relation 10"),
        ((0, 1), ((0, 1, -1),), "relation -1"),
        ((0, 1), ((1, 0, 2),), "0 <= i < j < 2"),
        ((0, 1), ((1, 1, 2),), "0 <= i < j < 2"),
        ((0, 1), ((0, 2, 2),), "0 <= i < j < 2"),
        ((0, 1), ((0, 1, 2), (0, 1, 3)), "two edges join the same rooms"),
    ],
)
def test_what_is_no_diagram_is_refused(room_types, edges, message):
    with pytest.raises(ValueError, match=message):
        Diagram(room_types, edges)


def test_text():
    assert str(Diagram((0,))) == "LivingRoom[0]"
    text = str(Diagram((0, 2), ((0, 1, 2),)))
    assert text == "LivingRoom[0], Kitchen[1]: LivingRoom[0] left-of Kitchen[1]"


def test_names_of_rooms() -> None:
    diagram = Diagram((7, 0, 7, 12, 7))
    assert room_names(diagram) == (
        "SecondRoom 1",
        "LivingRoom",
        "SecondRoom 2",
        "Wall-in",
        "SecondRoom 3",
    )
