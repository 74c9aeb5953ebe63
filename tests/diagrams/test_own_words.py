"""Rows, relations and canonical forms in words of one's own, against brute force."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.diagrams.test_words import DOORS

from bd_gen.diagrams.canonical import canonical_tokens, renumbered_tokens
from bd_gen.diagrams.diagram_set import DiagramSet
from bd_gen.diagrams.relations import (
    Mirror,
    are_joined,
    mirror_relations,
    mirrored,
    relations_from_boxes,
    tells_relations,
)
from bd_gen.diagrams.soundness import (
    has_forbidden_containment,
    has_order,
    has_valid_types,
    horizontal,
)
from bd_gen.diagrams.tokens import diagrams_from_tokens, is_well_formed, tokens_from_diagrams
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.diagrams.word_parts import Relation, RoomType, TouchRule
from bd_gen.diagrams.words import Words
from bd_gen.diagrams.words_file import words_named
from bd_gen.system.errors import InputError

MANY = Words(
    "many",
    tuple(RoomType(f"type-{k}x") for k in range(200)),
    tuple(Relation(f"r-{k}x", f"r-{k ^ 1}x") for k in range(200)),
)
"""As many as there may be; a sort key of them needs more than 16 bits."""


def random_rows(words: Words, n: int, count: int, seed: int) -> np.ndarray:
    v, rng = Vocabulary(n, words), np.random.default_rng(seed)
    types = rng.integers(0, min(3, words.num_room_types), (count, n))
    edges = rng.integers(0, words.no_edge + 1, (count, v.num_edges))
    return np.concatenate([types, edges], axis=1).astype(np.uint8)


@pytest.mark.parametrize("words", [DOORS, MANY], ids=["doors", "many"])
def test_rows_are_diagrams_and_back(words: Words) -> None:
    v = Vocabulary(4, words)
    rows = random_rows(words, 4, 20, 0)
    assert is_well_formed(rows, v).all()
    diagrams = diagrams_from_tokens(rows, v)
    assert all(diagram.words == words for diagram in diagrams)
    assert np.array_equal(tokens_from_diagrams(diagrams, v), rows)
    with pytest.raises(ValueError, match="in the words of"):
        tokens_from_diagrams(diagrams, Vocabulary(4))
    beyond = rows.copy()
    beyond[0, 0] = words.num_room_types
    assert is_well_formed(beyond, v).tolist() == [False] + 19 * [True]
    assert not DiagramSet(beyond, v).has_no_mask[0]


@given(st.sampled_from([DOORS, MANY]), st.integers(1, 4), st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_renumbered_rooms_have_one_canonical_row(words: Words, n: int, seed: int) -> None:
    v = Vocabulary(n, words)
    row = random_rows(words, n, 1, seed)
    orders = np.array(list(itertools.permutations(range(n))))
    turned = renumbered_tokens(np.repeat(row, len(orders), axis=0), orders, v)
    canonical = canonical_tokens(turned, v)
    assert (canonical == canonical[0]).all()
    by_type = turned[(np.diff(turned[:, :n].astype(int), axis=1) >= 0).all(axis=1)]
    assert canonical[0].tolist() == min(by_type.tolist())


def touching(words: Words = DOORS, **rule: object) -> Words:
    return replace(words, rule=TouchRule(**rule))


@pytest.mark.parametrize(
    ("box", "joined"),
    [
        ((10, 0, 20, 10), True),  # side by side
        ((19, 0, 30, 10), True),  # nine pixels apart
        ((20, 0, 30, 10), False),
        ((10, 3, 20, 30), False),  # seven pixels of wall
        ((10, 2, 20, 30), True),
        ((12, 12, 30, 30), False),  # corner to corner
        ((0, 10, 10, 20), True),
    ],
)
def test_touching_is_a_common_wall(box: tuple[int, ...], joined: bool) -> None:
    words = touching(wall=8, touch=9)
    u, v = np.array([0, 0, 10, 10]), np.array(box)
    assert bool(are_joined(u, v, words)) is joined
    assert bool(are_joined(v, u, words)) is joined


def test_touching_gives_the_relation_that_the_rule_names() -> None:
    boxes = np.array([[[0, 0, 10, 10], [10, 0, 20, 10], [40, 0, 50, 10]]], float)
    named = touching(wall=8, touch=2, relation="door")
    assert tells_relations(named)
    found = relations_from_boxes(boxes, np.array([3]), Vocabulary(3, named))
    assert found.tolist() == [[0, 3, 3]]
    unnamed = touching(wall=8)
    assert not tells_relations(unnamed)
    with pytest.raises(InputError, match="boxes do not say which of door, leads to, follows"):
        relations_from_boxes(boxes, np.array([3]), Vocabulary(3, unnamed))
    with pytest.raises(InputError, match="doors: has no rule"):
        relations_from_boxes(boxes, np.array([3]), Vocabulary(3, DOORS))


def test_directions_do_not_depend_on_names_or_numbers() -> None:
    resplan = words_named("resplan")
    parts = [replace(one, name=f"dir-{k}x", inverse=f"dir-{9 - k}x", means=one.means)
             for k, one in enumerate(resplan.relations)]  # fmt: skip
    renamed = replace(resplan, name="renamed", relations=tuple(parts[::-1]))
    boxes = np.random.default_rng(0).integers(0, 200, (50, 4, 2))
    boxes = np.concatenate([boxes, boxes + 40], axis=2).astype(float)
    count = np.full(50, 4)
    plain = relations_from_boxes(boxes, count, Vocabulary(4, resplan))
    other = relations_from_boxes(boxes, count, Vocabulary(4, renamed))
    assert np.array_equal(np.where(plain < 10, 9 - plain, plain), other)
    assert horizontal(renamed)[0].tolist() == [*horizontal(resplan)[0][:10][::-1], False]


def test_what_says_no_direction_has_itself_as_mirror_image() -> None:
    tokens = np.arange(DOORS.edge_size, dtype=np.uint8)
    assert np.array_equal(mirror_relations(tokens, Mirror.LEFT_RIGHT, DOORS), tokens)
    slanted = Words(
        "slanted", (RoomType("a"),),
        (Relation("up", "down", "left-above"), Relation("down", "up", "right-below")),
    )  # fmt: skip
    with pytest.raises(InputError, match="nothing means right-above"):
        mirrored(slanted)


def test_rules_are_those_of_the_words() -> None:
    strict = replace(DOORS, room_types=(replace(DOORS.room_types[0], at_most_one=True),
                                        *DOORS.room_types[1:]))  # fmt: skip
    rows = np.array([[0, 0, 3], [0, 1, 3]], np.uint8)
    assert has_valid_types(DiagramSet(rows, Vocabulary(2, strict))).tolist() == [False, True]
    assert has_valid_types(DiagramSet(rows, Vocabulary(2, DOORS))).all()
    assert not has_forbidden_containment(DiagramSet(rows, Vocabulary(2, DOORS))).any()
    circle = np.array([[0, 1, 2, 1, 2, 1]], np.uint8)
    assert has_order(DiagramSet(circle, Vocabulary(3, DOORS)), horizontal(DOORS)).all()
