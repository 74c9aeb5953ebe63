import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bd_gen.diagrams.mirror import MIRRORED, Mirror, mirror_boxes, mirror_relations
from bd_gen.diagrams.relations import are_joined, relation_labels
from bd_gen.diagrams.vocabulary import EDGE_MASK, EDGE_PAD, NO_EDGE, RELATIONS

BOX = st.tuples(*[st.integers(0, 40)] * 4).map(
    lambda s: (min(s[0], s[2]), min(s[1], s[3]), max(s[0], s[2]) + 1, max(s[1], s[3]) + 1)
)


def test_the_table_by_hand() -> None:
    table = MIRRORED[Mirror.LEFT_RIGHT]
    words = {name: RELATIONS[table[k]] for k, name in enumerate(RELATIONS)}
    assert words == {
        "left-above": "right-above",
        "left-below": "right-below",
        "left-of": "right-of",
        "above": "above",
        "inside": "inside",
        "surrounding": "surrounding",
        "below": "below",
        "right-of": "left-of",
        "right-above": "left-above",
        "right-below": "left-below",
    }
    special = [NO_EDGE, EDGE_MASK, EDGE_PAD]
    assert table[special].tolist() == special
    upside_down = [RELATIONS[k] for k in MIRRORED[Mirror.UP_DOWN][: len(RELATIONS)]]
    assert upside_down[:4] == ["left-below", "left-above", "left-of", "below"]


@pytest.mark.parametrize("mirror", Mirror)
def test_twice_is_nothing(mirror: Mirror) -> None:
    relations = np.arange(13, dtype=np.uint8)
    assert np.array_equal(mirror_relations(mirror_relations(relations, mirror), mirror), relations)
    boxes = np.array([[3, 5, 10, 20], [0, 0, 256, 1]])
    assert np.array_equal(mirror_boxes(mirror_boxes(boxes, mirror), mirror), boxes)


def test_boxes_by_hand() -> None:
    boxes = np.array([[3, 5, 10, 20], [0, 0, 256, 1]])
    assert mirror_boxes(boxes).tolist() == [[246, 5, 253, 20], [0, 0, 256, 1]]
    assert mirror_boxes(boxes, Mirror.UP_DOWN, 100).tolist() == [[3, 80, 10, 95], [0, 99, 256, 100]]


@given(u=BOX, v=BOX, mirror=st.sampled_from(Mirror))
def test_mirrored_boxes_have_the_mirrored_relation_but_on_a_line_between_zones(
    u, v, mirror: Mirror
) -> None:
    boxes = np.array([u, v])
    a, b = mirror_boxes(boxes, mirror)
    assert are_joined(boxes[0], boxes[1]) == are_joined(a, b)
    (ux0, uy0, ux1, uy1), (x0, y0, x1, y1) = u, v
    if ux0 + ux1 in (2 * x0, 2 * x1) or uy0 + uy1 in (2 * y0, 2 * y1):
        return
    found = mirror_relations(relation_labels(boxes[0], boxes[1]), mirror)
    assert found == relation_labels(a, b)
