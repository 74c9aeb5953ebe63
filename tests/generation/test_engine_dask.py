"""A real cluster on this machine: a scheduler and workers, each a process of its own."""

import os
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from benchmarks.dask_cluster import Cluster
from tests.generation.checkpoints import files_in

from bd_gen.generation import engine_dask
from bd_gen.generation.engine_dask import DaskEngine
from bd_gen.generation.engines import EngineSettings, open_engine
from bd_gen.generation.job import GenerationJob, generate
from bd_gen.generation.shards import Shard, Task
from bd_gen.results.samples_file import read_samples
from bd_gen.system.errors import InputError
from bd_gen.training.checkpoint import load_checkpoint

pytest.importorskip("distributed", reason="needs Dask: pip install 'bd-gen[cluster]'")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    cluster = Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        yield cluster
    finally:
        cluster.close()


@pytest.fixture
def two_workers(cluster: Cluster) -> Cluster:
    return with_workers(cluster, "one", "two")


@pytest.fixture
def a_worker(cluster: Cluster) -> Cluster:
    return with_workers(cluster, "two")


def with_workers(cluster: Cluster, *names: str) -> Cluster:
    for name in names:
        if name not in cluster.processes:
            cluster.start_worker(name)
    for name in names:
        cluster.said(name, "Registered to")
    return cluster


def engine_at(cluster: Cluster) -> Any:
    return open_engine(EngineSettings("dask", scheduler=cluster.address))


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


# ---------------------------------------------------------------- without workers


@pytest.fixture
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_dask, "_TIMEOUT", 1)


@pytest.mark.usefixtures("in_a_hurry")
def test_a_scheduler_that_does_not_answer():
    with (
        pytest.raises(InputError, match=r"--scheduler tcp://127\.0\.0\.1:9: does not answer"),
        open_engine(EngineSettings("dask", scheduler="tcp://127.0.0.1:9")),
    ):
        pass


@pytest.mark.parametrize("address", ["localhost", "inproc://x", "ws://x:1", "", "8786"])
def test_what_is_no_address(address):
    with pytest.raises(InputError, match="--scheduler: expected tcp://HOST:PORT"):
        DaskEngine(address)


def test_without_dask_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"pip install 'bd-gen\[cluster\]'"):
        DaskEngine("tcp://x:1")


def test_a_cluster_without_workers(cluster, job):
    """Work may be sent there, but nobody can tell yet whether it will have GPUs."""
    assert list(cluster.processes) == ["scheduler"]
    with engine_at(cluster) as engine:
        assert engine.description == f"no workers at {cluster.address}, waiting for some"
        with pytest.raises(InputError, match=r"eval\.device=auto: .* has no workers yet"):
            generate(replace(job, device="auto"), engine=engine)
        assert engine._device("cpu") == "cpu"
        assert engine._device("cuda") == "cuda"


@pytest.mark.slow
def test_gpu_jobs_wait_for_a_worker_that_offers_one(cluster, job):
    """The scheduler is asked what it holds a job back for."""
    task = Task.of(load_checkpoint(job.checkpoint_path), job.method, None, "cuda", 10)

    def needs(dask_scheduler: Any, key: str) -> Any:
        task = dask_scheduler.tasks.get(key)
        return "not there yet" if task is None else task.resource_restrictions

    with engine_at(cluster) as engine:
        for device, resources in (("cuda", {"GPU": 1}), ("cuda:0", {"GPU": 1}), ("cpu", None)):
            future = engine._submitted(replace(task, device=device), Shard(42, 0, 10))
            ask = lambda key=future.key: engine._client.run_on_scheduler(needs, key=key)  # noqa: E731
            while ask() == "not there yet":
                time.sleep(0.05)
            assert ask() == resources
            future.cancel()


# ---------------------------------------------------------------- with workers


def test_two_workers_draw_the_same_and_one_may_be_killed(two_workers, job, expected):
    """What the killed one had is drawn by the other; no job is lost, none comes twice."""
    told: list[int] = []

    def progress(done: int, total: int) -> None:
        if done >= 20 and "one" in two_workers.processes:
            two_workers.kill("one")
        told.append(done)

    with engine_at(two_workers) as engine:
        assert engine.description == f"2 workers at {two_workers.address}"
        done = generate(job, progress=progress, engine=engine)
    assert "one" not in two_workers.processes
    assert told == list(range(0, 61, 10))
    assert 1 <= done.calls_per_sample <= 5
    assert_same(tokens_of(job), expected)
    assert files_in(job.directory) == [job.path.name]


def test_interrupted_here_it_goes_on_there(a_worker, job, expected):
    def stop(done: int, total: int) -> None:
        if done >= 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        generate(job, progress=stop)
    told: list[int] = []
    with engine_at(a_worker) as engine:
        generate(job, progress=lambda d, _: told.append(d), engine=engine, shard_size=20)
    assert told[0] == 20
    assert_same(tokens_of(job), expected)


@pytest.mark.slow
def test_workers_that_cannot_see_the_checkpoint_are_sent_it(a_worker, job, expected, monkeypatch):
    """Once each, those that come later as well."""
    task_of = Task.of
    hidden = lambda *args: replace(task_of(*args), checkpoint_path="/nowhere/model.pt")  # noqa: E731
    monkeypatch.setattr(Task, "of", hidden)
    sent = []
    with engine_at(a_worker) as engine:
        register = engine._client.register_plugin
        monkeypatch.setattr(
            engine._client,
            "register_plugin",
            lambda plugin, name: sent.append(name) or register(plugin, name=name),
        )
        generate(job, engine=engine)
        assert len(sent) == 1
        a_worker.kill("two")
        a_worker.start_worker("two")
        a_worker.said("two", "Registered to")
        generate(replace(job, seeds=(1,), directory=job.directory / "later"), engine=engine)
    assert len(sent) == 1
    assert_same(tokens_of(job), expected)


@pytest.mark.slow
def test_no_worker_offers_a_gpu(a_worker, job):
    with engine_at(a_worker) as engine:
        with pytest.raises(InputError, match=r"eval\.device=cuda: no worker at .* offers a GPU"):
            generate(replace(job, device="cuda"), engine=engine)
        assert engine._device("auto") == "cpu"
    assert files_in(job.directory.parent) == []


@pytest.mark.slow
def test_a_gpu_job_goes_to_the_worker_that_offers_one(a_worker, job):
    """It says that it has one; that it has none comes out when it is asked to use it."""
    a_worker.start_worker("three", "--resources", "GPU=1")
    a_worker.said("three", "Registered to")
    try:
        with engine_at(a_worker) as engine:
            assert engine._device("auto") == "cuda"
            with pytest.raises(InputError, match="this machine offers no CUDA GPU"):
                generate(replace(job, device="cuda"), engine=engine)
    finally:
        a_worker.kill("three")


@pytest.mark.slow
@pytest.mark.usefixtures("in_a_hurry")
def test_a_scheduler_that_is_lost_loses_nothing(a_worker, job, expected):
    """The last test, as the cluster is gone then."""

    def progress(done: int, total: int) -> None:
        if done >= 20 and "scheduler" in a_worker.processes:
            a_worker.kill("scheduler")

    with (
        pytest.raises(InputError, match="the scheduler is gone; the same command goes on"),
        engine_at(a_worker) as engine,
    ):
        generate(replace(job, num_samples=300), progress=progress, engine=engine)
    told: list[int] = []
    again = replace(job, num_samples=300)
    generate(again, progress=lambda done, _: told.append(done))
    assert told[0] >= 20
    assert_same({s: t[:30] for s, t in tokens_of(again).items()}, expected)
    assert os.listdir(again.directory) == [again.path.name]
