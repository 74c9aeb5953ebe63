"""Mirrored relations: against mirrored boxes."""

import numpy as np

from bd_gen.diagrams.mirror import MIRRORED, mirror_relations
from bd_gen.diagrams.relations import relations_from_boxes
from bd_gen.diagrams.vocabulary import (
    EDGE_MASK,
    EDGE_PAD,
    NO_EDGE,
    NUM_RELATIONS,
    Vocabulary,
    inverse_relation,
    relation_from_name,
)


def test_left_and_right_change_places() -> None:
    for left, right in (
        ("left-above", "right-above"),
        ("left-below", "right-below"),
        ("left-of", "right-of"),
    ):
        assert MIRRORED[relation_from_name(left)] == relation_from_name(right)
    for name in ("above", "below", "inside", "surrounding"):
        assert MIRRORED[relation_from_name(name)] == relation_from_name(name)
    assert MIRRORED[[NO_EDGE, EDGE_MASK, EDGE_PAD]].tolist() == [NO_EDGE, EDGE_MASK, EDGE_PAD]


def test_the_mirror_image_of_boxes_has_the_mirrored_relations() -> None:
    rng = np.random.default_rng(0)
    corners = rng.uniform(0, 256, (500, 6, 2, 2))
    boxes = np.concatenate([corners.min(axis=2), corners.max(axis=2)], axis=2)
    boxes[::2, :, 2:] = boxes[::2, :, :2] + boxes[::2, :, 2:] / 4  # small ones, that contain less
    mirrored = boxes[..., [2, 1, 0, 3]]
    mirrored[..., [0, 2]] = 256 - mirrored[..., [0, 2]]
    num_rooms, vocabulary = np.arange(500) % 5 + 2, Vocabulary(6)
    relations = relations_from_boxes(boxes, num_rooms, vocabulary)
    assert set(np.unique(relations)) == {*range(NO_EDGE + 1), EDGE_PAD}
    found = mirror_relations(relations)
    assert found.dtype == np.uint8
    assert np.array_equal(found, relations_from_boxes(mirrored, num_rooms, vocabulary))


def test_twice_is_once_and_the_other_end_agrees() -> None:
    tokens = np.arange(len(MIRRORED))
    assert np.array_equal(mirror_relations(mirror_relations(tokens)), tokens)
    relations = np.arange(NUM_RELATIONS)
    from_other_end = inverse_relation(mirror_relations(relations).astype(int))
    assert np.array_equal(mirror_relations(inverse_relation(relations)), from_other_end)
