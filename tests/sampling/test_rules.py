"""Rules as clauses over tokens, and the potential that guides particles."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from bd_gen.sampling.potential import Potential
from bd_gen.sampling.rules import Literal, Rule, holds_all, single_literals

LENGTH, NUM_VALUES = 4, 3
ROWS = np.array(list(itertools.product(range(NUM_VALUES), repeat=LENGTH)), np.uint8)

literals = st.builds(
    Literal, st.integers(0, LENGTH - 1), st.frozensets(st.integers(0, NUM_VALUES - 1))
)
clauses = st.lists(literals, min_size=1, max_size=3).map(tuple)
rules = st.lists(
    st.builds(Rule, st.just("r"), st.lists(clauses, max_size=3).map(tuple)), max_size=3
)


@given(rules)
def test_a_row_satisfies_what_a_loop_says(made):
    expected = [
        all(
            any(row[literal.position] in literal.allowed for literal in clause)
            for rule in made
            for clause in rule.clauses
        )
        for row in ROWS.tolist()
    ]
    assert holds_all(made, ROWS).tolist() == expected


@given(rules)
def test_the_potential_of_a_complete_row_is_whether_it_satisfies(made):
    potential = Potential(made, np.arange(LENGTH), NUM_VALUES)
    known = torch.nn.functional.one_hot(torch.from_numpy(ROWS).long(), NUM_VALUES).double()
    found = potential.value(potential.shares(known))
    assert (found.numpy() == holds_all(made, ROWS)).all()


@given(clauses, st.integers(0, 2**31 - 1))
def test_for_one_clause_of_different_tokens_the_potential_is_its_probability(clause, seed):
    by_position = {literal.position: literal for literal in clause}
    rule = Rule("r", (tuple(by_position.values()),))
    shares = np.random.default_rng(seed).dirichlet(np.ones(NUM_VALUES), LENGTH)
    potential = Potential([rule], np.arange(LENGTH), NUM_VALUES)
    found = potential.value(potential.shares(torch.from_numpy(shares)[None]))
    joint = shares[np.arange(LENGTH), ROWS].prod(axis=1)
    assert float(found[0]) == pytest.approx(joint[rule.holds(ROWS)].sum())


@given(rules, st.integers(0, LENGTH - 1), st.integers(0, 2**31 - 1))
def test_values_if_puts_each_value_in_the_place_of_a_token(made, place, seed):
    shares = np.random.default_rng(seed).dirichlet(np.ones(NUM_VALUES), (2, LENGTH))
    probabilities = torch.from_numpy(shares)
    potential = Potential(made, np.arange(LENGTH), NUM_VALUES)
    found = potential.values_if(potential.shares(probabilities), torch.tensor([place, place]))
    for value in range(NUM_VALUES):
        decided = probabilities.clone()
        decided[:, place] = torch.eye(NUM_VALUES, dtype=torch.float64)[value]
        expected = potential.value(potential.shares(decided))
        assert torch.allclose(found[:, value], expected)


def test_clauses_of_one_literal_narrow_a_token_together():
    one = Rule("a", ((Literal(2, frozenset({0, 1})),), (Literal(3, frozenset({1})),)))
    two = Rule("b", ((Literal(2, frozenset({1, 2})),), (Literal(0, frozenset()), Literal(1, {1}))))
    assert single_literals([one, two]) == {2: {1}, 3: {1}}


def test_tokens_are_numbered_by_their_place_among_the_real_ones():
    rule = Rule("r", ((Literal(9, frozenset({1})),),))
    potential = Potential([rule], np.array([0, 1, 9]), NUM_VALUES)
    assert potential.places.tolist() == [2]
    assert potential.is_watched.tolist() == [False, False, True]
    with pytest.raises(ValueError, match="token 9"):
        Potential([rule], np.array([0, 1]), NUM_VALUES)
