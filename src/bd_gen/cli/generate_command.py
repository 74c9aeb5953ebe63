"""A generation job as the command that does it, ready to be pasted into a shell."""

import re
import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bd_gen.cli.compose import quoted
from bd_gen.system.errors import InputError

if TYPE_CHECKING:
    from bd_gen.generation.batch import BatchTask
    from bd_gen.generation.engines import EngineSettings
    from bd_gen.generation.job import GenerationJob

_SETTINGS = (
    ("unmasking_mode", "unmasking_mode"),
    ("temperature", "temperature"),
    ("top_p", "top_p"),
    ("sampling_steps", "sampling_steps"),
    ("remasking_strategy", "remasking.strategy"),
    ("remasking_eta", "remasking.eta"),
    ("remasking_t_switch", "remasking.t_switch"),
    ("sweeps", "sweeps"),
    ("sweep_kind", "sweep_kind"),
)
_LOOP = ("t_on", "t_off", "alpha_on")
_DEFAULT_BATCH_SIZE = 512
_PLAIN = re.compile(r"([A-Za-z_/]|\.{1,2}/)[A-Za-z0-9_/.-]*( [A-Za-z0-9_/.-]+)*")
_KEYWORDS = ("null", "true", "false", "nan", "inf")


def generate_command(job: "GenerationJob", where: "EngineSettings | None" = None) -> str:
    """The `bd-gen generate` of a job without a condition.

    What decides about the samples is spelled out, so that the command means the same whatever
    the defaults are; null is left out.

    Args:
        job: what to draw.
        where: which engine draws it; this process if None.
    """
    settings = job.method.settings
    values = {key: settings[name] for name, key in _SETTINGS if settings.get(name) is not None}
    if "remasking_loop" in settings:
        values.pop("remasking.t_switch")
        loop = zip(_LOOP, settings["remasking_loop"], strict=True)
        values |= {f"remasking.{key}": value for key, value in loop}
    if not job.method.sweeps and job.method.is_default_but_for_sweeps:
        values["sweeps"] = 0
    if job.method.only_realizable:
        values["only_realizable"] = "true"
    values |= {
        "seeds": f"[{','.join(map(str, job.seeds))}]",
        "num_samples": job.num_samples,
    }
    if job.batch_size != _DEFAULT_BATCH_SIZE:
        values["batch_size"] = job.batch_size
    if job.device != "auto":
        values["device"] = readable(job.device)
    if job.class_weights is not None:
        values["class_weights"] = readable(job.class_weights.source)
    if job.overwrite:
        values["overwrite"] = "true"
    folder = job.directory if job.directory.name not in ("", "..") else job.directory.resolve()
    words = [
        f"eval.checkpoint_path={readable(str(job.checkpoint_path))}",
        *(f"eval.{key}={value}" for key, value in values.items()),
        f"results.dir={readable(str(folder.parent))}",
        f"results.schedule={readable(folder.name)}",
    ]
    return shlex.join(["bd-gen", "generate", *_engine(where), *words])


def _engine(where: "EngineSettings | None") -> list[str]:
    """The options that say where samples are drawn, as far as they are not the usual."""
    if where is None or where.name == "serial":
        return []
    given = {"engine": where.name, "workers": where.workers, "scheduler": where.scheduler}
    given["shard-size"] = where.shard_size
    return [word for key, value in given.items() if value is not None
            for word in (f"--{key}", str(value))]  # fmt: skip


def print_generate_commands(
    tasks: "Sequence[BatchTask]", where: "EngineSettings | None" = None, last: str = ""
) -> None:
    """Print the command of each task whose samples are missing, and a comment on the others.

    Commands are joined by &&, so that pasted into a shell the first failure ends them all.

    Args:
        tasks: what to draw.
        where: which engine draws it.
        last: a command that follows.
    """
    from bd_gen.generation.job import is_complete

    lines: list[str] = []
    for task in tasks:
        try:
            if is_complete(replace(task.job, overwrite=False), task.checkpoint):
                lines.append(f"# complete already: {task.job.path}")
                continue
        except InputError as error:
            lines.append(f"# {error}")
        lines.append(generate_command(task.job, where))
    if last:
        lines.append(last)
    commands = [k for k, line in enumerate(lines) if not line.startswith("#")]
    for k, line in enumerate(lines):
        click.echo(f"{line} &&" if k in commands[:-1] else line)


def evaluate_command(directory: Path, methods: list[str], data: tuple[str, ...] = ()) -> str:
    """The `bd-gen evaluate` of some methods, with what they are measured by, and the comparison."""
    folder = directory if directory.name not in ("", "..") else directory.resolve()
    words = ["--results", str(folder.parent), "--schedule", folder.name]
    for method in methods:
        words += ["--model", method]
    words += ["--real", "--baselines", "--update-comparison", *data]
    return shlex.join(["bd-gen", "evaluate", *words])


def readable(text: str) -> str:
    """A value that Hydra's grammar reads as this very text."""
    if _PLAIN.fullmatch(text) and text.lower() not in _KEYWORDS:
        return text
    return quoted(text)
