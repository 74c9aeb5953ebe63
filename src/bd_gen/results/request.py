"""Evaluating one method as part of many: what is asked for, and how it went."""

import traceback
from dataclasses import dataclass
from pathlib import Path

from bd_gen.data.config import DataConfig
from bd_gen.results.evaluate import Evaluation, evaluate_method
from bd_gen.results.freshness import Rows
from bd_gen.results.references import References
from bd_gen.results.samples_file import SUFFIX
from bd_gen.system.errors import InputError
from bd_gen.system.interrupts import Interrupts
from bd_gen.system.progress import Progress


@dataclass(frozen=True)
class Request:
    """What is to be evaluated, and how; the same for every method.

    Attributes:
        data: data to measure against; None: what the samples name.
        names: metrics or keys to see to; None: all.
        force: compute also what is up to date.
        realizable_rows: samples of each seed to ask for a layout; None: those that were asked
            will do, or a first few.
    """

    data: DataConfig | None = None
    names: tuple[str, ...] | None = None
    force: bool = False
    realizable_rows: Rows | None = None


@dataclass(frozen=True)
class Outcome:
    """How it went with one method.

    Attributes:
        method: its name.
        evaluation: what came out; None if it failed.
        problem: what is wrong, in one line; empty if all went well.
        fault: the traceback, if this program is to blame.
    """

    method: str
    evaluation: Evaluation | None
    problem: str = ""
    fault: str = ""


def attempt(path: Path, request: Request, references: References, progress: Progress) -> Outcome:
    """Evaluate one method; what goes wrong with it stays with it."""
    method = method_of(path)
    with Interrupts() as interrupts:
        try:
            done = evaluate_method(
                path,
                references,
                progress,
                names=request.names,
                force=request.force,
                realizable_rows=request.realizable_rows,
            )
        except InputError as error:
            interrupts.check()
            return Outcome(method, None, str(error))
        except Exception as error:
            interrupts.check()
            # A metric may be anybody's; the other methods, and other metrics' users, go on.
            reason = " ".join(str(error).split())[:300]
            problem = f"{path}: cannot be measured ({type(error).__name__}: {reason})"
            return Outcome(method, None, problem, traceback.format_exc())
    return Outcome(method, done)


def method_of(path: Path) -> str:
    """The method of a samples file, by the file's name."""
    return path.name.removesuffix(SUFFIX)
