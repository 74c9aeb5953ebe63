"""Plans that are one diagram with its rooms numbered otherwise.

The token row of a plan depends on how its rooms are numbered: the relation of two rooms is read
off from the one with the smaller number, and seen from the other it is not 9 - r in general (see
`relations`). Two plans are the same diagram if some renumbering makes all rooms' types and both
relations of each pair equal; then every numbering of the one gives a row that the other can have
too. `canonical` knows rows alone, takes 9 - r for the other relation, and so both misses such plans
and finds others.

Plans that are the same have the same graph, types included. Graphs are brought into one order
(`canonical_search`); what is still open then are the symmetries of the graph.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bd_gen.diagrams.canonical import relation_matrices
from bd_gen.diagrams.canonical_search import smallest_orders
from bd_gen.diagrams.row_classes import by_first_occurrence, row_classes
from bd_gen.diagrams.vocabulary import Vocabulary


def graph_symmetries(types: np.ndarray, is_joined: np.ndarray, most: int) -> np.ndarray | None:
    """All renumberings of a graph's rooms that change neither types nor what is joined.

    Rooms are placed one by one; a room may take the place of any room of its type, with as many
    neighbours of each type, that is joined to the same of those placed so far.

    Args:
        types: (n,) room types.
        is_joined: (n, n) bool, symmetric, false on the diagonal.
        most: how many are looked for.

    Returns:
        (S, n) int64 images of the rooms, the identity among them; None if there are more than
        `most`.
    """
    n = len(types)
    kinds = [(types[k], *sorted(types[is_joined[k]].tolist())) for k in range(n)]
    if len(set(kinds)) == n:
        return np.arange(n)[None]
    joined = is_joined.tolist()
    alike = [[k for k in range(n) if kinds[k] == kinds[room]] for room in range(n)]
    found: list[list[int]] = []
    waiting: list[list[int]] = [[]]
    while waiting:
        images = waiting.pop()
        room = len(images)
        if room == n:
            found.append(images)
            if len(found) > most:
                return None
            continue
        waiting += [
            [*images, image]
            for image in alike[room]
            if image not in images
            and all(joined[room][k] == joined[image][images[k]] for k in range(room))
        ]
    return np.array(found)


MOST_SYMMETRIES = 1000
"""A graph with more has its plans in one class, unseen: too much together leaks nothing."""

_CHUNK = 8192  # diagrams at a time, so that their matrices stay in the cache


@dataclass(frozen=True, eq=False)
class SameGraph:
    """Two or more plans with one graph, its rooms in the same places.

    Attributes:
        plans: (s,) their numbers.
        rows: (s, .) uint8 as `in_graph_order` gives them.
        num_rooms: n.
        i: (m,) one room of each joined pair.
        j: (m,) the other.
        symmetries: (S, n) of the graph; None if there are more than `MOST_SYMMETRIES`.
        place: (n_max, n_max) where in a row the relation of an ordered pair of rooms is.
    """

    plans: np.ndarray
    rows: np.ndarray
    num_rooms: int
    i: np.ndarray
    j: np.ndarray
    symmetries: np.ndarray | None
    place: np.ndarray

    def relations(self, image: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """(s, m) what i is of j and (s, m) what j is of i, or the same of the rooms' images."""
        i, j = (self.i, self.j) if image is None else (image[self.i], image[self.j])
        return self.rows[:, self.place[i, j]], self.rows[:, self.place[j, i]]


def renumbering_classes(
    tokens: np.ndarray, reverse: np.ndarray, vocabulary: Vocabulary
) -> np.ndarray:
    """Which diagram each plan is.

    Args:
        tokens: (N, length) uint8 complete diagrams.
        reverse: (N, num_edges) uint8 relations of the same slots seen from the other room, as
            `PlanTable.reverse_relations`.
        vocabulary: layout of the rows.

    Returns:
        (N,) int64, counted from 0 by first occurrence.
    """
    rows = in_graph_order(tokens, reverse, vocabulary)
    which = row_classes(rows)
    distinct = rows[np.unique(which, return_index=True)[1]]
    classes = np.arange(len(distinct))
    for graph in same_graphs(distinct, vocabulary):
        if graph.symmetries is None:
            classes[graph.plans] = graph.plans[0]
        elif len(graph.symmetries) > 1:
            seen = [np.concatenate(graph.relations(s), axis=1) for s in graph.symmetries]
            smallest = [min(map(bytes, images)) for images in zip(*seen, strict=True)]
            first = dict(zip(reversed(smallest), reversed(graph.plans.tolist()), strict=True))
            classes[graph.plans] = [first[form] for form in smallest]
    return by_first_occurrence(classes[which])


def in_graph_order(tokens: np.ndarray, reverse: np.ndarray, vocabulary: Vocabulary) -> np.ndarray:
    """(N, n_max + 2 num_edges) uint8 types, relations, and relations seen from the other room.

    The rooms stand so that plans with the same graph have it in the same places.
    """
    v = vocabulary
    parts = [np.zeros((0, v.n_max + 2 * v.num_edges), np.uint8)]
    for start in range(0, len(tokens), _CHUNK):
        part = tokens[start : start + _CHUNK]
        relations = relation_matrices(part, v, reverse[start : start + _CHUNK])
        graph = np.where(relations < v.no_edge, 0, relations).astype(np.uint8)
        order = smallest_orders(part[:, : v.n_max], graph, v)
        i, j = order[:, v.edge_rows], order[:, v.edge_cols]
        row = np.arange(len(part))[:, None]
        types = np.take_along_axis(part[:, : v.n_max], order, axis=1)
        parts.append(np.concatenate([types, relations[row, i, j], relations[row, j, i]], axis=1))
    return np.concatenate(parts)


def same_graphs(rows: np.ndarray, vocabulary: Vocabulary) -> Iterator[SameGraph]:
    """The plans of each graph that has two or more; rows as `in_graph_order` gives them."""
    v = vocabulary
    place = np.zeros((v.n_max, v.n_max), np.int64)
    place[v.edge_rows, v.edge_cols] = v.n_max + np.arange(v.num_edges)
    place[v.edge_cols, v.edge_rows] = v.length + np.arange(v.num_edges)
    is_edge = rows[:, v.n_max : v.length] < v.no_edge
    graphs = row_classes(np.concatenate([rows[:, : v.n_max], is_edge], axis=1))
    by_graph = np.argsort(graphs, kind="stable")
    starts = np.flatnonzero(np.diff(graphs[by_graph], prepend=-1))
    for plans in np.split(by_graph, starts[1:]):
        if len(plans) > 1:
            types = rows[plans[0], : v.n_max]
            types = types[types != v.node_pad]
            slots = np.flatnonzero(is_edge[plans[0]])
            i, j = v.edge_rows[slots], v.edge_cols[slots]
            is_joined = np.zeros((len(types), len(types)), bool)
            is_joined[i, j] = is_joined[j, i] = True
            symmetries = graph_symmetries(types, is_joined, MOST_SYMMETRIES)
            yield SameGraph(plans, rows[plans], len(types), i, j, symmetries, place)
