"""How one sample came to be, as token rows and as an animation.

It is drawn again from a checkpoint, or from samples and the checkpoint that they name.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.names import RoomLabels
from bd_gen.diagrams.tokens import diagrams_from_tokens
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.drawing.film import Film
from bd_gen.generation.backfill import method_from_config
from bd_gen.generation.in_memory import sampler_for
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.outcome import Outcome, lay_out
from bd_gen.results.samples_file import read_samples
from bd_gen.sampling.condition_reader import condition_from_plain
from bd_gen.sampling.conditions import Condition
from bd_gen.sampling.method import DEFAULT_STEPS, Method
from bd_gen.sampling.settings import usual_method
from bd_gen.system.errors import InputError
from bd_gen.system.plugin_records import FIELD as PLUGINS
from bd_gen.training.bundled import checkpoint_file
from bd_gen.training.checkpoint import Checkpoint, load_checkpoint

MOST_STATES = 120
"""More states than this become too large a file; then only every second, third, ... is shown."""


@dataclass(frozen=True, eq=False)
class Trajectory:
    """The states that a sample went through.

    Attributes:
        tokens: (T, length) uint8 token rows, from all (or all that is not given) masked to the
            finished diagram. One state follows every call of the network; further ones stand
            where tokens were masked again in a step without a call, or by a sweep.
        calls: (T,) int64 calls of the network before each state.
        vocabulary: the layout of the token rows.
    """

    tokens: np.ndarray
    calls: np.ndarray
    vocabulary: Vocabulary

    @property
    def diagram(self) -> Diagram:
        """The finished diagram."""
        return diagrams_from_tokens(self.tokens[-1:], self.vocabulary)[0]


def trajectory_of(
    checkpoint: Checkpoint,
    method: Method,
    seed: int = 0,
    sample: int = 0,
    condition: Condition | None = None,
    device: str = "auto",
) -> Trajectory:
    """The way of sample number `sample` of a seed, just as `generate` draws it.

    Args:
        checkpoint: what `load_checkpoint` read.
        method: how to sample.
        seed: 0..2^64-1.
        sample: 0, 1, ...
        condition: what the diagram keeps.
        device: `auto`, `cpu`, `cuda`, ...

    Raises:
        InputError: the checkpoint, the condition or the device cannot be used.
    """
    sampler = sampler_for(checkpoint, method, condition, device)
    states: list[np.ndarray] = []
    calls: list[int] = []

    def observe(rows: np.ndarray) -> None:
        if not states or sampler.calls > calls[-1] or not np.array_equal(rows[0], states[-1]):
            states.append(rows[0].copy())
            calls.append(sampler.calls)

    sampler.sample(seed, [sample], observer=observe)
    # Attempts that were refused had calls, too.
    return Trajectory(np.array(states), np.array(calls) - calls[0], checkpoint.vocabulary)


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
        method_name: name of a method; by default the usual one without
            sweeps. The prefix v2_ is added for a
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
    method = _method(method_name, steps, checkpoint)
    return trajectory_of(checkpoint, method, seed, sample), _title(method, seed, sample)


def _method(name: str | None, steps: int, checkpoint: Checkpoint) -> Method:
    try:
        usual = replace(usual_method(), sweeps=0, sweep_kind="", steps=steps)
        method = usual if name is None else Method.from_name(name, steps)
    except ValueError as error:
        raise InputError(f"--method: {error}") from None
    return replace(method, is_learned=True) if checkpoint.is_learned else method


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
    method = method_from_config(samples.config, samples.method, samples.provenance.get(PLUGINS))
    given = samples.config.get("given")
    labels = RoomLabels(words=checkpoint.words)
    condition = None if given is None else condition_from_plain(given, labels)
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
