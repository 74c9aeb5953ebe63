from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.generation.checkpoints import DATA, saved

from bd_gen.cli import demo
from bd_gen.data.dataset import DataConfig, load_dataset

METHODS = {
    "first_hitting_temp1.0_no_remask_sweep2",
    "random_topp0.9_no_remask",
    "llada_topp0.9_no_remask",
}
YARDSTICKS = {"real_held_out", "baseline_memoriser", "baseline_marginals"}


@pytest.fixture
def small_demo(monkeypatch, tmp_path):
    fingerprint = load_dataset(DataConfig(**DATA)).fingerprint
    path = saved(tmp_path, "small.pt", data_fingerprint=fingerprint)
    monkeypatch.setattr(demo, "CHECKPOINT", str(path))
    monkeypatch.setattr(demo, "SEEDS", (1,))
    monkeypatch.setattr(demo, "NUM_SAMPLES", 5)


def run(folder: Path) -> str:
    result = CliRunner().invoke(demo.command, ["--dir", str(folder)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_demo_makes_everything_and_then_only_what_is_missing(small_demo, tmp_path):
    folder = tmp_path / "demo"
    output = run(folder)
    results = folder / "eval_results" / "loglinear"
    found = {path.name.removesuffix("_samples.pt") for path in results.glob("*_samples.pt")}
    assert found == METHODS | YARDSTICKS
    for method in found:
        assert (results / f"{method}.json").exists()
        assert method in output
    comparison = (results / "comparison.md").read_text()
    header = next(line for line in comparison.splitlines() if line.startswith("|"))
    assert header.startswith("|  | real_held_out |")
    assert "first_hitting" in (results / "report.html").read_text()
    assert (folder / "plans.png").read_bytes().startswith(b"\x89PNG")
    kept = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    (results / "llada_topp0.9_no_remask.json").unlink()

    again = run(folder)

    assert again.count("already complete") == 3
    assert again.count("(up to date)") == 5
    changed = {p for p, time in kept.items() if p.exists() and p.stat().st_mtime_ns != time}
    assert {path.name for path in changed} == {
        "comparison.md",
        "report.html",
        "llada_topp0.9_no_remask.json",
        "llada_topp0.9_no_remask_per_sample.parquet",
    }


def test_the_demo_samples_the_bundled_checkpoint():
    assert demo.CHECKPOINT == "bundled"
