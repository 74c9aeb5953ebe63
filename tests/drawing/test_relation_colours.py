"""Lines in the colours that a vocabulary gives its relations."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.word_parts import Relation
from bd_gen.diagrams.words import Words
from bd_gen.drawing.appearance import LINE
from bd_gen.drawing.plan_drawing import grid_figure, plans_figure

DOOR = "#c02020"
WORDS = Words(
    "doors",
    RPLAN.room_types,
    (Relation("door", colour=DOOR.upper()), Relation("wall")),
)
DIAGRAM = Diagram((0, 1, 2), ((0, 1, 0), (0, 2, 1)), WORDS)


def colours(figure) -> list[str]:
    """Of all lines on a figure between bubbles and in the legend."""
    found = []
    for artist in figure.axes[0].get_children():
        if isinstance(artist, LineCollection):
            found += [to_hex(colour) for colour in artist.get_colors()]
        elif isinstance(artist, FancyArrowPatch):
            found.append(to_hex(artist.get_edgecolor()))
        elif isinstance(artist, Line2D):
            found.append(to_hex(artist.get_color()))
    return found


def texts(figure) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


@pytest.mark.parametrize("relation_labels", [False, True])
def test_lines_have_the_colour_of_their_relation(relation_labels: bool) -> None:
    figure = grid_figure([DIAGRAM], relation_labels=relation_labels)
    # One more for the legend.
    assert sorted(colours(figure)) == sorted([DOOR, DOOR, LINE.lower()])
    assert "door" in texts(figure)
    assert ("wall" in texts(figure)) == relation_labels


def test_a_relation_that_does_not_occur_is_not_in_the_legend() -> None:
    figure = grid_figure([replace(DIAGRAM, edges=((0, 1, 1),))])
    assert colours(figure) == [LINE.lower()]
    assert "door" not in texts(figure)


def test_bubbles_over_a_plan_have_it_too() -> None:
    boxes = np.array([[0, 0, 90, 90], [90, 0, 150, 60], [0, 90, 60, 150]])
    figure = plans_figure([LaidOut("one", DIAGRAM, boxes)], mode="both")
    assert DOOR in colours(figure)
    assert "door" in texts(figure)
