"""Vendi score with a Weisfeiler-Lehman kernel: the effective number of different diagrams.

The score is exp(−Σ λ ln λ) over the eigenvalues λ of K/n (Friedman & Dieng, arXiv:2210.02410),
with K the Weisfeiler-Lehman subtree kernel (Shervashidze et al., JMLR 12, 2011) scaled to ones
on its diagonal: 1 if all samples are alike, n if no two share a label. It sees diversity and
nothing else, so more than real diagrams have is no better than less; what to compare it with is
its value for as many held-out diagrams. It grows with n, and sets larger than 1,000 are
subsampled to that, so that it stays comparable.
"""

import math

import numpy as np

from bd_gen.diagrams.diagram_set import DiagramSet, distinct_rows
from bd_gen.metrics.descriptors import mixed
from bd_gen.metrics.keys import MetricKey
from bd_gen.metrics.registry import metric

ITERATIONS = 2
"""Refinements of the labels: a room's last label tells of the rooms up to two edges away."""

MAX_DIAGRAMS = 1000
"""Larger sets are subsampled to this many diagrams."""

_SEED = 42


def weisfeiler_lehman_labels(diagrams: DiagramSet, iterations: int = ITERATIONS) -> np.ndarray:
    """Labels of all rooms after 0, 1, ... refinements.

    A room's first label is its type. Its next one tells of its present label and, for each
    edge, of the relation seen from this room (r for room i of an edge (i, j, r), its inverse for
    room j) and the other room's label. Labels are 64-bit hashes, the same in every set; that two
    of a million labels agree by chance has a probability of 3e-8.

    Returns:
        (N, iterations + 1, n_max) uint64, 0 where there is no room.
    """
    v = diagrams.vocabulary
    exists = np.arange(v.n_max)[:, None] < diagrams.num_rooms
    labels = mixed(np.ascontiguousarray(diagrams.room_types.T).astype(np.uint64)) * exists
    joined = np.ascontiguousarray(diagrams.has_edge.T)
    relations = np.minimum(diagrams.relations.T, v.num_relations - 1)
    code = mixed(np.arange(v.num_relations, dtype=np.uint64) << np.uint64(32))
    codes = code[relations]
    turned = code[v.words.inverse[relations]]
    rounds = [labels]
    for _ in range(iterations):
        heard = np.zeros_like(labels)
        for slot, (i, j) in enumerate(zip(v.edge_rows, v.edge_cols, strict=True)):
            heard[i] += mixed(labels[j] + codes[slot]) * joined[slot]
            heard[j] += mixed(labels[i] + turned[slot]) * joined[slot]
        labels = mixed(labels + heard) * exists
        rounds.append(labels)
    return np.ascontiguousarray(np.stack(rounds).transpose(2, 0, 1))


def _kernel(labels: np.ndarray) -> np.ndarray:
    # (D, ...) labels -> (D, D) float64: products of label counts, exact integers
    from scipy.sparse import csr_matrix

    labels = labels.reshape(len(labels), -1)
    row, _ = np.nonzero(labels)
    names, column = np.unique(labels[labels != 0], return_inverse=True)
    counts = csr_matrix((np.ones(len(row)), (row, column.ravel())), shape=(len(labels), len(names)))
    return (counts @ counts.T).toarray()


def vendi_score(diagrams: DiagramSet, iterations: int = ITERATIONS) -> float:
    """Effective number of different diagrams; rows without a room take no part.

    Its cost grows with the cube of the number of diagrams.

    Returns:
        a number from 1 to the number of diagrams, 0.0 if there are none.
    """
    from threadpoolctl import threadpool_limits

    labels = weisfeiler_lehman_labels(diagrams, iterations)[diagrams.num_rooms > 0]
    if not len(labels):
        return 0.0
    # The last labels tell of all earlier ones. Diagrams that have the same count once, with
    # their weight, and stand in one order however samples and rooms are numbered.
    last = np.sort(labels[:, -1], axis=1)
    _, same, counts = distinct_rows(np.ascontiguousarray(last).view(np.uint8))
    _, first = np.unique(same, return_index=True)
    kernel = _kernel(labels[first])
    length = np.diagonal(kernel)
    cosine = kernel / np.sqrt(np.outer(length, length))
    weighted = cosine * np.sqrt(np.outer(counts, counts)) / len(labels)
    # The last bits of eigenvalues depend on the number of threads; so it is always one.
    with threadpool_limits(1, user_api="blas"):
        eigenvalues = np.linalg.eigvalsh(weighted)
    shares = eigenvalues[eigenvalues > 0]
    return float(np.exp(-np.sum(shares * np.log(shares))))


@metric(
    family="Coverage",
    keys=(MetricKey("eval/vendi_wl", "Vendi score (WL)", None, "value", range=(0.0, math.inf)),),
)
def vendi(samples: DiagramSet) -> dict[str, float]:
    """Effective number of different diagrams among the samples, of 1,000 at most."""
    if len(samples) > MAX_DIAGRAMS:
        chosen = np.random.default_rng(_SEED).permutation(len(samples))[:MAX_DIAGRAMS]
        samples = DiagramSet(samples.tokens[chosen], samples.vocabulary)
    return {"eval/vendi_wl": vendi_score(samples)}
