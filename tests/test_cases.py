"""Inputs that failed once, from the development data: each gives the right answer."""

import json
from pathlib import Path

import pytest

from bd_gen.cli.main import cli, run
from bd_gen.data.labels import read_labels
from bd_gen.data.sources.graphml.graphml import read_graphml
from bd_gen.data.sources.plans.plan_diagrams import each_plan
from bd_gen.data.sources.plans.source import read_plans
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.exchange.given import read_given
from bd_gen.system.errors import InputError

EIGHT = Vocabulary(8)


@pytest.fixture
def cases(dev_data: Path) -> Path:
    if not (dev_data / "cases").is_dir():
        pytest.skip("no cases in the development data")
    return dev_data / "cases"


@pytest.mark.parametrize(
    "name", ["a02_crlf.jsonl", "a07_pretty.json.gz", "a07b_gzipped_named.json"]
)
def test_files_are_told_by_their_content(cases: Path, name: str) -> None:
    table = read_plans(cases / name, EIGHT)
    assert len(table) > 1
    assert table.ids[0] == "p0"
    assert [plan.id for plan in each_plan(cases / name)] == table.ids.tolist()


def test_numbers_that_are_none(cases: Path) -> None:
    with pytest.raises(InputError, match=r"bad box \(line 4: room 1: nan is no number, line 6: "):
        read_plans(cases / "a12_nan.jsonl", EIGHT)


def test_accents(cases: Path) -> None:
    labels = read_labels(cases / "a20_labels.json")
    table = read_plans(cases / "a20_umlaut_nfd.jsonl", EIGHT, labels)
    assert (table.room_types == 2).any(axis=1).all()


def test_a_label_that_should_be_left_out(cases: Path) -> None:
    with pytest.raises(InputError, match="'Bedroom': null; a room cannot be left out"):
        read_labels(cases / "b02_labels_null.json")


def test_adjacency_alone(cases: Path) -> None:
    path = cases / "a28_adjacency_only.jsonl"
    given = read_given(f"{path}#3")
    assert (given.room_types, given.joined) == ((0, 2, 3), ((0, 1), (0, 2)))
    assert given.relations == ((1, 2, 10),)
    with pytest.raises(InputError, match="12 x joined without a direction"):
        read_plans(path, EIGHT)


def test_graphs(cases: Path) -> None:
    with pytest.raises(InputError, match="node 'c': holds data of key 'd9', which no <key> decl"):
        read_graphml(cases / "g01b_one_undeclared.graphml")
    undirected = read_graphml(cases / "g04_undirected.graphml")
    assert undirected.room_types == (0, 2, 3, 1)
    assert undirected.joined == ((0, 1), (0, 2), (0, 3))
    assert read_graphml(cases / "g08_room_type.graphml").room_types == (0, 2, 3)
    gephi = read_graphml(cases / "g09_gephi.graphml")
    assert (gephi.room_types, gephi.relations) == ((2, 0), ((0, 1, 7),))
    assert gephi.notes == ("not read of edges: weight",)


def test_an_id_in_other_letters(
    cases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = cases / "e03_chinese_id.jsonl"
    (name,) = [json.loads(line)["id"] for line in path.read_text(encoding="utf-8").splitlines()]
    for ending in ("dxf", "graphml", "csv"):
        with pytest.raises(SystemExit) as ended:
            run(cli, "bd-gen", ["export", str(path), "--out", f"{{id}}.{ending}"])
        assert ended.value.code == 0
        assert (tmp_path / f"{name}.{ending}").exists()
