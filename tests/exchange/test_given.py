"""Every kind of file that `--given` takes."""

import gzip
import json
from pathlib import Path

import networkx
import pytest

from bd_gen.diagrams.folded import fold_name
from bd_gen.diagrams.names import RoomLabels
from bd_gen.exchange.given import read_given
from bd_gen.sampling.conditions import Condition
from bd_gen.system.errors import InputError

RELATED = {"id": "a", "rooms": [{"type": "Kitchen"}] * 3, "relations": [[1, 0, "below"]]}
BOXES = {
    "id": "b",
    "rooms": [
        {"type": "LivingRoom", "box": [0, 0, 50, 50]},
        {"type": "Kitchen", "box": [53, 0, 80, 50]},
        {"type": "Balcony", "box": [200, 0, 220, 50]},
    ],
}


def write(path: Path, *plans: object) -> Path:
    path.write_text("".join(json.dumps(plan) + "\n" for plan in plans))
    return path


def graph(path: Path, **attributes: object) -> Path:
    made = networkx.DiGraph(**attributes)
    made.add_node("x", type="Kitchen")
    made.add_nodes_from("yz")
    made.add_edge("y", "x", relation="below")
    networkx.write_graphml(made, path)
    return path


def test_rooms_that_a_graph_does_not_join_are_drawn(tmp_path: Path) -> None:
    found = read_given(graph(tmp_path / "x.graphml"))
    assert found == Condition((2, None, None), ((0, 1, 3),))


def test_a_complete_graph_joins_no_others(tmp_path: Path) -> None:
    expected = Condition((2, None, None), ((0, 1, 3), (0, 2, 10), (1, 2, 10)))
    assert read_given(graph(tmp_path / "x.graphml", complete=True)) == expected
    assert read_given(graph(tmp_path / "x.graphml"), "none") == expected
    opened = read_given(graph(tmp_path / "x.graphml", complete=True), "drawn")
    assert opened.relations == ((0, 1, 3),)


def test_a_plan_is_kept_whole(tmp_path: Path) -> None:
    path = write(tmp_path / "one.jsonl", RELATED)
    expected = Condition((2, 2, 2), ((0, 1, 3), (0, 2, 10), (1, 2, 10)))
    assert read_given(path) == expected
    assert read_given(path, "drawn").relations == ((0, 1, 3),)


def test_a_plan_with_boxes(tmp_path: Path) -> None:
    found = read_given(write(tmp_path / "one.jsonl", BOXES))
    assert found == Condition((0, 2, 9), ((0, 1, 2), (0, 2, 10), (1, 2, 10)))


@pytest.mark.parametrize("name", ["two.jsonl", "two.json"])
def test_one_of_several_plans(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, RELATED, BOXES)
    assert read_given(f"{path}#b").room_types == (0, 2, 9)
    with pytest.raises(InputError, match="there is no plan with id 'c'"):
        read_given(f"{path}#c")


def test_several_plans_and_none_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "two.jsonl", RELATED, BOXES)
    with pytest.raises(InputError, match=r"holds several plans; name one, .*two\.jsonl#a for"):
        read_given(path)


def test_a_condition_in_json_is_what_it_was(tmp_path: Path) -> None:
    path = tmp_path / "given.json"
    path.write_text('{"rooms": ["Kitchen", null], "relations": [[0, 1, "none"]]}')
    assert read_given(path) == Condition((2, None), ((0, 1, 10),))
    path.write_text('{"rooms": ["Kitchen", null, null], "relations": [[0, 1, "above"]]}')
    assert read_given(path).relations == ((0, 1, 3),)
    assert read_given(path, "none").relations == ((0, 1, 3), (0, 2, 10), (1, 2, 10))


def test_a_name_may_hold_the_mark(tmp_path: Path) -> None:
    path = write(tmp_path / "plan#1.jsonl", RELATED)
    assert read_given(path).num_rooms == 3
    assert read_given(f"{path}#a").num_rooms == 3


def test_an_id_may_hold_anything(tmp_path: Path) -> None:
    path = write(tmp_path / "x.jsonl", BOXES, RELATED | {"id": "#a/../b"})
    assert read_given(f"{path}##a/../b").room_types == (2, 2, 2)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none.jsonl", "cannot be read"),
        ("none.graphml", "cannot be read"),
        ("none.json", "cannot be read"),
        ("x.graphml#a", "expected no #ID"),
        ("none.jsonl#a", "cannot be read"),
    ],
)
def test_what_is_not_there(tmp_path: Path, name: str, message: str) -> None:
    graph(tmp_path / "x.graphml")
    with pytest.raises(InputError, match=message):
        read_given(tmp_path / name)


def test_a_bad_plan_is_named_with_its_file(tmp_path: Path) -> None:
    path = write(tmp_path / "x.jsonl", {"id": 1, "rooms": [{"type": "Garage"}], "relations": []})
    with pytest.raises(InputError, match=r"x\.jsonl: line 1: unknown label: 'Garage'"):
        read_given(path)
    homes = {"id": 1, "rooms": [{"type": "LivingRoom"}] * 2, "relations": []}
    with pytest.raises(InputError, match=r"x\.jsonl: given: a home has at most one LivingRoom"):
        read_given(write(path, homes))


ADJACENT = {"id": "c", "rooms": [{"type": "Kitchen"}] * 3, "relations": [[1, 0], [2, 1, "above"]]}


@pytest.mark.parametrize("name", ["one.jsonl", "many.json", "packed.json", "graph.txt"])
def test_joined_pairs_without_a_direction_whatever_the_file_is_called(
    tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    if name == "one.jsonl":
        write(path, ADJACENT)
    elif name == "many.json":
        path.write_text(json.dumps([ADJACENT]))
    elif name == "packed.json":
        path.write_bytes(gzip.compress(json.dumps(ADJACENT, indent=1).encode()))
    else:
        made = networkx.DiGraph(complete=True)
        made.add_nodes_from("abc", type="Kitchen")
        made.add_edge("b", "a")
        made.add_edge("c", "b", relation="above")
        networkx.write_graphml(made, path)
    found = read_given(path)
    assert found == Condition((2, 2, 2), ((1, 2, 6), (0, 2, 10)), ((0, 1),))


def test_one_object_is_a_partial_diagram(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    path.write_text(json.dumps(ADJACENT, indent=1))
    assert read_given(path) == Condition((2, 2, 2), ((1, 2, 6),), ((0, 1),))


def test_what_a_graph_says_that_is_not_understood_is_told(tmp_path: Path) -> None:
    made = networkx.DiGraph()
    made.add_node("a", usage="Kitchen")
    networkx.write_graphml(made, tmp_path / "x.graphml")
    told: list[str] = []
    assert read_given(tmp_path / "x.graphml", tell=told.append).room_types == (None,)
    assert "0 of 1 rooms have a type" in told[0]


def test_ids_and_labels_are_compared_normalised(tmp_path: Path) -> None:
    plan = {"id": "ku\u0308che", "rooms": [{"type": "Ku\u0308che"}], "relations": []}
    path = write(tmp_path / "x.jsonl", plan, RELATED)
    labels = RoomLabels({fold_name("Küche"): 2})
    assert read_given(f"{path}#küche", labels=labels).room_types == (2,)
    (tmp_path / "x.json").write_text(json.dumps({"rooms": ["Küche"]}))
    assert read_given(tmp_path / "x.json", labels=labels).room_types == (2,)
