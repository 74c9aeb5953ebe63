"""The order of rooms that gives the smallest token row, for many diagrams at once.

Rooms are sorted by type. Place by place, each room that may stand there is tried: the others are
sorted by type and by their relations to all rooms placed so far, and those candidates are kept
whose relations to the others, read in this order, are smallest. Rooms that nothing tells apart yet
share a *cell*, and only the rooms of the first cell may take the next place. However the cells
are resolved later, the relations read are the same, so the choice is exact.

Candidates that stay tied are followed together, but of twins only the first. Few diagrams have many
ties even so: those with symmetries, which `symmetric_search` searches one by one.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from bd_gen.diagrams.symmetric_search import SymmetricSearch, first_twins
from bd_gen.diagrams.vocabulary import Vocabulary

_MOST_TIED = 16  # candidates of one diagram that are followed together

_ROOM_BITS = 5  # of a sort key: cell, relation, room
_ROOM = (1 << _ROOM_BITS) - 1
_WORD = 8  # relations that are compared at once


def smallest_orders(types: np.ndarray, relations: np.ndarray, vocabulary: Vocabulary) -> np.ndarray:
    """For each diagram the order of rooms whose token row is smallest.

    Args:
        types: (N, n_max) uint8 room types, PAD behind the rooms.
        relations: (N, n_max, n_max) uint8 relations in both directions, PAD on the diagonal.
        vocabulary: whose tokens these are.

    Returns:
        (N, n_max) uint8 room at each place; PAD stays where it is.
    """
    base, is_twin = _sorted_by_type(types, first_twins(relations, vocabulary.no_edge))
    rows = np.arange(len(types))[:, None]
    types = types[rows, base]
    relations = relations[rows[:, :, None], base[:, :, None], base[:, None, :]]
    return base[rows, _smallest_of_sorted(types, relations, is_twin, vocabulary)]


def _sort_word(bits: int) -> type[np.unsignedinteger[Any]]:
    """The smallest integers that hold keys of so many bits: sorting them is what takes time."""
    return np.uint16 if bits <= 16 else np.uint32


def _sorted_by_type(types: np.ndarray, twin: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    # (N, n_max) rooms by type with twins side by side; (N, n_max) is it the twin of the one before
    largest = int(types.max(initial=0))
    word = _sort_word(2 * _ROOM_BITS + largest.bit_length())
    key = types.astype(word) << 2 * _ROOM_BITS
    key |= twin.astype(word) << _ROOM_BITS
    key |= np.arange(types.shape[1], dtype=word)
    key.sort(axis=1)
    kind = key >> _ROOM_BITS
    is_twin = np.zeros(key.shape, bool)
    is_twin[:, 1:] = kind[:, 1:] == kind[:, :-1]
    return (key & _ROOM).astype(np.uint8), is_twin


def _smallest_of_sorted(
    types: np.ndarray, relations: np.ndarray, is_twin: np.ndarray, vocabulary: Vocabulary
) -> np.ndarray:
    # as `smallest_orders`, for rooms in the order of `_sorted_by_type`
    n_max = types.shape[1]
    places = np.arange(n_max)
    begins = np.ones(types.shape, bool)
    # places without a room are never exchanged: each is a cell of its own
    begins[:, 1:] = (types[:, 1:] != types[:, :-1]) | (types[:, 1:] == vocabulary.node_pad)
    order = np.broadcast_to(places.astype(np.uint8), types.shape)
    tied = _Candidates(np.arange(len(types)), order, _cells(begins, 0))
    found = np.empty(types.shape, np.uint8)
    for place in range(n_max - 1):
        size = np.bincount(tied.diagram, minlength=len(types))[tied.diagram]
        settled = (size == 1) & (tied.cell == places).all(axis=1)
        found[tied.diagram[settled]] = tied.order[settled]
        symmetric = size > _MOST_TIED
        for diagram in np.unique(tied.diagram[symmetric]):
            n = int((types[diagram] != vocabulary.node_pad).sum())
            search = SymmetricSearch(
                types[diagram, :n], relations[diagram, :n, :n], vocabulary.no_edge
            )
            found[diagram, :n], found[diagram, n:] = search.order, places[n:]
        tied = tied[~settled & ~symmetric]
        if not len(tied.diagram):
            return found
        tied = _with_next_room(tied, place, relations, is_twin, vocabulary.edge_size)
    found[tied.diagram] = tied.order  # those still tied give the same row: any will do
    return found


@dataclass(frozen=True)
class _Candidates:
    """Orders of rooms, settled up to some place, one or several for each diagram.

    Attributes:
        diagram: (S,) which diagram, ascending.
        order: (S, n_max) uint8 room at each place, ascending inside a cell.
        cell: (S, n_max) uint8 first place of the cell that each place is in.
    """

    diagram: np.ndarray
    order: np.ndarray
    cell: np.ndarray

    def __getitem__(self, chosen: np.ndarray) -> "_Candidates":
        return _Candidates(self.diagram[chosen], self.order[chosen], self.cell[chosen])


def _cells(begins: np.ndarray, first: int) -> np.ndarray:
    # (S, m) bool: a cell begins here -> (S, m) uint8 place where it began; the first is `first`
    places = np.arange(first, first + begins.shape[1], dtype=np.uint8)
    return np.maximum.accumulate(np.where(begins, places, 0), axis=1)


def _with_next_room(
    tied: _Candidates, place: int, relations: np.ndarray, is_twin: np.ndarray, edge_size: int
) -> _Candidates:
    # every room of the cell at `place` in turn, the rest sorted; of each diagram the smallest
    tried = _each_room_at(tied, place, is_twin)
    rest = slice(place + 1, None)
    others = tried.order[:, rest]
    label = relations[tried.diagram[:, None], tried.order[:, place, None], others]
    label_bits = (edge_size - 1).bit_length()
    word = _sort_word(2 * _ROOM_BITS + label_bits)
    key = tried.cell[:, rest].astype(word) << (_ROOM_BITS + label_bits)
    key |= label.astype(word) << _ROOM_BITS
    key |= others
    key.sort(axis=1)
    kind = key >> _ROOM_BITS
    begins = np.ones(key.shape, bool)
    begins[:, 1:] = kind[:, 1:] != kind[:, :-1]
    tried.order[:, rest] = key & _ROOM
    tried.cell[:, rest] = _cells(begins, place + 1)
    return tried[_is_smallest(tried.diagram, (kind & ((1 << label_bits) - 1)).astype(np.uint8))]


def _each_room_at(tied: _Candidates, place: int, is_twin: np.ndarray) -> _Candidates:
    may_come = tied.cell == place
    # of twins that share the cell, side by side as it is ascending, the first is enough
    room, room_before = tied.order[:, 1:], tied.order[:, :-1]
    follows_twin = is_twin[tied.diagram[:, None], room] & (room == room_before + 1)
    may_come[:, 1:] &= ~follows_twin | (np.arange(1, may_come.shape[1]) == place)
    source, chosen = np.nonzero(may_come)
    tried = tied[source]
    rows = np.arange(len(source))
    first = tried.order[:, place].copy()
    tried.order[:, place] = tried.order[rows, chosen]
    tried.order[rows, chosen] = first
    return tried


def _is_smallest(diagram: np.ndarray, labels: np.ndarray) -> np.ndarray:
    # (S,) diagram, ascending, and (S, m) labels -> numbers of the smallest rows of each diagram
    left = np.arange(len(diagram))
    num_words = -(-labels.shape[1] // _WORD)
    padded = np.zeros((len(labels), num_words * _WORD), np.uint8)
    padded[:, : labels.shape[1]] = labels
    words = padded.view(">u8").astype(np.uint64)
    for k in range(num_words):
        starts = np.flatnonzero(np.diff(diagram[left], prepend=-1))
        if len(starts) == len(left):
            break  # one each
        word = words[left, k]
        least = np.minimum.reduceat(word, starts)
        left = left[word == np.repeat(least, np.diff(starts, append=len(left)))]
    return left
