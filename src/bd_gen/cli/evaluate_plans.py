"""`bd-gen evaluate PLANS.jsonl`: the metrics of layouts, of files of plans."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bd_gen.cli.evaluating import Reporter
from bd_gen.system.errors import InputError

if TYPE_CHECKING:
    from bd_gen.data.config import DataConfig
    from bd_gen.results.evaluate import Evaluation
    from bd_gen.results.plan_evaluation import FoundPlans, NamedPlans

_ENDINGS = (".jsonl", ".json", ".jsonl.gz", ".json.gz", ".graphml")


def parted(words: Sequence[str]) -> tuple[list[Path], list[str]]:
    """Files of plans among the arguments, and overrides such as `data=plans`."""
    files, overrides = [], []
    for word in words:
        is_override = "=" in word and not Path(word).exists()
        if not is_override and (word.lower().endswith(_ENDINGS) or Path(word).is_file()):
            files.append(Path(word))
        else:
            overrides.append(word)
    return files, overrides


def check_options(given: Mapping[str, Any]) -> None:
    """Refuse options that are of samples and would bind nothing.

    Args:
        given: the value of each option by its name; false where it is not given.

    Raises:
        InputError: one is given.
    """
    for name, value in given.items():
        if value:
            raise InputError(f"{name}: is of samples, and does nothing for files of plans")


def evaluate_plan_files(
    paths: Sequence[Path],
    directory: Path,
    reporter: Reporter,
    *,
    data: "DataConfig | None",
    against: Path | None,
    scale: float | None,
    is_real_asked: bool,
    names: Sequence[str] | None,
    force: bool,
) -> "list[Evaluation]":
    """Measure files of plans, and real held-out plans if asked for; say how it went.

    Raises:
        InputError: what to measure against cannot be used, two files have one name, or a file
            cannot be used and the reporter ends there.
    """
    from bd_gen.results.plan_evaluation import evaluate_plans
    from bd_gen.results.references import References

    if data is not None and against is not None:
        raise InputError("--against: goes without data=..., which names the reference already")
    if is_real_asked and data is None:
        raise InputError("--real: needs the data whose held-out plans it takes: data=... ")
    references = References(data)
    measured = _read(paths, scale, reporter)
    reference = _reference(data, against, references, scale)
    if is_real_asked and data is not None:
        from bd_gen.results.plan_references import held_out

        count = max((len(named.plans) for named in measured), default=1000)
        measured.insert(0, held_out(data, references, count, scale))
    found = []
    for named in measured:
        try:
            with _bar(f"measuring {named.name}") as progress:
                done = evaluate_plans(
                    named, reference, directory, progress, names=names, force=force
                )
        except InputError as error:
            reporter.problem(str(error))
            continue
        reporter.evaluation(named.name, done)
        found.append(done)
    return found


def _read(paths: Sequence[Path], scale: float | None, reporter: Reporter) -> "list[NamedPlans]":
    """The plans of each file that can be used."""
    found: list[NamedPlans] = []
    for path in paths:
        try:
            named = read_named(path, scale)
        except InputError as error:
            reporter.problem(str(error))
            continue
        if any(named.name == other.name for other in found):
            raise InputError(f"{path}: another file has the name {named.name} already")
        found.append(named)
    return found


def read_named(path: Path, scale: float | None) -> "NamedPlans":
    """The plans with a layout of a file; a note counts those without.

    Raises:
        InputError: the file cannot be used, or no plan in it has a layout.
    """
    from bd_gen.data.cache import file_hash
    from bd_gen.exchange.laid_out_files import read_laid_out
    from bd_gen.results.plan_evaluation import NamedPlans

    read = read_laid_out(path)
    plans = tuple(plan for plan in read.plans if plan.boxes is not None)
    if not plans:
        raise InputError(
            f"{path}: no plan has boxes or polygons; `bd-gen export` lays out diagrams"
        )
    missing = len(read.plans) - len(plans)
    notes = [
        *read.notes,
        *([f"{missing} plans have no layout and are left out"] if missing else []),
    ]
    return NamedPlans(_name(path), plans, scale, file_hash(path), str(path), "", tuple(notes))


def _name(path: Path) -> str:
    name = path.name.removesuffix(".gz")
    return Path(name).stem or name


def _reference(
    data: "DataConfig | None", against: Path | None, references: Any, scale: float | None
) -> "FoundPlans":
    from bd_gen.results.plan_references import of_data, of_plans, without_reference

    with _bar("measuring reference plans") as progress:
        if data is not None:
            return of_data(data, references, scale, progress)
        if against is not None:
            named = read_named(against, scale)
            return of_plans(named.plans, named.source, named.sha256, scale, progress)
    return without_reference()


def _bar(description: str) -> AbstractContextManager[Any]:
    """A bar on a terminal; elsewhere nothing, so that rich need not be imported."""
    import sys

    from bd_gen.cli.progress import bar

    return bar(description, "plans") if sys.stderr.isatty() else nullcontext()
