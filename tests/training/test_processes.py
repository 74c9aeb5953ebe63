"""Several processes train as one does: the same loss curve, stopped together, resumed."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from bd_gen.model.corruption import Corruption
from bd_gen.model.objective import CleanGroup
from bd_gen.system.errors import InputError
from bd_gen.training.checkpoint import load_checkpoint
from bd_gen.training.processes import Alone, FabricProcesses, share_of, sum_gradients

SETTINGS = (
    "model=tiny",
    "data.num_plans=200",
    "data.n_max=5",
    "training.steps=12",
    "training.batch_size=33",  # not an even number
    "training.warmup_steps=1",
    "training.learning_rate=3e-3",
    "training.log_every=1",
    "training.validate_every=6",
    "training.precision=float32",
    "training.device=cpu",
)


class One:
    """One of several processes that say the same as it does."""

    def __init__(self, rank: int, count: int) -> None:
        self.rank = rank
        self.count = count

    def sum(self, values: torch.Tensor) -> torch.Tensor:
        return values * self.count

    def wait(self) -> None:
        pass


def command(folder: Path, *overrides: str) -> list[str]:
    words = ["train", *SETTINGS, f"run.dir={folder}", *overrides]
    return [sys.executable, str(Path(sys.executable).with_name("bd-gen")), *words]


def environment() -> dict[str, str]:
    return {**os.environ, "OMP_NUM_THREADS": "1"}


def curve(folder: Path) -> list[float]:
    lines = (folder / "metrics.jsonl").read_text().splitlines()
    return [json.loads(line)["train/nats"] for line in lines]


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of one process."""
    folder = tmp_path_factory.mktemp("single")
    subprocess.run(command(folder), check=True, env=environment(), capture_output=True)
    return folder


@pytest.mark.slow
def test_two_processes_give_the_curve_of_one(single: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        command(tmp_path, "training.devices=2"),
        check=True,
        env=environment(),
        capture_output=True,
        text=True,
    )
    assert curve(tmp_path) == pytest.approx(curve(single), rel=1e-4)
    assert curve(single)[-1] < 0.98 * curve(single)[0]
    assert done.stdout.count("trained:") == 1  # one process speaks
    ours, theirs = (
        load_checkpoint(f / "checkpoint_final.pt").model_state_dict for f in (tmp_path, single)
    )
    for name, value in ours.items():
        torch.testing.assert_close(value, theirs[name], rtol=1e-3, atol=1e-3)


@pytest.mark.slow
def test_ctrl_c_stops_all_and_the_same_command_goes_on(single: Path, tmp_path: Path) -> None:
    started = subprocess.Popen(
        command(tmp_path, "training.devices=2", "training.steps=100000"),
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    log = tmp_path / "metrics.jsonl"
    end = time.monotonic() + 120
    while not (log.exists() and log.stat().st_size) and time.monotonic() < end:
        time.sleep(0.1)
    os.killpg(started.pid, signal.SIGINT)
    started.communicate(timeout=120)
    assert started.returncode == 130
    last = load_checkpoint(tmp_path / "checkpoint_last.pt")
    assert 0 < last.step < 100_000
    assert last.training_state is not None


def test_every_diagram_goes_to_one_process() -> None:
    groups = [CleanGroup(2, torch.arange(15).view(5, 3)), CleanGroup(1, torch.tensor([[77]]))]
    corruptions = [
        Corruption(g.tokens > 3, g.tokens.float(), g.tokens[:, 0].float()) for g in groups
    ]
    shares = [share_of(groups, corruptions, One(rank, 3)) for rank in range(3)]
    rows = sorted(row[0] for part, _ in shares for group in part for row in group.tokens.tolist())
    assert rows == [0, 3, 6, 9, 12, 77]
    for part, masks in shares:
        for group, corruption in zip(part, masks, strict=True):
            assert torch.equal(corruption.weight, group.tokens.float())
            assert torch.equal(corruption.is_masked, group.tokens > 3)
            assert torch.equal(corruption.time, group.tokens[:, 0].float())
    assert share_of(groups, corruptions, Alone()) == (groups, corruptions)


def test_all_draws_of_a_diagram_go_to_one_process() -> None:
    group = CleanGroup(2, torch.arange(15).view(5, 3)).repeated(2)
    every = torch.arange(10.0)
    corruption = Corruption(group.tokens > 3, group.tokens.float(), every, log_prefix=-every)
    for rank, rows in ((0, [0, 1, 6, 7]), (1, [2, 3, 8, 9]), (2, [4, 5])):
        ((part,), (masks,)) = share_of([group], [corruption], One(rank, 3))
        assert masks.time.tolist() == rows
        assert masks.log_prefix.tolist() == [-row for row in rows]
        assert part.tokens[:, 0].tolist() == [row // 2 * 3 for row in rows]
    assert share_of([group], [corruption], One(5, 6)) == ([], [])


def test_gradients_are_summed_in_one_exchange() -> None:
    weights = [torch.nn.Parameter(torch.zeros(2, 3)), torch.nn.Parameter(torch.zeros(4))]
    weights[0].grad = torch.arange(6.0).view(2, 3)
    extra = sum_gradients(One(0, 2), weights, torch.tensor([1.5, 0.0]))
    assert extra.tolist() == [3.0, 0.0]
    assert torch.equal(weights[0].grad, 2 * torch.arange(6.0).view(2, 3))
    assert torch.equal(weights[1].grad, torch.zeros(4))


@pytest.mark.skipif(torch.cuda.device_count() > 98, reason="there are GPUs enough")
def test_more_gpus_than_there_are(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there are only"):
        FabricProcesses("cuda", 99)


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lightning_fabric", None)
    with pytest.raises(InputError, match=r"bd-gen\[multi\]"):
        FabricProcesses("cpu", 2)
