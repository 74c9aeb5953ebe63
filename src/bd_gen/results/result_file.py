"""`{method}.json`: the metrics of one method, seed by seed and over all seeds."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bd_gen.diagrams.recorded_words import FIELD as VOCABULARY
from bd_gen.diagrams.recorded_words import name_of_record
from bd_gen.system import files
from bd_gen.system.errors import InputError
from bd_gen.system.plain import JsonError, parse_json, plain_dict

FORMAT_VERSION = 2
_LARGEST_FILE = 1 << 26
"""Bytes; a million values take 40 MB, and more than a million are refused."""


@dataclass(frozen=True)
class Result:
    """The content of a result file.

    Attributes:
        fields: everything in the file in its order, keys that this version does not know
            included, so that writing it again loses nothing. Not to be changed.
    """

    fields: dict[str, Any]

    @property
    def method(self) -> str:
        """Name of the method."""
        return str(self.fields["method"])

    @property
    def timestamp(self) -> str:
        """When the metrics were computed, ISO 8601."""
        return str(self.fields["timestamp"])

    @property
    def config(self) -> dict[str, Any]:
        """Settings of the method; keys may be missing in old files."""
        config: dict[str, Any] = self.fields["config"]
        return config

    @property
    def vocabulary(self) -> tuple[str, str]:
        """Name and hash of the vocabulary of its diagrams; RPLAN's in files without one."""
        return name_of_record(self.fields.get(VOCABULARY), self.method)

    @property
    def per_seed(self) -> dict[str, dict[str, Any]]:
        """Metrics by seed: flat keys and nested dictionaries, as they were computed."""
        per_seed: dict[str, dict[str, Any]] = self.fields["per_seed"]
        return per_seed

    @property
    def summary(self) -> dict[str, dict[str, float]]:
        """{key: {"mean", "std"}} over the seeds, nested keys flattened with a slash."""
        summary: dict[str, dict[str, float]] = self.fields["summary"]
        return summary

    @property
    def ci95(self) -> dict[str, dict[str, Any]]:
        """{key: {"low", "high", "se", "from"}} of the means over the seeds; empty in old files."""
        return self.fields.get("ci95") or {}

    @property
    def not_computed(self) -> dict[str, str]:
        """{key: why it has no value}; empty in old files, which write 0 there."""
        return self.fields.get("not_computed") or {}

    @property
    def denoising(self) -> dict[str, float]:
        """Denoising metrics of the checkpoint; empty where they are not known."""
        return self.fields.get("denoising") or {}

    @property
    def provenance(self) -> dict[str, Any]:
        """Where samples, reference and metrics came from; empty in old files."""
        return self.fields.get("provenance") or {}

    @property
    def is_of_plans(self) -> bool:
        """Are the numbers those of a file of plans, and not of samples?"""
        return "plans_sha256" in self.provenance

    @property
    def metric_versions(self) -> dict[str, Any]:
        """Version of each metric that gave numbers, by its name; empty in old files."""
        versions = self.provenance.get("metric_versions")
        return versions if isinstance(versions, dict) else {}


def result_path(directory: str | Path, method: str) -> Path:
    """Where the result of `method` lies in a results directory."""
    return Path(directory) / f"{method}.json"


def read_result(path: str | Path) -> Result:
    """Read a result file; the published ones are read as they are.

    Raises:
        InputError: the file cannot be read, is not JSON, or a field has the wrong form.
    """
    path = Path(path)
    files.check_name(path)
    try:
        files.check_file(path, "is not a result file", _LARGEST_FILE)
        text = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path}: cannot be read ({reason})") from error
    files.check_pointer(path, text)
    try:
        value = parse_json(text)
    except JsonError as error:
        raise InputError(f"{path}: {error}") from error
    return Result(_checked(value, str(path)))


def write_result(path: str | Path, result: Result) -> None:
    """Write a result file in place of what was there; floats keep every digit.

    Raises:
        InputError: a field has the wrong form, or the file cannot be written.
    """
    fields = _checked(result.fields, str(path))
    files.write_text(path, json.dumps(fields, indent=2, allow_nan=False))


def _checked(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InputError(f"{where}: expected a JSON object, got {type(value).__name__}")
    version = value.get("format_version")
    if (
        version in (None, 1)
        and "per_seed" not in value
        and any(k.startswith("eval/") for k in value)
    ):
        raise InputError(
            f"{where}: a flat result of format 1, which holds one number a key and no seeds: "
            f"`bd-gen evaluate` makes one of format {FORMAT_VERSION} from the samples"
        )
    if type(version) is not int or version != FORMAT_VERSION:
        raise InputError(f"{where}: format_version: expected {FORMAT_VERSION}, got {version!r:.60}")
    _check_kinds(value, where)
    fields = {key: plain_dict({key: part}, f"{where}: {key}")[key] for key, part in value.items()}
    for seed, metrics in fields["per_seed"].items():
        if not isinstance(metrics, dict):
            raise InputError(f"{where}: per_seed/{seed}: expected an object of metrics")
    _check_numbers(fields, where)
    name_of_record(fields.get(VOCABULARY), where)
    return fields


def _check_numbers(fields: dict[str, Any], where: str) -> None:
    for key, entry in fields["summary"].items():
        for part in ("mean", "std"):
            number = entry.get(part) if isinstance(entry, dict) else None
            _check_number(number, f"{where}: summary/{key}/{part}")
    for key, entry in (fields.get("ci95") or {}).items():
        for part in ("low", "high", "se"):
            number = entry.get(part) if isinstance(entry, dict) else None
            _check_number(number, f"{where}: ci95/{key}/{part}")
        if not isinstance(entry.get("from"), str):
            raise InputError(f"{where}: ci95/{key}/from: expected text")
    for key, reason in (fields.get("not_computed") or {}).items():
        if not isinstance(reason, str):
            raise InputError(f"{where}: not_computed/{key}: expected text")
    for key, number in (fields.get("denoising") or {}).items():
        _check_number(number, f"{where}: denoising/{key}")


def _check_kinds(value: dict[str, Any], where: str) -> None:
    for field in ("method", "timestamp"):
        if not isinstance(value.get(field), str):
            raise InputError(f"{where}: {field}: expected text, got {_kind(value, field)}")
    for field in ("config", "per_seed", "summary"):
        if not isinstance(value.get(field), dict):
            raise InputError(f"{where}: {field}: expected an object, got {_kind(value, field)}")
    for field in ("ci95", "denoising", "provenance", "not_computed"):
        if not isinstance(value.get(field), (dict, type(None))):
            raise InputError(f"{where}: {field}: expected an object, got {_kind(value, field)}")


def _kind(value: dict[str, Any], field: str) -> str:
    return type(value[field]).__name__ if field in value else "nothing"


def _check_number(value: Any, where: str) -> None:
    # An integer beyond a float's range would pass as JSON and fail in the table.
    if type(value) not in (int, float) or not abs(value) <= sys.float_info.max:
        raise InputError(f"{where}: expected a number, got {type(value).__name__}")
