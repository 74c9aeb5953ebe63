"""The scripts of the published system: its defaults in front of what the user says."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from bd_gen.cli.published_overrides import RPLAN_PLANS
from bd_gen.system.errors import InputError

DATA = "data/data.mat"
"""Where the published system looks for Graph2Plan's file."""

GENERATE = (
    "eval.unmasking_mode=random",
    "eval.temperature=0.0",
    "eval.top_p=null",
    "eval.remasking.enabled=false",
    "eval.sweeps=0",
)
SPLIT = "data.split=published"
TRAIN: tuple[str, ...] = (
    "data=graph2plan",
    f"data.path={DATA}",
    SPLIT,
    "model.time_conditioning=true",
    f"training.steps={round(500 * RPLAN_PLANS / 256)}",
    "training.ema=0",
)
COMPARE = ("--spread", "std")
_DECIDING = ("eval.unmasking_mode", "eval.temperature", "eval.top_p")


def published_words(command: str, words: Sequence[str]) -> list[str]:
    """The arguments of a command of bd-gen that a published script stands for.

    One line on stderr tells of a default that differs from the command's own.

    Raises:
        InputError: the published script would refuse it, too.
    """
    keys = {word.partition("=")[0].lstrip("~+") for word in words}
    if "--help" in words or "-h" in words:
        return [command, *words]
    if command == "generate":
        if "eval.checkpoint_path" not in keys:
            raise InputError("eval.checkpoint_path is needed: give eval.checkpoint_path=FILE")
        if not keys.issuperset(_DECIDING[:1]) or not keys & set(_DECIDING[1:]):
            _tell(
                "random unmasking at temperature 0 without top-p unless said otherwise; "
                "`bd-gen generate` draws first_hitting at temperature 1"
            )
        return [command, *GENERATE, *words]
    if command == "compare":
        return [command, *COMPARE, *words]
    if command == "train":
        named = {"data", "data.path", "data.mat_path"} & keys
        defaults = TRAIN[2:] if named else TRAIN
        if "training.epochs" in keys or "training.steps" in keys:
            defaults = tuple(word for word in defaults if not word.startswith("training.steps"))
        if not named and "training.epochs" not in keys and "training.steps" not in keys:
            _tell(f"{TRAIN[4]}, which is 500 epochs of RPLAN; `bd-gen train` takes 20,000")
        return [command, *defaults, *map(_as_published, words)]
    named_data = any(key == "data" or key.startswith("data.") for key in keys)
    if command == "evaluate" and not named_data and Path(DATA).is_file() and "--list" not in words:
        _tell(f"measured against {DATA}; `bd-gen evaluate` takes the data that samples name")
        return [command, *words, "data=graph2plan", f"data.path={DATA}", SPLIT]
    return [command, *words]


def _as_published(word: str) -> str:
    """The word of `train`, by its published meaning where that of bd-gen is another one."""
    if word != "noise=learned":
        return word
    _tell("noise=learned_rates; `bd-gen train noise=learned` learns a law over orders")
    return "noise=learned_rates"


def arguments_of_script(command: str) -> list[str]:
    """`published_words` of the process's arguments; what is wrong with them ends it in one line."""
    try:
        return published_words(command, sys.argv[1:])
    except InputError as error:
        click.echo(f"bd-gen: {error}", err=True)
        sys.exit(2)


def _tell(what: str) -> None:
    click.echo(f"bd-gen: note: published defaults: {what} (docs/published.md)", err=True)
