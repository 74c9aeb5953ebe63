"""Which of many diagrams have a layout, each distinct question asked once.

Whether a diagram has a layout depends on its relations alone, not on its types. It does depend on
the order of the rooms: the rule asks where the centre of the first room lies, seen from the box
of the second, and renumbering turns this round. The canonical form of `diagrams.canonical`
writes 9 - r for an edge seen from its other end, which has other layouts, or none. So answers are
kept by the relations exactly as they stand. (Little is lost: of 5,000 sampled diagrams hardly
five have a twin that only the order tells apart.)
"""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.tokens import diagrams_from_tokens, is_well_formed, num_rooms_of
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.layouts.answers import KEY_SIZE, AnswerCache
from bd_gen.layouts.many import Solvers
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.search import Status
from bd_gen.system.errors import InputError

NO_DIAGRAM = -1
"""Stands where a row is no complete diagram (with MASK, say), so that there is no question."""
NOT_ASKED = -2
"""Stands where a row was not asked."""

DEFAULT_ROWS = 100
"""Of 1,000 diagrams a seed and five seeds these are 500: about 1.5 s, and a share of 90 % is
known to 2.6 points."""

BY_EFFORT = SolverOptions(time_limit=300.0, effort_limit=2.5, improve_effort=0)
"""Any layout will do. The effort for each diagram is 10 s of an idle core, and several thousand
times what the median diagram takes; by effort and not by the clock, so that a busy machine gives
the same. No diagram is known whose effort takes 300 s."""

_CHUNK = 16  # diagrams handed to a process at a time
_SAVE_EVERY = 2000  # rows after which answers are saved, so that not much is lost


def realizable(
    tokens: np.ndarray,
    vocabulary: Vocabulary,
    options: SolverOptions = BY_EFFORT,
    workers: int = 1,
    cache: AnswerCache | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> np.ndarray:
    """Which rows are diagrams that have a layout.

    Args:
        tokens: (N, length) uint8 token rows.
        vocabulary: layout of the rows.
        options: of the solver, which improves nothing; limits are for each diagram.
        workers: processes to use.
        cache: answers that are known; new ones are added.
        progress: called as progress(done, total) with the number of distinct new questions.

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
    words = vocabulary.words
    first = b"" if words == RPLAN else words.hash.encode()
    return [
        hashlib.blake2b(first + bytes([n]) + row[mask].tobytes(), digest_size=KEY_SIZE).digest()
        for row, mask, n in zip(tokens, real, num_rooms.tolist(), strict=True)
    ]


@dataclass(frozen=True)
class Asking:
    """Which rows of a set are asked for a layout, and where known answers are kept.

    Attributes:
        rows: only the first so many; None: all.
        answers: file of known answers, to which new ones are added; None: none. It changes how
            long it takes and nothing else, and where it cannot be written it is done without.
    """

    rows: int | None = DEFAULT_ROWS
    answers: Path | None = None

    def statuses(self, tokens: np.ndarray, vocabulary: Vocabulary) -> np.ndarray:
        """(N,) int8: as `realizable` says, or NOT_ASKED, for (N, length) uint8 rows.

        Raises:
            InputError: OR-tools is missing.
        """
        found = np.full(len(tokens), NOT_ASKED, np.int8)
        last = len(tokens) if self.rows is None else min(self.rows, len(tokens))
        cache = AnswerCache(self.answers)
        for start in range(0, last, _SAVE_EVERY):
            part = slice(start, min(start + _SAVE_EVERY, last))
            known = len(cache.answers)
            found[part] = realizable(tokens[part], vocabulary, cache=cache)
            if len(cache.answers) > known and self.answers is not None:
                with suppress(InputError):
                    cache.save(self.answers)
        return found
