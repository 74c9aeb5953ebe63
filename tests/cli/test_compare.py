import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from bd_gen.cli.compare import command
from bd_gen.errors import InputError

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
        assert list(csv.reader(file))[1] == ["a", "eval/node_js", "0.25", "0.0"]


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


def test_the_script_tabulates_the_published_files(dev_data: Path, tmp_path: Path) -> None:
    shutil.copytree(dev_data / "reference" / "results", tmp_path / "r" / "loglinear")
    script = Path(__file__).parents[2] / "scripts" / "compare.py"
    run = [sys.executable, str(script), "--schedule", "loglinear", "--results", str(tmp_path / "r")]
    done = subprocess.run(run, capture_output=True, text=True, check=True)
    assert "23 columns" in done.stdout
    assert done.stderr == ""
