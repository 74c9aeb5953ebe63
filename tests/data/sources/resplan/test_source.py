"""ResPlan from invented flats: JSON lines, and the archive as shapely pickles it."""

import json
import pickle
import zipfile
from pathlib import Path
from typing import Any

import networkx
import numpy as np
import pytest
import shapely

from bd_gen.data.config import DataConfig
from bd_gen.data.dataset import load_table
from bd_gen.data.plan_table import PlanTable, table_sizes
from bd_gen.diagrams.words_file import words_named
from bd_gen.system.errors import InputError

LABELS = {"living": "LivingRoom", "bedroom": "SecondRoom", "stair": "Storage"}
METRES = 256 / 18


def ring(x0: float, y0: float, x1: float, y1: float) -> list[list[float]]:
    return [[x0, y0], [x1, y0], [x1, y1], [x0, y1]]


def flat(number: int = 7, scale: float = 1.0, **more: Any) -> dict[str, Any]:
    """A living room beside a bedroom, a bath cut out of it, metres times `scale`."""

    def r(*box: float) -> list[list[float]]:
        return ring(*(scale * side for side in box))

    corner = [[scale * x, scale * y] for x, y in [(5, 0), (9, 0), (9, 6), (7, 6), (7, 4), (5, 4)]]
    rooms = [
        {"id": "L", "type": "living", "polygons": [r(0, 0, 4.8, 6)]},
        {"id": "B", "type": "bedroom", "polygons": [corner]},
        {"id": "W", "type": "bathroom", "polygons": [r(5, 4.2, 6.8, 6)]},
    ]
    doors = [
        {"between": ["L", "B"], "polygons": [r(4.8, 1, 5, 1.85)]},
        {"between": ["B", "W"], "polygons": [r(5.5, 4, 6.35, 4.2)]},
    ]
    plan = {"id": f"flat-{number}", "unit": "m", "rooms": rooms, "doors": doors}
    plan["windows"] = [[r(9, 2, 9.2, 4)]]
    plan["front_door"] = [[r(-0.2, 1, 0, 2)]]
    return plan | more


def read(path: Path, tmp_path: Path, **fields: Any) -> PlanTable:
    labels = tmp_path / "labels.json"
    labels.write_text(json.dumps(LABELS))
    fields = {"labels": str(labels), "vocabulary": "rplan", **fields}
    return load_table(DataConfig("resplan", str(path), **fields), keeps_shapes=True)


def test_its_own_words_need_no_mapping(tmp_path: Path) -> None:
    config = DataConfig("resplan", str(written(tmp_path, flat())), cache_dir=str(tmp_path / "c"))
    assert (config.vocabulary, config.n_max) == ("resplan", None)
    table = load_table(config)
    assert table.vocabulary.n_max == 3
    names = table.vocabulary.words.room_names
    assert [names[t] for t in table.room_types[0]] == ["living", "bedroom", "bathroom"]
    assert table.notes == ()


def written(tmp_path: Path, *plans: Any) -> Path:
    path = tmp_path / "flats.jsonl"
    path.write_text("".join(json.dumps(plan) + "\n" for plan in plans))
    return path


def test_flats_in_metres_with_doors_and_windows(tmp_path: Path) -> None:
    table = read(written(tmp_path, flat()), tmp_path)
    assert table.ids.tolist() == ["flat-7"]
    assert table.room_types[0, :3].tolist() == [0, 7, 3]
    assert abs(table_sizes(table)[0] - 9 * METRES) < 0.1
    x0, y0, x1, y1 = table.boxes[0, 2].tolist()  # y grew upwards: the bath is above now
    assert (x1 - x0, y1 - y0) == pytest.approx((1.8 * METRES, 1.8 * METRES), abs=0.05)
    assert y0 == table.boxes[0, :3, 1].min()
    shapes = table.shapes["flat-7"]
    assert [(d.rooms, d.kind) for d in shapes.doors] == [
        ((0, 1), "door"), ((1, 2), "door"), ((0,), "entrance"),
    ]  # fmt: skip
    (x0, y0, x1, y1) = shapes.doors[0].segment
    assert x0 == x1
    assert y1 - y0 == pytest.approx(0.85 * METRES, abs=0.05)
    assert [window.room for window in shapes.windows] == [1]


@pytest.mark.parametrize("scale", [0.05, 13.0, 90.0])
def test_doors_tell_the_scale_where_the_area_does_not(tmp_path: Path, scale: float) -> None:
    usual = read(written(tmp_path, flat()), tmp_path)
    other = read(written(tmp_path, flat(scale=scale)), tmp_path)
    np.testing.assert_allclose(other.boxes, usual.boxes, atol=1 / 16)
    assert other.notes[0] == "1 plans scaled to doors of 0.85 m: their area cannot be"
    assert usual.notes == ()


def test_what_is_repaired_or_left_out_is_told(tmp_path: Path) -> None:
    plan = flat()
    touching = [[0, 0], [4.8, 0], [4.8, 6], [2, 6], [2, 3], [1.5, 6], [2, 6], [0, 6]]
    plan["rooms"][0]["polygons"] = [touching]
    plan["rooms"] += [
        {"id": "T", "type": "stair", "polygons": [ring(5, 4.2, 6.8, 6)]},
        {"id": "S", "type": "stair", "polygons": [ring(8, 1, 8.2, 1.2)]},
    ]
    plan["doors"] += [
        {"between": ["L", "T"], "polygons": [ring(4.8, 5, 5, 5.85)]},
        {"between": ["L", "nowhere"], "polygons": [ring(4.8, 3, 5, 3.85)]},
    ]
    table = read(written(tmp_path, plan), tmp_path)
    assert table.num_rooms.tolist() == [3]
    assert table.shapes["flat-7"].doors[2].rooms == (0, 2)
    assert table.notes == (
        "1 outlines of rooms that touch themselves repaired",
        "1 rooms under 0.3 m² left out",
        "1 rooms left out that lie where another lies",
        "1 doors that lead to no two rooms left out",
    )


BAD = {
    "no object": (3, "not a JSON object"),
    "no rooms": ({"id": 1}, "missing field (line 1: rooms)"),
    "none": (flat(rooms=[]), "no rooms"),
    "rooms": (flat(rooms=[{"id": "L", "type": "living", "polygons": "round"}]), "room 0: expected"),
    "doors": (flat(doors=3), "doors is not a list"),
    "door": (flat(doors=[{"between": ["L", "B"]}]), "door 0: expected rings of points"),
    "nan": (
        flat(rooms=[{"type": "living", "polygons": [[[0, 0], [float("nan"), 1], [1, 1]]]}]),
        "not within",
    ),
    "far": (flat(windows=[[ring(0, 0, 1e300, 1)]]), "window 0: not within 1e+09"),
    "label": (flat(rooms=[{"id": "L", "type": "moat", "polygons": [ring(0, 0, 9, 9)]}]), "'moat'"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_plans_are_named(tmp_path: Path, name: str) -> None:
    plan, expected = BAD[name]
    with pytest.raises(InputError) as caught:
        read(written(tmp_path, plan), tmp_path)
    assert expected in str(caught.value)


def archived(plan: dict[str, Any], number: Any) -> dict[str, Any]:
    """The plan as ResPlan.pkl holds it."""

    def merged(parts: list[Any]) -> shapely.Geometry:
        return shapely.MultiPolygon([shapely.Polygon(part[0]) for part in parts])

    graph = networkx.Graph()
    graph.add_node("living_0", geometry=shapely.box(0, 0, 1, 1))
    raw: dict[str, Any] = {"id": number, "area": np.float64(52.2), "graph": graph, "unitType": "A"}
    for key in ("living", "bedroom", "bathroom"):
        raw[key] = merged([room["polygons"] for room in plan["rooms"] if room["type"] == key])
    raw["door"] = merged([door["polygons"] for door in plan["doors"]])
    raw["window"] = merged(plan["windows"])
    raw["front_door"] = shapely.Polygon(plan["front_door"][0][0])
    raw["balacony"] = shapely.Polygon()
    return raw


@pytest.mark.parametrize("protocol", [2, 4, 5])
def test_the_archive_says_the_same(tmp_path: Path, protocol: int) -> None:
    pixels = flat(scale=20)
    program = pickle.dumps([archived(pixels, 12), archived(pixels, np.int64(13))], protocol)
    path = tmp_path / "ResPlan.pkl"
    path.write_bytes(program)
    table = read(path, tmp_path)
    expected = read(written(tmp_path, flat()), tmp_path)
    assert table.ids.tolist() == ["12", "13"]
    np.testing.assert_allclose(table.boxes[0], expected.boxes[0], atol=0.5)
    np.testing.assert_array_equal(table.tokens[0], expected.tokens[0])
    assert [d.rooms for d in table.shapes["12"].doors] == [(0, 1), (1, 2), (0,)]
    with zipfile.ZipFile(tmp_path / "ResPlan.zip", "w") as archive:
        archive.write(path, "ResPlan.pkl")
    zipped = read(tmp_path / "ResPlan.zip", tmp_path)
    np.testing.assert_array_equal(zipped.tokens, table.tokens)


def test_the_area_of_the_archive_is_that_of_inner(tmp_path: Path) -> None:
    """The floor with the walls between rooms and without balconies."""
    raw = archived(flat(scale=20), 12)
    raw["balcony"] = shapely.box(0, 130, 180, 160)
    raw["inner"] = shapely.box(0, 0, 180, 120)
    raw["area"] = 9 * 6
    path = tmp_path / "ResPlan.pkl"
    path.write_bytes(pickle.dumps([raw]))
    table = read(path, tmp_path)
    assert table.notes == ()
    x0, _, x1, _ = table.boxes[0, 0].tolist()
    assert x1 - x0 == pytest.approx(4.8 * METRES, abs=0.05)


def test_all_kinds_of_rooms_of_the_archive_are_read(tmp_path: Path) -> None:
    raw = archived(flat(scale=20), 12)
    names = words_named("resplan").room_names
    for k, name in enumerate(names):
        if name not in ("living", "bedroom", "bathroom"):
            raw[name] = shapely.box(200 + 40 * k, 0, 230 + 40 * k, 30)
    path = tmp_path / "ResPlan.pkl"
    path.write_bytes(pickle.dumps([raw]))
    table = load_table(DataConfig("resplan", str(path), cache_dir=str(tmp_path / "cache")))
    assert sorted(table.room_types[0].tolist()) == list(range(len(names)))


class Bomb:
    def __reduce__(self) -> tuple[Any, ...]:
        return exec, ("raise SystemExit('it ran')",)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\x80\x04", "damaged pickle"),
        (pickle.dumps({"living": 3}), "expected a list of plans"),
        (pickle.dumps([Bomb()]), "malformed plan"),
        (pickle.dumps([{"living": Bomb()}]), "no rooms"),
        (b"PK\x03\x04 no zip", "damaged zip"),
        (pickle.dumps([], 0), "expected a pickle of protocol 2 or later"),
        (pickle.dumps([], 1), "expected a pickle of protocol 2 or later"),
        (pickle.dumps(({"living": 3},)), "expected a list of plans"),
        (pickle.dumps(np.array([{}], object)), "expected a list of plans"),
    ],
)
def test_a_damaged_or_hostile_archive(tmp_path: Path, content: bytes, expected: str) -> None:
    path = tmp_path / "ResPlan.pkl"
    path.write_bytes(content)
    with pytest.raises(InputError, match=expected):
        read(path, tmp_path)


class Geometry:
    def __init__(self, wkb: bytes) -> None:
        self.wkb = wkb

    def __reduce__(self) -> tuple[Any, ...]:
        return shapely.io.from_wkb, (self.wkb,)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"id": 10**400}, ["0"]),  # what is no number is not there: the place in the list
        ({"area": 10**400}, ["12"]),  # doors tell the scale
        ({"area": float("inf")}, ["12"]),
        # shapely would end the process
        ({"living": Geometry(b"\x01\x07\0\0\0\x01\0\0\0" * 100_000)}, "nested too deeply"),
        ({"living": Geometry(b"\x01\x03\0\0\0\xff\xff\xff\xff")}, "ends too early"),
        ({"living": shapely.box(0, 0, 1e300, 1e300)}, "room 0: not within 1e\\+09"),
    ],
)
def test_values_that_cannot_be(tmp_path: Path, change: dict[str, Any], expected: Any) -> None:
    path = tmp_path / "ResPlan.pkl"
    path.write_bytes(pickle.dumps([archived(flat(scale=20), 12) | change]))
    if isinstance(expected, list):
        assert read(path, tmp_path).ids.tolist() == expected
        return
    with pytest.raises(InputError, match=expected):
        read(path, tmp_path)


def test_the_real_flats(dev_data: Path, tmp_path: Path) -> None:
    path = dev_data / "real_plans" / "resplan_60.jsonl.gz"
    table = load_table(DataConfig("resplan", str(path)), keeps_shapes=True)
    assert len(table) == 60
    assert table.vocabulary.n_max == 14
    sizes = table_sizes(table)
    assert 100 < sizes.min() < np.median(sizes) < 200
    assert sizes.max() < 330
    edges = (table.relations < 10).sum(axis=1)
    assert 13 < edges.mean() < 15  # 33.5 where metres are taken for pixels
    assert sum(len(shapes.doors) for shapes in table.shapes.values()) > 400
    words = table.vocabulary.words
    living = words.room_names.index("living")
    sides = table.boxes[..., 2:] - table.boxes[..., :2]
    median = np.median(sides[table.room_types == living].prod(axis=1))
    assert abs(median / words.typical_areas[living] - 1) < 0.01
