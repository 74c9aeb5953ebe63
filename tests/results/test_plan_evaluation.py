import dataclasses
import json

import numpy as np
import pytest

from bd_gen.data.config import DataConfig
from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.metrics.plan_reference import PlanReference
from bd_gen.metrics.registry import select_metrics
from bd_gen.results.plan_evaluation import NamedPlans, evaluate_plans
from bd_gen.results.plan_references import held_out, of_data, of_plans, without_reference
from bd_gen.results.references import References
from bd_gen.results.result_file import read_result
from bd_gen.results.sample_table import read_sample_table, table_path
from bd_gen.system.errors import InputError

LIVING, MASTER, BATH = 0, 1, 3
GOOD = ((LIVING, (0, 0, 60, 60)), (MASTER, (60, 0, 120, 60)))
BAD = (*GOOD, (BATH, (120, 49, 180, 90)))  # 11 pixels of wall, at 0.07 m each, are too few


def plan(rooms, name="a"):
    boxes = np.array([box for _, box in rooms])
    return LaidOut(name, Diagram(tuple(t for t, _ in rooms)), boxes)


def named(*rooms, name="mine", sha="abc"):
    plans = tuple(plan(each, str(k)) for k, each in enumerate(rooms))
    return NamedPlans(name, plans, 18 / 256, sha, "mine.jsonl")


@pytest.fixture
def reference():
    return of_plans([plan(GOOD)] * 25, "theirs.jsonl", "f" * 64)


def test_a_result_holds_numbers_intervals_and_where_they_come_from(tmp_path, reference):
    done = evaluate_plans(named(GOOD, BAD), reference, tmp_path)
    assert done.path == tmp_path / "mine.json"
    result = read_result(done.path)
    assert result.is_of_plans
    assert result.per_seed["0"]["layout/access"] == 0.5
    assert result.summary["layout/access"] == {"mean": 0.5, "std": 0.0}
    assert result.ci95["layout/access"]["from"] == "wilson"
    assert result.config == {"num_samples": 2, "plans": "mine.jsonl"}
    assert result.provenance["plans_sha256"] == "abc"
    assert result.provenance["data"] == {"source": "plans", "path": "theirs.jsonl"}
    assert result.not_computed["layout/pgd"] == "fewer than 100 plans"
    assert result.per_seed["0"]["layout/area_w1"] == 0
    table = read_sample_table(table_path(tmp_path, "mine"))
    assert table.columns["is_accessible"].tolist() == [True, False]


def test_what_is_up_to_date_is_not_computed_again(tmp_path, reference):
    evaluate_plans(named(GOOD), reference, tmp_path)
    before = (tmp_path / "mine.json").read_bytes()
    again = evaluate_plans(named(GOOD), reference, tmp_path)
    assert not again.is_new
    assert again.action == "up to date"
    assert (tmp_path / "mine.json").read_bytes() == before
    assert evaluate_plans(named(GOOD), reference, tmp_path, force=True).is_new
    assert evaluate_plans(named(BAD, sha="def"), reference, tmp_path).computed


def test_other_references_or_scales_are_other_numbers(tmp_path, reference):
    evaluate_plans(named(GOOD), reference, tmp_path)
    done = evaluate_plans(named(GOOD), without_reference(), tmp_path)
    assert "layout/area_w1" in done.result.not_computed
    assert any("no reference plans" in note for note in done.notes)
    larger = dataclasses.replace(named(GOOD), scale=0.1)
    done = evaluate_plans(larger, without_reference(), tmp_path)
    assert done.result.per_seed["0"]["layout/living_area"] == pytest.approx(36)


def test_metrics_asked_for_by_name_leave_the_others_as_they_are(tmp_path, reference):
    first = evaluate_plans(named(GOOD), reference, tmp_path, names=["layout/corners"])
    assert set(first.result.metric_versions) == {"layout_outline"}
    done = evaluate_plans(named(GOOD), reference, tmp_path)
    assert "layout_outline" in done.kept
    assert done.result.per_seed["0"]["layout/corners"] == 4
    assert next(iter(done.result.per_seed["0"])) == "layout/access"
    assert read_sample_table(table_path(tmp_path, "mine")).columns["corners"].tolist() == [4]


def test_neither_reserved_names_nor_results_of_samples_are_taken(tmp_path, reference):
    with pytest.raises(InputError, match="reserved for held-out plans"):
        evaluate_plans(named(GOOD, name="real_held_out"), reference, tmp_path)
    kinds = {"config": {}, "per_seed": {}, "summary": {}}
    other = {"format_version": 2, "method": "mine", "timestamp": "2026", **kinds}
    (tmp_path / "mine.json").write_text(json.dumps(other))
    with pytest.raises(InputError, match="is no result of plans"):
        evaluate_plans(named(GOOD), reference, tmp_path)


def test_reference_and_held_out_plans_come_from_a_data_set(tmp_path):
    data = DataConfig(num_plans=60, cache_dir=str(tmp_path / "cache"))
    references = References(data)
    found = of_data(data, references)
    assert found.statistics.num_plans == len(references.dataset(data).train)
    assert found.data["source"] == "synthetic"
    real = held_out(data, references, 1000)
    test = references.dataset(data).test
    assert len(real.plans) == len(test)
    assert real.notes == (f"only {len(test)} held-out plans have boxes",)
    done = evaluate_plans(real, found, tmp_path)
    assert done.path.name == "real_held_out.json"
    assert done.result.per_seed["0"]["layout/area_w1"] > 0
    assert held_out(data, references, 2).sha256 != real.sha256


def test_data_without_boxes_are_no_reference(tmp_path):
    line = {"rooms": [{"type": "Kitchen"}, {"type": "Bathroom"}], "relations": [[0, 1, "above"]]}
    path = tmp_path / "plans.jsonl"
    path.write_text("".join(json.dumps({"id": str(k), **line}) + "\n" for k in range(5)))
    data = DataConfig("plans", path=str(path), cache_dir=str(tmp_path / "cache"))
    with pytest.raises(InputError, match="no plan there has boxes"):
        of_data(data, References(data))


def test_reference_plans_are_measured_once(tmp_path, monkeypatch):
    data = DataConfig(num_plans=60, cache_dir=str(tmp_path / "cache"))
    first = of_data(data, References(data))
    fits = []
    monkeypatch.setattr(PlanReference, "fit", lambda *args: fits.append(args))
    again = of_data(data, References(data))
    assert fits == []
    assert again.statistics.num_plans == first.statistics.num_plans
    for metric in select_metrics(None, "plans"):
        ours, theirs = again.statistics.statistics(metric), first.statistics.statistics(metric)
        assert set(ours) == set(theirs)
        assert all(np.array_equal(ours[name], theirs[name]) for name in ours)


def test_a_damaged_cache_file_is_made_again(tmp_path):
    data = DataConfig(num_plans=60, cache_dir=str(tmp_path / "cache"))
    of_data(data, References(data))
    (path,) = (tmp_path / "cache" / "references").glob("plan-reference-*.npz")
    path.write_bytes(path.read_bytes()[:100])
    assert of_data(data, References(data)).statistics.num_plans
    assert path.stat().st_size > 100


def test_plans_in_other_words_than_the_reference_are_refused(tmp_path, reference):
    words = dataclasses.replace(
        RPLAN, room_types=RPLAN.room_types[:12], name="fewer", never_inside=()
    )
    boxes = np.array([[0, 0, 60, 60]])
    plans = (LaidOut("a", Diagram((0,), words=words), boxes),)
    other = NamedPlans("mine", plans, None, "abc", "mine.jsonl")
    with pytest.raises(InputError, match="mine: is in the words of fewer"):
        evaluate_plans(other, reference, tmp_path)
    done = evaluate_plans(other, without_reference(), tmp_path)
    assert done.result.per_seed["0"]["layout/access"] == 1
    assert done.result.not_computed["layout/bath_area"] == "no plan has a Bathroom"
