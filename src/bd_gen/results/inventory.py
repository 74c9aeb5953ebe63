"""What a results directory holds, told without reading any tokens, and what of it is named."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bd_gen.metrics.registry import Of, select_metrics, unknown_name
from bd_gen.results.columns import existing_directory, method_order, named_files
from bd_gen.results.freshness import look
from bd_gen.results.result_file import Result, read_result, result_path
from bd_gen.results.sample_table import SUFFIX as TABLE_SUFFIX
from bd_gen.results.samples_file import SUFFIX, Samples, read_description, samples_path
from bd_gen.system.errors import InputError
from bd_gen.system.names import did_you_mean


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
    return sorted(named_files(existing_directory(directory), SUFFIX), key=method_order)


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


def named_method(directory: str | Path, name: str) -> None:
    """Make sure that a method has any file at all.

    Raises:
        InputError: there is no such directory or method; the message gives the nearest names.
    """
    there = {*methods_with_samples(directory), *_with_files(directory)}
    if name not in there:
        raise InputError(_missing(Path(directory), name, sorted(there, key=method_order)))


def read_entries(directory: str | Path, names: Sequence[str] = ()) -> list[Entry]:
    """What there is of each method, or of the methods called `names`.

    Raises:
        InputError: there is no such directory.
    """
    methods = {*methods_with_samples(directory), *_with_files(directory)}
    return [
        _entry(Path(directory), method)
        for method in sorted(methods, key=method_order)
        if not names or method in names
    ]


def _with_files(directory: str | Path) -> Iterator[str]:
    """Methods that have a result or a per-sample table."""
    yield from named_files(directory, ".json")
    yield from named_files(directory, TABLE_SUFFIX)


def state_of(directory: str | Path, entry: Entry) -> str:
    """How far a method is evaluated, in a few words; neither tokens nor data are read for it.

    Raises:
        InputError: a file changed since the entry was read and cannot be used any more.
    """
    if entry.samples is None:
        return "no samples"
    if entry.result is None:
        return "not evaluated"
    present = look(samples_path(directory, entry.method))
    # Against other data than these they are measured only if the user says so.
    fingerprint = entry.samples.provenance.get("data_fingerprint")
    fingerprint = fingerprint or entry.result.provenance.get("data_fingerprint")
    count = len(present.stale_metrics(str(fingerprint)))
    metrics = "metric" if count == 1 else "metrics"
    return f"{count} {metrics} to compute" if count else "up to date"


def _entry(directory: Path, method: str) -> Entry:
    samples, result, problems = None, None, []
    try:
        path = samples_path(directory, method)
        samples = read_description(path) if os.path.lexists(path) else None
    except InputError as error:
        problems.append(error)
    try:
        path = result_path(directory, method)
        result = read_result(path) if os.path.lexists(path) else None
    except InputError as error:
        problems.append(error)
    return Entry(method, samples, result, tuple(problems))


def _missing(directory: Path, name: str, there: Sequence[str]) -> str:
    if result_path(directory, name).exists():
        return f"{name}: has a result in {directory}, but no samples to evaluate"
    if not there:
        return f"{directory}: holds no samples ({name}{SUFFIX} is missing)"
    hint = did_you_mean(name, there, 3, cutoff=0.5) or f"; there are {', '.join(there[:8])}"
    return f"{name}: there are no samples of it in {directory}{hint}"


PUBLISHED = (
    "validity",
    "containment",
    "diversity",
    "novelty",
    "mode_coverage",
    "distribution",
    "structure",
    "transitivity",
    "density",
    "conditional_edges",
    "typed_degrees",
)
"""The metrics whose numbers the published result files hold."""


def chosen_metrics(
    names: Sequence[str] = (),
    families: Sequence[str] = (),
    published: bool = False,
    of: Of = "tokens",
) -> tuple[str, ...] | None:
    """Names of all metrics that one of the arguments asks for; None if none of them asks.

    Args:
        names: metrics or keys of result files.
        families: sections of the comparison, in any case of letters.
        published: those of the published result files.
        of: what is measured.

    Raises:
        InputError: a name is unknown; the message gives the nearest ones.
    """
    if not (names or families or published):
        return None
    every = select_metrics(None, of)
    known = {metric.family.lower(): metric.family for metric in every}
    for family in families:
        if family.lower() not in known:
            raise InputError(unknown_name("family", family, list(known.values())))
    asked = {metric.name for metric in select_metrics(names, of)}
    asked |= {m.name for m in every if m.family.lower() in {f.lower() for f in families}}
    asked |= set(PUBLISHED) if published else set()
    return tuple(metric.name for metric in every if metric.name in asked)
