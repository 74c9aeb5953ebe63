"""Sets of points of which many are equal, and the neighbourhoods around them.

A point's neighbourhood is the ball around it that reaches to its K-th nearest other point of
the set, border included. Where more than K others are equal to it the ball has radius 0 and
holds its equals.
"""

import numpy as np

from bd_gen.diagrams.diagram_set import distinct_rows
from bd_gen.metrics.mmd import SAME_WITHIN, squared_distances

K = 5
"""Which nearest neighbour a ball reaches to."""

_EXACT_IN_FLOAT32 = 2**24


def point_distances(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """(X, Y) squared distances of rows (X, D) and (Y, D), both integers or both floats.

    Those of integers are exact, in float32 where it holds them and in float64 elsewhere.
    """
    return _exact_distances(x, y) if x.dtype.kind == "i" else squared_distances(x, y)


def _exact_distances(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    of_x = np.square(x, dtype=np.int64).sum(axis=1)
    of_y = np.square(y, dtype=np.int64).sum(axis=1)
    # No distance and no product is larger than four times the longest row.
    largest = 4 * max(of_x.max(initial=0), of_y.max(initial=0))
    dtype = np.float32 if largest < _EXACT_IN_FLOAT32 else np.float64
    # Most columns of typed features are 0 for all of the reference.
    shared = (y != 0).any(axis=0)
    distances = np.matmul(x[:, shared].astype(dtype), y[:, shared].astype(dtype).T)
    distances *= -2
    distances += of_x.astype(dtype)[:, None]
    distances += of_y.astype(dtype)
    return np.asarray(distances)


class Points:
    """Points with equal ones put together. Floats that agree within 1e-9 are equal.

    Args:
        coordinates: (M, D) integers or floats, a row for each point.

    Attributes:
        rows: (U, D) distinct points.
        counts: (U,) how often each occurs.
        row_of: (M,) which of them each point is.
    """

    def __init__(self, coordinates: np.ndarray) -> None:
        grid = coordinates
        if coordinates.dtype.kind == "f":
            grid = np.rint(coordinates / SAME_WITHIN).astype(np.int64)
        _, self.row_of, self.counts = distinct_rows(np.ascontiguousarray(grid).view(np.uint8))
        _, first = np.unique(self.row_of, return_index=True)
        self.rows = coordinates[first]

    def __len__(self) -> int:
        return len(self.row_of)


class Neighbourhoods:
    """The balls around all points of a set. Where a point has fewer than K others, its ball
    reaches to the farthest.

    Attributes:
        points: the centres.
        occupancy: how many *other* points of the set a ball holds on average: K without ties.
    """

    def __init__(self, points: Points) -> None:
        self.points = points
        self._radii = np.zeros(len(points.rows))
        self.occupancy = 0.0
        if len(points):
            distances = point_distances(points.rows, points.rows)
            kth = min(K, len(points) - 1)  # each point is its own nearest, number 0
            repeated = np.repeat(distances, points.counts, axis=1)
            self._radii = np.partition(repeated, kth, axis=1)[:, kth]
            pairs = int(points.counts @ self._hold(distances) @ points.counts)
            self.occupancy = (pairs - len(points)) / len(points)

    def _hold(self, distances: np.ndarray) -> np.ndarray:
        # Distances that differ by rounding alone are equal.
        return distances <= (self._radii + SAME_WITHIN).astype(distances.dtype)

    def num_holding(self, rows: np.ndarray) -> np.ndarray:
        """(X,) int64: around how many points of the set a ball holds each row (X, D)."""
        # Floats, which hold these integers exactly, are multiplied faster.
        dtype = np.float32 if len(self.points) < _EXACT_IN_FLOAT32 else np.float64
        numbers: np.ndarray = self.hold(rows).astype(dtype) @ self.points.counts.astype(dtype)
        return numbers.astype(np.int64)

    def hold(self, rows: np.ndarray) -> np.ndarray:
        """(X, U) bool: whether the ball around each distinct point holds each row (X, D)."""
        return self._hold(point_distances(rows, self.points.rows))
