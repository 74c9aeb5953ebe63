"""The smallest token row of a diagram with symmetries, one diagram at a time.

The search is that of `canonical_search`, place by place, but depth first. Two orders that give the
same row differ by a symmetry of the diagram, and a symmetry that is known spares work in two ways.
Candidates for a place that it maps to one another, with the placed rooms left alone, are as good
as each other: one is enough. And when it is found, it maps all that was searched from the place on
where the two orders part to what would be searched now: the search goes back to there.
(B. D. McKay, "Practical graph isomorphism", Congressus Numerantium 30, 1981, prunes like this.)
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

_WORD = 8  # relations that are compared at once


def first_twins(relations: np.ndarray, no_edge: int) -> np.ndarray:
    """The twins of each room: those with the same relations to all others, types aside.

    Twins have no relation to each other: rooms joined by a symmetric relation, and joined rooms of
    a graph without labels, are not taken for twins. Two twins of one type can
    be exchanged.

    Args:
        relations: (N, n_max, n_max) uint8 relations in both directions.
        no_edge: the token of rooms that are not joined.

    Returns:
        (N, n_max) the first room among its twins, itself if it has none before it.
    """
    num_diagrams, n_max, _ = relations.shape
    padded = np.zeros((num_diagrams, n_max, -(-n_max // _WORD) * _WORD), np.uint8)
    padded[:, :, :n_max] = relations
    padded[:, range(n_max), range(n_max)] = no_edge
    words = padded.view(np.uint64)
    same = np.ones((num_diagrams, n_max, n_max), bool)
    for k in range(words.shape[2]):
        same &= words[:, :, None, k] == words[:, None, :, k]
    return np.argmax(same, axis=2)


@dataclass
class SymmetricSearch:
    """Finds the order of rooms whose row is smallest; the search runs on construction.

    Attributes:
        types: (n,) room types.
        relations: (n, n) relations in both directions.
        no_edge: the token of rooms that are not joined.
        order: the order found, room at each place.
        num_visits: how often a place was filled, the cost of the search.
    """

    types: np.ndarray
    relations: np.ndarray
    no_edge: int
    order: list[int] = field(default_factory=list, init=False)
    num_visits: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self._label: list[list[int]] = self.relations.tolist()
        self._twin: list[int] = first_twins(self.relations[None], self.no_edge)[0].tolist()
        self._smallest: list[list[int]] = []  # relations of each place, along the best way so far
        self._symmetries: list[list[int]] = []  # image of each room
        kinds = sorted(set(self.types.tolist()))
        self._visit([], [np.flatnonzero(self.types == kind).tolist() for kind in kinds])

    def _visit(self, placed: list[int], cells: list[list[int]]) -> int:
        # fills the places after `placed`; returns the number of places to go back to
        self.num_visits += 1
        depth = len(placed)
        if not cells:
            return self._arrived(placed)
        rooms = {self._twin[room]: room for room in cells[0]}  # one of each set of twins
        tried = [(*self._sorted(room, cells), twin) for twin, room in rooms.items()]
        smallest = min(labels for labels, _, _ in tried)
        if smallest > next(iter(self._smallest[depth:]), smallest):
            return depth
        if self._smallest[depth : depth + 1] != [smallest]:
            self._smallest[depth:] = [smallest]
            self.order = []
        seen: list[int] = []
        for labels, next_cells, twin in tried:
            if labels == smallest and twin not in self._images(seen, placed):
                seen.append(rooms[twin])
                back = self._visit([*placed, rooms[twin]], next_cells)
                if back < depth:
                    return back
        return depth

    def _sorted(
        self, room: int, cells: Sequence[Sequence[int]]
    ) -> tuple[list[int], list[list[int]]]:
        # relations of `room` to the rest in order, and the cells that they split the rest into
        label = self._label[room]
        labels: list[int] = []
        split: list[list[int]] = []
        for cell in cells:
            rest = [other for other in cell if other != room]
            for value in sorted({label[other] for other in rest}):
                split.append([other for other in rest if label[other] == value])
                labels += [value] * len(split[-1])
        return labels, split

    def _arrived(self, order: list[int]) -> int:
        if not self.order:
            self.order = order
            return len(order)
        symmetry = [0] * len(order)
        for room, image in zip(self.order, order, strict=True):
            symmetry[room] = image
        self._symmetries.append(symmetry)
        return next(k for k, room in enumerate(order) if room != self.order[k])

    def _images(self, rooms: list[int], placed: list[int]) -> set[int]:
        # twins of where the known symmetries that leave `placed` alone can take `rooms`
        kept = [s for s in self._symmetries if all(s[room] == room for room in placed)]
        images, new = set(rooms), list(rooms)
        while new:
            room = new.pop()
            reached = {s[room] for s in kept} - images
            images |= reached
            new.extend(reached)
        return {self._twin[room] for room in images}
