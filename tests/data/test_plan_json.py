import gzip
import json

import numpy as np
import pytest

from bd_gen.data import plan_json
from bd_gen.data.plan_json import read_plan_json
from bd_gen.data.plans import read_plans
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.errors import InputError

V = Vocabulary(4)
PLANS = [
    {"id": "a", "rooms": [{"type": "Kitchen", "box": [0, 0, 9, 9]}]},
    {
        "id": "b",
        "rooms": [{"type": "LivingRoom"}, {"type": "Bathroom"}],
        "relations": [[0, 1, "left-of"]],
    },
]


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("is_list", [True, False])
def test_one_plan_or_a_list(tmp_path, indent, is_list):
    path, lines = tmp_path / "plans.json", tmp_path / "plans.jsonl"
    plans = PLANS if is_list else PLANS[:1]
    path.write_text(json.dumps(plans if is_list else plans[0], indent=indent))
    lines.write_text("\n".join(map(json.dumps, plans)))
    table, expected = read_plan_json(path, V), read_plans(lines, V)
    assert table.ids.tolist() == expected.ids.tolist()
    np.testing.assert_array_equal(table.tokens, expected.tokens)
    np.testing.assert_array_equal(table.boxes, expected.boxes)


def test_json_lines_and_gzip_are_read_too(tmp_path):
    (tmp_path / "x.json").write_text("\n".join(map(json.dumps, PLANS)))
    with gzip.open(tmp_path / "y.json.gz", "wt") as file:
        json.dump(PLANS, file)
    for name in ("x.json", "y.json.gz"):
        assert read_plan_json(tmp_path / name, V).ids.tolist() == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "the file is empty"),
        ("{", "line 1"),
        ('[{"id": "a"}, 3]', "2 of 2 plans are bad"),
        ('{"id": "a", "rooms": [{"type": "Kitchen"}]}', "neither boxes nor relations"),
        ("[" * 100_000, "line 1"),
    ],
)
def test_what_is_wrong(tmp_path, text, message):
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(InputError, match=message) as caught:
        read_plan_json(path, V)
    assert str(caught.value).startswith(str(path))


def test_a_file_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr(plan_json, "LARGEST_FILE", 20)
    (tmp_path / "x.json").write_text(json.dumps(PLANS))
    with pytest.raises(InputError, match="expected at most"):
        read_plan_json(tmp_path / "x.json", V)
