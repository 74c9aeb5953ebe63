"""The linear conditions against the rule itself, on every pair of boxes of small plans."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rplan import NO_EDGE

from bd_gen.diagrams.relations import are_joined, relation_labels
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.word_parts import DirectionRule
from bd_gen.diagrams.words import Words
from bd_gen.layouts.constraints import (
    Clause,
    Grid,
    relation_clauses,
    side_at_least,
    side_at_most,
)


def all_boxes(largest: int) -> np.ndarray:
    """(B, 4) every box with sides of at least one pixel."""
    spans = [(a, b) for a in range(largest) for b in range(a + 1, largest + 1)]
    return np.array([(x0, y0, x1, y1) for x0, x1 in spans for y0, y1 in spans])


def hold(clauses: tuple[Clause, ...], sides: np.ndarray) -> np.ndarray:
    """(N,) bool: do all clauses hold for sides (N, variables)?"""
    good = np.ones(len(sides), bool)
    for clause in clauses:
        some = np.zeros(len(sides), bool)
        for terms, bound in clause:
            some |= sum(c * sides[:, k] for k, c in terms) <= bound
        good &= some
    return good


def tokens_of_rule(u: np.ndarray, v: np.ndarray, words: Words = RPLAN) -> np.ndarray:
    return np.where(are_joined(u, v, words), relation_labels(u, v), NO_EDGE)


@pytest.mark.parametrize(("largest", "touch"), [(5, 1), (5, 0), (6, 2), (4, 9)])
def test_every_pair_of_small_boxes(largest: int, touch: int) -> None:
    near = replace(RPLAN, rule=DirectionRule(touch))
    boxes = all_boxes(largest)
    u, v = (b.reshape(-1, 4) for b in np.broadcast_arrays(boxes[:, None], boxes[None]))
    expected = tokens_of_rule(u, v, near)
    grid = Grid(largest, touch)
    for token in range(NO_EDGE + 1):
        got = hold(relation_clauses(0, 1, token, grid), np.concatenate([u, v], axis=1))
        assert np.array_equal(got, expected == token), token
    assert len(np.unique(expected)) == 11 - (touch >= largest)


def test_boxes_of_the_real_plan_size_where_sides_and_centres_coincide() -> None:
    rng = np.random.default_rng(0)
    count = 60_000
    low = rng.integers(40, 150, (count, 2))
    half = rng.integers(1, 30, (count, 2))
    u = np.concatenate([low, low + 2 * half], axis=1)
    # a corner of v lies at the centre of u, or a pixel beside it
    corner = low + half + rng.integers(-1, 2, (count, 2))
    other = corner + rng.integers(-40, 41, (count, 2))
    v = np.concatenate([np.minimum(corner, other), np.maximum(corner, other)], axis=1)
    real = ((u[:, 2:] > u[:, :2]) & (v[:, 2:] > v[:, :2])).all(axis=1)
    u, v = u[real], v[real]
    expected = tokens_of_rule(u, v)
    for token in range(NO_EDGE + 1):
        got = hold(relation_clauses(0, 1, token, Grid()), np.concatenate([u, v], axis=1))
        assert np.array_equal(got, expected == token), token
    assert np.bincount(expected, minlength=11)[:NO_EDGE].min() > 4000


@pytest.mark.parametrize("gap", [8, 9, 10])
def test_the_distance_of_touching(gap: int) -> None:
    u, boxes = [50, 50, 90, 90], []
    for shift in (-40 - gap, 40 + gap):
        boxes += [[50 + shift, 50, 90 + shift, 90], [50, 50 + shift, 90, 90 + shift]]
        boxes += [[50 + shift, 50 + shift, 90 + shift, 90 + shift]]
    sides = np.array([u + v for v in boxes])
    apart = hold(relation_clauses(0, 1, NO_EDGE, Grid()), sides)
    assert apart.tolist() == [gap > 9] * 6


BOXES = (
    st.tuples(*[st.integers(0, 255)] * 4)
    .map(lambda s: [min(s[0], s[2], 254), min(s[1], s[3], 254), max(s[0], s[2]), max(s[1], s[3])])
    .filter(lambda b: b[0] < b[2] and b[1] < b[3])
)


@given(BOXES, BOXES)
def test_exactly_one_token_fits_any_two_boxes(u: list[int], v: list[int]) -> None:
    sides = np.array([u + v])
    fits = [bool(hold(relation_clauses(0, 1, t, Grid()), sides)[0]) for t in range(NO_EDGE + 1)]
    assert sum(fits) == 1
    assert fits.index(True) == tokens_of_rule(np.array(u), np.array(v))


def test_conditions_speak_of_the_rooms_asked_for() -> None:
    first = relation_clauses(0, 1, 2, Grid())
    moved = relation_clauses(2, 5, 2, Grid())
    for clause, other in zip(first, moved, strict=True):
        for linear, shifted in zip(clause, other, strict=True):
            assert linear.bound == shifted.bound
            expected = [(k + 8 if k < 4 else k + 16, c) for k, c in linear.terms]
            assert list(shifted.terms) == expected


def test_bounds_of_one_side() -> None:
    sides = np.array([[10, 20, 30, 40]])
    assert hold(((side_at_least(0, 2, 30),), (side_at_most(0, 3, 40),)), sides).all()
    assert not hold(((side_at_least(0, 2, 31),),), sides).any()
    assert not hold(((side_at_most(0, 1, 19),),), sides).any()
