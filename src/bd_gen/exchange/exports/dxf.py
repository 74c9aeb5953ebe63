"""A layout as a drawing for CAD programs (DXF R2010), in metres, y upwards."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bd_gen.diagrams.laid_out import METRES_PER_PIXEL, LaidOut, checked_scale
from bd_gen.drawing.outlines import footprint
from bd_gen.exchange.exports import export_format
from bd_gen.exchange.exports.dxf_style import (
    DIMENSIONS,
    LABELS,
    OUTLINE,
    ROOM_DIMENSIONS,
    new_drawing,
    room_layer,
)
from bd_gen.system.errors import InputError
from bd_gen.system.files import write_with

if TYPE_CHECKING:
    from ezdxf.document import Drawing
    from ezdxf.layouts import Modelspace

_LABEL_HEIGHT, _SMALLEST_LABEL = 0.22, 0.06
"""Height of letters in metres, in a large room and in the smallest."""
_LETTER_WIDTH, _LINE_SPACING = 0.75, 1.8
"""In heights of a letter."""
_MIDDLE_CENTRE = 5  # attachment point of an MTEXT
_OVERALL_DISTANCE = 0.9
"""Metres from the plan to its overall dimensions."""
_FROM_BELOW, _FROM_LEFT, _DIMENSION_STRIP = 0.13, 0.27, 0.32
"""Metres from a room's sides inwards to the lines of its own dimensions, whose text stands above
and to the left of them, and to where both have ended."""


@export_format(
    "dxf", holds="a CAD drawing in metres", most=1, needs_boxes=True, needs="bd-gen[cad]"
)
def _write(path: Path, plans: Sequence[LaidOut], scale: float) -> None:
    write_dxf(path, plans[0], scale)


def write_dxf(path: str | Path, plan: LaidOut, scale: float = METRES_PER_PIXEL) -> None:
    """Write the layout of one plan; its lower left corner is the origin.

    Rooms are closed polylines on a layer for each room type, with a light fill; labels, the
    outline of the whole and dimensions have layers of their own. Equal plans give equal bytes.

    Args:
        path: file to write.
        plan: a diagram with boxes.
        scale: metres per pixel.

    Raises:
        InputError: there are no boxes, a bad scale, ezdxf is missing, or the file cannot be
            written.
    """
    checked_scale(scale)
    if plan.boxes is None:
        raise InputError(f"{plan.id}: a DXF drawing needs boxes, this diagram has no layout")
    with _reproducible():
        drawing = dxf_drawing(plan, scale)
        text = io.StringIO()
        _sort_classes(drawing)
        drawing.write(text)
    data = _ascii(text.getvalue())
    write_with(path, lambda file: file.write(data))


def _sort_classes(drawing: "Drawing") -> None:
    """Let the section of classes stand in an order of its own; ezdxf takes them from sets."""
    section = drawing.classes
    section.add_required_classes(drawing.dxfversion)
    in_order = sorted(section.classes.items(), key=lambda item: item[0])
    section.classes.clear()
    section.classes.update(in_order)


def _ascii(text: str) -> bytes:
    r"""The text with \U+XXXX for what is not ASCII.

    The header names a code page, which DXF 2007 and later do not use; some readers go by it.
    """
    return "".join(
        letter
        if letter.isascii()
        else "".join(f"\\U+{int.from_bytes(unit, 'big'):04X}" for unit in _utf16(letter))
        for letter in text
    ).encode("ascii")


def _utf16(letter: str) -> list[bytes]:
    data = letter.encode("utf-16-be", "surrogatepass")
    return [data[k : k + 2] for k in range(0, len(data), 2)]


def dxf_drawing(plan: LaidOut, scale: float = METRES_PER_PIXEL) -> "Drawing":
    """The drawing that `write_dxf` writes, in memory; for plans with boxes only."""
    assert plan.boxes is not None  # noqa: S101
    drawing = new_drawing(plan.diagram.room_types, plan.diagram.words)
    drawing.header.custom_vars.append("bd-gen id", plan.id)
    space = drawing.modelspace()
    rooms = _in_metres(plan.boxes, scale)
    # Large rooms first: what lies inside another room is drawn over it.
    areas = (rooms[:, 2] - rooms[:, 0]) * (rooms[:, 3] - rooms[:, 1])
    order = np.argsort(-areas, kind="stable").tolist()
    for room in order:
        name = plan.diagram.words.room_names[plan.diagram.room_types[room]]
        _add_room(space, rooms[room], name)
    for room in order:
        _add_label(space, rooms[room], plan.labels[room])
        _add_room_dimensions(space, rooms[room])
    left, bottom = plan.boxes[:, 0].min(), plan.boxes[:, 3].max()
    for loop in footprint(plan.boxes):
        points = [((x - left) * scale, (bottom - y) * scale) for x, y in loop.tolist()]
        space.add_lwpolyline(points, close=True, dxfattribs={"layer": OUTLINE})
    _add_overall_dimensions(space, rooms)
    return drawing


def _in_metres(boxes: np.ndarray, scale: float) -> np.ndarray:
    """(n, 4) boxes (left, bottom, right, top) in metres, y upwards from the lowest side."""
    left, bottom = boxes[:, 0].min(), boxes[:, 3].max()
    x0, y0, x1, y1 = boxes.T
    return np.stack([x0 - left, bottom - y1, x1 - left, bottom - y0], axis=1) * scale


def _add_room(space: "Modelspace", box: np.ndarray, type_name: str) -> None:
    from ezdxf.lldxf.const import BYLAYER

    left, bottom, right, top = box.tolist()
    corners = [(left, bottom), (right, bottom), (right, top), (left, top)]
    layer = {"layer": room_layer(type_name)}
    if left < right and bottom < top:
        fill = space.add_hatch(color=BYLAYER, dxfattribs=layer)
        fill.transparency = 0.65
        fill.paths.add_polyline_path(corners, is_closed=True)
    space.add_lwpolyline(corners, close=True, dxfattribs=layer)


def _add_label(space: "Modelspace", box: np.ndarray, label: str) -> None:
    left, bottom, right, top = box.tolist()
    area = (right - left) * (top - bottom)
    # Its dimensions stand at the lower and the left side of a room.
    left += min(_DIMENSION_STRIP, (right - left) / 4)
    bottom += min(_DIMENSION_STRIP, (top - bottom) / 4)
    lines = [label, f"{area:.1f} m²"]
    fits = min(
        (right - left) / (max(map(len, lines)) * _LETTER_WIDTH),
        (top - bottom) / (len(lines) * _LINE_SPACING),
    )
    # In a tiny room it is readable rather than inside.
    size = min(_LABEL_HEIGHT, max(_SMALLEST_LABEL, fits))
    text = space.add_mtext("\\P".join(lines), dxfattribs={"layer": LABELS, "char_height": size})
    text.set_location(((left + right) / 2, (bottom + top) / 2), attachment_point=_MIDDLE_CENTRE)


def _add_room_dimensions(space: "Modelspace", box: np.ndarray) -> None:
    left, bottom, right, top = box.tolist()
    width, height = right - left, top - bottom
    layer = {"layer": ROOM_DIMENSIONS}
    if width > 0:
        base = (left, bottom + min(_FROM_BELOW, height / 4))
        line = space.add_linear_dim(
            base, (left, bottom), (right, bottom), dimstyle="BD_GEN_ROOM", dxfattribs=layer
        )
        line.render()
    if height > 0:
        base = (left + min(_FROM_LEFT, width / 4), bottom)
        line = space.add_linear_dim(
            base, (left, bottom), (left, top), angle=90, dimstyle="BD_GEN_ROOM", dxfattribs=layer
        )
        line.render()


def _add_overall_dimensions(space: "Modelspace", rooms: np.ndarray) -> None:
    right, top = rooms[:, 2].max(), rooms[:, 3].max()
    layer = {"layer": DIMENSIONS}
    if right > 0:
        line = space.add_linear_dim(
            (0, -_OVERALL_DISTANCE), (0, 0), (right, 0), dimstyle="BD_GEN", dxfattribs=layer
        )
        line.render()
    if top > 0:
        line = space.add_linear_dim(
            (-_OVERALL_DISTANCE, 0), (0, 0), (0, top), angle=90, dimstyle="BD_GEN", dxfattribs=layer
        )
        line.render()


@contextmanager
def _reproducible() -> Iterator[None]:
    """Let ezdxf write no times and no random numbers."""
    try:
        import ezdxf
    except ImportError:
        raise InputError('DXF needs ezdxf: pip install "bd-gen[cad]"') from None
    before = ezdxf.options.write_fixed_meta_data_for_testing
    ezdxf.options.write_fixed_meta_data_for_testing = True
    try:
        yield
    finally:
        ezdxf.options.write_fixed_meta_data_for_testing = before
