"""Is it really a layout? The rule run forwards, and every option looked at; knows no solver."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.floor_plan import FloorPlan
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
from bd_gen.layouts.room_limits import DOOR_WIDTH
from bd_gen.layouts.rule_statements import grid_of

if TYPE_CHECKING:
    from shapely import Polygon


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


def what_is_wrong_with_plan(
    diagram: Diagram, plan: FloorPlan, options: SolverOptions
) -> str | None:
    """Why polygons are no plan of the diagram that satisfies the options; None if they are one."""
    import shapely

    if any(
        room.geom_type != "Polygon" or room.is_empty or not room.is_valid for room in plan.rooms
    ):
        return "a room that is no polygon"
    bounds = np.array([room.bounds for room in plan.rooms])
    boxes = bounds.astype(np.int64)
    if (boxes != bounds).any():
        return "no whole pixels"
    of_boxes = SolverOptions(min_side=options.min_side, fixed=options.fixed)
    problem = _what_is_wrong(diagram, boxes, of_boxes, grid_of(diagram.words))
    problem = problem or what_is_wrong_with_rooms(boxes, options, entry_rooms(diagram))
    if problem:
        return problem
    if round(shapely.union_all(plan.rooms).area) != round(plan.areas.sum()):
        return "rooms that overlap"
    total = plan.areas.sum()
    if options.total_area and not options.total_area[0] <= total <= options.total_area[1]:
        return f"all rooms together have {total:g} pixels²"
    for room in range(diagram.num_rooms):
        problem = _what_is_wrong_with_room(room, diagram, plan, options)
        if problem:
            return problem
    for opening in options.openings:
        walls = [straight_wall(plan.rooms[i], plan.rooms[j]) for i, j in opening.pairs]
        if max(walls) < DOOR_WIDTH:
            return f"no wall for a door between rooms {opening.pairs}"
    if options.outline is not None and not _is_within(options.outline, diagram, plan):
        return "outline"
    return None


def straight_wall(one: "Polygon", other: "Polygon") -> float:
    """Length of the longest straight piece of the wall that two polygons share."""
    import shapely

    common = shapely.intersection(one.boundary, other.boundary)
    lines = [part for part in shapely.get_parts(common) if part.geom_type == "LineString"]
    merged = shapely.get_parts(shapely.line_merge(shapely.union_all(lines)))
    straight = [np.asarray(part.simplify(0).coords) for part in merged if not part.is_empty]
    lengths = [np.hypot(*np.diff(points, axis=0).T).max() for points in straight]
    return float(max(lengths, default=0.0))


def _what_is_wrong_with_room(
    room: int, diagram: Diagram, plan: FloorPlan, options: SolverOptions
) -> str | None:
    """Is a room as large, and as wide somewhere, as it has to be?"""
    shape, least_side = plan.rooms[room], options.min_side_of(room)
    bounds = options.area_bounds_of(room, diagram.room_types[room])
    if bounds is not None and not bounds[0] <= shape.area <= bounds[1]:
        return f"area of room {room}"
    # A square fits in if something is left when half of it, or nearly, is taken off all round.
    if least_side > 1 and shape.buffer(-0.49 * least_side, join_style="mitre").is_empty:
        return f"room {room} is too narrow"
    return None


def _is_within(outline: Outline, diagram: Diagram, plan: FloorPlan) -> bool:
    from shapely import box

    if any(not outline.shape.covers(room) for room in plan.rooms):
        return False
    rooms = entry_rooms(diagram)
    if outline.front_door is None or not rooms:
        return True
    x0, y0, x1, y1 = outline.front_door
    d = grid_of(diagram.words).touch
    place = box(x0 - d, y0 - d, x1 + d, y1 + d)
    return any(plan.rooms[room].intersects(place) for room in rooms)


def _what_is_wrong(
    diagram: Diagram, boxes: np.ndarray, options: SolverOptions, grid: Grid
) -> str | None:
    sides = boxes[:, 2:] - boxes[:, :2]
    if boxes.min() < 0 or boxes.max() > grid.largest:
        return "out of bounds"
    if sides.min() < options.min_side:
        return "a side is too short"
    if not has_relations(diagram, boxes, grid.touch):
        return "other relations"
    for room, room_type in enumerate(diagram.room_types):
        area = int(sides[room].prod())
        least, most = options.area_bounds_of(room, room_type) or (area, area)
        if not least <= area <= most:
            return f"area of room {room}"
    if any(boxes[room].tolist() != list(box) for room, box in options.fixed.items()):
        return "another box than the one given"
    if options.outline is not None and not within(options.outline, diagram, boxes, grid.touch):
        return "outline"
    return what_is_wrong_with_rooms(boxes, options, entry_rooms(diagram))


def has_relations(diagram: Diagram, boxes: np.ndarray, touch: int | None = None) -> bool:
    """Are the relations of a diagram those that the rule allows for boxes (n, 4)?

    Where it knows of touching alone, joined rooms touch and none overlap.

    Args:
        diagram: the rooms and their relations.
        boxes: (n, 4) their boxes.
        touch: another distance of touching than that of the rule.

    Raises:
        InputError: the words have no rule.
    """
    rule = rule_of(diagram.words)
    if touch not in (None, rule.touch):
        rule = replace(rule, touch=touch)
        diagram = replace(diagram, words=replace(diagram.words, rule=rule))
    vocabulary = Vocabulary(diagram.num_rooms, diagram.words)
    expected = edge_tokens(tokens_from_diagrams([diagram], vocabulary), vocabulary)
    return bool(relations_hold(expected, boxes[None], vocabulary)[0])


def relations_hold(expected: np.ndarray, boxes: np.ndarray, vocabulary: Vocabulary) -> np.ndarray:
    """(B,) bool of boxes (B, n, 4): does the rule allow edge tokens (1, edges) or (B, edges)?

    Raises:
        InputError: the words have no rule.
    """
    rule = rule_of(vocabulary.words)
    if not isinstance(rule, TouchRule):
        counts = np.full(len(boxes), boxes.shape[1])
        found = relations_from_boxes(boxes, counts, vocabulary)
        same: np.ndarray = (found == expected).all(axis=1)
        return same
    u, v = boxes[:, vocabulary.edge_rows], boxes[:, vocabulary.edge_cols]
    common = np.minimum(u[..., 2:], v[..., 2:]) - np.maximum(u[..., :2], v[..., :2])
    joined, is_edge = are_joined(u, v, vocabulary.words), expected != vocabulary.no_edge
    agree = joined == is_edge if rule.complete else joined | ~is_edge
    hold: np.ndarray = agree.all(axis=1) & ~(common > 0).all(axis=2).any(axis=1)
    return hold


def within(outline: Outline, diagram: Diagram, boxes: np.ndarray, touch: int) -> bool:
    """Lie boxes (n, 4) in an outline, an entry room of the diagram at its front door?"""
    low, high = boxes[:, :2], boxes[:, 2:]
    if (low < outline.box[:2]).any() or (high > outline.box[2:]).any():
        return False
    for missing in outline.missing:
        overlap = np.minimum(high, missing[2:]) - np.maximum(low, missing[:2])
        if (overlap > 0).all(axis=1).any():
            return False
    rooms = entry_rooms(diagram)
    if outline.front_door is None or not rooms:
        return True
    return bool(touch_within(boxes[list(rooms)], np.array(outline.front_door), touch).any())
