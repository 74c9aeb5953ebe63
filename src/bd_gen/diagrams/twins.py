"""Plans that can have the same token row: classes that a split must keep on one side.

The token row of a plan depends on how its rooms are numbered: the relation of two rooms is read
off from the one with the smaller number, and seen from the other it is not 9 - r in general (see
`relations`). Two plans are *twins* if some numbering of the one and some numbering of the other
give the same token row; the numbering that a file happens to use plays no part.

That is so exactly if their rooms can be matched such that types agree, the same rooms are joined,
each joined pair has the same relation seen from one of its two rooms at least, and those rooms can
go first: "a before b" for each pair whose relations agree from a alone leads to no circle. Any
order that heeds this numbers both.

Twins of twins need not be twins; a *class* is all that is joined through twins. Only plans with
the same graph, types included, can be twins, so graphs are brought into one order
(`canonical_search`) and the plans of each are compared with each other under its symmetries.
"""

from collections.abc import Iterator

import numpy as np

from bd_gen.diagrams.canonical import relation_matrices
from bd_gen.diagrams.canonical_search import smallest_orders
from bd_gen.diagrams.graph_symmetries import graph_symmetries
from bd_gen.diagrams.row_classes import by_first_occurrence, joined_classes, row_classes
from bd_gen.diagrams.vocabulary import NO_EDGE, NODE_PAD, Vocabulary

MOST_SYMMETRIES = 1000
"""A graph with more has its plans in one class, unseen: too much together leaks nothing."""

_CHUNK = 8192  # diagrams at a time, so that their matrices stay in the cache
_PAIRS = 1 << 22  # pairs of plans at a time
_FIRST_EDGES = 4  # compared for all pairs; what is left is few
_MOST_LINKS = 1 << 22  # kept before they are joined


def twin_classes(tokens: np.ndarray, reverse: np.ndarray, vocabulary: Vocabulary) -> np.ndarray:
    """Which class each plan is in.

    Args:
        tokens: (N, length) uint8 complete diagrams.
        reverse: (N, num_edges) uint8 relations of the same slots seen from the other room, as
            `PlanTable.reverse_relations`.
        vocabulary: layout of the rows.

    Returns:
        (N,) int64, counted from 0 by first occurrence.
    """
    which, twins = twin_links(tokens, reverse, vocabulary)
    first = np.arange(int(which.max(initial=-1)) + 1)
    links: list[np.ndarray] = []
    num_links = 0
    for link in twins:
        links.append(link)
        num_links += len(link)
        if num_links > _MOST_LINKS:
            first = _joined(first, links)
            links, num_links = [], 0
    return by_first_occurrence(_joined(first, links)[which])


def has_twin(
    tokens: np.ndarray, reverse: np.ndarray, vocabulary: Vocabulary, among: np.ndarray
) -> np.ndarray:
    """Which plans have a twin, or are one and the same, among some of them.

    Args:
        tokens: as for `twin_classes`, like the next two.
        reverse: as there.
        vocabulary: as there.
        among: numbers of plans.

    Returns:
        (N,) bool. Where a graph has more than `MOST_SYMMETRIES`, all its plans count as twins of
        one of them.
    """
    which, twins = twin_links(tokens, reverse, vocabulary)
    is_among = np.zeros(int(which.max(initial=-1)) + 1, bool)
    is_among[which[among]] = True
    found = is_among.copy()
    for link in twins:
        for one, other in (link.T, link.T[::-1]):
            found[one[is_among[other]]] = True
    return found[which]


def twin_links(
    tokens: np.ndarray, reverse: np.ndarray, vocabulary: Vocabulary
) -> tuple[np.ndarray, Iterator[np.ndarray]]:
    """All twins, of each set of plans that are the same with the rooms renumbered only one.

    Returns:
        (N,) int64 the number of the set that each plan is in; and arrays (L, 2) of sets that are
        twins. Symmetric graphs leave some sets apart, which then are twins.
    """
    rows = _in_graph_order(tokens, reverse, vocabulary)
    which = row_classes(rows)
    return which, _links(rows[np.unique(which, return_index=True)[1]], vocabulary)


def _joined(first: np.ndarray, links: list[np.ndarray]) -> np.ndarray:
    places = np.arange(len(first))
    pairs = np.concatenate([np.stack([places, first], axis=1), *links])
    return joined_classes(len(first), pairs[:, 0], pairs[:, 1])


def _in_graph_order(tokens: np.ndarray, reverse: np.ndarray, vocabulary: Vocabulary) -> np.ndarray:
    """(N, n_max + 2 num_edges) uint8 types, relations, and relations seen from the other room.

    The rooms stand so that plans with the same graph have it in the same places.
    """
    v = vocabulary
    parts = [np.zeros((0, v.n_max + 2 * v.num_edges), np.uint8)]
    for start in range(0, len(tokens), _CHUNK):
        part = tokens[start : start + _CHUNK]
        relations = relation_matrices(part, v, reverse[start : start + _CHUNK])
        graph = np.where(relations < NO_EDGE, 0, relations).astype(np.uint8)
        order = smallest_orders(part[:, : v.n_max], graph)
        i, j = order[:, v.edge_rows], order[:, v.edge_cols]
        row = np.arange(len(part))[:, None]
        types = np.take_along_axis(part[:, : v.n_max], order, axis=1)
        parts.append(np.concatenate([types, relations[row, i, j], relations[row, j, i]], axis=1))
    return np.concatenate(parts)


def _links(rows: np.ndarray, vocabulary: Vocabulary) -> Iterator[np.ndarray]:
    """(L, 2) pairs of twins among different rows, graph by graph."""
    n_max, end = vocabulary.n_max, vocabulary.length
    graphs = row_classes(np.concatenate([rows[:, :n_max], rows[:, n_max:end] < NO_EDGE], axis=1))
    by_graph = np.argsort(graphs, kind="stable")
    starts = np.flatnonzero(np.diff(graphs[by_graph], prepend=-1))
    for plans in np.split(by_graph, starts[1:]):
        if len(plans) > 1:
            yield from _links_of_graph(rows, plans, vocabulary)


def _links_of_graph(
    rows: np.ndarray, plans: np.ndarray, vocabulary: Vocabulary
) -> Iterator[np.ndarray]:
    v = vocabulary
    one = rows[plans[0]]
    types = one[: v.n_max][one[: v.n_max] != NODE_PAD]
    slots = np.flatnonzero(one[v.n_max : v.length] < NO_EDGE)
    i, j = v.edge_rows[slots], v.edge_cols[slots]
    is_joined = np.zeros((len(types), len(types)), bool)
    is_joined[i, j] = is_joined[j, i] = True
    symmetries = graph_symmetries(types, is_joined, MOST_SYMMETRIES)
    if symmetries is None:
        yield np.stack([np.full(len(plans), plans[0]), plans], axis=1)
        return
    # where the label of an ordered pair of rooms is in a row
    place = np.zeros((v.n_max, v.n_max), np.int64)
    place[v.edge_rows, v.edge_cols] = v.n_max + np.arange(v.num_edges)
    place[v.edge_cols, v.edge_rows] = v.length + np.arange(v.num_edges)
    labels = rows[plans]
    there, back = labels[:, place[i, j]], labels[:, place[j, i]]
    for image in symmetries:
        turned = labels[:, place[image[i], image[j]]], labels[:, place[image[j], image[i]]]
        for x, y in _matches(turned, (there, back)):
            before = turned[0][x] == there[y], turned[1][x] == back[y]
            kept = _can_be_ordered(*before, i, j, len(types))
            yield np.stack([plans[x[kept]], plans[y[kept]]], axis=1)


def _matches(
    one: tuple[np.ndarray, np.ndarray], other: tuple[np.ndarray, np.ndarray]
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Plans x != y whose joined pairs all agree in one of two labels, each (s, m), at least."""
    (f, g), (there, back) = one, other
    size, num_edges = f.shape
    step = max(1, _PAIRS // size)
    for start in range(0, size, step):
        part = slice(start, start + step)
        agree = np.arange(size)[part, None] != np.arange(size)
        for k in range(min(_FIRST_EDGES, num_edges)):
            agree &= (f[part, None, k] == there[:, k]) | (g[part, None, k] == back[:, k])
        x, y = np.nonzero(agree)
        x += start
        for k in range(_FIRST_EDGES, num_edges):
            kept = (f[x, k] == there[y, k]) | (g[x, k] == back[y, k])
            x, y = x[kept], y[kept]
        yield x, y


def _can_be_ordered(
    is_first: np.ndarray, is_second: np.ndarray, i: np.ndarray, j: np.ndarray, num_rooms: int
) -> np.ndarray:
    """(L,) bool: is there an order in which the smaller of each two rooms may be the first?

    Args:
        is_first: (L, m) may the first room of each pair go first?
        is_second: (L, m) may the second?
        i: (m,) first rooms.
        j: (m,) second rooms.
        num_rooms: n.
    """
    waits = np.zeros((len(is_first), num_rooms, num_rooms), bool)  # [., a, b]: a must wait for b
    waits[:, j, i] = ~is_second
    waits[:, i, j] = ~is_first
    is_left = np.ones((len(is_first), num_rooms), bool)
    for _ in range(num_rooms):
        is_left &= (waits & is_left[:, None, :]).any(axis=2)
    return ~is_left.any(axis=1)
