"""The run that the settings of `bd-gen train` describe."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bd_gen.system.errors import InputError
from bd_gen.system.files import expanded

if TYPE_CHECKING:
    from bd_gen.training.run_config import RunConfig


@dataclass(frozen=True)
class RunSection:
    """The `run` section of the configuration: the run's folder, and checkpoints of others."""

    dir: str
    resume_from: str | None = None
    init_from: str | None = None
    tracker: str | None = None
    project: str = "bd-gen"


def run_config(overrides: tuple[str, ...] | list[str]) -> "RunConfig":
    """The run that overrides describe.

    Raises:
        InputError: a setting that is unknown, missing or out of range.
    """
    from bd_gen.cli.compose import compose, section
    from bd_gen.data.config import DataConfig
    from bd_gen.model.config import ModelConfig
    from bd_gen.model.schedules import schedule_named
    from bd_gen.training.config import TrainingConfig
    from bd_gen.training.run_config import RunConfig
    from bd_gen.training.trained import LEARNED, LEARNED_RATES

    config = compose("train", overrides)
    noise = str(config["noise"]["name"])
    if noise not in (LEARNED, LEARNED_RATES):
        try:
            schedule_named(noise)
        except InputError as error:
            raise InputError(f"noise.name: {error}") from None
    model = {key: value for key, value in config["model"].items() if key != "name"}
    run = section(RunSection, config["run"], "run")
    data = section(DataConfig, config["data"], "data")
    # The checkpoint names its data; those names must hold in any folder.
    named = {field: getattr(data, field) for field in ("path", "labels", "split_file")}
    absolute: dict[str, Any] = {
        k: str(expanded(v).absolute()) for k, v in named.items() if v is not None
    }
    data = replace(data, **absolute)
    return RunConfig(
        directory=expanded(run.dir),
        data=data,
        model=section(ModelConfig, model, "model"),
        noise=noise,
        training=section(TrainingConfig, config["training"], "training"),
        resume_from=None if run.resume_from is None else expanded(run.resume_from),
        tracker=run.tracker,
        project=run.project,
        init_from=None if run.init_from is None else existing_checkpoint(run.init_from),
    )


def existing_checkpoint(name: str) -> Path:
    """The file of a checkpoint; "bundled" is the one that comes with the package.

    Raises:
        InputError: there is none.
    """
    from bd_gen.training.bundled import checkpoint_file

    path = checkpoint_file(name)
    path = expanded(str(path))
    if not path.is_file():
        raise InputError(f"run.init_from: there is no checkpoint {path}")
    return path
