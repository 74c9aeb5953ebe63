"""Statistics of a table of plans: what `bd-gen data stats` shows and calibration compares."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from bd_gen.data.plan_table import PlanTable
from bd_gen.diagrams.vocabulary import (
    NODE_PAD,
    NUM_RELATIONS,
    NUM_ROOM_TYPES,
    RELATIONS,
    ROOM_TYPES,
    Vocabulary,
)

_INSIDE, _SURROUNDING = RELATIONS.index("inside"), RELATIONS.index("surrounding")
_LIVING, _MASTER = ROOM_TYPES.index("LivingRoom"), ROOM_TYPES.index("MasterRoom")
_AT_MOST_ONE = (_LIVING, ROOM_TYPES.index("Entrance"))


@dataclass(frozen=True, eq=False)
class PlanStatistics:
    """Counts and shares over N plans.

    Attributes:
        num_plans: N.
        num_distinct: distinct plans, as `PlanTable.groups` counts them.
        num_distinct_rows: distinct token rows.
        num_with_boxes: plans with boxes.
        rooms: (n_max + 1,) plans with 0, 1, ... rooms.
        edges: (num_edges + 1,) plans with 0, 1, ... edges.
        edges_by_rooms: (n_max + 1,) mean number of edges of plans with so many rooms, or NaN.
        density_by_rooms: (n_max + 1,) the same divided by n (n - 1) / 2.
        room_types: (13,) rooms of each type.
        relations: (10,) edges of each relation.
        degrees: (13,) mean number of edges at a room of each type, or NaN.
        archetypes: sorted multisets of room types and how many plans have them, commonest first.
        connected: share of plans whose rooms hang together.
        valid_types: share with at most one living room and one entrance.
        wrapped_master: share with a master room inside a living room.
        forbidden: share with a room inside one of a type that cannot hold it.
    """

    num_plans: int
    num_distinct: int
    num_distinct_rows: int
    num_with_boxes: int
    rooms: np.ndarray
    edges: np.ndarray
    edges_by_rooms: np.ndarray
    density_by_rooms: np.ndarray
    room_types: np.ndarray
    relations: np.ndarray
    degrees: np.ndarray
    archetypes: tuple[tuple[tuple[int, ...], int], ...]
    connected: float
    valid_types: float
    wrapped_master: float
    forbidden: float


def statistics_of(table: PlanTable, forbidden: Mapping[int, Collection[int]]) -> PlanStatistics:
    """Statistics of a table with at least one plan.

    Args:
        table: the plans.
        forbidden: for each inner room type the types that must not contain it.
    """
    v = table.vocabulary
    is_edge = table.relations < NUM_RELATIONS
    num_edges = is_edge.sum(axis=1)
    plans_by_rooms = np.bincount(table.num_rooms, minlength=v.n_max + 1)
    edges_by_rooms = _ratio(
        np.bincount(table.num_rooms, num_edges, minlength=v.n_max + 1), plans_by_rooms
    )
    n = np.arange(v.n_max + 1)
    types = table.room_types
    contains = _containments(table)
    is_forbidden = np.zeros((NUM_ROOM_TYPES, NUM_ROOM_TYPES), bool)
    for inner, outers in forbidden.items():
        is_forbidden[inner, list(outers)] = True
    counts = np.stack([(types == t).sum(axis=1) for t in _AT_MOST_ONE])
    return PlanStatistics(
        num_plans=len(table),
        num_distinct=int(table.groups.max()) + 1,
        num_distinct_rows=len(np.unique(table.tokens, axis=0)),
        num_with_boxes=int(table.has_boxes.sum()),
        rooms=plans_by_rooms,
        edges=np.bincount(num_edges, minlength=v.num_edges + 1),
        edges_by_rooms=edges_by_rooms,
        density_by_rooms=_ratio(edges_by_rooms, n * (n - 1) / 2),
        room_types=np.bincount(types[types != NODE_PAD], minlength=NUM_ROOM_TYPES),
        relations=np.bincount(table.relations[is_edge], minlength=NUM_RELATIONS),
        degrees=_degrees_by_type(types, is_edge, v),
        archetypes=archetypes_of(types),
        connected=float(is_connected(is_edge, table.num_rooms, v).mean()),
        valid_types=float((counts <= 1).all(axis=0).mean()),
        wrapped_master=_share(contains, (_MASTER, _LIVING), len(table)),
        forbidden=_share(contains, is_forbidden, len(table)),
    )


def _ratio(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The quotient a / b, NaN where b is 0."""
    return np.divide(a, b, out=np.full(np.shape(a), np.nan), where=b > 0)


def _containments(table: PlanTable) -> np.ndarray:
    """(C, 3): plan, inner type, outer type of every edge that says so."""
    v = table.vocabulary
    plan, slot = np.nonzero((table.relations == _INSIDE) | (table.relations == _SURROUNDING))
    first = table.room_types[plan, v.edge_rows[slot]]
    second = table.room_types[plan, v.edge_cols[slot]]
    is_inside = table.relations[plan, slot] == _INSIDE
    inner, outer = np.where(is_inside, first, second), np.where(is_inside, second, first)
    return np.stack([plan, inner, outer], axis=1)


def _share(contains: np.ndarray, which: tuple[int, int] | np.ndarray, num_plans: int) -> float:
    """Share of plans with a containment (inner, outer), or any that a (13, 13) mask marks."""
    inner, outer = contains[:, 1], contains[:, 2]
    if isinstance(which, tuple):
        chosen = (inner == which[0]) & (outer == which[1])
    else:
        chosen = which[inner, outer]
    return len(np.unique(contains[chosen, 0])) / num_plans


def _degrees_by_type(
    room_types: np.ndarray, is_edge: np.ndarray, vocabulary: Vocabulary
) -> np.ndarray:
    degrees = np.zeros(room_types.shape, np.int64)
    for slot, (i, j) in enumerate(zip(vocabulary.edge_rows, vocabulary.edge_cols, strict=True)):
        degrees[:, i] += is_edge[:, slot]
        degrees[:, j] += is_edge[:, slot]
    real = room_types != NODE_PAD
    rooms = np.bincount(room_types[real], minlength=NUM_ROOM_TYPES)
    return _ratio(np.bincount(room_types[real], degrees[real], minlength=NUM_ROOM_TYPES), rooms)


def archetypes_of(room_types: np.ndarray) -> tuple[tuple[tuple[int, ...], int], ...]:
    """Sorted multisets of room types of (N, n_max) with their counts, commonest first."""
    rows, counts = np.unique(np.sort(room_types, axis=1), axis=0, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return tuple(
        (tuple(t for t in rows[k].tolist() if t < NUM_ROOM_TYPES), int(counts[k])) for k in order
    )


def is_connected(is_edge: np.ndarray, num_rooms: np.ndarray, vocabulary: Vocabulary) -> np.ndarray:
    """(N,) bool: can every room be reached from room 0 over edges (N, num_edges)?"""
    reached = np.zeros((len(is_edge), vocabulary.n_max), bool)
    reached[:, 0] = True
    pairs = list(zip(vocabulary.edge_rows, vocabulary.edge_cols, strict=True))
    for _ in range(vocabulary.n_max):
        before = reached.sum()
        for slot, (i, j) in enumerate(pairs):
            link = is_edge[:, slot] & (reached[:, i] | reached[:, j])
            reached[:, i] |= link
            reached[:, j] |= link
        if reached.sum() == before:
            break
    return reached.sum(axis=1) == num_rooms
