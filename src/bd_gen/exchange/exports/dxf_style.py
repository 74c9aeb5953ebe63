"""Units, view, layers and styles of a DXF drawing."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from bd_gen.diagrams.words import Words
from bd_gen.drawing.appearance import room_colours

if TYPE_CHECKING:
    from ezdxf.document import Drawing

WALLS, DOORS, WINDOWS = "WALLS", "DOORS", "WINDOWS"
LABELS, AREAS, PLOT, DIMENSIONS = "LABELS", "AREAS", "PLOT", "DIMENSIONS"
TEXT_STYLE = "BD_GEN"
DASHED, DASH_DOT = "DASHED", "DASHDOT"
"""Names that programs with line types of their own know, too."""

_METRES = 6  # of $INSUNITS
_METRIC = 1  # of $MEASUREMENT
_BLACK_OR_WHITE = 7  # whichever the ground is not
_LINE_WEIGHTS = {
    WALLS: 35, DOORS: 18, WINDOWS: 18, LABELS: 13, AREAS: 13, PLOT: 25, DIMENSIONS: 13,
}  # fmt: skip
"""Of each layer, in hundredths of a millimetre."""
_TEXT_HEIGHT = 0.2
"""Of a dimension, in metres: 2 mm on paper at 1:100."""
_DIMENSION_STYLE = {
    "dimtxt": _TEXT_HEIGHT,
    "dimasz": 0.12,
    "dimexo": 0.1,
    "dimexe": 0.1,
    "dimgap": 0.06,
    "dimdle": 0.0,
    "dimtsz": 0.08,  # ticks, as architects have, instead of arrows
    "dimtad": 1,  # text above the line
    "dimdec": 2,  # decimals
    "dimzin": 0,  # zeros stay: 3.50
    "dimdsep": ord("."),
    "dimtih": 0,
    "dimtoh": 0,
    "dimlunit": 2,
    "dimscale": 1.0,
    "dimlfac": 1.0,
}
"""Lengths in metres. LibreCAD and others go by the header alone, so it stands there as well."""
_VIEW_MARGIN = 1.08
_PAPER = (420.0, 297.0)  # mm, A3
_SCALES = (50, 100, 200, 500, 1000, 2000, 5000, 10_000, 100_000)
"""Of printing, 1 to so many: the first at which the drawing fits on the paper."""


def room_layer(name: str) -> str:
    """The layer of rooms of a type."""
    return f"ROOM_{name}"


def new_drawing(room_types: Iterable[int], bounds: np.ndarray, words: Words) -> "Drawing":
    """An empty drawing with a layer for each of these room types, and the other layers.

    Args:
        room_types: that occur.
        bounds: (2, 2) of all that will be drawn, in metres, which it shows when it is opened.
        words: whose room types these are.
    """
    import ezdxf

    drawing = ezdxf.new("R2010", setup=False, units=_METRES)
    drawing.header["$MEASUREMENT"] = _METRIC
    drawing.styles.new(TEXT_STYLE, dxfattribs={"font": "arial.ttf"})
    drawing.linetypes.add(DASHED, [0.15, 0.1, -0.05], description="_ _ _")
    drawing.linetypes.add(DASH_DOT, [0.75, 0.5, -0.1, 0.05, -0.1], description="__ . __")
    _add_layers(drawing, room_types, words)
    _add_dimension_style(drawing)
    _show(drawing, bounds)
    return drawing


def _add_layers(drawing: "Drawing", room_types: Iterable[int], words: Words) -> None:
    from ezdxf import colors

    for room_type in sorted(set(room_types)):
        layer = drawing.layers.add(room_layer(words.room_names[room_type]), lineweight=13)
        colour = colors.RGB.from_hex(room_colours(words)[room_type])
        layer.rgb = colour
        layer.color = _nearest_index(colour)
        layer.rgb = colour  # setting the index takes the true colour away
    for name, weight in _LINE_WEIGHTS.items():
        drawing.layers.add(name, color=_BLACK_OR_WHITE, lineweight=weight)


def _nearest_index(colour: tuple[int, int, int]) -> int:
    """The number of the nearest of AutoCAD's 255 colours, for readers without true colour."""
    from ezdxf import colors

    def distance(index: int) -> int:
        return sum((a - b) ** 2 for a, b in zip(colour, colors.aci2rgb(index), strict=True))

    return min(range(1, 250), key=distance)


def _add_dimension_style(drawing: "Drawing") -> None:
    style = drawing.dimstyles.new("BD_GEN")
    style.set_dxf_attrib("dimtxsty", TEXT_STYLE)
    for key, value in _DIMENSION_STYLE.items():
        style.set_dxf_attrib(key, value)
        drawing.header[f"${key.upper()}"] = value
    drawing.header["$DIMTXSTY"] = TEXT_STYLE
    drawing.header["$DIMSTYLE"] = "BD_GEN"
    drawing.header["$TEXTSIZE"] = _TEXT_HEIGHT
    drawing.header["$TEXTSTYLE"] = TEXT_STYLE


def _show(drawing: "Drawing", bounds: np.ndarray) -> None:
    """Say where the drawing lies, show all of it when it is opened, and how to print it."""
    low, high = (tuple(map(float, corner)) for corner in bounds)
    size = np.maximum(bounds[1] - bounds[0], 1e-3)
    drawing.header["$EXTMIN"], drawing.header["$EXTMAX"] = (*low, 0.0), (*high, 0.0)
    drawing.header["$LIMMIN"], drawing.header["$LIMMAX"] = low, high
    drawing.modelspace().reset_extents((*low, 0.0), (*high, 0.0))
    drawing.modelspace().reset_limits(low, high)
    height = _VIEW_MARGIN * float(max(size[1], size[0] * 0.6))
    centre = tuple(map(float, bounds.mean(axis=0)))
    drawing.set_modelspace_vport(height, centre)
    # LibreCAD's sheet: its size in the unit of the drawing, its lower left corner, its scale.
    paper = np.array(_PAPER) / 1000
    printed = 1 / next((to for to in _SCALES if (size / to < paper).all()), _SCALES[-1])
    corner = paper / 2 - bounds.mean(axis=0) * printed
    drawing.header["$PSVPSCALE"] = printed
    drawing.paperspace().reset_limits((0, 0), tuple(map(float, paper)))
    drawing.header["$PINSBASE"] = (float(corner[0]), float(corner[1]), 0.0)
