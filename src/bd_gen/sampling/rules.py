"""What drawn diagrams must satisfy, as clauses over single tokens.

A clause is a choice of literals, and a literal says which values one token may have; a rule
holds if each of its clauses has a literal that holds. "Some bathroom touches the kitchen" is one
clause with a literal a bathroom, "no bathroom touches the kitchen" a clause of one literal for
each. A clause of one literal that leaves one value is a token that can be given to the model.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bd_gen.diagrams.words import Words


@dataclass(frozen=True)
class Literal:
    """The token at `position` of the row has one of the `allowed` values."""

    position: int
    allowed: frozenset[int]


Clause = tuple[Literal, ...]
"""At least one of the literals holds; without any it never does."""


def any_relation(words: Words) -> frozenset[int]:
    """The values of an edge token of rooms that are joined."""
    return frozenset(range(words.num_relations))


def not_joined(words: Words) -> frozenset[int]:
    """The value of an edge token of rooms that are not."""
    return frozenset({words.no_edge})


@dataclass(frozen=True)
class Rule:
    """All clauses hold.

    Attributes:
        text: the rule in words, as its author wrote it.
        clauses: what must hold.
    """

    text: str
    clauses: tuple[Clause, ...]

    def __str__(self) -> str:
        return self.text

    def holds(self, tokens: np.ndarray) -> np.ndarray:
        """(N,) bool: the rows (N, length) that satisfy the rule."""
        good = np.ones(len(tokens), bool)
        for clause in self.clauses:
            some = np.zeros(len(tokens), bool)
            for literal in clause:
                some |= np.isin(tokens[:, literal.position], sorted(literal.allowed))
            good &= some
        return good


def holds_all(rules: Sequence[Rule], tokens: np.ndarray) -> np.ndarray:
    """(N,) bool: the rows (N, length) that satisfy every rule."""
    good = np.ones(len(tokens), bool)
    for rule in rules:
        good &= rule.holds(tokens)
    return good


def single_literals(rules: Sequence[Rule]) -> dict[int, frozenset[int]]:
    """By position, the values that the clauses of one literal leave to a token; maybe none."""
    left: dict[int, frozenset[int]] = {}
    for rule in rules:
        for clause in rule.clauses:
            if len(clause) == 1:
                position, allowed = clause[0].position, clause[0].allowed
                left[position] = left.get(position, allowed) & allowed
    return left
