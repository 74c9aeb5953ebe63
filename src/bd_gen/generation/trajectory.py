"""How one sample came to be: its token row after every call of the network."""

from dataclasses import dataclass

import numpy as np

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.tokens import diagrams_from_tokens
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.generation.in_memory import sampler_for
from bd_gen.sampling.conditions import Condition
from bd_gen.sampling.method import Method
from bd_gen.training.checkpoint import Checkpoint


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
