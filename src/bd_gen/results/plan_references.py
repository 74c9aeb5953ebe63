"""What plans are measured against: the plans of a data set, or of a file."""

import hashlib
import warnings
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np

from bd_gen.data.config import DataConfig
from bd_gen.data.dataset import Dataset
from bd_gen.data.plan_table import PlanTable
from bd_gen.diagrams.laid_out import METRES_PER_PIXEL, LaidOut
from bd_gen.diagrams.tokens import diagrams_from_tokens
from bd_gen.metrics.plan_reference import (
    MOST_PLANS,
    PlanReference,
    evenly,
    load_or_fit_plans,
)
from bd_gen.metrics.plan_set import PlanSet
from bd_gen.results.columns import REAL
from bd_gen.results.plan_evaluation import FoundPlans, NamedPlans
from bd_gen.results.references import References
from bd_gen.system.errors import InputError
from bd_gen.system.progress import Progress

NOTHING = "no reference plans: distances of areas and the classifier test are n/a (--against FILE)"


def without_reference() -> FoundPlans:
    """No reference: what needs one is not computed."""
    return FoundPlans(PlanReference.fit(PlanSet(())), {}, (NOTHING,))


def of_data(
    data: DataConfig,
    references: References,
    scale: float | None = None,
    progress: Progress | None = None,
) -> FoundPlans:
    """The statistics of the training part of a data set, as far as its plans have boxes.

    Args:
        data: which.
        references: where data sets are loaded.
        scale: metres per pixel; None: as the words of the data have it, else 18/256.
        progress: called while plans are measured, if they are not in the cache.

    Raises:
        InputError: the data cannot be loaded, or no plan has boxes.
    """
    dataset = references.dataset(data)
    words = dataset.vocabulary.words
    metres = scale or words.metres_per_pixel or METRES_PER_PIXEL
    table, rows, notes = _rows(dataset, dataset.split.train, MOST_PLANS)
    folder = data.cache_folder / "references"
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        statistics = load_or_fit_plans(
            lambda: PlanSet(plans_of_table(table, rows), metres, progress),
            words,
            dataset.fingerprint,
            metres,
            folder,
        )
    fields = {k: v for k, v in asdict(data).items() if k != "cache_dir"}
    return FoundPlans(statistics, fields, (*notes, *(str(w.message) for w in caught)))


def of_plans(
    plans: Sequence[LaidOut],
    source: str,
    sha256: str,
    scale: float | None = None,
    progress: Progress | None = None,
) -> FoundPlans:
    """The statistics of plans of a file.

    Args:
        plans: with boxes.
        source: the file, for people.
        sha256: of it.
        scale: metres per pixel; None: as their words have it, else 18/256.
        progress: called while plans are measured.
    """
    taken = evenly(plans, len(plans))
    statistics = PlanReference.fit(PlanSet(taken, scale, progress), sha256[:16])
    return FoundPlans(statistics, {"source": "plans", "path": source}, _told(taken, len(plans)))


def held_out(
    data: DataConfig, references: References, count: int, scale: float | None = None
) -> NamedPlans:
    """Real held-out plans: the column that others are measured by.

    Args:
        data: whose test part.
        references: where data sets are loaded.
        count: how many at most; of more they are taken evenly.
        scale: metres per pixel; None: as the words of the data have it, else 18/256.

    Raises:
        InputError: the data cannot be loaded, or no held-out plan has boxes.
    """
    dataset = references.dataset(data)
    table, rows, _ = _rows(dataset, dataset.split.test, count)
    plans = plans_of_table(table, rows)
    digest = hashlib.sha256(f"{dataset.fingerprint} test {len(plans)}".encode()).hexdigest()
    source = f"{dataset.source}, test split"
    short = f"only {len(plans)} held-out plans have boxes" if len(plans) < count else ""
    return NamedPlans(REAL, tuple(plans), scale, digest, source, REAL, (short,) if short else ())


def _rows(
    dataset: Dataset, rows: np.ndarray, count: int
) -> tuple[PlanTable, np.ndarray, tuple[str, ...]]:
    """The table, at most so many of some rows, evenly, with boxes, and a note on the others."""
    table = dataset.table
    with_boxes = rows if table is None else rows[table.has_boxes[rows]]
    if table is None or not len(with_boxes):
        raise InputError(f"{dataset.source}: no plan there has boxes to measure by")
    taken = evenly(with_boxes.tolist(), len(with_boxes), count)
    return table, np.array(taken), _told(taken, len(with_boxes))


def _told(taken: Sequence[object], count: int) -> tuple[str, ...]:
    if len(taken) == count:
        return ()
    return (f"measured against {len(taken):,} of {count:,} reference plans, evenly spaced",)


def plans_of_table(table: PlanTable, rows: np.ndarray) -> list[LaidOut]:
    """Some plans (R,) of a table, which have boxes."""
    diagrams = diagrams_from_tokens(table.tokens[rows], table.vocabulary)
    return [
        LaidOut(str(table.ids[row]), diagram, table.boxes[row, : diagram.num_rooms])
        for row, diagram in zip(rows, diagrams, strict=True)
    ]
