"""House-GAN++ files from an invented flat, in the published form."""

import json
from pathlib import Path
from typing import Any

import pytest

from bd_gen.data.config import DataConfig
from bd_gen.data.dataset import load_table
from bd_gen.data.plan_table import PlanTable
from bd_gen.system.errors import InputError

LABELS = {"bedroom": "SecondRoom"}


def sides(points: list[tuple[float, float]], kind: int) -> list[list[float]]:
    return [[*a, *b, kind, 0] for a, b in zip(points, points[1:] + points[:1], strict=True)]


def flat() -> dict[str, Any]:
    """An L-shaped living room, a bedroom in its corner, a door between and a front door."""
    ell = [(50.0, 50.0), (150, 50), (150, 100), (90, 100), (90, 150), (50, 150)]
    bedroom = [(94.0, 104.0), (150, 104), (150, 150), (94, 150)]
    door = [(110.0, 101.0), (122, 101), (122, 103), (110, 103)]
    front = [(47.0, 60.0), (49, 60), (49, 72), (47, 72)]
    return {
        "room_type": [1, 3, 17, 15],
        "boxes": [[50, 50, 150, 150], [94, 104, 150, 150], [110, 101, 122, 103], [47, 60, 49, 72]],
        "edges": [*sides(ell, 1), *sides(bedroom, 3), *sides(door, 17), *sides(front, 15)],
        "ed_rm": [[0], [0], [0, 1], [0, 1], [0], [0], [1, 0], [1], [1], [1, 0],
                  [2, 0], [2], [2, 1], [2], [3], [3, 0], [3], [3]],
    }  # fmt: skip


def read(tmp_path: Path, plan: Any, **fields: Any) -> PlanTable:
    folder = tmp_path / "json"
    folder.mkdir(exist_ok=True)
    (folder / "12.json").write_text(plan if isinstance(plan, str) else json.dumps(plan))
    labels = tmp_path / "labels.json"
    labels.write_text(json.dumps(LABELS))
    config = DataConfig("housegan", str(folder), labels=str(labels), **fields)
    return load_table(config, keeps_shapes=True)


def test_rooms_and_doors(tmp_path: Path) -> None:
    table = read(tmp_path, flat())
    assert table.ids.tolist() == ["12"]
    assert table.room_types[0, :2].tolist() == [0, 7]
    assert table.boxes[0, :2].tolist() == [[50, 50, 150, 150], [94, 104, 150, 150]]
    shapes = table.shapes["12"]
    room = shapes.rooms[0]
    assert room is not None
    assert room.area == 7000
    assert [(door.rooms, door.segment, door.kind) for door in shapes.doors] == [
        ((0, 1), (110, 102, 122, 102), "door"),
        ((0,), (48, 60, 48, 72), "entrance"),
    ]


def test_boxes_count_where_sides_do_not_close(tmp_path: Path) -> None:
    plan = flat()
    plan["edges"][0][2] = 140
    table = read(tmp_path, plan)
    assert table.boxes[0, 0].tolist() == [50, 50, 150, 150]
    assert table.shapes["12"].rooms[0] is None
    del plan["edges"], plan["ed_rm"]
    table = read(tmp_path, plan)
    assert table.num_rooms.tolist() == [2]
    assert table.shapes["12"].rooms == (None, None)


BAD: dict[str, tuple[Any, str]] = {
    "no JSON": ("{", "broken file (file 12.json:"),
    "a list": ([], "not a JSON object"),
    "no boxes": ({"room_type": [1]}, "room_type or boxes"),
    "fewer": (flat() | {"boxes": []}, "4 room types, 0 boxes"),
    "type": (flat() | {"room_type": [1, "3", 17, 15]}, "a room type is no whole number"),
    "box": (flat() | {"boxes": [[1, 2, 3]] * 4}, "room 0: not four numbers"),
    "owner": (flat() | {"ed_rm": [[0, 9]] * 18}, "ed_rm: there is no such room"),
    "owners": (flat() | {"ed_rm": [[]] * 18}, "ed_rm is not a list of lists"),
    "sides": (flat() | {"edges": [[1, 2]] * 18}, "edges: not four numbers"),
    "unknown": (flat() | {"room_type": [1, 16, 17, 15]}, "unknown labels (rooms): 'unknown' (1)"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files_are_named(tmp_path: Path, name: str) -> None:
    plan, expected = BAD[name]
    with pytest.raises(InputError) as caught:
        read(tmp_path, plan)
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)
