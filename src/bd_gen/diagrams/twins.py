"""Plans that can have the same token row: what a split without any leak keeps on one side.

Two plans are *twins* if some numbering of the one and some numbering of the other give the same
token row; the numbering that a file happens to use plays no part. The same diagram (`renumbered`)
has the same rows, but twins need not be the same: a row holds one relation of each pair, and the
other may differ.

Plans are twins exactly if their rooms can be matched such that types agree, the same rooms are
joined, each joined pair has the same relation seen from one of its two rooms at least, and those
rooms can go first: "a before b" for each pair whose relations agree from a alone leads to no
circle. Any order that heeds this numbers both. Twins of twins need not be twins; a *class* is all
that is joined through twins.
"""

from collections.abc import Iterator

import numpy as np

from bd_gen.diagrams.renumbered import SameGraph, in_graph_order, same_graphs
from bd_gen.diagrams.row_classes import by_first_occurrence, joined_classes, row_classes
from bd_gen.diagrams.vocabulary import Vocabulary

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
    rows = in_graph_order(tokens, reverse, vocabulary)
    which = row_classes(rows)
    graphs = same_graphs(rows[np.unique(which, return_index=True)[1]], vocabulary)
    return which, (link for graph in graphs for link in _links(graph))


def _joined(first: np.ndarray, links: list[np.ndarray]) -> np.ndarray:
    places = np.arange(len(first))
    pairs = np.concatenate([np.stack([places, first], axis=1), *links])
    return joined_classes(len(first), pairs[:, 0], pairs[:, 1])


def _links(graph: SameGraph) -> Iterator[np.ndarray]:
    """(L, 2) pairs of twins among different plans."""
    plans = graph.plans
    if graph.symmetries is None:
        yield np.stack([np.full(len(plans), plans[0]), plans], axis=1)
        return
    there, back = graph.relations()
    for image in graph.symmetries:
        turned = graph.relations(image)
        for x, y in _matches(turned, (there, back)):
            may_be_first = turned[0][x] == there[y], turned[1][x] == back[y]
            kept = _can_be_ordered(*may_be_first, graph.i, graph.j, graph.num_rooms)
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
    return np.logical_not(is_left.any(axis=1))
