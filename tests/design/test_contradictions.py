"""Rules that no plan can satisfy are found, and those that one satisfies are not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bd_gen.design.contradictions import contradictory
from bd_gen.design.room_rules import parse_rule
from bd_gen.diagrams.relations import relations_from_boxes
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.sampling.conditions import condition_from_rooms

VOCABULARY = Vocabulary(6)
ROOMS = condition_from_rooms("LivingRoom, Kitchen, 2 Bathroom, Balcony").room_types


def conflict(*texts: str) -> list[str]:
    rules = []
    for text in texts:
        kind, _, words = text.partition(" ")
        rules.append(parse_rule(words, kind).for_programme(ROOMS, VOCABULARY))
    return [str(rule) for rule in contradictory(rules, len(ROOMS), VOCABULARY)]


@pytest.mark.parametrize(
    "texts",
    [
        ("require Kitchen touches LivingRoom", "forbid LivingRoom touches Kitchen"),
        ("require Kitchen left-of LivingRoom", "require Kitchen above LivingRoom"),
        (
            "require Kitchen left-of Bathroom 1",
            "require Bathroom 1 left-of Balcony",
            "require Balcony left-of Kitchen",
        ),
        (
            "require Kitchen inside LivingRoom",
            "require Balcony touches Kitchen",
            "forbid Balcony touches LivingRoom",
        ),
        ("require every Bathroom inside Kitchen", "forbid Kitchen touches Bathroom 2"),
    ],
)
def test_rules_that_cannot_hold_together_are_named_and_no_others(texts):
    bystanders = ("require Balcony touches Bathroom", "forbid Bathroom above LivingRoom")
    assert sorted(conflict(*texts, *bystanders)) == sorted(texts)


def test_a_choice_between_rooms_is_no_contradiction():
    assert conflict("require Bathroom left-of Kitchen", "require Bathroom right-of Kitchen") == []
    assert conflict("require Bathroom touches Kitchen", "forbid Bathroom 1 touches Kitchen") == []
    assert conflict() == []


@settings(max_examples=25)
@given(st.integers(0, 2**31 - 1))
def test_what_a_plan_satisfies_is_never_called_contradictory(seed):
    rng = np.random.default_rng(seed)
    corners = rng.integers(0, 200, (len(ROOMS), 2))
    boxes = np.concatenate([corners, corners + rng.integers(5, 90, corners.shape)], axis=1)
    boxes = np.concatenate([boxes, np.zeros((1, 4), int)])[None].clip(0, 255)
    labels = relations_from_boxes(boxes, np.array([len(ROOMS)]), VOCABULARY)[0]
    row = np.concatenate([np.zeros(VOCABULARY.n_max, np.uint8), labels])
    texts = [
        f"{kind} {a} {verb} {b}"
        for kind in ("require", "forbid")
        for a, b in (("Kitchen", "LivingRoom"), ("Bathroom", "Kitchen"), ("Bathroom", "Balcony"))
        for verb in ("touches", "left-of", "inside", "above", "right-below")
    ]
    rules = [
        parse_rule(text.partition(" ")[2], text.partition(" ")[0]).for_programme(ROOMS, VOCABULARY)
        for text in texts
    ]
    kept = [rule for rule in rules if rule.holds(row[None])[0]]
    assert contradictory(kept, len(ROOMS), VOCABULARY) == ()
