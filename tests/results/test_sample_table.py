import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bd_gen.results import sample_table
from bd_gen.results.sample_table import (
    SampleTable,
    merged,
    read_sample_table,
    row_names,
    table_path,
    write_sample_table,
)
from bd_gen.system import files
from bd_gen.system.errors import InputError

METADATA = {
    "method": "a",
    "samples_sha256": "s",
    "data_fingerprint": "d",
    "package_version": "0.1",
    "metric_versions": {"validity": 1, "size": 3},
    "config": {"sampling_steps": 100},
}


def table(**columns: np.ndarray) -> SampleTable:
    own = columns or {
        "valid": np.array([True, False, True, True]),
        "num_rooms": np.array([4, 5, 6, 250], np.uint8),
        "distance": np.array([0.1, 1e-300, np.nan, -np.inf]),
        "hash": np.array(["a", "ß", "", "longer"]),
    }
    names = list(own)
    metrics = {"validity": tuple(names[:1]), "size": tuple(names[1:])}
    return SampleTable({**row_names({42: 3, 7: 1}), **own}, metrics, METADATA)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = table_path(tmp_path, "a")
    write_sample_table(path, table())
    return path


def test_what_is_written_is_read(path: Path) -> None:
    assert path.name == "a_per_sample.parquet"
    again, first = read_sample_table(path), table()
    assert list(again.columns) == list(first.columns)
    for name, column in first.columns.items():
        assert again.columns[name].dtype == column.dtype
        np.testing.assert_array_equal(again.columns[name], column)
    assert again.metrics == first.metrics
    assert again.metadata == {"format_version": 1, **METADATA}
    assert again.metric_versions == METADATA["metric_versions"]
    assert len(again) == 4
    assert list(again.of_metric("validity")) == ["valid"]
    assert again.of_metric("unknown") == {}


def test_groups_of_rows_are_written_and_read_one_after_the_other(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = read_sample_table(path)
    monkeypatch.setattr(sample_table, "_GROUP_ROWS", 3)
    write_sample_table(path, table())
    assert pq.ParquetFile(path).num_row_groups == 2
    in_groups = read_sample_table(path)
    assert in_groups.metadata == whole.metadata
    for name, column in whole.columns.items():
        assert in_groups.columns[name].dtype == column.dtype
        np.testing.assert_array_equal(in_groups.columns[name], column)


def test_columns_that_nobody_keeps_are_named_and_checked(path: Path) -> None:
    part = read_sample_table(path, keep=["distance"])
    assert list(part.columns) == ["seed", "sample", "distance"]
    assert part.metrics == table().metrics
    assert len(part) == 4
    assert list(read_sample_table(path, keep=()).columns) == ["seed", "sample"]
    columns = ROWS | {"x": pa.array([1, None])}
    write(path, columns, GOOD)
    with pytest.raises(InputError, match="x: has 1 empty cells"):
        read_sample_table(path, keep=())


def test_a_table_without_rows_is_read(path: Path) -> None:
    write(path, {name: column[:0] for name, column in ROWS.items()}, GOOD)
    assert len(read_sample_table(path)) == 0


def test_other_programs_can_read_it(path: Path) -> None:
    arrow = pq.read_table(path)
    kinds = [str(field.type) for field in arrow.schema]
    assert kinds == ["int64", "int64", "bool", "uint8", "double", "string"]
    assert json.loads(arrow.schema.metadata[b"bd_gen"])["method"] == "a"
    assert pq.ParquetFile(path).metadata.row_group(0).column(0).compression == "ZSTD"


def test_rows_are_named_by_seed_and_sample() -> None:
    names = row_names({42: 2, 7: 3})
    assert names["seed"].tolist() == [42, 42, 7, 7, 7]
    assert names["sample"].tolist() == [0, 1, 0, 1, 2]
    assert {column.dtype for column in names.values()} == {np.dtype(np.int64)}
    large = row_names({2**64 - 1: 1})["seed"]
    assert large.tolist() == [2**64 - 1]


def test_it_knows_what_it_was_measured_on(path: Path) -> None:
    found = read_sample_table(path)
    assert found.is_measured_like({"samples_sha256": "s", "data_fingerprint": "d", "x": 1})
    assert not found.is_measured_like({"samples_sha256": "s", "data_fingerprint": "e"})
    assert not found.is_measured_like({})


@pytest.mark.parametrize("second", [{"a": np.zeros(1)}, {"seed": np.zeros(1)}])
def test_a_column_belongs_to_one_metric(second: dict) -> None:
    assert list(merged([{"a": np.zeros(1)}, {"b": np.zeros(1)}])) == ["a", "b"]
    with pytest.raises(ValueError, match="two metrics give a column"):
        merged([{"a": np.zeros(1)}, second])


@pytest.mark.parametrize(
    "column", [np.zeros((4, 2)), np.zeros(4, complex), np.array([None] * 4), np.zeros(3)]
)
def test_what_is_no_column_is_not_stored(tmp_path: Path, column: np.ndarray) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - Arrow's own words differ by version
        write_sample_table(tmp_path / "a.parquet", table(valid=column))
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_the_old_table(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = path.read_bytes()

    def no_room(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", no_room)
    with pytest.raises(InputError, match=r"cannot be written \(No space left on device\)"):
        write_sample_table(path, table())
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def write(path: Path, columns: dict[str, Any], metadata: object) -> None:
    arrow = pa.table(columns)
    raw = metadata if isinstance(metadata, bytes) else json.dumps(metadata).encode()
    pq.write_table(arrow.replace_schema_metadata({b"bd_gen": raw}), path)


ROWS = {"seed": pa.array([1, 1]), "sample": pa.array([0, 1])}
GOOD = {**METADATA, "format_version": 1, "metric_versions": {}, "columns": {}}
WRONG = {
    "version": (ROWS, GOOD | {"format_version": 2}, "format_version: expected 1, got 2"),
    "a list": (ROWS, [1], "metadata: expected a dictionary"),
    "no JSON": (ROWS, b"{", "metadata: is not"),
    "no text": (ROWS, b"\xff", "metadata: is not"),
    "deep": (ROWS, b"[" * 9999, "metadata: is "),
    "NaN": (ROWS, GOOD | {"x": float("nan")}, "metadata: expected finite"),
    "method": (ROWS, GOOD | {"method": 3}, "metadata: method: expected text"),
    "hash": (ROWS, GOOD | {"samples_sha256": None}, "metadata: samples_sha256: expected text"),
    "versions": (
        ROWS,
        GOOD | {"metric_versions": {"a": "1"}},
        "metric_versions: expected versions",
    ),
    "columns": (ROWS, GOOD | {"columns": []}, "columns: expected names of columns by metric"),
    "others": (ROWS, GOOD | {"columns": {"a": []}}, "columns: expected names of columns"),
    "missing": (
        ROWS,
        GOOD | {"metric_versions": {"a": 1}, "columns": {"a": ["b"]}},
        "columns/a: names a column that is missing",
    ),
    "odd names": (
        ROWS,
        GOOD | {"metric_versions": {"a": 1}, "columns": {"a": [["b"]]}},
        "columns/a: names a column that is missing",
    ),
    "own": (
        ROWS,
        GOOD | {"metric_versions": {"a": 1}, "columns": {"a": ["seed"]}},
        "columns/a: names a column that is missing",
    ),
    "no sample": ({"seed": pa.array([1])}, GOOD, "sample: expected a column of int64"),
    "seeds of text": (ROWS | {"seed": pa.array(["a", "b"])}, GOOD, "seed: expected a column"),
    "empty cell": (ROWS | {"x": pa.array([1, None])}, GOOD, "x: has 1 empty cells"),
    "lists": (ROWS | {"x": pa.array([[1], [2]])}, GOOD, r"x: expected numbers, text .*, got list"),
    "bytes": (ROWS | {"x": pa.array([b"a", b"b"])}, GOOD, "x: expected numbers, text"),
    "long text": (
        ROWS | {"x": pa.array(["a" * 300, ""])},
        GOOD,
        "x: expected texts of at most 256",
    ),
}


@pytest.mark.parametrize(("columns", "metadata", "message"), WRONG.values(), ids=WRONG)
def test_one_line_says_what_is_wrong(
    tmp_path: Path, columns: dict, metadata: object, message: str
) -> None:
    path = tmp_path / "a.parquet"
    write(path, columns, metadata)
    with pytest.raises(InputError, match=message) as caught:
        read_sample_table(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    with pytest.raises(InputError, match="there is no such file"):
        read_sample_table(path)
    with pytest.raises(InputError, match="is not a per-sample table"):
        read_sample_table(tmp_path)
    for text in (b"", b"PAR1", b"x" * 1000, b"PAR1" + b"\0" * 50 + b"PAR1"):
        path.write_bytes(text)
        with pytest.raises(InputError, match="is damaged or no Parquet file"):
            read_sample_table(path)
    pq.write_table(pa.table(ROWS), path)
    with pytest.raises(InputError, match="its metadata lack 'bd_gen'"):
        read_sample_table(path)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(InputError, match="is not a per-sample table"):
        read_sample_table(path)


@settings(max_examples=300, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_damage_is_an_error_for_people_or_no_damage(path: Path, data: st.DataObject) -> None:
    whole = path.with_name("whole")
    if not whole.exists():
        whole.write_bytes(path.read_bytes())
    content = bytearray(whole.read_bytes())
    for _ in range(data.draw(st.integers(0, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    del content[data.draw(st.integers(len(content) - 30, len(content))) :]
    path.write_bytes(content)
    try:
        found = read_sample_table(path)
    except InputError as error:
        message = str(error)
    else:
        message = ""
        assert {len(column) for column in found.columns.values()} == {len(found)}
    assert message.isprintable()
