"""Token rows with everything that is read off them, worked out once and shared."""

from collections.abc import Callable, Container
from functools import cached_property
from typing import Any, cast

import numpy as np

from bd_gen.diagrams.canonical import canonical_tokens
from bd_gen.diagrams.tokens import num_rooms_of
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.diagrams.words import Words

_KEYS = 4096  # rows at a time that become Python objects
_NO_TOKEN = 255  # what integers outside 0..254 become: no vocabulary reaches that far


class DiagramSet:
    """A set of token rows, complete diagrams or not, and their features.

    A row's number of rooms n is the count of its node slots that are not PAD. Its *real*
    positions are those that a diagram of n rooms has; what stands elsewhere is ignored, but
    makes the row broken if it is not PAD. Only legal tokens in real positions become features:
    a room whose token is not a room type counts as a room without a type, an edge slot whose
    token is not a relation as no edge. So any integers at all can be measured.

    Features are computed on first use and kept; all arrays are to be read, not written.

    Args:
        tokens: (N, length) integers.
        vocabulary: layout of the rows.

    Raises:
        ValueError: `tokens` is not a table of integers with `vocabulary.length` columns.
    """

    _KEPT: tuple[str, ...] = ("tokens", "vocabulary")  # what `forget` leaves

    def __init__(self, tokens: np.ndarray, vocabulary: Vocabulary) -> None:
        tokens = np.asarray(tokens)
        if tokens.ndim != 2 or tokens.shape[1] != vocabulary.length:
            raise ValueError(
                f"tokens of n_max {vocabulary.n_max} have shape (N, {vocabulary.length}), "
                f"got {tokens.shape}"
            )
        if tokens.dtype.kind not in "iu":
            raise ValueError(f"tokens are integers, got {tokens.dtype}")
        if tokens.dtype != np.uint8:
            legal = (tokens >= 0) & (tokens < _NO_TOKEN)
            tokens = np.where(legal, tokens, _NO_TOKEN).astype(np.uint8)
        self.tokens = np.ascontiguousarray(tokens)
        self.vocabulary = vocabulary
        self._derived: dict[str, Any] = {}

    def __len__(self) -> int:
        return len(self.tokens)

    def derived(self, name: str, build: Callable[[], Any]) -> Any:
        """`build()`, called once for this set and kept under `name`.

        For what one family of metrics works out and several of its functions ask for.
        """
        if name not in self._derived:
            self._derived[name] = build()
        return self._derived[name]

    def forget(self) -> None:
        """Drop all features; they are worked out again when asked for."""
        kept = {name: self.__dict__[name] for name in self._KEPT}
        self.__dict__.clear()
        self.__dict__.update(kept, _derived={})

    @property
    def words(self) -> Words:
        """What types and relations mean."""
        return self.vocabulary.words

    @cached_property
    def num_rooms(self) -> np.ndarray:
        """(N,) int64 number of rooms, 0 for a row of PAD."""
        return num_rooms_of(self.tokens, self.vocabulary)

    @cached_property
    def is_real(self) -> np.ndarray:
        """(N, length) bool: positions that a diagram of this many rooms has."""
        return self.vocabulary.real_mask(self.num_rooms)

    @cached_property
    def real_tokens(self) -> np.ndarray:
        """(N, length) uint8: the rows with PAD wherever they have no real position."""
        return np.where(self.is_real, self.tokens, self.vocabulary.pad_row)

    @cached_property
    def identity(self) -> np.ndarray:
        """(N, 1 + length) uint8: number of rooms and real tokens.

        Two samples are the same diagram if these rows are the same.
        """
        return np.concatenate([self.num_rooms[:, None].astype(np.uint8), self.real_tokens], axis=1)

    @cached_property
    def canonical(self) -> np.ndarray:
        """(N, length) uint8: the real tokens with the rooms in canonical order.

        Diagrams that differ by the numbers of their rooms alone have equal rows; see
        `bd_gen.diagrams.canonical`. Where a real position has no legal token the order stays.
        """
        return canonical_tokens(self.real_tokens, self.vocabulary)

    @cached_property
    def has_no_mask(self) -> np.ndarray:
        """(N,) bool: no real position holds MASK."""
        return ~(self.is_real & (self.tokens == self.vocabulary.mask_row)).any(axis=1)

    @cached_property
    def is_in_range(self) -> np.ndarray:
        """(N,) bool: real positions hold types, relations, no-edge or MASK, all others PAD."""
        limit = np.where(
            self.vocabulary.is_node, self.vocabulary.node_mask, self.vocabulary.edge_mask
        )
        legal = np.where(self.is_real, self.tokens <= limit, self.tokens == self.vocabulary.pad_row)
        return legal.all(axis=1) & (self.num_rooms > 0)

    @cached_property
    def is_complete(self) -> np.ndarray:
        """(N,) bool: the row is a diagram, with neither MASK nor an illegal token."""
        return self.has_no_mask & self.is_in_range

    @property
    def no_type(self) -> int:
        """Stands in `room_types` where there is no room or no legal type: the number of types."""
        return self.vocabulary.num_room_types

    @cached_property
    def room_types(self) -> np.ndarray:
        """(N, n_max) uint8 room type, `no_type` where there is none."""
        nodes = self.real_tokens[:, : self.vocabulary.n_max]
        return np.minimum(nodes, self.no_type)

    @cached_property
    def relations(self) -> np.ndarray:
        """(N, num_edges) uint8 relation, no-edge where there is none."""
        edges = self.real_tokens[:, self.vocabulary.n_max :]
        return np.minimum(edges, self.vocabulary.no_edge)

    @cached_property
    def has_edge(self) -> np.ndarray:
        """(N, num_edges) bool."""
        return self.relations < self.vocabulary.num_relations

    @cached_property
    def num_edges(self) -> np.ndarray:
        """(N,) int64 number of edges."""
        return self.has_edge.sum(axis=1)

    @cached_property
    def degrees(self) -> np.ndarray:
        """(N, n_max) uint8 number of edges of each room, 0 where there is no room."""
        degrees = np.zeros((self.vocabulary.n_max, len(self)), np.uint8)
        rows, cols = self.vocabulary.edge_rows, self.vocabulary.edge_cols
        for i, j, joined in zip(rows, cols, np.ascontiguousarray(self.has_edge.T), strict=True):
            degrees[i] += joined
            degrees[j] += joined
        return np.ascontiguousarray(degrees.T)

    @cached_property
    def graph_keys(self) -> np.ndarray:
        """(N, B) uint8: number of rooms and the bits of the edge slots, one row a diagram."""
        n = self.num_rooms[:, None].astype(np.uint8)
        return np.concatenate([n, np.packbits(self.has_edge, axis=1)], axis=1)

    @cached_property
    def archetypes(self) -> np.ndarray:
        """(N, n_max) uint8: room types in ascending order, `no_type` last."""
        return np.sort(self.room_types, axis=1)

    def arrows(self, forward: np.ndarray, backward: np.ndarray) -> np.ndarray:
        """Directed graphs as bits.

        Args:
            forward: (N, num_edges) bool: slot (i, j) gives an arrow from i to j.
            backward: (N, num_edges) bool: slot (i, j) gives an arrow from j to i.

        Returns:
            (n_max, N) uint32: bit j of entry [i] is an arrow from room i to room j.
        """
        bits = np.zeros((self.vocabulary.n_max, len(self)), np.uint32)
        rows, cols = self.vocabulary.edge_rows, self.vocabulary.edge_cols
        forward, backward = forward.T.astype(np.uint32), backward.T.astype(np.uint32)
        for i, j, to_j, to_i in zip(rows, cols, forward, backward, strict=True):
            bits[i] |= to_j << np.uint32(j)
            bits[j] |= to_i << np.uint32(i)
        return bits


def reachable(arrows: np.ndarray) -> np.ndarray:
    """Rooms that can be reached along at least one arrow, by Warshall's closure.

    Args:
        arrows: (n_max, N) uint32 as `DiagramSet.arrows` gives them.

    Returns:
        (n_max, N) uint32: bit j of entry [i] says that a way leads from room i to room j.
    """
    bits = arrows.copy()
    one = np.uint32(1)
    for k in range(len(bits)):
        passes_k = (bits >> np.uint32(k)) & one
        bits |= passes_k * bits[k]
    return bits


def distinct_rows(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distinct rows of a table of bytes, in ascending order.

    Args:
        rows: (N, B) uint8.

    Returns:
        the (D, B) distinct rows, the (N,) number of each row's equal among them, and their
        (D,) counts.
    """
    whole = np.ascontiguousarray(rows).view(np.dtype((np.void, rows.shape[1]))).ravel()
    _, first, inverse, counts = np.unique(
        whole, return_index=True, return_inverse=True, return_counts=True
    )
    return rows[first], inverse.ravel(), counts


def row_keys(rows: np.ndarray) -> list[bytes]:
    """The rows of an (N, B) uint8 table as hashable keys."""
    whole = np.ascontiguousarray(rows).view(np.dtype((np.void, rows.shape[1]))).ravel()
    return cast(list[bytes], whole.tolist())


def are_new(rows: np.ndarray, known: Container[bytes]) -> np.ndarray:
    """(N,) bool: which rows of an (N, B) uint8 table are not among known `row_keys`."""
    new = np.empty(len(rows), bool)
    for start in range(0, len(rows), _KEYS):
        part = slice(start, start + _KEYS)
        new[part] = [key not in known for key in row_keys(rows[part])]
    return new
