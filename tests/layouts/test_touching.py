"""Layouts of words that know of touching alone, and of those without any rule."""

from dataclasses import replace

import numpy as np
import pytest

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.relations import are_joined
from bd_gen.diagrams.word_parts import Relation, RoomType, TouchRule
from bd_gen.diagrams.words import Words
from bd_gen.layouts.checking import check_layout, has_relations
from bd_gen.layouts.open_pairs import directed
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.outcome import lay_out
from bd_gen.system.errors import InputError

WORDS = Words(
    "doors",
    (
        RoomType("living", kind="living", area=5000),
        RoomType("bed", kind="bedroom", area=2500),
        RoomType("hall", passage=True),
        RoomType("shaft"),
    ),
    (Relation("door"), Relation("open")),
    rule=TouchRule(wall=12, touch=3),
)
COMPLETE = replace(WORDS, rule=TouchRule(wall=12, touch=3, complete=True))
QUICK = SolverOptions(improve_effort=0)

STAR = tuple((0, k, k % 2) for k in range(1, 6))


def pairs(boxes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    i, j = np.triu_indices(len(boxes), 1)
    return boxes[i], boxes[j]


@pytest.mark.parametrize("words", [WORDS, COMPLETE], ids=["some doors", "all walls"])
def test_joined_rooms_share_a_wall_and_none_overlap(words: Words) -> None:
    diagram = Diagram((0, 1, 1, 2, 3, 1), STAR, words)
    boxes = lay_out(diagram, QUICK).boxes
    assert boxes is not None
    check_layout(diagram, boxes, QUICK)
    u, v = pairs(boxes)
    common = np.minimum(u[:, 2:], v[:, 2:]) - np.maximum(u[:, :2], v[:, :2])
    assert not (common > 0).all(axis=1).any()
    joined = are_joined(u, v, words)
    assert joined[:5].all()  # the first pairs are those of room 0
    assert words is WORDS or not joined[5:].any()


def test_what_touching_forbids_is_proven() -> None:
    five = [(i, j, 0) for i in range(5) for j in range(i + 1, 5)]
    options = replace(QUICK, min_side=12, time_limit=60)
    outcome = lay_out(Diagram((1,) * 5, tuple(five), WORDS), options)
    assert outcome.boxes is None
    assert outcome.is_proven
    assert "door" in outcome.why


def test_improved_rooms_have_about_their_typical_sizes() -> None:
    boxes = lay_out(Diagram((0, 1), ((0, 1, 0),), WORDS), SolverOptions()).boxes
    sides = boxes[:, 2:] - boxes[:, :2]
    shares = sides.prod(axis=1) / WORDS.typical_areas[:2]  # sizes vary as in real plans
    assert ((shares > 0.4) & (shares < 2.5)).all()


def test_other_boxes_are_no_layout() -> None:
    diagram = Diagram((0, 1), ((0, 1, 0),), WORDS)
    assert has_relations(diagram, np.array([[0, 0, 20, 20], [23, 0, 40, 20]]))
    assert not has_relations(diagram, np.array([[0, 0, 20, 20], [24, 0, 40, 20]]))
    assert not has_relations(diagram, np.array([[0, 0, 20, 20], [10, 0, 40, 20]]))
    apart = Diagram((0, 1), (), COMPLETE)
    assert not has_relations(apart, np.array([[0, 0, 20, 20], [23, 0, 40, 20]]))


def test_rooms_that_are_joined_somehow_get_the_only_relation() -> None:
    one = replace(WORDS, relations=(Relation("door"),))
    found = directed(Diagram((0, 1, 1), words=one), ((0, 1), (1, 2)), QUICK)
    assert found.diagram is not None
    assert {edge[:2] for edge in found.diagram.edges} >= {(0, 1), (1, 2)}


def test_words_without_a_rule_have_no_layout() -> None:
    with pytest.raises(InputError, match=r"vocabulary doors: has no rule"):
        lay_out(Diagram((0, 1), ((0, 1, 0),), replace(WORDS, rule=None)), QUICK)
