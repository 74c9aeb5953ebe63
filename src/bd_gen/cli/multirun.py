"""`bd-gen train --multirun`: a run for each combination of values, one after the other."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import click

from bd_gen.system.errors import InputError

MOST_RUNS = 1000
BOUND = "denoise/val_elbo"


def combinations(overrides: Sequence[str]) -> list[tuple[str, list[str]]]:
    """What each run is called, and its overrides.

    Args:
        overrides: KEY=VALUE; several values as Hydra writes them: A,B or range(0,3).

    Raises:
        InputError: there is nothing to vary, the folder is varied, or there are too many runs.
    """
    fixed, varied = [], []
    for override in overrides:
        values = _values(override)
        if values is None:
            fixed.append(override)
        else:
            varied.append((override.partition("=")[0], values))
    if not varied:
        raise InputError("--multirun: no setting has several values (KEY=A,B)")
    if any(key == "run.dir" for key, _ in varied):
        raise InputError("--multirun: run.dir cannot be varied; each run has a folder in it")
    found = []
    for chosen in product(*(values for _, values in varied)):
        words = [f"{key}={value}" for (key, _), value in zip(varied, chosen, strict=True)]
        found.append((",".join(words).replace("/", "_"), [*fixed, *words]))
    if len(found) > MOST_RUNS:
        raise InputError(f"--multirun: {len(found):,} runs, more than {MOST_RUNS:,}")
    return found


def _values(override: str) -> list[str] | None:
    """The values of a setting that has several, else None."""
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    try:
        parsed = OverridesParser.create().parse_override(override)
        if not parsed.is_sweep_override():
            return None
        return [str(value) for value in parsed.sweep_string_iterator()]
    except HydraException:
        return None  # composing says what is wrong with it


def train_all(overrides: Sequence[str]) -> None:
    """Train every combination, and print what came of each.

    A run that is there already is left as it is, so that the same command goes on after Ctrl-C.

    Raises:
        InputError: see `combinations`; a setting of any run is wrong, which is found before the
            first one starts.
    """
    from bd_gen.cli.run_settings import run_config
    from bd_gen.cli.training import train_with_progress
    from bd_gen.training.checkpoint import load_checkpoint

    runs = []
    for name, words in combinations(overrides):
        config = run_config(words)
        runs.append((name, replace(config, directory=config.directory / name)))
    nats: dict[str, float] = {}
    for number, (name, config) in enumerate(runs, start=1):
        click.echo(f"run {number} of {len(runs)}: {name}")
        final = train_with_progress(config)
        nats[name] = (load_checkpoint(final).denoising or {}).get(BOUND, float("nan"))
    click.echo()
    for name, value in sorted(nats.items(), key=lambda item: item[1]):
        click.echo(f"{value:8.2f} validation nats  {name}")
    parents = dict.fromkeys(str(config.directory.parent) for _, config in runs)
    click.echo(f"{len(runs)} runs in {', '.join(parents)}")
