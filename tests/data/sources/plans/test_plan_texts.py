import gzip
import json
from pathlib import Path

import pytest

from bd_gen.data.sources.plans import plan_texts
from bd_gen.data.sources.plans.plan_diagrams import each_plan
from bd_gen.data.sources.plans.plan_texts import is_one_object, read_plan_texts
from bd_gen.data.sources.plans.source import read_plans
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.system.errors import InputError

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


@pytest.mark.parametrize("name", ["plans.jsonl", "plans.json", "plans.json.gz", "plans"])
@pytest.mark.parametrize("is_gzip", [False, True])
@pytest.mark.parametrize("how", ["lines", "list", "list on one line", "BOM", "CRLF"])
def test_what_a_file_is_is_told_by_its_content(tmp_path, name, is_gzip, how) -> None:
    lines = "".join(json.dumps(plan) + "\n" for plan in PLANS)
    data = {
        "lines": lines.encode(),
        "list": json.dumps(PLANS, indent=1).encode(),
        "list on one line": json.dumps(PLANS).encode(),
        "BOM": b"\xef\xbb\xbf" + lines.encode(),
        "CRLF": lines.replace("\n", "\r\n").encode(),
    }[how]
    path = tmp_path / name
    path.write_bytes(gzip.compress(data) if is_gzip else data)
    assert read_plans(path, Vocabulary(8)).ids.tolist() == ["a", "ü"]
    assert [plan.id for plan in each_plan(path)] == ["a", "ü"]
    assert not is_one_object(path)


def test_one_object_is_not_a_list_of_one(file: Path) -> None:
    file.write_text(json.dumps(PLANS[0], indent=2))
    assert is_one_object(file)
    file.write_text(json.dumps(PLANS[:1], indent=2))
    assert not is_one_object(file)


def test_a_list_on_a_line_longer_than_a_plan_may_be(file: Path) -> None:
    padded = [{**plan, "more": "x" * 600_000} for plan in PLANS]
    file.write_text(json.dumps(padded))
    assert read_plans(file, Vocabulary(8)).ids.tolist() == ["a", "ü"]


def test_a_pointer_of_git_lfs_is_called_one(file: Path) -> None:
    file.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n")
    with pytest.raises(InputError, match="a pointer of Git LFS, not the file; get it by `git lfs"):
        read_plans(file, Vocabulary(8))


def test_a_list_that_is_damaged_is_refused(file: Path) -> None:
    file.write_text(json.dumps(PLANS, indent=2)[:-1])
    with pytest.raises(InputError, match="the end of the list after plan 2"):
        read_plans(file, Vocabulary(8))


def test_a_list_that_is_followed_by_lines_is_a_bad_line(tmp_path: Path) -> None:
    file = tmp_path / "plans.jsonl"
    file.write_text("[]\n" + json.dumps(PLANS[0]) + "\n")
    assert texts(file) == ("line", [(1, []), (2, PLANS[0])])
    assert read_plans(file, Vocabulary(8), skip_bad=True).ids.tolist() == ["a"]


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


@pytest.mark.parametrize("part", ["[]", "0", '{"a":{}}', "null"])
def test_values_too_short_for_a_plan_are_counted(
    tmp_path: Path, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.json"
    path.write_text("[" + f"{part}," * 1000 + part + "]")
    assert len(list(read_plan_texts(path)[1])) == 1001
    monkeypatch.setattr(plan_texts, "MOST_SHORT", 1000)
    with pytest.raises(
        InputError, match=r"a\.json: holds more than 1,000 values of under 32 bytes"
    ):
        list(read_plan_texts(path)[1])
