"""The numbers of `bd-gen evaluate PLANS` for plans in memory."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from warnings import warn

from bd_gen.api.plan import Plan, as_plans
from bd_gen.data.config import DataConfig
from bd_gen.metrics.measure import measure_values
from bd_gen.metrics.plan_set import PlanSet
from bd_gen.metrics.registry import select_metrics
from bd_gen.results.plan_evaluation import FoundPlans, check_words
from bd_gen.results.plan_references import of_data, of_plans, without_reference
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
    with _in_words("plans"):
        measured = PlanSet(as_plans(plans, "plans"), _checked(scale))
    found = _found(reference, scale)
    check_words(measured, found, "plans")
    names = [metrics] if isinstance(metrics, str) else metrics
    return measure_values(measured, found.statistics, select_metrics(names, "plans")).values


def _found(reference: Any, scale: float | None) -> FoundPlans:
    """Statistics of the reference; what people should know of it is a warning."""
    if reference is None:
        return without_reference()
    if isinstance(reference, DataConfig):
        found = of_data(reference, References(reference), scale)
    else:
        with _in_words("reference"):
            found = of_plans(as_plans(reference, "reference"), "in memory", "", scale)
    for note in found.notes:
        warn(note, stacklevel=4)
    return found


def _checked(scale: float | None) -> float | None:
    if scale is not None and not scale > 0:
        raise InputError(f"scale: expected metres per pixel above 0, got {scale!r}")
    return scale


@contextmanager
def _in_words(name: str) -> Iterator[None]:
    """What is wrong with plans, told of what they are."""
    try:
        yield
    except ValueError as error:
        raise InputError(f"{name}: {error}") from None
