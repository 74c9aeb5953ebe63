import sys
from pathlib import Path

import ezdxf
import pytest
from ezdxf.lldxf.encoding import decode_dxf_unicode
from hypothesis import HealthCheck, given, settings
from tests.rplan import ROOM_TYPES

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.drawing.appearance import ROOM_COLOURS
from bd_gen.exchange.exports.dxf import write_dxf
from bd_gen.system.errors import InputError

from .cases import flat, solved


def drawn(path: Path, plan: LaidOut, scale: float = 0.1):
    write_dxf(path, plan, scale)
    return ezdxf.readfile(path)


def decoded(text: str) -> str:
    """Letters for \\U+XXXX, of which a pair of UTF-16 makes one."""
    units = decode_dxf_unicode(text).encode("utf-16-be", "surrogatepass")
    return units.decode("utf-16-be")


def polygons(document, layer: str) -> list[list[tuple[float, float]]]:
    found = document.modelspace().query(f'LWPOLYLINE[layer=="{layer}"]')
    assert all(line.closed for line in found)
    return [[(round(x, 9), round(y, 9)) for x, y in line.get_points("xy")] for line in found]


def test_rooms_lie_where_they_lie_in_metres_with_y_upwards(tmp_path: Path) -> None:
    document = drawn(tmp_path / "x.dxf", flat())
    assert document.header["$INSUNITS"] == 6
    assert document.header["$MEASUREMENT"] == 1
    (living,) = polygons(document, "ROOM_LivingRoom")
    assert set(living) == {(0, 0), (6, 0), (6, 10), (0, 10)}
    # the kitchen is above the bathroom: at the top of the page, y 94..150 is 0..5.6 m
    (kitchen,) = polygons(document, "ROOM_Kitchen")
    assert set(kitchen) == {(6.4, 6), (10, 6), (10, 10), (6.4, 10)}
    (bathroom,) = polygons(document, "ROOM_Bathroom")
    assert set(bathroom) == {(6.4, 0), (10, 0), (10, 5.6), (6.4, 5.6)}
    # the walls between them belong to the whole
    (outline,) = polygons(document, "OUTLINE")
    assert set(outline) == {(0, 0), (10, 0), (10, 10), (0, 10)}


def test_layers_have_the_colours_of_the_pictures(tmp_path: Path) -> None:
    document = drawn(tmp_path / "x.dxf", flat())
    for room_type in (0, 2, 3):
        layer = document.layers.get(f"ROOM_{ROOM_TYPES[room_type]}")
        assert ezdxf.colors.RGB(*layer.rgb).to_hex().lower() == ROOM_COLOURS[room_type].lower()
        assert 1 <= layer.color < 250
    fills = document.modelspace().query("HATCH")
    assert {fill.dxf.color for fill in fills} == {ezdxf.const.BYLAYER}
    assert len(fills) == 3


def test_labels_and_dimensions_say_what_was_drawn(tmp_path: Path) -> None:
    document = drawn(tmp_path / "x.dxf", flat())
    space = document.modelspace()
    texts = {decoded(text.plain_text()) for text in space.query('MTEXT[layer=="LABELS"]')}
    assert texts == {"LivingRoom\n60.0 m²", "Kitchen\n14.4 m²", "Bathroom\n20.2 m²"}
    overall = space.query('DIMENSION[layer=="DIMENSIONS"]')
    assert sorted(line.get_measurement() for line in overall) == [pytest.approx(10)] * 2
    rooms = space.query('DIMENSION[layer=="DIMENSIONS_ROOMS"]')
    expected = sorted([6, 10, 3.6, 4, 3.6, 5.6])
    assert sorted(line.get_measurement() for line in rooms) == pytest.approx(expected)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=12)
@given(plan=solved())
def test_every_drawing_is_sound(plan: LaidOut, tmp_path: Path) -> None:
    document = drawn(tmp_path / "x.dxf", plan, 18 / 256)
    auditor = document.audit()
    assert (auditor.errors, auditor.fixes) == ([], [])
    assert decoded(document.header.custom_vars.get("bd-gen id")) == plan.id
    boxes = {tuple(box) for box in (plan.boxes[:, 2:] - plan.boxes[:, :2]).tolist()}
    found = set()
    for line in document.modelspace().query("LWPOLYLINE"):
        if line.dxf.layer.startswith("ROOM_"):
            x, y = zip(*line.get_points("xy"), strict=True)
            sides = (max(x) - min(x), max(y) - min(y))
            found.add(tuple(round(side * 256 / 18, 6) for side in sides))
    assert found == boxes


def test_a_room_without_area(tmp_path: Path) -> None:
    line = LaidOut("x", Diagram((0,)), [[5, 5, 5, 90]])
    assert not drawn(tmp_path / "x.dxf", line).audit().errors


def test_equal_plans_give_equal_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_dxf(tmp_path / name, flat())
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert not ezdxf.options.write_fixed_meta_data_for_testing


def test_without_a_layout(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="x: a DXF drawing needs boxes"):
        write_dxf(tmp_path / "x.dxf", LaidOut("x", Diagram((0,))))
    with pytest.raises(InputError, match="metres per pixel"):
        write_dxf(tmp_path / "x.dxf", flat(), scale=0)
    assert not list(tmp_path.iterdir())


def test_without_ezdxf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ezdxf", None)
    with pytest.raises(InputError, match=r"pip install .bd-gen\[cad\]"):
        write_dxf(tmp_path / "x.dxf", flat())
