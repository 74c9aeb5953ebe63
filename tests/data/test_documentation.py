"""The examples of docs/data.md work as printed."""

import json
import re
from pathlib import Path
from typing import Any

import networkx
import pytest

from bd_gen.data.labels import read_labels
from bd_gen.data.sources import SOURCES
from bd_gen.data.sources.plans.source import read_plans
from bd_gen.diagrams.tokens import diagrams_from_tokens

from .conftest import EIGHT

PAGE = (Path(__file__).parents[2] / "docs" / "data.md").read_text()
EXAMPLES = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)


def test_the_examples_can_be_read(tmp_path: Path) -> None:
    with_boxes, with_relations, mapping, _ = EXAMPLES
    (tmp_path / "plans.jsonl").write_text(with_boxes + with_relations)
    table = read_plans(tmp_path / "plans.jsonl", EIGHT)
    told = [str(diagram) for diagram in diagrams_from_tokens(table.tokens, EIGHT)]
    assert told == [
        "LivingRoom[0], Kitchen[1]: LivingRoom[0] left-below Kitchen[1]",
        "LivingRoom[0], Kitchen[1], Bathroom[2]: LivingRoom[0] left-of Kitchen[1]; "
        "LivingRoom[0] below Bathroom[2]",
    ]
    (tmp_path / "labels.json").write_text(mapping)
    assert read_labels(tmp_path / "labels.json").find("salle-de-bain") == 3


def test_every_source_is_in_the_table() -> None:
    table = PAGE.partition("| `data=` |")[2].partition("\n\n")[0]
    for source in SOURCES.values():
        (row,) = re.findall(rf"^\| `{source.name}` \|.*\|$", table, re.MULTILINE)
        assert row.endswith("| `data.path=FILE` |" if source.takes_path else "| nothing |")


CONVERTERS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def test_the_header_is_one(tmp_path: Path) -> None:
    plan = {"id": 1, "rooms": [{"type": "Kitchen", "box": [0, 0, 4000, 3000]}]}
    (tmp_path / "plans.jsonl").write_text(EXAMPLES[-1] + json.dumps(plan))
    table = read_plans(tmp_path / "plans.jsonl", EIGHT)
    assert table.boxes[0, 0, 2] - table.boxes[0, 0, 0] == pytest.approx(4 * 256 / 18, abs=0.1)


def test_converters_are_short_and_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    table, wkt, graph = CONVERTERS
    assert max(len(code.strip().splitlines()) for code in CONVERTERS) < 15
    Path("rooms.csv").write_text(
        "plan,room,x0,y0,x1,y1\na,Kitchen,0,0,4,3\na,Balcony,4.2,0,6,3\nb,Kitchen,0,0,4,3\n"
    )
    exec(table, {})  # noqa: S102 - what the page shows
    assert read_plans("mine.jsonl", EIGHT).num_rooms.tolist() == [2, 1]
    Path("geometries.csv").write_text(
        "unit_id,entity_type,entity_subtype,geom\n"
        '7,area,Kitchen,"POLYGON ((0 0, 4 0, 4 3, 0 3, 0 0))"\n'
        '7,separator,WALL,"POLYGON ((4 0, 4.2 0, 4.2 3, 4 3, 4 0))"\n'
        '7,area,Balcony,"POLYGON ((4.2 0, 6 0, 6 3, 4.2 3, 4.2 0))"\n'
    )
    exec(wkt, {})  # noqa: S102
    assert read_plans("msd.jsonl", EIGHT).num_rooms.tolist() == [2]
    known: dict[str, Any] = {}
    exec(graph, known)  # noqa: S102
    drawn = networkx.DiGraph([("a", "b", {"relation": "above"})])
    networkx.set_node_attributes(drawn, {"a": "Kitchen", "b": "Storage"}, "type")
    Path("graphs.jsonl").write_text(known["line"]("x", drawn))
    assert (read_plans("graphs.jsonl", EIGHT).relations < 10).sum() == 1
