"""A floor plan as a drawing for CAD programs (DXF R2010), in metres, y upwards."""

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bd_gen.diagrams.laid_out import METRES_PER_PIXEL, LaidOut, checked_scale
from bd_gen.exchange.exports import export_format
from bd_gen.exchange.exports.dxf_parts import draw_all
from bd_gen.exchange.exports.dxf_style import new_drawing
from bd_gen.exchange.exports.metres import InMetres
from bd_gen.system.errors import InputError
from bd_gen.system.files import write_with

if TYPE_CHECKING:
    from ezdxf.document import Drawing

_BESIDE = 1.6
"""Metres below and left of a plan that its dimensions need."""


@export_format(
    "dxf", holds="a CAD drawing in metres", most=1, needs_boxes=True, needs="bd-gen[cad]"
)
def _write(path: Path, plans: Sequence[LaidOut], scale: float) -> None:
    write_dxf(path, plans[0], scale)


def write_dxf(path: str | Path, plan: LaidOut, scale: float = METRES_PER_PIXEL) -> None:
    """Write the floor plan of one plan; the lower left corner of its rooms is the origin.

    Rooms are closed polylines with the area that is written in them, on a layer for each room
    type; walls, doors, windows, names, areas, plot and dimensions have layers of their own.
    Equal plans give equal bytes.

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


def dxf_drawing(plan: LaidOut, scale: float = METRES_PER_PIXEL) -> "Drawing":
    """The drawing that `write_dxf` writes, in memory; for plans with boxes only."""
    parts = InMetres(plan, scale)
    bounds = parts.bounds.copy()
    bounds[0] -= _BESIDE
    drawing = new_drawing(plan.diagram.room_types, bounds, plan.diagram.words)
    drawing.header.custom_vars.append("bd-gen id", plan.id)
    draw_all(drawing.modelspace(), parts)
    return drawing


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
    return re.sub(r"[^\x00-\x7f]", lambda letter: _escaped(letter[0]), text).encode("ascii")


def _escaped(letter: str) -> str:
    return "".join(f"\\U+{int.from_bytes(unit, 'big'):04X}" for unit in _utf16(letter))


def _utf16(letter: str) -> list[bytes]:
    data = letter.encode("utf-16-be", "surrogatepass")
    return [data[k : k + 2] for k in range(0, len(data), 2)]


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
