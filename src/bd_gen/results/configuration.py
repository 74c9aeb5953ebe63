"""How the columns of a comparison were made, what they cost, and what makes them unlike."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bd_gen.data.config import recorded_fields
from bd_gen.diagrams.recorded_words import described
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.results.columns import Column
from bd_gen.results.rejection import FIELD as REJECTION
from bd_gen.results.rejection import rejection_in_words
from bd_gen.results.result_file import Result
from bd_gen.results.table import MISSING, Table, listed, setting
from bd_gen.sampling.settings import NEEDED, NEEDED_TO_REMASK

_SETTINGS = ("seeds", "num_samples", *NEEDED, *NEEDED_TO_REMASK, "checkpoint", "is_v2")
_ORIGINS = {
    "checkpoint_sha256": "checkpoint sha256",
    "data_fingerprint": "reference data",
    "package_version": "program version",
}


def configuration(columns: Sequence[Column]) -> Table:
    """The settings of all columns, the published ones first, and where their numbers come from."""
    others = {key: None for column in columns for key in column.result.config}
    keys = [*_SETTINGS, *(key for key in others if key not in (*_SETTINGS, REJECTION))]
    rows = []
    for key in keys:
        configs = [column.result.config for column in columns]
        rows.append((key, *(setting(c[key]) if key in c else MISSING for c in configs)))
    if REJECTION in others:
        drawn = [column.result.config.get(REJECTION) for column in columns]
        rows.append(("refused draws", *(rejection_in_words(r) if r else MISSING for r in drawn)))
    vocabularies = {column.result.vocabulary for column in columns}
    if vocabularies != {(RPLAN.name, RPLAN.hash)}:
        rows.append(("vocabulary", *(described(*column.result.vocabulary) for column in columns)))
    for key, name in _ORIGINS.items():
        values = [column.result.provenance.get(key) for column in columns]
        rows.append((name, *(MISSING if v is None else setting(v)[:16] for v in values)))
    splits = [data_split(column.result) for column in columns]
    rows.append(("data split", *(MISSING if split is None else split for split in splits)))
    rows.append(("evaluated", *(setting(column.result.timestamp)[:19] for column in columns)))
    header = ("", *(column.name for column in columns))
    return Table("Configuration", header, tuple(rows))


def data_split(result: Result) -> str | None:
    """How the reference data were split; None where the result names no data."""
    data = result.provenance.get("data")
    return setting(recorded_fields(data)["split"]) if isinstance(data, dict) and data else None


CALLS_FIELD = "calls_per_diagram"
"""Where the `provenance` of a samples file tells it."""


def calls_per_diagram(generation: Mapping[str, Any] | None) -> float | None:
    """Network calls a diagram; None where nobody counted, as in older files.

    Args:
        generation: the `provenance` of samples, which a result keeps as `generation`.
    """
    value = generation.get(CALLS_FIELD) if isinstance(generation, Mapping) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and value >= 0 else None


def calls_text(generation: Mapping[str, Any] | None) -> str:
    """The same for a cell of a table."""
    calls = calls_per_diagram(generation)
    return MISSING if calls is None else f"{calls:.1f}"


_MOST_NAMES = 4
_INTERVALS = "intervals_version"


def unlike_columns(columns: Sequence[Column]) -> list[str]:
    """One sentence for each way in which the columns differ besides the method.

    Old files do not say which reference set they were measured against; the number of its
    archetypes, which they do hold, tells many apart.
    """
    warnings = [
        *_differences("numbers of samples or seeds", columns, _amount),
        *_differences("reference sets", columns, _reference),
    ]
    for column in columns:
        measured = column.result.provenance.get("data_fingerprint")
        generation = column.result.provenance.get("generation")
        made_for = generation.get("data_fingerprint") if isinstance(generation, dict) else None
        if made_for is not None and measured != made_for:
            warnings.append(
                f"{column.name} was generated for data {str(made_for)[:16]}, "
                f"but measured against data {str(measured)[:16]}"
            )
    for name in sorted({name for column in columns for name in column.result.metric_versions}):
        # Columns that do not record versions are told apart by their reference sets already.
        recorded = [column for column in columns if name in column.result.metric_versions]
        warnings += _differences(f"versions of metric {name}", recorded, _version_of(name))
    recorded = [column for column in columns if _INTERVALS in column.result.provenance]
    warnings += _differences(
        "versions of intervals", recorded, lambda column: str(column.result.provenance[_INTERVALS])
    )
    return warnings


def _differences(
    what: str, columns: Sequence[Column], answer: Callable[[Column], str]
) -> list[str]:
    groups: dict[str, list[str]] = {}
    for column in columns:
        groups.setdefault(answer(column), []).append(column.name)
    if len(groups) <= 1:
        return []
    parts = (
        f"{value} in {listed(names, _MOST_NAMES, _MOST_NAMES - 1)}"
        for value, names in groups.items()
    )
    return [f"the columns have different {what}: {'; '.join(parts)}"]


def _amount(column: Column) -> str:
    per_seed = column.result.per_seed
    return f"{column.result.config.get('num_samples')} of each of the seeds {', '.join(per_seed)}"


def _reference(column: Column) -> str:
    fingerprint = column.result.provenance.get("data_fingerprint")
    archetypes = column.result.summary.get("eval/num_training_modes")
    name = str(fingerprint)[:16] if fingerprint else "not recorded"
    return f"{name} ({archetypes['mean']:g} archetypes)" if archetypes else name


def _version_of(name: str) -> Callable[[Column], str]:
    return lambda column: str(column.result.metric_versions[name])
