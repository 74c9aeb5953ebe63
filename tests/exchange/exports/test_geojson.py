import json
from pathlib import Path

import pytest
from shapely.geometry import shape

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.exchange.exports.geojson import write_geojson
from bd_gen.system.errors import InputError

from .cases import flat, furnished


def features(path: Path, *plans: LaidOut, scale: float = 0.1) -> dict[str, dict]:
    write_geojson(path, plans, scale)
    collection = json.loads(path.read_text("utf-8"))
    assert collection["type"] == "FeatureCollection"
    assert "not longitude and latitude" in collection["bd_gen"]["coordinates"]
    found = {feature["id"]: feature for feature in collection["features"]}
    assert len(found) == len(collection["features"]), "ids are unique"
    return found


def test_rooms_are_polygons_in_metres_with_their_area(tmp_path: Path) -> None:
    found = features(tmp_path / "x.geojson", furnished("h"))
    living, bath = found["h/room-0"], found["h/room-1"]
    assert living["properties"] == {
        "plan": "h", "kind": "room", "room": 0, "type": "LivingRoom", "name": "Wohnküche",
        "area_m2": 64.0, "perimeter_m": 36.0,
    }  # fmt: skip
    assert shape(living["geometry"]).area == pytest.approx(64)
    assert shape(living["geometry"]).exterior.is_ccw, "RFC 7946, section 3.1.6"
    # on the page the bathroom is at the lower right
    assert shape(bath["geometry"]).bounds == (6, 0, 10, 4)


def test_walls_doors_windows_and_plot_fit_together(tmp_path: Path) -> None:
    found = features(tmp_path / "x.geojson", furnished("h"))
    walls = shape(found["h/walls"]["geometry"])
    for name, width in (("door-0", 1.2), ("door-1", 1.5), ("window-0", 2.5)):
        one = found[f"h/{name}"]
        assert one["properties"]["width_m"] == pytest.approx(width)
        gap = shape(one["geometry"])
        assert gap.area > 0.1 * width * 0.9
        assert gap.intersection(walls).area == pytest.approx(0, abs=1e-6)
        assert gap.distance(walls) == pytest.approx(0, abs=1e-6)
    assert found["h/door-1"]["properties"]["door"] == "open"
    assert found["h/door-0"]["properties"]["names"] == ["Wohnküche", "=Bad & WC"]
    assert found["h/plot"]["properties"]["north_degrees"] == 30
    assert shape(found["h/plot"]["geometry"]).area == pytest.approx(14 * 12)


def test_several_plans_and_a_covered_room(tmp_path: Path) -> None:
    covered = LaidOut("c", Diagram((0, 2)), [[0, 0, 50, 50], [0, 0, 50, 50]])
    found = features(tmp_path / "x.geojson", flat("a"), covered)
    assert {feature["properties"]["plan"] for feature in found.values()} == {"a", "c"}
    empty = [f for f in found.values() if f["geometry"] is None]
    assert [f["properties"]["area_m2"] for f in empty] == [0.0]


def test_what_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="x: GeoJSON needs boxes"):
        write_geojson(tmp_path / "x.geojson", [LaidOut("x", Diagram((0,)))])
    with pytest.raises(InputError, match="metres per pixel"):
        write_geojson(tmp_path / "x.geojson", [flat()], scale=0)
    assert not list(tmp_path.iterdir())
