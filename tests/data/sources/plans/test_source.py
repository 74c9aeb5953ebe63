import gzip
import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.data.conftest import EIGHT, FLAT
from tests.rplan import RELATIONS

from bd_gen.data.sources.plans import collected
from bd_gen.data.sources.plans.plan_diagrams import each_plan
from bd_gen.data.sources.plans.source import read_plans
from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.folded import fold_name
from bd_gen.diagrams.names import RoomLabels
from bd_gen.diagrams.tokens import diagrams_from_tokens
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.system.errors import InputError

Write = Callable[..., Path]
R = {name: k for k, name in enumerate(RELATIONS)}


def rooms(*types: str) -> list[dict[str, Any]]:
    return [{"type": name} for name in types]


def test_a_plan_with_boxes(write_lines: Write) -> None:
    table = read_plans(write_lines({"id": "flat", "rooms": FLAT, "front_door": [1, 2]}), EIGHT)
    assert table.ids.tolist() == ["flat"]
    assert table.boxes[0, 1].tolist() == [114, 50, 150, 90]
    assert table.has_boxes.tolist() == [True]
    # by hand: the centre of u against the box of v
    assert diagrams_from_tokens(table.tokens, EIGHT) == [
        Diagram(
            (0, 2, 3, 9),
            (
                (0, 1, R["left-below"]),  # (80, 100) is below y1 = 90 and left of x0 = 114
                (0, 2, R["left-of"]),
                (0, 3, R["above"]),
                (1, 2, R["above"]),
            ),
        )
    ]


def test_a_plan_with_relations(write_lines: Write) -> None:
    relations = [[0, 1, "Left of"], [2, 0, "RIGHT_ABOVE"]]
    line = {"id": 7, "rooms": rooms("kitchen", "Living Room", "bath-room"), "relations": relations}
    table = read_plans(write_lines(line), EIGHT)
    assert table.ids.tolist() == ["7"]
    assert table.has_boxes.tolist() == [False]
    # 2 is right-above of 0, so 0 is (9 - 8) left-below of 2
    assert diagrams_from_tokens(table.tokens, EIGHT) == [
        Diagram((2, 0, 3), ((0, 1, R["left-of"]), (0, 2, R["left-below"])))
    ]


def test_a_plan_may_have_no_relations_at_all(write_lines: Write) -> None:
    line = {"id": "a", "rooms": rooms("Kitchen", "Storage"), "relations": []}
    table = read_plans(write_lines(line), EIGHT)
    assert diagrams_from_tokens(table.tokens, EIGHT) == [Diagram((2, 11), ())]


def test_both_kinds_in_one_file_gzipped_with_blank_lines_and_a_byte_order_mark(
    tmp_path: Path,
) -> None:
    lines = [
        {"id": "a", "rooms": FLAT},
        {"id": "b", "rooms": rooms("Kitchen"), "relations": []},
    ]
    text = "\ufeff" + "\n\n".join(json.dumps(line) for line in lines)
    path = tmp_path / "plans"
    path.write_bytes(gzip.compress(text.encode()))
    table = read_plans(path, EIGHT)
    assert table.ids.tolist() == ["a", "b"]
    assert table.has_boxes.tolist() == [True, False]


def test_fourteen_rooms(write_lines: Write) -> None:
    boxes = [[20 * k, 0, 20 * k + 16, 16] for k in range(12)]
    line = {"id": "a", "rooms": [{"type": "Storage", "box": box} for box in boxes]}
    path = write_lines(line)
    table = read_plans(path, Vocabulary(14))
    assert table.tokens.shape == (1, 105)
    edges = diagrams_from_tokens(table.tokens, Vocabulary(14))[0].edges
    assert edges == tuple((k, k + 1, R["left-of"]) for k in range(11))
    with pytest.raises(InputError, match=r"1 x too many rooms \(line 1: 12 > n_max 8\)"):
        read_plans(path, EIGHT)


def test_flat_boxes_are_read_as_rplan_has_them(write_lines: Write) -> None:
    kitchen = {"type": "Kitchen", "box": [154, 156, 154, 178]}
    line = {"id": "a", "unit": "px", "rooms": [kitchen]}
    assert read_plans(write_lines(line), EIGHT).boxes[0, 0].tolist() == [154, 156, 154, 178]


def with_box(box: Any) -> dict[str, Any]:
    return {"id": "x", "rooms": [FLAT[0], {"type": "Kitchen", "box": box}]}


def with_relations(*relations: Any, **more: Any) -> dict[str, Any]:
    return {"id": "x", "rooms": rooms("Kitchen", "Storage"), "relations": list(relations), **more}


BAD = {
    "not JSON": ("{", "broken line"),
    "not an object": ("[1]", "broken line"),
    "a bare number": ("3", "broken line"),
    "nested": ("[" * 200_000, "broken line"),
    "huge integer": ('{"id": ' + "9" * 5000 + "}", "broken line"),
    "no id": ({"rooms": FLAT}, "missing field"),
    "id null": ({"id": None, "rooms": FLAT}, "missing field"),
    "id a list": ({"id": [1], "rooms": FLAT}, "malformed plan"),
    "id true": ({"id": True, "rooms": FLAT}, "malformed plan"),
    "id empty": ({"id": "", "rooms": FLAT}, "malformed plan"),
    "id of control characters": ({"id": "a\0", "rooms": FLAT}, "malformed plan"),
    "id half a character": ('{"id": "\\ud800", "rooms": []}', "malformed plan"),
    "id long": ({"id": "x" * 201, "rooms": FLAT}, "malformed plan"),
    "no rooms field": ({"id": "x"}, "missing field"),
    "rooms no list": ({"id": "x", "rooms": {}}, "malformed plan"),
    "no rooms": ({"id": "x", "rooms": []}, "no rooms"),
    "too many rooms": ({"id": "x", "rooms": FLAT * 3}, "too many rooms"),
    "room no object": ({"id": "x", "rooms": [3]}, "malformed plan"),
    "no type": ({"id": "x", "rooms": [{"box": [0, 0, 1, 1]}]}, "missing field"),
    "type a number": ({"id": "x", "rooms": [{"type": 3}]}, "malformed plan"),
    "unknown label": ({"id": "x", "rooms": rooms("Sauna")}, "unknown label"),
    "neither": ({"id": "x", "rooms": rooms("Kitchen")}, "neither boxes nor relations"),
    "both, partly": (
        {"id": "x", "rooms": [*rooms("Kitchen"), FLAT[0]], "relations": []},
        "missing field",
    ),
    "no direction": (with_relations([0, 1]), "joined without a direction"),
    "no direction, in words": (with_relations([1, 0, "touches"]), "joined without a direction"),
    "box of infinity": (with_box([1, 2, float("inf"), 4]), "bad box"),
    "first box missing": ({"id": "x", "rooms": [*rooms("Kitchen"), FLAT[0]]}, "missing field"),
    "one box missing": ({"id": "x", "rooms": [FLAT[0], *rooms("Kitchen")]}, "missing field"),
    "box of three": (with_box([1, 2, 3]), "bad box"),
    "box of words": (with_box(["1", "2", "3", "4"]), "bad box"),
    "box of truths": (with_box([False, False, True, True]), "bad box"),
    "box an object": (with_box({"x0": 1}), "bad box"),
    "box not a number": (with_box([0, 0, float("nan"), 1]), "bad box"),
    "box infinite": ('{"id":"x","rooms":[{"type":"Kitchen","box":[0,0,1e400,1]}]}', "bad box"),
    "box far off": (with_box([0, 0, 1, 5000]), "bad box"),
    "box a huge integer": (with_box([0, 0, 10**400, 1]), "bad box"),
    "box turned in x": (with_box([2, 0, 1, 1]), "box turned inside out"),
    "box turned in y": (with_box([0, 2, 1, 1]), "box turned inside out"),
    "relations no list": ({"id": "x", "rooms": rooms("Kitchen"), "relations": 3}, "bad relation"),
    "relation of one": (with_relations([0]), "bad relation"),
    "relation of words": (with_relations(["0", "1", "above"]), "bad relation"),
    "relation of truths": (with_relations([False, True, "above"]), "bad relation"),
    "relation unknown": (with_relations([0, 1, "beside"]), "bad relation"),
    "relation to no room": (with_relations([0, 2, "above"]), "bad relation"),
    "relation from below": (with_relations([-1, 0, "above"]), "bad relation"),
    "relation to itself": (with_relations([1, 1, "above"]), "bad relation"),
    "relation twice": (with_relations([0, 1, "above"], [1, 0, "below"]), "bad relation"),
    "id taken": ({"id": "good", "rooms": FLAT}, "duplicate id"),
}


@pytest.mark.parametrize(("line", "kind"), BAD.values(), ids=BAD.keys())
def test_every_kind_of_bad_plan(write_lines: Write, line: Any, kind: str) -> None:
    path = write_lines({"id": "good", "rooms": FLAT}, line, {"id": "last", "rooms": FLAT})
    with pytest.raises(InputError) as caught:
        read_plans(path, EIGHT)
    message = str(caught.value)
    assert message.startswith(f"{path}: 1 of 3 plans are bad: 1 x {kind} (line 2")
    assert "--skip-bad" in message
    assert "\n" not in message
    assert len(message) < 300 + len(str(path))
    table = read_plans(path, EIGHT, skip_bad=True)
    assert table.ids.tolist() == ["good", "last"]
    assert table.notes[0].startswith(f"skipped 1 of 3 plans: 1 x {kind} (line 2")


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "plans"
    path.write_bytes(b'{"id": "\xff"}\n')
    with pytest.raises(InputError, match=r"1 x broken line \(line 1: not text in UTF-8\)"):
        read_plans(path, EIGHT)


def test_a_line_of_two_megabytes(write_lines: Write) -> None:
    path = write_lines({"id": "a", "rooms": FLAT, "note": "x" * (2 << 20)})
    with pytest.raises(InputError, match=r"1 x broken line \(line 1: too long\)"):
        read_plans(path, EIGHT)


def test_bad_plans_are_counted_by_kind(write_lines: Write) -> None:
    bad = [{"id": k, "rooms": rooms(f"Sauna{k}")} for k in range(5)]
    path = write_lines(*bad, "{", {"id": "good", "rooms": FLAT})
    with pytest.raises(InputError) as caught:
        read_plans(path, EIGHT)
    assert "6 of 7 plans are bad: 5 x unknown label (line 1: 'Sauna0', " in str(caught.value)
    assert "line 3: 'Sauna2', ...); 1 x broken line (line 6" in str(caught.value)


def test_a_bad_plan_does_not_take_the_id_away(write_lines: Write) -> None:
    path = write_lines({"id": "a", "rooms": rooms("Sauna")}, {"id": "a", "rooms": FLAT})
    assert read_plans(path, EIGHT, skip_bad=True).ids.tolist() == ["a"]


def test_integer_and_text_ids_are_the_same_name(write_lines: Write) -> None:
    path = write_lines({"id": 1, "rooms": FLAT}, {"id": "1", "rooms": FLAT})
    with pytest.raises(InputError, match=r"1 x duplicate id \(line 2: '1' is on line 1\)"):
        read_plans(path, EIGHT)


@pytest.mark.parametrize("text", ["", "\n\n  \n"])
def test_an_empty_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "plans"
    path.write_text(text)
    with pytest.raises(InputError, match="expected one plan a line, the file is empty"):
        read_plans(path, EIGHT)


def test_nothing_but_bad_plans(write_lines: Write) -> None:
    with pytest.raises(InputError, match="all of 2 plans are bad: 2 x broken line"):
        read_plans(write_lines("{", "{"), EIGHT, skip_bad=True)


def test_labels_of_other_languages(write_lines: Write) -> None:
    path = write_lines({"id": 1, "rooms": [{**FLAT[0], "type": "Séjour"}]})
    table = read_plans(path, EIGHT, RoomLabels({"séjour": 0}))
    assert table.room_types[0, 0] == 0


def test_names_are_the_same_however_their_accents_are_written(write_lines: Write) -> None:
    for mapped, written in (("NFC", "NFD"), ("NFD", "NFC"), ("NFD", "NFD")):
        label = unicodedata.normalize(mapped, "Küche")
        room = {**FLAT[0], "type": unicodedata.normalize(written, "KÜCHE")}
        path = write_lines({"id": 1, "rooms": [room]})
        assert read_plans(path, EIGHT, RoomLabels({fold_name(label): 2})).room_types[0, 0] == 2


def test_numbers_that_are_none_are_called_so(write_lines: Write) -> None:
    path = write_lines('{"id": 1, "rooms": [{"type": "Kitchen", "box": [1, 2, NaN, 4]}]}')
    with pytest.raises(InputError, match=r"bad box \(line 1: room 0: nan is no number\)"):
        read_plans(path, EIGHT)


def test_boxes_and_relations_are_both_kept(write_lines: Write) -> None:
    related = {"id": 1, "rooms": FLAT, "relations": [[0, 1, "above"]]}
    table = read_plans(write_lines(related, {"id": 2, "rooms": FLAT}), EIGHT)
    assert table.has_boxes.all()
    assert (table.boxes[0] == table.boxes[1]).all()
    assert sorted(table.relations[0].tolist()) == sorted([3, *[10] * 5, *[12] * 22])
    assert table.notes == (
        "1 plans have relations that their boxes do not give; the relations count",
    )
    first = next(each_plan(write_lines(related)))
    assert first.diagram.edges == ((0, 1, 3),)
    assert first.boxes is not None


def test_pairs_without_a_direction_for_who_asks_for_them(write_lines: Write) -> None:
    line = {"id": "x", "rooms": rooms("Kitchen", "Bathroom", "Storage")}
    relations = [[1, 0], [2, 1, "touches"], [0, 2, "above"]]
    path = write_lines({**line, "relations": relations})
    table = read_plans(path, EIGHT, takes_joined=True)
    assert table.joined == {"x": ((0, 1), (1, 2))}
    plan = next(each_plan(path, takes_joined=True))
    assert plan.joined == ((0, 1), (1, 2))
    assert plan.diagram.edges == ((0, 2, 3),)


def test_metres_are_not_taken_for_pixels(write_lines: Write) -> None:
    small = [{**room, "box": [c / 20 for c in room["box"]]} for room in FLAT]  # type: ignore[attr-defined]
    lines = [{"id": 1, "rooms": FLAT}, {"id": 2, "rooms": small}]
    expected = r"not in pixels \(line 2: 6 across, expected 64 to 256; metres\? \[--unit m\]\)"
    with pytest.raises(InputError, match=expected):
        read_plans(write_lines(*lines), EIGHT)
    table = read_plans(write_lines(*lines), EIGHT, skip_bad=True)
    assert table.ids.tolist() == ["1"]


def test_what_is_said_to_be_pixels_is_taken_with_a_word_of_warning(write_lines: Write) -> None:
    small = [{**room, "box": [c / 20 for c in room["box"]]} for room in FLAT]  # type: ignore[attr-defined]
    path = write_lines({"id": 1, "rooms": FLAT}, {"id": 2, "rooms": small, "unit": "px"})
    assert read_plans(path, EIGHT).notes == (
        "1 plans measure under 64 or over 256 across; boxes must be in pixels of a 256-pixel "
        "plan, where rooms within 9 pixels touch",
    )


def test_many_plans_come_in_chunks(write_lines: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [
        {"id": k, "rooms": FLAT[: 1 + k % 4]}
        if k % 3
        else {"id": k, "rooms": rooms("Kitchen", "Storage"), "relations": [[0, 1, "above"]]}
        for k in range(25)
    ]
    path = write_lines(*lines)
    whole = read_plans(path, EIGHT)
    monkeypatch.setattr(collected, "_CHUNK", 4)
    parts = read_plans(path, EIGHT)
    assert parts.ids.tolist() == [str(k) for k in range(25)]
    np.testing.assert_array_equal(parts.tokens, whole.tokens)
    np.testing.assert_array_equal(parts.boxes, whole.boxes)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["id", "rooms", "type", "box", "relations"]) | st.text(max_size=3),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.lists(JSON | st.text(max_size=30), min_size=1, max_size=4), st.booleans())
def test_no_line_makes_anything_but_a_table_or_an_input_error(
    write_lines: Write, lines: list[Any], skip_bad: bool
) -> None:
    encoded = [json.dumps(line).encode("utf-8", "replace").decode() for line in lines]
    path = write_lines(*encoded)
    try:
        table = read_plans(path, EIGHT, skip_bad=skip_bad)
    except InputError as error:
        said = str(error)
    else:
        said = f"{len(table)} plans"
    assert said != "0 plans"
    assert "\n" not in said


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.binary(max_size=200))
def test_no_bytes_make_anything_but_a_table_or_an_input_error(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "plans"
    for prefix in (b"", b"\x1f\x8b\x08\0\0\0\0\0\0\xff"):
        path.write_bytes(prefix + data)
        with pytest.raises(InputError):
            read_plans(path, EIGHT)
