"""Where samples come from: program, checkpoint, data, machine."""

import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bd_gen import __version__
from bd_gen.data.dataset import DataConfig, load_dataset
from bd_gen.diffusion.likelihood import denoising_scores
from bd_gen.errors import InputError
from bd_gen.training.checkpoint import Checkpoint


def provenance(checkpoint: Checkpoint, path: Path, schedule: str) -> dict[str, Any]:
    """What a samples file says about its origin, as plain values.

    Args:
        checkpoint: the model.
        path: where it was read from.
        schedule: the folder of the results.
    """
    return {
        "package_version": __version__,
        "git_commit": git_commit(),
        "checkpoint_path": str(path),
        "checkpoint_sha256": checkpoint.sha256,
        "checkpoint_step": checkpoint.step,
        "data": checkpoint.config["data"],
        "data_fingerprint": checkpoint.data_fingerprint,
        "noise": checkpoint.noise,
        "schedule": schedule,
        "timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
        "host": platform.platform(),
        "denoising": checkpoint.denoising or _measured_denoising(checkpoint),
    }


def _measured_denoising(checkpoint: Checkpoint) -> dict[str, float] | None:
    """Scores of a checkpoint that was saved in mid-training; None where its data are gone."""
    try:
        dataset = load_dataset(DataConfig(**checkpoint.config["data"]))
    except (InputError, TypeError):
        return None
    if dataset.fingerprint != checkpoint.data_fingerprint or not len(dataset.validation):
        return None
    held_out = dataset.validation[:2048]
    return denoising_scores(checkpoint.denoiser(), held_out, checkpoint.process)


def git_commit() -> str | None:
    """The commit of the source tree that this package runs from, if it is one."""
    folder = Path(__file__).resolve().parents[3]
    if not (folder / ".git").exists():
        return None
    try:
        done = subprocess.run(  # noqa: S603 - fixed arguments
            ["git", "-C", str(folder), "rev-parse", "HEAD"],  # noqa: S607 - git is found by PATH
            capture_output=True,
            text=True,
            timeout=5,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
