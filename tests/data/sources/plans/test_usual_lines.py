import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.data.conftest import EIGHT, FLAT

from bd_gen.data.plan_table import PlanTable
from bd_gen.data.sources.plans import usual_lines
from bd_gen.data.sources.plans.plan_parser import PlanParser
from bd_gen.data.sources.plans.plan_units import Units
from bd_gen.data.sources.plans.source import read_plans
from bd_gen.data.sources.plans.usual_lines import UsualLines
from bd_gen.diagrams.names import RoomLabels
from bd_gen.system.errors import InputError


@pytest.fixture(scope="module", autouse=True)
def few_lines_are_enough() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(usual_lines, "FEWEST", 1)
        yield


def plan(number: int, **more: Any) -> bytes:
    rooms = FLAT[: 1 + number % len(FLAT)]
    return json.dumps({"id": str(number), "rooms": rooms, **more}).encode()


def quickly(lines: list[bytes], **options: Any) -> PlanTable | None:
    parse = PlanParser(EIGHT, RoomLabels(), **options)
    return UsualLines(parse)(lines, list(range(1, len(lines) + 1)))


def read(path: Path, at_once: bool, skip_bad: bool) -> tuple[Any, ...]:
    """Everything about a file that can be seen from outside."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(usual_lines, "FEWEST", 1 if at_once else 1 << 30)
        try:
            table = read_plans(path, EIGHT, skip_bad=skip_bad)
        except InputError as error:
            return (str(error),)
    arrays = (table.tokens, table.num_rooms, table.boxes, table.has_boxes)
    return (*(a.tobytes() for a in arrays), table.ids.tolist(), table.notes)


def assert_read_as_line_by_line(folder: Path, lines: list[bytes]) -> None:
    path = folder / "plans.jsonl"
    path.write_bytes(b"\n".join(lines))
    for skip_bad in (False, True):
        assert read(path, True, skip_bad) == read(path, False, skip_bad)


USUAL = [plan(k, **({"front_door": [1, 2, 3.5, 4]} if k % 2 else {})) for k in range(12)]


def test_usual_lines_are_read_at_once(tmp_path: Path) -> None:
    table = quickly(USUAL)
    assert table is not None
    path = tmp_path / "plans.jsonl"
    path.write_bytes(b"\n".join(USUAL))
    expected = read_plans(path, EIGHT)
    for name in ("room_types", "num_rooms", "boxes", "has_boxes", "relations", "ids"):
        np.testing.assert_array_equal(getattr(table, name), getattr(expected, name), strict=True)
    assert_read_as_line_by_line(tmp_path, USUAL)


def test_ids_may_be_numbers_or_texts_of_any_script(tmp_path: Path) -> None:
    numbers = [
        line.replace(b'"id": "', b'"id": ').replace(b'", "rooms"', b', "rooms"') for line in USUAL
    ]
    assert json.loads(numbers[3])["id"] == 3
    table = quickly(numbers)
    assert table is not None
    assert table.ids.tolist() == [str(k) for k in range(12)]
    texts = [line.replace(b'"id": "', '"id": "Zoë \\u00e9 '.encode()) for line in USUAL]
    table = quickly(texts)
    assert table is not None
    assert table.ids[3] == "Zoë é 3"
    for lines in (numbers, texts, numbers[:6] + USUAL[6:]):
        assert_read_as_line_by_line(tmp_path, lines)


BOX = b'"rooms": [{"type": "Kitchen", "box": [10, 10, 100, 90]}]}'
UNUSUAL = [
    b'{"id": "x", "relations": [], ' + BOX,
    b'{"id": "x", "note": 1, ' + BOX,
    b'{"id": "x", "front_door": "none", ' + BOX,
    b'{"id": "x", "front_door": null, ' + BOX,
    b'{"id": "x", "id": "y", ' + BOX,
    b'{"id": "1", ' + BOX,
    b'{"id": "", ' + BOX,
    b'{"id": "a\\tb", ' + BOX,
    b'{"id": "\\ud800", ' + BOX,
    b'{"id": "\xff", ' + BOX,
    b'{"id": "' + b"x" * 201 + b'", ' + BOX,
    b'{"id": 1000000000000000000, ' + BOX,
    b'{"id": true, ' + BOX,
    b'{"id": ["x"], ' + BOX,
    b"{" + BOX,
    b'{"id": "x"}',
    b'{"id": "x", "rooms": []}',
    b'{"id": "x", "rooms": {}}',
    b'{"id": "x", "rooms": [1]}',
    b'{"id": "x", "rooms": [null]}',
    b'{"id": "x", "rooms": [%s]}' % b", ".join([b'{"type": "Kitchen", "box": [1, 1, 90, 90]}'] * 9),
    *(
        b'{"id": "x", "rooms": [{"type": %s}]}' % room
        for room in (
            b'"Kitchen"',
            b'"Sauna", "box": [10, 10, 100, 90]',
            b'1, "box": [10, 10, 100, 90]',
            b'"Kitchen", "name": "a", "box": [10, 10, 100, 90]',
            b'"Kitchen", "type": "Kitchen", "box": [10, 10, 100, 90]',
            *(
                b'"Kitchen", "box": [%s]' % box
                for box in (
                    b"10, 10, 100", b"10, 10, 100, 90, 1", b"10, 10, 9, 90", b"10, 10, 100, 9999",
                    b"NaN, 10, 100, 90", b"10, 10, 1e400, 90", b"-0, -0.0, 100, 90",
                    b"1, 1, 30, 30", b"1, 1, 257.5, 30", b"0, 0, 64, 64", b"0, 0, 63.999999999, 9",
                    b"010, 10, 100, 90", b"true, 10, 100, 90", b'"1", 10, 100, 90',
                    b"null, 1, 99, 9",
                )
            ),
        )
    ),
    b'{"id": "x", ' + BOX + b" ",
    b'{"id": "x", ' + BOX + b' {"id": "y", ' + BOX,
    b'{"id": "x", ' + BOX + b"null",
    b'{"id": "x", ' + BOX + b"\r",
    b'{"id": "x",\n' + BOX,
    b'{"id": "x", "rooms": [{"type": "Kitchen", "box": [10, 10, 100, 90]}\n{"type": "Bath"}]}',
    b"null",
    b"[]",
    b"",
    b"{",
    b"\xef\xbb\xbf" + USUAL[0].replace(b'"0"', b'"x"'),
]  # fmt: skip


@pytest.mark.parametrize("line", UNUSUAL)
def test_whatever_is_unusual_is_read_line_by_line(tmp_path: Path, line: bytes) -> None:
    for place in (0, 5, 12):
        assert_read_as_line_by_line(tmp_path, [*USUAL[:place], line, *USUAL[place:]])


@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0), st.binary(max_size=2)), max_size=3))
def test_lines_with_some_bytes_changed(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int, bytes]]
) -> None:
    lines = list(USUAL)
    for number, place, some in changes:
        place %= len(lines[number]) + 1
        lines[number] = lines[number][:place] + some + lines[number][place + len(some) :]
    assert_read_as_line_by_line(tmp_path_factory.mktemp("changed"), lines)


def test_ids_are_remembered_from_batch_to_batch() -> None:
    parse = PlanParser(EIGHT, RoomLabels())
    usual = UsualLines(parse)
    assert usual(USUAL[:6], range(1, 7)) is not None
    assert parse.seen["3"] == 4
    assert usual(USUAL[5:], range(7, 14)) is None
    assert usual(USUAL[6:], range(8, 14)) is not None


def test_what_must_be_converted_or_kept_is_read_line_by_line() -> None:
    metres = Units(unit="m", scale=0.1)
    assert quickly(USUAL, units=metres) is None
    assert quickly(USUAL, keeps_shapes=True) is None  # front doors are kept
    assert quickly(USUAL[::2], keeps_shapes=True) is not None
    small = [b'{"id": "x", "rooms": [{"type": "Kitchen", "box": [1, 1, 30, 30]}]}']
    assert quickly(small) is None
    assert quickly(small, units=Units(unit="px")) is not None


def test_without_pyarrow_lines_are_read_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert quickly(USUAL) is None
    assert_read_as_line_by_line(tmp_path, USUAL)
