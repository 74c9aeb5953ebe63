"""All numbers of a method, flattened, wherever they come from."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bd_gen.metrics.compute import flattened
from bd_gen.results.freshness import Rows, recorded_rows
from bd_gen.results.result_file import Result


@dataclass(frozen=True)
class Numbers:
    """What is known of a method: stored in its result, or just computed.

    Attributes:
        per_seed: flat key to number, by seed.
        ci95: ends of intervals by `key/low` and `key/high`; empty if they are not known or of
            another version.
        versions: of metrics, by name; empty if not known.
        num_samples: diagrams of each seed; 0 if not known.
        rows: diagrams of each seed that were asked for a layout; None if none were.
    """

    per_seed: dict[str, dict[str, float]]
    ci95: dict[str, float]
    versions: Mapping[str, Any]
    num_samples: int
    rows: Rows | None = None

    @cached_property
    def keys(self) -> set[str]:
        """Every flat key that a seed has."""
        return {key for values in self.per_seed.values() for key in values}

    def of(self, key: str) -> list[float]:
        """The values of a key, in the order of the seeds that have it."""
        return [values[key] for values in self.per_seed.values() if key in values]


def stored_numbers(result: Result, intervals_version: int | None = None) -> Numbers:
    """The numbers of a result file.

    Args:
        result: the file.
        intervals_version: whose intervals are wanted; None for any.
    """
    version = result.provenance.get("intervals_version")
    wanted = intervals_version is None or version == intervals_version
    return numbers_of(
        result.per_seed,
        result.ci95 if wanted else {},
        result.metric_versions,
        result.config.get("num_samples"),
        recorded_rows(result),
    )


def numbers_of(
    per_seed: Mapping[str, Mapping[str, Any]],
    ci95: Mapping[str, Mapping[str, Any]],
    versions: Mapping[str, Any],
    num_samples: object,
    rows: Rows | None = None,
) -> Numbers:
    """Numbers as they stand in a result file, flattened."""
    return Numbers(
        per_seed={seed: dict(flattened(entry)) for seed, entry in per_seed.items()},
        ci95={f"{key}/{end}": ci95[key][end] for key in ci95 for end in ("low", "high")},
        versions=versions,
        num_samples=num_samples if type(num_samples) is int else 0,
        rows=rows,
    )
