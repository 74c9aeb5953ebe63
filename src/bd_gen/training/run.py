"""A training run: a folder with logs and checkpoints that can be stopped and gone on with."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from bd_gen.data.config import recorded_fields
from bd_gen.data.dataset import DataConfig, Dataset
from bd_gen.model.config import ModelConfig
from bd_gen.model.device import resolve_device, resolve_precision
from bd_gen.model.likelihood import denoising_scores
from bd_gen.system.errors import InputError
from bd_gen.system.files import remove_leftovers, write_text
from bd_gen.system.interrupts import Interrupts
from bd_gen.system.locks import locked
from bd_gen.training.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from bd_gen.training.config import TrainingConfig
from bd_gen.training.law_plot import draw_law
from bd_gen.training.logs import JsonlLogger, Logger, TensorBoardLogger
from bd_gen.training.loop import Progress, Trainer
from bd_gen.training.processes import Alone, FabricProcesses, Processes, is_first_process
from bd_gen.training.schedule_plot import draw_schedules
from bd_gen.training.supply import TrainingRows
from bd_gen.training.trained import LEARNED, LEARNED_RATES

FINAL = "checkpoint_final.pt"
LAST = "checkpoint_last.pt"
LOG = "metrics.jsonl"
SCHEDULES = "learned_schedules.png"
LAW = "learned_order.png"

_DEFAULTS = {"model": asdict(ModelConfig()), "training": asdict(TrainingConfig())}
MAY_CHANGE = frozenset(
    {"steps", "log_every", "validate_every", "num_validation", "device", "devices", "capture"}
)
"""Training settings that a continued run may have otherwise without becoming another run."""


@dataclass(frozen=True)
class RunConfig:
    """Everything that determines a training run.

    Attributes:
        directory: the run's folder.
        data: what it is trained on.
        model: size of the denoiser.
        noise: name of the noise schedule.
        training: settings of the loop.
        resume_from: a checkpoint of another folder to go on from, as long as the folder's own
            has not come further.

    Raises:
        InputError: settings that contradict each other.
    """

    directory: Path
    data: DataConfig
    model: ModelConfig
    noise: str
    training: TrainingConfig
    resume_from: Path | None = None

    def __post_init__(self) -> None:
        if self.training.rooms_share and self.noise in (LEARNED, LEARNED_RATES):
            raise InputError(
                f"training.rooms_share must be 0 with noise={self.noise}, "
                "which has a law of masking of its own"
            )
        if self.training.own_mistakes and self.noise in (LEARNED, LEARNED_RATES):
            raise InputError(
                f"training.own_mistakes must be 0 with noise={self.noise}, "
                "whose masks carry a gradient"
            )

    def as_dict(self) -> dict[str, Any]:
        """Plain containers, as a checkpoint holds them."""
        return {
            "data": asdict(self.data),
            "model": asdict(self.model),
            "noise": self.noise,
            "training": asdict(self.training),
        }


def train(
    config: RunConfig,
    dataset: Dataset,
    on_start: Callable[[Trainer], None] = lambda _: None,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> Path:
    """Train to the last step, from where an earlier start stopped.

    An interruption (Ctrl-C) waits for the end of the step and saves a checkpoint before it is
    passed on, so nothing is lost. The weights at the end are those of an uninterrupted run on
    the same device.

    Args:
        config: what to train.
        dataset: the data that `config.data` names.
        on_start: told once, when model and data are in place.
        on_progress: told after every step.

    Returns:
        The final checkpoint.

    Raises:
        InputError: the folder holds another run, another process is at work in it, the checkpoint
            is damaged, and the like.
    """
    final = config.directory / FINAL
    if _is_finished(config, dataset):
        return final
    if not is_first_process():
        return _train(config, dataset, on_start, on_progress)
    with locked(config.directory / ".lock", config.directory):
        if _is_finished(config, dataset):  # whoever had the lock before has just done it
            return final
        for name in (FINAL, LAST):
            remove_leftovers(config.directory / name)
        return _train(config, dataset, on_start, on_progress)


def _is_finished(config: RunConfig, dataset: Dataset) -> bool:
    final = config.directory / FINAL
    if not final.exists():
        return False
    start, path = _starting_point(config, dataset)
    # A state at the last step from elsewhere was stopped before its final checkpoint was made.
    return start is not None and path == final and start.step >= config.training.steps


def _train(
    config: RunConfig,
    dataset: Dataset,
    on_start: Callable[[Trainer], None],
    on_progress: Callable[[Progress], None],
) -> Path:
    """Train, while no other process is at work in the folder."""
    start, _ = _starting_point(config, dataset)
    device = resolve_device(config.training.device)
    processes: Processes = Alone()
    if config.training.devices > 1:
        processes = fabric = FabricProcesses(device.type, config.training.devices)
        device = fabric.device
    precision = config.training.precision
    if precision == "auto" and start is not None:
        precision = start.config["training"]["precision"]
    resolved = replace(config.training, precision=resolve_precision(precision, device))
    config = replace(config, training=resolved)
    trainer = Trainer(
        config.model,
        resolved,
        config.noise if start is None else _meant(config.noise, start),
        TrainingRows(
            dataset.train,
            dataset.train_reverse if resolved.renumber else None,
            dataset.train_mirrored if resolved.mirror else None,
        ),
        dataset.validation,
        dataset.vocabulary,
        device,
        processes,
    )
    if start is not None and start.training_state is not None:
        trainer.load_state_dict(start.training_state)
    if processes.rank == 0:
        write_text(config.directory / "config.json", json.dumps(config.as_dict(), indent=2) + "\n")
    on_start(trainer)
    _run(trainer, config, dataset, on_progress)
    if processes.rank == 0:
        _finish(trainer, config, dataset)
    processes.wait()
    return config.directory / FINAL


def _finish(trainer: Trainer, config: RunConfig, dataset: Dataset) -> None:
    """Measure and save the trained model."""
    averaged = trainer.averaged
    denoising = denoising_scores(
        averaged.denoiser, _validation_part(config, dataset), averaged.process
    )
    if averaged.rates is not None:
        draw_schedules(averaged.rates, config.directory / SCHEDULES)
    if averaged.law is not None:
        draw_law(averaged.law, config.directory / LAW)
    save_checkpoint(config.directory / FINAL, _checkpoint(trainer, config, dataset, denoising))
    (config.directory / LAST).unlink(missing_ok=True)


def _run(
    trainer: Trainer, config: RunConfig, dataset: Dataset, on_progress: Callable[[Progress], None]
) -> None:
    last = config.directory / LAST
    is_first = trainer.processes.rank == 0
    loggers: list[Logger] = []
    if is_first:
        loggers.append(JsonlLogger(config.directory / LOG, trainer.step))
        loggers.append(TensorBoardLogger(config.directory / "tensorboard", trainer.step))
    saved = trainer.step
    with Interrupts(are_deferred=True) as interrupts:
        try:
            for progress in trainer.run():
                if progress.values:
                    for logger in loggers:
                        logger.log(progress.step, progress.values)
                if progress.is_checkpoint and is_first:
                    save_checkpoint(last, _checkpoint(trainer, config, dataset))
                    saved = progress.step
                on_progress(progress)
                if trainer.processes.count == 1:
                    interrupts.check()
                elif trainer.has_to_stop:
                    raise KeyboardInterrupt
                trainer.wants_to_stop = interrupts.came
        except KeyboardInterrupt:
            # A second Ctrl-C may fall between two updates of one step; then the step is half
            # taken and the last whole state on disk is what counts.
            if is_first and trainer.is_between_steps and trainer.step > saved:
                save_checkpoint(last, _checkpoint(trainer, config, dataset))
            raise
        finally:
            for logger in loggers:
                logger.close()


def _validation_part(config: RunConfig, dataset: Dataset) -> Any:
    part = dataset.validation if len(dataset.validation) else dataset.train
    return part[: config.training.num_validation]


def _checkpoint(
    trainer: Trainer,
    config: RunConfig,
    dataset: Dataset,
    denoising: dict[str, float] | None = None,
) -> Checkpoint:
    averaged = trainer.averaged
    return Checkpoint(
        model_state_dict=averaged.denoiser.state_dict(),
        rate_network_state_dict=averaged.forward_state,
        config=config.as_dict(),
        n_max=dataset.vocabulary.n_max,
        step=trainer.step,
        num_rooms_histogram=[int(count) for count in dataset.num_rooms_histogram],
        data_fingerprint=dataset.fingerprint,
        training_state=trainer.state_dict(),
        denoising=denoising,
    )


def _starting_point(
    config: RunConfig, dataset: Dataset
) -> tuple[Checkpoint, Path] | tuple[None, None]:
    """The checkpoint that has come furthest and its file; None for a fresh start."""
    # The folder's final checkpoint first: of two at the same step it is the complete one.
    own = (config.directory / FINAL, config.directory / LAST)
    candidates = [path for path in own if path.exists()]
    if config.resume_from is not None:
        candidates.append(config.resume_from)
    checkpoints = [(load_checkpoint(path), path) for path in candidates]
    for checkpoint, path in checkpoints:
        _check_same_run(path, checkpoint, config, dataset)
    return max(checkpoints, key=lambda pair: pair[0].step) if checkpoints else (None, None)


def _check_same_run(path: Path, start: Checkpoint, config: RunConfig, dataset: Dataset) -> None:
    if start.training_state is None:
        raise InputError(f"{path}: holds no training state, so training cannot go on from it")
    n_max, fingerprint = dataset.vocabulary.n_max, dataset.fingerprint
    if start.n_max != n_max:
        raise InputError(
            f"{path}: was trained with data.n_max={start.n_max}, now {n_max} is asked "
            "for; choose another run.dir"
        )
    had_split, split = recorded_fields(start.config["data"])["split"], config.data.split
    if had_split != split:
        raise InputError(
            f"{path}: was trained with data.split={had_split}, now {split} is asked for; give "
            f"data.split={had_split} or choose another run.dir"
        )
    if start.data_fingerprint != fingerprint:
        raise InputError(
            f"{path}: was trained on other data (fingerprint {start.data_fingerprint}, now "
            f"{fingerprint}); choose another run.dir"
        )
    asked = config.as_dict()
    for section in ("model", "noise", "training"):
        had, wanted = start.config[section], asked[section]
        if section == "noise":
            had, wanted = {"": _meant(had, start)}, {"": _meant(wanted, start)}
        else:  # a setting that is newer than the checkpoint had what is now its default
            had = {**_DEFAULTS[section], **had}
        for name, difference in _differences(had, wanted).items():
            key = f"{section}.{name}".rstrip(".")
            raise InputError(
                f"{path}: was trained with {key}={difference[0]}, now {difference[1]} is asked "
                "for; choose another run.dir"
            )


def _meant(noise: str, start: Checkpoint) -> str:
    """What a name of a noise schedule means where training goes on from a checkpoint.

    "learned" was the name of learned rates before there was a law over orders; for runs of that
    time it still is.
    """
    is_old = start.noise == LEARNED and start.is_learned and not start.has_order_law
    return LEARNED_RATES if is_old and noise == LEARNED else noise


def _differences(had: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    found = {}
    for name in sorted(set(had) | set(wanted)):
        if name in MAY_CHANGE or (name == "precision" and wanted.get(name) == "auto"):
            continue
        if had.get(name) != wanted.get(name):
            found[name] = (had.get(name), wanted.get(name))
    return found
