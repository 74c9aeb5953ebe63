"""What plans are measured against: the plans of a data set, or of a file."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np

from bd_gen.data.config import DataConfig
from bd_gen.data.dataset import Dataset
from bd_gen.data.plan_table import PlanTable
from bd_gen.diagrams.laid_out import METRES_PER_PIXEL, LaidOut
from bd_gen.diagrams.tokens import diagrams_from_tokens
from bd_gen.metrics.plan_reference import MOST_PLANS, PlanReference, evenly
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
    data: DataConfig, references: References, scale: float = METRES_PER_PIXEL,
    progress: Progress | None = None,
) -> FoundPlans:  # fmt: skip
    """The statistics of the training part of a data set, as far as its plans have boxes.

    Args:
        data: which.
        references: where data sets are loaded.
        scale: metres per pixel.
        progress: called while plans are measured.

    Raises:
        InputError: the data cannot be loaded, or no plan has boxes.
    """
    dataset = references.dataset(data)
    plans, notes = _taken(dataset, dataset.split.train, MOST_PLANS)
    statistics = PlanReference.fit(PlanSet(plans, scale, progress), dataset.fingerprint)
    fields = {k: v for k, v in asdict(data).items() if k != "cache_dir"}
    return FoundPlans(statistics, fields, notes)


def of_plans(
    plans: Sequence[LaidOut], source: str, sha256: str, scale: float = METRES_PER_PIXEL,
    progress: Progress | None = None,
) -> FoundPlans:  # fmt: skip
    """The statistics of plans of a file.

    Args:
        plans: with boxes.
        source: the file, for people.
        sha256: of it.
        scale: metres per pixel.
        progress: called while plans are measured.
    """
    taken = evenly(plans, len(plans))
    statistics = PlanReference.fit(PlanSet(taken, scale, progress), sha256[:16])
    return FoundPlans(statistics, {"source": "plans", "path": source}, _told(taken, len(plans)))


def held_out(
    data: DataConfig, references: References, count: int, scale: float = METRES_PER_PIXEL
) -> NamedPlans:
    """Real held-out plans: the column that others are measured by.

    Args:
        data: whose test part.
        references: where data sets are loaded.
        count: how many at most; of more they are taken evenly.
        scale: metres per pixel.

    Raises:
        InputError: the data cannot be loaded, or no held-out plan has boxes.
    """
    dataset = references.dataset(data)
    plans, _ = _taken(dataset, dataset.split.test, count)
    digest = hashlib.sha256(f"{dataset.fingerprint} test {len(plans)}".encode()).hexdigest()
    source = f"{dataset.source}, test split"
    short = f"only {len(plans)} held-out plans have boxes" if len(plans) < count else ""
    notes = (short,) if short else ()
    return NamedPlans(REAL, tuple(plans), scale, digest, source, REAL, notes)


def _taken(dataset: Dataset, rows: np.ndarray, count: int) -> tuple[list[LaidOut], tuple[str, ...]]:
    table = dataset.table
    with_boxes = rows if table is None else rows[table.has_boxes[rows]]
    if table is None or not len(with_boxes):
        raise InputError(f"{dataset.source}: no plan there has boxes to measure by")
    taken = np.array(evenly(with_boxes.tolist(), len(with_boxes), count))
    return plans_of_table(table, taken), _told(taken.tolist(), len(with_boxes))


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
