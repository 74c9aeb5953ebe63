import gzip
import json
import os
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bd_gen.data.sources.plans import pieces
from bd_gen.data.sources.plans.pieces import (
    LONGEST_LINE,
    ListError,
    first_value,
    read_lines,
    split_list,
)
from bd_gen.system.errors import InputError


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_lines_with_their_numbers(tmp_path: Path) -> None:
    path = write(tmp_path / "a", b"one\r\n\ntwo\nthree")
    assert list(read_lines(path)) == [(1, b"one"), (2, b""), (3, b"two"), (4, b"three")]
    assert list(read_lines(write(path, b""))) == []


def test_gzip_is_known_by_its_content(tmp_path: Path) -> None:
    path = write(tmp_path / "plain.txt", gzip.compress(b"one\ntwo\n"))
    assert list(read_lines(path)) == [(1, b"one"), (2, b"two")]
    named = write(tmp_path / "not.gz", b"one\n")
    assert list(read_lines(named)) == [(1, b"one")]


@pytest.mark.parametrize("packed", [False, True])
def test_a_long_line_is_not_kept(tmp_path: Path, packed: bool) -> None:
    long = b"x" * (3 * LONGEST_LINE + 5)
    data = b"a\n" + long + b"\nb\n" + long[: LONGEST_LINE - 1] + b"\n" + long
    path = write(tmp_path / "a", gzip.compress(data, 1) if packed else data)
    lines = list(read_lines(path))
    assert [number for number, _ in lines] == [1, 2, 3, 4, 5]
    assert [None if line is None else len(line) for _, line in lines] == [
        1, None, 1, LONGEST_LINE - 1, None,
    ]  # fmt: skip


@pytest.mark.parametrize("num_bytes", [LONGEST_LINE - 1, LONGEST_LINE, 2 * LONGEST_LINE])
def test_lines_at_the_limit(tmp_path: Path, num_bytes: int) -> None:
    path = write(tmp_path / "a", b"x" * num_bytes + b"\nb\n")
    (_, first), (number, second) = read_lines(path)
    assert (first is None) == (num_bytes >= LONGEST_LINE)
    assert (number, second) == (2, b"b")


@pytest.mark.parametrize("damage", ["cut", "flipped", "head only"])
def test_damaged_gzip_is_one_clear_line(tmp_path: Path, damage: str) -> None:
    data = bytearray(gzip.compress(b"".join(b"line %d\n" % k for k in range(5000))))
    if damage == "flipped":
        data[len(data) // 2] ^= 0xFF
    data = data[: {"cut": len(data) // 2, "head only": 12}.get(damage)]
    path = write(tmp_path / "a.gz", bytes(data))
    with pytest.raises(InputError, match=f"^{path}: damaged or cut short gzip"):
        list(read_lines(path))


def test_a_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "_FREE_EXPANSION", 1 << 21)
    path = write(tmp_path / "bomb", gzip.compress(b"\0" * (1 << 25), 9))
    with pytest.raises(InputError, match="grows more than 50 times"):
        list(read_lines(path))


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")  # opening it would wait for ever
    for path in (tmp_path, tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(InputError, match="expected a file"):
            list(read_lines(path))
    with pytest.raises(InputError, match="none: cannot be read"):
        list(read_lines(tmp_path / "none"))


def test_progress_is_told_in_bytes_of_the_file(tmp_path: Path) -> None:
    path = write(tmp_path / "a", b"x\n" * 5000)
    calls: list[tuple[int, int]] = []
    list(read_lines(path, lambda done, total: calls.append((done, total))))
    assert calls[-1] == (10_000, 10_000)
    assert calls == sorted(calls)


@pytest.mark.parametrize("line", [b"\n", b"\r\n", b"0\n", b"{}\r\n", b"[[]]\n", b" " * 30 + b"\n"])
def test_lines_too_short_for_a_plan_are_counted(
    tmp_path: Path, line: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A megabyte of them shrinks to a kilobyte, and each costs as much as a line of a plan."""
    path = write(tmp_path / "a", gzip.compress(line * 1001 + b"x" * 32, 1))
    assert len(list(read_lines(path))) == 1002
    monkeypatch.setattr(pieces, "MOST_SHORT", 1000)
    with pytest.raises(InputError, match="holds more than 1,000 lines of under 32 bytes"):
        for _ in read_lines(path):
            pass
    assert len(json.dumps({"id": 1, "rooms": [{"type": "a"}]})) >= pieces.SHORTEST_PLAN


PARTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(st.lists(PARTS, max_size=6), st.sampled_from([None, 0, 3]))
def test_the_elements_of_a_list(values: list[object], indent: int | None) -> None:
    text = " \n" + json.dumps(values, indent=indent) + "\n "
    assert [json.loads(part) for part in split_list(text)] == values


@pytest.mark.parametrize("length", [100_000, *range(LONGEST_LINE - 12, LONGEST_LINE)])
def test_elements_around_the_end_of_what_is_looked_at(length: int) -> None:
    for value in ("a" * (length - 2), int("9" * 4000), [0] * (length // 3)):
        values = [1, value, 23, value, "b", 45]
        assert [json.loads(part) for part in split_list(json.dumps(values))] == values


class _Counted(str):
    """A text that knows how much of it was copied."""

    copied = 0

    def __getitem__(self, place: object) -> str:
        part = super().__getitem__(place)  # type: ignore[index]
        self.copied += len(part)
        return part


@pytest.mark.slow
@pytest.mark.parametrize("part", ["[],", "0,", '"' + "a" * 700_000 + '",'])
def test_a_list_is_copied_a_few_times_however_short_its_elements(part: str) -> None:
    text = _Counted("[" + part * (3_000_000 // len(part)) + "0]")
    assert sum(1 for _ in split_list(text)) == text.count(",") + 1
    assert text.copied < 5 * len(text)


@pytest.mark.parametrize("part", ["[],", "{},", '{"a":{}},'])
def test_one_element_is_looked_at_a_megabyte_far(part: str) -> None:
    """A list in a list of 6 MB would take 150 MB."""
    text = "[[" + part * (6_000_000 // len(part)) + "0]]"
    tracemalloc.start()
    try:
        assert list(split_list(text)) == [None]
        assert tracemalloc.get_traced_memory()[1] < 60e6
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "text", ["[1", "[1,", "[1,]", "[,]", "[1 2]", "[1] 2", "[", "[[[", "[" * 9999]
)
def test_what_is_no_list(text: str) -> None:
    with pytest.raises(ListError):
        list(split_list(text))


def test_the_first_value_and_the_rest() -> None:
    assert first_value(' {"a": 1}\n{"b": 2}') == ('{"a": 1}', '\n{"b": 2}')
    assert first_value("{") is None
    assert first_value("") is None
    assert first_value('"' + "a" * (2 << 20) + '"') is None
