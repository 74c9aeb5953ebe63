"""The results of many methods side by side: one section a family, one column a method."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from bd_gen import files
from bd_gen.errors import InputError
from bd_gen.metrics import MetricInfo, find_metric_info, metric_info, metric_infos
from bd_gen.metrics.registry import FAMILIES
from bd_gen.results.cells import MISSING, mean_and_std, setting
from bd_gen.results.columns import Column, natural_order, read_columns
from bd_gen.results.table import Table, escaped, markdown_section
from bd_gen.results.unlike import unlike_columns

FILE_NAME = "comparison.md"

MAIN_KEYS = (
    "eval/validity_rate",
    "eval/inside_validity",
    "eval/transitivity_score",
    "eval/diversity",
    "eval/novelty",
    "eval/mode_coverage_weighted",
    "eval/node_js",
    "eval/edge_js",
    "eval/edge_tv",
    "eval/conditional_edge_js_weighted",
    "eval/degree_js_per_type_weighted",
    "eval/mmd_degree",
)
"""The rows that tell most, for a terminal or a note."""

_SETTINGS = (
    "seeds",
    "num_samples",
    "sampling_steps",
    "temperature",
    "top_p",
    "unmasking_mode",
    "remasking_enabled",
    "remasking_strategy",
    "remasking_eta",
    "remasking_t_switch",
    "checkpoint",
    "is_v2",
)
_ORIGINS = {
    "checkpoint_sha256": "checkpoint sha256",
    "data_fingerprint": "reference data",
    "package_version": "program version",
}
_ARROWS = {"higher": " ↑", "lower": " ↓", None: ""}
_OTHER = "Other"


def sections(columns: Sequence[Column]) -> list[Table]:
    """The whole comparison: Configuration, then the families of the registry in their order.

    Numbers that no registered metric claims stand in a last section, "Other".
    """
    header = ("", *(column.name for column in columns))
    families: dict[str, list[MetricInfo]] = {family: [] for family in FAMILIES}
    for info in _infos(columns):
        families.setdefault(info.family, []).append(info)
    tables = [Table("Configuration", header, tuple(_settings(columns)))]
    for family, infos in families.items():
        tables.append(Table(family, header, tuple(_row(info, columns) for info in infos)))
    return tables


def main_rows(columns: Sequence[Column], keys: Iterable[str] = MAIN_KEYS) -> Table:
    """The rows that tell most."""
    header = ("", *(column.name for column in columns))
    rows = tuple(_row(metric_info(key), columns) for key in keys)
    return Table("Main rows", header, rows)


def markdown(columns: Sequence[Column]) -> str:
    """The content of `comparison.md`; warnings about unlike columns stand on top."""
    parts = [
        "# Comparison\n",
        "Mean +/- population standard deviation over the seeds; ↑ higher is better, ↓ lower is.\n",
        *(f"> **Warning:** {escaped(warning)}.\n" for warning in unlike_columns(columns)),
        *map(markdown_section, sections(columns)),
    ]
    return "\n".join(parts)


def write_comparison(
    directory: str | Path, out: str | Path | None = None
) -> tuple[Path, list[Column], list[InputError]]:
    """Tabulate the result files of a directory.

    Args:
        directory: where the result files lie.
        out: the file to write; `comparison.md` beside the results if None.

    Returns:
        The file written, its columns, and an error for each result file that cannot be used.

    Raises:
        InputError: there is no such directory, no usable result in it, or the table cannot be
            written.
    """
    columns, problems = read_columns(directory)
    if not columns:
        reason = f" ({problems[0]})" if problems else ""
        raise InputError(f"{directory}: there is no result file to compare{reason}")
    path = Path(out) if out is not None else Path(directory) / FILE_NAME
    files.write_text(path, markdown(columns))
    return path, columns, problems


def write_csv(path: str | Path, columns: Sequence[Column]) -> None:
    """Write every number with all its digits, one a line: method, key, mean, std.

    Denoising numbers are measured once and have no std.

    Raises:
        InputError: the file cannot be written.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("method", "key", "mean", "std"))
    for column in columns:
        for key, entry in column.result.summary.items():
            writer.writerow((column.name, escaped(key), entry["mean"], entry["std"]))
        for key, value in column.result.denoising.items():
            writer.writerow((column.name, escaped(key), value, ""))
    files.write_text(path, text.getvalue())


def _infos(columns: Sequence[Column]) -> list[MetricInfo]:
    """Every key that a column has, in the order of the registry; unclaimed ones come last."""
    present = {key: None for c in columns for key in (*c.result.summary, *c.result.denoising)}
    rank = {info.key: k for k, info in enumerate(metric_infos())}

    def order(key: str) -> tuple[object, ...]:
        base = key if key in rank else key.partition("/")[0]
        return (rank.get(base, len(rank)), natural_order(key))

    return [
        find_metric_info(key) or MetricInfo(key, "", _OTHER, key, None, "value", version=1)
        for key in sorted(present, key=order)
    ]


def _row(info: MetricInfo, columns: Sequence[Column]) -> tuple[str, ...]:
    return (info.display + _ARROWS[info.direction], *(_cell(info, c) for c in columns))


def _cell(info: MetricInfo, column: Column) -> str:
    entry = column.result.summary.get(info.key)
    if entry is not None:
        return mean_and_std(entry["mean"], entry["std"], info.unit)
    value = column.result.denoising.get(info.key)
    return MISSING if value is None else mean_and_std(value, None, info.unit)


def _settings(columns: Sequence[Column]) -> list[tuple[str, ...]]:
    others = {key: None for column in columns for key in column.result.config}
    keys = [*_SETTINGS, *(key for key in others if key not in _SETTINGS)]
    rows = []
    for key in keys:
        configs = [column.result.config for column in columns]
        rows.append((key, *(setting(c[key]) if key in c else MISSING for c in configs)))
    for key, name in _ORIGINS.items():
        values = [column.result.provenance.get(key) for column in columns]
        rows.append((name, *(MISSING if v is None else setting(v)[:16] for v in values)))
    rows.append(("evaluated", *(setting(column.result.timestamp)[:19] for column in columns)))
    return rows
