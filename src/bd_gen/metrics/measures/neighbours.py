"""k-NN precision, recall, density and coverage: how samples and training diagrams overlap.

Precision and recall are those of Kynkäänniemi et al. (arXiv:1904.06991), density and coverage
those of Naeem et al. (arXiv:2002.09797), with two consequences of diagrams being discrete.
Most real diagrams have K equals, so the border has to belong to a neighbourhood: without it,
as in the package `prdc`, most are empty, and real plans get a precision of 0.4, below that of
plainly worse samples. And neighbourhoods hold more than K others, so density is divided by the
number that they really hold. On data without ties neither makes a difference.

There are two spaces. The structural one sees graphs without types: degrees, clustering and
spectrum. The typed one counts room types, joined pairs of types, and relations by the type of
the room that they are seen from. Neither depends on the order of the rooms.

All values depend on how large the two sets are. As many training diagrams take part as there
are samples, 1,000 at most. Precision and density look at all samples, recall and coverage at
1,000 of them at most. Samples without a room are near to nothing.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bd_gen.diagrams.diagram_set import DiagramSet
from bd_gen.metrics.graph_features import FEATURES, GraphFeatures
from bd_gen.metrics.keys import Direction, Fitted, MetricKey, Unit, not_computed
from bd_gen.metrics.parts import parts
from bd_gen.metrics.point_clouds import K, Neighbourhoods, Points
from bd_gen.metrics.registry import metric
from bd_gen.metrics.resampling import Weights, weighted_sums

MAX_DIAGRAMS = 1000
"""Training diagrams, and samples that have a neighbourhood of their own, at most."""

_SEED = 42
_CHUNK = 2048  # samples at a time: (chunk, 1000) float64 distances are 16 MB


def structural_features(diagrams: DiagramSet) -> np.ndarray:
    """(M, D) float64 degree and clustering histogram and spectrum of the M that have a room."""
    features = GraphFeatures.of(diagrams)
    rows = [features.rows[name][features.row_of[name]] for name in FEATURES]
    return np.concatenate(rows, axis=1)[features.graph_of]


def typed_features(diagrams: DiagramSet) -> np.ndarray:
    """(M, D) int16 counts in the M diagrams that have a room.

    Counted are rooms by type, joined pairs of rooms by their two types, and ends of edges by
    the type of the room there and its relation to the other room (r for room i of an edge
    (i, j, r), its inverse for room j).
    """
    v = diagrams.vocabulary
    chosen = np.flatnonzero(diagrams.num_rooms > 0)
    types = diagrams.room_types[chosen].astype(np.int64)
    room_row, room = np.nonzero(np.arange(v.n_max) < diagrams.num_rooms[chosen, None])
    row, slot = np.nonzero(diagrams.has_edge[chosen])
    relation = diagrams.relations[chosen].astype(np.int64)[row, slot]
    i, j = types[row, v.edge_rows[slot]], types[row, v.edge_cols[slot]]
    num_types = v.num_room_types + 1  # rooms without a legal type are a type of their own
    ends = num_types + num_types**2  # rooms come first, then pairs, then ends
    size = ends + num_types * v.num_relations
    cells = [
        room_row * size + types[room_row, room],
        row * size + num_types + np.minimum(i, j) * num_types + np.maximum(i, j),
        row * size + ends + i * v.num_relations + relation,
        row * size + ends + j * v.num_relations + v.words.inverse[relation],
    ]
    counts = np.bincount(np.concatenate(cells), minlength=len(chosen) * size)
    return counts.reshape(len(chosen), size).astype(np.int16)


def _some(tokens: np.ndarray) -> np.ndarray:
    # at most MAX_DIAGRAMS of the rows, in random order
    return tokens[np.random.default_rng(_SEED).permutation(len(tokens))[:MAX_DIAGRAMS]]


def training_diagrams(train: DiagramSet) -> dict[str, np.ndarray]:
    """Token rows (R, length) of up to 1,000 training diagrams, drawn from those with a room."""
    return {"tokens": _some(train.tokens[train.num_rooms > 0])}


@dataclass(frozen=True)
class Space:
    """A space in which diagrams are points, and the four metrics in it.

    Attributes:
        name: of the space.
        features: coordinates (M, D) of the diagrams of a set that have a room.
        suffix: what its keys and its column end with.
    """

    name: str
    features: Callable[[DiagramSet], np.ndarray]
    suffix: str = ""

    def _points(self, diagrams: DiagramSet) -> Points:
        return diagrams.derived(f"{self.name} points", lambda: Points(self.features(diagrams)))

    def _own(self, samples: DiagramSet) -> Neighbourhoods:
        # those of the samples, or of some
        some = samples
        if len(samples) > MAX_DIAGRAMS:
            some = DiagramSet(_some(samples.tokens), samples.vocabulary)
        return Neighbourhoods(self._points(some))

    def _reference(self, samples: DiagramSet, fitted: Fitted) -> Neighbourhoods:
        # those of as many training diagrams as there are samples, worked out once
        tokens = fitted["tokens"][: len(samples)]
        return fitted.derived(
            f"{self.name} neighbourhoods of {len(tokens)}",
            lambda: Neighbourhoods(self._points(DiagramSet(tokens, samples.vocabulary))),
        )

    def num_around(self, samples: DiagramSet, fitted: Fitted) -> np.ndarray:
        """(N,) int64: how many training neighbourhoods hold each sample."""
        kept: dict[str, Any] = samples.derived(f"around in {self.name}", dict)
        if kept.get("fitted") is not fitted:
            kept.update(fitted=fitted, around=self._num_around(samples, fitted))
        around: np.ndarray = kept["around"]
        return around

    def _num_around(self, samples: DiagramSet, fitted: Fitted) -> np.ndarray:
        reference = self._reference(samples, fitted)
        around = np.zeros(len(samples), np.int64)
        for start, part in parts(samples, _CHUNK):
            points = self._points(part)
            held = reference.num_holding(points.rows)
            around[start + np.flatnonzero(part.num_rooms)] = held[points.row_of]
        return around

    def columns(self, samples: DiagramSet, fitted: Fitted) -> dict[str, np.ndarray]:
        """Column near_training, (N,) bool: some training neighbourhood holds the sample."""
        return {f"near_training{self.suffix}": self.num_around(samples, fitted) > 0}

    def keys(self, words: str) -> tuple[MetricKey, ...]:
        """The four keys; `words` follow their names in tables."""

        def key(name: str, direction: Direction, column: str = "") -> MetricKey:
            unit: Unit = "value" if name == "density" else "rate"
            shown = f"k-NN {name}{words}"
            limits = (0.0, math.inf if unit == "value" else 1.0)
            key = f"eval/{name}{self.suffix}"
            return MetricKey(key, shown, direction, unit, column=column, range=limits)

        return (
            key("precision", "higher", f"near_training{self.suffix}"),
            key("recall", "higher"),
            # above 1 where samples crowd into the densest places: more is not better
            key("density", None),
            key("coverage", "higher"),
        )

    def measure(self, samples: DiagramSet, fitted: Fitted) -> dict[str, Any]:
        """The four values; none with so few diagrams that nobody has k neighbours."""
        if np.count_nonzero(samples.num_rooms) <= K or len(fitted["tokens"]) <= K:
            side = "training diagrams" if len(fitted["tokens"]) <= K else "samples with a room"
            return dict(not_computed((key.name for key in self.keys("")), f"{K} or fewer {side}"))
        reference, own = self._reference(samples, fitted), self._own(samples)
        around = self.num_around(samples, fitted)
        counts = reference.points.counts
        reached = own.hold(reference.points.rows).any(axis=1)
        covered = reference.hold(own.points.rows).any(axis=0)
        total = max(len(reference.points), 1)
        return {
            f"eval/precision{self.suffix}": float((around > 0).mean()),
            f"eval/recall{self.suffix}": int(counts[reached].sum()) / total,
            f"eval/density{self.suffix}": int(around.sum()) / len(around) / _expected(reference),
            f"eval/coverage{self.suffix}": int(counts[covered].sum()) / total,
        }

    def resampled_density(
        self, samples: DiagramSet, fitted: Fitted, weights: Weights
    ) -> Mapping[str, np.ndarray]:
        """Density under (B, N) weights. Recall and coverage of a bootstrap, which leaves out a
        third of the samples, would come out too low.
        """
        around = weighted_sums(weights, self.num_around(samples, fitted).astype(np.float64))
        expected = _expected(self._reference(samples, fitted))
        return {f"eval/density{self.suffix}": around / weights.sum(axis=1) / expected}


def _expected(reference: Neighbourhoods) -> float:
    # in how many neighbourhoods a diagram lies if it is like the others
    return reference.occupancy or 1.0


STRUCTURAL = Space("structural", structural_features)
TYPED = Space("typed", typed_features, "_typed")


@metric(
    family="Coverage",
    keys=STRUCTURAL.keys(""),
    fit=training_diagrams,
    per_sample=STRUCTURAL.columns,
    resample=STRUCTURAL.resampled_density,
)
def neighbours(samples: DiagramSet, fitted: Fitted) -> dict[str, Any]:
    """Overlap with the training diagrams as graphs without types."""
    return STRUCTURAL.measure(samples, fitted)


@metric(
    family="Coverage",
    keys=TYPED.keys(", typed"),
    fit=training_diagrams,
    per_sample=TYPED.columns,
    resample=TYPED.resampled_density,
)
def typed_neighbours(samples: DiagramSet, fitted: Fitted) -> dict[str, Any]:
    """Overlap with the training diagrams in room types and relations."""
    return TYPED.measure(samples, fitted)
