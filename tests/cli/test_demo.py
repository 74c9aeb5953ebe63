from pathlib import Path

import pytest
from click.testing import CliRunner

from bd_gen.cli import demo


@pytest.fixture
def small_demo(monkeypatch):
    monkeypatch.setattr(demo, "NUM_PLANS", 300)
    monkeypatch.setattr(
        demo, "TRAINING", ("model=tiny", "training.steps=6", "training.warmup_steps=2")
    )
    monkeypatch.setattr(demo, "NUM_SAMPLES", 12)


def run(folder: Path) -> str:
    result = CliRunner().invoke(demo.command, ["--dir", str(folder)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_demo_makes_everything_and_then_only_what_is_missing(small_demo, tmp_path):
    folder = tmp_path / "demo"
    output = run(folder)
    results = folder / "eval_results" / "loglinear"
    methods = {path.name.removesuffix("_samples.pt") for path in results.glob("*_samples.pt")}
    assert methods == {
        "first_hitting_temp1.0_no_remask",
        "random_topp0.9_no_remask",
        "llada_topp0.9_no_remask",
    }
    for method in methods:
        assert (results / f"{method}.json").exists()
        assert method in output
    comparison = (results / "comparison.md").read_text()
    assert comparison.index("real_held_out") < comparison.index("first_hitting")
    assert (folder / "diagrams.png").read_bytes().startswith(b"\x89PNG")
    kept = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    (results / "llada_topp0.9_no_remask.json").unlink()

    again = run(folder)

    assert "already trained" in again
    assert again.count("already complete") == 3
    assert again.count("evaluated ") == 1
    changed = {p for p, time in kept.items() if p.exists() and p.stat().st_mtime_ns != time}
    assert changed == {results / "comparison.md", results / "llada_topp0.9_no_remask.json"}
