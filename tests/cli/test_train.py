import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path

import pytest
import torch

from bd_gen.cli.main import cli, run
from bd_gen.cli.run_settings import run_config
from bd_gen.model.config import ModelConfig
from bd_gen.training.checkpoint import load_checkpoint
from bd_gen.training.config import TrainingConfig

TINY = (
    "model=tiny",
    "data.num_plans=150",
    "training.steps=6",
    "training.batch_size=16",
    "training.warmup_steps=0",
    "training.validate_every=3",
    "training.log_every=2",
    "training.num_validation=8",
    "training.precision=float32",
    "training.device=cpu",
)
FOLDER = Path("runs/synthetic_loglinear_tiny")

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Runs go to ./runs."""
    monkeypatch.chdir(tmp_path)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def train(capsys: pytest.CaptureFixture[str]) -> Command:
    """`bd-gen train ...` in this process: exit code, standard output, standard error."""

    def call(*overrides: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            run(cli, "bd-gen", ["train", *overrides])
        assert isinstance(ended.value.code, int)
        return ended.value.code, *capsys.readouterr()

    return call


def test_a_run_from_nothing_to_its_checkpoint_and_again(train: Command) -> None:
    status, out, err = train(*TINY)
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith("data: 150 synthetic plans (seed 0): 1")
    assert lines[1] == "model: 27,992 parameters, float32 on cpu"
    assert lines[2].startswith("step 3 of 6: train ")
    assert lines[-1] == f"trained: {FOLDER / 'checkpoint_final.pt'}"

    checkpoint = load_checkpoint(FOLDER / "checkpoint_final.pt")
    assert checkpoint.step == 6
    assert checkpoint.denoiser().config == ModelConfig(32, 2, 2)
    assert checkpoint.denoising is not None
    assert len(checkpoint.denoising) == 21
    log = [json.loads(line) for line in (FOLDER / "metrics.jsonl").read_text().splitlines()]
    assert [row["step"] for row in log] == [2, 3, 4, 6]
    assert "validation/nats" in log[1]

    before = (FOLDER / "checkpoint_final.pt").read_bytes()
    status, out, _ = train(*TINY)
    assert status == 0
    assert out.splitlines()[-1] == f"already trained: {FOLDER / 'checkpoint_final.pt'}"
    assert (FOLDER / "checkpoint_final.pt").read_bytes() == before

    status, out, _ = train(*TINY, "training.steps=7")
    assert status == 0
    assert "float32 on cpu, going on from step 6" in out

    status, out, err = train(*TINY, "training.seed=1")
    assert status == 2
    assert err.startswith(f"bd-gen: {FOLDER / 'checkpoint_final.pt'}: was trained with ")
    assert "training.seed=0, now 1 is asked for; choose another run.dir" in err


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (("training.step=3",), "there is no setting training.step; did you mean training.steps"),
        (
            ("noise=cosin",),
            "noise must be one of cosine, learned, learned_rates, linear, loglinear; did you mean",
        ),
        (
            ("noise.name=cosin",),
            "noise.name: noise schedule must be one of loglinear, linear, cosine, got 'cosin'",
        ),
        (("training.steps=many",), "training.steps: Value 'many'"),
        (("training.steps=0",), "training.steps must be at least 1, got 0"),
        (("training.seed=-1",), "training.seed must not be negative"),
        (("training.batch_size=2",), "training.batch_size must be at least"),
        (("training.device=gpu",), "device: expected auto, cpu, cuda or cuda:N, got 'gpu'"),
        (("model.heads=3",), "model.heads (3) must divide model.width (32)"),
        (("data.n_max=0",), "data.n_max: expected an integer in 1..32, got 0"),
        (("data=plans",), "data.path is needed: give data.path=..."),
        (("data=plans", "data.path=none.jsonl"), "none.jsonl"),
        (("data=graph2plan", "data.path=none.mat"), "none.mat"),
        (("data.path=x",), "data.path: synthetic plans are made, not read"),
        (("run.resume_from=none.pt",), "none.pt: there is no checkpoint of that name"),
        (("run.dir=null",), "run.dir: "),
        (("training",), "training: expected KEY=VALUE"),
        (("training=null",), "training must be one of default"),
    ],
)
def test_what_people_get_wrong_is_one_line(
    train: Command, tmp_path: Path, overrides: tuple[str, ...], message: str
) -> None:
    status, _, err = train(*TINY, *overrides)
    assert status == 2
    assert message in err
    assert err.startswith("bd-gen: ")
    assert err.count("\n") == 1
    assert list(tmp_path.rglob("*.pt")) == []


def test_a_damaged_checkpoint_is_one_line_and_stays(train: Command) -> None:
    FOLDER.mkdir(parents=True)
    (FOLDER / "checkpoint_last.pt").write_bytes(b"PK rubbish")
    status, _, err = train(*TINY)
    assert status == 2
    assert err == f"bd-gen: {FOLDER / 'checkpoint_last.pt'}: is not a torch file\n"
    assert err.count("\n") == 1
    assert (FOLDER / "checkpoint_last.pt").read_bytes() == b"PK rubbish"


def test_the_help_lists_the_settings(train: Command) -> None:
    status, out, err = train("--help")
    assert (status, err) == (0, "")
    for field in fields(TrainingConfig):
        assert f"\n  training.{field.name}=" in out
    for choice in (
        "data=graph2plan|graphml|housegan|lifull|plans|resplan|synthetic",
        "model=base|geometry|small|tiny",
    ):
        assert f"\n  {choice}\n" in out
    assert "noise=cosine|learned|learned_rates|linear|loglinear" in out


def test_a_file_is_named_so_that_it_is_found_from_anywhere(tmp_path: Path) -> None:
    config = run_config(["data=plans", "data.path=my plans.jsonl", "run.dir=here"])
    assert config.data.path == str(tmp_path / "my plans.jsonl")
    assert config.directory == Path("here")
    home = run_config(["data=plans", "data.path=~/plans.jsonl", "run.resume_from=~/c.pt"])
    assert home.data.path == str(Path.home() / "plans.jsonl")
    assert home.resume_from == Path.home() / "c.pt"


@pytest.fixture
def endless() -> Iterator[subprocess.Popen[str]]:
    """A run in a process of its own that would take days."""
    # A test runner in the background may hand down that Ctrl-C is ignored.
    program = (
        "import signal\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from bd_gen.cli.main import main\n"
        "main()\n"
    )
    settings = (*TINY, "training.steps=100000000", "training.validate_every=100000000")
    with subprocess.Popen(
        [sys.executable, "-c", program, "train", *settings],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    ) as process:
        yield process
        with contextlib.suppress(ProcessLookupError):
            process.kill()


def wait_for_step(step: int, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(FileNotFoundError):
            if len((FOLDER / "metrics.jsonl").read_text().splitlines()) >= step // 2:
                return
        time.sleep(0.02)
    pytest.fail(f"no step {step}: {process.communicate(timeout=5)}")


def test_ctrl_c_loses_nothing_and_the_same_command_goes_on(
    endless: subprocess.Popen[str], train: Command
) -> None:
    wait_for_step(6, endless)
    endless.send_signal(signal.SIGINT)
    out, err = endless.communicate(timeout=30)
    assert endless.returncode == 130, err
    last = FOLDER / "checkpoint_last.pt"
    assert err == (f"stopped; {last} holds the state, and the same command goes on from there\n")
    assert "Traceback" not in out
    step = load_checkpoint(last).step
    assert step >= 6  # no checkpoint was due before the hundred millionth

    status, out, err = train(*TINY, f"training.steps={step + 3}")
    assert (status, err) == (0, "")
    assert f"going on from step {step:,}" in out
    assert load_checkpoint(FOLDER / "checkpoint_final.pt").step == step + 3
    assert not last.exists()
    log = [json.loads(line)["step"] for line in (FOLDER / "metrics.jsonl").read_text().splitlines()]
    assert log == sorted({*range(2, step + 3, 2), *range(3, step + 3, 3), step + 3} & set(log))
    assert set(range(2, step + 3, 2)) <= set(log)
