"""PolyGraph discrepancy: how well classifiers tell samples from training diagrams.

A classifier that holds out half of the data bounds the Jensen-Shannon distance of the two
distributions from below, so the number has a scale: 0 where no classifier does better than
chance, 1 where samples and diagrams never look alike. It is the distance of what a descriptor
shows, and never more than that of the diagrams themselves, however bad the classifier.

Source: Krimmel et al., PolyGraph Discrepancy, arXiv:2510.06122. Descriptors here are those of
typed diagrams, and the classifiers are small enough to run for every seed of every method.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bd_gen.diagrams.diagram_set import DiagramSet
from bd_gen.metrics.descriptors import DESCRIPTORS, described, frequent_words
from bd_gen.metrics.keys import Fitted, MetricKey, not_computed
from bd_gen.metrics.registry import metric

MAX_DIAGRAMS = 5000
"""Training diagrams that are kept; of more samples than that a part is measured."""

MIN_DIAGRAMS = 100
"""With fewer samples or training diagrams nothing is computed: halves of less than 50
diagrams teach a classifier little, and what it scores on them is noise."""

NUM_FOLDS = 4

_BITS = "pgd_bits"
_SEED = 0
_SURE = 1e-10  # no probability counts as nearer to 0, as in the published implementation

_DISPLAY = {
    "types": "types",
    "relations": "relations",
    "degrees": "typed degrees",
    "pairs": "typed pairs",
    "neighbourhoods": "typed neighbourhoods",
    "triples": "triples of relations",
    "graph": "unlabelled graph",
}


def _logistic() -> Any:
    from sklearn.linear_model import LogisticRegression

    # C weighs the data against the penalty: with about a hundred columns and 500 diagrams a
    # side, 0.03 gave the highest bounds on samples and the least loss on real plans.
    return LogisticRegression(C=0.03, max_iter=1000)


def _boosting() -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    # Few trees with a large step: as good as 30 of half the step and more than twice as fast.
    return HistGradientBoostingClassifier(
        max_iter=12,
        learning_rate=0.25,
        max_leaf_nodes=12,
        max_bins=32,
        early_stopping=False,
        random_state=0,
    )


CLASSIFIERS: Mapping[str, Callable[[], Any]] = {"logistic": _logistic, "boosting": _boosting}
"""What makes a new classifier with `fit` and `predict_proba` of scikit-learn, by name."""


@dataclass(frozen=True)
class Separation:
    """How well one descriptor tells two sets of diagrams apart.

    Attributes:
        classifier: name of the one that did better in cross-validation on the first halves.
        validated: its bound of the Jensen-Shannon divergence there, bits.
        held_out: the bound on the second halves after training on the first, bits. Both may be
            below 0, where the classifier does worse than chance.
    """

    classifier: str
    validated: float
    held_out: float

    @property
    def distance(self) -> float:
        """Bound of the Jensen-Shannon distance, 0 to 1."""
        return float(np.sqrt(np.clip(self.held_out, 0.0, 1.0)))


def divergence_bound(of_real: np.ndarray, of_drawn: np.ndarray) -> float:
    """Bound of the Jensen-Shannon divergence in bits that a classifier reaches; at most 1.

    JSD(P, Q) ≥ 1 + ½·E_P[log2 D] + ½·E_Q[log2(1 − D)] for every function D to (0, 1), with
    equality for D = P / (P + Q). Each side is a mean over its own diagrams, so the sides may be
    of unequal size.

    Args:
        of_real: (N,) probability D that each real diagram is real.
        of_drawn: (M,) the same for the others.
    """
    real = np.log2(np.maximum(of_real, _SURE)).mean()
    drawn = np.log2(np.maximum(1 - of_drawn, _SURE)).mean()
    return float(1 + (real + drawn) / 2)


def _bound(classifier: Any, x: np.ndarray, y: np.ndarray, learn: np.ndarray) -> float:
    # trained on the rows `learn` (bool), measured on the others
    classifier.fit(x[learn], y[learn])
    is_real = classifier.predict_proba(x[~learn])[:, 1]
    return divergence_bound(is_real[y[~learn]], is_real[~y[~learn]])


def separate(real: np.ndarray, drawn: np.ndarray) -> Separation:
    """The classifiers' test on one descriptor.

    The first halves train; which classifier is taken is decided by cross-validation there, and
    its value comes from the second halves, which nothing has seen. Columns are scaled to mean
    0 and variance 1 of the first halves.

    Args:
        real: (M, D) rows of one side in random order, M at least 2·`NUM_FOLDS`.
        drawn: (M, D) rows of the other. Equal numbers make chance a probability of ½.
    """
    count = len(real)
    x = np.concatenate([real, drawn])
    y = np.arange(len(x)) < count
    place = np.arange(len(x)) % count
    first = place < count // 2
    varies = x[first].min(axis=0) < x[first].max(axis=0)
    if not varies.any():
        return Separation("none", 0.0, 0.0)
    x = x[:, varies]
    x = (x - x[first].mean(axis=0)) / x[first].std(axis=0)
    fold = place[first] % NUM_FOLDS
    best = Separation("none", -np.inf, 0.0)
    for name, make in CLASSIFIERS.items():
        bounds = [_bound(make(), x[first], y[first], fold != k) for k in range(NUM_FOLDS)]
        if np.mean(bounds) > best.validated:
            best = Separation(name, float(np.mean(bounds)), 0.0)
    held_out = _bound(CLASSIFIERS[best.classifier](), x, y, first)
    return Separation(best.classifier, best.validated, held_out)


def separations(samples: DiagramSet, fitted: Fitted) -> dict[str, Separation]:
    """The test for each descriptor, by name; none with fewer than `MIN_DIAGRAMS` of a side.

    Args:
        samples: the diagrams to be told from the training diagrams.
        fitted: what `training_diagrams` returned.
    """
    from threadpoolctl import threadpool_limits

    count = min(len(samples), len(fitted["rows"]))
    if count < MIN_DIAGRAMS:
        return {}
    vocabulary = samples.vocabulary

    def describe(tokens: np.ndarray) -> dict[str, np.ndarray]:
        return described(DiagramSet(tokens, vocabulary), fitted)

    # Sums in another order differ in the last bit, so one thread does it all.
    with threadpool_limits(limits=1):
        drawn = describe(_shuffled(samples.tokens, count))
        real = fitted.derived(f"first {count}", lambda: describe(fitted["rows"][:count]))
        return {name: separate(real[name], drawn[name]) for name in DESCRIPTORS}


def training_diagrams(train: DiagramSet) -> dict[str, np.ndarray]:
    """What the test needs of the training set.

    Returns:
        "rows": (R, length) uint8 tokens of up to `MAX_DIAGRAMS` training diagrams, drawn without
        replacement and in random order; and for each bag of words its frequent words (K,), from
        the whole training set.
    """
    return {"rows": _shuffled(train.tokens, MAX_DIAGRAMS), **frequent_words(train)}


def _shuffled(rows: np.ndarray, count: int) -> np.ndarray:
    # at most `count` of (N, B) uint8 rows in random order, always the same for the same rows in
    # whatever order: the order in which samples come may mean something, and must not move the
    # result.
    whole = np.ascontiguousarray(rows).view(np.dtype((np.void, rows.shape[1]))).ravel()
    order = np.argsort(whole, kind="stable")
    return rows[order[np.random.default_rng(_SEED).permutation(len(rows))[:count]]]


def _key(name: str, display: str, row: str) -> MetricKey:
    unclipped = f"{_BITS}/{row}"
    return MetricKey(name, display, "lower", "value", range=(0.0, 1.0), unclipped=unclipped)


@metric(
    family="Distribution",
    keys=(
        _key("eval/pgd", "PolyGraph discrepancy, typed", "best"),
        *(_key(f"eval/pgd_{name}", f"PGD, {_DISPLAY[name]}", name) for name in DESCRIPTORS),
        MetricKey(
            _BITS,
            "PGD in bits, unclipped",
            None,
            "value",
            nested=True,
            range=(-math.inf, 1.0),
            in_tables=False,
        ),
    ),
    version=2,
    fit=training_diagrams,
)
def discrepancy(samples: DiagramSet, fitted: Fitted) -> dict[str, Any]:
    """Lower bounds of the Jensen-Shannon distance between samples and training diagrams.

    `eval/pgd` is the bound of the descriptor that does best in cross-validation, so it is not
    the largest of the others. More samples make better classifiers and higher bounds: only
    results from equal numbers of samples compare. `pgd_bits` holds the bounds in bits before
    they are clipped, of which the intervals are made.
    """
    found = separations(samples, fitted)
    names = ("eval/pgd", *(f"eval/pgd_{name}" for name in DESCRIPTORS), _BITS)
    if not found:
        fewer = "samples" if len(samples) < MIN_DIAGRAMS else "training diagrams"
        return dict(not_computed(names, f"fewer than {MIN_DIAGRAMS} {fewer}"))
    return bounds("eval/pgd", _BITS, found)


def bounds(key: str, bits_key: str, found: Mapping[str, Separation]) -> dict[str, Any]:
    """The values of a metric: the best descriptor's distance, each one's, and all in bits."""
    best = max(found.values(), key=lambda separation: separation.validated)
    each = {f"{key}_{name}": separation.distance for name, separation in found.items()}
    bits = {"best": best.held_out, **{name: one.held_out for name, one in found.items()}}
    return {key: best.distance, **each, bits_key: bits}
