"""Every number of every column: how sure it is, how far from real plans, and whether it is best."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from bd_gen.metrics import MetricInfo, find_metric_info, metric_infos
from bd_gen.metrics.compute import flattened
from bd_gen.metrics.keys import within_range
from bd_gen.metrics.significance import LEVEL, normal_quantile, student_quantile, wilson
from bd_gen.results.columns import REAL, YARDSTICKS, Column, natural_order
from bd_gen.results.ties import Estimate, Mark, marks

FROM_SPREAD = "spread"
"""`Score.source` of intervals that the file lacks; made here from the deviation over the seeds."""

FROM_COUNTS = "counts"
"""`Score.source` of intervals that the file lacks; made here from the number of samples."""

ERROR_MODEL = (
    "of shares of samples Wilson's, of other numbers the two-level bootstrap (samples, then "
    "seeds), and Student's t over the seeds of what neither gives (rows by number of rooms, "
    "files without intervals) or over the trainings where a column is the mean of several"
)
"""Where intervals come from, wherever numbers stand side by side."""

OTHER = "Other"
"""The family of numbers that no registered metric claims."""


@dataclass(frozen=True)
class Against:
    """How far a number is from that of real plans.

    Attributes:
        value: for rates the difference (as a share, not in points), for others the multiple.
        kind: "difference" · "multiple" · "at least", a multiple of the upper end of the real
            plans' interval, because theirs cannot be told from 0 · "same", where neither can the
            number itself be told from theirs.
    """

    value: float
    kind: str


@dataclass(frozen=True)
class Score:
    """One number of one column.

    Attributes:
        mean: over the seeds, in the metric's own unit.
        std: population standard deviation over the seeds; None for what is measured once.
        interval: 95 % interval of the mean; None where nothing tells it.
        standard_error: of the mean; None where nothing tells it.
        degrees_of_freedom: of the standard error, see `ties.Estimate`.
        source: where the interval comes from: "wilson", "bootstrap" or "seeds" as in the file,
            "trainings" of a mean over several, `FROM_COUNTS` or `FROM_SPREAD`; or empty.
        against: the distance from real plans; None for their own column, or where it would say
            nothing.
        mark: whether it is the best of the methods, or tied with the best.
    """

    mean: float
    std: float | None
    interval: tuple[float, float] | None = None
    standard_error: float | None = None
    degrees_of_freedom: float = math.inf
    source: str = ""
    against: Against | None = None
    mark: Mark = ""


@dataclass(frozen=True)
class Scores:
    """The numbers of all columns.

    Attributes:
        infos: what is known about each key, in the order of the registry; keys that no metric
            claims come last.
        cells: a score for each key and name of a column that has it.
    """

    infos: tuple[MetricInfo, ...]
    cells: dict[tuple[str, str], Score]

    def of(self, key: str, name: str) -> Score | None:
        """The score of a column under a key."""
        return self.cells.get((key, name))


def scores_of(columns: Sequence[Column]) -> Scores:
    """Collect the numbers of all columns and set them beside each other.

    Only methods can be best: real plans and the baselines are what they are measured by.
    """
    infos = _infos(columns)
    seeds = {column.name: _seeds_by_key(column) for column in columns}
    cells: dict[tuple[str, str], Score] = {}
    other_size = columns_of_other_size(columns)
    for info in infos:
        found = {c.name: s for c in columns if (s := _score(c, info, seeds[c.name])) is not None}
        methods = {
            name: Estimate(s.mean, s.standard_error, s.degrees_of_freedom)
            for name, s in found.items()
            if name not in YARDSTICKS
        }
        marked = marks(methods, info.direction)
        real = found.get(REAL)
        for name, score in found.items():
            comparable = name not in other_size or bool(info.column)
            against = None
            if real is not None and name != REAL and comparable:
                against = against_real(score, real, info)
            cells[info.name, name] = replace(score, against=against, mark=marked.get(name, ""))
    return Scores(tuple(infos), cells)


def columns_of_other_size(columns: Sequence[Column]) -> list[str]:
    """Columns with another number of samples a seed than the real plans have.

    Distances, diversity and coverage depend on that number, so a multiple of the real plans' says
    nothing there; shares of samples do not.
    """
    sizes = {column.name: column.result.config.get("num_samples") for column in columns}
    real = sizes.get(REAL)
    if real is None:
        return []
    return [name for name, size in sizes.items() if size not in (None, real)]


def against_real(score: Score, real: Score, info: MetricInfo) -> Against | None:
    """How far a number is from that of real plans; None where that would say nothing."""
    if info.unit == "rate":
        return Against(score.mean - real.mean, "difference")
    if info.unit == "count":
        return None
    low, high = real.interval or (real.mean, real.mean)
    if low > 0:
        return Against(score.mean / real.mean, "multiple")
    if high <= 0:
        return None
    # Such as an unbiased MMD, which for real plans is 0 but for noise.
    multiple = score.mean / high
    return Against(multiple, "at least" if multiple > 1 else "same")


def _infos(columns: Sequence[Column]) -> list[MetricInfo]:
    """Every key that a column has, in the order of the registry; unclaimed ones come last."""
    present = {
        key: None
        for c in columns
        for key in (*c.result.summary, *c.result.denoising, *c.result.not_computed)
    }
    known = {info.name: info for info in metric_infos()}
    rank = {key: k for k, key in enumerate(known)}

    def order(key: str) -> tuple[object, ...]:
        base = key if key in rank else key.partition("/")[0]
        return (rank.get(base, len(rank)), natural_order(key))

    infos = [
        known.get(key)
        or find_metric_info(key)
        or MetricInfo(key, key, None, "value", metric="", family=OTHER, version=1)
        for key in sorted(present, key=order)
    ]
    return [info for info in infos if info.in_tables]


def _seeds_by_key(column: Column) -> Counter[str]:
    """How many seeds have each key: a number of rooms may be missing in some."""
    return Counter(key for entry in column.result.per_seed.values() for key, _ in flattened(entry))


def _score(column: Column, info: MetricInfo, seeds: Counter[str]) -> Score | None:
    result = column.result
    summary = result.summary.get(info.name)
    if summary is None:
        value = result.denoising.get(info.name)
        return None if value is None else Score(value, None)
    score = Score(summary["mean"], summary["std"])
    num_seeds = seeds[info.name]
    known = result.ci95.get(info.name) or _interval_of_share(info, summary["mean"], column)
    if known is not None:
        of_seeds = known["from"] == "seeds" and num_seeds > 1
        return replace(
            score,
            # Files of earlier versions hold intervals that leave the range.
            interval=within_range(known["low"], known["high"], score.mean, info.limits),
            standard_error=known["se"],
            degrees_of_freedom=known.get("degrees", num_seeds - 1 if of_seeds else math.inf),
            source=known["from"],
        )
    if num_seeds < 2:
        return score
    # The deviation in the summary is that of the seeds themselves, hence the seeds less one.
    error = summary["std"] / math.sqrt(num_seeds - 1)
    half = student_quantile(LEVEL, num_seeds) * error
    return replace(
        score,
        interval=within_range(score.mean - half, score.mean + half, score.mean, info.limits),
        standard_error=error,
        degrees_of_freedom=num_seeds - 1,
        source=FROM_SPREAD,
    )


def _interval_of_share(info: MetricInfo, mean: float, column: Column) -> dict[str, Any] | None:
    """The interval that a file would hold of a share of samples, which its counts tell."""
    per_seed, size = column.result.per_seed, column.result.config.get("num_samples")
    if not info.column or info.total or type(size) is not int or size < 1 or not 0 <= mean <= 1:
        return None
    total = size * len(per_seed)
    low, high = wilson(round(mean * total), total)
    error = (high - low) / (2 * normal_quantile(LEVEL))
    return {"low": low, "high": high, "se": error, "from": FROM_COUNTS}
