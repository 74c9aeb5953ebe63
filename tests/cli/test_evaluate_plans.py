import json

import pytest

from bd_gen.cli.evaluate_plans import parted
from bd_gen.cli.main import cli, run

ROOMS = [
    {"type": "LivingRoom", "box": [0, 0, 60, 60]},
    {"type": "MasterRoom", "box": [64, 0, 120, 60]},
]


@pytest.fixture
def mine(tmp_path):
    path = tmp_path / "mine.jsonl"
    path.write_text("".join(json.dumps({"id": str(k), "rooms": ROOMS}) + "\n" for k in range(3)))
    return path


@pytest.fixture
def bd_gen(capsys):
    """Runs the command line in this process: exit code, and all that it says."""

    def call(*words):
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            run(cli, "bd-gen", [str(word) for word in words])
        return ended.value.code, "".join(capsys.readouterr())

    return call


def test_a_file_of_plans_is_measured_compared_and_reported(bd_gen, mine, tmp_path):
    code, said = bd_gen("evaluate", mine, "--results", tmp_path, "--update-comparison")
    assert code == 0, said
    folder = tmp_path / "plans"
    assert json.loads((folder / "mine.json").read_text())["per_seed"]["0"]["layout/corners"] == 4
    assert "Every room reached" in (folder / "comparison.md").read_text()
    assert "no reference plans" in said
    code, said = bd_gen("report", "--schedule", "plans", "--results", tmp_path)
    assert code == 0, said
    page = (folder / "report.html").read_text()
    assert "Layouts" in page
    assert "Outline corners" in page
    assert "Histograms" not in page  # there are no samples
    assert f"evaluate --schedule plans --results {tmp_path} --force {mine}" in page


def test_plans_are_measured_against_others(bd_gen, mine, tmp_path):
    code, said = bd_gen(
        "evaluate",
        mine,
        "--results",
        tmp_path,
        "--schedule",
        "a",
        "--against",
        mine,
        "--scale",
        "0.1",
    )
    assert code == 0, said
    result = json.loads((tmp_path / "a" / "mine.json").read_text())
    assert result["provenance"]["data"] == {"source": "plans", "path": str(mine)}
    assert result["provenance"]["metres_per_pixel"] == 0.1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--model", "a"], "--model: is of samples"),
        (["--published"], "--published: is of samples"),
        (["--realizable", "5"], "--realizable: is of samples"),
        (["--real"], "--real: needs the data"),
        (["--metric", "eval/pgd"], "is of samples"),
        (["--scale", "-1"], "scale: expected metres per pixel"),
        (["--against", "nowhere.jsonl"], "nowhere.jsonl"),
    ],
)
def test_what_binds_nothing_or_cannot_be_is_refused(bd_gen, mine, tmp_path, words, message):
    code, said = bd_gen("evaluate", mine, "--results", tmp_path, *words)
    assert code == 2
    assert message in said
    assert not (tmp_path / "plans").exists()


def test_options_of_plans_are_refused_without_plans(bd_gen, tmp_path):
    code, said = bd_gen("evaluate", "--results", tmp_path, "--against", "a.jsonl")
    assert code == 2
    assert "are of files of plans" in said


def test_a_file_that_cannot_be_used_does_not_stop_the_others(bd_gen, mine, tmp_path):
    bad, empty = tmp_path / "bad.jsonl", tmp_path / "empty.jsonl"
    bad.write_text("{")
    relations = {"rooms": [{"type": "Kitchen"}], "relations": []}
    empty.write_text(json.dumps({"id": "1", **relations}) + "\n")
    code, said = bd_gen("evaluate", bad, empty, mine, "--results", tmp_path)
    assert code == 2
    assert "bad.jsonl" in said
    assert "empty.jsonl: no plan has boxes" in said
    assert (tmp_path / "plans" / "mine.json").exists()


def test_two_files_of_one_name_are_refused(bd_gen, mine, tmp_path):
    (tmp_path / "other").mkdir()
    twin = tmp_path / "other" / "mine.jsonl"
    twin.write_bytes(mine.read_bytes())
    code, said = bd_gen("evaluate", mine, twin, "--results", tmp_path)
    assert code == 2
    assert "has the name mine already" in said


def test_files_are_told_from_overrides(mine, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    odd = tmp_path / "a=b.jsonl"
    odd.write_text("")
    files, overrides = parted([str(mine), "data=plans", "a=b.jsonl", "gone.jsonl", "data.path=x"])
    assert [file.name for file in files] == ["mine.jsonl", "a=b.jsonl", "gone.jsonl"]
    assert overrides == ["data=plans", "data.path=x"]
