import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bd_gen.system.errors import InputError
from bd_gen.system.plain_yaml import read_yaml


def refusal(tmp_path, text: str | bytes) -> str:
    path = tmp_path / "x.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputError) as caught:
        read_yaml(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    return message.removeprefix(f"{path}: ")


def test_plain_values_come_out_as_they_are(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text("a: 1\nb: [true, null, 1.5, text]\nc:\n  d: '7'\n")
    assert read_yaml(path) == {"a": 1, "b": [True, None, 1.5, "text"], "c": {"d": "7"}}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("- a\n- b\n", "expected fields (KEY: VALUE), got list"),
        ("", "expected fields (KEY: VALUE), got NoneType"),
        ("a: 1\na: 2\n", "is not YAML (line 2: 'a' stands there twice)"),
        ("a: [1, 2\nb: 3\n", "is not YAML (line 2:"),
        ("a: !!python/object/apply:os.system [ls]\n", "line 1: a tag (!name) is not allowed here"),
        ("a: &x [1]\nb: *x\n", "line 2: an alias (*name) is not allowed here"),
        ("a: 2026-01-01\n", "expected plain values, got one of type date"),
        ("a: 2026-99-99\n", "is not YAML (month must be in 1..12"),
        ("a: .nan\n", "expected finite numbers"),
        ("? [a]\n: 1\n", "is not YAML ("),
        ("[" * 3000, "line 1: deep nesting is not allowed here"),
        (b"a: \xff", "is not text in UTF-8"),
        ("a: \0", "is not YAML ("),
        ("a: " + "9" * 5000, "is not YAML ("),
        ("a: " + "x" * 70_000, "expected a file of at most 64 KiB"),
    ],
)
def test_mistakes_are_one_line(tmp_path, text, reason):
    assert refusal(tmp_path, text).startswith(reason)


def test_a_few_lines_do_not_unfold_into_all_memory(tmp_path):
    lines = ["a0: &a0 {x: 1}"]
    lines += [f"a{k}: &a{k} [{', '.join(9 * [f'*a{k - 1}'])}]" for k in range(1, 12)]
    start = time.monotonic()
    assert "alias" in refusal(tmp_path, "\n".join(lines))
    assert time.monotonic() - start < 5


def test_what_is_no_file(tmp_path):
    for path in (tmp_path, tmp_path / "missing.yaml", tmp_path / "a\0b"):
        with pytest.raises(InputError):
            read_yaml(path)


@given(st.binary(max_size=80) | st.text("ab:-[]{}&*!? #'\"\n|>,1.", max_size=80))
def test_any_bytes_give_fields_or_one_line(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    try:
        answer = read_yaml(path)
    except InputError as error:
        answer = str(error)
    assert isinstance(answer, dict) or "\n" not in answer


@pytest.mark.parametrize(
    "value",
    ["!!timestamp x", "!!bool x", '!!int ""', "!!float x", "!!binary x", "!x y", "!!set {a}"],
)
def test_tags_are_refused(value: str, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(f"a: 1\nb: {value}\n")
    with pytest.raises(InputError, match=r"a\.yaml: line 2: a tag .!name. is not allowed here"):
        read_yaml(path)


@pytest.mark.parametrize(
    "value", ["1" + ":59" * 3000, "1" + ":59" * 3000 + ".5", "2001-99-99", "0b", "0x", "9" * 5000]
)
def test_numbers_and_dates_that_are_none(value: str, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(f"a: {value}\n")
    try:
        assert read_yaml(path) == {"a": value}
    except InputError as error:
        assert "\n" not in str(error)  # noqa: PT017
        assert len(str(error)) < 400  # noqa: PT017
