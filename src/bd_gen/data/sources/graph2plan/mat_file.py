"""Struct arrays out of MATLAB files (version 7 and older), whatever is wrong with them."""

import warnings
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np

from bd_gen.data.config import MOST_PLANS
from bd_gen.data.problems import one_line
from bd_gen.system.errors import InputError
from bd_gen.system.files import check_pointer


def load_structs(path: Path, preferred: str, required: Collection[str]) -> np.ndarray:
    """(N,) structured array of object fields: the structs of one variable of the file.

    Args:
        path: a MATLAB file.
        preferred: the variable to take; without it, the first that is a struct array.
        required: fields it must have.

    Raises:
        InputError: not such a file, or damaged, or none of its variables will do.
    """
    from scipy.io import loadmat, whosmat

    try:
        if not path.is_file():
            raise InputError(f"{path}: expected a file of plans, found none")
        with path.open("rb") as file:
            head = file.read(128)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error
    check_pointer(path, head)
    if head.startswith((b"MATLAB 7.3", b"\x89HDF")):
        raise InputError(
            f"{path}: is a MATLAB v7.3 (HDF5) file; save it in MATLAB with "
            "save(..., '-v7') and try again"
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            shapes = {name: shape for name, shape, _ in whosmat(path)}
            if any(np.prod(shape, dtype=float) > MOST_PLANS for shape in shapes.values()):
                raise InputError(f"{path}: holds an array of over {MOST_PLANS:,} elements")
            names = [preferred] if preferred in shapes else list(shapes)
            variables = loadmat(path, variable_names=names, struct_as_record=True)
        except InputError:
            raise
        except (Exception, RecursionError) as error:
            # scipy answers damaged files with whatever went wrong inside it
            raise InputError(
                f"{path}: not a MATLAB file, or damaged ({one_line(str(error))})"
            ) from error
    for name in names:
        plans = _as_struct_array(variables.get(name))
        if plans is not None:
            return _checked(path, plans, required)
    raise InputError(f"{path}: expected a struct array, found none")


def _as_struct_array(value: Any) -> np.ndarray | None:
    """Flatten a struct array, or a cell array of single structs of the same fields."""
    if not isinstance(value, np.ndarray):
        return None
    value = value.ravel()
    if value.dtype.names is None and value.dtype == object and value.size:
        cells = [c for c in value if isinstance(c, np.ndarray) and c.dtype.names and c.size == 1]
        if len(cells) != value.size or len({c.dtype.names for c in cells}) != 1:
            return None
        value = np.concatenate([c.ravel() for c in cells])
    return value if value.dtype.names is not None else None


def _checked(path: Path, structs: np.ndarray, required: Collection[str]) -> np.ndarray:
    fields = structs.dtype.names or ()
    for field in required:
        if field not in fields:
            shown = one_line(", ".join(fields))
            raise InputError(f"{path}: {field}: expected this field, found {shown or 'none'}")
    if len(structs) == 0:
        raise InputError(f"{path}: holds no plan")
    return structs
