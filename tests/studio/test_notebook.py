from typing import Any

import pytest
from tests.generation.checkpoints import saved
from tests.studio.sketches import message
from tests.studio.test_alternatives import ROOMS

import bd_gen
from bd_gen.studio.notebook import Channel

pytest.importorskip("anywidget")
pytest.importorskip("ortools")


@pytest.fixture
def said() -> list[Any]:
    return []


@pytest.fixture
def channel(said: list[Any], tmp_path_factory: pytest.TempPathFactory) -> Channel:
    path = saved(tmp_path_factory.mktemp("checkpoint"))
    return Channel(str(path), lambda content, buffers: said.append((content, buffers)))


def test_a_call_is_answered_under_its_number(channel: Channel, said: list[Any]) -> None:
    channel.heard({"id": "1", "call": "plan", "message": {"sketch": message()}}, [])
    channel.heard({"id": "2", "call": "plan", "message": {"sketch": 3}}, [])
    channel.heard({"id": "3", "call": "nonsense", "message": {}}, [])
    channel.heard("nonsense", [])
    (plan, _), (bad, _), (unknown, _) = said
    assert plan["id"] == "1"
    assert plan["answer"]["plan"]["boxes"]
    assert "sketch" in bad["error"]
    assert unknown["error"]


def test_files_go_beside_messages(channel: Channel, said: list[Any]) -> None:
    sketch = message([0, 1, "left-of"], rooms=("LivingRoom", "Kitchen"))
    boxes = [[0, 0, 60, 60], [60, 10, 100, 50]]
    asked = {"sketch": sketch, "format": "jsonl", "boxes": boxes}
    channel.heard({"id": "1", "call": "export", "message": asked}, [])
    ((answer, (content,)),) = said
    assert answer["answer"]["name"] == "plan.jsonl"
    channel.heard({"id": "2", "call": "upload", "message": {"name": "x"}}, [memoryview(content)])
    assert said[1][0]["answer"]["plans"][0]["boxes"] == boxes


def test_a_search_is_streamed_and_stops(channel: Channel, said: list[Any]) -> None:
    channel.heard({"id": "0", "call": "hello", "message": {}}, [])
    assert said.pop()[0]["answer"]["model"]["sizes"]
    asked = {"sketch": message(rooms=ROOMS), "count": 2}
    thread = channel.heard({"id": "1", "call": "search", "message": asked}, [])
    assert thread is not None
    thread.join()
    assert said[-1][0] == {"id": "1", "end": True}
    assert said[-2][0]["event"]["event"] == "done"
    said.clear()
    channel.heard({"id": "2", "call": "stop"}, [])
    thread = channel.heard({"id": "2", "call": "search", "message": asked}, [])
    assert thread is not None
    thread.join()
    assert [content for content, _ in said] == [{"id": "2", "end": True}]


def test_what_is_drawn_can_be_read_and_set() -> None:
    home = bd_gen.Diagram("LivingRoom, Kitchen, Bathroom", [(1, 0, "left-of")])
    studio = bd_gen.Studio(home, require="Bathroom touches LivingRoom")
    assert studio.diagram == home
    assert studio.plan is None
    heard: list[bd_gen.Diagram] = []
    studio.observe(heard.append)
    other = bd_gen.Diagram("LivingRoom, Kitchen", [(0, 1, "above")])
    studio.diagram = other
    assert studio.diagram == other
    assert heard == [other]
    assert studio.widget.document["rules"][0]["text"] == "Bathroom touches LivingRoom"


def test_rooms_alone_leave_all_open() -> None:
    studio = bd_gen.Studio("LivingRoom, 2 Bathroom")
    assert studio.widget.document["links"] == []
    with pytest.raises(bd_gen.InputError):
        bd_gen.Studio(3)


def test_a_plan_comes_with_its_boxes() -> None:
    plan = bd_gen.lay_out(
        bd_gen.Diagram("LivingRoom, Kitchen", [(0, 1, "above")]), improve_effort=0
    )
    studio = bd_gen.Studio(plan)
    assert [room["box"] for room in studio.widget.document["rooms"]] == plan.boxes.tolist()
    studio.widget.plan = {"boxes": plan.boxes.tolist(), "relations": [[0, 1, "above"]]}
    assert studio.plan is not None
    assert studio.plan.diagram == plan.diagram


def test_all_imports_of_the_page_can_be_turned() -> None:
    modules = bd_gen.Studio("Kitchen, LivingRoom").widget.modules
    for name, text in modules.items():
        lines = [line for line in text.splitlines() if line.startswith(("import ", "export {"))]
        for line in lines:
            target = line.partition('from "./')[2].partition('"')[0]
            assert not target or target in modules, f"{name}: {line}"
