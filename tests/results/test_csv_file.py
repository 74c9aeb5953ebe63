import csv
from pathlib import Path

from tests.results.test_comparison import KEY, RANKED, TWO, measured

from bd_gen.results.csv_file import write_csv


def lines(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_every_digit_of_every_number_is_there(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    third = measured("c", 1 / 3)
    write_csv(path, [*TWO, third])
    found = lines(path)
    assert found[-1] == {
        "method": "c",
        "key": KEY,
        "mean": repr(1 / 3),
        "std": "0.001",
        "low": repr(1 / 3 - 0.002),
        "high": repr(1 / 3 + 0.002),
        "interval": "bootstrap",
        "against_real": "",
        "mark": "",
        "n/a": "",
    }
    elbo = next(line for line in found if line["key"] == "denoise/val_elbo")
    assert (elbo["method"], elbo["mean"], elbo["std"], elbo["low"]) == ("a", "14.25", "", "")
    assert len(found) == 5 + 2 + 2 + 1


def test_distance_and_mark_are_those_of_the_table(tmp_path: Path) -> None:
    write_csv(tmp_path / "x.csv", RANKED)
    found = lines(tmp_path / "x.csv")
    assert [line["mark"] for line in found] == ["", "", "best", "tied", ""]
    assert [line["against_real"] for line in found] == ["", "1.0", "2.5", "2.75", "12.5"]


def test_what_was_not_computed_has_a_line_with_its_reason(tmp_path: Path) -> None:
    column = measured("c", 0.5, not_computed={"eval/pgd": "fewer than 100 samples"})
    write_csv(tmp_path / "x.csv", [column])
    (line,) = (line for line in lines(tmp_path / "x.csv") if line["key"] == "eval/pgd")
    assert (line["method"], line["mean"], line["low"]) == ("c", "", "")
    assert line["n/a"] == "fewer than 100 samples"
