"""Statistics of reference plans that the geometry of other plans is measured against."""

import warnings
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.words import Words
from bd_gen.metrics.keys import Fitted
from bd_gen.metrics.plan_set import PlanSet
from bd_gen.metrics.registry import METRICS, Metric
from bd_gen.metrics.statistics_file import read_statistics, write_statistics
from bd_gen.system.errors import InputError

MOST_PLANS = 2000
"""Of more reference plans so many are taken, evenly spaced: each takes some 20 milliseconds."""

_FORMAT_VERSION = 1
_NOTHING = Fitted({})


class PlanReference:
    """What each metric's `fit` returned for the reference plans.

    Args:
        fitted: statistics by the name of the `fit` function that made them.
        num_plans: how many reference plans there were.
        fingerprint: of these; empty without a reference.
        words: what their types mean.
    """

    def __init__(
        self,
        fitted: Mapping[str, Fitted],
        num_plans: int,
        fingerprint: str = "",
        words: Words = RPLAN,
    ) -> None:
        self._fitted = dict(fitted)
        self.num_plans = num_plans
        self.fingerprint = fingerprint
        self.words = words

    @classmethod
    def fit(cls, plans: PlanSet, fingerprint: str = "") -> "PlanReference":
        """Statistics of all metrics of plans; of no plans what says that there are none."""
        fitted = {
            metric.fit_name: Fitted(metric.fit(plans))
            for metric in METRICS.values()
            if metric.of == "plans" and metric.fit is not None
        }
        return cls(fitted, len(plans), fingerprint, plans.words)

    def statistics(self, metric: Metric) -> Fitted:
        """What the metric's `fit` returned; empty for a metric without one."""
        return self._fitted[metric.fit_name] if metric.fit_name else _NOTHING

    def save(self, path: Path) -> None:
        """Write everything to an npz file, atomically and without pickle.

        Raises:
            InputError: the file cannot be written.
        """
        header = {**_expected(self.words), "num_plans": self.num_plans}
        write_statistics(path, header, self._fitted)

    @classmethod
    def load(cls, path: Path, words: Words, fingerprint: str) -> "PlanReference | None":
        """What `save` wrote; None if it is missing, damaged, or of other metrics or words."""
        try:
            header, fitted = read_statistics(path)
            num_plans = int(header.pop("num_plans"))
        except Exception:  # whatever is wrong with it, it is made anew
            return None
        if header != _expected(words):
            return None
        return cls(fitted, num_plans, fingerprint, words)


def _expected(words: Words) -> dict[str, Any]:
    """What a file must say of itself to be used."""
    fitting = [m for m in METRICS.values() if m.of == "plans" and m.fit is not None]
    versions = {metric.name: [metric.fit_name, metric.version] for metric in fitting}
    return {"format_version": _FORMAT_VERSION, "words": words.hash, "versions": versions}


def load_or_fit_plans(
    plans: Callable[[], PlanSet],
    words: Words,
    fingerprint: str,
    scale: float,
    cache_dir: str | Path,
) -> PlanReference:
    """The statistics of reference plans, from the cache where it has them.

    Args:
        plans: gives the plans; called only if they have to be measured.
        words: what their types mean.
        fingerprint: of the plans; others need another one.
        scale: metres per pixel.
        cache_dir: folder of the cache file. A damaged file is replaced; if none can be written the
            caller is warned, and the plans are measured again the next time.
    """
    path = Path(cache_dir) / f"plan-reference-{fingerprint[:32]}-{scale:.9g}.npz"
    found = PlanReference.load(path, words, fingerprint)
    if found is not None:
        return found
    found = PlanReference.fit(plans(), fingerprint)
    try:
        found.save(path)
    except InputError as error:
        warnings.warn(f"{error}; reference statistics are not kept", stacklevel=2)
    return found


def evenly(rows: Iterable[Any], count: int, most: int = MOST_PLANS) -> list[Any]:
    """At most so many of `count` rows, evenly spaced; all that are not taken are passed over."""
    wanted = set(np.linspace(0, count - 1, min(count, most)).round().astype(int).tolist())
    return [row for k, row in enumerate(rows) if k in wanted]
