"""Known answers to whether relations have a layout, kept in a file that processes share."""

import zipfile
from pathlib import Path
from typing import cast

import numpy as np

from bd_gen.layouts.search import Status
from bd_gen.system.files import write_with
from bd_gen.system.locks import one_at_a_time

KEY_SIZE = 16
"""Bytes of a key."""

_VERSION = 1  # of the rule and of the keys: a file of another one is not used
_PROVEN = (Status.UNREALIZABLE, Status.REALIZABLE)


class AnswerCache:
    """Proven answers by relations: time limits are not kept, a later try may have more time."""

    def __init__(self, path: str | Path | None = None) -> None:
        """Start with the answers of the file at `path`; one that cannot be read counts as empty."""
        self.answers: dict[bytes, int] = {}
        if path is not None and Path(path).is_file():
            self.answers = _read_answers(Path(path))

    def save(self, path: str | Path) -> None:
        """Put all answers into a file, beside those that others put there meanwhile.

        Raises:
            InputError: the file cannot be written.
        """
        path = Path(path)
        with one_at_a_time(path.with_name(f".{path.name}.lock")):
            there = _read_answers(path) if path.is_file() else {}
            answers = {**there, **self.answers}
            keys = np.frombuffer(b"".join(answers), np.uint8).reshape(-1, KEY_SIZE)
            values, version = np.array(list(answers.values()), np.int8), np.array(_VERSION)
            write_with(
                path, lambda file: np.savez(file, keys=keys, answers=values, version=version)
            )


def _read_answers(path: Path) -> dict[bytes, int]:
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            arrays = {
                name: np.lib.format.read_array(archive.open(f"{name}.npy"), allow_pickle=False)
                for name in ("keys", "answers", "version")
            }
        return _checked_answers(arrays)
    except Exception:
        # numpy and zipfile answer damage with a dozen kinds of errors; the remedy is the same.
        return {}


def _checked_answers(arrays: dict[str, np.ndarray]) -> dict[bytes, int]:
    keys, answers = arrays["keys"], arrays["answers"]
    if arrays["version"].tolist() != _VERSION or keys.dtype != np.uint8 or answers.dtype != np.int8:
        return {}
    if keys.shape != (len(answers), KEY_SIZE) or not np.isin(answers, _PROVEN).all():
        return {}
    whole = np.ascontiguousarray(keys).view(np.dtype((np.void, KEY_SIZE))).ravel()
    return dict(zip(cast(list[bytes], whole.tolist()), answers.tolist(), strict=True))
