"""Which diagrams make up which batch, as a function of seed and step alone.

Every batch holds the same number of diagrams of each size. So all batches have the same shape,
which spares compiling kernels for thousands of shapes, and the sizes add no noise to the loss.
What rounding to whole diagrams distorts, weights put right.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from bd_gen.system.errors import InputError


@dataclass(frozen=True)
class Stratum:
    """The diagrams of one size in every batch.

    Attributes:
        num_rooms: their size.
        rows: (R,) rows of the data set that have it.
        count: how many of them are in a batch.
        weight: what each of them counts, so that a batch's weights are the data's shares.
    """

    num_rooms: int
    rows: np.ndarray
    count: int
    weight: float


class BatchOrder:
    """Endless streams of epochs, one for each size, cut into batches.

    A batch depends on (seed, step) only, so a resumed run sees what an uninterrupted one sees.

    Args:
        num_rooms: (N,) of the data set.
        batch_size: rows of a batch.
        seed: of the epochs.
        draws: rows that each diagram of a batch takes.
    """

    def __init__(self, num_rooms: np.ndarray, batch_size: int, seed: int, draws: int = 1) -> None:
        """Divide batches among the sizes of the data set.

        Raises:
            InputError: no data, or fewer places in a batch than sizes.
        """
        if not len(num_rooms):
            raise InputError("training: there is nothing to train on")
        sizes, totals = np.unique(num_rooms, return_counts=True)
        num_diagrams = batch_size // draws
        if num_diagrams < len(sizes):
            each = "one" if draws == 1 else f"{draws} draws of one"
            raise InputError(
                f"training.batch_size must be at least {draws * len(sizes)}, {each} for each "
                f"number of rooms in the data, got {batch_size}"
            )
        counts = _apportioned(totals, num_diagrams)
        shares = totals / totals.sum() * num_diagrams
        self.strata = [
            Stratum(int(n), np.flatnonzero(num_rooms == n), int(count), float(share / count))
            for n, count, share in zip(sizes, counts, shares, strict=True)
        ]
        self.seed = seed
        self._epoch = lru_cache(maxsize=2 * len(self.strata))(self._permutation)

    def _permutation(self, k: int, epoch: int) -> np.ndarray:
        stratum = self.strata[k]
        order = np.random.default_rng([self.seed, epoch, stratum.num_rooms])
        return order.permutation(stratum.rows)

    def batch(self, step: int) -> list[np.ndarray]:
        """Rows of the batch of step 0, 1, 2, ..., one array for each stratum."""
        return [self._rows(k, step) for k in range(len(self.strata))]

    def _rows(self, k: int, step: int) -> np.ndarray:
        stratum = self.strata[k]
        place, missing = step * stratum.count, stratum.count
        parts = []
        while missing:
            epoch, start = divmod(place, len(stratum.rows))
            part = self._epoch(k, epoch)[start : start + missing]
            parts.append(part)
            place += len(part)
            missing -= len(part)
        return np.concatenate(parts)


def _apportioned(totals: np.ndarray, places: int) -> np.ndarray:
    """Places for each size, at least one, otherwise in proportion (largest remainders)."""
    shares = totals / totals.sum() * (places - len(totals))
    counts = np.floor(shares).astype(np.int64)
    rest = places - len(totals) - counts.sum()
    counts[np.argsort(counts - shares, kind="stable")[:rest]] += 1
    return counts + 1


def noise_seed(seed: int, step: int) -> int:
    """32 bits for the generator of one step (torch's CPU generator uses no more than 32)."""
    return int(np.random.SeedSequence([seed, step, 1]).generate_state(1)[0])
