"""The commands that give a row's numbers, samples and pictures again."""

import json
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from bd_gen.data.config import DataConfig, recorded_fields
from bd_gen.diagrams.laid_out import METRES_PER_PIXEL
from bd_gen.report.contents import Contents, Entry
from bd_gen.results.columns import REAL, label_and_method
from bd_gen.sampling.settings import overrides
from bd_gen.system.plugin_records import FIELD, options


def evaluation_command(entry: Entry, contents: Contents) -> str | None:
    """Measures the row's samples again; None where there are none and nobody can make them."""
    if entry.result.is_of_plans:
        return _plans_command([entry], contents)
    if entry.samples is None:
        return _yardstick_command(entry, contents)
    where = f"{_plugins(entry.result.provenance)}{_where(contents)}"
    command = f"bd-gen evaluate {where} --model {shlex.quote(entry.name)} --force"
    # Samples that name their own data are measured against them.
    is_named = isinstance(entry.samples.provenance.get("data"), dict)
    return command if is_named else f"{command} {_data(entry)}".rstrip()


def generation_command(entry: Entry, contents: Contents) -> str | None:
    """Draws the row's samples again; None where the result does not say enough."""
    if entry.result.is_of_plans:
        return None
    if entry.kind != "method":
        return _yardstick_command(entry, contents)
    config, generation = entry.result.config, nested(entry.result.provenance, "generation")
    checkpoint = generation.get("checkpoint_path")
    if not isinstance(checkpoint, str) or not isinstance(config.get("unmasking_mode"), str):
        return None
    files, words = _condition(config.get("given"))
    words.append(f"eval.checkpoint_path={checkpoint}")
    words += [f"eval.{key}={value}" for key, value in overrides(config).items()]
    seeds, count = config.get("seeds"), config.get("num_samples")
    if isinstance(seeds, list):
        words.append(f"eval.seeds=[{','.join(str(seed) for seed in seeds)}]")
    if isinstance(count, int):
        words.append(f"eval.num_samples={count}")
    weights = config.get("class_weights")
    if weights is not None:
        files.append(_written(weights, "class_weights.json"))
        words.append("eval.class_weights=class_weights.json")
    directory = contents.directory
    words += [f"results.dir={directory.parent}", f"results.schedule={directory.name}"]
    label, _ = label_and_method(entry.name)
    if label:
        words.append(f"results.label={label}")
    command = f"bd-gen generate {_plugins(generation)}{shlex.join(words)}"
    return " && ".join([*files, command])


def _plugins(provenance: Mapping[str, Any]) -> str:
    """The options that import the plug-ins which a file records, and a blank; or nothing."""
    words = options(provenance.get(FIELD))
    return f"{shlex.join(words)} " if words else ""


def _condition(given: Any) -> tuple[list[str], list[str]]:
    """Commands that write what was given into a file, as far as it takes one, and options."""
    if not isinstance(given, dict) or not isinstance(given.get("rooms"), list):
        return [], []
    rooms = given["rooms"]
    names = [name for name in rooms if isinstance(name, str)]
    if given.get("relations") or not names or rooms[: len(names)] != names:
        return [_written(given, "given.json")], ["--given", "given.json"]
    more = ["--num-rooms", str(len(rooms))] if len(rooms) > len(names) else []
    return [], ["--rooms", ", ".join(names), *more]


def _written(value: Any, file: str) -> str:
    """A command that writes a file of JSON."""
    return f"printf %s {shlex.quote(json.dumps(value))} > {file}"


def show_command(entry: Entry, contents: Contents, condition: str) -> str:
    """Lists the row's samples for which a condition holds, and draws them."""
    name = shlex.quote(entry.name)
    return f"bd-gen show {name} {_where(contents)} --where {shlex.quote(condition)} --png found.png"


def page_commands(contents: Contents, out: str) -> list[tuple[str, str]]:
    """Commands that make everything again, and what each gives."""
    where = _where(contents)
    kinds = {entry.kind for entry in contents.entries}
    more = " --real" if "real" in kinds else ""
    more += " --baselines" if "baseline" in kinds else ""
    again = (f"bd-gen evaluate {where}{more} --force", "every number, from the samples")
    if contents.is_of_plans:
        command = _plans_command(contents.entries, contents)
        again = (command or "", "every number, from the plans")
    return [
        *([again] if again[0] else []),
        (f"bd-gen compare {where} --csv numbers.csv", "every number with all its digits"),
        (f"bd-gen report {where} --out {shlex.quote(out)}", "this page"),
    ]


def nested(values: Mapping[str, Any], key: str) -> dict[str, Any]:
    """A dictionary in another one; an empty one where there is none."""
    found = values.get(key)
    return found if isinstance(found, dict) else {}


def _yardstick_command(entry: Entry, contents: Contents) -> str | None:
    if entry.kind == "method":
        return None
    option = "--real" if entry.name == REAL else "--baselines"
    return f"bd-gen evaluate {_where(contents)} {option} {_data(entry)}".rstrip()


def _plans_command(entries: Sequence[Entry], contents: Contents) -> str | None:
    """Measures files of plans again; None where no file is named, or they differ in the rest.

    Held-out plans are as many as the largest file has, so all files are named with them.
    """
    if any(entry.kind == "real" for entry in entries):
        entries = [entry for entry in contents.entries if entry.result.is_of_plans]
    data = {_reference_words(entry) for entry in entries}
    files = [str(e.result.config.get("plans")) for e in entries if e.kind == "method"]
    if not files or len(data) != 1:
        return None
    real = " --real" if any(entry.kind == "real" for entry in entries) else ""
    plugins = _plugins(entries[0].result.provenance)
    scales = {entry.result.provenance.get("metres_per_pixel") for entry in entries}
    scale = f" --scale {scales.pop()}" if scales != {METRES_PER_PIXEL} and len(scales) == 1 else ""
    where, words = _where(contents), f"{shlex.join(files)} {data.pop()}".rstrip()
    return f"bd-gen evaluate {plugins}{where}{real}{scale} --force {words}"


def _reference_words(entry: Entry) -> str:
    """How the reference of a row of plans is named; of a file of plans by its path."""
    data = nested(entry.result.provenance, "data")
    if set(data) == {"source", "path"}:
        return f"--against {shlex.quote(str(data['path']))}"
    return _data(entry)


def _where(contents: Contents) -> str:
    directory = contents.directory
    parent, name = shlex.quote(str(directory.parent)), shlex.quote(directory.name)
    return f"--schedule {name} --results {parent}"


def _data(entry: Entry) -> str:
    """The overrides that name the reference data, as far as they differ from the defaults."""
    data = nested(entry.result.provenance, "data")
    words = [f"data={data['source']}"] if isinstance(data.get("source"), str) else []
    default = DataConfig()
    for key, value in recorded_fields(data).items() if data else ():
        if key != "source" and value != getattr(default, key, value):
            words.append(f"data.{key}={value}")
    return " ".join(map(shlex.quote, words))
