"""Statistics of a table of plans, and what its split holds back that training has seen."""

from dataclasses import dataclass

import numpy as np

from bd_gen.data.dataset import Dataset
from bd_gen.data.plan_table import PlanTable
from bd_gen.diagrams.canonical import canonical_tokens
from bd_gen.diagrams.diagram_set import DiagramSet
from bd_gen.diagrams.row_classes import row_classes
from bd_gen.diagrams.soundness import (
    containments,
    has_forbidden_containment,
    has_valid_types,
    is_connected,
)
from bd_gen.diagrams.twins import has_twin


@dataclass(frozen=True)
class Leaks:
    """Shares of the plans of one part that have a double in training; NaN for an empty part.

    Attributes:
        same_row: a training plan has the same token row.
        renumbered: a training plan is the same diagram, with the rooms in another order at most
            (`bd_gen.diagrams.renumbered`).
        turned: a training plan has the same row up to the numbering of rooms, an edge turned
            round taken for 9 - r: what `eval/novelty_canonical` does not count as new.
        twin: a training plan can have the same row, relations read off the boxes, with the rooms
            of both renumbered (`bd_gen.diagrams.twins`).
    """

    same_row: float
    renumbered: float
    turned: float
    twin: float


def leaks_of(data: Dataset) -> dict[str, Leaks]:
    """The leaks into training of `validation`, `test`, and both together as `held out`.

    Raises:
        ValueError: the data set has no table.
    """
    if data.table is None:
        raise ValueError("leaks are found in plans, and there are only rows")
    train = data.split.train
    known = [
        _is_known(row_classes(data.tokens), train),
        _is_known(data.table.diagram_classes, train),
        _is_known(row_classes(canonical_tokens(data.tokens, data.vocabulary)), train),
        has_twin(data.tokens, data.table.reverse_relations, data.vocabulary, train),
    ]
    validation, test = data.split.validation, data.split.test
    parts = {"validation": validation, "test": test, "held out": np.append(validation, test)}
    return {
        name: Leaks(*(_share(is_known[part]) for is_known in known)) for name, part in parts.items()
    }


def _is_known(classes: np.ndarray, train: np.ndarray) -> np.ndarray:
    is_known = np.zeros(len(classes), bool)  # there are no more classes than rows
    is_known[classes[train]] = True
    return is_known[classes]


def _share(is_known: np.ndarray) -> float:
    return float(is_known.mean()) if len(is_known) else float("nan")


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
        room_types: (T,) rooms of each type.
        relations: (R,) edges of each relation.
        degrees: (T,) mean number of edges at a room of each type, or NaN.
        archetypes: sorted multisets of room types and how many plans have them, commonest first.
        connected: share of plans whose rooms hang together.
        valid_types: share with at most one room of each type that occurs once.
        wrapped_master: share with RPLAN's MasterRoom inside its LivingRoom; 0 in other words.
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


def statistics_of(table: PlanTable) -> PlanStatistics:
    """Statistics of a table with at least one plan."""
    v = table.vocabulary
    plans = DiagramSet(table.tokens, v)
    plans_by_rooms = np.bincount(table.num_rooms, minlength=v.n_max + 1)
    edges_by_rooms = _ratio(
        np.bincount(table.num_rooms, plans.num_edges, minlength=v.n_max + 1), plans_by_rooms
    )
    n = np.arange(v.n_max + 1)
    is_room = plans.room_types != plans.no_type
    rooms = plans.room_types[is_room]
    rooms_by_type = np.bincount(rooms, minlength=v.num_room_types)
    ends_by_type = np.bincount(rooms, plans.degrees[is_room], minlength=v.num_room_types)
    plan, inner, outer = containments(plans)
    master, living = (v.words.room_type(name) for name in ("MasterRoom", "LivingRoom"))
    wrapped = plan[(inner == master) & (outer == living)]
    return PlanStatistics(
        num_plans=len(table),
        num_distinct=int(table.groups.max()) + 1,
        num_distinct_rows=len(np.unique(table.tokens, axis=0)),
        num_with_boxes=int(table.has_boxes.sum()),
        rooms=plans_by_rooms,
        edges=np.bincount(plans.num_edges, minlength=v.num_edges + 1),
        edges_by_rooms=edges_by_rooms,
        density_by_rooms=_ratio(edges_by_rooms, n * (n - 1) / 2),
        room_types=rooms_by_type,
        relations=np.bincount(plans.relations[plans.has_edge], minlength=v.num_relations),
        degrees=_ratio(ends_by_type, rooms_by_type),
        archetypes=archetypes_of(table.room_types, v.num_room_types),
        connected=float(is_connected(plans).mean()),
        valid_types=float(has_valid_types(plans).mean()),
        wrapped_master=len(np.unique(wrapped)) / len(table),
        forbidden=float(has_forbidden_containment(plans).mean()),
    )


def _ratio(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The quotient a / b, NaN where b is 0."""
    return np.divide(a, b, out=np.full(np.shape(a), np.nan), where=b > 0)


def archetypes_of(
    room_types: np.ndarray, num_types: int
) -> tuple[tuple[tuple[int, ...], int], ...]:
    """Sorted multisets of room types of (N, n_max) with their counts, commonest first."""
    rows, counts = np.unique(np.sort(room_types, axis=1), axis=0, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return tuple(
        (tuple(t for t in rows[k].tolist() if t < num_types), int(counts[k])) for k in order
    )
