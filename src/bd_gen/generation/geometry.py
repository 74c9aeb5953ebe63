"""Boxes for given diagrams, drawn from a model of boxes, and the best of several draws."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bd_gen.diagrams.box_rows import CANVAS, boxes_of_levels, levels_of, rows_with_boxes
from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.relations import relations_from_boxes
from bd_gen.diagrams.tokens import edge_tokens, num_rooms_of, tokens_from_diagrams
from bd_gen.diagrams.vocabulary import NUM_SIDES, Vocabulary
from bd_gen.model.device import resolve_device
from bd_gen.sampling.grid import visibility_of
from bd_gen.sampling.method import Method
from bd_gen.sampling.sampler import Sampler
from bd_gen.sampling.settings import usual_method
from bd_gen.system.errors import InputError
from bd_gen.training.checkpoint import Checkpoint

BATCH = 256
"""Draws at a time; without influence on what is drawn."""


@dataclass(frozen=True, eq=False)
class DrawnBoxes:
    """Draws of the boxes of one diagram's rooms.

    Attributes:
        diagram: the rooms and their relations.
        boxes: (K, n, 4) float64 boxes in pixels of a 256-pixel plan.
        wrong: (K,) int64 pairs of rooms whose relation in the draw is not the diagram's.
    """

    diagram: Diagram
    boxes: np.ndarray
    wrong: np.ndarray

    @property
    def best(self) -> np.ndarray:
        """(n, 4) the draw with the fewest wrong relations, the first of them."""
        return np.asarray(self.boxes[self.wrong.argmin()])


def draw_boxes(
    checkpoint: Checkpoint,
    diagrams: Sequence[Diagram],
    seed: int = 0,
    draws: int = 1,
    given: Mapping[int, Sequence[float]] | None = None,
    method: Method | None = None,
    device: str = "auto",
) -> list[DrawnBoxes]:
    """Draw boxes for the rooms of diagrams.

    Draw k of diagram i depends on the seed, i, k and `draws`, and on no other diagram.

    Args:
        checkpoint: a model of boxes.
        diagrams: of sizes that it knows.
        seed: 0..2^64-1.
        draws: how many of each diagram.
        given: boxes that are kept, by number of the room, in pixels; of rooms that every diagram
            has.
        method: how to sample; by default as `bd-gen generate` does, sweeps included.
        device: `auto`, `cpu`, `cuda`, ...

    Raises:
        InputError: it is no model of boxes, or does not know diagrams of that size; a box is no
            box, or is given for a room that some diagram lacks.
    """
    checkpoint.check_draws(boxes=True)
    if not diagrams:
        return []
    vocabulary = checkpoint.vocabulary
    _check_sizes(checkpoint, diagrams)
    rows = _given_rows(diagrams, given or {}, vocabulary)
    where = resolve_device(device)
    sampler = Sampler(
        checkpoint.denoiser(where),
        vocabulary,
        visibility_of(checkpoint.process),
        checkpoint.num_rooms_histogram,
        usual_method() if method is None else method,
        where,
        np.repeat(rows, draws, axis=0),
    )
    drawn = sampler.sample(seed, range(len(diagrams) * draws), BATCH)
    found = []
    for k, diagram in enumerate(diagrams):
        some = drawn[k * draws : (k + 1) * draws]
        boxes = _boxes_of(some, diagram.num_rooms, vocabulary)
        for room, box in (given or {}).items():
            boxes[:, room] = box
        found.append(DrawnBoxes(diagram, boxes, _num_wrong(some, boxes, vocabulary)))
    return found


def _check_sizes(checkpoint: Checkpoint, diagrams: Sequence[Diagram]) -> None:
    known = [n for n, count in enumerate(checkpoint.num_rooms_histogram) if count]
    for diagram in diagrams:
        if diagram.num_rooms not in known:
            raise InputError(
                f"{checkpoint.source}: knows diagrams of {known[0]} to {known[-1]} rooms, this one "
                f"has {diagram.num_rooms}"
            )


def _given_rows(
    diagrams: Sequence[Diagram], given: Mapping[int, Sequence[float]], vocabulary: Vocabulary
) -> np.ndarray:
    """(D, length) rows of the diagrams, sides MASK but for those of given boxes."""
    diagram_rows = tokens_from_diagrams(diagrams, vocabulary.of_diagrams)
    num_rooms = num_rooms_of(diagram_rows, vocabulary)
    rows = rows_with_boxes(diagram_rows, None, num_rooms, vocabulary)
    for room, box in given.items():
        if not 0 <= room < num_rooms.min():
            raise InputError(
                f"given: expected a room in 0..{num_rooms.min() - 1}, which every diagram has, "
                f"got {room!r}"
            )
        x0, y0, x1, y1 = box
        if not (0 <= x0 < x1 <= CANVAS and 0 <= y0 < y1 <= CANVAS):
            raise InputError(
                f"given: room {room}: expected (x0, y0, x1, y1) in 0..{CANVAS}, x0 < x1 and "
                f"y0 < y1, got {tuple(box)!r:.60}"
            )
        start = vocabulary.length - vocabulary.num_sides + NUM_SIDES * room
        rows[:, start : start + NUM_SIDES] = levels_of(np.array(box), vocabulary.levels)
    return rows


def _boxes_of(rows: np.ndarray, num_rooms: int, vocabulary: Vocabulary) -> np.ndarray:
    """(K, n, 4) boxes of complete rows (K, length)."""
    start = vocabulary.length - vocabulary.num_sides
    sides = rows[:, start : start + NUM_SIDES * num_rooms].reshape(len(rows), num_rooms, NUM_SIDES)
    return boxes_of_levels(sides, vocabulary.levels)


def _num_wrong(rows: np.ndarray, boxes: np.ndarray, vocabulary: Vocabulary) -> np.ndarray:
    """(K,) int64 relations of boxes (K, n, 4) that are not those of the rows (K, length)."""
    padded = np.zeros((len(boxes), vocabulary.n_max, 4))
    padded[:, : boxes.shape[1]] = boxes
    num_rooms = np.full(len(boxes), boxes.shape[1])
    found = relations_from_boxes(padded, num_rooms, vocabulary.of_diagrams)
    return np.asarray((found != edge_tokens(rows, vocabulary)).sum(axis=1))
