"""Statistics of reference plans that the geometry of other plans is measured against."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from bd_gen.metrics.plan_set import PlanSet
from bd_gen.metrics.registry import METRICS, Fitted, Metric

MOST_PLANS = 2000
"""Of more reference plans so many are taken, evenly spaced: each takes a few milliseconds."""

_NOTHING = Fitted({})


class PlanReference:
    """What each metric's `fit` returned for the reference plans.

    Args:
        fitted: statistics by the name of the `fit` function that made them.
        num_plans: how many reference plans there were.
        fingerprint: of these; empty without a reference.
    """

    def __init__(self, fitted: Mapping[str, Fitted], num_plans: int, fingerprint: str = "") -> None:
        self._fitted = dict(fitted)
        self.num_plans = num_plans
        self.fingerprint = fingerprint

    @classmethod
    def fit(cls, plans: PlanSet, fingerprint: str = "") -> "PlanReference":
        """Statistics of all metrics of plans; of no plans what says that there are none."""
        fits = {
            m.fit_name: m.fit for m in METRICS.values() if m.of == "plans" and m.fit is not None
        }
        return cls(
            {name: Fitted(fit(plans)) for name, fit in fits.items()}, len(plans), fingerprint
        )

    def statistics(self, metric: Metric) -> Fitted:
        """What the metric's `fit` returned; empty for a metric without one."""
        return self._fitted[metric.fit_name] if metric.fit_name else _NOTHING


def evenly(rows: Iterable[Any], count: int, most: int = MOST_PLANS) -> list[Any]:
    """At most so many of `count` rows, evenly spaced; all that are not taken are passed over."""
    wanted = set(np.linspace(0, count - 1, min(count, most)).round().astype(int).tolist())
    return [row for k, row in enumerate(rows) if k in wanted]
