"""Where the rooms of a design should lie: what a model of boxes draws for its diagram."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bd_gen.diagrams.diagram import Diagram
from bd_gen.generation.geometry import draw_boxes
from bd_gen.layouts.constraints import LARGEST_COORDINATE
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.outline import Box
from bd_gen.sampling.method import Method
from bd_gen.system.files import expanded
from bd_gen.training.bundled import BUNDLED_GEOMETRY
from bd_gen.training.checkpoint import Checkpoint, load_checkpoint

MODEL, TYPICAL = "model", "typical"
"""Rooms as the bundled model of boxes draws them, or of typical sizes. Else it is a file."""

DRAWS = 4
"""Of each diagram; the one with the fewest wrong relations counts, the first of several."""
_METHOD = Method("first_hitting", sweeps=1)


def geometry_model(name: str) -> Checkpoint | None:
    """The model of boxes that `name` stands for; None for typical sizes.

    Args:
        name: "model" (the bundled one, if it is there), "typical", or a file.

    Raises:
        InputError: the file cannot be used, or is a model of diagrams.
    """
    if name == TYPICAL or (name == MODEL and not BUNDLED_GEOMETRY.is_file()):
        return None
    checkpoint = load_checkpoint(BUNDLED_GEOMETRY if name == MODEL else expanded(name))
    checkpoint.check_draws(boxes=True)
    return checkpoint


def knows(checkpoint: Checkpoint, num_rooms: int) -> bool:
    """Was the model trained on plans of so many rooms?"""
    histogram = checkpoint.num_rooms_histogram
    return num_rooms < len(histogram) and histogram[num_rooms] > 0


def with_targets(
    checkpoint: Checkpoint,
    diagrams: Sequence[Diagram],
    options: SolverOptions,
    seed: int,
    device: str = "auto",
) -> list[SolverOptions]:
    """What each diagram's layout must satisfy, with boxes to come near.

    Of `DRAWS` draws the one counts whose boxes have the fewest relations that are not the
    diagram's. Rooms with a fixed box are given to the model; with an outline, draws are stretched
    to its box.

    Args:
        checkpoint: a model of boxes.
        diagrams: of a size that it knows.
        options: the same demands for all.
        seed: of the draws.
        device: where the model computes.
    """
    given = {room: box for room, box in options.fixed.items() if options.outline is None}
    drawn = draw_boxes(checkpoint, diagrams, seed, DRAWS, given, _METHOD, device)
    found = []
    for draw in drawn:
        boxes = draw.best
        if options.outline is not None:
            boxes = stretched(boxes, options.outline.box)
        targets = {k: box for k, box in enumerate(as_targets(boxes)) if k not in options.fixed}
        found.append(replace(options, targets=targets))
    return found


def stretched(boxes: np.ndarray, outline: Box) -> np.ndarray:
    """(n, 4) boxes moved and stretched so that the smallest box around all is the outline's."""
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    start, end = np.array(outline[:2]), np.array(outline[2:])
    scale = (end - start) / np.maximum(high - low, 1)
    return np.asarray((boxes - np.tile(low, 2)) * np.tile(scale, 2) + np.tile(start, 2))


def as_targets(boxes: np.ndarray) -> list[Box]:
    """Boxes (n, 4) as whole pixels of a plan, with sides of at least one."""
    low = np.clip(np.rint(boxes[:, :2]), 0, LARGEST_COORDINATE - 1).astype(np.int64)
    high = np.clip(np.rint(boxes[:, 2:]), 1, LARGEST_COORDINATE).astype(np.int64)
    whole = np.concatenate([low, np.maximum(high, low + 1)], axis=1).tolist()
    return [(x0, y0, x1, y1) for x0, y0, x1, y1 in whole]
