import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bd_gen.cli.main import cli, run
from bd_gen.data.dataset import DataConfig, load_dataset
from bd_gen.results.samples_file import Samples, SeedSamples, samples_path, write_samples

DATA = DataConfig(num_plans=300)

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def bd_gen(capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs the command line in this process: exit code, output, errors."""

    def call(*words: str | Path) -> tuple[int, str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            run(cli, "bd-gen", [str(word) for word in words])
        out, err = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, out, err

    return call


def save(directory: Path, method: str, num_samples: int = 10) -> Path:
    """Samples of a method: bootstrapped training plans of DATA."""
    dataset = load_dataset(DATA)
    per_seed = {}
    for seed in (42, 123):
        rows = np.random.default_rng(seed).choice(dataset.train, num_samples)
        per_seed[seed] = SeedSamples(rows, rows != dataset.vocabulary.pad_row)
    provenance = {
        "data": {"source": "synthetic", "num_plans": 300},
        "data_fingerprint": dataset.fingerprint,
        "timestamp": "2026-03-01T12:00:00",
    }
    config = {"sampling_steps": 100}
    samples = Samples(method, 8, (42, 123), num_samples, config, provenance, per_seed)
    path = samples_path(directory, method)
    write_samples(path, samples)
    return path


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A results directory with samples of two methods, in the current directory."""
    monkeypatch.chdir(tmp_path)
    for method in ("random_topp0.9_no_remask", "llada_topp0.9_no_remask"):
        save(tmp_path / "eval_results" / "loglinear", method)
    return tmp_path / "eval_results" / "loglinear"


def names(directory: Path, ending: str) -> list[str]:
    return sorted(path.name for path in directory.glob(f"*{ending}"))


def test_all_methods_are_evaluated(results: Path, bd_gen: Command) -> None:
    code, out, err = bd_gen("evaluate", "--schedule", "loglinear")
    assert (code, err) == (0, "")
    written = ["llada_topp0.9_no_remask.json", "random_topp0.9_no_remask.json"]
    assert names(results, ".json") == written
    assert "random_topp0.9_no_remask: eval_results/loglinear/random_topp0.9_no_remask.json" in out
    assert "Validity ↑" in out
    assert names(results, ".md") == []


def test_one_method_is_evaluated(results: Path, bd_gen: Command) -> None:
    assert bd_gen("evaluate", "--model", "llada_topp0.9_no_remask")[0] == 0
    assert names(results, ".json") == ["llada_topp0.9_no_remask.json"]


def test_the_comparison_is_updated_with_real_plans_first(results: Path, bd_gen: Command) -> None:
    code, out, err = bd_gen("evaluate", "--real", "--update-comparison")
    assert (code, err.count("\n")) == (0, 0)
    header = next(
        line for line in (results / "comparison.md").read_text().splitlines() if "|" in line
    )
    assert header == "|  | real_held_out | random_topp0.9_no_remask | llada_topp0.9_no_remask |"
    assert "3 columns: eval_results/loglinear/comparison.md" in out
    assert json.loads((results / "real_held_out.json").read_text())["config"]["num_samples"] == 10


def test_list_tells_what_there_is_and_writes_nothing(results: Path, bd_gen: Command) -> None:
    bd_gen("evaluate", "--model", "random_topp0.9_no_remask")
    before = sorted(results.iterdir())
    code, out, err = bd_gen("evaluate", "--list")
    assert (code, err) == (0, "")
    lines = [line.split() for line in out.splitlines()]
    assert lines[0] == ["method", "samples", "generated", "evaluated"]
    assert lines[1][:5] == ["random_topp0.9_no_remask", "2", "x", "10", "2026-03-01T12:00"]
    assert lines[2][-1] == "-"
    assert sorted(results.iterdir()) == before


def test_one_damaged_file_does_not_stop_the_rest(results: Path, bd_gen: Command) -> None:
    path = results / "random_topp0.9_no_remask_samples.pt"
    path.write_bytes(path.read_bytes()[:-500])
    code, out, err = bd_gen("evaluate", "--update-comparison")
    assert code == 2
    assert err.count("\n") == 1
    assert "random_topp0.9_no_remask_samples.pt: is damaged or cut short" in err
    assert names(results, ".json") == ["llada_topp0.9_no_remask.json"]
    assert "1 columns" in out
    assert bd_gen("evaluate", "--list")[0] == 2
    (results / "llada_topp0.9_no_remask.json").unlink()
    code, _, err = bd_gen("evaluate", "--fail-fast")
    assert (code, err.count("\n")) == (2, 1)
    assert names(results, ".json") == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--model", "lada_topp0.9_no_remask"], "did you mean llada_topp0.9_no_remask"),
        (
            ["--schedule", "linear"],
            "linear: there is no such results directory; eval_results holds",
        ),
        (["--results", "nowhere"], "nowhere/loglinear: there is no such results directory"),
        (["data=plns"], "data.source: expected one of"),
        (["date.path=x"], "date.path=x: expected data=SOURCE or data.FIELD=VALUE"),
        (["--modle", "x"], "--modle"),
        (["data=plans", "data.path=nowhere.jsonl"], "nowhere.jsonl"),
    ],
)
def test_what_is_wrong_is_one_line(
    results: Path, bd_gen: Command, words: list[str], message: str
) -> None:
    before = sorted(results.iterdir())
    code, out, err = bd_gen("evaluate", "--fail-fast", *words)
    assert (code, out) == (2, "")
    assert message in err
    assert err.startswith("bd-gen")
    assert err.count("\n") == 1
    assert sorted(results.iterdir()) == before


def test_without_samples_there_is_nothing_to_do(tmp_path: Path, bd_gen: Command) -> None:
    (tmp_path / "loglinear").mkdir()
    code, _, err = bd_gen("evaluate", "--results", tmp_path)
    assert code == 2
    assert "holds no samples to evaluate" in err


def test_other_data_can_be_named_and_are_told(results: Path, bd_gen: Command) -> None:
    code, _, err = bd_gen("evaluate", "data.num_plans=200")
    assert code == 0
    assert err.count("but the samples were made for data") == 2
    _, _, err = bd_gen("compare")
    assert "was generated for data" in err


def test_the_script_is_the_same_command(results: Path) -> None:
    script = Path(__file__).parents[2] / "scripts" / "evaluate.py"
    command = [sys.executable, str(script), "--schedule", "loglinear", "--list"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ)
    assert "llada_topp0.9_no_remask" in done.stdout


def test_neither_torch_nor_hydra_nor_rich_is_imported(results: Path) -> None:
    code = (
        "import sys; from bd_gen.cli.main import cli, run\n"
        "try: run(cli, 'bd-gen', ['evaluate', '--update-comparison'])\n"
        "except SystemExit as end: assert end.code == 0\n"
        "assert not {'torch', 'hydra', 'omegaconf', 'rich', 'matplotlib'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, env=os.environ)
