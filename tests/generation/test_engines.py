"""This process and several draw the same; what happens to workers changes nothing."""

import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from multiprocessing.process import BaseProcess
from pathlib import Path

import numpy as np
import pytest
from tests.generation.checkpoints import files_in

from bd_gen.generation import engines
from bd_gen.generation.engines import EngineSettings, ProcessEngine, SerialEngine, open_engine
from bd_gen.generation.job import GenerationJob, generate
from bd_gen.generation.shards import Shard, Task
from bd_gen.results.samples_file import read_samples
from bd_gen.sampling.method import Method
from bd_gen.system import workers
from bd_gen.system.errors import InputError
from bd_gen.training.checkpoint import load_checkpoint


@pytest.fixture(scope="module")
def two() -> Iterator[ProcessEngine]:
    """Two processes for all tests that leave them alive; they take seconds to start."""
    with open_engine(EngineSettings("processes", workers=2)) as engine:
        assert isinstance(engine, ProcessEngine)
        yield engine
        processes = processes_of(engine)
        assert all(process.is_alive() for process in processes)
    assert not any(process.is_alive() for process in processes)


@pytest.fixture
def expected(job) -> dict[int, np.ndarray]:
    undisturbed = replace(job, directory=job.directory.parent / "undisturbed")
    generate(undisturbed)
    return tokens_of(undisturbed)


def tokens_of(job: GenerationJob) -> dict[int, np.ndarray]:
    return {seed: part.tokens for seed, part in read_samples(job.path).per_seed.items()}


def assert_same(found: dict[int, np.ndarray], expected: dict[int, np.ndarray]) -> None:
    assert list(found) == list(expected)
    assert all((found[seed] == expected[seed]).all() for seed in expected)


def processes_of(engine: ProcessEngine) -> list[BaseProcess]:
    return engine.workers.processes


# ---------------------------------------------------------------- settings


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"name": "cloud"}, "--engine: expected one of serial, processes, dask"),
        ({"workers": 2}, "--workers: goes with --engine processes"),
        ({"name": "processes", "workers": 0}, "--workers: expected 1 to"),
        ({"scheduler": "tcp://x:1"}, "--scheduler: goes with --engine dask"),
        ({"name": "dask"}, "--engine dask: give the scheduler"),
        ({"name": "dask", "scheduler": "tcp://x:1", "workers": 2}, "--workers: goes with"),
        ({"shard_size": 0}, "--shard-size: expected at least 1"),
    ],
)
def test_settings_that_do_not_go_together(settings, said):
    with pytest.raises(InputError, match=said):
        EngineSettings(**settings)


def test_this_process_is_the_default():
    with open_engine(EngineSettings()) as engine:
        assert isinstance(engine, SerialEngine)
        assert engine.description == ""


# ---------------------------------------------------------------- processes


@pytest.mark.parametrize("shard_size", [None, 7, 25, 1000])
def test_two_processes_draw_the_same(job, expected, two, shard_size):
    told = []
    progress = lambda done, total: told.append((done, total))  # noqa: E731
    done = generate(job, progress=progress, engine=two, shard_size=shard_size)
    assert_same(tokens_of(job), expected)
    assert 1 <= done.calls_per_sample <= 5
    assert told[0] == (0, 60)
    assert told[-1] == (60, 60)
    assert told == sorted(told)
    assert files_in(job.directory) == [job.path.name]
    assert two.description == "2 processes"


def test_one_engine_serves_many_methods(job, two):
    before = processes_of(two)
    for name in ("first_hitting_temp1.0_no_remask", "llada_topp0.9_remdm_cap_eta0.4"):
        method = Method.from_name(name, steps=5)
        here, there = (replace(job, method=method, directory=job.directory / d) for d in "ab")
        generate(here)
        generate(there, engine=two)
        assert_same(tokens_of(there), tokens_of(here))
    assert len(processes_of(two)) == 2
    assert not before or processes_of(two) == before


def test_workers_do_not_hear_of_ctrl_c(job, two):
    """A terminal sends it to all; the first worker to be started must be no exception."""
    generate(job, engine=two)
    for process in processes_of(two):
        lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
        (blocked,) = (int(line.split()[1], 16) for line in lines if line.startswith("SigBlk"))
        assert blocked >> (signal.SIGINT - 1) & 1


def test_an_error_in_a_worker_is_told_here(job, two):
    with pytest.raises(InputError, match="device"):
        generate(replace(job, device="abacus"), engine=two)
    assert files_in(job.directory.parent) == []


def test_a_checkpoint_that_changed_meanwhile(job, tmp_path, two):
    path = tmp_path / "model.pt"
    path.write_bytes(job.checkpoint_path.read_bytes())
    checkpoint = load_checkpoint(path)
    path.unlink()
    with pytest.raises(InputError, match=r"model\.pt: was changed or removed since it was loaded"):
        generate(replace(job, checkpoint_path=path), checkpoint, engine=two)


class Stop:
    """Do something once so many diagrams are done."""

    def __init__(self, after: int, action: Callable[[], None]) -> None:
        self.after = after
        self.action = action
        self.is_done = False

    def __call__(self, done: int, _: int) -> None:
        if done >= self.after and not self.is_done:
            self.is_done = True
            self.action()


def interrupt() -> None:
    raise KeyboardInterrupt


@pytest.mark.slow
def test_a_killed_worker_is_replaced_and_its_shard_drawn_again(job, expected, two):
    generate(replace(job, directory=job.directory / "first"), engine=two)  # both have started
    victim = processes_of(two)[0]
    assert victim.pid is not None
    kill = Stop(20, lambda: os.kill(victim.pid or 0, signal.SIGKILL))
    generate(job, progress=kill, engine=two)
    assert kill.is_done
    victim.join()
    assert victim.exitcode == -signal.SIGKILL
    assert victim not in processes_of(two)
    assert_same(tokens_of(job), expected)


def test_interrupted_it_goes_on_with_any_engine(job, expected, two):
    """Two processes, then this one, then two with shards and batches of another size."""
    with pytest.raises(KeyboardInterrupt):
        generate(job, progress=Stop(20, interrupt), engine=two)
    with pytest.raises(KeyboardInterrupt):
        generate(job, progress=Stop(40, interrupt))
    told = []
    again = replace(job, batch_size=8)
    progress = lambda done, _: told.append(done)  # noqa: E731
    generate(again, progress=progress, engine=two, shard_size=20)
    assert told[0] >= 40
    assert_same(tokens_of(job), expected)


def test_a_shard_that_ends_every_worker_is_given_up(job, monkeypatch):
    """Here it is no function for a worker, so that each ends before it has loaded anything."""
    monkeypatch.setattr(workers, "serve", os.abort)
    checkpoint = load_checkpoint(job.checkpoint_path)
    task = Task.of(checkpoint, job.method, None, "cpu", 10)
    with (
        open_engine(EngineSettings("processes", workers=1)) as engine,
        pytest.raises(InputError) as raised,
    ):
        list(engine.draw(task, checkpoint, [Shard(42, 0, 10)]))
    assert str(raised.value).startswith(
        "samples 0 to 9 of seed 42: 3 processes ended while they drew them (the last by exit code 1"
    )


def test_every_worker_has_its_share_of_the_gpus(job, monkeypatch):
    import torch

    task = Task(str(Path("x")), "", job.method, None, "auto", 10)
    spread = lambda device, k: engines._spread(replace(task, device=device), k).device  # noqa: E731
    assert spread("auto", 3) == "auto"
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert [spread("auto", k) for k in range(3)] == ["cuda:0", "cuda:1", "cuda:0"]
    assert spread("cuda", 1) == "cuda:1"
    assert spread("cuda:0", 1) == "cuda:0"
    assert spread("cpu", 1) == "cpu"
