"""What a classifier may know of a diagram: rows of numbers that do not depend on room numbers.

Most descriptors are bags of words: how often each room type, each relation, each neighbourhood
and so on occurs in a diagram. A word is an integer. The most frequent words of the training
diagrams have a column each, and one more column counts all others, so that what training
diagrams never have is seen together. Tokens that are no room type or relation are such words.
"""

from collections.abc import Callable, Mapping
from functools import cache
from itertools import combinations, permutations

import numpy as np

from bd_gen.diagrams.diagram_set import DiagramSet
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.diagrams.words import Words as Meanings
from bd_gen.metrics.graph_features import (
    adjacency_matrices,
    clustering_histograms,
    laplacian_spectra,
)

Words = tuple[np.ndarray, np.ndarray]
"""(M,) number of the diagram and (M,) int64 word of at least 0, in any order."""

MAX_WORDS = 96
"""Columns of a bag of words, without the one for all other words."""

GRAPH = "graph"
"""Name of the one descriptor that is no bag of words."""

_DECIMALS = 6  # eigenvalues of one graph with its rooms in another order agree to about 1e-15
_CHUNK = 1024  # diagrams at a time: 364 triples each for n_max 14


def type_words(diagrams: DiagramSet) -> Words:
    """Each room's type."""
    row, room = _rooms(diagrams)
    return row, diagrams.room_types[row, room].astype(np.int64)


def relation_words(diagrams: DiagramSet) -> Words:
    """The relation or "no edge" of each pair of rooms, seen from the lower type.

    If the rooms change places the relation becomes its inverse. Of two rooms of one type neither
    comes first, so a relation and its inverse are then one word.
    """
    row, _, _, relation = _pairs(diagrams)
    return row, relation


def pair_words(diagrams: DiagramSet) -> Words:
    """The two types and the relation or "no edge" of each pair of rooms, as `relation_words`."""
    row, lower, higher, relation = _pairs(diagrams)
    v = diagrams.vocabulary
    num_types = v.num_room_types + 1  # with "no legal type"
    num_labels = v.num_relations + 2  # with "no edge" and MASK or an illegal token
    return row, (lower * num_types + higher) * num_labels + relation


def degree_words(diagrams: DiagramSet) -> Words:
    """Each room's type and number of neighbours."""
    row, room = _rooms(diagrams)
    kind = diagrams.room_types[row, room].astype(np.int64)
    return row, kind * diagrams.vocabulary.n_max + diagrams.degrees[row, room]


def neighbourhood_words(diagrams: DiagramSet) -> Words:
    """Each room's type and the types of its neighbours: a Weisfeiler-Lehman label of one round.

    The label is a hash; two labels are the same word with a probability of about 1e-19.
    A second round and relations on the way make nearly every room a word of its own: they told
    samples and plans apart worse than this.

    Source: Shervashidze et al., Weisfeiler-Lehman graph kernels, JMLR 12 (2011).
    """
    row, room = _rooms(diagrams)
    joined = adjacency_matrices(diagrams.graph_keys, diagrams.vocabulary)
    kind = diagrams.room_types.astype(np.uint64)
    # A sum of hashes stands for a multiset, whatever its order.
    hashes = np.where(joined, mixed(kind)[:, None, :], np.uint64(0)).sum(axis=2, dtype=np.uint64)
    label = mixed(hashes + kind)
    return row, (label[row, room] >> np.uint64(1)).astype(np.int64)


def triple_words(diagrams: DiagramSet) -> Words:
    """The three relations or "no edge" among each three rooms, whatever their types.

    Room numbers do not count: the word is that of the order of the rooms with the least code.
    Triples see what pairs cannot: whether relations agree with one another.
    """
    rooms, slots = _triples(diagrams.vocabulary)
    num_labels = diagrams.vocabulary.no_edge + 1
    is_small = num_labels**3 <= 1 << 16
    labels: np.ndarray = diagrams.relations.astype(np.uint16 if is_small else np.uint32)
    first, second, outer = (labels[:, slots[:, side]] for side in range(3))
    codes = (first * num_labels + second) * num_labels + outer
    row, triple = np.nonzero(rooms[:, 2] < diagrams.num_rooms[:, None])
    return row, _triple_table(diagrams.vocabulary.words)[codes[row, triple]]


BAGS: Mapping[str, Callable[[DiagramSet], Words]] = {
    "types": type_words,
    "relations": relation_words,
    "degrees": degree_words,
    "pairs": pair_words,
    "neighbourhoods": neighbourhood_words,
    "triples": triple_words,
}
"""The bags of words by the name of their descriptor."""

DESCRIPTORS = (*BAGS, GRAPH)
"""Names of all descriptors."""


def graph_numbers(diagrams: DiagramSet) -> np.ndarray:
    """(N, n_max + 10) the diagrams as graphs without labels.

    Ascending eigenvalues of the normalised Laplacian, then the histogram of clustering
    coefficients, as `graph_features` has them; a diagram without rooms has zeros.
    """
    adjacency = adjacency_matrices(diagrams.graph_keys, diagrams.vocabulary)
    spectra = laplacian_spectra(adjacency, diagrams.num_rooms)
    clustering = clustering_histograms(adjacency, np.maximum(diagrams.num_rooms, 1))
    clustering[diagrams.num_rooms == 0] = 0
    return np.concatenate([spectra, clustering], axis=1).round(_DECIMALS)


def frequent_words(diagrams: DiagramSet) -> dict[str, np.ndarray]:
    """The most frequent words of each bag, at most `MAX_WORDS`, (K,) int64 ascending, by name.

    Among words that occur equally often the lesser ones are taken.
    """
    found: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {name: [] for name in BAGS}
    for part in _chunks(diagrams):
        for name, words_of in BAGS.items():
            found[name].append(np.unique(words_of(part)[1], return_counts=True))
    frequent = {}
    for name, parts in found.items():
        words, which = np.unique(np.concatenate([w for w, _ in parts]), return_inverse=True)
        counts = np.bincount(which, np.concatenate([c for _, c in parts]), minlength=len(words))
        frequent[name] = np.sort(words[np.argsort(-counts, kind="stable")[:MAX_WORDS]])
    return frequent


def described(diagrams: DiagramSet, words: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """All descriptors of the diagrams by name, (N, D) float64 each.

    Args:
        words: the words that have a column, as `frequent_words` gives them.
    """
    parts = [
        {name: _counts(words_of(part), words[name], len(part)) for name, words_of in BAGS.items()}
        | {GRAPH: graph_numbers(part)}
        for part in _chunks(diagrams)
    ]
    return {name: np.concatenate([part[name] for part in parts]) for name in DESCRIPTORS}


def _chunks(diagrams: DiagramSet) -> list[DiagramSet]:
    # at least one, possibly empty
    starts = range(0, max(len(diagrams), 1), _CHUNK)
    return [
        DiagramSet(diagrams.tokens[start : start + _CHUNK], diagrams.vocabulary) for start in starts
    ]


def _counts(found: Words, words: np.ndarray, count: int) -> np.ndarray:
    # (count, K + 1): how often each diagram has each of the K words, then all others
    row, word = found
    place = np.searchsorted(words, word)
    column = np.where(np.append(words, -1)[place] == word, place, len(words))
    width = len(words) + 1
    counts = np.bincount(row * width + column, minlength=count * width)
    return counts.reshape(count, width).astype(np.float64)


def _rooms(diagrams: DiagramSet) -> Words:
    # number of the diagram and of the room, for all rooms
    row, room = np.nonzero(diagrams.is_real[:, : diagrams.vocabulary.n_max])
    return row, room


def _pairs(diagrams: DiagramSet) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    # number of the diagram, lower type, higher type and relation of all pairs of rooms, int64
    vocabulary = diagrams.vocabulary
    row, slot = np.nonzero(diagrams.is_real[:, vocabulary.n_max :])
    first = diagrams.room_types[row, vocabulary.edge_rows[slot]].astype(np.int64)
    second = diagrams.room_types[row, vocabulary.edge_cols[slot]].astype(np.int64)
    tokens = diagrams.real_tokens[row, vocabulary.n_max + slot].astype(np.int64)
    relation = np.minimum(tokens, vocabulary.no_edge + 1)  # MASK and illegal tokens are one
    turned = vocabulary.words.inverse[relation].astype(np.int64)
    seen = np.where(first > second, turned, relation)
    seen = np.where(first == second, np.minimum(relation, turned), seen)
    return row, np.minimum(first, second), np.maximum(first, second), seen


@cache
def _triples(vocabulary: Vocabulary) -> tuple[np.ndarray, np.ndarray]:
    # (T, 3) rooms i < j < k and (T, 3) their edge slots (i, j), (j, k), (i, k)
    triples = list(combinations(range(vocabulary.n_max), 3))
    slot = vocabulary.edge_index
    slots = [(slot(i, j), slot(j, k), slot(i, k)) for i, j, k in triples]
    return np.array(triples, int).reshape(-1, 3), np.array(slots, int).reshape(-1, 3)


@cache
def _triple_table(words: Meanings) -> np.ndarray:
    # ((R + 1)³,) least code that some order of the rooms gives, for each code of `triple_words`
    num_labels = words.no_edge + 1
    codes = np.indices((num_labels,) * 3)
    label = dict(zip(((0, 1), (1, 2), (0, 2)), codes, strict=True))
    for (i, j), forward in list(label.items()):
        label[j, i] = words.inverse[forward].astype(codes.dtype)
    orders = [
        (label[i, j] * num_labels + label[j, k]) * num_labels + label[i, k]
        for i, j, k in permutations(range(3))
    ]
    return np.min(orders, axis=0).ravel()


def mixed(numbers: np.ndarray) -> np.ndarray:
    """Well-mixed 64 bits for each uint64, modulo 2^64.

    Source: the generator SplitMix64 (Steele et al., Fast splittable pseudorandom number
    generators, OOPSLA 2014).
    """
    bits = numbers + np.uint64(0x9E3779B97F4A7C15)
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))
