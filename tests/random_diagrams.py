"""Diagrams to draw: of rooms cut out of a rectangle, and of random tokens."""

import numpy as np
from tests.rplan import NO_EDGE, NUM_ROOM_TYPES

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.relations import relations_from_boxes
from bd_gen.diagrams.tokens import diagrams_from_tokens, tokens_from_parts
from bd_gen.diagrams.vocabulary import Vocabulary

USUAL_TYPES = [0, 1, 2, 3, 7, 9, 3, 7, 4, 5, 6, 8, 10, 11]


def cut_up(num_rooms: int, rng: np.random.Generator) -> np.ndarray:
    """(num_rooms, 4) boxes that tile a rectangle; some then grow into their neighbours."""
    boxes = [[30, 40, 220, 200]]
    while len(boxes) < num_rooms:
        areas = [(x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in boxes]
        x0, y0, x1, y1 = boxes.pop(int(np.argmax(areas)))
        share = rng.uniform(0.3, 0.7)
        if x1 - x0 > y1 - y0:
            cut = int(x0 + share * (x1 - x0))
            boxes += [[x0, y0, cut, y1], [cut, y0, x1, y1]]
        else:
            cut = int(y0 + share * (y1 - y0))
            boxes += [[x0, y0, x1, cut], [x0, cut, x1, y1]]
    grown = np.array(boxes)
    # An L-shaped living room's box reaches over other rooms.
    if num_rooms > 3 and rng.random() < 0.5:
        grown[0, :2] -= 5
        grown[0, 2:] += rng.integers(0, 60, 2)
    return grown


def make_realizable(count: int, n_max: int, seed: int) -> list[Diagram]:
    """Diagrams of plans of 1 to n_max rooms."""
    rng = np.random.default_rng(seed)
    vocabulary = Vocabulary(n_max)
    num_rooms = rng.integers(1, n_max + 1, count)
    boxes = np.zeros((count, n_max, 4), int)
    for plan, n in zip(boxes, num_rooms, strict=True):
        plan[:n] = cut_up(int(n), rng)
    room_types = np.tile(USUAL_TYPES[:n_max], (count, 1))
    relations = relations_from_boxes(boxes, num_rooms, vocabulary)
    tokens = tokens_from_parts(room_types, relations, num_rooms, vocabulary)
    return diagrams_from_tokens(tokens, vocabulary)


def make_nonsense(count: int, n_max: int, seed: int, edge_share: float = 0.3) -> list[Diagram]:
    """Diagrams of random types and relations: contradictory, disconnected, self-containing."""
    rng = np.random.default_rng(seed)
    vocabulary = Vocabulary(n_max)
    room_types = rng.integers(0, NUM_ROOM_TYPES, (count, n_max))
    shares = [edge_share / NO_EDGE] * NO_EDGE + [1 - edge_share]
    relations = rng.choice(NO_EDGE + 1, (count, vocabulary.num_edges), p=shares)
    num_rooms = rng.integers(1, n_max + 1, count)
    tokens = tokens_from_parts(room_types, relations, num_rooms, vocabulary)
    return diagrams_from_tokens(tokens, vocabulary)
