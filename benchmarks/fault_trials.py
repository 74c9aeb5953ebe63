"""Faults, each as one trial that is survived or not."""

import os
import shutil
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from bd_gen.results.samples_file import SeedSamples, read_samples, write_samples
from benchmarks.dask_cluster import Cluster
from benchmarks.fault_world import METHOD, World, samples_in, tokens_in
from benchmarks.forked import Command, Runner, no_traceback, one_line, require

KILLS = 3


@dataclass(frozen=True)
class Fault:
    """A kind of fault.

    Attributes:
        what: what is done.
        checked: what must hold afterwards.
        trial: one trial in an empty folder; raises `LostError`.
    """

    what: str
    checked: str
    trial: Callable[[World, Runner, Path], None]


# ---------------------------------------------------------------- SIGKILL


def killed_generating(world: World, runner: Runner, place: Path) -> None:
    """Three kills, then the same command to its end."""
    _killed(runner, world.generate(place), world.generating_seconds)
    world.check_samples(place)


def killed_evaluating(world: World, runner: Runner, place: Path) -> None:
    """The same; reading and fitting the data can be hit, too."""
    shutil.copytree(world.clean, place, dirs_exist_ok=True)
    with world.private_cache(place / "cache"):
        _killed(runner, world.evaluate(place), world.evaluating_seconds)
    world.check_numbers(place)


def killed_training(world: World, runner: Runner, place: Path) -> None:
    """The same."""
    _killed(runner, world.train(place / "run"), world.training_seconds)
    world.check_run(place / "run")


def _killed(runner: Runner, args: list[str], seconds: float) -> None:
    for _ in range(KILLS):
        runner.start(args).signal_after(runner.moment(seconds), signal.SIGKILL)
    runner.finish(args)


def killed_writing(world: World, runner: Runner, place: Path) -> None:
    """A process does nothing but replace a file by another, in turns."""
    path = samples_in(place)
    one = read_samples(samples_in(world.clean))
    turned = {
        seed: SeedSamples(part.tokens[::-1], part.pad_masks[::-1])
        for seed, part in one.per_seed.items()
    }
    other = replace(one, per_seed=turned)
    write_samples(path, one)
    pid = os.fork()
    if pid == 0:
        with suppress(BaseException):
            while True:
                for samples in (other, one):
                    write_samples(path, samples)
        os._exit(1)
    time.sleep(runner.rng.uniform(0.0, 0.1))
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    found = tokens_in(place)
    require(
        any(
            all((found[str(s)] == part.tokens).all() for s, part in samples.per_seed.items())
            for samples in (one, other)
        ),
        "neither the old file nor the new one",
    )


def killed_worker(world: World, runner: Runner, place: Path) -> None:
    """One of two processes that draw; the command itself goes on."""
    args = world.generate(place, "--engine", "processes", "--workers", "2")
    command = runner.start(args)
    seconds = 2 * world.generating_seconds
    end = time.monotonic() + runner.moment(seconds)
    victims: list[int] = []
    while not command.is_over() and (time.monotonic() < end or not victims):
        victims = workers_of(command)
        time.sleep(0.005)
    if victims:
        with suppress(ProcessLookupError):
            os.kill(runner.rng.choice(victims), signal.SIGKILL)
    require(command.wait() == 0, command.said)
    world.check_samples(place)


def workers_of(command: Command) -> list[int]:
    """Its processes that draw; another one only watches over them."""
    found = []
    for pid in command.children():
        with suppress(OSError):
            if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(pid)
    return found


def killed_dask_worker(world: World, runner: Runner, place: Path) -> None:
    """The same on a cluster of two workers."""
    place.mkdir()
    cluster = Cluster(place)
    try:
        for name in ("one", "two"):
            cluster.start_worker(name, "--preload", "bd_gen.generation.shards")
        for name in ("one", "two"):
            cluster.said(name, "Registered to")
        where = ("--engine", "dask", "--scheduler", cluster.address)
        command = runner.start(world.generate(place / "results", *where))
        end = time.monotonic() + runner.moment(1.5 * world.generating_seconds)
        while not command.is_over() and time.monotonic() < end:
            time.sleep(0.005)
        cluster.kill(runner.rng.choice(["one", "two"]))
        require(command.wait() == 0, command.said)
    finally:
        cluster.close()
    world.check_samples(place / "results")


# ---------------------------------------------------------------- Ctrl-C


def interrupted_generating(world: World, runner: Runner, place: Path) -> None:
    """One Ctrl-C: exit code 130 and no traceback; then the same command to its end."""
    _interrupted(runner, world.generate(place), world.generating_seconds)
    world.check_samples(place)


def interrupted_evaluating(world: World, runner: Runner, place: Path) -> None:
    """The same."""
    shutil.copytree(world.clean, place, dirs_exist_ok=True)
    with world.private_cache(place / "cache"):
        _interrupted(runner, world.evaluate(place), world.evaluating_seconds)
    world.check_numbers(place)


def interrupted_training(world: World, runner: Runner, place: Path) -> None:
    """The same."""
    _interrupted(runner, world.train(place / "run"), world.training_seconds)
    world.check_run(place / "run")


def _interrupted(runner: Runner, args: list[str], seconds: float) -> None:
    command = runner.start(args)
    status = command.signal_after(runner.moment(seconds), signal.SIGINT)
    require(status in (0, 130), f"exit code {status}: {command.said}")
    no_traceback(command)
    runner.finish(args)


# ---------------------------------------------------------------- two at once


def two_generating(world: World, runner: Runner, place: Path) -> None:
    """One draws; the other is refused with a line that names the first, or finds all done."""
    _two(runner, world.generate(place), world.generating_seconds, str(samples_in(place)))
    world.check_samples(place)


def two_training(world: World, runner: Runner, place: Path) -> None:
    """The same in a run's folder."""
    _two(runner, world.train(place / "run"), world.training_seconds, str(place / "run"))
    world.check_run(place / "run")


def _two(runner: Runner, args: list[str], seconds: float, what: str) -> None:
    first = runner.start(args)
    time.sleep(runner.rng.uniform(0.0, 0.5) * seconds)
    both = [first, runner.start(args)]
    statuses = [command.wait() for command in both]
    require(0 in statuses, f"exit codes {statuses}: {first.said}")
    for command, other in zip(both, both[::-1], strict=True):
        if command.status != 0:
            one_line(command, what, f"process {other.pid} on host", "since")


# ---------------------------------------------------------------- files cut short


def cut_samples(world: World, runner: Runner, place: Path) -> None:
    """Evaluating and generating name the file and leave it; overwriting mends it."""
    shutil.copytree(world.clean, place, dirs_exist_ok=True)
    path = samples_in(place)
    content = _cut(runner, path)
    for args in (world.evaluate(place), world.generate(place)):
        command = runner.start(args)
        one_line(command, str(path))
        require(path.read_bytes() == content, "the damaged file was changed")
    runner.finish(world.generate(place, "eval.overwrite=true"))
    world.check_samples(place)


def cut_result(world: World, runner: Runner, place: Path) -> None:
    """A damaged result is named and left; moved away, the evaluation comes out the same."""
    shutil.copytree(world.results, place, dirs_exist_ok=True)
    path = place / "loglinear" / f"{METHOD}.json"
    content = _cut(runner, path)
    one_line(ended(runner, world.evaluate(place)), str(path))
    require(path.read_bytes() == content, "the damaged file was changed")
    path.unlink()
    runner.finish(world.evaluate(place))
    world.check_numbers(place)


def cut_unfinished(world: World, runner: Runner, place: Path) -> None:
    """Unfinished samples: what is whole is kept, the rest drawn again."""
    args = world.generate(place)
    runner.start(args).signal_after(0.6 * world.generating_seconds, signal.SIGKILL)
    path = place / "loglinear" / f".{METHOD}_samples.partial"
    if path.exists():
        _cut(runner, path)
    runner.finish(args)
    world.check_samples(place)


def cut_checkpoint(world: World, runner: Runner, place: Path) -> None:
    """A model's file is named, by generating and by training; its folder stays as it was."""
    run = place / "run"
    command = runner.start(world.train(run))
    command.signal_after(0.9 * world.training_seconds, signal.SIGKILL)
    path = next((p for p in run.glob("checkpoint_*.pt")), None)
    if path is None:  # killed before the first one
        path = run / "checkpoint_last.pt"
        run.mkdir(exist_ok=True)
        shutil.copy(world.checkpoint, path)
    content = _cut(runner, path)
    one_line(ended(runner, world.train(run)), str(path))
    args = [a.replace(str(world.checkpoint), str(path)) for a in world.generate(place)]
    one_line(ended(runner, args), str(path))
    require(path.read_bytes() == content, "the damaged file was changed")
    path.unlink()
    runner.finish(world.train(run))
    world.check_run(run)


def cut_cache(world: World, runner: Runner, place: Path) -> None:
    """Files of the cache are made again without a word."""
    shutil.copytree(world.clean, place, dirs_exist_ok=True)
    shutil.copytree(world.folder / "cache", place / "cache")
    for path in (place / "cache").rglob("*.npz"):
        _cut(runner, path)
    with world.private_cache(place / "cache"):
        runner.finish(world.evaluate(place))
    world.check_numbers(place)


def _cut(runner: Runner, path: Path) -> bytes:
    content = path.read_bytes()
    content = content[: runner.rng.randrange(len(content))]
    path.write_bytes(content)
    return content


def ended(runner: Runner, args: list[str]) -> Command:
    """A command that has ended."""
    command = runner.start(args)
    command.wait()
    return command
