"""What a results directory holds, told without reading any tokens."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bd_gen.errors import InputError
from bd_gen.results.columns import existing_directory, method_order
from bd_gen.results.result_file import Result, read_result, result_path
from bd_gen.results.samples_file import SUFFIX, Samples, read_description, samples_path


@dataclass(frozen=True)
class Entry:
    """One method in a results directory.

    Attributes:
        method: its name, as in the names of its files.
        samples: what its samples file says of itself; None without a usable file.
        result: its result; None without a usable file.
        problems: an error for each file that cannot be used.
    """

    method: str
    samples: Samples | None
    result: Result | None
    problems: tuple[InputError, ...]


def methods_with_samples(directory: str | Path) -> list[str]:
    """Methods that have a samples file, in the order of a comparison.

    Raises:
        InputError: there is no such directory.
    """
    paths = existing_directory(directory).glob(f"*{SUFFIX}")
    return sorted((path.name.removesuffix(SUFFIX) for path in paths), key=method_order)


def chosen_methods(directory: str | Path, names: Sequence[str]) -> list[str]:
    """The methods called `names` if they have samples; all that have some for no names.

    Raises:
        InputError: there is no such directory, or a name has no samples file; the message gives
            the nearest names that have one.
    """
    there = methods_with_samples(directory)
    for name in names:
        if name not in there:
            raise InputError(_missing(Path(directory), name, there))
    return [method for method in there if method in names] if names else there


def read_entries(directory: str | Path, names: Sequence[str] = ()) -> list[Entry]:
    """What there is of each method, or of the methods called `names`.

    Raises:
        InputError: there is no such directory.
    """
    methods = set(methods_with_samples(directory))
    methods |= {path.stem for path in Path(directory).glob("*.json")}
    return [
        _entry(Path(directory), method)
        for method in sorted(methods, key=method_order)
        if not names or method in names
    ]


def _entry(directory: Path, method: str) -> Entry:
    samples, result, problems = None, None, []
    try:
        path = samples_path(directory, method)
        samples = read_description(path) if path.exists() else None
    except InputError as error:
        problems.append(error)
    try:
        path = result_path(directory, method)
        result = read_result(path) if path.exists() else None
    except InputError as error:
        problems.append(error)
    return Entry(method, samples, result, tuple(problems))


def _missing(directory: Path, name: str, there: Sequence[str]) -> str:
    if result_path(directory, name).exists():
        return f"{name}: has a result in {directory}, but no samples to evaluate"
    if not there:
        return f"{directory}: holds no samples ({name}{SUFFIX} is missing)"
    near = difflib.get_close_matches(name, there, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(there[:8])}"
    return f"{name}: there are no samples of it in {directory}; {hint}"
