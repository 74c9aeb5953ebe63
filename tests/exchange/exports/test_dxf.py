import sys
from pathlib import Path

import ezdxf
import pytest
import shapely
from ezdxf.lldxf.encoding import decode_dxf_unicode
from hypothesis import HealthCheck, given, settings
from tests.rplan import ROOM_TYPES

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.drawing.appearance import room_colours, tint
from bd_gen.exchange.exports.dxf import write_dxf
from bd_gen.system.errors import InputError

from .cases import flat, furnished, solved


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
    # the walls between them are solid, and 0.3 m of them run around
    assert {(-0.3, -0.3), (10.3, -0.3), (10.3, 10.3), (-0.3, 10.3)} in map(
        set, polygons(document, "WALLS")
    )
    low, high = document.header["$EXTMIN"], document.header["$EXTMAX"]
    assert high[:2] == pytest.approx((10.3, 10.3))
    assert low[0] < -1
    assert low[1] < -1
    (view,) = document.viewports.get("*Active")
    assert view.dxf.height >= 11.6
    assert tuple(view.dxf.center)[:2] == pytest.approx(
        ((low[0] + high[0]) / 2, (low[1] + high[1]) / 2)
    )


def test_dimensions_are_sized_for_metres_in_style_and_header(tmp_path: Path) -> None:
    document = drawn(tmp_path / "x.dxf", flat())
    style = document.dimstyles.get("BD_GEN")
    for name in ("dimtxt", "dimasz", "dimexo", "dimexe", "dimgap"):
        assert 0 < document.header[f"${name.upper()}"] <= 0.25
        assert document.header[f"${name.upper()}"] == style.get_dxf_attrib(name)


def test_doors_windows_and_plot(tmp_path: Path) -> None:
    document = drawn(tmp_path / "x.dxf", furnished(), 18 / 256)
    space = document.modelspace()
    (swing,) = space.query('ARC[layer=="DOORS"]')
    assert swing.dxf.radius == pytest.approx(12 * 18 / 256)
    assert (swing.dxf.end_angle - swing.dxf.start_angle) % 360 == pytest.approx(90)
    assert len(space.query('LWPOLYLINE[layer=="WINDOWS"]')) == 1
    assert len(space.query('LWPOLYLINE[layer=="PLOT"]')) == 1
    walls = shapely.union_all([shapely.Polygon(ring) for ring in polygons(document, "WALLS")])
    (window,) = polygons(document, "WINDOWS")
    assert walls.intersection(shapely.Polygon(window)).area == pytest.approx(0, abs=1e-6)


def test_layers_have_the_colours_of_the_pictures(tmp_path: Path) -> None:
    document = drawn(tmp_path / "x.dxf", flat())
    for room_type in (0, 2, 3):
        layer = document.layers.get(f"ROOM_{ROOM_TYPES[room_type]}")
        assert (
            ezdxf.colors.RGB(*layer.rgb).to_hex().lower() == room_colours(RPLAN)[room_type].lower()
        )
        assert 1 <= layer.color < 250
        (fill,) = document.modelspace().query(f'HATCH[layer=="ROOM_{ROOM_TYPES[room_type]}"]')
        assert ezdxf.colors.RGB(*fill.rgb).to_hex().upper() == tint(room_colours(RPLAN)[room_type])


def test_labels_and_dimensions_say_what_was_drawn(tmp_path: Path) -> None:
    document = drawn(tmp_path / "x.dxf", flat())
    space = document.modelspace()
    for layer, expected in (
        ("LABELS", {"LivingRoom", "Kitchen", "Bathroom"}),
        ("AREAS", {"60.0 m²", "14.4 m²", "20.2 m²"}),
    ):
        texts = space.query(f'TEXT[layer=="{layer}"]')
        assert {decoded(text.dxf.text) for text in texts} == expected
        assert all(0.05 < text.dxf.height < 0.3 for text in texts)
    overall = space.query('DIMENSION[layer=="DIMENSIONS"]')
    assert sorted(line.get_measurement() for line in overall) == [pytest.approx(10.6)] * 2


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=12)
@given(plan=solved())
def test_every_drawing_is_sound(plan: LaidOut, tmp_path: Path) -> None:
    document = drawn(tmp_path / "x.dxf", plan, 18 / 256)
    auditor = document.audit()
    assert (auditor.errors, auditor.fixes) == ([], [])
    assert decoded(document.header.custom_vars.get("bd-gen id")) == plan.id
    lines = [
        line
        for line in document.modelspace().query("LWPOLYLINE")
        if line.dxf.layer.startswith("ROOM_") and line.dxf.linetype == "BYLAYER"
    ]
    rings = [shapely.Polygon(line.get_points("xy")) for line in lines]
    seen = [room for room in plan.shapes if not room.is_empty]
    # a room's holes are polylines as well
    outer = [shapely.Polygon(room.exterior).area for room in seen]
    holes = [shapely.Polygon(ring).area for room in seen for ring in room.interiors]
    expected = sorted([area * (18 / 256) ** 2 for area in outer + holes])
    assert sorted(ring.area for ring in rings) == pytest.approx(expected, abs=1e-4)


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
