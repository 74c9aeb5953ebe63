"""One numbering of a diagram's rooms for all: the same diagram always gives the same row.

Rooms stand in arbitrary order in the data, so a diagram has up to n! token rows. Two rows are the
same diagram if some renumbering of the rooms makes types and relations equal, where an edge seen
from its other end has the inverse relation, 9 - r in RPLAN. That is the convention of the format,
by which edges with i > j are turned round when data are read. Labels drawn from boxes do not follow
it (see `relations`): in real plans 38 % of the edges have another label than 9 - r if they are
drawn from the other end. So one plan written down with its rooms in two orders can give two
diagrams, and equal canonical rows find the copies within the format, not all copies of a plan;
`twins` finds those, for plans of which both labels are known.

The canonical row has its rooms sorted by type and is, of all such rows, the lexicographically
smallest. This says nothing of how it is found, so hashes of it can be kept in files.
"""

import hashlib

import numpy as np

from bd_gen.diagrams.canonical_search import smallest_orders
from bd_gen.diagrams.tokens import is_well_formed, num_rooms_of
from bd_gen.diagrams.vocabulary import Vocabulary

DIGEST_SIZE = 16
"""Bytes of a digest: that any two of a million diagrams share one has probability 1e-27."""

HASH_DIGITS = 16
"""Hexadecimal digits of a hash, the first half of a digest: 3e-8 for a million diagrams."""

_DIGITS = np.frombuffer(b"0123456789abcdef", np.uint8).astype("<u4")  # as text is stored
_CHUNK = 8192  # diagrams at a time, so that their matrices stay in the cache


def canonical_tokens(tokens: np.ndarray, vocabulary: Vocabulary) -> np.ndarray:
    """The rows with their rooms in canonical order: equal for rows that are the same diagram.

    Args:
        tokens: (N, length) uint8.
        vocabulary: layout of the rows.

    Returns:
        (N, length) uint8, PAD where it was. A row that is no complete diagram (with
        MASK, an illegal token, or PAD in a wrong place) stays as it is.
    """
    return renumbered_tokens(tokens, canonical_order(tokens, vocabulary), vocabulary)


def canonical_order(tokens: np.ndarray, vocabulary: Vocabulary) -> np.ndarray:
    """Which room stands where in the canonical row.

    It maps back what was worked out for the canonical row: place k there is room `order[k]` of
    the row given.

    Args:
        tokens: (N, length) uint8.
        vocabulary: layout of the rows.

    Returns:
        (N, n_max) uint8 permutations. Places beyond the rooms, and all places of a row that is
        no complete diagram, keep their own number.
    """
    order = np.tile(np.arange(vocabulary.n_max, dtype=np.uint8), (len(tokens), 1))
    complete = np.flatnonzero(is_well_formed(tokens, vocabulary))
    for start in range(0, len(complete), _CHUNK):
        rows = complete[start : start + _CHUNK]
        part = tokens[rows]
        types = part[:, : vocabulary.n_max]
        order[rows] = smallest_orders(types, relation_matrices(part, vocabulary), vocabulary)
    return order


def renumbered_tokens(tokens: np.ndarray, order: np.ndarray, vocabulary: Vocabulary) -> np.ndarray:
    """The rows with other room numbers: room `order[k]` becomes room k.

    Args:
        tokens: (N, length) uint8.
        order: (N, n_max) permutations that leave PAD behind the rooms; for a row that is no
            complete diagram 0, 1, 2, ...
        vocabulary: layout of the rows.

    Returns:
        (N, length) uint8.
    """
    renumbered = tokens.copy()
    changed = np.flatnonzero((order != np.arange(vocabulary.n_max)).any(axis=1))
    for start in range(0, len(changed), _CHUNK):
        rows = changed[start : start + _CHUNK]
        part, new = tokens[rows], order[rows]
        i, j = new[:, vocabulary.edge_rows], new[:, vocabulary.edge_cols]
        relations = relation_matrices(part, vocabulary)[np.arange(len(rows))[:, None], i, j]
        types = np.take_along_axis(part, new, axis=1)
        renumbered[rows] = np.concatenate([types, relations], axis=1)
    return renumbered


def relation_matrices(
    tokens: np.ndarray, vocabulary: Vocabulary, reverse: np.ndarray | None = None
) -> np.ndarray:
    """Relations in both directions.

    Args:
        tokens: (N, length) uint8 complete diagrams.
        vocabulary: layout of the rows.
        reverse: (N, num_edges) uint8 relations of the same slots seen from the other room; None:
            their inverse (9 - r in RPLAN), as the format takes them.

    Returns:
        (N, n_max, n_max) uint8: entry [i, j] says what room i is of room j, and [j, i] the same
        from the other end. PAD on the diagonal and where there is no room.
    """
    edges = tokens[:, vocabulary.n_max :]
    shape = (len(tokens), vocabulary.n_max, vocabulary.n_max)
    matrices = np.full(shape, vocabulary.edge_pad, np.uint8)
    matrices[:, vocabulary.edge_rows, vocabulary.edge_cols] = edges
    turned = vocabulary.words.inverse[edges] if reverse is None else reverse
    matrices[:, vocabulary.edge_cols, vocabulary.edge_rows] = turned
    return matrices


def canonical_hashes(tokens: np.ndarray, vocabulary: Vocabulary) -> np.ndarray:
    """(N,) text of 16 hexadecimal digits, equal for rows (N, length) that are the same diagram.

    It depends on rooms and edges alone, not on n_max. A row that is no complete diagram has the
    hash of its real positions as they stand.
    """
    num_rooms = num_rooms_of(tokens, vocabulary)
    return hash_text(row_digests(canonical_tokens(tokens, vocabulary), num_rooms, vocabulary))


def row_digests(tokens: np.ndarray, num_rooms: np.ndarray, vocabulary: Vocabulary) -> np.ndarray:
    """BLAKE2b of the number of rooms and the tokens in their real positions.

    Args:
        tokens: (N, length) uint8.
        num_rooms: (N,) number of rooms.
        vocabulary: layout of the rows.

    Returns:
        (N, 16) uint8.
    """
    digests = np.empty((len(tokens), DIGEST_SIZE), np.uint8)
    for n in np.unique(num_rooms):
        rows = np.flatnonzero(num_rooms == n)
        real = tokens[np.ix_(rows, vocabulary.real_positions(int(n)))]
        first = np.full((len(rows), 1), n, np.uint8)
        numbered = np.concatenate([first, real], axis=1)
        found = [hashlib.blake2b(row, digest_size=DIGEST_SIZE).digest() for row in numbered]
        digests[rows] = np.frombuffer(b"".join(found), np.uint8).reshape(-1, DIGEST_SIZE)
    return digests


def hash_text(digests: np.ndarray) -> np.ndarray:
    """(N,) text: the first 16 hexadecimal digits of digests (N, 16) uint8."""
    first = digests[:, : HASH_DIGITS // 2]
    digits = np.stack([first >> 4, first & 15], axis=2).reshape(-1, HASH_DIGITS)
    return _DIGITS[digits].view(f"<U{HASH_DIGITS}").ravel()
