"""The numbers of `bd-gen evaluate` for diagrams in memory."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from warnings import warn

import numpy as np

from bd_gen.api.diagram import as_diagrams, rows_of, vocabulary_of_width
from bd_gen.data.config import DataConfig, recorded_fields
from bd_gen.diagrams.tokens import is_well_formed
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.metrics import METRICS, Reference, compute_metrics
from bd_gen.metrics.registry import can_compute, needs
from bd_gen.results.references import References
from bd_gen.results.samples_file import Samples, SeedSamples
from bd_gen.system.errors import InputError

if TYPE_CHECKING:
    from bd_gen.api.model import Model


def evaluate(
    samples: Any, reference: "Model | DataConfig | Any", metrics: Sequence[str] | None = None
) -> dict[str, Any]:
    """Every metric of a set of diagrams, as `bd-gen evaluate` computes it for one seed.

    Args:
        samples: diagrams, or token rows (N, length), complete or not.
        reference: what they are measured against: a model stands for the training part of the
            data that it was trained on, a `DataConfig` for the training part of its data;
            diagrams and token rows are taken as they are.
        metrics: names of metrics or of numbers; all by default.

    Returns:
        a number by its name (docs/metrics.md), and dicts of numbers by number of rooms.

    Raises:
        InputError: there is nothing to measure or to measure against, the two do not fit, the
            data cannot be loaded, or a metric is unknown.
    """
    fitted, rows = _matched(samples, reference)
    if isinstance(metrics, str):
        metrics = [metrics]
    for metric in METRICS.values():
        if metrics is None and not can_compute(metric):
            warn(f"{needs(metric)}; it is left out", stacklevel=2)
    return compute_metrics(rows, fitted.vocabulary, fitted, metrics)


def _matched(samples: Any, reference: Any) -> tuple[Reference, np.ndarray]:
    """Statistics, and the samples as rows of their vocabulary."""
    if isinstance(reference, DataConfig):
        found = References(reference).for_data(reference)
        rows = _rows(samples, "samples", found.statistics.vocabulary)
    elif hasattr(reference, "checkpoint"):
        rows = _rows(samples, "samples", reference.vocabulary)
        described = _described(rows, reference)
        found = References().for_samples(described, described.provenance["source"])
    else:
        return _between(samples, reference)
    for note in found.notes:
        warn(note, stacklevel=4)
    return found.statistics, rows


def _between(samples: Any, reference: Any) -> tuple[Reference, np.ndarray]:
    vocabulary = _common_vocabulary(samples, reference)
    rows = _rows(samples, "samples", vocabulary)
    against = _rows(reference, "reference", vocabulary)
    bad = np.flatnonzero(~is_well_formed(against, vocabulary))
    if len(bad):
        raise InputError(f"reference: row {bad[0]} is no complete diagram")
    return Reference.fit(against, vocabulary), rows


def _described(rows: np.ndarray, model: "Model") -> Samples:
    """The rows as samples of a model, whose data the statistics are found by."""
    checkpoint = model.checkpoint
    return Samples(
        method="samples",
        n_max=checkpoint.n_max,
        words=checkpoint.words,
        seeds=(0,),
        num_samples=len(rows),
        config={},
        provenance={
            "source": checkpoint.source,
            "data": recorded_fields(checkpoint.config["data"]),
            "data_fingerprint": checkpoint.data_fingerprint,
        },
        per_seed={0: SeedSamples(rows, rows != checkpoint.vocabulary.pad_row)},
    )


def _common_vocabulary(*sets: Any) -> Vocabulary:
    """That of the token rows, if there are any; else the smallest that holds all diagrams."""
    names = ("samples", "reference")
    widths = {one.shape[1] for one in sets if isinstance(one, np.ndarray) and one.ndim == 2}
    if len(widths) > 1:
        raise InputError(f"evaluate: token rows of different lengths: {sorted(widths)}")
    if widths:
        return vocabulary_of_width(widths.pop())
    diagrams = [
        diagram for one, name in zip(sets, names, strict=True) for diagram in as_diagrams(one, name)
    ]
    return Vocabulary(max(one.num_rooms for one in diagrams), diagrams[0].words)


def _rows(things: Any, name: str, vocabulary: Vocabulary) -> np.ndarray:
    """(N, length) rows of diagrams, or token rows that are some already."""
    if not isinstance(things, np.ndarray) or things.dtype == object:
        diagrams = as_diagrams(things, name)
        try:
            return rows_of(diagrams, vocabulary)
        except InputError as error:
            raise InputError(f"{name}: {error}") from None
    if things.ndim != 2 or things.shape[1] != vocabulary.length or things.dtype.kind not in "iu":
        raise InputError(
            f"{name}: expected integers (N, {vocabulary.length}) for up to {vocabulary.n_max} "
            f"rooms, got {things.dtype} {things.shape}"
        )
    if not len(things):
        raise InputError(f"{name}: expected at least one diagram, got none")
    return things
