"""Where the numbers come from: what was compared, each method's making, and how to do it again."""

from collections.abc import Mapping, Sequence
from typing import Any

from bd_gen.report.commands import (
    evaluation_command,
    generation_command,
    nested,
    page_commands,
)
from bd_gen.report.contents import Contents, Entry
from bd_gen.report.markup import Markup, breakable, join, tag
from bd_gen.report.panels import name_of
from bd_gen.results.configuration import calls_text, data_split
from bd_gen.results.table import setting

_HASH_LENGTH = 12


def compared(contents: Contents) -> Markup:
    """Warnings, and a table of the rows: how many samples of which checkpoint and data."""
    header = ("Method", "Samples", "Calls a diagram", "Checkpoint", "Reference data", "Evaluated")
    rows = (tag("tr", *_overview(entry), data_method=entry.name) for entry in contents.entries)
    table = tag(
        "table",
        tag("caption", "What was compared", class_="hidden-text"),
        tag("thead", tag("tr", *(tag("th", name, scope="col") for name in header))),
        tag("tbody", *rows),
        class_="plain",
    )
    notes = [(entry.name, note) for entry in contents.entries for note in entry.notes]
    messages = [
        *(f"{warning[:1].upper()}{warning[1:]}." for warning in contents.warnings),
        *(f"{name}: {note}." for name, note in notes),
        *(f"{problem}; left out." for problem in contents.problems),
    ]
    return join(
        tag(
            "div",
            tag("h3", "Before you compare"),
            tag("ul", *(tag("li", message) for message in messages)),
            class_="warnings",
            role="note",
        )
        if messages
        else None,
        tag(
            "div",
            table,
            class_="scroll",
            role="region",
            tabindex="0",
            aria_label="Table: What was compared",
        ),
    )


def origins(contents: Contents) -> Markup:
    """Behind a disclosure for each row: how to get its numbers again, its settings and origin."""
    return join(*(_origin(entry, contents) for entry in contents.entries))


def again(contents: Contents, out: str) -> Markup:
    """How to make everything again: all numbers, and this page, which goes to `out`."""
    return _commands(page_commands(contents, out))


def _overview(entry: Entry) -> tuple[Markup, ...]:
    result = entry.result
    samples = f"{len(result.per_seed)} × {result.config.get('num_samples', '?')}"
    generation = nested(result.provenance, "generation")
    checkpoint = generation.get("checkpoint_path") or result.config.get("checkpoint")
    sha256 = result.provenance.get("checkpoint_sha256")
    fingerprint = result.provenance.get("data_fingerprint")
    return (
        name_of(entry, "th", scope="row"),
        tag("td", samples),
        tag("td", calls_text(generation)),
        tag("td", setting(checkpoint) if checkpoint else "–", _hash(sha256)),
        tag("td", _data_name(entry), _hash(fingerprint)),
        tag("td", setting(result.timestamp)[:16].replace("T", " ")),
    )


def _data_name(entry: Entry) -> str:
    source = setting(nested(entry.result.provenance, "data").get("source", "not recorded"))
    split = data_split(entry.result)
    return source if split is None else f"{source}, {split} split"


def _hash(value: object) -> Markup | None:
    return tag("small", tag("code", str(value)[:_HASH_LENGTH])) if value else None


def _origin(entry: Entry, contents: Contents) -> Markup:
    result = entry.result
    commands = [
        (evaluation_command(entry, contents), "the numbers, from the samples"),
        (generation_command(entry, contents), "the samples"),
    ]
    known = [(command, what) for command, what in commands if command is not None]
    note = None
    if entry.samples is None and entry.kind == "method":
        words = "Its samples are not here, so its numbers cannot be recomputed from this directory."
        note = tag("p", words)
    return tag(
        "details",
        name_of(entry, "summary"),
        note,
        _commands(known) if known else None,
        tag("h4", "Configuration"),
        _facts(result.config),
        tag("h4", "Provenance"),
        _facts({"evaluated": result.timestamp, **result.provenance}),
        data_method=entry.name,
    )


def _facts(values: Mapping[str, Any]) -> Markup:
    """Settings and their values; nested ones in one list, their names joined with a slash."""
    items = _flat(values)
    if not items:
        return tag("p", "Not recorded.")
    return tag(
        "dl",
        *(join(tag("dt", breakable(key)), tag("dd", value)) for key, value in items),
        class_="facts",
    )


def _flat(values: Mapping[str, Any], above: str = "") -> list[tuple[str, str]]:
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


def _commands(commands: Sequence[tuple[str, str]]) -> Markup:
    """Commands, each below what it gives."""
    text = "\n".join(f"# {what}\n{command}" for command, what in commands)
    return tag("pre", tag("code", text))
