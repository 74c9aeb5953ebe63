import pytest
from tests.rplan import RELATIONS, ROOM_TYPES

from bd_gen.diagrams.names import relation_of, room_type_of
from bd_gen.system.errors import InputError


def test_every_name_is_found_however_it_is_written() -> None:
    for k, name in enumerate(ROOM_TYPES):
        assert room_type_of(name.upper(), "x") == k
    for k, name in enumerate(RELATIONS):
        assert relation_of(name.replace("-", " "), "x") == k
    assert relation_of("No-Edge", "x") == relation_of("none", "x") == 10


@pytest.mark.parametrize(
    ("name", "hint"),
    [("bed", "known: LivingRoom, "), ("living", "did you mean LivingRoom?"),
     ("2nd room", "did you mean SecondRoom?"), ("x" * 10_000, "known: ")],
)  # fmt: skip
def test_unknown_rooms_are_answered_with_near_ones(name: str, hint: str) -> None:
    with pytest.raises(InputError) as error:
        room_type_of(name, "node 3")
    assert str(error.value).startswith("node 3: unknown room ")
    assert hint in str(error.value)
    assert len(str(error.value)) < 250


def test_unknown_relations_are_answered_with_all() -> None:
    with pytest.raises(InputError, match="edge: unknown relation 'beside'; known: left-above, "):
        relation_of("beside", "edge")
