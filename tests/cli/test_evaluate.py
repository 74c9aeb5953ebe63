import contextlib
import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bd_gen.cli.main import cli, run
from bd_gen.data.dataset import DataConfig, load_dataset
from bd_gen.results.inventory import PUBLISHED
from bd_gen.results.sample_table import read_sample_table
from bd_gen.results.samples_file import (
    Samples,
    SeedSamples,
    read_samples,
    samples_path,
    write_samples,
)

DATA = DataConfig(num_plans=300)

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def bd_gen(capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs the command line in this process: exit code, output, errors."""

    def call(*words: str | Path) -> tuple[int, str, str]:
        if words[0] == "evaluate" and "--workers" not in words:
            words = (*words, "--workers", "1")
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
        "data": {"source": "synthetic", "num_plans": 300, "split": "canonical"},
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
    assert "metrics computed)" in out
    assert "Validity ↑" in out
    assert names(results, ".md") == []
    tables = ["llada_topp0.9_no_remask", "random_topp0.9_no_remask"]
    assert names(results, ".parquet") == [f"{name}_per_sample.parquet" for name in tables]


def test_a_second_time_only_what_is_new_is_computed(results: Path, bd_gen: Command) -> None:
    code, out, _ = bd_gen("evaluate", "--metric", "novelty", "--metric", "eval/node_js")
    assert code == 0
    assert out.count("(2 metrics computed)") == 2
    _, out, _ = bd_gen("evaluate", "--family", "distribution", "--metric", "novelty")
    assert out.count("refreshed, 2 kept)") == 2
    before = {path: path.stat().st_mtime_ns for path in results.iterdir()}
    _, out, _ = bd_gen("evaluate", "--metric", "novelty")
    assert out.count("(up to date)") == 2
    assert {path: path.stat().st_mtime_ns for path in results.iterdir()} == before
    _, out, _ = bd_gen("evaluate", "--metric", "novelty", "--force")
    assert out.count("(1 metric refreshed") == 2


def test_published_metrics_alone(results: Path, bd_gen: Command) -> None:
    model = "llada_topp0.9_no_remask"
    assert bd_gen("evaluate", "--published", "--model", model)[0] == 0
    versions = json.loads((results / f"{model}.json").read_text())["provenance"]["metric_versions"]
    assert set(versions) == set(PUBLISHED)


def test_more_samples_are_asked_for_a_layout(results: Path, bd_gen: Command) -> None:
    model = "llada_topp0.9_no_remask"
    asking = ("evaluate", "--metric", "realizable", "--model", model, "--realizable")
    for rows, asked, action in (
        ("3", 3, "1 metric computed"),
        ("2", 3, "up to date"),
        ("all", 10, "1 metric computed"),  # there is no other
    ):
        code, out, err = bd_gen(*asking, rows)
        assert (code, err) == (0, "")
        assert f"({action}" in out
        summary = json.loads((results / f"{model}.json").read_text())["summary"]
        assert summary["eval/realizable_num_asked"] == {"mean": asked, "std": 0}
        assert summary["eval/realizable_rate"] == {"mean": 1, "std": 0}  # they are plans
    assert "Realizable ↑" in out
    for nonsense in ("0", "-1", "some", "1.5", "٣", "1" * 30):
        code, _, err = bd_gen(*asking, nonsense)
        assert code == 2
        assert "expected a number of samples from 1 on, or all" in err


def test_without_or_tools_one_line_says_what_is_missing(
    results: Path, bd_gen: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ortools", None)
    line = "bd-gen: warning: metric 'realizable' needs ortools: pip install 'bd-gen[layout]'"
    code, out, err = bd_gen("evaluate", "--family", "validity")
    assert code == 0
    assert out.count("(2 metrics computed)") == 2
    assert err.count("\n") == 1
    assert err.startswith(line)
    assert bd_gen("evaluate", "--metric", "validity")[2] == ""
    code, _, err = bd_gen("evaluate", "--realizable", "all")
    assert code == 2
    assert "needs ortools: pip install 'bd-gen[layout]'" in err
    monkeypatch.undo()
    monkeypatch.chdir(results.parents[1])
    _, out, err = bd_gen("evaluate", "--family", "validity")
    assert out.count("(1 metric refreshed, 2 kept)") == 2
    assert err == ""


def test_several_processes_write_the_same(results: Path, bd_gen: Command) -> None:
    def written() -> dict:
        files = {path.name: json.loads(path.read_text()) for path in results.glob("*.json")}
        for fields in files.values():
            del fields["provenance"]["table_sha256"]  # of a file that holds the time
        return {name: fields | {"timestamp": ""} for name, fields in files.items()}

    some = ("--metric", "novelty", "--metric", "validity")
    _, alone_out, _ = bd_gen("evaluate", *some)
    alone = written()
    code, out, err = bd_gen("evaluate", "--force", "--workers", "2", *some)
    assert (code, err) == (0, "")
    assert written() == alone
    # In the order of the methods, whichever was done first.
    assert [line.split(" (")[0] for line in out.splitlines()[:2]] == [
        line.split(" (")[0] for line in alone_out.splitlines()[:2]
    ]


def test_baselines_and_real_plans_are_written_and_evaluated(results: Path, bd_gen: Command) -> None:
    code, out, _ = bd_gen("evaluate", "--real", "--baselines", "--metric", "novelty")
    assert code == 0
    order = [line.split(":")[0] for line in out.splitlines() if ": eval_results/" in line]
    yardsticks = ["real_held_out", "baseline_memoriser", "baseline_marginals"]
    assert order == [*yardsticks, "random_topp0.9_no_remask", "llada_topp0.9_no_remask"]
    for name in yardsticks:
        assert (results / f"{name}_samples.pt").exists()
        assert (results / f"{name}_per_sample.parquet").exists()
    memorised = json.loads((results / "baseline_memoriser.json").read_text())
    assert memorised["summary"]["eval/novelty"]["mean"] == 0.0
    # They are methods now: refreshed with the others.
    _, out, _ = bd_gen("evaluate", "--metric", "diversity")
    assert out.count("(1 metric refreshed, 1 kept)") == 5
    _, out, _ = bd_gen(
        "evaluate", "--real", "--model", "llada_topp0.9_no_remask", "--metric", "density"
    )
    assert out.count("(1 metric refreshed, 2 kept)") == 2


def test_one_method_is_evaluated(results: Path, bd_gen: Command) -> None:
    assert bd_gen("evaluate", "--model", "llada_topp0.9_no_remask")[0] == 0
    assert names(results, ".json") == ["llada_topp0.9_no_remask.json"]


def test_the_comparison_is_updated_with_real_plans_first(results: Path, bd_gen: Command) -> None:
    code, out, err = bd_gen("evaluate", "--real", "--update-comparison")
    assert code == 0
    assert "warning" in err or err == ""
    header = next(
        line for line in (results / "comparison.md").read_text().splitlines() if "|" in line
    )
    assert header == "|  | real_held_out | random_topp0.9_no_remask | llada_topp0.9_no_remask |"
    assert "3 columns: eval_results/loglinear/comparison.md" in out
    assert json.loads((results / "real_held_out.json").read_text())["config"]["num_samples"] == 10


def test_what_samples_were_measured_against_is_remembered(results: Path, bd_gen: Command) -> None:
    """As of published samples, which name no data."""
    method = "random_topp0.9_no_remask"
    path = samples_path(results, method)
    write_samples(path, dataclasses.replace(read_samples(path), provenance={}))
    (results / "llada_topp0.9_no_remask_samples.pt").unlink()
    asked = ("evaluate", "--metric", "diversity", "--update-comparison")
    code, _, err = bd_gen(*asked)
    assert code == 2
    assert "data" in err
    data = ("data=synthetic", "data.num_plans=300", "data.split=identical")
    assert bd_gen(*asked, *data)[0] == 0
    before = json.loads((results / f"{method}.json").read_text())
    more = ("evaluate", "--metric", "novelty", "--update-comparison")
    code, out, err = bd_gen(*more)
    assert (code, "1 kept" in out) == (0, True), err
    after = json.loads((results / f"{method}.json").read_text())
    for key in ("data", "data_fingerprint"):
        assert after["provenance"][key] == before["provenance"][key]
    assert after["provenance"]["data"]["split"] == "identical"
    assert after["summary"]["eval/diversity"] == before["summary"]["eval/diversity"]
    assert "eval/novelty" in after["summary"]
    assert "| Novelty" in (results / "comparison.md").read_text()


def test_another_n_max_is_refused_and_the_right_one_is_taken(
    results: Path, bd_gen: Command
) -> None:
    code, _, err = bd_gen("evaluate", "--metric", "diversity", "--n-max", "10")
    assert code == 2
    assert err.count("n_max: --n-max 10, but the samples are of 8") == 2
    assert names(results, ".json") == []
    assert bd_gen("evaluate", "--metric", "diversity", "--n-max", "8")[0] == 0
    assert len(names(results, ".json")) == 2
    code, _, err = bd_gen("evaluate", "--conditional-topn", "10")
    assert code == 2
    assert "--conditional-topn 10" in err


def test_list_tells_what_there_is_and_writes_nothing(
    results: Path, bd_gen: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    bd_gen("evaluate", "--model", "random_topp0.9_no_remask")
    before = sorted(results.iterdir())
    code, out, err = bd_gen("evaluate", "--list")
    assert (code, err) == (0, "")
    lines = [line.split() for line in out.splitlines()]
    assert lines[0] == ["method", "samples", "generated", "evaluated", "state"]
    assert lines[1][:5] == ["random_topp0.9_no_remask", "2", "x", "10", "2026-03-01T12:00"]
    assert lines[1][-3:] == ["up", "to", "date"]
    assert lines[2][-3:] == ["-", "not", "evaluated"]
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
        (["--metric", "novlty"], "metric 'novlty': not known; did you mean novelty"),
        (["--family", "novelty"], "family 'novelty': not known"),
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
    for _ in range(2):
        code, _, err = bd_gen("evaluate", "data.num_plans=200", "--metric", "mode_coverage")
        assert code == 0
        assert err.count("but the samples were made for data") == 2
    _, _, err = bd_gen("compare")
    assert "was generated for data" in err


def test_ctrl_c_ends_all_processes_and_leaves_whole_files(results: Path) -> None:
    """As on a terminal, where all processes of the command hear it."""
    for k in range(6):
        save(results, f"m{k}", 400)
    code = "from bd_gen.cli.main import main; main()"
    command = [sys.executable, "-c", code, "evaluate", "--workers", "2"]
    started = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    # Once a method is done the others are under way.
    deadline = time.monotonic() + 120
    while not list(results.glob("*.json")) and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(started.pid, signal.SIGINT)
    _, err = started.communicate(timeout=60)
    assert (started.returncode, err) == (130, "\nbd-gen: stopped\n")
    with pytest.raises(ProcessLookupError):  # noqa: PT012 - the last one takes a moment
        while time.monotonic() < deadline:
            os.killpg(started.pid, 0)
            time.sleep(0.05)
    files = sorted(results.iterdir())
    assert not [path for path in files if path.name.startswith(".")]
    done = [path for path in files if path.suffix == ".json"]
    assert 1 <= len(done) < 8
    for path in done:
        assert "summary" in json.loads(path.read_text())
        assert len(read_sample_table(path.with_name(f"{path.stem}_per_sample.parquet"))) > 0


def test_a_bar_on_a_terminal_does_not_tear_the_lines(results: Path) -> None:
    """The bar goes to the terminal, and the lines whole to where the output goes."""
    import pty

    leader, follower = pty.openpty()
    code = "from bd_gen.cli.main import main; main()"
    command = [sys.executable, "-c", code, "evaluate", "--workers", "1", "--metric", "novelty"]
    started = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=follower, text=True)
    os.close(follower)
    out, _ = started.communicate(timeout=60)
    shown = b""
    with contextlib.suppress(OSError):  # how a terminal says that nobody writes to it any more
        while part := os.read(leader, 4096):
            shown += part
    os.close(leader)
    assert started.returncode == 0
    assert out.count("(1 metric computed)\n") == 2
    assert b"evaluating" in shown
    assert b"40/40" in shown


def test_the_script_is_the_same_command(results: Path) -> None:
    script = Path(__file__).parents[2] / "scripts" / "evaluate.py"
    command = [sys.executable, str(script), "--schedule", "loglinear", "--list"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ)
    assert "llada_topp0.9_no_remask" in done.stdout


def test_neither_torch_nor_hydra_nor_rich_is_imported(results: Path) -> None:
    code = (
        "import sys; from bd_gen.cli.main import cli, run\n"
        "try: run(cli, 'bd-gen', ['evaluate', '--published', '--update-comparison'])\n"
        "except SystemExit as end: assert end.code == 0\n"
        "assert not {'torch', 'hydra', 'omegaconf', 'rich', 'matplotlib'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, env=os.environ)
