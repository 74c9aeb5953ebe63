"""A joint small enough to enumerate, its exact denoiser, and how far a sampler is from it.

Every token takes one of `NUM_VALUES` values. For diagrams of n rooms the joint is a table with
one axis a token. One more entry along each axis, the sum over it, stands for MASK: an entry of
the widened table is then the probability of what is visible, and the conditional of a masked
token is a line of the table. Tokens read as digits in base `NUM_VALUES + 1` give the place.

The oracle takes the place of the network in the very sampler that draws real diagrams.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from tests.rplan import EDGE_MASK, EDGE_VOCABULARY_SIZE, NO_EDGE, NODE_MASK, NODE_VOCABULARY_SIZE
from torch import Tensor

from bd_gen.diagrams.tokens import num_rooms_of
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.learned_rates import LearnedRates, LearnedVisibility
from bd_gen.model.order_law import OrderLaw
from bd_gen.model.packing import PackedBatch
from bd_gen.model.schedules import SCHEDULES
from bd_gen.sampling.grid import LawVisibility, SharedVisibility, Visibility
from bd_gen.sampling.method import Method
from bd_gen.sampling.sampler import Sampler

NUM_VALUES = 3
NODE_VALUES = (0, 4, 12)
EDGE_VALUES = (1, 7, NO_EDGE)
COLUMNS = 13
NUM_SAMPLES = 40_000
CONCENTRATION = 0.15
"""Of the Dirichlet that joints are drawn from: far below 1 is skewed, few states hold most."""


def skewed_joint(num_rooms: int, rng: np.random.Generator) -> np.ndarray:
    """A random joint, (NUM_VALUES,) * N for the N tokens of `num_rooms` rooms."""
    num_tokens = num_rooms * (num_rooms + 1) // 2
    weights = rng.dirichlet(np.full(NUM_VALUES**num_tokens, CONCENTRATION)) + 1e-9
    return (weights / weights.sum()).reshape((NUM_VALUES,) * num_tokens)


def _widened(joint: np.ndarray) -> np.ndarray:
    for axis in range(joint.ndim):
        joint = np.concatenate([joint, joint.sum(axis=axis, keepdims=True)], axis=axis)
    return joint


def _digit_of_joint_token() -> np.ndarray:
    """The digit of every token of the network's joint table; -1 for one that may not occur."""
    digits = np.full(NODE_VOCABULARY_SIZE + EDGE_VOCABULARY_SIZE, -1)
    digits[list(NODE_VALUES)] = range(NUM_VALUES)
    digits[NODE_MASK] = NUM_VALUES
    digits[NODE_VOCABULARY_SIZE + np.array(EDGE_VALUES)] = range(NUM_VALUES)
    digits[NODE_VOCABULARY_SIZE + EDGE_MASK] = NUM_VALUES
    return digits


_DIGITS = torch.from_numpy(_digit_of_joint_token())


@dataclass(frozen=True, eq=False)
class Oracle:
    """Diagrams whose distribution is known, and the exact denoiser of it (a `Predictor`).

    Attributes:
        joints: number of rooms n -> joint of its tokens, (NUM_VALUES,) * (n(n+1)/2), sums to 1.
        histogram: (n_max + 1,) counts of diagrams with 0, 1, ... rooms.
    """

    joints: Mapping[int, np.ndarray]
    histogram: tuple[int, ...]

    @staticmethod
    def of_three_rooms(seed: int) -> "Oracle":
        """729 states: three rooms, six tokens."""
        return Oracle({3: skewed_joint(3, np.random.default_rng(seed))}, (0, 0, 0, 1))

    @staticmethod
    def of_several_sizes(seed: int) -> "Oracle":
        """759 states: one, two and three rooms, as 2 : 3 : 5."""
        rng = np.random.default_rng(seed)
        return Oracle({n: skewed_joint(n, rng) for n in (1, 2, 3)}, (0, 2, 3, 5))

    @property
    def vocabulary(self) -> Vocabulary:
        """The layout of the rows."""
        return Vocabulary(len(self.histogram) - 1)

    @cached_property
    def _tables(self) -> dict[int, tuple[Tensor, Tensor]]:
        """Length of a row -> log probability of what is visible (flat), and place values."""
        tables = {}
        for joint in self.joints.values():
            places = (NUM_VALUES + 1) ** np.arange(joint.ndim - 1, -1, -1)
            table = torch.from_numpy(np.log(_widened(joint)).reshape(-1))
            tables[joint.ndim] = (table, torch.from_numpy(places))
        return tables

    def __call__(self, batch: PackedBatch, time: Tensor, at: Tensor) -> Tensor:  # noqa: ARG002
        """(M, 13) float64 logits: the exact conditionals; the time says nothing new."""
        digits = _DIGITS[batch.tokens]
        assert (digits >= 0).all(), "a token that this joint does not know"
        lines, start = [], 0
        for group in batch.groups:
            stop = start + group.count * group.length
            table, places = self._tables[group.length]
            part = digits[start:stop].view(group.count, group.length)
            # Where the line along each token's own axis begins.
            place = ((part * places).sum(dim=1, keepdim=True) - part * places).view(-1, 1)
            steps = places.repeat(group.count)[:, None] * torch.arange(NUM_VALUES)
            wanted = at[(at >= start) & (at < stop)] - start
            lines.append(table[(place + steps)[wanted]])
            start = stop
        return self._columns(torch.cat(lines), batch.tokens[at] >= NODE_VOCABULARY_SIZE)

    def _columns(self, line: Tensor, is_edge: Tensor) -> Tensor:
        """Log probabilities (M, NUM_VALUES) at the columns of their values (M, 13)."""
        values = torch.where(is_edge[:, None], torch.tensor(EDGE_VALUES), torch.tensor(NODE_VALUES))
        logits = torch.full((len(line), COLUMNS), -torch.inf, dtype=torch.float64)
        return logits.scatter_(1, values, line)

    def states(self, rows: np.ndarray) -> np.ndarray:
        """(N,) number of the state that each token row (N, length) is in."""
        vocabulary, numbers = self.vocabulary, np.full(len(rows), -1)
        sizes = num_rooms_of(rows, vocabulary)
        offset = 0
        for n, joint in sorted(self.joints.items()):
            here = rows[sizes == n][:, vocabulary.real_positions(n)].astype(np.int64)
            here[:, n:] += NODE_VOCABULARY_SIZE
            digits = _DIGITS.numpy()[here]
            assert (digits < NUM_VALUES).all(), "a sample with MASK in it"
            numbers[sizes == n] = offset + np.ravel_multi_index(tuple(digits.T), joint.shape)
            offset += joint.size
        assert (numbers >= 0).all(), "a sample of a size that does not occur"
        return numbers

    @cached_property
    def truth(self) -> np.ndarray:
        """Probability of every state."""
        shares = np.array(self.histogram) / sum(self.histogram)
        return np.concatenate([shares[n] * p.reshape(-1) for n, p in sorted(self.joints.items())])

    def given(self, row: np.ndarray) -> np.ndarray:
        """Probability of every state, given all tokens of a row of one size but MASK.

        Args:
            row: (length,) tokens, MASK where unknown, PAD beyond the rooms.
        """
        n = int(num_rooms_of(row[None], self.vocabulary)[0])
        real = row[self.vocabulary.real_positions(n)].astype(np.int64)
        real[n:] += NODE_VOCABULARY_SIZE
        parts = []
        for size, joint in sorted(self.joints.items()):
            part = np.zeros_like(joint)
            if size == n:
                digits = _DIGITS.numpy()[real]
                chosen = tuple(slice(None) if d == NUM_VALUES else slice(d, d + 1) for d in digits)
                part[chosen] = joint[chosen]
            parts.append(part.reshape(-1))
        whole = np.concatenate(parts)
        return whole / whole.sum()

    def sampler(
        self, method: Method, process: str = "loglinear", given: np.ndarray | None = None
    ) -> Sampler:
        """The sampler of real generation with this oracle as its network."""
        visibility = visibility_named(process, self.vocabulary)
        return Sampler(self, self.vocabulary, visibility, self.histogram, method, given=given)


def visibility_named(process: str, vocabulary: Vocabulary) -> Visibility:
    """A forward process: a schedule, `learned` for random rates, different at each position, or
    `law` for random weights of a learned law over orders."""
    if process == "law":
        law = OrderLaw()
        torch.nn.init.normal_(law.order_weights, generator=torch.Generator().manual_seed(0))
        return LawVisibility(SCHEDULES["loglinear"], law)
    if process != "learned":
        return SharedVisibility(SCHEDULES[process])
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        rates = LearnedRates(vocabulary)
        torch.nn.init.normal_(rates.mlp[-1].weight, std=1.5)
    return LearnedVisibility(rates)


def counts_of(states: np.ndarray, num_states: int) -> np.ndarray:
    """How many samples are in each state."""
    return np.bincount(states, minlength=num_states)


def total_variation(counts: np.ndarray, truth: np.ndarray) -> float:
    """Half the summed difference between the shares of `counts` and `truth`."""
    return float(np.abs(counts / counts.sum() - truth).sum() / 2)


@dataclass(frozen=True)
class Floor:
    """Total variation of true samples from the truth: mean and spread over replicates."""

    mean: float
    std: float

    @property
    def threshold(self) -> float:
        """What an exact sampler stays below: five standard deviations above the mean.

        The distance of an exact sampler is nearly normal, so that a seed fails by chance once
        in three million.
        """
        return self.mean + 5 * self.std


def noise_floor(
    truth: np.ndarray, num_samples: int = NUM_SAMPLES, replicates: int = 200, seed: int = 0
) -> Floor:
    """What `num_samples` true samples are away from the truth."""
    draws = np.random.default_rng(seed).multinomial(num_samples, truth, size=replicates)
    distances = [total_variation(counts, truth) for counts in draws]
    return Floor(float(np.mean(distances)), float(np.std(distances, ddof=1)))


def distance(
    oracle: Oracle,
    method: Method,
    process: str = "loglinear",
    num_samples: int = NUM_SAMPLES,
    seed: int = 42,
    given: np.ndarray | None = None,
) -> tuple[float, float]:
    """Total variation of a method's samples from the truth, and its network calls a sample.

    With tokens `given` (see `Oracle.given`) the truth is conditional on them.
    """
    sampler = oracle.sampler(method, process, given)
    rows = sampler.sample(seed, range(num_samples), batch_size=num_samples)
    truth = oracle.truth if given is None else oracle.given(given)
    counts = counts_of(oracle.states(rows), len(truth))
    return total_variation(counts, truth), sampler.calls / num_samples


@dataclass(frozen=True)
class Bias:
    """How far one method is from the truth, averaged over joints.

    Attributes:
        method: the method.
        distance: total variation from the truth.
        floor: the same of true samples.
        threshold: what an exact method stays below, on average.
        calls: network calls a sample.
    """

    method: Method
    distance: float
    floor: float
    threshold: float
    calls: float


def measured_bias(
    methods: Sequence[Method],
    joints: int = 3,
    num_samples: int = NUM_SAMPLES,
    make: Callable[[int], Oracle] = Oracle.of_three_rooms,
) -> list[Bias]:
    """The bias of several methods on the same random joints."""
    oracles = [make(seed) for seed in range(joints)]
    floors = [noise_floor(oracle.truth, num_samples) for oracle in oracles]
    table = []
    for method in methods:
        found = [distance(oracle, method, num_samples=num_samples) for oracle in oracles]
        table.append(
            Bias(
                method,
                float(np.mean([tv for tv, _ in found])),
                float(np.mean([floor.mean for floor in floors])),
                float(np.mean([floor.threshold for floor in floors])),
                float(np.mean([calls for _, calls in found])),
            )
        )
    return table


def bias_table(table: Sequence[Bias]) -> str:
    """The bias of methods as a Markdown table, for `docs/sampling.md`."""
    lines = [
        "| method | steps | exact | TV to the truth | TV of true samples | calls a sample |",
        "|---|---|---|---|---|---|",
    ]
    for bias in table:
        steps = str(bias.method.steps) if bias.method.has_steps else "one a token"
        lines.append(
            f"| `{bias.method.name}` | {steps} | {_exactness(bias.method)} | {bias.distance:.3f} "
            f"| {bias.floor:.3f} | {bias.calls:.1f} |"
        )
    return "\n".join(lines) + "\n"


def _exactness(method: Method) -> str:
    if method.is_exact:
        return "yes"
    in_the_limit = method.order.may_be_exact and method.decoding.is_exact
    return "as steps grow" if in_the_limit and method.remasking is None else "no"
