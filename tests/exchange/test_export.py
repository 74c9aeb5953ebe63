"""Diagrams of any file in every format."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.exchange.exports.cases import any_diagram, flat, same, solved
from tests.generation.checkpoints import N_MAX

from bd_gen.data.dataset import DataConfig, load_dataset
from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.exchange.choosing import Choice
from bd_gen.exchange.export import (
    Target,
    check_export,
    export_plans,
    export_samples,
    export_target,
)
from bd_gen.exchange.laid_out_files import read_laid_out
from bd_gen.generation.job import generate
from bd_gen.results.samples_file import read_samples
from bd_gen.system.errors import InputError


def test_exported_diagrams_can_be_read_as_plans(job, tmp_path):
    generate(job)
    path = tmp_path / "plans.jsonl"
    assert export_samples(job.path, path) == 60
    config = DataConfig(source="plans", path=str(path), n_max=N_MAX)
    found = load_dataset(config).tokens
    samples = read_samples(job.path)
    drawn = np.concatenate([samples.per_seed[seed].tokens for seed in (42, 7)])
    assert (found == drawn).all()


def test_samples_become_other_formats_too(job, tmp_path):
    generate(job)
    assert export_samples(job.path, tmp_path / "rooms.csv") == 60
    with (tmp_path / "rooms.csv").open(newline="") as file:
        assert {row["id"] for row in csv.DictReader(file)} >= {"42-0", "7-29"}
    assert export_samples(job.path, tmp_path / "graphs/{id}.graphml") == 60
    assert len(list((tmp_path / "graphs").iterdir())) == 60
    (plan,) = read_laid_out(tmp_path / "graphs" / "42-3.graphml").plans
    (sample,) = read_laid_out(job.path, Choice(ids=("42-3",))).plans
    assert same(plan, sample)


def test_samples_that_are_not_there(tmp_path):
    with pytest.raises(InputError, match="nowhere"):
        export_samples(tmp_path / "nowhere.pt", tmp_path / "plans.jsonl")
    assert not (tmp_path / "plans.jsonl").exists()


@pytest.mark.parametrize("name", ["x.graphml", "x.dxf", "x.txt", "folder/"])
def test_what_samples_cannot_become_is_said_first(tmp_path, name):
    with pytest.raises(InputError):
        check_export(f"{tmp_path}/{name}")


# ---------------------------------------------------------------- the JSON format


def unique(plans: list[LaidOut]) -> list[LaidOut]:
    return [LaidOut(f"{k} {plan.id}", plan.diagram, plan.boxes) for k, plan in enumerate(plans)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(
    plans=st.lists(solved(), min_size=1, max_size=4).map(unique),
    name=st.sampled_from(["x.jsonl", "x.jsonl.gz", "x.json"]),
)
def test_layouts_come_back_as_they_were(plans: list[LaidOut], name: str, tmp_path: Path) -> None:
    export_plans(plans, export_target(tmp_path / name))
    found, notes, *_ = read_laid_out(tmp_path / name)
    assert all("measure under 64 or over 256" in note for note in notes), "random boxes may be tiny"
    assert all(map(same, found, plans))
    assert len(found) == len(plans)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(plans=st.lists(any_diagram(), min_size=1, max_size=4).map(unique))
def test_diagrams_come_back_as_they_were(plans: list[LaidOut], tmp_path: Path) -> None:
    """With their boxes, also where these say something else than the relations."""
    export_plans(plans, export_target(tmp_path / "x.jsonl"))
    found = read_laid_out(tmp_path / "x.jsonl").plans
    for plan, again in zip(plans, found, strict=True):
        assert (again.id, again.diagram) == (plan.id, plan.diagram)
        assert (again.boxes is None) == (plan.boxes is None)
        if plan.boxes is not None:
            assert np.allclose(again.boxes, plan.boxes, rtol=1e-6)


def test_a_json_file_is_json(tmp_path):
    export_plans([flat("a"), flat("b")], export_target(tmp_path / "x.json"))
    plans = json.loads((tmp_path / "x.json").read_text())
    assert [plan["id"] for plan in plans] == ["a", "b"]


# ---------------------------------------------------------------- where to


@pytest.mark.parametrize(
    ("out", "format_name", "path", "expected"),
    [
        ("a.csv", None, "a.csv", "csv"),
        ("a.b.JSONL.GZ", None, "a.b.JSONL.GZ", "jsonl.gz"),
        ("a.dxf", None, "a.dxf", "dxf"),
        ("a.dxf", "graphml", "a.dxf", "graphml"),
        ("new/{id}.svg", None, "new/{id}.svg", "svg"),
        ("new", "dxf", "new/{id}.dxf", "dxf"),
        ("new.d/", "graphml", "new.d/{id}.graphml", "graphml"),
    ],
)
def test_targets(tmp_path, monkeypatch, out, format_name, path, expected):
    monkeypatch.chdir(tmp_path)
    assert export_target(out, format_name) == Target(Path(path), expected)


@pytest.mark.parametrize(
    ("out", "format_name", "message"),
    [
        ("a.txt", None, r"a.txt: expected a name that ends in \.jsonl, "),
        ("a", None, "is a folder; say which format"),
        ("there", None, "is a folder; say which format"),
        ("a.csv", "xls", "format 'xls': expected one of jsonl"),
        ("{id}/a.csv", None, "not of a folder"),
    ],
)
def test_targets_that_are_none(tmp_path, monkeypatch, out, format_name, message):
    monkeypatch.chdir(tmp_path)
    Path("there").mkdir()
    with pytest.raises(InputError, match=message):
        export_target(out, format_name)


def test_ids_do_not_lead_elsewhere(tmp_path):
    plans = [flat("../../escape"), flat("/etc/x"), flat("..\\x"), flat("a/b"), flat("A_b")]
    paths = export_plans(plans, export_target(tmp_path / "out", "graphml"))
    assert {path.parent for path in paths} == {tmp_path / "out"}
    assert sorted(tmp_path.rglob("*.graphml")) == sorted(paths)
    assert len(paths) == 5
    assert [read_laid_out(path)[0][0].id for path in paths] == [plan.id for plan in plans]


def test_one_file_does_not_hold_two_drawings(tmp_path):
    for name in ("x.dxf", "x.graphml"):
        with pytest.raises(InputError, match=r"holds one diagram, here are 2; give a name with"):
            export_plans([flat("a"), flat("b")], export_target(tmp_path / name))
    assert not list(tmp_path.iterdir())


def test_pictures_of_bubbles(tmp_path):
    export_plans([flat("first"), flat("second")], export_target(tmp_path / "x.svg"))
    assert (tmp_path / "x.svg").read_text().startswith("<?xml")
    many = [flat()] * 401
    with pytest.raises(InputError, match="holds up to 400 diagrams, here are 401"):
        export_plans(many, export_target(tmp_path / "y.svg"))


def test_boxes_with_relations_of_their_own_stay_in_graphml(tmp_path):
    plan = LaidOut("x", Diagram((0, 2), ((0, 1, 9),)), np.array([[0, 0, 9, 9], [50, 0, 60, 9]]))
    export_plans([plan], export_target(tmp_path / "x.graphml"))
    assert same(read_laid_out(tmp_path / "x.graphml")[0][0], plan)
