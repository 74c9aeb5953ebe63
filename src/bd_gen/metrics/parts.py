"""Large sets of samples a part at a time, so that the features of all never exist at once.

A million rows of tokens are 36 MB; what metrics read off them would be gigabytes. So a function
whose result is a row for each sample (`by_row`) or adds up over samples (`additive`) is given
the parts of a large set one after the other. A set of up to `PART_ROWS` samples is one part, and
its features are shared by all metrics.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import numpy as np

from bd_gen.diagrams.diagram_set import DiagramSet

PART_ROWS = 20_000
"""Samples of a part. Sets of up to so many are measured in one piece."""

P = ParamSpec("P")
Rows = TypeVar("Rows", np.ndarray, dict[str, np.ndarray])


def parts(samples: DiagramSet, rows: int | None = None) -> Iterator[tuple[int, DiagramSet]]:
    """The parts of a set, and the number of the first sample of each; one part if it is small.

    Args:
        rows: samples of a part, `PART_ROWS` by default.
    """
    rows = PART_ROWS if rows is None else rows
    if len(samples) <= rows:
        yield 0, samples
        return
    for start in range(0, len(samples), rows):
        yield start, DiagramSet(samples.tokens[start : start + rows], samples.vocabulary)


def release(samples: DiagramSet) -> None:
    """Let go of what was worked out for a set that has several parts."""
    if len(samples) > PART_ROWS:
        samples.forget()


def by_row(
    function: Callable[Concatenate[DiagramSet, P], Rows],
) -> Callable[Concatenate[DiagramSet, P], Rows]:
    """A function that has a row for each sample, which depends on that sample alone.

    It returns an array (N, ...) or several by name.
    """

    @wraps(function)
    def joined(samples: DiagramSet, *args: P.args, **kwargs: P.kwargs) -> Rows:
        found = [function(part, *args, **kwargs) for _, part in parts(samples)]
        if len(found) == 1:
            return found[0]
        rows: Rows = _concatenated(found)
        return rows

    return joined


def _concatenated(found: list[Any]) -> Any:
    if isinstance(found[0], Mapping):
        return {name: np.concatenate([part[name] for part in found]) for name in found[0]}
    return np.concatenate(found)


def additive(
    function: Callable[Concatenate[DiagramSet, P], dict[str, np.ndarray]],
) -> Callable[Concatenate[DiagramSet, P], dict[str, np.ndarray]]:
    """A function that counts: what it returns for a set is the sum over the set's parts.

    It returns arrays by name. Histograms (K,) of unequal length have zeros appended.
    """

    @wraps(function)
    def summed(samples: DiagramSet, *args: P.args, **kwargs: P.kwargs) -> dict[str, np.ndarray]:
        total: dict[str, np.ndarray] = {}
        for _, part in parts(samples):
            counts = function(part, *args, **kwargs)
            total = {name: _sum(total[name], counts[name]) for name in total} if total else counts
        return total

    return summed


def _sum(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    if a.shape == b.shape:
        return np.asarray(a + b)
    longer, shorter = (a, b) if len(a) > len(b) else (b, a)
    longer = longer.copy()
    longer[: len(shorter)] += shorter
    return longer
