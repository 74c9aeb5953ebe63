"""Which metrics of a method have to be computed, and how many samples are asked for a layout."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Final, Literal

import numpy as np

from bd_gen.data.cache import file_hash
from bd_gen.layouts.realizable import DEFAULT_ROWS
from bd_gen.metrics.measure import intervals_version
from bd_gen.metrics.registry import Metric, select_metrics
from bd_gen.results.result_file import Result, read_result, result_path
from bd_gen.results.sample_table import (
    SampleTable,
    check_recorded,
    read_sample_table,
    table_path,
)
from bd_gen.results.samples_file import SUFFIX, Samples, read_description
from bd_gen.system.errors import InputError

Rows = int | Literal["all"]
"""The first so many samples of each seed, or all."""

ALL: Final = "all"
ROWS_FIELD = "realizable_rows"
"""Where the `provenance` of a result tells it."""


def recorded_rows(result: Result | None) -> Rows | None:
    """The samples of each seed that a result's numbers are of; None if it does not say."""
    rows = None if result is None else result.provenance.get(ROWS_FIELD)
    if rows == ALL:
        return ALL
    return rows if type(rows) is int and rows > 0 else None


def wanted_rows(result: Result | None, asked: Rows | None, is_current: bool) -> Rows:
    """The samples of each seed to ask.

    Args:
        result: the present result, if there is one.
        asked: what the user asks for; None: what the result has, or a first few.
        is_current: the numbers of the result are those of the samples at hand. They are not
            given up for fewer.
    """
    there = recorded_rows(result)
    if asked is None:
        return DEFAULT_ROWS if there is None else there
    if there is None or not is_current:
        return asked
    return ALL if ALL in (asked, there) else max(int(asked), int(there))


def limit_of(rows: Rows) -> int | None:
    """The number of rows as `Asking` takes it."""
    return None if rows == ALL else int(rows)


def is_covered(there: Rows | None, wanted: Rows, num_samples: int) -> bool:
    """Are the samples that are wanted among those that were asked, of so many in each seed?"""
    if there is None:
        return False
    counts = (
        num_samples if rows == ALL else min(int(rows), num_samples) for rows in (there, wanted)
    )
    asked, needed = counts
    return asked >= needed


@dataclass(frozen=True)
class Present:
    """What there is of a method before it is evaluated.

    Attributes:
        samples_path: its samples file.
        samples: what that says of itself, without the tokens.
        sha256: hash of the samples file.
        result: the present result, if there is one.
    """

    samples_path: Path
    samples: Samples
    sha256: str
    result: Result | None

    @property
    def method(self) -> str:
        """The method by the name of the file, which counts: users see and change it."""
        return self.samples_path.name.removesuffix(SUFFIX)

    @property
    def measured_for(self) -> Samples:
        """The samples, with the data of the present result where they do not know theirs.

        Published samples name no data; whoever said once what to measure them against need not
        say it again.
        """
        if self.samples.provenance.get("data_fingerprint") or self.result is None:
            return self.samples
        known = {key: self.result.provenance.get(key) for key in ("data", "data_fingerprint")}
        if not isinstance(known["data"], dict) or not known["data_fingerprint"]:
            return self.samples
        return replace(self.samples, provenance={**self.samples.provenance, **known})

    @property
    def result_path(self) -> Path:
        """Where the result lies, if there is one."""
        return result_path(self.samples_path.parent, self.method)

    @property
    def table_path(self) -> Path:
        """Where the per-sample table lies, if there is one."""
        return table_path(self.samples_path.parent, self.method)

    @cached_property
    def table(self) -> SampleTable | None:
        """What the per-sample table says of itself, without the columns of metrics.

        None if there is no table that can be used: it can be made again.
        """
        try:
            if self.result is not None:
                check_recorded(self.table_path, self.result.provenance)
            return read_sample_table(self.table_path, keep=())
        except InputError:
            return None

    def columns_of(self, metrics: Collection[str]) -> dict[str, dict[str, np.ndarray]]:
        """The columns that some metrics gave to the present table, by metric and name."""
        if self.table is None or not metrics:
            return {}
        wanted = [column for metric in metrics for column in self.table.metrics[metric]]
        try:
            table = read_sample_table(self.table_path, keep=wanted)
        except InputError:  # it was there a moment ago
            return {}
        return {metric: table.of_metric(metric) for metric in metrics}

    def fresh_metrics(self, fingerprint: str, asked: Rows | None = None) -> list[Metric]:
        """Metrics that need not be computed for the data `fingerprint`."""
        if not self._is_measured_against(fingerprint):
            return []
        return [metric for metric in select_metrics(None) if self._has(metric, asked)]

    def rows_to_ask(self, fingerprint: str, asked: Rows | None = None) -> Rows:
        """How many samples of each seed are to be asked for a layout, if any are."""
        return wanted_rows(self.result, asked, self._is_measured_against(fingerprint))

    def stale_metrics(
        self,
        fingerprint: str,
        names: Sequence[str] | None = None,
        force: bool = False,
        asked: Rows | None = None,
    ) -> list[Metric]:
        """Metrics to compute, in the order of the registry.

        Args:
            fingerprint: of the data to measure against.
            names: metrics or keys that are asked for; all by default. If the present numbers are
                of other samples or data, those that the file has are computed as well: it must
                not lose them, and cannot keep them.
            force: compute also what is fresh.
            asked: samples of each seed to ask for a layout; None: those that were asked will do.

        Raises:
            InputError: one of `names` is unknown.
        """
        chosen = select_metrics(names)
        if self.result is not None and not self._is_measured_against(fingerprint):
            there = {key for entry in self.result.per_seed.values() for key in entry}
            there |= set(self.result.not_computed)
            had = {m.name for m in select_metrics(None) if any(k.name in there for k in m.keys)}
            return [m for m in select_metrics(None) if m in chosen or m.name in had]
        fresh = [] if force else self.fresh_metrics(fingerprint, asked)
        return [metric for metric in chosen if metric not in fresh]

    def _is_measured_against(self, fingerprint: str) -> bool:
        """Are the present numbers those of these samples against these data?"""
        if self.result is None:
            return False
        provenance = self.result.provenance
        return (
            provenance.get("samples_sha256") == self.sha256
            and provenance.get("data_fingerprint") == fingerprint
            and provenance.get("intervals_version") == intervals_version(self.samples.num_samples)
            and list(self.result.per_seed) == [str(seed) for seed in self.samples.seeds]
        )

    def _has(self, metric: Metric, asked: Rows | None) -> bool:
        if self.result is None or self.result.metric_versions.get(metric.name) != metric.version:
            return False
        entries, reasons = self.result.per_seed.values(), self.result.not_computed
        keys = [key.name for key in metric.keys if key.name not in reasons]
        if not all(key in entry for entry in entries for key in keys):
            return False
        there = recorded_rows(self.result)
        wanted = wanted_rows(self.result, asked, is_current=True)
        is_asked = metric.on_subset and not metric.lacks(self.samples.words)
        if is_asked and not is_covered(there, wanted, self.samples.num_samples):
            return False
        if metric.per_sample is None or metric.lacks(self.samples.words):
            return True
        table = self.table
        return (
            table is not None
            and table.is_measured_like(self.result.provenance)
            and table.metric_versions.get(metric.name) == metric.version
        )


def look(samples_path: str | Path) -> Present:
    """See what there is of a method, without reading its tokens.

    Raises:
        InputError: the samples or the present result cannot be used.
    """
    samples_path = Path(samples_path)
    present = Present(samples_path, read_description(samples_path), file_hash(samples_path), None)
    path = present.result_path
    return replace(present, result=read_result(path)) if path.exists() else present
