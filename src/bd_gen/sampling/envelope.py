"""A tree over the first values of limited tokens, which bounds how likely the rest may be.

Tokens that are limited to a set of values are drawn one after another in a fixed order. To draw
from p(values) given that all lie in their sets, rejection draws from a larger measure g >= p on
those values and keeps what it draws with probability p/g. Where nothing is known of the tokens
that are left, the best bound of their chance is 1; a node of this tree, at which the network was
asked, has a better one: the sum over its allowed values of their probability times the bound of
what follows. That is rejection by a hat function which is refined where most of the mass lies
(Gilks & Wild, "Adaptive rejection sampling", 1992; on trees: Dymetman et al., "The OS* algorithm",
arXiv:1207.0742). What it keeps follows p exactly, however small the tree is.
"""

from collections.abc import Callable

import numpy as np

ROUND = 256
"""Nodes that are asked for at a time."""

MOST_NODES = 2048
"""Beyond, the mass is spread so thin that another node hardly bounds it."""

Ask = Callable[[np.ndarray], np.ndarray]
"""(K, d) int64 values of the first d tokens -> (K, V) float64 probabilities of token d's values,
0 where it may not have them."""


class Envelope:
    """The tree, grown once where the most probable values lie.

    Args:
        depth: number of limited tokens, one at least.
        ask: the network.
        most_nodes: when to stop.
    """

    def __init__(self, depth: int, ask: Ask, most_nodes: int = MOST_NODES) -> None:
        self.depth = depth
        probabilities = ask(np.zeros((1, 0), np.int64))
        self._chance = [probabilities[0]]
        self._child = [np.full(probabilities.shape[1], -1)]
        self._prefix: list[tuple[int, ...]] = [()]
        self._mass = [1.0]
        while len(self._chance) < most_nodes and self._grow(ask, most_nodes):
            pass
        self.chance = np.array(self._chance)
        self.child = np.array(self._child)
        self.level = np.array([len(prefix) for prefix in self._prefix])
        self.bounded = self._bounds()

    def _grow(self, ask: Ask, most_nodes: int) -> bool:
        """Ask at the likeliest places where nobody has asked yet; False if there are none."""
        chance, child = np.array(self._chance), np.array(self._child)
        mass = np.array(self._mass)[:, None] * chance
        ends = np.array([len(prefix) + 1 >= self.depth for prefix in self._prefix])
        mass[(child >= 0) | ends[:, None]] = 0.0
        order = np.argsort(-mass, axis=None, kind="stable")[: min(ROUND, most_nodes - len(mass))]
        chosen = [(int(k // mass.shape[1]), int(k % mass.shape[1])) for k in order]
        chosen = [(node, value) for node, value in chosen if mass[node, value] > 0]
        for level in range(1, self.depth):
            here = [(n, v) for n, v in chosen if len(self._prefix[n]) + 1 == level]
            if here:
                self._add(here, mass, ask)
        return bool(chosen)

    def _add(self, places: list[tuple[int, int]], mass: np.ndarray, ask: Ask) -> None:
        prefixes = [(*self._prefix[node], value) for node, value in places]
        answers = ask(np.array(prefixes, np.int64))
        for (node, value), prefix, answer in zip(places, prefixes, answers, strict=True):
            self._child[node][value] = len(self._chance)
            self._chance.append(answer)
            self._child.append(np.full(len(answer), -1))
            self._prefix.append(prefix)
            self._mass.append(float(mass[node, value]))

    def _bounds(self) -> np.ndarray:
        """(nodes, V) probability of each value times the bound of what follows it."""
        bounded = self.chance.copy()
        for node in range(len(bounded) - 1, -1, -1):  # children come after their parents
            for value in np.flatnonzero(self.child[node] >= 0):
                bounded[node, value] *= bounded[self.child[node, value]].sum()
        return bounded

    @property
    def bound(self) -> float:
        """No less than the probability that all tokens have one of their values."""
        return float(self.bounded[0].sum())

    def descend(self, noise: Callable[[int], np.ndarray], count: int) -> np.ndarray:
        """Draw first values from the hat function, down to where the tree ends.

        Args:
            noise: level -> (count,) uniform in [0, 1).
            count: how many.

        Returns:
            (count, depth) int64 values, -1 beyond the end of the tree.
        """
        values = np.full((count, self.depth), -1)
        node = np.zeros(count, np.int64)
        for level in range(self.depth):
            rows = np.flatnonzero(node >= 0)
            if not len(rows):
                break
            drawn = choose(self.bounded[node[rows]], noise(level)[rows], is_whole=True)
            values[rows, level] = drawn
            node[rows] = self.child[node[rows], drawn]
        return values


def choose(weights: np.ndarray, noise: np.ndarray, is_whole: bool = False) -> np.ndarray:
    """(N,) which value each row (N, V) of weights gets by its uniform number (N,).

    Args:
        weights: not negative, a sum of at most 1 unless `is_whole`.
        noise: in [0, 1).
        is_whole: are the weights all there is? Else -1, with the probability that they leave.
    """
    sums = np.cumsum(weights, axis=1)
    target = noise * sums[:, -1] if is_whole else noise
    chosen = (sums <= target[:, None]).sum(axis=1)
    if not is_whole:
        return np.where(chosen < weights.shape[1], chosen, -1)
    # Rounding may put the target at the very end of the sums: the last value that has weight.
    last = weights.shape[1] - 1 - (weights[:, ::-1] > 0).argmax(axis=1)
    return np.minimum(chosen, last)
