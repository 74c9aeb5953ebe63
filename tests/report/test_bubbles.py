import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.tokens import tokens_from_diagrams
from bd_gen.diagrams.vocabulary import EDGE_MASK, NODE_MASK, RELATIONS, ROOM_TYPES, Vocabulary
from bd_gen.drawing.appearance import SHORT_NAMES
from bd_gen.drawing.placement import place
from bd_gen.report.bubbles import LETTERS, Sketch, bubble_svg, sketch_of

ABOVE, INSIDE = RELATIONS.index("above"), RELATIONS.index("inside")


def picture(sketch: Sketch) -> ET.Element:
    (placement,) = place([sketch.diagram])
    return ET.fromstring(bubble_svg(sketch, placement))  # noqa: S314 - our own markup


def test_short_names_stay_distinct() -> None:
    assert len({name[:LETTERS] for name in SHORT_NAMES}) == len(ROOM_TYPES)


def test_a_bubble_a_room_and_a_line_an_edge(sketch: Callable[..., Sketch]) -> None:
    root = picture(sketch((0, 2, 3, 9), (0, 1, ABOVE), (1, 2, ABOVE), (0, 3, INSIDE)))
    assert len(root.findall("circle")) == 4
    assert len(root.findall("path")) == 2  # what lies inside needs no line
    assert [text.text for text in root.findall("text")] == ["Liv", "Kit", "Bat", "Bal"]
    title = root.findtext("title")
    assert title is not None
    assert "LivingRoom, Kitchen, Bathroom, Balcony. LivingRoom above Kitchen" in title


def test_everything_lies_within_the_picture(sketch: Callable[..., Sketch]) -> None:
    for n in (1, 2, 8, 14):
        root = picture(sketch((0,) * n, *((i, i + 1, ABOVE) for i in range(n - 1))))
        side = float(root.get("viewBox", "").split()[-1])
        for circle in root.findall("circle"):
            x, y, r = (float(circle.get(name, "nan")) for name in ("cx", "cy", "r"))
            assert min(x, y) - r >= 0
            assert max(x, y) + r <= side


def test_a_bubble_around_another_lies_below_it(sketch: Callable[..., Sketch]) -> None:
    root = picture(sketch((1, 0), (0, 1, INSIDE)))
    assert [c.get("class") for c in root.findall("circle")] == ["r0", "r1"]


def test_faults_are_marked(sketch: Callable[..., Sketch]) -> None:
    made = sketch((0, 2), (0, 1, ABOVE))
    root = picture(replace(made, marked_rooms=frozenset({1}), marked_pairs=frozenset({(0, 1)})))
    assert [c.get("class") for c in root.findall("circle")] == ["r0", "r2 marked"]
    assert [p.get("class") for p in root.findall("path")] == ["marked"]


def test_an_incomplete_row_is_drawn_as_far_as_it_goes() -> None:
    vocabulary = Vocabulary(4)
    (tokens,) = tokens_from_diagrams([Diagram((0, 2, 3), ((0, 1, ABOVE),))], vocabulary)
    tokens[1], tokens[5] = NODE_MASK, EDGE_MASK
    made = sketch_of(tokens, vocabulary, 3)
    assert made.unknown == {1}
    assert not made.is_complete
    assert made.known_types == {0, 3}
    root = picture(made)
    assert [text.text for text in root.findall("text")] == ["Liv", "?", "Bat"]
    assert "unknown" in [c.get("class") for c in root.findall("circle")]
    assert "LivingRoom above ?" in (root.findtext("title") or "")
