"""Where a training run's numbers go."""

import contextlib
import hashlib
import json
import math
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Protocol

from bd_gen.system.errors import InputError
from bd_gen.system.files import check_file, write_text
from bd_gen.system.plain import parse_json


class Logger(Protocol):
    """Takes numbers as they come."""

    def log(self, step: int, values: Mapping[str, float]) -> None:
        """Record `values` at `step`."""

    def close(self) -> None:
        """Flush and let go."""


class JsonlLogger:
    """A line of JSON each time: {"step": ..., name: value, ...}."""

    def __init__(self, path: Path, first_step: int) -> None:
        """Continue `path`; lines that a resumed run will write again are dropped.

        Raises:
            InputError: the file cannot be read or written; `log` raises it too.
        """
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists():
                check_file(path)
                lines = path.read_text(errors="replace").splitlines()
                kept = [line for line in lines if _step_of(line) <= first_step]
                write_text(path, "".join(line + "\n" for line in kept))
            self._file = path.open("a")
        except OSError as error:
            raise self._failure(error) from error

    def log(self, step: int, values: Mapping[str, float]) -> None:
        """See `Logger`."""
        # JSON has no NaN; a number that is none is recorded as null.
        row = {k: (v if math.isfinite(v) else None) for k, v in values.items()}
        try:
            self._file.write(json.dumps({"step": step, **row}) + "\n")
            self._file.flush()
        except OSError as error:
            raise self._failure(error) from error

    def close(self) -> None:
        """See `Logger`."""
        # Every line was flushed when it was written; what a full disk refused stays refused.
        with contextlib.suppress(OSError):
            self._file.close()

    def _failure(self, error: OSError) -> InputError:
        return InputError(f"{self._path}: cannot be written ({error.strerror or error})")


def _step_of(line: str) -> float:
    try:
        return float(parse_json(line)["step"])
    except (KeyError, OverflowError, TypeError, ValueError):
        return math.inf  # half a line from a killed run


class TensorBoardLogger:
    """Event files for TensorBoard."""

    def __init__(self, folder: Path, first_step: int) -> None:
        from torch.utils.tensorboard.writer import SummaryWriter

        self._writer = SummaryWriter(str(folder), purge_step=first_step + 1)

    def log(self, step: int, values: Mapping[str, float]) -> None:
        """See `Logger`."""
        for name, value in values.items():
            self._writer.add_scalar(name, value, step)

    def close(self) -> None:
        """See `Logger`."""
        self._writer.close()


TRACKERS = ("trackio", "wandb")
"""Services that keep the numbers of many runs; the two have the same three functions."""


class TrackerLogger:
    """Numbers for a tracker of experiments, trackio or wandb.

    A run that goes on keeps its place there: it is called after its folder.
    """

    def __init__(
        self, tracker: str, project: str, folder: Path, config: Mapping[str, object]
    ) -> None:
        """Begin, or go on with, the run of a folder.

        Raises:
            InputError: the tracker is not installed, or does not start.
        """
        try:
            module = import_module(tracker)
        except ImportError as error:
            raise InputError(
                f"run.tracker={tracker} needs {tracker} ({error}): pip install {tracker}"
            ) from None
        place = str(folder.absolute())
        options: dict[str, object] = {"name": folder.name, "resume": "allow"}
        if tracker == "wandb":
            options["id"] = hashlib.sha256(place.encode()).hexdigest()[:12]
        try:
            module.init(project=project, config={"dir": place, **config}, **options)
        except Exception as error:  # a service of others may fail in any way
            raise InputError(f"run.tracker={tracker}: {one_line(error)}") from error
        self._module = module

    def log(self, step: int, values: Mapping[str, float]) -> None:
        """See `Logger`."""
        self._module.log(dict(values), step=step)

    def close(self) -> None:
        """See `Logger`."""
        self._module.finish()


def one_line(error: Exception) -> str:
    """What an error says, on one line."""
    return " ".join(str(error).split())[:200] or type(error).__name__
