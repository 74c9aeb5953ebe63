"""Unfinished samples, kept beside the results until they are complete."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bd_gen.files import write_with


class PartialSamples:
    """Tokens of all seeds as far as they are drawn.

    Attributes:
        tokens: (seeds, num_samples, length) uint8.
        is_drawn: (seeds, num_samples) bool.
        num_drawn: diagrams drawn since this object was made.
    """

    def __init__(self, path: Path, key: str, tokens: np.ndarray, is_drawn: np.ndarray) -> None:
        self._path = path
        self._key = key
        self.tokens = tokens
        self.is_drawn = is_drawn
        self.num_drawn = 0

    @staticmethod
    def open(
        path: Path, key: Mapping[str, Any], seeds: Sequence[int], shape: tuple[int, int]
    ) -> "PartialSamples":
        """What an earlier start left at `path` under the same key, or nothing drawn yet."""
        text = json.dumps(key, sort_keys=True)
        full = (len(seeds), *shape)
        try:
            # Opened here, as numpy leaves a damaged file open.
            with path.open("rb") as raw, np.load(raw, allow_pickle=False) as stored:
                tokens, is_drawn = stored["tokens"], stored["is_drawn"]
                fits = (
                    str(stored["key"]) == text
                    and (tokens.shape, tokens.dtype) == (full, np.uint8)
                    and (is_drawn.shape, is_drawn.dtype) == (full[:2], np.bool_)
                )
        except Exception:
            # Nothing there, or half a file, which numpy and zipfile answer with a dozen kinds of
            # errors; whatever it is, begin anew.
            fits = False
        if fits:
            return PartialSamples(path, text, tokens, is_drawn)
        return PartialSamples(path, text, np.zeros(full, np.uint8), np.zeros(full[:2], np.bool_))

    @property
    def num_done(self) -> int:
        """Diagrams drawn so far, by this start and earlier ones."""
        return int(self.is_drawn.sum())

    @property
    def is_done(self) -> bool:
        """Whether nothing is missing."""
        return bool(self.is_drawn.all())

    def missing(self, batch_size: int) -> Iterator[tuple[int, int, int]]:
        """(index of the seed, first, last + 1) of stretches that are still to be drawn."""
        for k, drawn in enumerate(self.is_drawn):
            for first in range(0, len(drawn), batch_size):
                last = min(first + batch_size, len(drawn))
                if not drawn[first:last].all():
                    yield k, first, last

    def put(self, k: int, first: int, rows: np.ndarray) -> None:
        """Keep the samples first, first + 1, ... of the seed at index k."""
        self.tokens[k, first : first + len(rows)] = rows
        self.is_drawn[k, first : first + len(rows)] = True
        self.num_drawn += len(rows)

    def save(self) -> None:
        """Write everything to disk."""
        if self.num_done:
            write_with(
                self._path,
                lambda file: np.savez(
                    file, key=np.array(self._key), tokens=self.tokens, is_drawn=self.is_drawn
                ),
            )

    def remove(self) -> None:
        """Forget the file; the samples are in their place."""
        self._path.unlink(missing_ok=True)
