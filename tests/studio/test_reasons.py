from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rplan import NO_EDGE, RELATIONS
from tests.studio.sketches import CIRCLE, ROOMS, message
from tests.studio.test_solving import PAIRS

from bd_gen.studio.reasons import Reason, reason_of
from bd_gen.studio.sketch import Sketch
from bd_gen.studio.sketch_message import sketch_of
from bd_gen.studio.solving import boxes_for

pytest.importorskip("ortools")


def freed(sketch: Sketch, proposal: dict[str, Any]) -> Sketch:
    """The sketch after a click on a proposal."""
    if proposal["free"] == "relation":
        pair = tuple(proposal["pair"])
        return replace(
            sketch,
            relations=tuple(e for e in sketch.relations if e[:2] != pair),
            joined=tuple(p for p in sketch.joined if p != pair),
        )
    if proposal["free"] == "rule":
        k = proposal["rule"]
        return replace(sketch, rules=sketch.rules[:k] + sketch.rules[k + 1 :])
    if proposal["free"] == "place":
        fixed = {k: box for k, box in sketch.fixed.items() if k != proposal["room"]}
        return replace(sketch, fixed=fixed)
    return replace(sketch, min_areas={}, max_areas={})


def test_a_circle_is_told_and_any_of_it_may_go() -> None:
    sketch = sketch_of(message(*CIRCLE, [3, 4, "above"]))
    reason = reason_of(sketch)
    assert reason.is_proven
    assert sorted(reason.message["pairs"]) == [(0, 1), (0, 2), (1, 2)]
    assert len(reason.proposals) == 3
    for proposal in reason.proposals:
        assert boxes_for(freed(sketch, proposal)) is not None


def test_a_rule_against_a_relation() -> None:
    rule = {"kind": "forbid", "text": "Kitchen touches LivingRoom"}
    sketch = sketch_of(message([0, 1, "left-of"], rules=[rule]))
    reason = reason_of(sketch)
    assert reason.message["rules"] == [0]
    assert {p["free"] for p in reason.proposals} == {"relation", "rule"}
    for proposal in reason.proposals:
        assert boxes_for(freed(sketch, proposal)) is not None


def test_a_place_against_a_relation() -> None:
    fixed = {"0": [0, 0, 60, 60], "1": [100, 100, 130, 130]}
    sketch = sketch_of(message([0, 1, "touches"], fixed=fixed))
    reason = reason_of(sketch)
    assert set(reason.message["rooms"]) == {0, 1}
    assert {p["free"] for p in reason.proposals} == {"relation", "place"}


def test_an_area_against_a_place() -> None:
    sketch = sketch_of(message(areas={"Kitchen": [20, 30]}, fixed={"1": [0, 0, 20, 20]}))
    found = {p["free"]: p for p in reason_of(sketch).proposals}
    assert found["area"]["type"] == "Kitchen"
    assert boxes_for(freed(sketch, found["area"])) is not None


def test_two_conflicts_are_told_one_after_the_other() -> None:
    two = ([3, 4, "above"], [4, 5, "above"], [5, 3, "above"])
    reason = reason_of(sketch_of(message(*CIRCLE, *two)))
    assert reason.is_proven
    assert reason.proposals == ()  # none of them is enough


def test_a_choice_that_no_relation_satisfies_names_the_rule() -> None:
    complete = [[i, j, "apart"] for j in range(6) for i in range(j)]
    rules = [{"kind": "require", "text": "Bathroom touches Kitchen"}]
    reason = reason_of(sketch_of(message(*complete, rules=rules)))
    assert not reason.is_proven
    assert [p["rule"] for p in reason.proposals] == [0]


@settings(max_examples=15)
@given(
    st.dictionaries(
        st.sampled_from(PAIRS), st.sampled_from([*RELATIONS, "apart"]), min_size=3, max_size=6
    )
)
def test_none_of_a_reason_is_superfluous(said: dict[tuple[int, int], str]) -> None:
    sketch = sketch_of(message(*([i, j, r] for (i, j), r in said.items()), rooms=ROOMS[:4]))
    if boxes_for(sketch) is not None:
        return
    reason: Reason = reason_of(sketch)
    pairs = {tuple(d.statement.rooms) for d in reason.conflict}
    only = tuple(e for e in sketch.relations if e[:2] in pairs)
    assert boxes_for(replace(sketch, relations=only)) is None
    for left_out in only:
        rest = tuple(e for e in only if e is not left_out)
        assert boxes_for(replace(sketch, relations=rest)) is not None
    assert all(e[2] <= NO_EDGE for e in only)
