"""Plans: reading, writing, drawing."""

import numpy as np
import pytest

from bd_gen.api.diagram import Diagram
from bd_gen.api.drawing import draw
from bd_gen.api.plan import Plan, export, read_plans
from bd_gen.system.errors import InputError

DIAGRAM = Diagram("Kitchen, Balcony", [(0, 1, "left-of")])
BOXES = np.array([[0, 0, 50, 50], [50, 0, 90, 50]])
PLAN = Plan("a", DIAGRAM, BOXES)


def test_json_there_and_back():
    back = Plan.from_json(PLAN.to_json())
    assert (back.id, back.diagram, back.boxes.tolist()) == ("a", DIAGRAM, BOXES.tolist())


def test_a_graph_with_boxes():
    pytest.importorskip("networkx")
    assert PLAN.to_networkx().nodes[1]["x0"] == 50
    assert PLAN.to_networkx().graph["plan"] == "a"


@pytest.mark.parametrize("name", ["plans.jsonl", "plans.json", "plans.jsonl.gz"])
def test_what_is_exported_is_read_again(name, tmp_path):
    export([PLAN, Plan("b", Diagram("Storage"))], tmp_path / name)
    first, second = read_plans(tmp_path / name)
    assert (first.id, first.diagram, first.boxes.tolist()) == ("a", DIAGRAM, BOXES.tolist())
    assert (second.id, second.diagram, second.boxes) == ("b", Diagram("Storage"), None)
    assert [plan.id for plan in read_plans(tmp_path / name, limit=1)] == ["a"]


def test_nameless_ones_are_called_by_their_places(tmp_path):
    (file,) = export([DIAGRAM, PLAN, DIAGRAM], tmp_path / "plans.jsonl")
    assert [plan.id for plan in read_plans(file)] == ["1", "a", "3"]


def test_what_a_file_holds_besides_is_a_warning(tmp_path):
    (tmp_path / "plans.jsonl").write_text(PLAN.to_json() + "\n{}\n")
    with pytest.warns(UserWarning, match="skipped 1 of 2 plans"):
        assert len(read_plans(tmp_path / "plans.jsonl", skip_bad=True)) == 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda _: Plan("", DIAGRAM), "plan: id: expected 1 to 200 printable characters"),
        (lambda _: Plan("a", "Kitchen"), "diagram: expected a Diagram, got str"),
        (lambda _: Plan("a", DIAGRAM, BOXES[:1]), "plan: a: expected a box for each room"),
        (lambda p: read_plans(p / "no.jsonl"), "no.jsonl: cannot be read (No such file"),
        (lambda p: read_plans(p / "no.jsonl", limit=0), "limit: expected at least 1, got 0"),
        (lambda p: export([], p / "x.jsonl"), "export: expected at least one diagram, got none"),
        (lambda p: export(["x"], p / "x.jsonl"), "export[0]: expected a Diagram, got str"),
        (lambda p: export([PLAN, PLAN], p / "x.jsonl"), "export: 2 plans are called 'a'"),
        (lambda p: export(PLAN, p / "x.odd"), "x.odd: expected a name that ends in .jsonl"),
        (lambda _: draw("Kitchen"), "draw: expected diagrams, got str"),
        (lambda _: draw([]), "draw: expected at least one diagram, got none"),
        (lambda _: draw([DIAGRAM] * 401), "draw: a picture holds up to 400 diagrams"),
        (lambda _: draw(DIAGRAM, mode="plan"), "draw: mode 'plan' needs boxes"),
        (lambda _: draw(PLAN, mode="odd"), "draw: mode must be one of both, plan, bubbles"),
        (lambda _: draw(DIAGRAM, columns=0), "draw: columns must be at least 1, got 0"),
        (lambda _: draw(DIAGRAM, titles=["a", "b"]), "draw: 2 titles for 1 diagrams"),
        (lambda p: draw(DIAGRAM, p / "x.gif"), "x.gif: file name: expected one that ends in"),
    ],
)
def test_what_cannot_be_used_is_told_in_one_line(call, message, tmp_path):
    with pytest.raises(InputError) as caught:
        call(tmp_path)
    assert str(caught.value).removeprefix(f"{tmp_path}/").startswith(message)
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_a_picture_as_text_and_as_a_file(tmp_path):
    text = draw(PLAN)
    assert draw(PLAN, tmp_path / "plan.svg") == str(tmp_path / "plan.svg")
    assert (tmp_path / "plan.svg").read_text() == text == PLAN._repr_svg_()
    draw([PLAN, DIAGRAM], tmp_path / "both.png", titles=["one", "other"], dpi=30)
    assert (tmp_path / "both.png").read_bytes().startswith(b"\x89PNG")


def test_bubbles_alone_are_drawn_as_ever(tmp_path):
    from bd_gen.drawing.plan_drawing import draw_grid

    draw_grid([DIAGRAM], tmp_path / "bubbles.svg")
    assert draw(DIAGRAM) == (tmp_path / "bubbles.svg").read_text()
