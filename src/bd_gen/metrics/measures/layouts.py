"""Layouts: what plans with boxes or polygons look like, against real ones.

Everything here is measured on a `PlanSet`. Means and shares say what plans are like and have a best
value; distances compare areas and proportions of rooms with those of reference plans.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from bd_gen.metrics.keys import Direction, Fitted, MetricKey, NotComputed
from bd_gen.metrics.plan_set import PlanSet
from bd_gen.metrics.registry import metric
from bd_gen.metrics.resampling import Weights, weighted_sums
from bd_gen.metrics.weighted import weighted_quantiles, weighted_w1

FAMILY = "Layouts"

LEAST_ROOMS = 20
"""Types with fewer rooms among the reference plans are not compared."""

MOST_ROOMS = 5000
"""Values of each type that are kept of the reference plans, evenly spaced by rank."""

_SHARES: dict[str, tuple[str, str, Direction]] = {
    "layout/access": ("is_accessible", "Every room reached, 0.8 m", "higher"),
    "layout/access_wide": ("is_accessible_wide", "Every room reached, 0.9 m", "higher"),
    "layout/slits": ("has_slit", "Slits in the outline", "lower"),
}
_SHARES_OF_SOME: dict[str, tuple[str, str, Direction, str]] = {
    "layout/doors_access": (
        "doors_reach", "Every room reached by doors", "higher", "no plan has doors",
    ),
    "layout/living_rectangle": (
        "living_is_rectangle", "Living room is a rectangle", None, "no plan has a living room",
    ),
    "layout/fill": ("filled", "Plot filled", "higher", "no plan has a plot"),
}  # fmt: skip
_MEANS: dict[str, tuple[str, str, Direction]] = {
    "layout/corners": ("corners", "Outline corners", None),
    "layout/steps": ("steps", "Steps under 0.6 m", "lower"),
    "layout/hull": ("hull", "Area / convex hull", None),
    "layout/bbox": ("bbox", "Area / bounding box", None),
}
_RATIOS: dict[str, tuple[str, str, str, Direction, str]] = {
    "layout/door_wide": (
        "num_wide", "num_joined", "Joined pairs with 0.8 m of wall", "higher",
        "no rooms are joined",
    ),
    "layout/facade": (
        "num_facades", "num_habitable", "Rooms with a façade", "higher",
        "no room should have a façade",
    ),
    "layout/overlap": ("twice", "covered", "Boxes' area covered twice", None, "no area"),
    "layout/overlap_others": (
        "twice_others", "covered_others", "The same without living rooms", None, "no area",
    ),
}  # fmt: skip
_AREAS = {"LivingRoom": "living", "MasterRoom": "master", "Bathroom": "bath"}


def outline_columns(plans: PlanSet) -> dict[str, np.ndarray]:
    """(N,) columns corners, steps: int64; and bool: is_accessible, is_accessible_wide, has_slit."""
    counts = {name: plans.column(name).astype(np.int64) for name in ("corners", "steps")}
    return counts | {name: plans.column(name).astype(bool) for name, _, _ in _SHARES.values()}


def _outline_resampled(plans: PlanSet, weights: Weights) -> dict[str, np.ndarray]:
    total = weights.sum(axis=1)
    return {
        key: weighted_sums(weights, plans.column(name)) / total
        for key, (name, _, _) in _MEANS.items()
    }


@metric(
    family=FAMILY,
    of="plans",
    keys=(
        *(
            MetricKey(key, display, direction, "rate", column=name)
            for key, (name, display, direction) in _SHARES.items()
        ),
        *(
            MetricKey(
                key,
                display,
                direction,
                "rate" if name in ("hull", "bbox") else "value",
                range=(0.0, 1.0) if name in ("hull", "bbox") else (0.0, np.inf),
            )
            for key, (name, display, direction) in _MEANS.items()
        ),
    ),
    per_sample=outline_columns,
    resample=_outline_resampled,
)
def layout_outline(plans: PlanSet) -> dict[str, Any]:
    """Shares and means over all plans: ways, slits, corners, steps, compactness."""
    names = {key: name for key, (name, _, _) in (_SHARES | _MEANS).items()}
    return {key: float(plans.column(name).mean()) for key, name in names.items()}


def _some_resampled(plans: PlanSet, weights: Weights) -> dict[str, np.ndarray]:
    found = {}
    for key, (name, _, _, _) in _SHARES_OF_SOME.items():
        values = plans.column(name)
        has = np.isfinite(values).astype(float)
        found[key] = _ratio(weights, np.nan_to_num(values), has)
    return _sure(found)


@metric(
    family=FAMILY,
    of="plans",
    keys=tuple(
        MetricKey(key, display, direction, "rate")
        for key, (_, display, direction, _) in _SHARES_OF_SOME.items()
    ),
    resample=_some_resampled,
)
def layout_of_some(plans: PlanSet) -> dict[str, Any]:
    """Means over the plans that have what is asked about: doors, a living room, a plot."""
    found: dict[str, Any] = {}
    for key, (name, _, _, reason) in _SHARES_OF_SOME.items():
        values = plans.column(name)
        there = values[np.isfinite(values)]
        found[key] = float(there.mean()) if len(there) else NotComputed(reason)
    return found


def _ratio(weights: Weights, part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    # (B,) ratio of sums; NaN where a replicate has nothing to divide by
    below = weighted_sums(weights, whole)
    above = weighted_sums(weights, part)
    return np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)


def _sure(replicates: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Those of which every replicate has a value; what is rarer has no interval."""
    return {key: values for key, values in replicates.items() if np.isfinite(values).all()}


def _ratios_resampled(plans: PlanSet, weights: Weights) -> dict[str, np.ndarray]:
    ratios = {
        key: _ratio(weights, plans.column(part), plans.column(whole))
        for key, (part, whole, _, _, _) in _RATIOS.items()
    }
    return _sure(ratios)


@metric(
    family=FAMILY,
    of="plans",
    keys=tuple(
        MetricKey(key, display, direction, "rate")
        for key, (_, _, display, direction, _) in _RATIOS.items()
    ),
    resample=_ratios_resampled,
)
def layout_walls(plans: PlanSet) -> dict[str, Any]:
    """Shares over all plans together: of joined pairs, of rooms, of area."""
    found: dict[str, Any] = {}
    for key, (part, whole, _, _, reason) in _RATIOS.items():
        below = plans.column(whole).sum()
        found[key] = float(plans.column(part).sum() / below) if below else NotComputed(reason)
    return found


def _area_quantiles(plans: PlanSet, weights: np.ndarray | None) -> dict[str, np.ndarray]:
    # (B,) median and interquartile range of the areas of some types; only of those that occur
    owner, types, areas = plans.rooms("areas")
    found = {}
    for name, short in _AREAS.items():
        own = types == plans.words.room_type(name)
        if own.any():
            counts = np.ones((1, own.sum())) if weights is None else weights[:, owner[own]]
            low, middle, high = weighted_quantiles(areas[own], counts, (0.25, 0.5, 0.75))
            found[f"layout/{short}_area"], found[f"layout/{short}_area_iqr"] = middle, high - low
    return found


def _areas_resampled(plans: PlanSet, weights: Weights) -> dict[str, np.ndarray]:
    return _sure(_area_quantiles(plans, np.asarray(weights)))


@metric(
    family=FAMILY,
    of="plans",
    keys=tuple(
        MetricKey(
            f"layout/{short}_area{end}", display.format(name), None, "value", range=(0, np.inf)
        )
        for name, short in _AREAS.items()
        for end, display in (("", "{} m², median"), ("_iqr", "{} m², quartiles apart"))
    ),
    resample=_areas_resampled,
)
def layout_areas(plans: PlanSet) -> dict[str, Any]:
    """Median area of rooms of a type as seen, and the distance of the quartiles, in m²."""
    found: dict[str, Any] = {k: float(v[0]) for k, v in _area_quantiles(plans, None).items()}
    for name, short in _AREAS.items():
        for key in (f"layout/{short}_area", f"layout/{short}_area_iqr"):
            found.setdefault(key, NotComputed(f"no plan has a {name}"))
    return found


_DISTANCES = {"layout/area_w1": "areas", "layout/aspect_w1": "proportions"}


def reference_rooms(plans: PlanSet) -> dict[str, np.ndarray]:
    """Areas and proportions of the reference rooms by type: "areas 3" and so on, (M,) ascending,
    and "count" (types,): how many rooms there are of each type.
    """
    found = {}
    for name in _DISTANCES.values():
        _, types, values = plans.rooms(name)
        for room_type in range(plans.words.num_room_types):
            own = np.sort(values[types == room_type])
            if len(own) > MOST_ROOMS:
                own = own[np.linspace(0, len(own) - 1, MOST_ROOMS).round().astype(int)]
            found[f"{name} {room_type}"] = own
    _, types, _ = plans.rooms("areas")
    return found | {"count": np.bincount(types, minlength=plans.words.num_room_types)}


def _distances(
    plans: PlanSet, fitted: Fitted, weights: np.ndarray | None
) -> Mapping[str, np.ndarray]:
    found = {}
    for key, name in _DISTANCES.items():
        owner, types, values = plans.rooms(name)
        total, share = np.zeros(()), np.zeros(())
        for room_type in range(len(fitted["count"])):
            own, real = types == room_type, fitted[f"{name} {room_type}"]
            if own.any() and len(real) >= LEAST_ROOMS:
                counts = np.ones((1, own.sum())) if weights is None else weights[:, owner[own]]
                part = float(fitted["count"][room_type]) * (counts.sum(axis=1) > 0)
                total = total + part * weighted_w1(values[own], counts, real)
                share = share + part
        if share.size and (share > 0).all():
            found[key] = np.asarray(total / share)
    return found


def _distances_resampled(
    plans: PlanSet, fitted: Fitted, weights: Weights
) -> Mapping[str, np.ndarray]:
    return _distances(plans, fitted, np.asarray(weights))


@metric(
    family=FAMILY,
    of="plans",
    keys=(
        MetricKey("layout/area_w1", "Areas by type W1, m²", "lower", "value"),
        MetricKey("layout/aspect_w1", "Proportions by type W1", "lower", "value"),
    ),
    fit=reference_rooms,
    resample=_distances_resampled,
)
def layout_distances(plans: PlanSet, fitted: Fitted) -> dict[str, Any]:
    """Wasserstein-1 distances of rooms from the reference rooms of their type.

    The mean over the types, weighted by how many rooms the reference has of each; types with
    fewer than `LEAST_ROOMS` there, or none among the plans, are left out.
    """
    found = {key: float(value[0]) for key, value in _distances(plans, fitted, None).items()}
    reason = NotComputed(f"no type has {LEAST_ROOMS} reference rooms")
    return {key: found.get(key, reason) for key in _DISTANCES}
