"""From a checkpoint, or from samples and the checkpoint that they name, to an animation."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from bd_gen.drawing.animation import Film
from bd_gen.generation.backfill import method_from_config
from bd_gen.generation.trajectory import Trajectory, trajectory_of
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.outcome import Outcome, lay_out
from bd_gen.results.samples_file import read_samples
from bd_gen.sampling.condition_reader import condition_from_plain
from bd_gen.sampling.method import DEFAULT_STEPS, Method
from bd_gen.system.errors import InputError
from bd_gen.training.bundled import checkpoint_file
from bd_gen.training.checkpoint import Checkpoint, load_checkpoint

USUAL_METHOD = "first_hitting_temp1.0_no_remask"
MOST_STATES = 120
"""More states than this become too large a file; then only every second, third, ... is shown."""


def checkpoint_trajectory(
    path: str | Path,
    method_name: str | None = None,
    seed: int = 42,
    sample: int = 0,
    steps: int = DEFAULT_STEPS,
    tell: Callable[[Checkpoint], object] | None = None,
) -> tuple[Trajectory, str]:
    """How a checkpoint draws a sample, and in words which one that is.

    Args:
        path: the file, or "bundled".
        method_name: name of a method; by default the exact one. The prefix v2_ is added for a
            checkpoint with a learned forward process.
        seed: 0..2^64-1.
        sample: number of the sample.
        steps: of the method, if it has any.
        tell: told of the checkpoint before it draws.

    Raises:
        InputError: the checkpoint or the name cannot be used.
    """
    checkpoint = load_checkpoint(checkpoint_file(path))
    if tell is not None:
        tell(checkpoint)
    method = _method(method_name or USUAL_METHOD, steps, checkpoint)
    return trajectory_of(checkpoint, method, seed, sample), _title(method, seed, sample)


def _method(name: str, steps: int, checkpoint: Checkpoint) -> Method:
    try:
        method = Method.from_name(name, steps)
    except ValueError as error:
        raise InputError(f"--method: {error}") from None
    if checkpoint.is_learned and not name.startswith("v2_"):
        method = replace(method, is_learned=True)
    return method


def samples_trajectory(
    path: str | Path, seed: int | None = None, sample: int = 0
) -> tuple[Trajectory, str]:
    """How a sample of a samples file was drawn, by the checkpoint that the file names.

    Args:
        path: the samples file.
        seed: one of its seeds; the first by default.
        sample: number of the sample.

    Raises:
        InputError: there is no such sample, or the checkpoint is missing or is another one.
    """
    samples = read_samples(path)
    seed = samples.seeds[0] if seed is None else seed
    if seed not in samples.seeds:
        seeds = ", ".join(map(str, samples.seeds))
        raise InputError(f"{path}: seed {seed}: expected one of {seeds}")
    if not 0 <= sample < samples.num_samples:
        raise InputError(f"{path}: sample {sample}: expected 0..{samples.num_samples - 1}")
    named = samples.config.get("checkpoint")
    if not isinstance(named, str):
        raise InputError(f"{path}: config/checkpoint: names no checkpoint to draw the sample again")
    checkpoint = load_checkpoint(checkpoint_file(named))
    recorded = samples.provenance.get("checkpoint_sha256")
    if recorded is not None and recorded != checkpoint.sha256:
        raise InputError(f"{path}: was drawn with another checkpoint than {named} is now")
    if samples.config.get("class_weights") is not None:
        raise InputError(f"{path}: drawn with class weights; only samples without any can be shown")
    method = method_from_config(samples.config, samples.method)
    given = samples.config.get("given")
    condition = None if given is None else condition_from_plain(given)
    trajectory = trajectory_of(checkpoint, method, seed, sample, condition)
    if not np.array_equal(trajectory.tokens[-1], samples.per_seed[seed].tokens[sample]):
        raise InputError(f"{path}: seed {seed}, sample {sample}: {named} now draws another diagram")
    return trajectory, _title(method, seed, sample)


def _title(method: Method, seed: int, sample: int) -> str:
    return f"{method.name}, seed {seed}, sample {sample}"


def film_of(
    trajectory: Trajectory, title: str | None, options: SolverOptions | None
) -> tuple[Film, Outcome]:
    """A trajectory as an animation, and the layout that it stands on.

    Args:
        trajectory: what is to be seen.
        title: a line of text.
        options: of the solver; None to place the rooms by their relations alone.

    Raises:
        InputError: OR-tools is missing.
    """
    outcome = Outcome(None) if options is None else lay_out(trajectory.diagram, options)
    shown = shown_states(len(trajectory.tokens))
    film = Film(
        trajectory.tokens[shown],
        trajectory.calls[shown],
        trajectory.vocabulary,
        outcome.boxes,
        title,
    )
    return film, outcome


def shown_states(count: int) -> np.ndarray:
    """Which of `count` states are shown: the first, and every k-th counted from the last."""
    every = -(-count // MOST_STATES)
    return np.unique(np.append(0, np.arange(count - 1, -1, -every)))
