"""From saved tokens to `{method}.json` and `{method}_per_sample.parquet`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bd_gen.diagrams.recorded_words import words_name_record
from bd_gen.layouts.realizable import Asking
from bd_gen.metrics import METRICS, aggregate, find_metric_info, metric_infos
from bd_gen.metrics.measure import Measurement, intervals_version, measure
from bd_gen.results.carry_over import Kept, kept
from bd_gen.results.columns import check_reserved
from bd_gen.results.freshness import ROWS_FIELD, Present, Rows, limit_of, look, recorded_rows
from bd_gen.results.references import FoundReference, References, mismatch
from bd_gen.results.result_file import FORMAT_VERSION, Result, write_result
from bd_gen.results.sample_table import (
    RECORDED_HASH,
    SampleTable,
    merged,
    row_names,
    write_sample_table,
)
from bd_gen.results.samples_file import read_samples
from bd_gen.system.origin import origin
from bd_gen.system.plugin_records import FIELD as PLUGINS
from bd_gen.system.plugin_records import recorded
from bd_gen.system.progress import Progress


@dataclass(frozen=True)
class Evaluation:
    """One method, evaluated.

    Attributes:
        path: the result file.
        result: what it holds.
        notes: what the user should know, in sentences.
        computed: names of the metrics that were computed.
        kept: names of those whose numbers stayed as they were.
        is_new: something was written.
    """

    path: Path
    result: Result
    notes: tuple[str, ...]
    computed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    is_new: bool = True

    @property
    def action(self) -> str:
        """What was done, in a few words."""
        if not self.computed:
            return "config or denoising renewed" if self.is_new else "up to date"
        metrics = "metric" if len(self.computed) == 1 else "metrics"
        if not self.kept:
            return f"{len(self.computed)} {metrics} computed"
        return f"{len(self.computed)} {metrics} refreshed, {len(self.kept)} kept"


def evaluate_method(
    samples_path: str | Path,
    references: References,
    progress: Progress | None = None,
    *,
    names: Sequence[str] | None = None,
    force: bool = False,
    realizable_rows: Rows | None = None,
) -> Evaluation:
    """Compute what is missing or stale of a samples file's metrics and write it beside the file.

    The names of the files count: `a_samples.pt` gives `a.json` and `a_per_sample.parquet`. What
    is up to date is not written at all.

    Args:
        samples_path: a file `{method}_samples.pt`.
        references: where the reference statistics come from.
        progress: called with the samples measured so far and their number.
        names: metrics or keys to see to; all by default.
        force: compute also what is up to date.
        realizable_rows: samples of each seed to ask for a layout; None: those that were asked
            will do, or a first few. What is there is never given up for fewer.

    Raises:
        InputError: the samples, the reference data or the present result file cannot be used,
            or the result cannot be written; the files stay as they were.
    """
    present = look(samples_path)
    check_reserved(present.method, present.samples.provenance, samples_path)
    done = up_to_date(present, references, names, force, realizable_rows)
    if done is not None:
        return done
    samples = read_samples(present.samples_path)
    found = references.for_samples(present.measured_for, present.samples_path)
    notes = (*found.notes, *_notes(present))
    # Data that changed on the disk are found out only now.
    done = _unchanged(present, found.fingerprint, names, force, notes, realizable_rows)
    if done is not None:
        return done
    stale = present.stale_metrics(found.fingerprint, names, force, realizable_rows)
    tokens = {seed: part.tokens for seed, part in samples.per_seed.items()}
    rows = present.rows_to_ask(found.fingerprint, realizable_rows)
    asking = Asking(limit_of(rows), references.layout_answers)
    new = measure(tokens, found.statistics, stale, progress, asking)
    stays = kept(present.result, samples, present.sha256, found.fingerprint)
    result = _result(present, stays, new, found, rows)
    # The table first: what is killed in between is measured again.
    hashed = _kept_hash(present, result)
    if new.columns:
        hashed = write_sample_table(present.table_path, _table(present, result, new))
    if hashed is not None:
        result.fields["provenance"][RECORDED_HASH] = hashed
    write_result(present.result_path, result)
    return Evaluation(
        path=present.result_path,
        result=result,
        notes=(*notes, *stays.notes),
        computed=tuple(new.versions),
        kept=_measured(result, without=new.versions),
    )


def up_to_date(
    present: Present,
    references: References,
    names: Sequence[str] | None = None,
    force: bool = False,
    realizable_rows: Rows | None = None,
) -> Evaluation | None:
    """What `evaluate_method` would say if there is nothing to do; None if there may be.

    Neither tokens nor reference statistics are read for it.

    Raises:
        InputError: the data to measure against cannot be used, or a metric is unknown.
    """
    fingerprint = references.expected_fingerprint(present.measured_for, present.samples_path)
    if fingerprint is None:
        return None
    odd = (*references.data_notes, *mismatch(present.samples, fingerprint))
    notes = (*odd, *_notes(present))
    return _unchanged(present, fingerprint, names, force, notes, realizable_rows)


def _unchanged(
    present: Present,
    fingerprint: str,
    names: Sequence[str] | None,
    force: bool,
    notes: tuple[str, ...],
    realizable_rows: Rows | None,
) -> Evaluation | None:
    old = present.result
    if old is None or present.stale_metrics(fingerprint, names, force, realizable_rows):
        return None
    stays = kept(old, present.samples, present.sha256, fingerprint)
    if (stays.config, stays.denoising) != (old.config, old.denoising):
        return None
    return Evaluation(present.result_path, old, notes, (), _measured(old), is_new=False)


def _notes(present: Present) -> list[str]:
    if present.samples.method == present.method:
        return []
    return [f"the samples were written for method {present.samples.method[:80]!r}"]


def _measured(result: Result, without: Collection[str] = ()) -> tuple[str, ...]:
    """Names of the metrics, but for some, whose numbers a result holds."""
    versions = result.metric_versions
    return tuple(name for name in METRICS if name in versions and name not in without)


def _result(
    present: Present, stays: Kept, new: Measurement, found: FoundReference, rows: Rows
) -> Result:
    """The new content of the result file."""
    per_seed = {
        seed: _in_order({**stays.metrics.get(seed, {}), **entry})
        for seed, entry in new.per_seed.items()
    }
    summary = aggregate(per_seed)
    gone = {key.name for name in new.versions for key in METRICS[name].keys}
    ci95 = {key: value for key, value in stays.ci95.items() if key in summary and key not in gone}
    old = {} if present.result is None else present.result.not_computed
    reasons = {k: v for k, v in old.items() if _owner(k) in stays.versions and k not in gone}
    missing = {**reasons, **new.not_computed}
    program = origin()
    generation = present.samples.provenance
    provenance = {
        "git_commit": generation.get("git_commit"),
        "checkpoint_sha256": generation.get("checkpoint_sha256"),
        "samples_sha256": present.sha256,
        "generation": {key: value for key, value in generation.items() if key != "denoising"},
        "package_version": program["package_version"],
        "evaluation_git_commit": program["git_commit"],
        "host": program["host"],
        "data": found.data,
        "data_fingerprint": found.fingerprint,
        "metric_versions": dict(sorted({**stays.versions, **new.versions}.items())),
        "intervals_version": intervals_version(present.samples.num_samples),
        "sample_counts": dict.fromkeys(per_seed, present.samples.num_samples),
        **_rows_asked(present, stays, new, rows),
        **_plugins(present, new),
    }
    return Result(
        {
            "format_version": FORMAT_VERSION,
            "method": present.method,
            "timestamp": program["timestamp"],
            **words_name_record(present.samples.words),
            "config": stays.config,
            "per_seed": per_seed,
            "summary": summary,
            "ci95": dict(sorted({**ci95, **new.ci95}.items())),
            "denoising": stays.denoising,
            **({"not_computed": dict(sorted(missing.items()))} if missing else {}),
            **stays.fields,
            "provenance": provenance,
        }
    )


def _plugins(present: Present, new: Measurement) -> dict[str, Any]:
    """The plug-ins of this evaluation, or of the one whose numbers are all kept."""
    old = None if present.result is None else present.result.provenance.get(PLUGINS)
    return recorded() or ({PLUGINS: old} if old and not new.versions else {})


def _owner(key: str) -> str | None:
    """The metric that gives a key."""
    info = find_metric_info(key)
    return None if info is None else info.metric


def _kept_hash(present: Present, result: Result) -> str | None:
    """The recorded hash of the present table, if it is of the result's samples and data."""
    old = present.table
    if present.result is None or old is None or not old.is_measured_like(result.provenance):
        return None
    recorded = present.result.provenance.get(RECORDED_HASH)
    return recorded if isinstance(recorded, str) else None


def _rows_asked(present: Present, stays: Kept, new: Measurement, rows: Rows) -> dict[str, Rows]:
    """How many samples of each seed the numbers on layouts are of, where there are some."""
    if any(METRICS[name].on_subset for name in new.versions):
        return {ROWS_FIELD: rows}
    there = recorded_rows(present.result)
    is_kept = any(name in METRICS and METRICS[name].on_subset for name in stays.versions)
    return {ROWS_FIELD: there} if is_kept and there is not None else {}


def _in_order(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The entry in the order of the registry, so that its history does not show in the file."""
    known = [key.name for metric in METRICS.values() for key in metric.keys]
    rank = {name: k for k, name in enumerate(known)}
    return {name: entry[name] for name in sorted(entry, key=lambda n: rank.get(n, len(rank)))}


def _table(present: Present, result: Result, new: Measurement) -> SampleTable:
    """The per-sample table with the new columns and what stays of the present one."""
    versions = {name: new.versions[name] for name in new.columns}
    columns = dict(new.columns)
    old = present.table
    if old is not None and old.is_measured_like(result.provenance):
        taken = {name for given in new.columns.values() for name in given}
        stays = [
            name
            for name in old.metrics
            if name not in versions and not taken & set(old.metrics[name])
        ]
        for name, of_metric in present.columns_of(stays).items():
            columns[name], versions[name] = of_metric, old.metric_versions[name]
    families = {info.metric: None for info in metric_infos()}
    order = [name for name in [*families, *sorted(set(columns) - set(families))] if name in columns]
    counts = dict.fromkeys(present.samples.seeds, present.samples.num_samples)
    return SampleTable(
        columns={**row_names(counts), **merged(columns[name] for name in order)},
        metrics={name: tuple(columns[name]) for name in order},
        metadata={
            "method": present.method,
            "timestamp": result.timestamp,
            "config": result.config,
            **result.provenance,
            "metric_versions": {name: versions[name] for name in order},
        },
    )
