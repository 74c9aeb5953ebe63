"""Diagrams as token rows, in both directions, for whole arrays at once."""

from collections.abc import Sequence

import numpy as np

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.vocabulary import Vocabulary


def num_rooms_of(tokens: np.ndarray, vocabulary: Vocabulary) -> np.ndarray:
    """(N,) int64 number of rooms of token rows (N, length): node slots that are not PAD."""
    return (tokens[:, : vocabulary.n_max] != vocabulary.node_pad).sum(axis=1)


def node_tokens(tokens: np.ndarray, vocabulary: Vocabulary) -> np.ndarray:
    """(N, n_max) view of the node tokens."""
    return tokens[:, : vocabulary.n_max]


def edge_tokens(tokens: np.ndarray, vocabulary: Vocabulary) -> np.ndarray:
    """(N, num_edges) view of the edge tokens."""
    return tokens[:, vocabulary.n_max : vocabulary.n_max + vocabulary.num_edges]


def tokens_from_parts(
    room_types: np.ndarray, relations: np.ndarray, num_rooms: np.ndarray, vocabulary: Vocabulary
) -> np.ndarray:
    """Token rows from types and relations; whatever lies beyond a diagram's rooms becomes PAD.

    Args:
        room_types: (N, n_max) integers.
        relations: (N, num_edges) relation or no-edge for each edge slot.
        num_rooms: (N,) number of rooms.

    Returns:
        (N, length) uint8.
    """
    tokens = np.concatenate([room_types, relations], axis=1).astype(np.uint8)
    return np.where(vocabulary.real_mask(num_rooms), tokens, vocabulary.pad_row)


def tokens_from_diagrams(diagrams: Sequence[Diagram], vocabulary: Vocabulary) -> np.ndarray:
    """(N, length) uint8 token rows.

    Raises:
        ValueError: a diagram has no room, more than n_max, or other words than the rows.
    """
    tokens = np.empty((len(diagrams), vocabulary.length), np.uint8)
    for row, diagram in zip(tokens, diagrams, strict=True):
        n = diagram.num_rooms
        if not 1 <= n <= vocabulary.n_max:
            raise ValueError(f"a diagram needs 1 to {vocabulary.n_max} rooms, this one has {n}")
        if diagram.words != vocabulary.words:
            raise ValueError(
                f"a diagram in the words of {diagram.words.name} has no row in those of "
                f"{vocabulary.words.name}"
            )
        row[:] = np.where(vocabulary.real_mask(n), vocabulary.no_edge, vocabulary.pad_row)
        row[:n] = diagram.room_types
        for i, j, relation in diagram.edges:
            row[vocabulary.n_max + vocabulary.edge_index(i, j)] = relation
    return tokens


def is_well_formed(tokens: np.ndarray, vocabulary: Vocabulary) -> np.ndarray:
    """(N,) bool: rows that are diagrams.

    A row is one if its rooms come before its PAD, every real position holds a room type or a
    relation or no-edge, and every other position PAD.
    """
    num_rooms = num_rooms_of(tokens, vocabulary)
    real = vocabulary.real_mask(num_rooms)
    limit = np.where(vocabulary.is_node, vocabulary.num_room_types, vocabulary.no_edge + 1)
    good = np.where(real, tokens < limit, tokens == vocabulary.pad_row)
    return good.all(axis=1) & (num_rooms > 0)


def diagrams_from_tokens(tokens: np.ndarray, vocabulary: Vocabulary) -> list[Diagram]:
    """Diagrams of token rows (N, length).

    Raises:
        ValueError: a row is not a diagram (see `is_well_formed`); the message names the row.
    """
    good = is_well_formed(tokens, vocabulary)
    if not good.all():
        raise ValueError(f"token row {int(np.argmin(good))} is not a complete diagram")
    diagrams = []
    for row, n in zip(tokens, num_rooms_of(tokens, vocabulary), strict=True):
        relations = row[vocabulary.n_max :]
        edges = tuple(
            (int(vocabulary.edge_rows[e]), int(vocabulary.edge_cols[e]), int(relations[e]))
            for e in np.flatnonzero(relations < vocabulary.num_relations)
        )
        diagrams.append(Diagram(tuple(int(t) for t in row[:n]), edges, vocabulary.words))
    return diagrams
