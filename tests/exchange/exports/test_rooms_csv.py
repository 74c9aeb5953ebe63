import csv
from pathlib import Path

import pytest

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.exchange.exports.rooms_csv import HEADER, write_rooms_csv
from bd_gen.system.errors import InputError

from .cases import flat, furnished


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_line_a_room(tmp_path: Path) -> None:
    path = tmp_path / "rooms.csv"
    write_rooms_csv(path, [flat("a"), LaidOut("b", Diagram((7, 7), ((0, 1, 3),)))], scale=0.1)
    found = rows(path)
    assert len(found) == 5
    assert found[1] == {
        "id": "a", "room": "1", "type": "Kitchen", "label": "Kitchen",
        "x0": "114", "y0": "50", "x1": "150", "y1": "90",
        "width": "36", "height": "40", "area": "1440",
        "width_m": "3.600", "height_m": "4.000", "area_m2": "14.400",
        "perimeter_m": "15.200", "sides": "4",
        "num_relations": "2", "neighbours": "LivingRoom; Bathroom", "doors": "", "windows": "",
    }  # fmt: skip
    assert found[4]["neighbours"] == "SecondRoom 1"
    assert {found[4][name] for name in HEADER[4:16]} == {""}


def test_areas_and_sides_are_those_of_the_real_shape(tmp_path: Path) -> None:
    write_rooms_csv(tmp_path / "x.csv", [furnished()], scale=0.1)
    living, bath = rows(tmp_path / "x.csv")
    assert (living["area_m2"], living["perimeter_m"], living["sides"]) == ("64.000", "36.000", "6")
    assert (living["width_m"], living["area"]) == ("10.000", "6400")
    assert (living["doors"], living["windows"]) == ("2", "1")
    assert (bath["label"], living["neighbours"]) == ("'=Bad & WC", "'=Bad & WC")


def test_the_default_scale_is_18_metres_for_256_pixels(tmp_path: Path) -> None:
    path = tmp_path / "rooms.csv"
    write_rooms_csv(path, [flat()])
    assert float(rows(path)[0]["width_m"]) == pytest.approx(60 * 18 / 256, abs=5e-4)


@pytest.mark.parametrize("plan_id", ['=HYPERLINK("x")', "+1", "-1", "@SUM(A1)"])
def test_no_id_is_a_formula(plan_id: str, tmp_path: Path) -> None:
    path = tmp_path / "rooms.csv"
    write_rooms_csv(path, [flat(plan_id)])
    assert {row["id"] for row in rows(path)} == {f"'{plan_id}"}


def test_quotes_and_line_ends_are_those_of_the_standard(tmp_path: Path) -> None:
    path = tmp_path / "rooms.csv"
    write_rooms_csv(path, [flat('a, "b" ü')])
    data = path.read_bytes()
    assert data.count(b"\r\n") == 4
    assert data.count(b"\n") == 4
    assert '"a, ""b"" ü",0,'.encode() in data
    assert rows(path)[0]["id"] == 'a, "b" ü'


def test_a_bad_scale(tmp_path: Path) -> None:
    for scale in (0, -1, float("nan"), float("inf"), 1e9):
        with pytest.raises(InputError, match="metres per pixel"):
            write_rooms_csv(tmp_path / "x.csv", [flat()], scale)
    assert not list(tmp_path.iterdir())
