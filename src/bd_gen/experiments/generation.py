"""One generation job: from a checkpoint and a method to a samples file."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bd_gen.diagrams.tokens import num_rooms_of
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.errors import InputError
from bd_gen.experiments.drawing import sampler_for
from bd_gen.experiments.partial import PartialSamples
from bd_gen.experiments.provenance import provenance
from bd_gen.results.floor import DEFAULT_SEEDS
from bd_gen.results.samples_file import (
    Samples,
    SeedSamples,
    read_description,
    samples_path,
    write_samples,
)
from bd_gen.sampling.conditions import Condition
from bd_gen.sampling.method import Method
from bd_gen.sampling.sampler import Sampler
from bd_gen.training.checkpoint import Checkpoint, load_checkpoint

MOST_SAMPLES = 10_000_000
"""More diagrams a seed than this are refused: their tokens alone would take gigabytes."""
_SAVE_EVERY = 15.0  # seconds between two saves of unfinished work


@dataclass(frozen=True)
class GenerationJob:
    """What to draw and where to put it.

    Attributes:
        checkpoint_path: the model.
        method: how to sample.
        seeds: distinct seeds.
        num_samples: diagrams of each seed.
        directory: where the samples file goes.
        batch_size: diagrams at a time; has no influence on the samples.
        device: `auto`, `cpu`, `cuda`, ...
        overwrite: replace a samples file of another checkpoint or other settings.
        condition: what every sample keeps; None for free samples.

    Raises:
        InputError: a number out of range.
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
    """

    path: Path
    is_new: bool
    calls_per_sample: float = float("nan")
    seconds: float = 0.0


def generate(
    job: GenerationJob,
    checkpoint: Checkpoint | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Generated:
    """Draw all samples of a job and write its file; unfinished work is gone on with.

    Args:
        job: what to draw.
        checkpoint: the content of `job.checkpoint_path`, if it is loaded already.
        progress: told (done, total) diagrams.

    Raises:
        InputError: the checkpoint cannot be used, or the file exists with other content.
    """
    checkpoint = checkpoint or load_checkpoint(job.checkpoint_path)
    config = settings(job)
    if _is_complete(job, config, checkpoint):
        return Generated(job.path, is_new=False)
    partial = PartialSamples.open(
        job.directory / f".{job.method.name}_samples.partial.npz",
        {**config, "checkpoint": checkpoint.sha256},
        job.seeds,
        (job.num_samples, checkpoint.vocabulary.length),
    )
    sampler = sampler_for(checkpoint, job.method, job.condition, job.device)
    start = time.monotonic()
    try:
        _draw(job, sampler, partial, progress)
        seconds = time.monotonic() - start
        write_samples(job.path, _samples(job, config, checkpoint, partial))
    except InputError:
        with suppress(InputError):  # on a full disk the first error is the one to tell
            partial.save()
        raise
    except BaseException:
        partial.save()  # also after Ctrl-C what is drawn is kept
        raise
    partial.remove()
    drawn = max(1, partial.num_drawn)
    return Generated(job.path, True, sampler.calls / drawn, seconds)


def _samples(
    job: GenerationJob, config: dict[str, Any], checkpoint: Checkpoint, partial: PartialSamples
) -> Samples:
    return Samples(
        method=job.method.name,
        n_max=checkpoint.n_max,
        seeds=job.seeds,
        num_samples=job.num_samples,
        config=config,
        provenance=provenance(checkpoint, job.checkpoint_path, job.directory.name),
        per_seed={
            seed: _with_masks(partial.tokens[k], checkpoint.vocabulary)
            for k, seed in enumerate(job.seeds)
        },
    )


def settings(job: GenerationJob) -> dict[str, Any]:
    """The `config` of the samples file and of the result file, as published."""
    given = {} if job.condition is None else {"given": job.condition.as_plain}
    return {
        "seeds": list(job.seeds),
        "num_samples": job.num_samples,
        **job.method.settings,
        "checkpoint": str(job.checkpoint_path),
        **given,
    }


def _draw(
    job: GenerationJob,
    sampler: Sampler,
    partial: PartialSamples,
    progress: Callable[[int, int], None] | None,
) -> None:
    total = len(job.seeds) * job.num_samples
    done = partial.num_done
    if progress is not None:
        progress(done, total)
    saved = time.monotonic()
    for k, first, last in partial.missing(job.batch_size):
        rows = sampler.sample(job.seeds[k], range(first, last), job.batch_size)
        partial.put(k, first, rows)
        if progress is not None:
            progress(partial.num_done, total)
        if time.monotonic() - saved > _SAVE_EVERY:
            partial.save()
            saved = time.monotonic()


def _is_complete(job: GenerationJob, config: dict[str, Any], checkpoint: Checkpoint) -> bool:
    """Whether the file is there and would come out the same.

    Raises:
        InputError: it is there but would come out otherwise, and may not be overwritten.
    """
    if job.overwrite or not job.path.exists():
        return False
    found = read_description(job.path)
    hint = "eval.overwrite=true replaces it"
    if found.provenance.get("checkpoint_sha256") != checkpoint.sha256:
        raise InputError(f"{job.path}: holds samples of another checkpoint; {hint}")
    for key in {**config, **found.config}:
        if key != "checkpoint" and found.config.get(key) != config.get(key):
            raise InputError(
                f"{job.path}: holds samples drawn with {key}={found.config.get(key)}, now "
                f"{config.get(key)} is asked for; {hint}"
            )
    return True


def _with_masks(tokens: np.ndarray, vocabulary: Vocabulary) -> SeedSamples:
    return SeedSamples(tokens, vocabulary.real_mask(num_rooms_of(tokens, vocabulary)))
