"""What a model is trained and measured on: rows of diagrams, or of diagrams with their boxes."""

from dataclasses import replace

import numpy as np

from bd_gen.data.dataset import Dataset
from bd_gen.diagrams.box_rows import centred, rows_with_boxes
from bd_gen.diagrams.tokens import num_rooms_of
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.config import ModelConfig
from bd_gen.system.errors import InputError
from bd_gen.training.config import TrainingConfig
from bd_gen.training.supply import TrainingRows


def row_layout(dataset: Dataset, model: ModelConfig) -> Vocabulary:
    """The layout of the rows that a model of this configuration sees."""
    return replace(dataset.vocabulary, levels=model.levels)


def training_rows(dataset: Dataset, model: ModelConfig, training: TrainingConfig) -> TrainingRows:
    """The training part, with what renumbering, mirror images and boxes need.

    Raises:
        InputError: a model of boxes, and some plans have none.
    """
    boxes = mirrored_boxes = None
    if model.levels:
        boxes = _boxes(dataset, dataset.split.train)
        if training.mirror and dataset.table is not None:
            mirrored = dataset.table.select(dataset.split.train).mirrored()
            mirrored_boxes = centred(mirrored.boxes, mirrored.num_rooms)
    return TrainingRows(
        dataset.train,
        dataset.train_reverse if training.renumber else None,
        dataset.train_mirrored if training.mirror else None,
        boxes,
        mirrored_boxes,
    )


def held_out_rows(dataset: Dataset, model: ModelConfig, most: int) -> np.ndarray:
    """(M, length) uint8 rows of the validation part, or of training plans if it is empty.

    Args:
        dataset: the plans.
        model: whether rows have boxes.
        most: at most so many rows.

    Raises:
        InputError: a model of boxes, and some plans have none.
    """
    part = dataset.split.validation if len(dataset.split.validation) else dataset.split.train
    return rows_of_part(dataset, model, part[:most])


def rows_of_part(dataset: Dataset, model: ModelConfig, part: np.ndarray) -> np.ndarray:
    """(M, length) uint8 rows of some plans, by number, as a model of this configuration sees them.

    Raises:
        InputError: a model of boxes, and some plans have none.
    """
    tokens = dataset.tokens[part]
    if not model.levels:
        return tokens
    layout = row_layout(dataset, model)
    num_rooms = num_rooms_of(tokens, layout)
    return rows_with_boxes(tokens, _boxes(dataset, part), num_rooms, layout)


def _boxes(dataset: Dataset, part: np.ndarray) -> np.ndarray:
    """(M, n_max, 4) boxes of some plans, in the middle of the canvas."""
    has = None if dataset.table is None else dataset.table.has_boxes[part]
    if dataset.table is None or has is None or not has.all():
        missing = len(part) if has is None else int((~has).sum())
        raise InputError(
            f"{dataset.source}: {missing:,} of {len(part):,} plans have no boxes, which a model of "
            "boxes (model.levels) is trained on"
        )
    return centred(dataset.table.boxes[part], dataset.table.num_rooms[part])
