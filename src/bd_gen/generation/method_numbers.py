"""All numbers of a method, flattened, wherever they come from, and whose tokens they are of."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Literal

from bd_gen.metrics import METRICS, MetricInfo, find_metric_info
from bd_gen.metrics.compute import flattened
from bd_gen.results.freshness import Rows, recorded_rows
from bd_gen.results.result_file import Result

Missing = Literal["new", "not computed", "other version"]
"""What can be said of a number that has none to be compared with."""

_DENSITY = "edge_present_rate_by_num_rooms/"
_SAME = 1e-9
_SAME_MMD = 1e-6
_TELLING = ("eval/node_js", "eval/edge_js", "eval/conditional_edge_js_weighted")
"""Real numbers that two sets of tokens hardly have in common by chance."""


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


def same_tokens(stored: Numbers, now: Numbers) -> bool:
    """Are these numbers of the same tokens and reference? Told by a few hardly equal by chance.

    Most of the seeds decide: one whose stored numbers are wrong must not make the others pass for
    tokens that were drawn again, among whose spread it would not even be seen.
    """
    return _most_seeds_agree(stored, now, lambda key: key in _TELLING)


def same_tokens_alone(stored: Numbers, now: Numbers) -> bool:
    """Are these numbers of the same tokens, whatever they were measured against?

    Told by numbers for which no reference is needed: shares of samples, and the density of edges
    for each number of rooms, which is hardly equal by chance.
    """
    dense = any(key.startswith(_DENSITY) for key in stored.keys & now.keys)
    return dense and _most_seeds_agree(stored, now, _needs_no_reference)


def _most_seeds_agree(stored: Numbers, now: Numbers, tells: Callable[[str], bool]) -> bool:
    seeds = list(stored.per_seed)
    if seeds != list(now.per_seed):
        return False
    keys = [
        key
        for key in stored.keys & now.keys
        if tells(key) and kind_without_numbers(key, stored, now) is None
    ]
    agreeing = sum(
        any(key in stored.per_seed[seed] for key in keys)
        and all(_agrees_in(key, stored.per_seed[seed], now.per_seed[seed]) for key in keys)
        for seed in seeds
    )
    return 2 * agreeing > len(seeds)


def _agrees_in(key: str, stored: Mapping[str, float], now: Mapping[str, float]) -> bool:
    if key not in stored or key not in now:
        return key not in stored and key not in now
    return is_same(key, stored[key], now[key])


def _needs_no_reference(key: str) -> bool:
    info = key_info(key)
    metric = None if info is None else METRICS.get(info.metric)
    return metric is not None and metric.compute is not None and metric.fit is None


def is_same(key: str, a: float, b: float) -> bool:
    """Equal but for rounding: to 1e-9, and MMDs to 1e-6."""
    tolerance = _SAME_MMD if "mmd" in key else _SAME
    return math.isclose(a, b, rel_tol=tolerance, abs_tol=tolerance)


def kind_without_numbers(key: str, stored: Numbers, now: Numbers) -> Missing | None:
    """What can be said of a key whatever its numbers are."""
    if key not in stored.keys and not _is_row_of(key, stored):
        return "new"
    if key not in now.keys and not _is_row_of(key, now):
        return "not computed"
    info = key_info(key)
    has_other_rows = None not in (stored.rows, now.rows) and stored.rows != now.rows
    if info is not None and info.total and has_other_rows:
        return "other version"
    if info is None or key not in stored.keys or key not in now.keys:
        return None
    versions = stored.versions.get(info.metric), now.versions.get(info.metric)
    return "other version" if None not in versions and versions[0] != versions[1] else None


def _is_row_of(key: str, numbers: Numbers) -> bool:
    """Is it a row, such as a number of rooms that no sample has, of a table that is there?"""
    table, slash, _ = key.partition("/")
    rows = f"{table}{slash}"
    return rows not in ("eval/", table) and any(name.startswith(rows) for name in numbers.keys)


@cache
def key_info(key: str) -> MetricInfo | None:
    """What is known about a flat key, looked up once."""
    return find_metric_info(key)
