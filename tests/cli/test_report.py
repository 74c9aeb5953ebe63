import json
from html import unescape
from pathlib import Path

import pytest
from click.testing import CliRunner

from bd_gen.cli.main import cli

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


def test_the_page_goes_beside_the_results(results: Path) -> None:
    done = CliRunner().invoke(cli, ["report"])
    assert done.exit_code == 0, done.output
    assert "1 row, " in done.output
    assert "eval_results/loglinear/report.html" in done.output
    assert "0.2500" in (results / "report.html").read_text()


def test_the_page_can_go_elsewhere_and_says_how_to_make_it(results: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["report", "--schedule", "loglinear", "--out", "x/my page.html"])
    assert done.exit_code == 0, done.output
    page = (tmp_path / "x" / "my page.html").read_text()
    command = "bd-gen report --schedule loglinear --results eval_results --out 'x/my page.html"
    assert command in unescape(page)
    assert not (results / "report.html").exists()


def test_a_damaged_result_is_named_and_left_out(results: Path) -> None:
    (results / "b.json").write_text("{")
    done = CliRunner().invoke(cli, ["report"])
    assert done.exit_code == 2
    assert "b.json: is not JSON" in done.output
    assert "b.json: is not JSON" in (results / "report.html").read_text()


def test_unlike_results_bring_a_warning(results: Path) -> None:
    (results / "b.json").write_text(json.dumps(FIELDS | {"per_seed": {"1": {}}}))
    done = CliRunner().invoke(cli, ["report"])
    assert done.exit_code == 0
    assert "warning: the columns have different numbers of samples or seeds" in done.output


def test_a_folder_that_is_not_there_is_one_line(results: Path) -> None:
    done = CliRunner().invoke(cli, ["report", "--schedule", "cosine"])
    assert done.exit_code != 0
    assert "no such results directory; eval_results holds loglinear" in str(done.exception)
