"""LIFULL vectors from an invented flat, in the published form."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bd_gen.data.config import DataConfig
from bd_gen.data.dataset import load_table
from bd_gen.data.plan_table import PlanTable, table_sizes
from bd_gen.system.errors import InputError

# 400 x 200: kitchen and dining room share the west, a bathroom and an entrance the east; the
# walls of the bathroom miss their neighbours by two pixels.
FLAT = """\
0\t0\t400\t0\twall\t1\t1\t
0 200 400 200 wall 1 1
0 0 0 200 wall 1 1
400 0 400 200 wall 1 1
250 2 250 198 wall 1 1

252 100 398 100 wall 1 1
250 130 250 160 door 1 1
400 150 400 180 door 1 1
100 200 140 200 door 1 1
20 90 40 110 kitchen 1 1
160 90 180 110 dining_room 1 1
300 40 320 60 bathroom 1 1
380 150 398 170 entrance 1 1
60 90 80 100 cooking_counter 1 4
"""


def read(folder: Path, **fields: Any) -> PlanTable:
    config = DataConfig("lifull", str(folder), cache_dir=str(folder / "cache"), **fields)
    return load_table(config, keeps_shapes=True)


def written(tmp_path: Path, text: str = FLAT) -> Path:
    (tmp_path / "00" / "4a").mkdir(parents=True)
    (tmp_path / "00" / "4a" / "0001.txt").write_text(text)
    (tmp_path / "00" / ".DS_Store").write_bytes(b"\0")
    return tmp_path


def test_rooms_are_what_walls_enclose(tmp_path: Path) -> None:
    table = read(written(tmp_path))
    assert table.ids.tolist() == ["00/4a/0001"]
    names = table.vocabulary.words.room_names
    assert [names[t] for t in table.room_types[0]] == [
        "kitchen", "dining_room", "bathroom", "entrance",
    ]  # fmt: skip
    assert table_sizes(table)[0] == 170
    per_pixel = 170 / 400
    sides = (table.boxes[0, :4, 2:] - table.boxes[0, :4, :2]) / per_pixel
    # kitchen and dining room are cut half way between their labels
    np.testing.assert_allclose(sides, [[100, 200], [150, 200], [150, 100], [150, 100]], atol=0.1)
    shapes = table.shapes["00/4a/0001"]
    assert [(door.rooms, door.kind) for door in shapes.doors] == [
        ((1, 3), "door"), ((3,), "entrance"),
    ]  # fmt: skip
    assert [window.room for window in shapes.windows] == [1]


def test_labels_without_walls_around_them_are_told(tmp_path: Path) -> None:
    table = read(written(tmp_path, FLAT + "500 0 520 20 balcony 1 1\n500 90 520 95 entrance 1 1\n"))
    assert table.num_rooms.tolist() == [4]
    assert table.notes == ("1 rooms left out whose walls do not close (balcony 1)",)


def test_one_label_twice_in_a_room_is_one_room(tmp_path: Path) -> None:
    table = read(written(tmp_path, FLAT + "340 40 360 60 bathroom 1 1\n"))
    assert table.num_rooms.tolist() == [4]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "no walls"),
        ("0 0 9 0 wall 1 1\n4 4 5 5 kitchen 1 1\n", "walls enclose none that has a label"),
        ("0 0 9 wall\n", "line 1: not x0, y0, x1, y1, category"),
        ("0 0 9 x wall 1 1\n", "line 1: not four numbers"),
        ("0 0 9 1e300 wall 1 1\n", "line 1: not within a million"),
        ("\n" * 5001 + "0 0 9 9 wall\n", "more than 5,000 lines"),
        (FLAT.replace("bathroom", "moat"), "1 unknown labels (rooms): 'moat' (1)"),
    ],
)
def test_bad_files_are_named(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(InputError) as caught:
        read(written(tmp_path, text))
    assert expected in str(caught.value)
    assert "file 00/4a/0001.txt" in str(caught.value)


def test_folders_without_text(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds no \.txt file"):
        read(tmp_path)
    with pytest.raises(InputError, match="expected a file or a folder"):
        load_table(DataConfig("lifull", str(tmp_path / "none")), keeps_shapes=True)
