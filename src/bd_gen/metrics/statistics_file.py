"""The cache file of fitted statistics: a header and arrays, as npz and without pickle."""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np

from bd_gen.metrics.keys import Fitted
from bd_gen.system.files import write_with

_HEADER = "header"


def write_statistics(
    path: str | Path, header: Mapping[str, Any], fitted: Mapping[str, Fitted]
) -> None:
    """Write statistics by the name of the `fit` function that made them, atomically.

    Raises:
        InputError: the file cannot be written.
    """
    arrays = {
        f"{name}/{part}": array
        for name, statistics in fitted.items()
        for part, array in statistics.items()
    }
    text = np.frombuffer(json.dumps(header).encode(), np.uint8)
    write_with(path, lambda file: _write_npz(file, {_HEADER: text, **arrays}))


def read_statistics(path: str | Path) -> tuple[dict[str, Any], dict[str, Fitted]]:
    """Header and statistics of a file of `write_statistics`.

    Raises:
        Exception: it is missing or damaged: numpy and zipfile answer damage with a dozen kinds of
            errors, and the remedy is the same.
    """
    # numpy leaves a damaged file open if it opens it itself
    with open(path, "rb") as opened, np.load(opened, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    header = json.loads(arrays.pop(_HEADER).tobytes())
    parts: dict[str, dict[str, np.ndarray]] = {}
    for name, array in arrays.items():
        fit_name, _, part = name.rpartition("/")
        parts.setdefault(fit_name, {})[part] = array
    return dict(header), {name: Fitted(part) for name, part in parts.items()}


def _write_npz(file: IO[bytes], arrays: Mapping[str, np.ndarray]) -> None:
    """What numpy.savez does, but an array of Python objects is refused instead of pickled."""
    with zipfile.ZipFile(file, "w") as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, allow_pickle=False)
