import json

import pytest
from tests.studio.sketches import message

from bd_gen.exchange.exports import FORMATS
from bd_gen.studio.calls import CALLS, Desk
from bd_gen.studio.transfer import Download, imported
from bd_gen.system.errors import InputError

pytest.importorskip("ortools")
TWO = ("LivingRoom", "Kitchen")
BOXES = [[0, 0, 60, 60], [60, 10, 100, 50]]


def export(name: str, **more: object) -> Download:
    sketch = message([0, 1, "left-of"], rooms=TWO)
    found = CALLS["export"](Desk(), {"sketch": sketch, "format": name, "boxes": BOXES, **more})
    assert isinstance(found, Download)
    return found


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in ("png", "pdf", "svg")])
def test_every_format_is_a_download(name: str) -> None:
    file = export(name)
    assert file.name == f"plan.{name}"
    assert file.content


def test_what_is_exported_can_be_brought_back() -> None:
    read = imported(export("jsonl").content, "plan.jsonl")
    (plan,) = read["plans"]
    assert plan["boxes"] == BOXES
    assert [room["type"] for room in plan["rooms"]] == list(TWO)
    assert plan["relations"] == [[0, 1, "left-of"]]
    graph = imported(export("graphml").content, "x.graphml")
    assert graph["plans"][0]["relations"] == [[0, 1, "left-of"]]


def test_names_go_into_files() -> None:
    sketch = message([0, 1, "left-of"], rooms=TWO)
    sketch["rooms"][1]["name"] = "Küche"
    file = CALLS["export"](Desk(), {"sketch": sketch, "format": "csv", "boxes": BOXES})
    assert "Küche" in file.content.decode() or "Kitchen" in file.content.decode()


def test_without_a_plan_there_is_a_graph_but_no_dxf() -> None:
    assert b"graphml" in export("graphml", boxes=None).content
    with pytest.raises(InputError, match=r"boxes|layout"):
        export("dxf", boxes=None)


@pytest.mark.parametrize("name", ["../../etc/passwd", "exe", "json/../x", ""])
def test_a_format_is_never_a_path(name: str) -> None:
    with pytest.raises(InputError, match="format"):
        export(name)


def test_a_bad_file_is_named_as_the_user_calls_it() -> None:
    with pytest.raises(InputError) as refused:
        imported(b"{nonsense", "my\nplans.jsonl")
    assert "my\\nplans.jsonl" in str(refused.value)
    assert "bd-gen-studio-" not in str(refused.value)


def test_the_first_plans_of_a_long_file_are_taken() -> None:
    line = json.dumps({"id": "x{}", "rooms": [{"type": "Kitchen", "box": [0, 0, 99, 99]}]})
    content = "\n".join(line.replace("{}", str(k)) for k in range(80)).encode()
    assert len(imported(content, "many.jsonl")["plans"]) == 50
