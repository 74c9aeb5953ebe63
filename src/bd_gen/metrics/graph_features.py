"""Structural features of diagrams as undirected graphs, computed once per distinct graph."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bd_gen.diagrams.diagram_set import DiagramSet, distinct_rows
from bd_gen.diagrams.vocabulary import Vocabulary

FEATURES = ("degree", "clustering", "spectral")

NUM_CLUSTERING_BINS = 10

_CHUNK = 8192  # graphs at a time: (chunk, n_max, n_max) float64 is 13 MB for n_max 14


@dataclass(frozen=True)
class GraphFeatures:
    """Features of a set of diagrams with at least one room.

    Attributes:
        keys: (G, B) uint8 distinct graphs: number of rooms, then the bits of the edge slots.
        graph_of: (N,) which of them each diagram is.
        rows: (U, D) float64 feature rows that differ in some bit, by feature.
        row_of: (G,) which of them each graph has, by feature.
    """

    keys: np.ndarray
    graph_of: np.ndarray
    rows: Mapping[str, np.ndarray]
    row_of: Mapping[str, np.ndarray]

    @classmethod
    def of(cls, diagrams: DiagramSet) -> "GraphFeatures":
        """Features of all `diagrams` that have a room, worked out once for each set."""
        features: GraphFeatures = diagrams.derived("graph features", lambda: cls._of(diagrams))
        return features

    @classmethod
    def _of(cls, diagrams: DiagramSet) -> "GraphFeatures":
        keys, graph_of, _ = distinct_rows(diagrams.graph_keys[diagrams.num_rooms > 0])
        parts = [
            _features_of_graphs(keys[start : start + _CHUNK], diagrams.vocabulary)
            for start in range(0, max(len(keys), 1), _CHUNK)
        ]
        rows, row_of = {}, {}
        for feature in FEATURES:
            values = np.concatenate([part[feature] for part in parts])
            rows[feature], row_of[feature] = _distinct(values)
        return cls(keys, graph_of.astype(np.int32), rows, row_of)

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "GraphFeatures":
        """What `to_arrays` made."""
        return cls(
            arrays["keys"],
            arrays["graph_of"],
            {feature: arrays[f"{feature}_rows"] for feature in FEATURES},
            {feature: arrays[f"{feature}_row_of"] for feature in FEATURES},
        )

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Arrays by name, to be stored."""
        arrays = {"keys": self.keys, "graph_of": self.graph_of}
        for feature in FEATURES:
            arrays[f"{feature}_rows"] = self.rows[feature]
            arrays[f"{feature}_row_of"] = self.row_of[feature]
        return arrays


def _distinct(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    # (G, D) values -> rows that differ in some bit, and for each of G which of them it is
    values = np.ascontiguousarray(values) + 0.0  # turns −0.0, which equals 0.0, into it
    rows, row_of, _ = distinct_rows(values.view(np.uint8))
    return np.ascontiguousarray(rows).view(np.float64), row_of.astype(np.int32)


def _features_of_graphs(keys: np.ndarray, vocabulary: Vocabulary) -> dict[str, np.ndarray]:
    n = keys[:, 0].astype(np.int64)
    adjacency = adjacency_matrices(keys, vocabulary)
    return {
        "degree": degree_histograms(adjacency, n),
        "clustering": clustering_histograms(adjacency, n),
        "spectral": laplacian_spectra(adjacency, n),
    }


def adjacency_matrices(keys: np.ndarray, vocabulary: Vocabulary) -> np.ndarray:
    """(G, n_max, n_max) bool symmetric adjacency of graph keys (G, B)."""
    joined = np.unpackbits(keys[:, 1:], axis=1, count=vocabulary.num_edges).astype(bool)
    adjacency = np.zeros((len(keys), vocabulary.n_max, vocabulary.n_max), bool)
    adjacency[:, vocabulary.edge_rows, vocabulary.edge_cols] = joined
    return adjacency | adjacency.transpose(0, 2, 1)


def _shares(bins: np.ndarray, num_bins: int, n: np.ndarray) -> np.ndarray:
    # (G, num_bins) share of the n rooms whose bin (G, n_max) it is
    exists = np.arange(bins.shape[1]) < n[:, None]
    return (
        np.stack([((bins == k) & exists).sum(axis=1) for k in range(num_bins)], axis=1)
        / (n[:, None])
    )


def degree_histograms(adjacency: np.ndarray, n: np.ndarray) -> np.ndarray:
    """(G, n_max) share of the n rooms with 0, 1, ... neighbours."""
    return _shares(adjacency.sum(axis=2), adjacency.shape[1], n)


def clustering_histograms(adjacency: np.ndarray, n: np.ndarray) -> np.ndarray:
    """(G, 10) share of the n rooms by clustering coefficient c, bin min(int(10·c), 9).

    c is the share of a room's pairs of neighbours that are joined, 0 with fewer than two.
    """
    a = adjacency.astype(np.float32)
    joined_twice = ((a @ a) * a).sum(axis=2).astype(np.int64)  # small integers: exact
    degree = adjacency.sum(axis=2)
    coefficient = joined_twice / np.maximum(degree * (degree - 1), 1)
    bins = np.minimum((coefficient * NUM_CLUSTERING_BINS).astype(np.int64), NUM_CLUSTERING_BINS - 1)
    return _shares(bins, NUM_CLUSTERING_BINS, n)


def laplacian_spectra(adjacency: np.ndarray, n: np.ndarray) -> np.ndarray:
    """(G, n_max) ascending eigenvalues of the normalised Laplacian, then zeros.

    The Laplacian is D^-½ (D − A) D^-½ with a row of zeros for a room without neighbours. It is
    multiplied out in this order and without -0.0, so that the eigenvalues agree to the last bit
    with those of networkx's matrix, behind the published numbers.
    """
    spectra = np.zeros(adjacency.shape[:2])
    for size in np.unique(n):
        chosen = np.flatnonzero(n == size)
        a = adjacency[chosen, :size, :size].astype(np.float64)
        degree = a.sum(axis=2)
        scale = np.divide(1, np.sqrt(degree), out=np.zeros_like(degree), where=degree > 0)
        laplacian = scale[:, :, None] * ((0.0 - a) * scale[:, None, :])
        laplacian[:, range(size), range(size)] = scale * (degree * scale)
        spectra[chosen, :size] = np.linalg.eigvalsh(laplacian)
    return spectra
