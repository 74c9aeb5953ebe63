"""Finding the reference statistics that samples are measured against."""

import dataclasses
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bd_gen.data.config import DataConfig, recorded_fields
from bd_gen.data.dataset import Dataset, load_dataset
from bd_gen.data.sources import SOURCES
from bd_gen.diagrams.recorded_words import check_same_words
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.metrics import Reference, load_or_fit
from bd_gen.results.samples_file import Samples
from bd_gen.system.errors import InputError
from bd_gen.system.locks import one_at_a_time
from bd_gen.system.plugin_records import FIELD as PLUGINS
from bd_gen.system.plugin_records import missing
from bd_gen.system.progress import Progress


@dataclass(frozen=True)
class FoundReference:
    """Reference statistics and where they come from.

    Attributes:
        statistics: what metrics are computed against.
        fingerprint: of the data set whose training split they describe.
        data: the fields of its `DataConfig`; empty where the samples do not say.
        notes: sentences that the user should read.
    """

    statistics: Reference
    fingerprint: str
    data: dict[str, Any]
    notes: tuple[str, ...] = ()


class _OtherDataError(Exception):
    """The data set found is not the one looked for."""


class References:
    """Reference statistics, each read or fitted once however many methods need it.

    Args:
        data: data to measure against; None: the data that the samples name.
        progress: called while a data set is read or made.
    """

    def __init__(self, data: DataConfig | None = None, progress: Progress | None = None) -> None:
        self._data = data
        self._progress = progress
        self._datasets: dict[DataConfig, Dataset] = {}
        self._statistics: dict[tuple[int, str], tuple[Reference, tuple[str, ...]]] = {}

    def dataset(self, data: DataConfig) -> Dataset:
        """The data set that `data` describes, loaded once.

        Raises:
            InputError: it cannot be loaded.
        """
        if data not in self._datasets:
            self._datasets[data] = load_dataset(data, self._progress)
        return self._datasets[data]

    @property
    def data_notes(self) -> tuple[str, ...]:
        """What is odd about the data that were given, if they have been read."""
        read = None if self._data is None else self._datasets.get(self._data)
        return () if read is None else (*read.plan_notes, *read.notes)

    @property
    def layout_answers(self) -> Path:
        """Where answers to whether diagrams have a layout are kept, whatever the data."""
        return (self._data or DataConfig()).cache_folder / "layouts" / "answers.npz"

    def for_samples(self, samples: Samples, path: str | Path) -> FoundReference:
        """The statistics to measure `samples` against.

        The training split of the data that the samples were generated for is known by its
        fingerprint, so that the data set itself is read only if its statistics are not cached.

        Args:
            samples: what to measure.
            path: where they were read from, for messages.

        Raises:
            InputError: the samples name no data and none were given, the data cannot be loaded,
                or they have another n_max or vocabulary.
        """
        recorded = _recorded_fingerprint(samples, path)
        if self._data is not None:
            found = self.for_data(self._data)
        else:
            found = self._recorded(samples, path, recorded)
        measured = found.statistics.vocabulary
        check_same_words(samples.words, str(path), measured.words, "the data to measure against")
        if measured.n_max != samples.n_max:
            raise InputError(
                f"{path}: n_max: expected {measured.n_max} as in the data to "
                f"measure against, got {samples.n_max}"
            )
        notes = (*found.notes, *mismatch(samples, found.fingerprint, found.data.get("split")))
        return dataclasses.replace(found, notes=notes)

    def expected_fingerprint(self, samples: Samples, path: str | Path) -> str | None:
        """Fingerprint of the data that `for_samples` should measure against; None if not known.

        No statistics are read for it. The data that the samples name may have changed since;
        that comes out only when they are read.

        Raises:
            InputError: the data given cannot be loaded, or the samples' fingerprint is none.
        """
        if self._data is not None:
            return self.dataset(self._data).fingerprint
        return _recorded_fingerprint(samples, path)

    def for_data(self, data: DataConfig) -> FoundReference:
        """The statistics of the training split of `data`.

        Raises:
            InputError: the data cannot be loaded.
        """
        dataset = self.dataset(data)
        statistics, notes = self._fitted(
            dataset.vocabulary, dataset.fingerprint, lambda: dataset.train, data
        )
        notes = (*dataset.plan_notes, *dataset.notes, *notes)
        return FoundReference(statistics, dataset.fingerprint, _fields(data), notes)

    def _recorded(
        self, samples: Samples, path: str | Path, fingerprint: str | None
    ) -> FoundReference:
        """The statistics of the data that the samples name."""

        def train_tokens() -> np.ndarray:
            dataset = self._named_dataset(samples, path)
            if dataset.fingerprint != fingerprint:
                raise _OtherDataError
            return dataset.train

        if fingerprint is not None:
            named = samples.provenance.get("data")
            data = recorded_fields(named) if isinstance(named, dict) else {}
            try:
                statistics, notes = self._fitted(
                    samples.vocabulary, fingerprint, train_tokens, DataConfig()
                )
            except _OtherDataError:
                pass  # The data changed; the caller sees that the fingerprints differ.
            else:
                return FoundReference(statistics, fingerprint, data, notes)
        self._named_dataset(samples, path)
        return self.for_data(recorded_data(samples, path))

    def _named_dataset(self, samples: Samples, path: str | Path) -> Dataset:
        data = recorded_data(samples, path)
        try:
            return self.dataset(data)
        except InputError as error:
            hint = f"the data that {path} names; data=... names other data"
            raise InputError(f"{error} ({hint})") from error

    def _fitted(
        self,
        vocabulary: Vocabulary,
        fingerprint: str,
        train_tokens: Callable[[], np.ndarray],
        data: DataConfig,
    ) -> tuple[Reference, tuple[str, ...]]:
        key = (vocabulary.n_max, fingerprint)
        if key not in self._statistics:
            folder = data.cache_folder / "references"
            # Other processes wait for the statistics and then find them in the cache.
            with one_at_a_time(folder / ".lock"), warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always", UserWarning)
                statistics = load_or_fit(train_tokens, vocabulary, fingerprint, folder)
            self._statistics[key] = statistics, tuple(str(w.message) for w in caught)
        return self._statistics[key]


def mismatch(samples: Samples, fingerprint: str, split: str | None = None) -> list[str]:
    """A sentence if samples are measured against other data than they were made for.

    Args:
        samples: what is measured.
        fingerprint: of the data it is measured against.
        split: how these are split, if known.
    """
    recorded = samples.provenance.get("data_fingerprint")
    if not recorded or recorded == fingerprint:
        return []
    note = f"measured against data {fingerprint}, but the samples were made for data {recorded}"
    named = samples.provenance.get("data")
    theirs = recorded_fields(named)["split"] if isinstance(named, dict) else split
    if None not in (split, theirs) and theirs != split:
        note += f" (data.split={theirs} there, {split} here)"
    return [note]


def recorded_data(samples: Samples, path: str | Path) -> DataConfig:
    """The data that the samples were generated for, as they say themselves.

    The folder of the cache is not taken from there, and without a split it is the older one; see
    `recorded_fields`.

    Raises:
        InputError: they do not say, or say nonsense.
    """
    named = samples.provenance.get("data")
    if not isinstance(named, dict):
        raise InputError(
            f"{path}: provenance: names no data to measure against; "
            "give it: data=plans data.path=FILE"
        )
    known = {field.name for field in dataclasses.fields(DataConfig)}
    fields = recorded_fields(named)
    try:
        return DataConfig(**{key: value for key, value in fields.items() if key in known})
    except InputError as error:
        known_by = samples.provenance.get(PLUGINS)
        hint = missing(known_by, [SOURCES.kind], str(named.get("source")))
        raise InputError(f"{path}: provenance: {error}{hint}") from error


def _recorded_fingerprint(samples: Samples, path: str | Path) -> str | None:
    """The fingerprint in the samples; it becomes part of a file name, so it must look like one."""
    fingerprint = samples.provenance.get("data_fingerprint")
    if fingerprint is None:
        return None
    if not isinstance(fingerprint, str) or not re.fullmatch(r"[0-9a-f]{8,64}", fingerprint):
        raise InputError(
            f"{path}: provenance/data_fingerprint: expected hex digits, "
            f"got {repr(fingerprint)[:40]}"
        )
    return fingerprint


def _fields(data: DataConfig) -> dict[str, Any]:
    return {k: v for k, v in dataclasses.asdict(data).items() if k != "cache_dir"}
