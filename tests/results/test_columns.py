import json
import random
from pathlib import Path

import pytest

from bd_gen.results.columns import (
    check_reserved,
    existing_directory,
    label_and_method,
    method_order,
    natural_order,
    read_columns,
)
from bd_gen.system.errors import InputError

EMPTY = {"config": {}, "per_seed": {}, "summary": {}, "format_version": 2}
IN_ORDER = [
    "real_held_out",
    "baseline_memoriser",
    "baseline_marginals",
    "random_argmax_no_remask",
    "random_topp0.9_no_remask",
    "first_hitting_temp1.0_no_remask",
    "llada_argmax_no_remask",
    "llada_topp0.9_no_remask",
    "v2_random_topp0.9_no_remask",
    "v2_llada_topp0.9_no_remask",
    "random_topp0.9_remdm_cap_eta0.2",
    "random_topp0.9_remdm_cap_eta0.4",
    "random_topp0.9_remdm_cap_eta1.0",
    "random_topp0.9_remdm_cap_eta10",
    "llada_topp0.9_remdm_cap_eta0.02",
    "llada_topp0.9_remdm_cap_eta0.2",
    "llada_topp0.9_remdm_rescale_eta0.4",
    "random_topp0.9_remdm_confidence_tsw0.3",
    "llada_topp0.9_remdm_confidence_tsw0.5",
    "v2_random_topp0.9_remdm_confidence_tsw0.5",
    "my_own_method",
]


def test_methods_come_family_by_family_and_by_number() -> None:
    shuffled = random.Random(0).sample(IN_ORDER, len(IN_ORDER))  # noqa: S311
    assert sorted(shuffled, key=method_order) == IN_ORDER


@pytest.mark.parametrize("name", ["", "7", "²", "..", "1.2.3", "a1.b", "\ud800"])
def test_any_name_has_a_place(name: str) -> None:
    assert sorted([name, "a", "1"], key=natural_order)
    assert sorted([name, "a", "1"], key=method_order)


def test_files_of_labels_are_called_after_their_folder(tmp_path: Path) -> None:
    for name in ("b.json", "small/b.json", "base-10/b.json", "base-9/b.json", ".hidden/b.json",
                 "small/.b.json", "small/deeper/b.json", "small/b.txt"):  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(EMPTY | {"method": "b", "timestamp": ""}))
    columns, problems = read_columns(tmp_path)
    assert problems == []
    assert [column.name for column in columns] == ["b", "base-9/b", "base-10/b", "small/b"]
    assert label_and_method("base-9/b") == ("base-9", "b")
    assert label_and_method("b") == ("", "b")


def test_a_missing_directory_is_answered_with_those_there(tmp_path: Path) -> None:
    (tmp_path / "loglinear").mkdir()
    assert existing_directory(tmp_path / "loglinear") == tmp_path / "loglinear"
    with pytest.raises(InputError, match=r"linear: there is no such results directory; .* loglin"):
        existing_directory(tmp_path / "linear")
    with pytest.raises(InputError, match=r"b: there is no such results directory$"):
        existing_directory(tmp_path / "a" / "b")


def test_a_file_that_cannot_be_used_is_told_and_left_out(tmp_path: Path) -> None:
    for name in ("llada", "random"):
        (tmp_path / f"{name}.json").write_text(
            json.dumps(EMPTY | {"method": "other", "timestamp": ""})
        )
    (tmp_path / "broken.json").write_text("{")
    columns, problems = read_columns(tmp_path)
    assert [column.name for column in columns] == ["random", "llada"]
    assert len(problems) == 1
    assert "broken.json: is not JSON" in str(problems[0])


def test_reserved_names_are_for_what_this_program_made() -> None:
    check_reserved("llada", {}, "llada_samples.pt")
    check_reserved("real_held_out", {"yardstick": "real_held_out"}, "x")
    with pytest.raises(InputError, match="x: the name real_held_out is reserved for held-out pl"):
        check_reserved("real_held_out", {"yardstick": "baseline_marginals"}, "x")
    with pytest.raises(InputError, match="baseline_marginals is reserved for a baseline; rename"):
        check_reserved("baseline_marginals", {}, "x")
