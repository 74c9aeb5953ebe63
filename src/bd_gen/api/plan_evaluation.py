"""The numbers of `bd-gen evaluate PLANS` for plans in memory."""

from collections.abc import Sequence
from typing import Any
from warnings import warn

from bd_gen.api.plan import Plan, as_plans
from bd_gen.data.config import DataConfig
from bd_gen.metrics.measure import measure_values
from bd_gen.metrics.plan_reference import PlanReference
from bd_gen.metrics.plan_set import PlanSet
from bd_gen.metrics.registry import select_metrics
from bd_gen.results.plan_references import of_data
from bd_gen.results.references import References
from bd_gen.system.errors import InputError


def evaluate_plans(
    plans: Sequence[Plan],
    reference: "DataConfig | Sequence[Plan] | None" = None,
    metrics: Sequence[str] | None = None,
    *,
    scale: float | None = None,
) -> dict[str, Any]:
    """Every metric of layouts, as `bd-gen evaluate PLANS` computes it.

    Args:
        plans: with a layout, in the words of one vocabulary.
        reference: what they are measured against: the training part of a data set, or other plans
            with a layout. Without one, distances of areas and the classifier test are left out.
        metrics: names of metrics of the family Layouts or of their numbers; all by default.
        scale: metres per pixel; by default as the words of the plans have it, else 18/256.

    Returns:
        a number by its name (docs/metrics.md#layouts-and-plans).

    Raises:
        InputError: there is nothing to measure, a plan has no layout, plans and reference have
            other words, the data cannot be loaded, or a metric is unknown.
    """
    measured = _with_layout(plans, "plans", scale)
    statistics = _statistics(reference, scale)
    if statistics.num_plans and measured.words.hash != statistics.words.hash:
        raise InputError(
            f"plans: are in the words of {measured.words.name}, and the reference in those of "
            f"{statistics.words.name}"
        )
    names = [metrics] if isinstance(metrics, str) else metrics
    return measure_values(measured, statistics, select_metrics(names, "plans")).values


def _statistics(reference: Any, scale: float | None) -> PlanReference:
    if reference is None:
        return PlanReference.fit(PlanSet(()))
    if isinstance(reference, DataConfig):
        found = of_data(reference, References(reference), scale)
        for note in found.notes:
            warn(note, stacklevel=4)
        return found.statistics
    return PlanReference.fit(_with_layout(reference, "reference", scale))


def _with_layout(plans: Any, name: str, scale: float | None) -> PlanSet:
    found = as_plans(plans, name)
    if scale is not None and not scale > 0:
        raise InputError(f"scale: expected metres per pixel above 0, got {scale!r}")
    try:
        return PlanSet(found, scale)
    except ValueError as error:
        raise InputError(f"{name}: {error}") from None
