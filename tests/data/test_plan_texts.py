import json
from pathlib import Path

import pytest

from bd_gen.data import plan_texts
from bd_gen.data.plan_texts import read_plan_texts
from bd_gen.data.plans import read_plans
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.errors import InputError

PLANS = [
    {"id": "a", "rooms": [{"type": "Kitchen"}], "relations": []},
    {"id": "ü", "rooms": [{"type": "Balcony"}], "relations": []},
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "plans.json"


def texts(path: Path) -> tuple[str, list[object]]:
    unit, found = read_plan_texts(path)
    return unit, [(number, None if text is None else json.loads(text)) for number, text in found]


def test_a_list_over_many_lines(file: Path) -> None:
    file.write_text(json.dumps(PLANS, indent=2))
    assert texts(file) == ("plan", [(1, PLANS[0]), (2, PLANS[1])])
    assert read_plans(file, Vocabulary(8)).ids.tolist() == ["a", "ü"]


def test_one_plan_over_many_lines(file: Path) -> None:
    file.write_text("\n" + json.dumps(PLANS[0], indent=2))
    assert texts(file) == ("plan", [(1, PLANS[0])])


def test_lines_in_a_file_of_that_name(file: Path) -> None:
    file.write_text("".join(json.dumps(plan) + "\n" for plan in PLANS))
    assert texts(file) == ("line", [(1, PLANS[0]), (2, PLANS[1])])


def test_lists_are_read_by_name_only(tmp_path: Path) -> None:
    path = tmp_path / "plans.jsonl"
    path.write_text(json.dumps(PLANS))
    with pytest.raises(InputError, match=r"broken line .line 1: not a JSON object"):
        read_plans(path, Vocabulary(8))


def test_bad_plans_are_counted_from_one(file: Path) -> None:
    file.write_text(json.dumps([PLANS[0], PLANS[0], 5], indent=2))
    with pytest.raises(InputError) as error:
        read_plans(file, Vocabulary(8))
    assert "duplicate id (plan 2: 'a' is plan 1)" in str(error.value)
    assert "broken line (plan 3: not a JSON object)" in str(error.value)


def test_a_list_too_large_to_hold(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_texts, "LARGEST_JSON", 20)
    file.write_text("\n" + json.dumps(PLANS))
    with pytest.raises(InputError, match=r"expected JSON lines"):
        read_plan_texts(file)
    file.write_text("".join(json.dumps(plan) + "\n" for plan in PLANS))
    assert len(texts(file)[1]) == 2
