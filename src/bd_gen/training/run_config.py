"""What a training run is, and from which checkpoint it goes on."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bd_gen.data.cache import file_hash
from bd_gen.data.config import recorded_fields
from bd_gen.data.dataset import DataConfig, Dataset
from bd_gen.diagrams.recorded_words import check_same_words
from bd_gen.model.config import ModelConfig
from bd_gen.system.errors import InputError
from bd_gen.training.checkpoint import Checkpoint, load_checkpoint
from bd_gen.training.config import TrainingConfig
from bd_gen.training.logs import TRACKERS
from bd_gen.training.trained import LEARNED, LEARNED_RATES

FINAL = "checkpoint_final.pt"
LAST = "checkpoint_last.pt"

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
        InputError: settings that contradict one another.
    """

    directory: Path
    data: DataConfig
    model: ModelConfig
    noise: str
    training: TrainingConfig
    resume_from: Path | None = None
    init_from: Path | None = None
    tracker: str | None = None
    project: str = "bd-gen"

    def __post_init__(self) -> None:
        if self.tracker is not None and self.tracker not in TRACKERS:
            raise InputError(f"run.tracker: expected {' or '.join(TRACKERS)}, got {self.tracker}")
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
        if self.model.levels:
            self._check_boxes()
        elif self.training.translate:
            raise InputError("training.translate: goes with models of boxes (model.levels)")

    def _check_boxes(self) -> None:
        """Refuse what is for rows of diagrams alone."""
        if self.noise in (LEARNED, LEARNED_RATES):
            raise InputError(f"model.levels must be 0 with noise={self.noise}")
        for name in ("rooms_share", "own_mistakes"):
            if getattr(self.training, name):
                raise InputError(f"training.{name} must be 0 with model.levels")

    def as_dict(self) -> dict[str, Any]:
        """Plain containers, as a checkpoint holds them."""
        return {
            "data": asdict(self.data),
            "model": asdict(self.model),
            "noise": self.noise,
            "training": asdict(self.training),
            **({} if self.init_from is None else {"init_from": file_hash(self.init_from)}),
        }


def starting_point(
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
    check_same_words(start.words, str(path), dataset.vocabulary.words, "the data")
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
    if start.config.get("init_from") != asked.get("init_from"):
        raise InputError(
            f"{path}: was started from other weights than run.init_from={config.init_from}; choose "
            "another run.dir"
        )
    for section in ("model", "noise", "training"):
        had, wanted = start.config[section], asked[section]
        if section == "noise":
            had, wanted = {"": meant_noise(had, start)}, {"": meant_noise(wanted, start)}
        else:  # a setting that is newer than the checkpoint had what is now its default
            had = {**_DEFAULTS[section], **had}
        for name, difference in _differences(had, wanted).items():
            key = f"{section}.{name}".rstrip(".")
            raise InputError(
                f"{path}: was trained with {key}={difference[0]}, now {difference[1]} is asked "
                "for; choose another run.dir"
            )


def meant_noise(noise: str, start: Checkpoint) -> str:
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
