"""Is it really a layout? The rule run forwards, and every option looked at; knows no solver."""

import numpy as np

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.relations import (
    are_joined,
    relations_from_boxes,
    rule_of,
    touch_within,
)
from bd_gen.diagrams.tokens import edge_tokens, tokens_from_diagrams
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.diagrams.word_parts import TouchRule
from bd_gen.layouts.constraints import Grid
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.outline import Outline
from bd_gen.layouts.problem import entry_rooms
from bd_gen.layouts.room_checks import what_is_wrong_with_rooms
from bd_gen.layouts.rule_statements import grid_of


def check_layout(
    diagram: Diagram,
    boxes: np.ndarray,
    options: SolverOptions | None = None,
    grid: Grid | None = None,
) -> None:
    """Check that boxes (n, 4) are a layout of the diagram that satisfies the options.

    Raises:
        RuntimeError: they are not. From the solver that is a fault in it, never in the diagram.
    """
    grid = grid or grid_of(diagram.words)
    problem = _what_is_wrong(diagram, boxes, options or SolverOptions(), grid)
    if problem:
        raise RuntimeError(f"not a layout: {problem}: {boxes.tolist()} for {diagram}")


def _what_is_wrong(
    diagram: Diagram, boxes: np.ndarray, options: SolverOptions, grid: Grid
) -> str | None:
    sides = boxes[:, 2:] - boxes[:, :2]
    if boxes.min() < 0 or boxes.max() > grid.largest:
        return "out of bounds"
    if sides.min() < options.min_side:
        return "a side is too short"
    if not has_relations(diagram, boxes):
        return "other relations"
    for room, room_type in enumerate(diagram.room_types):
        area = int(sides[room].prod())
        least, most = options.area_bounds_of(room, room_type) or (area, area)
        if not least <= area <= most:
            return f"area of room {room}"
    if any(boxes[room].tolist() != list(box) for room, box in options.fixed.items()):
        return "another box than the one given"
    if options.outline is not None and not _respects(options.outline, diagram, boxes):
        return "outline"
    return what_is_wrong_with_rooms(boxes, options, entry_rooms(diagram))


def has_relations(diagram: Diagram, boxes: np.ndarray) -> bool:
    """Are the relations of a diagram those that the rule allows for boxes (n, 4)?

    Where it knows of touching alone, joined rooms touch and none overlap.

    Raises:
        InputError: the words have no rule.
    """
    vocabulary = Vocabulary(diagram.num_rooms, diagram.words)
    expected = edge_tokens(tokens_from_diagrams([diagram], vocabulary), vocabulary)[0]
    rule = rule_of(diagram.words)
    if not isinstance(rule, TouchRule):
        got = relations_from_boxes(boxes[None], np.array([diagram.num_rooms]), vocabulary)[0]
        return np.array_equal(got, expected)
    u, v = boxes[vocabulary.edge_rows], boxes[vocabulary.edge_cols]
    common = np.minimum(u[:, 2:], v[:, 2:]) - np.maximum(u[:, :2], v[:, :2])
    touch, is_edge = are_joined(u, v, diagram.words), expected != vocabulary.no_edge
    agree = touch == is_edge if rule.complete else touch | ~is_edge
    return bool(agree.all() and not (common > 0).all(axis=1).any())


def _respects(outline: Outline, diagram: Diagram, boxes: np.ndarray) -> bool:
    low, high = boxes[:, :2], boxes[:, 2:]
    if (low < outline.box[:2]).any() or (high > outline.box[2:]).any():
        return False
    if outline.notch is not None:
        overlap = np.minimum(high, outline.notch[2:]) - np.maximum(low, outline.notch[:2])
        if (overlap > 0).all(axis=1).any():
            return False
    rooms = entry_rooms(diagram)
    if outline.front_door is None or not rooms:
        return True
    touch = grid_of(diagram.words).touch
    return bool(touch_within(boxes[list(rooms)], np.array(outline.front_door), touch).any())
