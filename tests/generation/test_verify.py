"""Verification of directories: real samples of a small model, evaluated, then meddled with."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from tests.generation.suite_models import DATA, model_of_plans

from bd_gen.data.dataset import DataConfig
from bd_gen.generation.job import GenerationJob, generate
from bd_gen.generation.verify import MethodCheck, verify_against, verify_directory
from bd_gen.results.evaluate import evaluate_method
from bd_gen.results.references import References
from bd_gen.results.samples_file import read_samples, samples_path, write_samples
from bd_gen.sampling.method import Method
from bd_gen.system.errors import InputError

NAME = "random_temp1.0_no_remask"


@pytest.fixture(scope="session")
def evaluated(tmp_path_factory) -> Path:
    """A directory with the samples and the result of one method; not to be changed."""
    folder = tmp_path_factory.mktemp("verify")
    path = model_of_plans(folder / "model.pt")
    job = GenerationJob(path, Method("random", steps=5), folder / "loglinear", (1, 2, 3), 40)
    generate(replace(job, device="cpu"))
    evaluate_method(job.path, References(), names=("validity", "distribution", "transitivity"))
    return job.directory


@pytest.fixture
def directory(evaluated, tmp_path) -> Path:
    """A copy that can be changed."""
    return Path(shutil.copytree(evaluated, tmp_path / "loglinear"))


@pytest.fixture(scope="session")
def known() -> References:
    return References()


@pytest.fixture(autouse=True)
def few_metrics(monkeypatch):
    """Three metrics are enough here, and a new one; all of them take seconds."""
    from bd_gen.generation import verify
    from bd_gen.metrics.registry import select_metrics

    names = ("validity", "distribution", "transitivity", "diversity", "realizable")
    measure = verify.measure
    monkeypatch.setattr(
        verify,
        "measure",
        lambda t, s, progress, asking: measure(t, s, select_metrics(names), progress, asking),
    )


def only(checks: list[MethodCheck]) -> MethodCheck:
    (check,) = checks
    return check


def kinds(check: MethodCheck) -> dict[str, str]:
    return {one.key: one.kind for one in check.checks}


def edit(directory: Path, change) -> None:
    path = directory / f"{NAME}.json"
    fields = json.loads(path.read_text())
    change(fields)
    path.write_text(json.dumps(fields))


def test_what_was_evaluated_comes_out_again(directory, known):
    calls = []
    check = only(verify_directory(directory, known, progress=lambda *call: calls.append(call)))
    assert (check.method, check.tokens, check.problem, check.notes) == (NAME, "same", "", ())
    found = kinds(check)
    assert found["eval/validity_rate"] == found["eval/node_js"] == "identical"
    assert found["validity_by_num_rooms/7/overall"] == "identical"
    assert found["eval/diversity"] == "new"
    assert set(found.values()) == {"identical", "new"}
    assert calls == sorted(calls)
    assert calls[-1] == (120, 120)


def test_layouts_are_asked_for_as_many_samples_as_before(directory, known):
    path = samples_path(directory, NAME)
    for rows in (3, "all"):
        evaluate_method(path, known, names=("realizable",), realizable_rows=rows)
        found = kinds(only(verify_directory(directory, known)))
        assert found["eval/realizable_rate"] == "identical"
        assert found["eval/realizable_num_asked"] == "identical"

    def fewer(fields):
        fields["provenance"]["realizable_rows"] = 5

    edit(directory, fewer)
    found = kinds(only(verify_directory(directory, known)))
    assert found["eval/realizable_num_asked"] == "differs"


def test_layouts_of_other_numbers_of_samples_are_not_held_against_each_other(
    directory, known, tmp_path
):
    other = Path(shutil.copytree(directory, tmp_path / "other"))
    for place, rows in ((directory, 3), (other, 9)):
        evaluate_method(
            samples_path(place, NAME), known, names=("realizable",), realizable_rows=rows
        )
    found = kinds(only(verify_against(directory, other)))
    assert found["eval/realizable_num_asked"] == "other version"
    others = {kind for key, kind in found.items() if "realizable" not in key}
    assert others == {"identical"}
    assert set(found.values()) == {"other version", "identical"}


def test_nothing_is_written(directory, known):
    before = {path: path.read_bytes() for path in directory.iterdir()}
    verify_directory(directory, known)
    assert {path: path.read_bytes() for path in directory.iterdir()} == before


def test_a_number_that_was_changed_differs(directory, known):
    def change(fields):
        fields["per_seed"]["2"]["eval/node_js"] += 1e-6

    edit(directory, change)
    check = only(verify_directory(directory, known))
    (wrong,) = [one for one in check.checks if one.kind == "differs"]
    assert wrong.key == "eval/node_js"


def test_a_mean_that_was_changed_differs(directory, known):
    def change(fields):
        fields["summary"]["eval/validity_rate"]["mean"] = 0.5

    edit(directory, change)
    check = only(verify_directory(directory, known))
    (wrong,) = [one for one in check.checks if one.kind == "differs"]
    assert (wrong.key, wrong.where, wrong.stored) == ("eval/validity_rate", "mean", 0.5)


def test_an_interval_that_was_changed_differs(directory, known):
    def change(fields):
        fields["ci95"]["eval/node_js"]["low"] -= 0.01

    edit(directory, change)
    check = only(verify_directory(directory, known))
    (wrong,) = [one for one in check.checks if one.kind == "differs"]
    assert (wrong.key, wrong.where) == ("eval/node_js", "low")


def test_old_results_without_a_hash_are_known_by_their_numbers(directory, known):
    def as_published(fields):
        del fields["provenance"], fields["ci95"]
        fields["per_seed"]["1"]["eval/validity_rate"] = 0.123

    edit(directory, as_published)
    check = only(verify_directory(directory, known))
    assert check.tokens == "same"
    assert kinds(check)["eval/validity_rate"] == "differs"


def draw_again(directory: Path, evaluated: Path, **changes: object) -> None:
    """Samples of other seeds under the old names, as if another program had drawn them."""
    model, folder = evaluated.parent / "model.pt", directory.parent / "x"
    job = GenerationJob(model, Method("random", steps=5), folder, (4, 5, 6), 40)
    generate(replace(job, device="cpu", **changes))
    other = read_samples(samples_path(job.directory, NAME))
    renamed = dict(zip((1, 2, 3), other.per_seed.values(), strict=True))
    write_samples(samples_path(directory, NAME), replace(other, seeds=(1, 2, 3), per_seed=renamed))


def test_samples_drawn_again_are_within_the_spread(directory, evaluated, known):
    draw_again(directory, evaluated)
    check = only(verify_directory(directory, known))
    assert check.tokens == "regenerated"
    assert check.count("differs") == 0
    assert check.count("within") > 10
    assert all(one.bound for one in check.checks if one.kind == "within")


def test_samples_of_another_model_are_not(directory, evaluated, known):
    other = model_of_plans(directory.parent / "other.pt", seed=5)
    draw_again(directory, evaluated, checkpoint_path=other)
    check = only(verify_directory(directory, known))
    assert check.tokens == "regenerated"
    assert check.count("differs") > 0


def test_other_data_are_said(directory):
    other = References(DataConfig(**DATA | {"num_plans": 200}))
    check = only(verify_directory(directory, other))
    assert any("the stored numbers were measured against data" in note for note in check.notes)
    assert check.tokens == "same"
    assert kinds(check)["eval/node_js"] == "differs"
    assert kinds(check)["eval/validity_rate"] == "identical"


def test_results_without_samples_are_checked_as_far_as_they_go(directory, known):
    samples_path(directory, NAME).unlink()
    check = only(verify_directory(directory, known))
    assert (check.tokens, check.checks, check.problem) == ("none", (), "")

    def change(fields):
        fields["summary"]["eval/validity_rate"]["std"] = 0.5

    edit(directory, change)
    assert only(verify_directory(directory, known)).count("differs") == 1


def test_damaged_files_are_problems(directory, known):
    path = samples_path(directory, NAME)
    path.write_bytes(path.read_bytes()[:500])
    check = only(verify_directory(directory, known))
    assert check.problem.startswith(str(path))
    (directory / f"{NAME}.json").write_text("{")
    assert only(verify_directory(directory, known)).problem


def test_samples_alone_are_no_result(directory, known):
    (directory / f"{NAME}.json").unlink()
    with pytest.raises(InputError, match="holds no result to verify"):
        verify_directory(directory, known)
    with pytest.raises(InputError, match="there is no such results directory"):
        verify_directory(directory.parent / "missing", known)


def test_a_method_by_name(directory, known):
    assert only(verify_directory(directory, known, [NAME])).method == NAME
    with pytest.raises(InputError, match=f"did you mean {NAME}"):
        verify_directory(directory, known, [f"{NAME}ing"])


# ---------------------------------------------------------------- two directories


@pytest.fixture
def other(evaluated, tmp_path) -> Path:
    return Path(shutil.copytree(evaluated, tmp_path / "other"))


def test_two_copies_agree(directory, other):
    check = only(verify_against(directory, other))
    assert check.tokens == "same"
    assert set(kinds(check).values()) == {"identical"}


def test_numbers_of_one_that_the_other_lacks(directory, other):
    def change(fields):
        for entry in fields["per_seed"].values():
            del entry["eval/node_js"]
        del fields["summary"]["eval/node_js"]

    edit(directory, change)
    assert kinds(only(verify_against(directory, other)))["eval/node_js"] == "new"
    assert kinds(only(verify_against(other, directory)))["eval/node_js"] == "not computed"


def test_a_method_that_only_one_has(directory, other):
    shutil.copy(directory / f"{NAME}.json", directory / "llada_temp1.0_no_remask.json")
    checks = verify_against(directory, other)
    assert [check.missing_in for check in checks] == ["", str(other)]
    checks = verify_against(other, directory)
    assert [check.missing_in for check in checks] == ["", str(other)]


def test_published_files_agree_with_themselves(dev_data):
    results = dev_data / "reference" / "results"
    checks = verify_against(results, results)
    assert len(checks) == 23
    for check in checks:
        assert check.tokens == "same"
        assert set(kinds(check).values()) == {"identical"}


def test_different_published_methods_differ(dev_data, tmp_path):
    results = dev_data / "reference" / "results"
    for folder, name in (("a", "llada_topp0.9_no_remask"), ("b", "random_topp0.9_no_remask")):
        (tmp_path / folder).mkdir()
        fields = json.loads((results / f"{name}.json").read_text())
        (tmp_path / folder / "m.json").write_text(json.dumps(fields))
    check = only(verify_against(tmp_path / "a", tmp_path / "b"))
    assert check.tokens == "regenerated"
    assert kinds(check)["eval/edge_js"] == "differs"
    assert kinds(check)["eval/num_training_modes"] == "identical"
