import json
import subprocess
import sys
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rplan import RELATIONS, ROOM_TYPES
from tests.studio.sketches import CIRCLE, message
from tests.studio.test_sketch import NONSENSE

from bd_gen.studio.calls import CALLS, Desk
from bd_gen.system.errors import InputError

pytest.importorskip("ortools")


def ask(name: str, **message: Any) -> Any:
    answer = CALLS[name](Desk("abc"), message)
    json.dumps(answer, allow_nan=False)
    return answer


def test_the_vocabulary_has_all_words() -> None:
    words = ask("vocabulary")
    assert [one["name"] for one in words["types"]] == list(ROOM_TYPES)
    assert [one["name"] for one in words["relations"]] == list(RELATIONS)
    ways = {one["name"]: one["way"] for one in words["relations"]}
    assert ways["left-above"] == [-1, -1]
    assert ways["below"] == [0, 1]
    assert ways["inside"] is None
    assert len({tuple(way) for way in ways.values() if way}) == 8
    assert words["checkpoint"] == "abc"


def test_a_plan_or_a_reason() -> None:
    good = ask("plan", sketch=message([0, 1, "left-of"]), effort=0.02)
    assert len(good["plan"]["boxes"]) == len(good["plan"]["shapes"]) == 6
    assert [0, 1, "left-of"] in good["plan"]["relations"]
    again = ask("plan", sketch=message([0, 1, "left-of"]), boxes=good["plan"]["boxes"])
    assert again["plan"]["boxes"] == good["plan"]["boxes"]
    bad = ask("plan", sketch=message(*CIRCLE))
    assert bad["is_proven"]
    assert "Kitchen" in bad["why"]


def test_what_was_shown_is_shown_again() -> None:
    sketch = message([0, 1, "left-of"], [2, 4, "touches"])
    quick = ask("plan", sketch=sketch, effort=0.02)["plan"]
    better = ask("plan", sketch=sketch, boxes=quick["boxes"], effort=0.2, tidy=True)["plan"]
    assert better["boxes"] != quick["boxes"]
    for plan in (quick, better):
        again = ask("plan", sketch=sketch, boxes=plan["boxes"], effort=0.02, stays=True)
        assert again == {"plan": plan, "plot": None, "is_new": False}


def test_what_was_shown_stays_where_areas_are_not_kept() -> None:
    rooms = ("LivingRoom", "Kitchen")
    sketch = message([0, 1, "left-of"], rooms=rooms, areas={"Kitchen": [20, None]})
    boxes = [[0, 0, 60, 60], [60, 10, 100, 50]]  # a kitchen of 8 m²
    assert ask("plan", sketch=sketch, boxes=boxes, stays=True)["plan"]["boxes"] == boxes
    found = ask("plan", sketch=sketch, boxes=boxes)
    assert found["is_new"]
    assert found["plan"]["areas"][1] >= 20


def test_beside_a_reason_is_the_plan_from_before() -> None:
    boxes = [[30 * k, 0, 30 * k + 30, 40] for k in range(6)]
    found = ask("plan", sketch=message(*CIRCLE), boxes=boxes, stays=True)
    assert found["is_proven"]
    assert found["before"]["boxes"] == boxes
    assert "before" not in ask("plan", sketch=message(*CIRCLE), boxes=boxes)


def test_rules_are_looked_at_one_by_one_and_together() -> None:
    rules = [
        {"kind": "require", "text": "Kitchen left-of LivingRoom"},
        {"kind": "require", "text": "Kitchn touches LivingRoom"},
        {"kind": "forbid", "text": "Kitchen touches LivingRoom"},
        {"kind": "require", "text": "Balcony touches LivingRoom"},
        {"kind": "require", "text": "Bathroom touches MasterRoom"},
        {"kind": "require", "text": "Bathroom touches"},
    ]
    found = ask("rules", sketch=message(rules=rules))
    assert found["contradictory"] == [0, 2]
    assert [bool(wrong) for wrong in found["wrong"]] == [False, True, False, True, False, True]
    assert "did you mean Kitchen" in found["wrong"][1]
    assert not any(wrong and wrong.startswith("--") for wrong in found["wrong"])


def test_a_drag_says_what_it_would_break() -> None:
    sketch = message([0, 1, "left-of"], rooms=("LivingRoom", "Kitchen"))
    boxes = [[0, 0, 60, 60], [60, 10, 100, 50]]
    found = ask("drag", sketch=sketch, boxes=boxes, room=1, to=[200, 10, 240, 50])
    assert found["is_snapped"]
    assert found["broken"] == [{"pair": [0, 1], "was": "left-of", "is": "apart"}]


def test_the_server_answers_without_torch() -> None:
    rules = [{"kind": "forbid", "text": "Kitchen touches Bathroom"}]
    sketch = message([0, 1, "above"], rules=rules)
    script = (
        "import sys, bd_gen.cli.studio, bd_gen.studio.running\n"
        "from bd_gen.studio.calls import CALLS, Desk\n"
        f"sketch = {sketch!r}\n"
        "for name in ('vocabulary', 'plan', 'rules'):\n"
        "    CALLS[name](Desk(), {'sketch': sketch})\n"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


@settings(max_examples=40)
@given(st.sampled_from(sorted(CALLS)), st.dictionaries(st.text(max_size=4), NONSENSE), NONSENSE)
def test_nonsense_is_refused_and_nothing_worse(
    name: str, extra: dict[str, Any], sketch: Any
) -> None:
    with suppress(InputError):
        CALLS[name](Desk(), {**extra, "sketch": sketch})
