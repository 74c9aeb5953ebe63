from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.room_names import room_names


def test_names_of_rooms() -> None:
    diagram = Diagram((7, 0, 7, 12, 7))
    assert room_names(diagram) == (
        "SecondRoom 1",
        "LivingRoom",
        "SecondRoom 2",
        "Wall-in",
        "SecondRoom 3",
    )
