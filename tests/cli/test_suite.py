"""`bd-gen suite`: the whole way on small models, and every mistake in one line."""

import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.generation.checkpoints import Counted
from tests.generation.suite_models import model_of_plans

from bd_gen.cli.main import cli, run
from bd_gen.results.samples_file import read_samples

SUITE = """\
description: two methods
schedule: loglinear
seeds: [1, 2]
num_samples: 10
sampling_steps: 6
methods:
  - random_temp1.0_no_remask
  - v2_random_temp1.0_no_remask
"""
MODELS = ("--checkpoint", "loglinear=fixed.pt", "--checkpoint", "learned=learned.pt")
FOLDER = Path("eval_results/loglinear")
FIXED, LEARNED = "random_temp1.0_no_remask", "v2_random_temp1.0_no_remask"

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def models(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    model_of_plans(folder / "fixed.pt")
    model_of_plans(folder / "other.pt", seed=1)
    model_of_plans(folder / "learned.pt", is_learned=True)
    return folder


@pytest.fixture(autouse=True)
def own_folder(models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A suite and the models of its methods in the current directory."""
    monkeypatch.chdir(tmp_path)
    for path in models.iterdir():
        (tmp_path / path.name).symlink_to(path)
    Path("mine.yaml").write_text(SUITE)
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def suite(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run `bd-gen suite`: exit code, stdout, stderr."""

    def call(*args: str, of: str = "suite") -> tuple[int, str, str]:
        if args[0] == "run":
            args = (*args, "--device", "cpu", "--evaluators", "1")
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            run(cli, "bd-gen", [of, *args])
        assert isinstance(ended.value.code, int)
        out, err = capsys.readouterr()
        return ended.value.code, out, err

    return call


def tokens() -> dict[str, np.ndarray]:
    """All tokens of every method."""
    return {
        path.name: np.concatenate([part.tokens for part in read_samples(path).per_seed.values()])
        for path in FOLDER.glob("*_no_remask_samples.pt")
    }


# ---------------------------------------------------------------- looking


def test_the_list(suite):
    status, out, err = suite("list")
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert [line.split()[0] for line in lines] == [
        "published-learned",
        "published-linear",
        "published-loglinear",
        "recommended",
    ]
    assert "23 methods" in lines[2]


def test_the_list_needs_no_torch():
    code = "import sys; from bd_gen.cli.main import main\ntry: main()\nfinally: print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code, "suite", "list"], capture_output=True, text=True, check=True
    )
    assert "torch" not in done.stdout.splitlines()[-1].split()


def test_what_a_suite_holds(suite):
    status, out, _ = suite("show", "mine.yaml")
    assert status == 0
    assert out == (
        "mine: two methods\n"
        "schedule: loglinear\n"
        "samples: 2 x 10, seeds 1, 2\n"
        "  random_temp1.0_no_remask                      6 steps\n"
        "  v2_random_temp1.0_no_remask                   6 steps\n"
    )
    assert "a step for each token" in suite("show", "recommended")[1]


# ---------------------------------------------------------------- running


def test_everything_by_one_command(suite, monkeypatch):
    status, out, err = suite("run", "mine.yaml", *MODELS)
    assert (status, err) == (0, "")
    assert f"[1/2] wrote {FOLDER / FIXED}_samples.pt (2 x 10 diagrams, " in out
    assert "about " in out.splitlines()[0]
    assert f"[2/2] wrote {FOLDER / LEARNED}_samples.pt (2 x 10 diagrams, " in out
    assert f"{FIXED}: {FOLDER / FIXED}.json (up to date)" in out  # it was checked before the rest
    assert f"{LEARNED}: {FOLDER / LEARNED}.json (" in out
    assert f"5 columns: {FOLDER}/comparison.md" in out
    comparison = (FOLDER / "comparison.md").read_text()
    for name in (FIXED, LEARNED, "real_held_out", "baseline_memoriser", "baseline_marginals"):
        assert name in comparison
    before, counted = tokens(), Counted(monkeypatch)
    status, out, _ = suite("run", "mine.yaml", *MODELS)
    assert (status, counted.drawn) == (0, 0)
    assert f"[2/2] complete already: {FOLDER / LEARNED}_samples.pt" in out
    assert out.count("(up to date)") == 5
    after = tokens()
    assert all(np.array_equal(before[name], after[name]) for name in before)


def test_the_printed_commands_do_the_same(suite, tmp_path):
    status, out, err = suite("run", "mine.yaml", *MODELS, "--dry-run", "--batch-size", "7")
    assert (status, err) == (0, "")
    assert not FOLDER.exists()
    *joined, last = out.splitlines()
    assert all(line.endswith(" &&") for line in joined)
    *drawing, evaluation = (shlex.split(line.removesuffix(" &&")) for line in [*joined, last])
    for program, name, *words in drawing:
        assert (program, name) == ("bd-gen", "generate")
        assert suite(*words, of="generate")[0] == 0
    assert evaluation[:2] == ["bd-gen", "evaluate"]
    assert {"--real", "--baselines", FIXED, LEARNED} <= set(evaluation)
    by_hand = tokens()
    assert len(by_hand) == 2
    status, out, _ = suite("run", "mine.yaml", *MODELS, "--dry-run")
    assert [line.split(":")[0] for line in out.splitlines()[:2]] == 2 * ["# complete already"]


def in_the_way(suite) -> None:
    """Samples of the first method from another model."""
    few = ("--seeds", "1,2", "--num-samples", "10", "--keep-going")
    suite("run", "mine.yaml", "--checkpoint", "other.pt", "--checkpoint", "learned.pt", *few)
    (FOLDER / f"{LEARNED}_samples.pt").unlink()
    for path in FOLDER.glob("*.json"):
        path.unlink()


def test_the_first_failure_ends_it(suite):
    in_the_way(suite)
    status, out, err = suite("run", "mine.yaml", *MODELS)
    assert status == 2
    lines = err.splitlines()
    assert "holds samples of another checkpoint" in lines[0]
    assert lines[-1] == "bd-gen: stopped; the same command goes on from there"
    assert "wrote" not in out
    assert not (FOLDER / f"{LEARNED}_samples.pt").exists()


def test_with_keep_going_the_others_are_run(suite):
    in_the_way(suite)
    status, out, err = suite("run", "mine.yaml", *MODELS, "--keep-going")
    assert status == 2
    assert f"wrote {FOLDER / LEARNED}_samples.pt" in out
    assert (FOLDER / "comparison.md").exists()
    assert err.splitlines()[-1] == f"bd-gen: 1 failed: {FIXED}"
    status, _, _ = suite("run", "mine.yaml", *MODELS, "--overwrite")
    assert status == 0


def test_a_method_that_cannot_be_evaluated_stops_it_before_the_rest(suite):
    gone = ("data=plans", "data.path=gone.jsonl")
    status, _, err = suite("run", "mine.yaml", *MODELS, *gone)
    assert status == 2
    assert "gone.jsonl" in err
    assert not (FOLDER / f"{LEARNED}_samples.pt").exists()


def test_a_later_one_that_cannot_be_evaluated_stops_it_or_not(suite):
    """The first is measured when it is checked; then the other's result is found damaged."""
    assert suite("run", "mine.yaml", *MODELS)[0] == 0
    (FOLDER / "comparison.md").unlink()
    (FOLDER / f"{FIXED}.json").unlink()
    (FOLDER / "real_held_out.json").write_text("{")
    status, out, err = suite("run", "mine.yaml", *MODELS, "--evaluators", "1")
    assert status == 2
    assert err.splitlines()[-1] == "bd-gen: stopped; the same command goes on from there"
    assert "real_held_out.json: is not JSON" in err
    assert LEARNED not in out.rpartition("complete already")[2].partition("\n")[2]
    assert not (FOLDER / "comparison.md").exists()
    status, out, err = suite("run", "mine.yaml", *MODELS, "--evaluators", "1", "--keep-going")
    assert status == 2
    assert "real_held_out.json: is not JSON" in err
    assert f"{LEARNED}: {FOLDER}" in out
    assert (FOLDER / "comparison.md").exists()


def test_ctrl_c_while_evaluating_says_how_to_go_on(suite, monkeypatch):
    from bd_gen.generation import suite_run

    def stopped(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(suite_run, "write_yardsticks", stopped)
        status, _, err = suite("run", "mine.yaml", *MODELS)
    assert status == 130
    assert err.splitlines()[-1] == "stopped; what is done is kept, and the same command goes on"


def test_methods_without_a_checkpoint_are_left_out_if_they_may(suite):
    Path("mine.yaml").write_text(SUITE + "optional_checkpoints: true\n")
    few = ("--num-samples", "5", "--seeds", "9", "--dry-run")
    status, out, err = suite("run", "mine.yaml", "--checkpoint", "fixed.pt", *few)
    assert (status, err) == (0, "")
    left_out, command, _ = out.splitlines()
    assert left_out == f"# left out, as no checkpoint is given for them: {LEARNED}"
    assert "eval.seeds=[9]" in shlex.split(command)
    assert "eval.num_samples=5" in shlex.split(command)


def test_a_checkpoint_that_is_not_asked_for(suite):
    Path("mine.yaml").write_text(SUITE.replace(f"  - {LEARNED}\n", ""))
    status, _, err = suite("run", "mine.yaml", *MODELS, "--dry-run")
    assert status == 0
    assert err == "bd-gen: warning: --checkpoint learned: no method asks for it\n"


def test_ctrl_c_keeps_what_is_drawn(suite, monkeypatch):
    from bd_gen.sampling.sampler import Sampler

    original, calls = Sampler.sample, []

    def sample(sampler, *args):
        calls.append(args)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return original(sampler, *args)

    with monkeypatch.context() as patch:
        patch.setattr(Sampler, "sample", sample)
        status, _, err = suite("run", "mine.yaml", *MODELS, "--batch-size", "5")
    assert status == 130
    assert err.splitlines()[-1] == "stopped; what is done is kept, and the same command goes on"
    counted = Counted(monkeypatch)
    assert suite("run", "mine.yaml", *MODELS, "--batch-size", "5")[0] == 0
    assert counted.drawn == 25


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["recomended"], "recomended: there is no such suite; did you mean recommended?"),
        (["mine.yaml"], "mine: needs --checkpoint learned=FILE --checkpoint loglinear=FILE"),
        (["mine.yaml", "--checkpoint", "x.pt"], "x.pt: there is no checkpoint of that name"),
        (["mine.yaml", *MODELS, "--seeds", "a"], "--seeds a: expected numbers such as 42,123"),
        (["mine.yaml", *MODELS, "--seeds", "1,1"], "eval.seeds must be distinct"),
        (["mine.yaml", *MODELS, "data=x"], "data.source"),
        (["bad.yaml", *MODELS], "bad.yaml: methods/1: 'x' names no method"),
    ],
)
def test_mistakes_are_one_line(suite, args, message):
    Path("bad.yaml").write_text("methods: [x]\n")
    status, out, err = suite("run", *args)
    assert (status, out) == (2, "")
    assert err.startswith(f"bd-gen: {message}")
    assert err.count("\n") == 1


# ---------------------------------------------------------------- killed


@pytest.mark.slow
def test_killed_and_started_again_it_ends_with_the_same_tokens(suite):
    Path("mine.yaml").write_text(SUITE.replace("num_samples: 10", "num_samples: 60"))
    words = ["run", "mine.yaml", *MODELS, "--batch-size", "5"]
    code = "from bd_gen.cli.main import main; main()"
    command = [sys.executable, "-c", code, "suite", *words, "--device", "cpu", "--evaluators", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        # As soon as anything is written; then the first method is being checked.
        deadline = time.monotonic() + 60
        while not list(FOLDER.glob("*")) and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert not (FOLDER / "comparison.md").exists()
    assert suite(*words)[0] == 0
    killed = tokens()
    for path in FOLDER.iterdir():
        path.unlink()
    assert suite(*words)[0] == 0
    untouched = tokens()
    assert set(killed) == set(untouched) == {f"{FIXED}_samples.pt", f"{LEARNED}_samples.pt"}
    assert all(np.array_equal(killed[name], untouched[name]) for name in killed)
    assert not list(FOLDER.glob(".*"))
