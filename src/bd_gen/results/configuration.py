"""How the columns of a comparison were made: settings and origins as rows of a table."""

from collections.abc import Sequence

from bd_gen.data.config import recorded_fields
from bd_gen.results.cells import MISSING, setting
from bd_gen.results.columns import Column
from bd_gen.results.rejection import FIELD as REJECTION
from bd_gen.results.rejection import rejection_in_words
from bd_gen.results.result_file import Result
from bd_gen.results.table import Table
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
