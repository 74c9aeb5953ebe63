"""Units, layers and styles of a DXF drawing."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bd_gen.diagrams.words import Words
from bd_gen.drawing.appearance import room_colours

if TYPE_CHECKING:
    from ezdxf.document import Drawing

LABELS, OUTLINE = "LABELS", "OUTLINE"
DIMENSIONS, ROOM_DIMENSIONS = "DIMENSIONS", "DIMENSIONS_ROOMS"

_METRES = 6  # of $INSUNITS
_METRIC = 1  # of $MEASUREMENT
_BLACK_OR_WHITE = 7  # whichever the ground is not
_LINE_WEIGHTS = {OUTLINE: 50, LABELS: 13, DIMENSIONS: 18, ROOM_DIMENSIONS: 13}  # 1/100 mm


def room_layer(name: str) -> str:
    """The layer of rooms of a type."""
    return f"ROOM_{name}"


def new_drawing(room_types: Iterable[int], words: Words) -> "Drawing":
    """An empty drawing with a layer for each of these room types, and the other layers."""
    import ezdxf
    from ezdxf import colors

    drawing = ezdxf.new("R2010", setup=False, units=_METRES)
    drawing.header["$MEASUREMENT"] = _METRIC
    drawing.styles.new("BD_GEN", dxfattribs={"font": "arial.ttf"})
    for room_type in sorted(set(room_types)):
        layer = drawing.layers.add(room_layer(words.room_names[room_type]), lineweight=25)
        colour = colors.RGB.from_hex(room_colours(words)[room_type])
        layer.rgb = colour
        layer.color = _nearest_index(colour)
        layer.rgb = colour  # setting the index takes the true colour away
    for name, weight in _LINE_WEIGHTS.items():
        drawing.layers.add(name, color=_BLACK_OR_WHITE, lineweight=weight)
    _add_dimension_style(drawing, "BD_GEN", text_height=0.25)
    _add_dimension_style(drawing, "BD_GEN_ROOM", text_height=0.1)
    return drawing


def _nearest_index(colour: tuple[int, int, int]) -> int:
    """The number of the nearest of AutoCAD's 255 colours, for readers without true colour."""
    from ezdxf import colors

    def distance(index: int) -> int:
        return sum((a - b) ** 2 for a, b in zip(colour, colors.aci2rgb(index), strict=True))

    return min(range(1, 250), key=distance)


def _add_dimension_style(drawing: "Drawing", name: str, text_height: float) -> None:
    style = drawing.dimstyles.new(name)
    style.set_arrows(blk="ARCHTICK", blk1="ARCHTICK", blk2="ARCHTICK")
    attributes = {
        "dimtxsty": "BD_GEN",
        "dimtxt": text_height,  # metres, as all below
        "dimasz": text_height / 2,
        "dimexo": text_height / 2,
        "dimexe": text_height / 2,
        "dimgap": text_height / 3,
        "dimtad": 1,  # text above the line
        "dimdec": 2,  # decimals
        "dimzin": 0,  # zeros stay: 3.50
        "dimdsep": ord("."),
        "dimtih": 0,
        "dimtoh": 0,
        "dimlunit": 2,
    }
    for key, value in attributes.items():
        style.set_dxf_attrib(key, value)
