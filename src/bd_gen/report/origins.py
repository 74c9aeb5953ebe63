"""Where the numbers come from: what was compared, each method's making, and how to do it again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bd_gen.report.commands import evaluation_command, generation_command, nested
from bd_gen.report.contents import Contents, Entry
from bd_gen.results.configuration import calls_text, data_split
from bd_gen.results.result_file import Result
from bd_gen.results.table import setting

OVERVIEW = ("Samples", "Calls a diagram", "Checkpoint", "Reference data", "Evaluated")

_HASH_LENGTH = 12


@dataclass(frozen=True)
class Origin:
    """How a row was made.

    Attributes:
        entry: the row.
        commands: each with what it gives.
        configuration, provenance: names and values.
    """

    entry: Entry
    commands: list[tuple[str, str]]
    configuration: list[tuple[str, str]]
    provenance: list[tuple[str, str]]


def messages(contents: Contents) -> list[str]:
    """What the reader must know before comparing, in sentences."""
    return [
        *(f"{warning[:1].upper()}{warning[1:]}." for warning in contents.warnings),
        *(f"{entry.name}: {note}." for entry in contents.entries for note in entry.notes),
        *(f"{problem}; left out." for problem in contents.problems),
    ]


def overview(entry: Entry) -> list[tuple[str, str]]:
    """How many samples of which checkpoint and data: a text for each of `OVERVIEW`, and a hash."""
    result = entry.result
    generation = nested(result.provenance, "generation")
    checkpoint = generation.get("checkpoint_path") or result.config.get("checkpoint")
    source = setting(nested(result.provenance, "data").get("source", "not recorded"))
    split = data_split(result)
    data = source if split is None else f"{source}, {split} split"
    return [
        (f"{len(result.per_seed)} × {result.config.get('num_samples', '?')}", ""),
        (calls_text(generation), ""),
        (setting(checkpoint) if checkpoint else "–", _hash(result, "checkpoint_sha256")),
        (data, _hash(result, "data_fingerprint")),
        (setting(result.timestamp)[:16].replace("T", " "), ""),
    ]


def origin_of(entry: Entry, contents: Contents) -> Origin:
    """How to get a row's numbers again, its settings and origin."""
    commands = [
        (evaluation_command(entry, contents), "the numbers, from the samples"),
        (generation_command(entry, contents), "the samples"),
    ]
    known = [(command, what) for command, what in commands if command is not None]
    result = entry.result
    provenance = {"evaluated": result.timestamp, **result.provenance}
    return Origin(entry, known, _flat(result.config), _flat(provenance))


def _hash(result: Result, name: str) -> str:
    return str(result.provenance.get(name) or "")[:_HASH_LENGTH]


def _flat(values: Mapping[str, Any], above: str = "") -> list[tuple[str, str]]:
    """Settings and their values; nested ones in one list, their names joined with a slash."""
    items = []
    for key, value in values.items():
        name = f"{above}{key}"
        if isinstance(value, dict) and value and all(type(v) is int for v in value.values()):
            # Versions of metrics and counts of samples take a line, not dozens.
            items.append((name, ", ".join(f"{k}: {v}" for k, v in value.items())))
        elif isinstance(value, dict):
            items += _flat(value, f"{name}/")
        elif isinstance(value, list) and any(isinstance(item, list) for item in value):
            items.append((name, f"a table of {len(value)} rows"))
        else:
            items.append((name, _whole(value)))
    return items


def _whole(value: Any) -> str:
    """A value in full: hashes and paths are copied from here."""
    return " ".join(value.split()) if isinstance(value, str) else setting(value)
