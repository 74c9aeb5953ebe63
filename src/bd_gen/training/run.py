"""A training run: a folder with logs and checkpoints that can be stopped and gone on with."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from bd_gen.data.dataset import Dataset
from bd_gen.model.device import resolve_device, resolve_precision
from bd_gen.model.likelihood import denoising_scores
from bd_gen.system.files import remove_leftovers, write_text
from bd_gen.system.interrupts import Interrupts
from bd_gen.system.locks import locked
from bd_gen.training.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from bd_gen.training.init_from import init_from
from bd_gen.training.learned_plots import draw_law, draw_schedules
from bd_gen.training.logs import JsonlLogger, Logger, TensorBoardLogger, TrackerLogger
from bd_gen.training.loop import Progress, Trainer
from bd_gen.training.processes import Alone, FabricProcesses, Processes, is_first_process
from bd_gen.training.rows import held_out_rows, row_layout, rows_of_part, training_rows
from bd_gen.training.run_config import FINAL, LAST, RunConfig, meant_noise, starting_point

LOG = "metrics.jsonl"
SCHEDULES = "learned_schedules.png"
LAW = "learned_order.png"


def train(
    config: RunConfig,
    dataset: Dataset,
    on_start: Callable[[Trainer], None] = lambda _: None,
    on_progress: Callable[[Progress], None] = lambda _: None,
    on_note: Callable[[str], None] = lambda _: None,
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
        on_note: told what the user should know, in sentences.

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
        return _train(config, dataset, on_start, on_progress, on_note)
    with locked(config.directory / ".lock", config.directory):
        if _is_finished(config, dataset):  # whoever had the lock before has just done it
            return final
        for name in (FINAL, LAST):
            remove_leftovers(config.directory / name)
        return _train(config, dataset, on_start, on_progress, on_note)


def _is_finished(config: RunConfig, dataset: Dataset) -> bool:
    final = config.directory / FINAL
    if not final.exists():
        return False
    start, path = starting_point(config, dataset)
    # A state at the last step from elsewhere was stopped before its final checkpoint was made.
    return start is not None and path == final and start.step >= config.training.steps


def _train(
    config: RunConfig,
    dataset: Dataset,
    on_start: Callable[[Trainer], None],
    on_progress: Callable[[Progress], None],
    on_note: Callable[[str], None],
) -> Path:
    """Train, while no other process is at work in the folder."""
    start, _ = starting_point(config, dataset)
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
        config.noise if start is None else meant_noise(config.noise, start),
        training_rows(dataset, config.model, resolved),
        rows_of_part(dataset, config.model, dataset.split.validation),
        row_layout(dataset, config.model),
        device,
        processes,
    )
    if start is not None and start.training_state is not None:
        trainer.load_state_dict(start.training_state)
    elif config.init_from is not None:
        for note in init_from(trainer, load_checkpoint(config.init_from)):
            on_note(note)
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
    held_out = held_out_rows(dataset, config.model, config.training.num_validation)
    denoising = denoising_scores(averaged.denoiser, held_out, averaged.process)
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
        if config.tracker is not None:
            place = config.tracker, config.project, config.directory
            loggers.append(TrackerLogger(*place, config.as_dict()))
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
        words=dataset.vocabulary.words,
    )
