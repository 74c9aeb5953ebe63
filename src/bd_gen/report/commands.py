"""The commands that give a row's numbers, samples and pictures again."""

import shlex
from collections.abc import Mapping
from typing import Any

from bd_gen.data.config import DataConfig, recorded_fields
from bd_gen.report.contents import Contents, Entry
from bd_gen.results.columns import REAL

_SETTINGS = (
    ("eval.unmasking_mode", "unmasking_mode"),
    ("eval.temperature", "temperature"),
    ("eval.top_p", "top_p"),
    ("eval.sampling_steps", "sampling_steps"),
    ("eval.remasking.strategy", "remasking_strategy"),
    ("eval.remasking.eta", "remasking_eta"),
    ("eval.remasking.t_switch", "remasking_t_switch"),
    ("eval.sweeps", "sweeps"),
    ("eval.sweep_kind", "sweep_kind"),
)
_LOOP = ("t_on", "t_off", "alpha_on")


def evaluation_command(entry: Entry, contents: Contents) -> str | None:
    """Measures the row's samples again; None where there are none and nobody can make them."""
    if entry.samples is None:
        return _yardstick_command(entry, contents)
    command = f"bd-gen evaluate {_where(contents)} --model {shlex.quote(entry.name)} --force"
    # Samples that name their own data are measured against them.
    is_named = isinstance(entry.samples.provenance.get("data"), dict)
    return command if is_named else f"{command} {_data(entry)}".rstrip()


def generation_command(entry: Entry, contents: Contents) -> str | None:
    """Draws the row's samples again; None where the result does not say enough."""
    if entry.kind != "method":
        return _yardstick_command(entry, contents)
    config, generation = entry.result.config, nested(entry.result.provenance, "generation")
    checkpoint = generation.get("checkpoint_path")
    if not isinstance(checkpoint, str) or not isinstance(config.get("unmasking_mode"), str):
        return None
    words = [f"eval.checkpoint_path={checkpoint}"]
    words += [f"{key}={config[name]}" for key, name in _SETTINGS if config.get(name) is not None]
    if config.get("sweeps") is None and _is_default_but_for_sweeps(config):
        words.append("eval.sweeps=0")
    loop = config.get("remasking_loop")
    if isinstance(loop, list) and len(loop) == len(_LOOP):
        words += [f"eval.remasking.{k}={value}" for k, value in zip(_LOOP, loop, strict=True)]
    seeds, count = config.get("seeds"), config.get("num_samples")
    if isinstance(seeds, list):
        words.append(f"eval.seeds=[{','.join(str(seed) for seed in seeds)}]")
    if isinstance(count, int):
        words.append(f"eval.num_samples={count}")
    if config.get("only_realizable") is True:
        words.append("eval.only_realizable=true")
    directory = contents.directory
    words += [f"results.dir={directory.parent}", f"results.schedule={directory.name}"]
    return " ".join(["bd-gen generate", *map(shlex.quote, words)])


def _is_default_but_for_sweeps(config: Mapping[str, Any]) -> bool:
    """Whether the command would sweep this method if nobody said how often.

    As `sampling.method.Method.is_default_but_for_sweeps`, which results do not know.
    """
    return (
        config.get("unmasking_mode") == "first_hitting"
        and config.get("temperature") == 1
        and config.get("top_p") is None
        and config.get("remasking_strategy") is None
    )


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
    return [
        (f"bd-gen evaluate {where}{more} --force", "every number, from the samples"),
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
