"""The page knows no words of its own: all of them are the vocabulary's."""

from pathlib import Path
from typing import Any

import pytest
from tests.studio.offices import MOST_ROOMS, OFFICES, office_model, saved_office_model

from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.words_file import words_named
from bd_gen.studio.alternatives import Alternatives
from bd_gen.studio.calls import CALLS, Desk
from bd_gen.studio.draws import Loaded
from bd_gen.studio.model_facts import facts_of
from bd_gen.studio.projects import project_of
from bd_gen.studio.vocabulary import EXAMPLE, example_of, vocabulary_message
from bd_gen.studio.wanted import wanted_of
from bd_gen.system.errors import InputError

pytest.importorskip("ortools")
DESK = Desk("", OFFICES, MOST_ROOMS)
ROOMS = [{"type": name} for name in ("Lobby", "Office", "Office", "Tea kitchen")]


def ask(name: str, **message: Any) -> Any:
    return CALLS[name](DESK, message)


def test_the_words_of_the_page_are_those_of_the_model(tmp_path: Path) -> None:
    facts = facts_of(str(saved_office_model(tmp_path)))
    assert (facts.words, facts.most_rooms) == (OFFICES, MOST_ROOMS)
    found = vocabulary_message(facts.words, 1, facts.most_rooms)
    assert [one["name"] for one in found["types"]] == list(OFFICES.room_names)
    assert {one["way"] for one in found["relations"]} == {None}
    assert all(one["inverse"] == one["name"] for one in found["relations"])
    assert found["metres_per_pixel"] == 0.1
    assert found["example"]["rooms"][:2] == ["Meeting room", "Tea kitchen"]
    assert {"kind": "require", "text": "Lobby touches Meeting room"} in found["example"]["rules"]


def test_what_cannot_be_read_has_the_usual_words(tmp_path: Path) -> None:
    (tmp_path / "no.pt").write_bytes(b"nonsense")
    assert facts_of(str(tmp_path / "no.pt")).words == RPLAN
    assert facts_of("bundled").words == RPLAN


def test_an_example_has_as_many_rooms_as_the_model_knows() -> None:
    assert example_of(RPLAN) == EXAMPLE
    assert len(example_of(RPLAN, 3)["rooms"]) == 3
    resplan = example_of(words_named("resplan"))
    assert resplan["rooms"].count("living") == 1
    assert {rule["text"] for rule in resplan["rules"]} >= {"kitchen touches living"}


def test_plans_follow_the_rule_of_the_words() -> None:
    sketch = {"rooms": ROOMS, "relations": [[1, 0, "glass wall"], [2, 3, "apart"]]}
    plan = ask("plan", sketch=sketch, effort=0.1)["plan"]
    assert [0, 1, "glass wall"] in plan["relations"]
    assert plan["areas"][1] >= 1.0
    circle = [[0, 1, "door"], [0, 2, "door"]]
    fixed = {"0": [0, 0, 40, 40], "1": [100, 100, 140, 140]}
    reason = ask("plan", sketch={"rooms": ROOMS, "relations": circle, "fixed": fixed})
    assert reason["is_proven"]
    assert {p["free"] for p in reason["proposals"]} == {"relation", "place"}
    assert "Lobby door Office 1" in reason["why"]


def test_rules_speak_the_words() -> None:
    rules = [
        {"kind": "require", "text": "Office 1 door Lobby"},
        {"kind": "forbid", "text": "Office 1 touches Lobby"},
        {"kind": "require", "text": "Kitchen touches Lobby"},
    ]
    found = ask("rules", sketch={"rooms": ROOMS, "rules": rules})
    assert found["contradictory"] == [0, 1]
    assert "did you mean Tea kitchen" in found["wrong"][2]
    assert ask("plan", sketch={"rooms": ROOMS, "rules": rules[:1]})["plan"]


def test_alternatives_of_another_vocabulary() -> None:
    sketch = {"rooms": ROOMS, "relations": [[0, 1, "glass wall"], [0, 3, "touches"]]}
    wanted = wanted_of({"sketch": sketch, "count": 3}, OFFICES)
    found = [
        e for e in Alternatives(Loaded(office_model()), wanted).events() if e["event"] != "progress"
    ]
    some = [event for event in found if event["event"] == "alternative"]
    assert some
    for one in some:
        assert [0, 1, "glass wall"] in one["relations"]
        assert [0, 3] in [pair for *pair, _ in one["relations"]]


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ({"vocabulary": "rplan"}, OFFICES),
        ({"vocabulary": "offices", "vocabulary_hash": "0" * 12}, OFFICES),
        ({"vocabulary": "offices", "vocabulary_hash": OFFICES.hash}, RPLAN),
        ({}, OFFICES),
    ],
)
def test_a_project_of_another_vocabulary_is_refused(file: dict[str, Any], words: Any) -> None:
    import json

    project = {"format": "bd-gen project", "version": 1, "sketch": {"rooms": []}, **file}
    with pytest.raises(InputError, match=r"its rooms are of the vocabulary .*; here is"):
        project_of(json.dumps(project), "", words)
    own = {"vocabulary": words.name, "vocabulary_hash": words.hash}
    assert project_of(json.dumps({**project, **own}), "", words)["notes"] == []


def test_words_in_use_as_signs_get_others() -> None:
    import dataclasses

    from bd_gen.diagrams.word_parts import Relation

    words = dataclasses.replace(OFFICES, relations=(Relation("touches"), Relation("apart")))
    found = vocabulary_message(words, 1)
    assert (found["touches"], found["apart"]) == ("~touches", "~apart")
    desk = Desk("", words)
    sketch = {"rooms": ROOMS, "relations": [[0, 1, "apart"], [0, 2, "~touches"]]}
    plan = CALLS["plan"](desk, {"sketch": sketch})["plan"]
    assert [0, 1, "apart"] in plan["relations"]
