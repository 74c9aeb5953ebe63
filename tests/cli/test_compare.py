import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from bd_gen.cli.compare import command
from bd_gen.data.dataset import DataConfig, load_dataset
from bd_gen.results.samples_file import Samples, SeedSamples, samples_path, write_samples
from bd_gen.system.errors import InputError

DATA = DataConfig(num_plans=300)

FIELDS = {
    "format_version": 2,
    "method": "a",
    "timestamp": "2026-02-19T17:46:48",
    "config": {"num_samples": 10},
    "per_seed": {"42": {"eval/node_js": 0.25}},
    "summary": {"eval/node_js": {"mean": 0.25, "std": 0.0}},
}


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    directory = tmp_path / "eval_results" / "loglinear"
    directory.mkdir(parents=True)
    (directory / "a.json").write_text(json.dumps(FIELDS))
    return directory


def test_the_table_is_written_and_its_main_rows_are_printed(results: Path) -> None:
    done = CliRunner().invoke(command, [])
    assert done.exit_code == 0
    assert "Room types JS ↓" in done.output
    assert "1 columns: eval_results/loglinear/comparison.md" in done.output
    assert "## Graph Structure" in (results / "comparison.md").read_text()


def test_files_can_be_put_elsewhere(results: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(command, ["--out", "table.md", "--csv", "x/numbers.csv"])
    assert done.exit_code == 0
    assert (tmp_path / "table.md").exists()
    assert not (results / "comparison.md").exists()
    with (tmp_path / "x" / "numbers.csv").open() as file:
        assert list(csv.reader(file))[1][:4] == ["a", "eval/node_js", "0.25", "0.0"]


def test_unlike_columns_are_told(results: Path) -> None:
    (results / "b.json").write_text(json.dumps(FIELDS | {"config": {"num_samples": 5}}))
    done = CliRunner().invoke(command, [])
    assert done.exit_code == 0
    assert "warning: the columns have different numbers of samples" in done.stderr
    assert "different numbers of samples" in (results / "comparison.md").read_text()


def test_a_file_that_is_no_json_is_named_and_left_out(results: Path) -> None:
    (results / "b.json").write_text("{")
    done = CliRunner().invoke(command, [])
    assert done.exit_code == 2
    assert "b.json: is not JSON" in done.stderr
    assert "1 columns" in done.output


def test_a_missing_directory_is_an_error_for_people(results: Path) -> None:
    with pytest.raises(InputError, match="eval_results/linear: there is no such results dir"):
        CliRunner().invoke(command, ["--schedule", "linear"], catch_exceptions=False)


def save(directory: Path, method: str, seed: int) -> None:
    """Samples of a method: bootstrapped training plans of built-in data."""
    dataset = load_dataset(DATA)
    rows = np.random.default_rng(seed).choice(dataset.train, 20)
    per_seed = {s: SeedSamples(rows, rows != dataset.vocabulary.pad_row) for s in (42, 123)}
    provenance = {
        "data": {"num_plans": 300, "split": "canonical"},
        "data_fingerprint": dataset.fingerprint,
    }
    samples = Samples(method, 8, (42, 123), 20, {}, provenance, per_seed)
    write_samples(samples_path(directory, method), samples)


def test_two_methods_are_compared_in_pairs(results: Path, tmp_path: Path) -> None:
    save(results, "first", 1)
    save(results, "second", 2)
    arguments = ["first", "second", "--out", "table.md", "--csv", "numbers.csv"]
    done = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert done.exit_code == 0
    told = done.stderr.splitlines()  # of so few samples there is no PolyGraph discrepancy
    assert [line.partition(": n/a")[0] for line in told] == [
        f"bd-gen: warning: {name}" for name in ("first", "second")
    ]
    lines = done.stdout.splitlines()
    assert lines[:2] == ["A  first", "B  second"]
    assert any(line.startswith("Room types JS ↓") and "tied" in line for line in lines)
    assert (tmp_path / "table.md").read_text().startswith("# first (A) and second (B)\n")
    with (tmp_path / "numbers.csv").open() as file:
        assert next(csv.DictReader(file))["key"] == "eval/validity_rate"
    assert not list(results.glob("comparison.md"))
    by_file = [str(samples_path(results, "first")), "second"]
    assert CliRunner().invoke(command, by_file).stdout.startswith("A  first\nB  second")


def test_unlike_methods_are_told(results: Path) -> None:
    save(results, "first", 1)
    save(results, "second", 2)
    done = CliRunner().invoke(command, ["first", "second", "data.num_plans=200"])
    assert done.exit_code == 0
    assert done.stderr.count("but the samples were made for data") == 2


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["first"], "first: expected two methods to compare, or none"),
        (["first", "b", "c"], "first b c: expected two methods to compare, or none"),
        (["first", "frist"], "did you mean first"),
        (["first", "a"], "a: has a result in .*, but no samples"),
        (["first", "nowhere_samples.pt"], "nowhere_samples.pt"),
        (["data.num_plans=200"], "data.num_plans=200: data are only needed to compare two"),
        (["first", "first", "data=plns"], "data.source: expected one of"),
    ],
)
def test_what_is_wrong_is_told(results: Path, words: list[str], message: str) -> None:
    save(results, "first", 1)
    with pytest.raises(InputError, match=message):
        CliRunner().invoke(command, words, catch_exceptions=False)


def test_narrow_terminals_get_no_intervals(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    interval = {"low": 0.2, "high": 0.3, "se": 0.025, "from": "bootstrap"}
    (results / "a.json").write_text(json.dumps(FIELDS | {"ci95": {"eval/node_js": interval}}))
    monkeypatch.setenv("COLUMNS", "80")
    assert "0.2500\n" in CliRunner().invoke(command, []).output
    monkeypatch.setenv("COLUMNS", "120")
    assert "0.25 [0.20, 0.30]" in CliRunner().invoke(command, []).output


def test_a_flat_result_is_refused_by_name_and_the_others_go_on(results: Path) -> None:
    (results / "old.json").write_text(json.dumps({"eval/node_js": 0.5, "eval/diversity": 1.0}))
    done = CliRunner().invoke(command, [])
    assert done.exit_code == 2
    (line,) = (line for line in done.stderr.splitlines() if "old.json" in line)
    assert line.startswith("bd-gen: eval_results/loglinear/old.json: a flat result of format 1")
    assert "1 columns" in done.output


def test_result_files_are_compared_wherever_they_lie(results: Path, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two" / "deep"
    for folder, mean in ((one, 0.25), (two, 0.75)):
        folder.mkdir(parents=True)
        summary = {"eval/node_js": {"mean": mean, "std": 0.0}}
        (folder / "m.json").write_text(json.dumps(FIELDS | {"summary": summary}))
    before = sorted(tmp_path.rglob("*"))
    files = [str(one / "m.json"), str(two / "m.json")]
    done = CliRunner().invoke(command, files, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert sorted(tmp_path.rglob("*")) == before  # nothing is written unless asked for
    for name, number in ((one / "m", "0.2500"), (two / "m", "0.7500")):
        assert str(name) in done.output  # of one name, so told apart by their folders
        assert number in done.output
    asked = ["--out", "both.md", "--csv", "both.csv", "--primary-only"]
    done = CliRunner().invoke(command, [*files, *asked], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert "| Room types JS ↓ | **0.2500** | 0.7500 |" in Path("both.md").read_text()
    with Path("both.csv").open() as file:
        assert [line["mean"] for line in csv.DictReader(file)] == ["0.25", "0.75"]
    alone = CliRunner().invoke(command, [str(results / "a.json")], catch_exceptions=False)
    assert alone.exit_code == 0
    with pytest.raises(InputError, match=r"nowhere\.json: cannot be read"):
        CliRunner().invoke(command, [files[0], "nowhere.json"], catch_exceptions=False)


def test_primary_only_has_the_main_rows_and_no_other_table(results: Path) -> None:
    assert CliRunner().invoke(command, []).exit_code == 0
    whole = (results / "comparison.md").read_text()
    assert CliRunner().invoke(command, ["--primary-only"]).exit_code == 0
    text = (results / "comparison.md").read_text()
    assert [line for line in text.splitlines() if line.startswith("## ")] == ["## Main rows"]
    assert whole.startswith(text.rstrip("\n"))  # the rest is left out, nothing else


SEEDS = {"42": {"eval/node_js": 0.24}, "123": {"eval/node_js": 0.26}}


def test_the_seeds_deviation_is_shown_where_it_is_asked_for(
    results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    summary = {"eval/node_js": {"mean": 0.25, "std": 0.01}}
    (results / "a.json").write_text(json.dumps(FIELDS | {"per_seed": SEEDS, "summary": summary}))
    # Student's t of two values: 12.7 standard errors of 0.01.
    shown = {"interval": "0.25 [0.12, 0.38]", "std": "0.250 +/- 0.010"}
    for spread, cell in shown.items():
        done = CliRunner().invoke(command, ["--spread", spread])
        assert cell in done.output
        text = (results / "comparison.md").read_text()
        assert text.count(cell) == 2  # among the main rows and in the family
        assert not any(other in text for other in shown.values() if other != cell)


def test_the_script_tabulates_the_published_files(dev_data: Path, tmp_path: Path) -> None:
    shutil.copytree(dev_data / "reference" / "results", tmp_path / "r" / "loglinear")
    script = Path(__file__).parents[2] / "scripts" / "compare.py"
    run = [sys.executable, str(script), "--schedule", "loglinear", "--results", str(tmp_path / "r")]
    done = subprocess.run(run, capture_output=True, text=True, check=True)
    assert "23 columns" in done.stdout
    text = (tmp_path / "r" / "loglinear" / "comparison.md").read_text()
    assert "99.7 +/- 0.2 %" in text  # as the published table has it
    assert done.stderr == ""
