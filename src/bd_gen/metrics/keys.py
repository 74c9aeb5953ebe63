"""What a metric gives: its numbers with name, direction and unit, or a reason why there is none."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from bd_gen.system.errors import InputError

Direction = Literal["higher", "lower"] | None
Unit = Literal["rate", "value", "count"]

LAYOUTS = "Layouts"
"""The family of numbers of plans with a layout."""

FAMILIES = (
    "Validity",
    "Coverage",
    "Distribution",
    "Graph Structure",
    "Conditional",
    "Denoising",
    LAYOUTS,
)
"""Order of the families in tables. A family that is not listed comes after these."""


class Fitted(Mapping[str, np.ndarray]):
    """Statistics of the reference set that a metric's `fit` returned.

    Args:
        arrays: what is stored with the reference: arrays by name.
    """

    def __init__(self, arrays: Mapping[str, np.ndarray]) -> None:
        self._arrays = dict(arrays)
        self._derived: dict[str, Any] = {}

    def __getitem__(self, name: str) -> np.ndarray:
        return self._arrays[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)

    def derived(self, name: str, build: Callable[[], Any]) -> Any:
        """`build()`, called once per process and kept under `name`.

        For what follows from the stored arrays but is larger than they are, such as the
        distances between all pairs of reference diagrams.
        """
        if name not in self._derived:
            self._derived[name] = build()
        return self._derived[name]


@dataclass(frozen=True)
class NotComputed:
    """What a metric returns for a key that these samples or this reference cannot give.

    Attributes:
        reason: why, as the end of a sentence: "fewer than 100 samples".
    """

    reason: str


def not_computed(keys: Iterable[str], reason: str) -> dict[str, NotComputed]:
    """The same reason for all of some keys."""
    return dict.fromkeys(keys, NotComputed(reason))


@dataclass(frozen=True)
class MetricKey:
    """One number that a metric returns, or one nested table of numbers.

    Attributes:
        name: key in a result file.
        display: name in tables.
        direction: which direction is better; None where neither is.
        unit: "rate" is a share in 0..1 and shown as a percentage, "count" a whole number, "value"
            anything else.
        nested: the value is a table `{number of rooms: rate}` or
            `{number of rooms: {check: rate}}`; such keys are flattened with "/" in summaries.
        column: the value is the share of samples for which this column of the metric's
            `per_sample` is true; empty where it is no such share.
        counts: of a column of text, the text that counts as true; see `samples.passes`.
        total: key of the number of samples that the value is of, where it is not all of them.
        range: least and largest value that the number can have; by default what unit and
            direction say (see `limits`).
        unclipped: flat key of the same number in bits before it was clipped, of which the value
            is the root (see `discrepancy`); its interval is made of these.
        in_tables: false for numbers that only the intervals of others need.
    """

    name: str
    display: str
    direction: Direction
    unit: Unit
    nested: bool = False
    column: str = ""
    counts: str = ""
    total: str = ""
    range: tuple[float, float] | None = None
    unclipped: str = ""
    in_tables: bool = True

    def __post_init__(self) -> None:
        """Check what type checkers would.

        Raises:
            InputError: no such direction or unit.
        """
        if self.direction not in ("higher", "lower", None):
            got = repr(self.direction)
            raise InputError(
                f"{self.name}: direction: expected 'higher', 'lower' or None, got {got}"
            )
        if self.unit not in get_args(Unit):
            raise InputError(
                f"{self.name}: unit: expected one of {', '.join(get_args(Unit))}, got {self.unit!r}"
            )

    @property
    def limits(self) -> tuple[float, float]:
        """Least and largest value. Shares lie in 0..1; counts, and values that are the better
        the lower, are distances and not below 0; of the rest nothing is known.
        """
        if self.range is not None:
            return self.range
        if self.unit == "rate":
            return 0.0, 1.0
        is_distance = self.unit == "count" or self.direction == "lower"
        return (0.0 if is_distance else -math.inf), math.inf


def within_range(
    low: float, high: float, estimate: float, limits: tuple[float, float]
) -> tuple[float, float]:
    """An interval without what the number cannot be; the estimate stays inside.

    A KL may lie a little below 0, by the floor in its logarithm; then so does its interval.
    """
    low, high = max(low, limits[0]), min(high, limits[1])
    return min(float(low), estimate), max(float(high), estimate)
