"""Statistics of the training diagrams that samples are measured against: fitted once, cached."""

import warnings
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from bd_gen.diagrams.diagram_set import DiagramSet
from bd_gen.diagrams.recorded_words import FIELD as VOCABULARY
from bd_gen.diagrams.recorded_words import words_of_record, words_record
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.metrics.keys import Fitted
from bd_gen.metrics.registry import METRICS, Metric
from bd_gen.metrics.statistics_file import read_statistics, write_statistics
from bd_gen.system.errors import InputError
from bd_gen.system.files import check_file

FORMAT_VERSION = 1

_NO_STATISTICS = Fitted({})


class Reference:
    """What each metric's `fit` returned for the training diagrams.

    Args:
        vocabulary: layout of the token rows that can be measured against it.
        num_diagrams: how many training diagrams there were.
        fitted: statistics by the name of the `fit` function that made them.
        versions: version of each metric whose statistics are held, by metric name.
        fingerprint: of the data set, as far as it is known.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        num_diagrams: int,
        fitted: Mapping[str, Fitted],
        versions: Mapping[str, int],
        fingerprint: str = "",
    ) -> None:
        self.vocabulary = vocabulary
        self.num_diagrams = num_diagrams
        self.fingerprint = fingerprint
        self._fitted = dict(fitted)
        self._versions = dict(versions)

    @classmethod
    def fit(
        cls,
        train_tokens: np.ndarray,
        vocabulary: Vocabulary,
        fingerprint: str = "",
        progress: Callable[[int, int], None] | None = None,
    ) -> "Reference":
        """Statistics of all metrics for the training tokens (N, length).

        Raises:
            ValueError: there are no training diagrams, or their rows have another length.
        """
        reference = cls(vocabulary, len(train_tokens), {}, {}, fingerprint)
        reference.refit(train_tokens, progress)
        return reference

    def stale_metrics(self) -> list[Metric]:
        """Metrics whose statistics are missing or were made by another version."""
        return [
            metric
            for metric in METRICS.values()
            if metric.fit_name
            and metric.of == "tokens"
            and (
                self._versions.get(metric.name) != metric.version
                or metric.fit_name not in self._fitted
            )
        ]

    def refit(
        self, train_tokens: np.ndarray, progress: Callable[[int, int], None] | None = None
    ) -> None:
        """Fit the stale metrics, and only those, to the training tokens (N, length).

        Raises:
            ValueError: there are no training diagrams, their rows have another length, or there
                are not as many as the other metrics were fitted to.
        """
        if len(train_tokens) == 0:
            raise ValueError("there are no training diagrams to measure against")
        if len(train_tokens) != self.num_diagrams:
            raise ValueError(
                f"fitted to {self.num_diagrams} training diagrams, got {len(train_tokens)}"
            )
        train = DiagramSet(train_tokens, self.vocabulary)
        stale = self.stale_metrics()
        fits = {metric.fit_name: metric.fit for metric in stale if metric.fit is not None}
        for done, (name, fit) in enumerate(fits.items(), start=1):
            self._fitted[name] = Fitted(fit(train))
            if progress is not None:
                progress(done, len(fits))
        self._versions.update({metric.name: metric.version for metric in stale})

    def statistics(self, metric: Metric) -> Fitted:
        """What the metric's `fit` returned; empty for a metric without one.

        Raises:
            ValueError: the metric is stale.
        """
        if not metric.fit_name:
            return _NO_STATISTICS
        if self._versions.get(metric.name) != metric.version:
            raise ValueError(f"metric {metric.name!r} was not fitted to this reference")
        return self._fitted[metric.fit_name]

    def save(self, path: str | Path) -> None:
        """Write everything to an npz file, atomically and without pickle.

        Raises:
            InputError: the file cannot be written.
        """
        header = {
            "format_version": FORMAT_VERSION,
            "n_max": self.vocabulary.n_max,
            "num_diagrams": self.num_diagrams,
            "fingerprint": self.fingerprint,
            "versions": self._versions,
            **words_record(self.vocabulary.words),
        }
        write_statistics(path, header, self._fitted)

    @classmethod
    def load(cls, path: str | Path) -> "Reference":
        """Read what `save` wrote.

        Raises:
            InputError: the file is missing, damaged, or of another format.
        """
        try:
            check_file(path)
            header, fitted = read_statistics(path)
            if header["format_version"] != FORMAT_VERSION:
                raise ValueError(f"format version {header['format_version']}")
            return cls(
                Vocabulary(header["n_max"], words_of_record(header.get(VOCABULARY), str(path))),
                int(header["num_diagrams"]),
                fitted,
                {str(name): int(version) for name, version in header["versions"].items()},
                str(header["fingerprint"]),
            )
        except FileNotFoundError as error:
            raise InputError(f"{path}: reference statistics: there is no such file") from error
        except Exception as error:
            raise InputError(
                f"{path}: reference statistics: expected an npz file of format "
                f"{FORMAT_VERSION}, got something else or a damaged one ({str(error)[:120]})"
            ) from error


def cache_path(cache_dir: str | Path, vocabulary: Vocabulary, fingerprint: str) -> Path:
    """Where `load_or_fit` keeps the statistics of a data set."""
    return Path(cache_dir) / f"reference-n{vocabulary.n_max}-{fingerprint[:32]}.npz"


def load_or_fit(
    load_train_tokens: Callable[[], np.ndarray],
    vocabulary: Vocabulary,
    fingerprint: str,
    cache_dir: str | Path,
    progress: Callable[[int, int], None] | None = None,
) -> Reference:
    """The statistics of a data set, from the cache as far as it has them.

    Args:
        load_train_tokens: gives the training tokens (N, length); called only if something has
            to be fitted, so that evaluation can do without the data set.
        vocabulary: layout of the rows.
        fingerprint: of the data set; other data need another one.
        cache_dir: folder of the cache file. A damaged file is replaced; if none can be written
            the caller is warned and everything works, but is fitted again the next time.
        progress: called with the metrics fitted so far and their number.

    Raises:
        ValueError: there are no training diagrams.
    """
    path = cache_path(cache_dir, vocabulary, fingerprint)
    reference = _cached(path, vocabulary, fingerprint)
    if reference is not None and not reference.stale_metrics():
        return reference
    train_tokens = load_train_tokens()
    if reference is not None and reference.num_diagrams == len(train_tokens):
        reference.refit(train_tokens, progress)
    else:
        reference = Reference.fit(train_tokens, vocabulary, fingerprint, progress)
    try:
        reference.save(path)
    except InputError as error:
        warnings.warn(f"{error}; reference statistics are not kept", stacklevel=2)
    return reference


def same_rows(one: Vocabulary, other: Vocabulary) -> bool:
    """Whether rows are laid out alike and mean the same."""
    return one.n_max == other.n_max and one.words.hash == other.words.hash


def _cached(path: Path, vocabulary: Vocabulary, fingerprint: str) -> Reference | None:
    try:
        reference = Reference.load(path)
    except InputError:
        return None
    same = same_rows(reference.vocabulary, vocabulary) and reference.fingerprint == fingerprint
    return reference if same else None
