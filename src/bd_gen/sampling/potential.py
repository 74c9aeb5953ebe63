"""How likely rules are to hold in the end: what guides particles and sweeps that keep rules."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from bd_gen.sampling.rules import Rule


def one_hot(values: Tensor, num_values: int) -> Tensor:
    """(..., num_values) float64 probabilities of known values; MASK counts as the last one."""
    return torch.nn.functional.one_hot(values.clamp(0, num_values - 1), num_values).double()


class Potential:
    """How likely rules are to hold in the end, were the tokens still masked drawn independently.

    The function of single-token probabilities that is 1 or 0 for a complete diagram and guides
    particles on the way there: the product over clauses of 1 - prod(1 - P(literal)).

    Args:
        rules: what must hold.
        real: (N,) positions of the row that the diagrams have, ascending; tokens are numbered
            by their place among them from here on.
        num_values: columns of the model's probabilities.

    Raises:
        ValueError: a rule speaks of a token that the diagrams do not have.
    """

    def __init__(self, rules: Sequence[Rule], real: np.ndarray, num_values: int) -> None:
        clauses = [clause for rule in rules for clause in rule.clauses]
        literals = [literal for clause in clauses for literal in clause]
        self.num_clauses = len(clauses)
        place = {int(position): k for k, position in enumerate(real)}
        try:
            places = [place[literal.position] for literal in literals]
        except KeyError as error:
            raise ValueError(f"a rule speaks of token {error}, which is not there") from None
        self.places = torch.tensor(places, dtype=torch.int64)
        self.clause_of = torch.tensor(
            [k for k, clause in enumerate(clauses) for _ in clause], dtype=torch.int64
        )
        self.allowed = torch.zeros(len(literals), num_values, dtype=torch.float64)
        for k, literal in enumerate(literals):
            self.allowed[k, sorted(literal.allowed)] = 1.0
        self.is_watched = torch.zeros(len(real), dtype=torch.bool)
        self.is_watched[self.places] = True

    def shares(self, probabilities: Tensor) -> Tensor:
        """Probability of each literal.

        Args:
            probabilities: (P, N, num_values) float64 of each token's value; one-hot for a
                token that is known. Only watched tokens are read.

        Returns:
            (P, number of literals) float64.
        """
        return (probabilities[:, self.places] * self.allowed).sum(dim=2)

    def shares_of_values(self, values: Tensor) -> Tensor:
        """(P, number of literals) float64 1 or 0, for complete diagrams (P, N) of int64 values."""
        return self.shares(one_hot(values, self.allowed.shape[1]))

    def value(self, shares: Tensor) -> Tensor:
        """(...,) float64 potential from shares (..., number of literals)."""
        miss = torch.ones((*shares.shape[:-1], self.num_clauses), dtype=torch.float64)
        index = self.clause_of.expand(shares.shape)
        miss = miss.scatter_reduce(-1, index, 1.0 - shares.clamp(0.0, 1.0), "prod")
        return (1.0 - miss).prod(dim=-1)

    def values_if(self, shares: Tensor, places: Tensor) -> Tensor:
        """(P, num_values) potential if the token at `places` (P,) of each row took each value.

        Args:
            shares: (P, number of literals) as `shares` gives them.
            places: (P,) int64 which token of each row.
        """
        is_here = self.places[None] == places[:, None]
        if not bool(is_here.any()):
            return self.value(shares)[:, None].expand(-1, self.allowed.shape[1])
        decided = torch.where(is_here[:, None], self.allowed.T[None], shares[:, None])
        return self.value(decided)
