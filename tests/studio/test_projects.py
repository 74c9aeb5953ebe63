import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bd_gen.studio.projects import FORMAT, project_of
from bd_gen.system.errors import InputError

GOOD: dict[str, Any] = {
    "format": FORMAT,
    "version": 1,
    "made_by": "bd-gen 1",
    "vocabulary": "rplan",
    "checkpoint": "a" * 64,
    "sketch": {
        "rooms": [
            {"type": "Kitchen", "name": "K", "x": 3, "y": 4.5, "box": [0, 0, 30, 30], "by": "hand"},
            {"type": "LivingRoom", "name": "", "by": "model", "placed": True},
        ],
        "links": [{"a": 0, "b": 1, "relation": "left-of", "locked": True, "by": "model"}],
        "rules": [{"kind": "require", "text": "Kitchen touches LivingRoom"}],
        "areas": {"Kitchen": [4, None]},
        "seed": 7,
    },
}


def changed(**sketch: Any) -> str:
    return json.dumps({**GOOD, "sketch": {**GOOD["sketch"], **sketch}})


def test_a_project_comes_back_as_it_was() -> None:
    read = project_of(json.dumps(GOOD), "a" * 64)
    assert read["notes"] == []
    assert read["project"] == GOOD["sketch"]


def test_another_model_is_noted() -> None:
    (note,) = project_of(json.dumps(GOOD), "b" * 64)["notes"]
    assert "another model" in note


def test_what_nobody_knows_is_said() -> None:
    (note,) = project_of(json.dumps({**GOOD, "colour": 3}), "")["notes"]
    assert "'colour'" in note


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("nonsense", "not JSON"),
        ("[]", "dictionary"),
        ("{}", FORMAT),
        (json.dumps({**GOOD, "version": 2}), "later bd-gen"),
        (json.dumps({**GOOD, "version": "1"}), "whole number"),
        (json.dumps({**GOOD, "vocabulary": "offices"}), "vocabulary 'offices'"),
        (json.dumps({**GOOD, "sketch": None}), "expected an object"),
        (changed(links=[{"a": 0, "b": 5, "relation": "above"}]), "0..1"),
        (changed(links=[{"a": 0, "b": 1, "relation": "<script>"}]), "unknown relation"),
        (changed(rooms=[{"type": "Kitchen", "x": "1"}], links=[], rules=[]), "numbers within"),
        (changed(rooms=[{"type": "Kitchen", "by": "me"}], links=[], rules=[]), "'hand' or 'model'"),
        (changed(seed=-1), "0.."),
        (" " * 1_000_001, "at most"),
        ('{"a":' * 5000 + "1" + "}" * 5000, "deeply"),
        (changed(rooms=[{"type": "Kitchen"}] * 40), "at most 32"),
    ],
)
def test_a_hostile_project_is_refused_in_words(content: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        project_of(content, "")


@given(st.binary(max_size=40))
def test_bytes_are_no_project(content: bytes) -> None:
    with pytest.raises(InputError):
        project_of(content, "")
