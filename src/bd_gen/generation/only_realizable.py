"""Only diagrams of which there is a layout: the judge of `sampling.rejection` that asks the solver.

The solver's limit is its effort and never the clock, so that a busy machine keeps the same
diagrams. A diagram that it cannot decide within that effort is refused like one that is proven
to have no layout, and counted apart. Known answers are those of this process alone: a file of
answers may hold some that took another effort. How often a sample was tried stands as bytes behind
its tokens, so that unfinished work keeps it too.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.layouts.answers import AnswerCache
from bd_gen.layouts.outcome import has_solver
from bd_gen.layouts.realizable import BY_EFFORT, realizable
from bd_gen.layouts.search import Status
from bd_gen.results.rejection import Rejection
from bd_gen.sampling.method import Method
from bd_gen.sampling.rejection import RejectionSampler, Verdict
from bd_gen.sampling.sampler import Sampler
from bd_gen.system.errors import InputError

_NO_CLOCK = replace(BY_EFFORT, time_limit=1e9)
_MOST_KNOWN = 200_000  # answers, some 30 MB

_VERDICTS = {
    Status.REALIZABLE: Verdict.ACCEPTED,
    Status.UNREALIZABLE: Verdict.REFUSED,
    Status.TIME_LIMIT: Verdict.UNDECIDED,
}


class LayoutJudge:
    """Accepts diagrams of which the solver finds a layout.

    Args:
        vocabulary: the layout of the rows.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._known = AnswerCache()

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        """See `Judge`.

        Raises:
            InputError: OR-tools is missing.
        """
        if len(self._known.answers) > _MOST_KNOWN:
            self._known = AnswerCache()
        statuses = realizable(rows, self._vocabulary, _NO_CLOCK, cache=self._known)
        # What is no complete diagram has no layout either.
        return np.array([_VERDICTS.get(s, Verdict.REFUSED) for s in statuses.tolist()], np.int8)


def check_solver(method: Method) -> None:
    """Make sure that a method's draws can be judged here.

    Raises:
        InputError: it keeps only what can be laid out, and OR-tools is missing.
    """
    if method.only_realizable and not has_solver():
        raise InputError("eval.only_realizable needs OR-tools: pip install 'bd-gen[layout]'")


_TRIES = np.dtype("<u4")
_SIZE = 2 * _TRIES.itemsize  # attempts, and how many were undecided


def row_size(method: Method, length: int) -> int:
    """Bytes of a sample: `length` tokens, and its tries if it can have several."""
    return length + (_SIZE if method.only_realizable else 0)


def drawn_rows(sampler: Sampler, seed: int, samples: range, batch_size: int) -> np.ndarray:
    """(n, row size) uint8: samples of a seed, each with its tries if it can have several.

    Raises:
        InputError: hardly any draw can be kept.
    """
    if not isinstance(sampler, RejectionSampler):
        return sampler.sample(seed, samples, batch_size)
    kept = sampler.draw(seed, samples, batch_size)
    return np.hstack([kept.rows, np.ascontiguousarray(kept.tries, _TRIES).view(np.uint8)])


def tokens_in(rows: np.ndarray, length: int) -> np.ndarray:
    """(n, length) uint8 token rows."""
    return np.ascontiguousarray(rows[:, :length])


def rejection_in(rows: np.ndarray, length: int, seeds: Sequence[int]) -> dict[int, Rejection]:
    """What was refused, by seed, of rows (seeds, n, row size); empty if they do not tell."""
    if rows.shape[2] == length:
        return {}
    found = {}
    for seed, part in zip(seeds, rows, strict=True):
        tries = np.ascontiguousarray(part[:, length:]).view(_TRIES).sum(axis=0, dtype=np.int64)
        attempts, undecided = tries.tolist()
        found[seed] = Rejection(attempts, attempts - len(part) - undecided, undecided)
    return found
