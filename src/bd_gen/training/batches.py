"""Which diagrams make up which batch, as a function of seed and step alone."""

from functools import lru_cache

import numpy as np


class BatchOrder:
    """An endless stream of epochs, each its own permutation of the rows, cut into batches.

    A batch depends on (seed, step) only, so a resumed run sees what an uninterrupted one sees.
    """

    def __init__(self, num_rows: int, batch_size: int, seed: int) -> None:
        if num_rows < 1:
            raise ValueError("there is nothing to train on")
        self.num_rows = num_rows
        self.batch_size = batch_size
        self.seed = seed
        self._epoch = lru_cache(maxsize=2)(self._permutation)

    def _permutation(self, epoch: int) -> np.ndarray:
        return np.random.default_rng([self.seed, epoch]).permutation(self.num_rows)

    def batch(self, step: int) -> np.ndarray:
        """(batch_size,) rows of the batch of step 0, 1, 2, ..."""
        place = step * self.batch_size
        parts, missing = [], self.batch_size
        while missing:
            epoch, start = divmod(place, self.num_rows)
            part = self._epoch(epoch)[start : start + missing]
            parts.append(part)
            place += len(part)
            missing -= len(part)
        return np.concatenate(parts)


def noise_seed(seed: int, step: int) -> int:
    """32 bits for the generator of one step (torch's CPU generator uses no more than 32)."""
    return int(np.random.SeedSequence([seed, step, 1]).generate_state(1)[0])
