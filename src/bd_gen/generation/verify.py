"""Do the stored numbers come out of the stored samples? And do two directories agree?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from bd_gen.generation.agreement import (
    KeyCheck,
    Kind,
    inconsistent_summary,
    num_tests,
    number_by_number,
    within_spread,
)
from bd_gen.generation.method_numbers import (
    Numbers,
    numbers_of,
    same_tokens,
    same_tokens_alone,
    stored_numbers,
)
from bd_gen.layouts.realizable import Asking
from bd_gen.metrics.measure import intervals_version, measure
from bd_gen.results.columns import existing_directory, method_order
from bd_gen.results.freshness import Present, limit_of, look, wanted_rows
from bd_gen.results.inventory import Entry, named_method, read_entries
from bd_gen.results.references import References
from bd_gen.results.result_file import Result
from bd_gen.results.sample_table import check_recorded
from bd_gen.results.samples_file import read_samples, samples_path
from bd_gen.results.unregistered import unregistered
from bd_gen.system.errors import InputError
from bd_gen.system.progress import Progress, part_of

Tokens = Literal["same", "same, other reference", "regenerated", "none"]
"""Are the tokens those that the stored numbers were computed from, and were they measured against
the same reference set? `none`: there are none."""


@dataclass(frozen=True)
class MethodCheck:
    """How it went with one method.

    Attributes:
        method: its name.
        tokens: whose numbers were compared.
        checks: one a key.
        notes: what the reader should know, in sentences.
        faults: files that are not those whose hashes the result recorded, one line each.
        problem: why nothing could be compared, in one line; empty if it could.
        missing_in: the one of two directories that has no result of it; empty otherwise.
    """

    method: str
    tokens: Tokens
    checks: tuple[KeyCheck, ...] = ()
    notes: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    problem: str = ""
    missing_in: str = ""

    def count(self, kind: Kind) -> int:
        """How many keys are of that kind."""
        return sum(check.kind == kind for check in self.checks)


@dataclass(frozen=True)
class _Pair:
    """Two sets of numbers that wait to be compared until it is known how many there are."""

    method: str
    result: Result
    stored: Numbers
    now: Numbers
    is_same: bool
    notes: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


def verify_directory(
    directory: str | Path,
    references: References,
    names: Sequence[str] = (),
    progress: Progress | None = None,
) -> list[MethodCheck]:
    """Compute every metric from saved tokens and compare with the stored numbers.

    Nothing is written. Where the tokens are those of the result, by the hash of their file or, in
    old results without one, by a few numbers that would hardly be equal otherwise, each seed's
    numbers and the ends of the intervals must come out again. Where they were drawn again, the
    means must lie within the spread across seeds; see `agreement.within_spread`.

    Args:
        directory: where samples and results lie.
        references: what to measure against.
        names: only these methods.
        progress: called with the samples measured so far and their number.

    Returns:
        one for each method with a result, in the order of a comparison.

    Raises:
        InputError: there is no such directory, or no result in it.
    """
    entries = _with_results(directory, names)
    total = sum(map(_num_samples, entries))
    done = 0
    found: list[_Pair | MethodCheck] = []
    for entry in entries:
        step = None
        if progress is not None:
            step = part_of(progress, done, total)
        found.append(_recomputed(Path(directory), entry, references, step))
        done += _num_samples(entry)
    return _compared(found)


def verify_against(
    directory: str | Path, other: str | Path, names: Sequence[str] = ()
) -> list[MethodCheck]:
    """Compare the stored numbers of two directories, method by method.

    Args:
        directory: whose numbers are taken as given.
        other: whose numbers are looked at; keys that only it has are new.
        names: only these methods.

    Returns:
        one for each method with a result in either, in the order of a comparison.

    Raises:
        InputError: a directory is missing, or has no result in it.
    """
    here = {entry.method: entry for entry in _with_results(directory, names)}
    there = {entry.method: entry for entry in _with_results(other, names)}
    found: list[_Pair | MethodCheck] = []
    for method in sorted({*here, *there}, key=method_order):
        problems = [p for side in (here, there) if method in side for p in side[method].problems]
        a = here[method].result if method in here else None
        b = there[method].result if method in there else None
        if problems and (a is None or b is None):
            found.append(MethodCheck(method, "none", problem=str(problems[0])))
        elif a is None or b is None:
            missing = other if b is None else directory
            found.append(MethodCheck(method, "none", missing_in=str(missing)))
        else:
            found.append(_stored_pair(method, a, b))
    return _compared(found)


def _with_results(directory: str | Path, names: Sequence[str]) -> list[Entry]:
    existing_directory(directory)
    for name in names:
        named_method(directory, name)
    entries = [e for e in read_entries(directory, names) if e.result or e.problems]
    if not entries:
        which = f" of {', '.join(names)}" if names else ""
        raise InputError(f"{directory}: holds no result{which} to verify (METHOD.json)")
    return entries


def _recomputed(
    directory: Path, entry: Entry, references: References, progress: Progress | None
) -> _Pair | MethodCheck:
    """A method's stored numbers, and those of its tokens."""
    method, result = entry.method, entry.result
    if entry.problems or result is None:
        return MethodCheck(method, "none", problem=str(entry.problems[0]))
    if entry.samples is None:
        return MethodCheck(method, "none", tuple(inconsistent_summary(result)))
    path = samples_path(directory, method)
    if foreign := unregistered(result):
        return MethodCheck(method, "none", problem=f"{directory / method}.json: {foreign[0]}")
    try:
        present = look(path)
        samples = read_samples(path)
        found = references.for_samples(samples, path)
    except InputError as error:
        return MethodCheck(method, "none", problem=str(error))
    tokens = {seed: part.tokens for seed, part in samples.per_seed.items()}
    # The samples that the stored numbers are of, and no answer taken on trust.
    rows = wanted_rows(result, None, is_current=True)
    asking = Asking(limit_of(rows))
    new = measure(tokens, found.statistics, progress=progress, asking=asking)
    now = numbers_of(new.per_seed, new.ci95, new.versions, samples.num_samples, rows)
    stored = stored_numbers(result, intervals_version(samples.num_samples))
    is_same = result.provenance.get("samples_sha256") == present.sha256 or same_tokens(stored, now)
    recorded = result.provenance.get("data_fingerprint")
    notes = found.notes
    if recorded is not None and recorded != found.fingerprint:
        notes = (
            *notes,
            f"the stored numbers were measured against data {recorded!s:.16}, "
            f"these against {found.fingerprint}",
        )
    notes = (*notes, *_other_reference(is_same, stored, now))
    faults = _other_files(present, result)
    return _Pair(method, result, stored, now, is_same, notes, faults)


def _other_reference(is_same: bool, stored: Numbers, now: Numbers) -> tuple[str, ...]:
    """A sentence where the tokens are the same and only the reference set is another one."""
    if is_same or not same_tokens_alone(stored, now):
        return ()
    return (
        "same tokens, another reference set: numbers that need none come out again, the others "
        "were measured against other data (data=..., data.split=..., data.split_seed=...)",
    )


def _other_files(present: Present, result: Result) -> tuple[str, ...]:
    """What is not the file that the result was measured with, by the hashes that it recorded."""
    faults = []
    recorded = result.provenance.get("samples_sha256")
    if recorded is not None and recorded != present.sha256:
        faults.append(
            f"{present.samples_path}: is not the file that was measured (its hash is "
            f"{present.sha256[:16]}, the recorded one {str(recorded)[:16]})"
        )
    if present.table_path.exists():
        try:
            check_recorded(present.table_path, result.provenance)
        except InputError as error:
            faults.append(str(error))
    return tuple(faults)


def _stored_pair(method: str, a: Result, b: Result) -> _Pair:
    stored, now = stored_numbers(a), stored_numbers(b)
    if a.provenance.get("intervals_version") != b.provenance.get("intervals_version"):
        stored = replace(stored, ci95={})
    hashes = a.provenance.get("samples_sha256"), b.provenance.get("samples_sha256")
    is_same = (None not in hashes and hashes[0] == hashes[1]) or same_tokens(stored, now)
    data = a.provenance.get("data_fingerprint"), b.provenance.get("data_fingerprint")
    notes: tuple[str, ...] = ()
    if None not in data and data[0] != data[1]:
        notes = (f"measured against different data: {data[0]!s:.16} and {data[1]!s:.16}",)
    return _Pair(method, a, stored, now, is_same, (*notes, *_other_reference(is_same, stored, now)))


def _compared(found: Sequence[_Pair | MethodCheck]) -> list[MethodCheck]:
    """Compare all pairs; how many keys there are decides how far apart they may be."""
    total = sum(
        num_tests(pair.stored, pair.now)
        for pair in found
        if isinstance(pair, _Pair) and not pair.is_same
    )
    return [pair if isinstance(pair, MethodCheck) else _method_check(pair, total) for pair in found]


def _method_check(pair: _Pair, total: int) -> MethodCheck:
    if pair.is_same:
        checks = number_by_number(pair.stored, pair.now)
    else:
        checks = within_spread(pair.stored, pair.now, total)
    # A summary that its own seeds contradict differs whatever the seeds' numbers are.
    wrong = {check.key: check for check in inconsistent_summary(pair.result)}
    checks = [wrong.pop(check.key, check) for check in checks]
    tokens: Tokens = "same" if pair.is_same else "regenerated"
    if not pair.is_same and same_tokens_alone(pair.stored, pair.now):
        tokens = "same, other reference"
    return MethodCheck(pair.method, tokens, (*checks, *wrong.values()), pair.notes, pair.faults)


def _num_samples(entry: Entry) -> int:
    """Samples that are measured for an entry, over all seeds."""
    if entry.samples is None or entry.result is None:
        return 0
    return len(entry.samples.seeds) * entry.samples.num_samples
