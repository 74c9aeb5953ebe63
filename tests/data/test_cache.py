import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bd_gen.data.cache import cache_key, file_hash, load_or_make
from bd_gen.data.plan_table import PlanTable
from bd_gen.system.errors import InputError

_ARRAYS = (
    "room_types",
    "num_rooms",
    "boxes",
    "has_boxes",
    "relations",
    "ids",
    "groups",
    "diagram_classes",
    "twin_classes",
)


def assert_same(a: PlanTable, b: PlanTable) -> None:
    for name in _ARRAYS:
        x, y = getattr(a, name), getattr(b, name)
        assert x.dtype == y.dtype
        np.testing.assert_array_equal(x, y, err_msg=name)
    assert a.notes == b.notes


class Maker:
    """Counts how often it is asked."""

    def __init__(self, table: PlanTable) -> None:
        self.table = table
        self.calls = 0

    def __call__(self) -> PlanTable:
        self.calls += 1
        return self.table


@pytest.fixture
def maker(random_table: Callable[..., PlanTable]) -> Maker:
    table = random_table(50)
    table.ids[3] = "Zoë"
    return Maker(table)


def test_the_second_time_it_comes_from_the_file(maker: Maker, tmp_path: Path) -> None:
    first = load_or_make(tmp_path, "a", 8, maker)
    second = load_or_make(tmp_path, "a", 8, maker)
    assert maker.calls == 1
    assert_same(first, second)


def test_fractions_of_a_pixel_and_notes_are_kept(maker: Maker, tmp_path: Path) -> None:
    maker.table.boxes[0, 0] = [0.5, 0.25, 10, 10]
    noted = PlanTable(**{**maker.table.__dict__, "notes": ("skipped 3",)})
    load_or_make(tmp_path, "a", 8, lambda: noted)
    assert_same(load_or_make(tmp_path, "a", 8, maker), noted)
    assert maker.calls == 0


@pytest.mark.parametrize("where", [0.0, 0.3, 0.6, 0.97])
def test_a_flipped_byte_is_repaired_in_silence(maker: Maker, tmp_path: Path, where: float) -> None:
    made = load_or_make(tmp_path, "a", 8, maker)
    path = tmp_path / "a.npz"
    data = bytearray(path.read_bytes())
    k = int(where * len(data))
    data[k] ^= 0xFF
    path.write_bytes(data)
    assert_same(load_or_make(tmp_path, "a", 8, maker), made)
    # whatever the byte meant, the file is whole again
    calls = maker.calls
    assert_same(load_or_make(tmp_path, "a", 8, maker), made)
    assert maker.calls == calls


@pytest.mark.parametrize("damage", ["cut", "empty", "text", "folder"])
def test_damage_is_repaired_in_silence(maker: Maker, tmp_path: Path, damage: str) -> None:
    load_or_make(tmp_path, "a", 8, maker)
    path = tmp_path / "a.npz"
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:-300])
    elif damage == "folder":
        path.unlink()
        path.mkdir()
    else:
        path.write_bytes(b"" if damage == "empty" else b"hello")
    assert_same(load_or_make(tmp_path, "a", 8, maker), maker.table)
    assert maker.calls == 2


@pytest.mark.parametrize(
    "change",
    [
        {"num_rooms": np.full(50, 9, np.uint8)},
        {"room_types": np.zeros((50, 8), np.uint8)},
        {"relations": np.zeros((50, 27), np.uint8)},
        {"groups": np.full(50, 50)},
        {"twin_classes": np.full(50, -1)},
        {"diagram_classes": np.zeros(49, int)},
        {"ids": np.zeros(3, "S1")},
        {"boxes": None},
        {"boxes": np.array([{}] * 50, object)},
    ],
)
def test_arrays_that_do_not_fit_together_are_made_again(
    maker: Maker, tmp_path: Path, change: dict[str, np.ndarray | None]
) -> None:
    load_or_make(tmp_path, "a", 8, maker)
    path = tmp_path / "a.npz"
    with np.load(path) as file:
        arrays = {**file, **change}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, array in arrays.items():
            if array is not None:
                with archive.open(f"{name}.npy", "w") as member:
                    np.lib.format.write_array(member, array)
    path.write_bytes(buffer.getvalue())
    assert_same(load_or_make(tmp_path, "a", 8, maker), maker.table)
    assert maker.calls == 2


def test_a_file_of_an_older_version_is_read_and_completed(maker: Maker, tmp_path: Path) -> None:
    load_or_make(tmp_path, "a", 8, maker)
    path = tmp_path / "a.npz"
    with np.load(path) as file:
        whole = dict(file)
    old = {name: array for name, array in whole.items() if "_classes" not in name}
    assert len(old) == len(whole) - 2
    np.savez(path, **old)
    assert_same(load_or_make(tmp_path, "a", 8, maker), maker.table)
    assert maker.calls == 1
    with np.load(path) as file:
        assert set(file) == set(whole)


def test_a_cache_that_cannot_be_written_is_done_without(maker: Maker, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert load_or_make(tmp_path / "file", "a", 8, maker) is maker.table


def test_keys_tell_contents_apart() -> None:
    assert cache_key({"a": 1, "b": 2}) == cache_key({"b": 2, "a": 1})
    assert cache_key({"a": 1}) != cache_key({"a": 2})


def test_hash_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "abc"
    path.write_bytes(b"abc")
    assert file_hash(path).startswith("ba7816bf8f01cfea")  # FIPS 180-2, appendix B.1
    with pytest.raises(InputError, match="cannot be read"):
        file_hash(tmp_path / "none")
    with pytest.raises(InputError, match="expected a file"):
        file_hash(tmp_path)
