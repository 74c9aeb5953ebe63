"""Parts of a generation job, and how a worker draws one.

A shard is a run of whole batches of one seed. Which samples share a batch does not depend on who
draws it or how large shards are, so neither do the samples, to the last bit on machines of one
kind.
"""

import copy
import hashlib
import pickle
import tempfile
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch

from bd_gen.generation.in_memory import sampler_for
from bd_gen.generation.only_realizable import drawn_rows
from bd_gen.model.class_weights import ClassWeights
from bd_gen.sampling.conditions import Condition
from bd_gen.sampling.method import Method
from bd_gen.sampling.sampler import Sampler
from bd_gen.system.errors import InputError
from bd_gen.system.plugins import Plugin, install, loaded
from bd_gen.system.version import __version__
from bd_gen.training.checkpoint import Checkpoint, load_checkpoint


@dataclass(frozen=True)
class Shard:
    """The samples first, ..., last - 1 of a seed; `first` is a multiple of the batch size."""

    seed: int
    first: int
    last: int

    def __str__(self) -> str:
        return f"samples {self.first:,} to {self.last - 1:,} of seed {self.seed}"


@dataclass(frozen=True)
class Task:
    """What all shards of a job have in common; it can be sent to another process or machine.

    Attributes:
        checkpoint_path: the model's file, absolute.
        checkpoint_sha256: what its bytes hash to.
        method: how to sample.
        condition: what every sample keeps.
        device: where the network runs: `auto`, `cpu`, `cuda`, ...
        batch_size: diagrams at a time.
        class_weights: of the loss that trained the model, to be divided out.
        versions: of bd-gen and torch, which must be the same everywhere.
        plugins: what the plug-ins hash to, so that a worker does not go on with older ones.
    """

    checkpoint_path: str
    checkpoint_sha256: str
    method: Method
    condition: Condition | None
    device: str
    batch_size: int
    class_weights: ClassWeights | None = None
    versions: tuple[str, str] = (__version__, str(torch.__version__))
    plugins: tuple[str, ...] = field(default_factory=lambda: tuple(p.sha256 for p in loaded()))

    @staticmethod
    def of(
        checkpoint: Checkpoint,
        method: Method,
        condition: Condition | None,
        device: str,
        batch_size: int,
    ) -> "Task":
        """The task of drawing from a checkpoint that was loaded from a file."""
        path = str(Path(checkpoint.source).absolute())
        weights = checkpoint.class_weights
        return Task(path, checkpoint.sha256, method, condition, device, batch_size, weights)


@dataclass(frozen=True)
class Drawn:
    """What came of a shard.

    Attributes:
        shard: which one.
        rows: (last - first, row size) uint8 token rows, with what `drawn_rows` puts behind them.
        calls: (last - first,) int64 network calls for each diagram.
    """

    shard: Shard
    rows: np.ndarray
    calls: np.ndarray


Results = Generator[Drawn, None, None]
"""Shards as they are done; closed early, the rest is dropped."""


def shards_of(
    missing: Iterable[tuple[int, int, int]], seeds: tuple[int, ...], size: int
) -> Iterator[Shard]:
    """Batches (index of the seed, first, last + 1) joined to runs of at most `size` samples.

    A batch larger than `size` is a shard of its own.
    """
    current: Shard | None = None
    for k, first, last in missing:
        fits = (
            current is not None
            and (current.seed, current.last) == (seeds[k], first)
            and last - current.first <= size
        )
        if current is not None and fits:
            current = replace(current, last=last)
            continue
        if current is not None:
            yield current
        current = Shard(seeds[k], first, last)
    if current is not None:
        yield current


def draw_shard(sampler: Sampler, shard: Shard, batch_size: int) -> Drawn:
    """Draw one shard.

    Raises:
        InputError: the GPU's memory does not hold a batch, or hardly any draw can be kept.
    """
    sampler = copy.copy(sampler)  # with counts of its own
    try:
        rows = drawn_rows(sampler, shard.seed, range(shard.first, shard.last), batch_size)
    except torch.cuda.OutOfMemoryError:
        raise InputError(
            f"eval.batch_size={batch_size}: the memory of the GPU does not hold so many diagrams"
        ) from None
    return Drawn(shard, rows, sampler.calls_of)


# ---------------------------------------------------------------- on a worker

_sent: dict[str, bytes] = {}
"""Checkpoint files that came over the network, by their hash."""


def keep_checkpoint(sha256: str, content: bytes) -> None:
    """Give this process the file of a checkpoint that it cannot read itself.

    Raises:
        InputError: the bytes are not those that were sent.
    """
    if hashlib.sha256(content).hexdigest() != sha256:
        raise InputError(f"checkpoint {sha256[:16]}: damaged on its way here")
    _sent[sha256] = content


def forget_checkpoint(sha256: str) -> None:
    """Free what `keep_checkpoint` keeps."""
    _sent.pop(sha256, None)


def draw_with_plugins(plugins: tuple[Plugin, ...], task: bytes, shard: Shard) -> Drawn | None:
    """The same on a machine that has none of the plug-ins yet; the task may be made of them.

    Raises:
        InputError: as `draw_on_worker`, or a plug-in cannot be imported here.
    """
    install(plugins)
    return draw_on_worker(pickle.loads(task), shard)  # noqa: S301 - of whom the cluster serves


def draw_on_worker(task: Task, shard: Shard) -> Drawn | None:
    """Draw a shard in a process that has nothing loaded yet, or did so for an earlier one.

    Returns:
        None if the checkpoint is not to be found here; `keep_checkpoint` mends that.

    Raises:
        InputError: other versions run here, or the checkpoint or the device cannot be used.
    """
    here = (__version__, str(torch.__version__))
    if here != task.versions:
        raise InputError(
            "a worker runs bd-gen {} with torch {}, this is bd-gen {} with torch {}".format(
                *here, *task.versions
            )
        )
    try:
        sampler = _sampler(task)
    except FileNotFoundError:
        return None
    return draw_shard(sampler, shard, task.batch_size)


@lru_cache(maxsize=4)
def _sampler(task: Task) -> Sampler:
    checkpoint = _checkpoint(task.checkpoint_path, task.checkpoint_sha256)
    checkpoint = replace(checkpoint, class_weights=task.class_weights)
    return sampler_for(checkpoint, task.method, task.condition, task.device)


@lru_cache(maxsize=2)
def _checkpoint(path: str, sha256: str) -> Checkpoint:
    """The checkpoint of that hash: the file at `path`, or what was sent.

    Raises:
        FileNotFoundError: neither is here.
    """
    if sha256 in _sent:
        return _unpacked(path, _sent[sha256])
    try:
        checkpoint = load_checkpoint(path)
    except InputError:
        raise FileNotFoundError(path) from None
    if checkpoint.sha256 != sha256:  # another file of that name
        raise FileNotFoundError(path)
    return checkpoint


def _unpacked(path: str, content: bytes) -> Checkpoint:
    with tempfile.TemporaryDirectory(prefix="bd-gen-") as folder:
        file = Path(folder) / "checkpoint.pt"
        file.write_bytes(content)
        return replace(load_checkpoint(file), source=path)
