"""Which of many diagrams have a layout, each distinct question asked once.

Whether a diagram has a layout depends on its relations alone, not on its types. It does depend on
the order of the rooms: the rule asks where the centre of the first room lies, seen from the box
of the second, and renumbering turns this round. The canonical form of `diagrams.canonical`
writes 9 - r for an edge seen from its other end, which has other layouts, or none. So answers are
kept by the relations exactly as they stand. (Little is lost: of 5,000 sampled diagrams hardly
five have a twin that only the order tells apart.)
"""

import hashlib
import math
from collections.abc import Callable

import numpy as np

from bd_gen.diagrams.tokens import diagrams_from_tokens, is_well_formed, num_rooms_of
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.layouts.answers import KEY_SIZE, AnswerCache
from bd_gen.layouts.many import Solvers
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.search import Status

NO_DIAGRAM = -1
"""Stands where a row is no complete diagram (with MASK, say), so that there is no question."""

_CHUNK = 16  # diagrams handed to a process at a time


def realizable(
    tokens: np.ndarray,
    vocabulary: Vocabulary,
    time_limit: float = 1.0,
    workers: int = 1,
    cache: AnswerCache | None = None,
    progress: Callable[[int, int], None] | None = None,
    effort_limit: float = math.inf,
) -> np.ndarray:
    """Which rows are diagrams that have a layout.

    Args:
        tokens: (N, length) uint8 token rows.
        vocabulary: layout of the rows.
        time_limit: seconds for each diagram.
        workers: processes to use.
        cache: answers that are known; new ones are added.
        progress: called as progress(done, total) with the number of distinct new questions.
        effort_limit: for each diagram, see `SolverOptions`; the same on every machine.

    Returns:
        (N,) int8: a `Status` (unrealizable 0, realizable 1, time limit 2), or NO_DIAGRAM -1.

    Raises:
        InputError: OR-tools is missing.
    """
    cache = cache if cache is not None else AnswerCache()
    rows = np.flatnonzero(is_well_formed(tokens, vocabulary))
    keys = _keys(tokens[rows], vocabulary)
    new = {key: row for key, row in zip(keys, rows, strict=True) if key not in cache.answers}
    diagrams = diagrams_from_tokens(tokens[list(new.values())], vocabulary)
    answers = dict(cache.answers)
    options = SolverOptions(time_limit=time_limit, effort_limit=effort_limit, improve_seconds=0)
    with Solvers(workers) as solvers:
        layouts = solvers.lay_out(diagrams, options, _CHUNK)
        for done, (key, layout) in enumerate(zip(new, layouts, strict=True), 1):
            answers[key] = int(layout.status)
            if layout.status is not Status.TIME_LIMIT:
                cache.answers[key] = answers[key]
            if progress is not None:
                progress(done, len(new))
    statuses = np.full(len(tokens), NO_DIAGRAM, np.int8)
    statuses[rows] = [answers[key] for key in keys]
    return statuses


def _keys(tokens: np.ndarray, vocabulary: Vocabulary) -> list[bytes]:
    """What an answer depends on: the number of rooms and the relations, types left out."""
    num_rooms = num_rooms_of(tokens, vocabulary)
    real = vocabulary.real_mask(num_rooms) & ~vocabulary.is_node
    return [
        hashlib.blake2b(bytes([n]) + row[mask].tobytes(), digest_size=KEY_SIZE).digest()
        for row, mask, n in zip(tokens, real, num_rooms.tolist(), strict=True)
    ]
