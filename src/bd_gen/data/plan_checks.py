"""What a data set's plans say against its own rules, told when they are imported."""

import numpy as np

from bd_gen.data.plan_table import PlanTable, follows_from_boxes
from bd_gen.diagrams.diagram_set import DiagramSet
from bd_gen.diagrams.relations import tells_relations
from bd_gen.diagrams.soundness import has_forbidden_containment

_FEW = 0.02
"""Share of plans that may break a rule without a word: 0.2 % of RPLAN's do."""

_ENOUGH_PLANS = 20_000
"""Of so many the touching rooms are counted, the first of a file."""

_FEWEST_PLANS = 5
"""Means of fewer plans say nothing."""

_PLANAR = 3
"""Rooms that lie side by side have at most 3 n - 6 pairs that touch (Euler)."""


def import_notes(table: PlanTable) -> tuple[str, ...]:
    """What is implausible about a table of plans, in sentences.

    Types that occur twice where the vocabulary allows one, rooms inside others that cannot hold
    them, and so many or so few touching rooms that sizes are likely to be wrong.
    """
    if not len(table):
        return ()
    return (*_type_notes(table), *_containment_notes(table), *_touch_notes(table))


def _type_notes(table: PlanTable) -> list[str]:
    notes = []
    words = table.vocabulary.words
    for room_type in words.at_most_one:
        share = float(((table.room_types == room_type).sum(axis=1) > 1).mean())
        if share > _FEW:
            notes.append(
                f"{words.room_names[room_type]} occurs twice or more in {100 * share:.0f} % of "
                f"plans; the vocabulary {words.name} calls those invalid"
            )
    return notes


def _containment_notes(table: PlanTable) -> list[str]:
    plans = DiagramSet(table.tokens, table.vocabulary)
    share = float(has_forbidden_containment(plans).mean())
    if share <= _FEW:
        return []
    return [
        f"in {100 * share:.0f} % of plans a room lies inside one that cannot hold it, by the "
        f"vocabulary {table.vocabulary.words.name}"
    ]


def _touch_notes(table: PlanTable) -> list[str]:
    """How many rooms touch, where boxes tell; the likely cause if that cannot be."""
    rule = table.vocabulary.words.rule
    if rule is None or not tells_relations(table.vocabulary.words):
        return []
    table = table.select(np.arange(min(len(table), _ENOUGH_PLANS)))
    counted = follows_from_boxes(table) & (table.num_rooms > 2)
    if counted.sum() < _FEWEST_PLANS:
        return []
    rooms = float(table.num_rooms[counted].mean())
    edges = float((table.relations[counted] < table.vocabulary.num_relations).sum(axis=1).mean())
    found = f"rooms within {rule.touch:g} pixels touch: {edges:.1f} pairs in a plan of {rooms:.1f}"
    if edges > _PLANAR * rooms - 6:
        return [
            f"{found} rooms, more than can lie side by side ({_PLANAR * rooms - 6:.1f}); are "
            "coordinates in metres, or plans much smaller than 256 pixels? [data.unit=m, data.fit]"
        ]
    if edges < (rooms - 1) * 0.75:
        gap = _median_gap(table, counted)
        return [
            f"{found} rooms, too few to hang together; walls are {gap:.0f} pixels thick at the "
            "median: are plans of a larger picture? [data.unit=m data.scale=..., data.fit]"
        ]
    return []


def _median_gap(table: PlanTable, rows: np.ndarray) -> float:
    """The median distance from a room to the nearest other one, in pixels."""
    boxes, count = table.boxes[rows].astype(float), table.num_rooms[rows]
    n_max = boxes.shape[1]
    apart = np.maximum(
        boxes[:, :, None, :2] - boxes[:, None, :, 2:], boxes[:, None, :, :2] - boxes[:, :, None, 2:]
    )
    gap = np.maximum(apart.max(axis=-1), 0)
    real = np.arange(n_max) < count[:, None]
    pairs = real[:, :, None] & real[:, None, :] & ~np.eye(n_max, dtype=bool)
    nearest = np.where(pairs, gap, np.inf).min(axis=2)
    return float(np.median(nearest[real]))
