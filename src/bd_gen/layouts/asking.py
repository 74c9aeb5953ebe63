"""Which rows of a set are asked for a layout, and the answers."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.layouts.answers import AnswerCache
from bd_gen.layouts.realizable import realizable
from bd_gen.system.errors import InputError

DEFAULT_ROWS = 100
"""Of 1,000 diagrams a seed and five seeds these are 500: about 1.5 s, and a share of 90 % is
known to 2.6 points."""

NOT_ASKED = -2
"""Stands where a row was not asked, beside `Status` and `realizable.NO_DIAGRAM`."""

EFFORT_LIMIT = 2.5
"""Deterministic time for each diagram: 10 s of an idle core, and several thousand times what the
median diagram takes. By effort and not by the clock, so that a busy machine gives the same."""

TIME_LIMIT = 300.0
"""Seconds for each diagram, should its effort take that long; no such diagram is known."""

_SAVE_EVERY = 2000  # rows after which answers are saved, so that not much is lost


@dataclass(frozen=True)
class Asking:
    """Which rows are asked for a layout, and where known answers are kept.

    Attributes:
        rows: only the first so many; None: all.
        answers: file of known answers, to which new ones are added; None: none. It changes how
            long it takes and nothing else, and where it cannot be written it is done without.
    """

    rows: int | None = DEFAULT_ROWS
    answers: Path | None = None

    def statuses(self, tokens: np.ndarray, vocabulary: Vocabulary) -> np.ndarray:
        """(N,) int8: a `Status`, NO_DIAGRAM, or NOT_ASKED, for (N, length) uint8 rows.

        Raises:
            InputError: OR-tools is missing.
        """
        found = np.full(len(tokens), NOT_ASKED, np.int8)
        last = len(tokens) if self.rows is None else min(self.rows, len(tokens))
        cache = AnswerCache(self.answers)
        for start in range(0, last, _SAVE_EVERY):
            part = slice(start, min(start + _SAVE_EVERY, last))
            known = len(cache.answers)
            found[part] = realizable(
                tokens[part], vocabulary, TIME_LIMIT, cache=cache, effort_limit=EFFORT_LIMIT
            )
            if len(cache.answers) > known:
                self._save(cache)
        return found

    def _save(self, cache: AnswerCache) -> None:
        try:
            if self.answers is not None:
                cache.save(self.answers)
        except InputError:
            pass
