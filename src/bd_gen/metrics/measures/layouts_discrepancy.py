"""Classifier two-sample test on geometry: how well plans are told from reference plans.

The test is that of `discrepancy` (Krimmel et al., arXiv:2510.06122), with descriptors of geometry.
"""

import math
from typing import Any

import numpy as np

from bd_gen.metrics.keys import Fitted, MetricKey, not_computed
from bd_gen.metrics.measures.discrepancy import MIN_DIAGRAMS, Separation, bounds, separate
from bd_gen.metrics.plan_descriptors import PLAN_DESCRIPTORS, described_plans
from bd_gen.metrics.plan_set import PlanSet
from bd_gen.metrics.registry import metric

MIN_PLANS = MIN_DIAGRAMS
"""With fewer plans on a side nothing is computed."""

_BITS = "layout_pgd_bits"
_SEED = 0


def reference_descriptions(plans: PlanSet) -> dict[str, np.ndarray]:
    """Descriptors of the reference plans by name, (R, D), in random order."""
    return shuffled(described_plans(plans), len(plans))


def shuffled(rows: dict[str, np.ndarray], count: int) -> dict[str, np.ndarray]:
    """At most `count` of some rows (N, D) a descriptor, in a random order.

    It is always the same for the same rows in whatever order, and the same for all descriptors.
    """
    if not count:
        return rows
    whole = np.concatenate(list(rows.values()), axis=1)
    order = np.lexsort(whole.T[::-1])
    chosen = order[np.random.default_rng(_SEED).permutation(len(order))[:count]]
    return {name: of[chosen] for name, of in rows.items()}


def plan_separations(plans: PlanSet, fitted: Fitted) -> dict[str, Separation]:
    """The test for each descriptor, by name; none with fewer than `MIN_PLANS` of a side."""
    from threadpoolctl import threadpool_limits

    count = min(len(plans), len(fitted["sizes"]))
    if count < MIN_PLANS:
        return {}
    drawn = shuffled(described_plans(plans), count)
    # Sums in another order differ in the last bit, so one thread does it all.
    with threadpool_limits(limits=1):
        return {name: separate(fitted[name][:count], drawn[name]) for name in PLAN_DESCRIPTORS}


def _key(name: str, display: str, row: str) -> MetricKey:
    unclipped = f"{_BITS}/{row}"
    return MetricKey(name, display, "lower", "value", range=(0.0, 1.0), unclipped=unclipped)


@metric(
    family="Layouts",
    of="plans",
    keys=(
        _key("layout/pgd", "PolyGraph discrepancy, geometry", "best"),
        *(_key(f"layout/pgd_{name}", f"PGD, {name}", name) for name in PLAN_DESCRIPTORS),
        MetricKey(
            _BITS,
            "PGD of geometry in bits, unclipped",
            None,
            "value",
            nested=True,
            range=(-math.inf, 1.0),
            in_tables=False,
        ),
    ),
    fit=reference_descriptions,
    version=2,
)
def layout_discrepancy(plans: PlanSet, fitted: Fitted) -> dict[str, Any]:
    """Lower bounds of the Jensen-Shannon distance between plans and reference plans.

    `layout/pgd` is the bound of the descriptor that does best in cross-validation. Only results
    from equal numbers of plans compare.
    """
    found = plan_separations(plans, fitted)
    names = ("layout/pgd", *(f"layout/pgd_{name}" for name in PLAN_DESCRIPTORS), _BITS)
    if not found:
        fewer = "plans" if len(plans) < MIN_PLANS else "reference plans"
        return dict(not_computed(names, f"fewer than {MIN_PLANS} {fewer}"))
    return bounds("layout/pgd", _BITS, found)
