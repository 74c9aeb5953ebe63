"""One generation job: from a checkpoint and a method to a samples file."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from bd_gen.diagrams.tokens import num_rooms_of
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.generation.engines import Engine, SerialEngine
from bd_gen.generation.in_memory import check_fit
from bd_gen.generation.only_realizable import check_solver, rejection_in, row_size, tokens_in
from bd_gen.generation.partial import PartialSamples
from bd_gen.generation.provenance import provenance
from bd_gen.generation.shards import Task, shards_of
from bd_gen.model.class_weights import ClassWeights
from bd_gen.results.baselines import DEFAULT_SEEDS
from bd_gen.results.configuration import CALLS_FIELD as CALLS
from bd_gen.results.rejection import Rejection
from bd_gen.results.samples_file import (
    Samples,
    SeedSamples,
    read_description,
    samples_path,
    write_samples,
)
from bd_gen.sampling.conditions import Condition
from bd_gen.sampling.method import Method
from bd_gen.system.errors import InputError
from bd_gen.system.files import remove_leftovers
from bd_gen.system.locks import locked
from bd_gen.system.plugin_records import recorded
from bd_gen.training.bundled import checkpoint_file
from bd_gen.training.checkpoint import Checkpoint, load_checkpoint

MOST_SAMPLES = 10_000_000
"""More diagrams a seed than this are refused: their tokens alone would take gigabytes."""
_SAVE_EVERY = 15.0  # seconds after which unfinished work is made to outlive a power cut as well


@dataclass(frozen=True)
class GenerationJob:
    """What to draw and where to put it.

    Attributes:
        checkpoint_path: the model's file, or "bundled".
        method: how to sample.
        seeds: distinct seeds.
        num_samples: diagrams of each seed.
        directory: where the samples file goes.
        batch_size: diagrams at a time; has no influence on the samples.
        device: `auto`, `cpu`, `cuda`, ...
        overwrite: replace a samples file of another checkpoint or other settings.
        condition: what every sample keeps; None for free samples.
        class_weights: of the loss that trained the model, to be divided out.

    Raises:
        InputError: a number out of range, or a condition that leaves nothing to draw.
    """

    checkpoint_path: Path
    method: Method
    directory: Path
    seeds: tuple[int, ...] = DEFAULT_SEEDS
    num_samples: int = 1_000
    batch_size: int = 512
    device: str = "auto"
    overwrite: bool = False
    condition: Condition | None = None
    class_weights: ClassWeights | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.num_samples <= MOST_SAMPLES:
            raise InputError(
                f"eval.num_samples must be in 1..{MOST_SAMPLES:,}, got {self.num_samples}"
            )
        if self.batch_size < 1:
            raise InputError(f"eval.batch_size must be at least 1, got {self.batch_size}")
        if not self.seeds or len(set(self.seeds)) != len(self.seeds):
            raise InputError(f"eval.seeds must be distinct and at least one, got {self.seeds}")
        if not all(0 <= seed < 2**64 for seed in self.seeds):
            raise InputError(f"eval.seeds must lie in 0..2^64-1, got {self.seeds}")
        if self.condition is not None:
            self.condition.check_open()

    @property
    def path(self) -> Path:
        """The samples file."""
        return samples_path(self.directory, self.method.name)


@dataclass(frozen=True)
class Generated:
    """What a generation job left behind.

    Attributes:
        path: the samples file.
        is_new: False if it was there already, complete and from the same settings.
        calls_per_sample: network calls a diagram, nan if nothing was drawn.
        seconds: time spent sampling.
        rejection: draws that were refused, by seed; empty where every draw is kept.
    """

    path: Path
    is_new: bool
    calls_per_sample: float = float("nan")
    seconds: float = 0.0
    rejection: dict[int, Rejection] = field(default_factory=dict)


def generate(
    job: GenerationJob,
    checkpoint: Checkpoint | None = None,
    progress: Callable[[int, int], None] | None = None,
    engine: Engine | None = None,
    shard_size: int | None = None,
) -> Generated:
    """Draw all samples of a job and write its file; unfinished work is gone on with.

    Args:
        job: what to draw.
        checkpoint: the content of `job.checkpoint_path`, if it is loaded already.
        progress: told (done, total) diagrams.
        engine: who draws; this process if None. It has no influence on the samples.
        shard_size: diagrams that the engine gives out at a time, in whole batches; one batch if
            None.

    Raises:
        InputError: the checkpoint cannot be used, the file exists with other content, or another
            process is at work on it.
    """
    checkpoint = checkpoint or load_checkpoint(checkpoint_file(job.checkpoint_path))
    checkpoint = replace(checkpoint, class_weights=job.class_weights)
    if is_complete(job, checkpoint):
        _clear_up(job)
        return Generated(job.path, is_new=False)
    with _locked(job):
        if is_complete(job, checkpoint):  # whoever had the lock before has just written it
            return Generated(job.path, is_new=False)
        remove_leftovers(job.path)
        return _generated(job, checkpoint, progress, engine or SerialEngine(), shard_size)


def _locked(job: GenerationJob) -> AbstractContextManager[None]:
    return locked(job.directory / f".{job.path.stem}.lock", job.path)


def _partial_path(job: GenerationJob) -> Path:
    return job.directory / f".{job.path.stem}.partial"


def _clear_up(job: GenerationJob) -> None:
    """Remove what a run left that was killed after it had written its file."""
    if not _partial_path(job).is_file():
        return
    with suppress(InputError, OSError), _locked(job):
        _partial_path(job).unlink(missing_ok=True)
        remove_leftovers(job.path)


def _generated(
    job: GenerationJob,
    checkpoint: Checkpoint,
    progress: Callable[[int, int], None] | None,
    engine: Engine,
    shard_size: int | None,
) -> Generated:
    config = settings(job)
    check_fit(checkpoint, job.method, job.condition)
    check_solver(job.method)
    partial = PartialSamples.open(
        _partial_path(job),
        {**config, "checkpoint": checkpoint.sha256, **recorded()},
        job.seeds,
        (job.num_samples, row_size(job.method, checkpoint.vocabulary.length)),
    )
    start = time.monotonic()
    try:
        calls = _draw(job, checkpoint, partial, progress, engine, shard_size)
        seconds = time.monotonic() - start
        samples = _samples(job, config, checkpoint, partial)
        write_samples(job.path, samples)
    finally:
        partial.close()  # whatever stopped this, what is drawn is kept
    partial.remove()
    per_sample = calls / max(1, partial.num_drawn)
    return Generated(job.path, True, per_sample, seconds, samples.rejection)


def _samples(
    job: GenerationJob, config: dict[str, Any], checkpoint: Checkpoint, partial: PartialSamples
) -> Samples:
    mean_calls = partial.mean_calls
    length = checkpoint.vocabulary.length
    return Samples(
        method=job.method.name,
        n_max=checkpoint.n_max,
        words=checkpoint.words,
        seeds=job.seeds,
        num_samples=job.num_samples,
        config=config,
        provenance={
            **provenance(checkpoint, job.checkpoint_path, job.directory.name),
            **({} if mean_calls is None else {CALLS: round(mean_calls, 4)}),
        },
        per_seed={
            seed: _with_masks(tokens_in(partial.tokens[k], length), checkpoint.vocabulary)
            for k, seed in enumerate(job.seeds)
        },
        rejection=rejection_in(partial.tokens, length, job.seeds),
    )


def settings(job: GenerationJob) -> dict[str, Any]:
    """The `config` of the samples file and of the result file, as published."""
    given = {} if job.condition is None else {"given": job.condition.as_plain}
    weights = job.class_weights
    weighted = {} if weights is None else {"class_weights": weights.as_plain}
    return {
        "seeds": list(job.seeds),
        "num_samples": job.num_samples,
        **job.method.settings,
        "checkpoint": str(job.checkpoint_path),
        **given,
        **weighted,
    }


def is_complete(job: GenerationJob, checkpoint: Checkpoint) -> bool:
    """Whether the samples file of a job is there and would come out the same.

    Raises:
        InputError: it is there but would come out otherwise, and may not be overwritten.
    """
    if job.overwrite or not job.path.exists():
        return False
    config = settings(job)
    found = read_description(job.path)
    hint = "eval.overwrite=true (of suite run: --overwrite) replaces it"
    if found.provenance.get("checkpoint_sha256") != checkpoint.sha256:
        raise InputError(f"{job.path}: holds samples of another checkpoint; {hint}")
    for key in {**config, **found.config}:
        if key != "checkpoint" and found.config.get(key) != config.get(key):
            raise InputError(
                f"{job.path}: holds samples drawn with {key}={found.config.get(key)}, now "
                f"{config.get(key)} is asked for; {hint}"
            )
    return True


def _draw(
    job: GenerationJob,
    checkpoint: Checkpoint,
    partial: PartialSamples,
    progress: Callable[[int, int], None] | None,
    engine: Engine,
    shard_size: int | None,
) -> int:
    """Draw what is missing; the number of network calls that it took."""
    total = len(job.seeds) * job.num_samples
    task = Task.of(checkpoint, job.method, job.condition, job.device, job.batch_size)
    shards = shards_of(partial.missing(job.batch_size), job.seeds, shard_size or 1)
    index = {seed: k for k, seed in enumerate(job.seeds)}
    calls = 0
    if progress is not None:
        progress(partial.num_done, total)
    saved = time.monotonic()
    with closing(engine.draw(task, checkpoint, shards)) as results:
        for drawn in results:
            partial.put(index[drawn.shard.seed], drawn.shard.first, drawn.rows, drawn.calls)
            calls += int(drawn.calls.sum())
            if progress is not None:
                progress(partial.num_done, total)
            if time.monotonic() - saved > _SAVE_EVERY:
                partial.save()
                saved = time.monotonic()
    return calls


def _with_masks(tokens: np.ndarray, vocabulary: Vocabulary) -> SeedSamples:
    return SeedSamples(tokens, vocabulary.real_mask(num_rooms_of(tokens, vocabulary)))
