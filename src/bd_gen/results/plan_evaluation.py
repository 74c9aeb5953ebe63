"""From plans with a layout to `NAME.json` and `NAME_per_sample.parquet`, as for samples."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.metrics import METRICS, aggregate
from bd_gen.metrics.measure import Measurement, intervals_version, measure_sets
from bd_gen.metrics.plan_reference import PlanReference
from bd_gen.metrics.plan_set import PlanSet
from bd_gen.metrics.registry import Metric, select_metrics
from bd_gen.results.columns import check_reserved
from bd_gen.results.evaluate import Evaluation
from bd_gen.results.result_file import (
    FORMAT_VERSION,
    Result,
    read_result,
    result_path,
    write_result,
)
from bd_gen.results.sample_table import (
    RECORDED_HASH,
    SampleTable,
    merged,
    row_names,
    table_path,
    write_sample_table,
)
from bd_gen.system.errors import InputError
from bd_gen.system.origin import origin
from bd_gen.system.plugin_records import recorded
from bd_gen.system.progress import Progress

FOLDER = "plans"
"""Where results of plans lie in a results directory unless the user says otherwise."""

_SEED = 0  # the plans of a file are one set; nothing says which seed drew them


@dataclass(frozen=True)
class NamedPlans:
    """Plans to measure.

    Attributes:
        name: of their result.
        plans: with boxes, at least one.
        scale: metres per pixel; None: as their words have it, else 18/256.
        sha256: of the file or the data that they come from.
        source: where that is, for people.
        yardstick: the reserved name that they stand for; empty for all others.
        notes: what the user should know, in sentences.
    """

    name: str
    plans: tuple[LaidOut, ...]
    scale: float | None
    sha256: str
    source: str
    yardstick: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class FoundPlans:
    """The statistics of reference plans, and where they come from.

    Attributes:
        statistics: what is measured against.
        data: what they are, as a result records it; empty without a reference.
        notes: what the user should know, in sentences.
    """

    statistics: PlanReference
    data: dict[str, Any]
    notes: tuple[str, ...] = ()


def evaluate_plans(
    named: NamedPlans,
    reference: FoundPlans,
    directory: str | Path,
    progress: Progress | None = None,
    *,
    names: Sequence[str] | None = None,
    force: bool = False,
) -> Evaluation:
    """Compute what is missing or stale of the metrics of plans and write it.

    Args:
        named: the plans.
        reference: what areas, proportions and classifiers compare with.
        directory: where the result goes; made if need be.
        progress: called with the plans measured so far and their number.
        names: metrics or keys to see to; all by default.
        force: compute also what is up to date.

    Raises:
        InputError: the plans are in other words than the reference, the name is a reserved one,
            the present result cannot be read, a metric is unknown, or a file cannot be written.
    """
    path = result_path(directory, named.name)
    check_reserved(named.name, {"yardstick": named.yardstick}, path)
    measured = PlanSet(named.plans, named.scale)
    check_words(measured, reference, named.name)
    made_of = _made_of(named, measured, reference)
    old = read_result(path) if path.exists() else None
    if old is not None and not old.is_of_plans:
        raise InputError(f"{path}: is no result of plans; give the plans another name or place")
    is_same = old is not None and all(old.provenance.get(k) == v for k, v in made_of.items())
    kept = old if is_same else None
    asked = select_metrics(names, "plans")
    stale = [metric for metric in asked if force or not _has(kept, metric)]
    notes = (*named.notes, *reference.notes)
    if not stale and kept is not None:
        return Evaluation(path, kept, notes, (), tuple(kept.metric_versions), is_new=False)
    sizes = {_SEED: len(measured)}
    new = measure_sets(sizes, [measured], reference.statistics, stale, progress)
    result = _result(named, kept, new, made_of, reference)
    if new.columns:
        table = _table(named, result, new)
        hashed = write_sample_table(table_path(directory, named.name), table)
        result.fields["provenance"][RECORDED_HASH] = hashed
    elif kept is not None and RECORDED_HASH in kept.provenance:
        result.fields["provenance"][RECORDED_HASH] = kept.provenance[RECORDED_HASH]
    write_result(path, result)
    stays = tuple(name for name in result.metric_versions if name not in new.versions)
    return Evaluation(path, result, notes, tuple(new.versions), stays)


def check_words(plans: PlanSet, reference: FoundPlans, name: str) -> None:
    """Refuse to compare plans in the words of one data set with those of another.

    Raises:
        InputError: they are.
    """
    ours, theirs = plans.words, reference.statistics.words
    if reference.statistics.num_plans and ours.hash != theirs.hash:
        raise InputError(
            f"{name}: is in the words of {ours.name}, and the reference in those of {theirs.name}"
        )


def _made_of(named: NamedPlans, plans: PlanSet, reference: FoundPlans) -> dict[str, Any]:
    """What the numbers depend on besides the metrics."""
    return {
        "plans_sha256": named.sha256,
        "metres_per_pixel": plans.scale,
        "data_fingerprint": reference.statistics.fingerprint or None,
        "intervals_version": intervals_version(len(named.plans)),
    }


def _has(old: Result | None, metric: Metric) -> bool:
    if old is None or old.metric_versions.get(metric.name) != metric.version:
        return False
    there = {key for entry in old.per_seed.values() for key in entry} | set(old.not_computed)
    return all(key.name in there for key in metric.keys)


def _result(
    named: NamedPlans,
    old: Result | None,
    new: Measurement,
    made_of: dict[str, Any],
    reference: FoundPlans,
) -> Result:
    gone = {key.name for name in new.versions for key in METRICS[name].keys}

    def stays(values: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in values.items() if key not in gone}

    seed = str(_SEED)
    before: dict[str, Any] = {} if old is None else old.per_seed.get(seed, {})
    entry = {**stays(before), **new.per_seed[seed]}
    order = [key.name for metric in METRICS.values() for key in metric.keys]
    per_seed = {seed: dict(sorted(entry.items(), key=lambda item: order.index(item[0])))}
    ci95 = {**({} if old is None else stays(old.ci95)), **new.ci95}
    reasons = {**({} if old is None else stays(old.not_computed)), **new.not_computed}
    versions = {**({} if old is None else old.metric_versions), **new.versions}
    program = origin()
    return Result(
        {
            "format_version": FORMAT_VERSION,
            "method": named.name,
            "timestamp": program["timestamp"],
            "config": {"num_samples": len(named.plans), "plans": named.source},
            "per_seed": per_seed,
            "summary": aggregate(per_seed),
            "ci95": dict(sorted(ci95.items())),
            "denoising": {},
            **({"not_computed": dict(sorted(reasons.items()))} if reasons else {}),
            "provenance": {
                **made_of,
                **({"yardstick": named.yardstick} if named.yardstick else {}),
                "package_version": program["package_version"],
                "evaluation_git_commit": program["git_commit"],
                "host": program["host"],
                "data": reference.data,
                "metric_versions": dict(sorted(versions.items())),
                "sample_counts": {seed: len(named.plans)},
                **recorded(),
            },
        }
    )


def _table(named: NamedPlans, result: Result, new: Measurement) -> SampleTable:
    """What metrics say of each plan; columns that are not computed anew are left out."""
    rows = {**row_names({_SEED: len(named.plans)})}
    return SampleTable(
        columns={**rows, **merged(new.columns.values())},
        metrics={name: tuple(columns) for name, columns in new.columns.items()},
        metadata={
            "method": named.name,
            "timestamp": result.timestamp,
            "config": result.config,
            "samples_sha256": named.sha256,
            **result.provenance,
            "metric_versions": {name: new.versions[name] for name in new.columns},
        },
    )
