"""Drafting a vocabulary from plans: what is found in them, and what is proposed."""

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from bd_gen.data.vocabulary_draft import LEAST_PLANS, draft_text, name_from
from bd_gen.data.vocabulary_facts import facts_of
from bd_gen.diagrams.word_parts import DirectionRule, TouchRule
from bd_gen.diagrams.words import Words
from bd_gen.system.errors import InputError


def room(label: str, x: float, y: float, w: float, h: float, **more: Any) -> dict[str, Any]:
    return {"type": label, "box": [x, y, x + w, y + h], **more}


def flat(k: int = 0) -> dict[str, Any]:
    """A living room, a bedroom and a bath beside it, in pixels."""
    return {
        "id": str(k),
        "rooms": [
            room("Living Room", 0, 0, 100, 80),
            room("bed-room", 100, 0, 50, 60),
            room("Bath", 100, 60, 20, 30 + k % 3),
        ],
    }


def write(path: Path, plans: list[Any]) -> Path:
    path.write_text("".join(json.dumps(plan) + "\n" for plan in plans))
    return path


def drafted(path: Path) -> tuple[Words, str]:
    text = draft_text(facts_of(path), name_from(path))
    return Words.from_plain(yaml.safe_load(text)), text


def test_labels_sizes_and_rules_are_those_of_the_plans(tmp_path: Path) -> None:
    plans = [flat(k) for k in range(LEAST_PLANS)]
    plans[0]["rooms"][0]["type"] = "living_room"
    words, text = drafted(write(tmp_path / "my flats.jsonl", plans))
    assert words.name == "my flats"
    assert set(words.room_names) == {"Living Room", "bed-room", "Bath"}
    living = words.room_types[words.room_type("LIVINGROOM")]
    assert (living.area, living.half_perimeter, living.short_side) == (8000, 180, 80)
    assert living.at_most_one
    assert living.kind == "living"
    assert words.room_type("bathroom") == words.room_type(
        "bath"
    )  # a name that a built-in vocabulary has for it
    assert isinstance(words.rule, DirectionRule)
    assert dict(words.never_inside)["bed-room"] == ("Bath", "Living Room")
    assert f"{LEAST_PLANS} rooms in {LEAST_PLANS} plans, at most 1 in one" in text
    assert words.footprint == (0, round(150 * 91 / 3))


def test_what_few_plans_show_is_no_rule(tmp_path: Path) -> None:
    words, _ = drafted(write(tmp_path / "few.jsonl", [flat(k) for k in range(LEAST_PLANS - 1)]))
    assert not words.at_most_one
    assert not words.never_inside


def test_metres_become_pixels(tmp_path: Path) -> None:
    small = {"rooms": [room("a", 0, 0, 9, 4.5), room("b", 9, 0, 4.5, 4.5)]}
    words, text = drafted(write(tmp_path / "a.jsonl", [small]))
    assert words.room_types[0].half_perimeter == pytest.approx(13.5 * 256 / 18)
    assert "taken for metres: a plan measures 13.5 across" in text
    _, text = drafted(write(tmp_path / "b.jsonl", [small | {"unit": "m"}]))
    assert "the file says metres" in text
    large = {"rooms": [room("a", 0, 0, 9000, 4500), room("b", 9000, 0, 4500, 4500)]}
    _, text = drafted(write(tmp_path / "c.jsonl", [large]))
    assert "unit unknown: a plan measures 13,500 across" in text


def test_relations_of_ones_own(tmp_path: Path) -> None:
    plan = flat() | {"relations": [[0, 1, "door"], [0, 2, "opens left"], [1, 2, "opens right"]]}
    words, text = drafted(write(tmp_path / "a.jsonl", [plan]))
    assert set(words.relation_names) == {"door", "opens left", "opens right"}
    inverse = {one.name: one.inverse for one in words.relations}
    assert inverse == {"door": "door", "opens left": "opens right", "opens right": "opens left"}
    assert isinstance(words.rule, TouchRule)
    assert (words.rule.wall, words.rule.touch) == (20, 0)
    assert "- {name: door}  # 1 times" in text
    assert not words.never_inside  # nothing says that a room is inside another


def test_rooms_that_are_apart_give_no_rule(tmp_path: Path) -> None:
    far = {"rooms": [room("a", 0, 0, 50, 50), room("b", 150, 0, 50, 50)],
           "relations": [[0, 1, "door"]]}  # fmt: skip
    words, text = drafted(write(tmp_path / "a.jsonl", [far]))
    assert words.rule is None
    assert "no rule: of joined rooms one in twenty has 100 pixels between" in text
    bare = {"rooms": [{"type": "a"}, {"type": "b"}], "relations": [[0, 1, "door"]]}
    words, text = drafted(write(tmp_path / "b.jsonl", [bare]))
    assert words.rule is None
    assert words.metres_per_pixel is None
    assert "no boxes or polygons" in text


def test_odd_labels_become_names_and_stay_known(tmp_path: Path) -> None:
    labels = ["Bedroom 2", "W/C", "1st floor", "Küche", "???"]
    plan = {"rooms": [{"type": label} for label in labels], "relations": []}
    words, _ = drafted(write(tmp_path / "a.jsonl", [plan]))
    assert len(words.room_types) == 5
    assert all(words.room_type(label) is not None for label in labels)


@pytest.mark.parametrize(
    "lines", [["{}", "[1]", '{"rooms": []}', '{"rooms": [{"type": 3}]}'], ["nonsense"], [""]]
)
def test_files_without_a_plan(lines: list[str], tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(lines))
    with pytest.raises(InputError, match=r"a\.jsonl: holds no plan"):
        facts_of(path)


def test_bad_plans_are_counted(tmp_path: Path) -> None:
    _, text = drafted(write(tmp_path / "a.jsonl", [flat(), {"rooms": "none"}]))
    assert "Drafted from 1 plans of 3 to 3 rooms (1 more could not be read)" in text


def test_real_flats_make_a_vocabulary() -> None:
    folder = os.environ.get("BD_GEN_DEV_DATA")
    if not folder:
        pytest.skip("needs the development data")
    path = Path(folder) / "real_plans" / "resplan_60.jsonl.gz"
    words, text = drafted(path)
    with gzip.open(path, "rt") as file:
        labels = {one["type"] for line in file for one in json.loads(line)["rooms"]}
    assert set(words.room_names) == labels
    assert {words.room_names[t] for t in words.at_most_one} == {"kitchen", "living"}
    assert "the file says metres" in text
