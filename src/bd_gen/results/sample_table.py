"""`{method}_per_sample.parquet`: a row for each sample, a column for each thing told of it."""

import hashlib
import io
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bd_gen.data.cache import file_hash
from bd_gen.system import files
from bd_gen.system.errors import InputError
from bd_gen.system.plain import JsonError, parse_json, plain_dict

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT_VERSION = 1
SUFFIX = "_per_sample.parquet"
ROW_NAMES = ("seed", "sample")
"""The first two columns: together they name a sample."""

RECORDED_HASH = "table_sha256"
"""Field of a result's provenance: the hash of the table that was written with it."""

_KEY = b"bd_gen"
_MOST_ROWS = 10_000_000
_MOST_BYTES = 1 << 30
_LONGEST_TEXT = 256
_GROUP_ROWS = 50_000  # rows that are written and read at a time


@dataclass(frozen=True)
class SampleTable:
    """What metrics say of each sample of a method.

    Attributes:
        columns: (N,) arrays by name: bool, integers, floats or text. `seed` and `sample`, the
            number of the sample within its seed, come first. Of a table that was read in part,
            those that were kept.
        metrics: names of the columns that each metric gave, by metric.
        metadata: where they come from: method, samples_sha256, data_fingerprint,
            metric_versions, package_version and more, plain values.
    """

    columns: dict[str, np.ndarray]
    metrics: dict[str, tuple[str, ...]]
    metadata: dict[str, Any]

    def __len__(self) -> int:
        return len(self.columns["seed"])

    @property
    def metric_versions(self) -> dict[str, int]:
        """Version of each metric that gave columns."""
        versions: dict[str, int] = self.metadata["metric_versions"]
        return versions

    def is_measured_like(self, provenance: Mapping[str, Any]) -> bool:
        """Is the table of the samples and the reference data that `provenance` names?"""
        same = ("samples_sha256", "data_fingerprint")
        return all(self.metadata[key] == provenance.get(key) for key in same)

    def of_metric(self, name: str) -> dict[str, np.ndarray]:
        """The columns that a metric gave; none if it gave none."""
        return {column: self.columns[column] for column in self.metrics.get(name, ())}


def table_path(directory: str | Path, method: str) -> Path:
    """Where the per-sample table of `method` lies in a results directory."""
    return Path(directory) / f"{method}{SUFFIX}"


def row_names(sample_counts: Mapping[int, int]) -> dict[str, np.ndarray]:
    """The columns `seed` and `sample` for seeds of so many samples each.

    They are int64; only a seed from 2^63 on makes its column uint64.
    """
    seeds, counts = list(sample_counts), list(sample_counts.values())
    return {
        "seed": np.repeat(np.array(seeds, np.int64 if max(seeds) < 2**63 else np.uint64), counts),
        "sample": np.concatenate([np.arange(count, dtype=np.int64) for count in counts]),
    }


def merged(parts: Iterable[Mapping[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """The columns of several metrics as one table.

    Raises:
        ValueError: two have a column of one name.
    """
    columns: dict[str, np.ndarray] = {}
    for part in parts:
        twice = [name for name in part if name in columns or name in ROW_NAMES]
        if twice:
            raise ValueError(f"two metrics give a column {twice[0]!r}")
        columns |= part
    return columns


def write_sample_table(path: str | Path, table: SampleTable) -> str:
    """Write a table in place of what was there.

    Returns:
        The sha256 of the file; a result records it (`RECORDED_HASH`).

    Raises:
        InputError: the file cannot be written.
        ValueError: a column is of another kind or length than it must be.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    metadata = {
        "format_version": FORMAT_VERSION,
        **table.metadata,
        "columns": {name: list(columns) for name, columns in table.metrics.items()},
    }
    described = {_KEY: json.dumps(metadata, allow_nan=False).encode()}
    schema = pa.schema(_fields(table.columns), metadata=described)
    # By way of memory, so that a full disk is told like everywhere else. It holds the compressed
    # table, about 12 bytes a sample; rows become Arrow's a group at a time.
    buffer = io.BytesIO()
    with pq.ParquetWriter(buffer, schema, compression="zstd") as writer:
        for start in range(0, len(table), _GROUP_ROWS):
            rows = slice(start, start + _GROUP_ROWS)
            part = [_stored(array[rows]) for array in table.columns.values()]
            writer.write_table(pa.table(part, schema=schema))
    files.write_with(path, lambda file: file.write(buffer.getbuffer()))
    return hashlib.sha256(buffer.getbuffer()).hexdigest()


def check_recorded(path: str | Path, provenance: Mapping[str, Any]) -> None:
    """Compare a table with the hash that its result recorded; old results have none.

    Parquet's own checksums are few: every seventh flipped bit gives other values without a word.

    Raises:
        InputError: the file cannot be read, or is another one than the result's.
    """
    recorded = provenance.get(RECORDED_HASH)
    if recorded is not None and file_hash(path) != recorded:
        raise InputError(
            f"{path}: is damaged, or not the table of its result (its hash is not the recorded "
            "one); `bd-gen evaluate` makes it again"
        )


def _fields(columns: Mapping[str, np.ndarray]) -> list[tuple[str, "pa.DataType"]]:
    """Names and types of columns that can be stored side by side."""
    import pyarrow as pa

    for name, array in columns.items():
        if array.ndim != 1 or array.dtype.kind not in "biufU":
            raise ValueError(f"column {name!r}: {array.ndim}-d {array.dtype} cannot be stored")
        if len(array) != len(columns["seed"]):
            raise ValueError(
                f"column {name!r}: {len(array)} values for {len(columns['seed'])} rows"
            )
    return [
        (name, pa.string() if array.dtype.kind == "U" else pa.from_numpy_dtype(array.dtype))
        for name, array in columns.items()
    ]


def _stored(array: np.ndarray) -> np.ndarray:
    """The array as Arrow takes it."""
    return array.astype(object) if array.dtype.kind == "U" else array


def read_sample_table(path: str | Path, keep: Collection[str] | None = None) -> SampleTable:
    """Read what `write_sample_table` wrote, a group of rows at a time.

    Args:
        path: the file. All of it is checked.
        keep: columns to keep besides the first two; all by default.

    Raises:
        InputError: the file is missing, damaged, or no such table.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = Path(path)
    files.check_name(path)
    try:
        files.check_file(path, "is not a per-sample table")
        with path.open("rb") as file:
            files.check_pointer(path, file.read(64))
        with path.open("rb") as file, pq.ParquetFile(file) as opened:
            _check_size(opened, path)
            metadata = _metadata(opened.schema_arrow, path)
            columns = _read_columns(opened, path, keep)
            names = opened.schema_arrow.names
    except FileNotFoundError as error:
        raise InputError(f"{path}: there is no such file") from error
    except (pa.ArrowException, OSError, ValueError, KeyError, MemoryError, TypeError) as error:
        raise InputError(f"{path}: is damaged or no Parquet file ({_line(error)})") from error
    return _checked(columns, names, metadata, path)


def _read_columns(opened: Any, path: Path, keep: Collection[str] | None) -> dict[str, np.ndarray]:
    """The columns to keep, of a file whose every column is looked at."""
    import pyarrow as pa

    names = opened.schema_arrow.names
    kept = [name for name in names if keep is None or name in keep or name in ROW_NAMES]
    parts: dict[str, list[np.ndarray]] = {name: [] for name in kept}
    # The types of a file without rows count as well.
    none = pa.RecordBatch.from_pylist([], schema=opened.schema_arrow)
    for batch in chain([none], opened.iter_batches(batch_size=_GROUP_ROWS, use_threads=False)):
        for name in names:
            array = _array(batch.column(name), f"{path}: {_line(name)}")
            if name in parts:
                parts[name].append(array)
    return {name: np.concatenate(arrays) for name, arrays in parts.items()}


def _line(value: object) -> str:
    """What stands in a damaged file, or is said of it, as part of one line."""
    return "".join(c for c in str(value).partition("\n")[0] if c.isprintable())[:200]


def _check_size(opened: Any, path: Path) -> None:
    facts = opened.metadata
    size = sum(facts.row_group(k).total_byte_size for k in range(facts.num_row_groups))
    if facts.num_rows > _MOST_ROWS or size > _MOST_BYTES:
        raise InputError(f"{path}: is too large for a per-sample table ({facts.num_rows} rows)")


def _metadata(schema: "pa.Schema", path: Path) -> dict[str, Any]:
    stored = (schema.metadata or {}).get(_KEY)
    if stored is None:
        raise InputError(f"{path}: is no per-sample table (its metadata lack {_KEY.decode()!r})")
    try:
        metadata = plain_dict(parse_json(stored), f"{path}: metadata")
    except JsonError as error:
        raise InputError(f"{path}: metadata: {error}") from error
    version = metadata.get("format_version")
    if version != FORMAT_VERSION:
        raise InputError(f"{path}: format_version: expected {FORMAT_VERSION}, got {version!r:.40}")
    return metadata


def _array(column: "pa.Array", where: str) -> np.ndarray:
    import pyarrow.types as kinds

    kind = column.type
    is_text = kinds.is_string(kind) or kinds.is_large_string(kind)
    is_number = kinds.is_integer(kind) or kinds.is_float32(kind) or kinds.is_float64(kind)
    if not (is_text or is_number or kinds.is_boolean(kind)):
        raise InputError(f"{where}: expected numbers, text or true and false, got {kind}")
    if column.null_count:
        raise InputError(f"{where}: has {column.null_count} empty cells")
    if not is_text:
        array: np.ndarray = column.to_numpy(zero_copy_only=False)
        return array
    texts = column.to_pylist()
    if any(len(text) > _LONGEST_TEXT for text in texts):
        raise InputError(f"{where}: expected texts of at most {_LONGEST_TEXT} characters")
    return np.array(texts, dtype=np.str_)


def _checked(
    columns: dict[str, np.ndarray], there: Sequence[str], metadata: dict[str, Any], path: Path
) -> SampleTable:
    for name in ROW_NAMES:
        if name not in columns or columns[name].dtype not in (np.int64, np.uint64):
            raise InputError(f"{path}: {name}: expected a column of int64")
    for field in ("method", "samples_sha256", "data_fingerprint", "package_version"):
        if not isinstance(metadata.get(field), str):
            raise InputError(f"{path}: metadata: {field}: expected text")
    versions, metrics = metadata.get("metric_versions"), metadata.get("columns")
    if not isinstance(versions, dict) or not all(type(v) is int for v in versions.values()):
        raise InputError(f"{path}: metadata: metric_versions: expected versions by metric")
    if not isinstance(metrics, dict) or set(metrics) != set(versions):
        raise InputError(f"{path}: metadata: columns: expected names of columns by metric")
    named: dict[str, tuple[str, ...]] = {}
    for metric, names in metrics.items():
        own = [name for name in there if name not in ROW_NAMES]
        if not isinstance(names, list) or not all(name in own for name in names):
            raise InputError(
                f"{path}: metadata: columns/{_line(metric)}: names a column that is missing"
            )
        named[metric] = tuple(names)
    return SampleTable(columns, named, {k: v for k, v in metadata.items() if k != "columns"})
