"""`bd-gen export`: what it prints, what it writes, and what it refuses in one line."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import ezdxf
import pytest
from tests.exchange.exports.cases import flat
from tests.random_samples import make

from bd_gen.cli.main import cli, run
from bd_gen.exchange.export import export_plans, export_target
from bd_gen.exchange.laid_out_files import read_laid_out
from bd_gen.results.samples_file import write_samples
from bd_gen.training.bundled import BUNDLED_FILE

Command = Callable[..., tuple[int, str, str]]

RELATED = {
    "id": "open",
    "rooms": [{"type": "LivingRoom"}, {"type": "Kitchen"}],
    "relations": [[0, 1, "left-of"]],
}
IMPOSSIBLE = {
    "id": "impossible",
    "rooms": [{"type": "LivingRoom"}, {"type": "Kitchen"}, {"type": "Bathroom"}],
    "relations": [[0, 1, "surrounding"], [1, 2, "surrounding"], [0, 2, "left-of"]],
}
WHY = (
    "there is no layout: impossible together are: LivingRoom surrounding Kitchen, "
    "LivingRoom left-of Bathroom, Kitchen surrounding Bathroom"
)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the test's own, with plans: two with boxes, one without."""
    monkeypatch.chdir(tmp_path)
    export_plans([flat("a"), flat("b/../c")], export_target("plans.jsonl"))
    with Path("plans.jsonl").open("a") as file:
        file.write(json.dumps(RELATED) + "\n")
    return tmp_path


@pytest.fixture
def export(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run the command: exit code, stdout, stderr."""

    def call(*args: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            run(cli, "bd-gen", ["export", *args])
        out, err = capsys.readouterr()
        return int(str(ended.value.code)), out, err

    return call


@pytest.mark.parametrize("name", ["x.csv", "x.jsonl", "x.jsonl.gz", "x.json", "x.svg"])
def test_all_in_one_file(export, name):
    assert export("plans.jsonl", "--out", name) == (0, f"3 diagrams: {name}\n", "")
    assert Path(name).stat().st_size > 0


def test_the_same_plans_come_back(export):
    export("plans.jsonl", "--out", "x.json")
    export("x.json", "--out", "again.jsonl")
    assert Path("again.jsonl").read_text().split() == Path("plans.jsonl").read_text().replace(
        ": ", ":").replace(", ", ",").split()  # fmt: skip


def test_a_graph_each(export):
    assert export("plans.jsonl", "--out", "g", "--format", "graphml") == (
        0, "3 diagrams: 3 files in g\n", "",
    )  # fmt: skip
    names = sorted(path.name for path in Path("g").iterdir())
    assert names == ["a.graphml", "b_.._c.graphml", "open.graphml"]
    assert export("g/a.graphml", "--out", "x.jsonl")[:2] == (0, "1 diagram: x.jsonl\n")
    assert Path("x.jsonl").read_text() == Path("plans.jsonl").read_text().splitlines(True)[0]


def test_a_drawing_in_metres(export):
    assert export("plans.jsonl", "--id", "a", "--out", "x.dxf", "--scale", "0.1")[0] == 0
    living = ezdxf.readfile("x.dxf").query('LWPOLYLINE[layer=="ROOM_LivingRoom"]').first
    assert {(round(x, 6), round(y, 6)) for x, y in living.get_points("xy")} == {
        (0, 0), (6, 0), (6, 10), (0, 10),
    }  # fmt: skip


def test_a_drawing_of_what_has_no_layout_yet(export):
    assert export("plans.jsonl", "--index", "2", "--out", "x.dxf") == (0, "1 diagram: x.dxf\n", "")
    assert not ezdxf.readfile("x.dxf").audit().errors
    status, out, err = export("plans.jsonl", "--index", "2", "--out", "y.dxf", "--no-layout")
    assert (status, out) == (2, "")
    assert err == "bd-gen: open: a DXF drawing needs boxes, this diagram has no layout\n"
    assert not Path("y.dxf").exists()


def test_what_no_rectangles_realize(export):
    Path("two.jsonl").write_text(f"{json.dumps(RELATED)}\n{json.dumps(IMPOSSIBLE)}\n")
    status, out, err = export("two.jsonl", "--out", "d/{id}.dxf")
    assert (status, out) == (2, "1 diagram: d/open.dxf\n")
    assert err == f"bd-gen: warning: impossible: {WHY}; left out\n"
    status, out, err = export("two.jsonl", "--out", "two.json", "--layout")
    assert (status, out) == (2, "2 diagrams: two.json\n")
    assert err == f"bd-gen: warning: impossible: {WHY}; written without rectangles\n"
    found = read_laid_out("two.json").plans
    assert [plan.boxes is None for plan in found] == [False, True]
    assert found[0].follows_from_boxes


def test_boxes_that_say_something_else_are_kept(export):
    """As in a plan of Graph2Plan whose published relations are not those of its boxes."""
    boxes = [[10, 10, 60, 60], [63.33333333, 10, 100, 60]]
    rooms = [{"type": t, "box": b} for t, b in zip(("LivingRoom", "Kitchen"), boxes, strict=True)]
    plan = {"id": "a", "rooms": rooms, "relations": [[0, 1, "above"]]}
    Path("other.jsonl").write_text(json.dumps(plan) + "\n")
    code, _, err = export("other.jsonl", "--out", "again.jsonl")
    assert code == 0
    assert (
        "1 diagram with relations other than those read off its rectangles (a for instance)" in err
    )
    (again,) = read_laid_out("again.jsonl").plans
    assert again.diagram.edges == ((0, 1, 3),)
    assert again.boxes is not None
    assert again.boxes[1].tolist() == pytest.approx(boxes[1], abs=1e-4)
    export("again.jsonl", "--out", "again.csv", "--scale", "0.1")
    row = Path("again.csv").read_text().splitlines()[2].split(",")
    expected = "63.333 10 100 60 36.667 50 1833.333 3.667 5.000 18.333"
    assert row[4:14] == expected.split()
    export("again.jsonl", "--out", "again.dxf", "--scale", "0.1")
    (kitchen,) = ezdxf.readfile("again.dxf").modelspace().query('LWPOLYLINE[layer=="ROOM_Kitchen"]')
    x, y = zip(*kitchen.get_points("xy"), strict=True)
    assert (max(x) - min(x), max(y) - min(y)) == pytest.approx((3.6667, 5), abs=1e-3)


def test_rectangles_that_a_changed_relation_contradicts(export):
    export("plans.jsonl", "--id", "a", "--out", "a.graphml")
    graph = Path("a.graphml").read_text()
    Path("a.graphml").write_text(graph.replace(">left-below<", ">below<"))
    assert "both are written as they are" in export("a.graphml", "--out", "x.dxf")[2]
    # asked for, they are looked for anew
    assert export("a.graphml", "--layout", "--out", "x.jsonl") == (0, "1 diagram: x.jsonl\n", "")
    (anew,) = read_laid_out("x.jsonl").plans
    assert anew.follows_from_boxes
    assert (anew.boxes != flat("a").boxes).any()


def test_rooms_joined_without_a_direction_are_refused_with_the_way_out(export):
    Path("open.jsonl").write_text(json.dumps({**RELATED, "relations": [[0, 1]]}) + "\n")
    code, _, err = export("open.jsonl", "--out", "x.csv")
    assert code == 2
    assert "line 1: joined without a direction: rooms 0 and 1; draw, design and generate" in err


_MAIN = "from bd_gen.cli.main import main; main()"


def test_letters_that_the_terminal_does_not_have(tmp_path):
    plan = {**RELATED, "id": "客厅"}
    (tmp_path / "plans.jsonl").write_text(json.dumps(plan) + "\n")
    done = subprocess.run(
        [sys.executable, "-c", _MAIN, "export", "plans.jsonl", "--out", "{id}.graphml"],
        env={
            **os.environ,
            "PYTHONIOENCODING": "latin-1",
            "PYTHONPATH": os.pathsep.join(path or "." for path in sys.path),
        },
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == b"1 diagram: \\u5ba2\\u5385.graphml\n"
    assert (tmp_path / "客厅.graphml").exists()


@pytest.mark.parametrize("words", [("--index", "0,2"), ("--index", "2", "--index", "0-0")])
def test_places_and_ranges(export, words):
    assert export("plans.jsonl", "--out", "x.json", *words)[:2] == (0, "2 diagrams: x.json\n")
    assert [plan.id for plan in read_laid_out("x.json").plans] == ["a", "open"]


def test_bad_plans_may_be_left_out(export):
    Path("some.jsonl").write_text(f"broken\n{json.dumps(RELATED)}\n")
    assert "some.jsonl: line 1: broken line" in export("some.jsonl", "--out", "x.csv")[2]
    status, out, err = export("some.jsonl", "--out", "x.csv", "--skip-bad")
    assert (status, out) == (0, "1 diagram: x.csv\n")
    assert err.startswith("bd-gen: note: skipped 1 of 2 plans")


def test_one_seed_of_samples(export):
    samples = make()
    write_samples("x_samples.pt", samples)
    seed = samples.seeds[-1]
    status, out, _ = export("x_samples.pt", "--out", "x.jsonl", "--seed", str(seed))
    assert (status, out) == (0, f"{samples.num_samples} diagrams: x.jsonl\n")
    assert (
        f"x_samples.pt holds no samples of seed {seed + 1}"
        in (export("x_samples.pt", "--out", "x.jsonl", "--seed", str(seed + 1))[2])
    )


def test_what_a_file_is_follows_from_its_content(export):
    export("plans.jsonl", "--id", "a", "--out", "a.graphml")
    Path("a.graphml").rename("a.txt")
    assert export("a.txt", "--out", "x.csv")[:2] == (0, "1 diagram: x.csv\n")
    (refused,) = export(str(BUNDLED_FILE), "--out", "y.csv")[2].splitlines()
    assert "a checkpoint file; diagrams are read from these: plans, samples, graphml" in refused


def test_labels_of_other_languages(export):
    Path("de.json").write_text('{"Küche": "Kitchen"}')
    Path("de.jsonl").write_text('{"id": 1, "rooms": [{"type": "Küche"}], "relations": []}')
    assert export("de.jsonl", "--labels", "de.json", "--out", "x.csv")[0] == 0
    assert ",Kitchen,Kitchen," in Path("x.csv").read_text()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["plans.jsonl", "--out", "x.dxf"], "x.dxf: dxf holds one diagram, here are 3"),
        (["plans.jsonl", "--out", "x.xls"], "x.xls: expected a name that ends in .jsonl"),
        (["plans.jsonl", "--out", "new"], "new: is a folder; say which format"),
        (["plans.jsonl", "--out", "x.csv", "--format", "doc"], "format 'doc': expected one of"),
        (["plans.jsonl", "--out", "x.csv", "--id", "z"], "there is no diagram with id 'z'"),
        (["plans.jsonl", "--out", "x.csv", "--index", "-1"], "--index: counts from 0"),
        (["plans.jsonl", "--out", "x.csv", "--scale", "0"], "scale: expected metres per pixel"),
        (["plans.jsonl", "--out", "x.csv", "--scale", "nan"], "scale: expected metres per pixel"),
        (["nowhere.jsonl", "--out", "x.csv"], "nowhere.jsonl: cannot be read"),
        (["nowhere.pt", "--out", "x.csv"], "nowhere.pt"),
        (["nowhere.graphml", "--out", "x.csv"], "nowhere.graphml: cannot be read"),
        (["wrong.pt", "--out", "x.csv"], "wrong.pt"),
        (["wrong.graphml", "--out", "x.csv"], "wrong.graphml: not XML"),
        (["wrong.jsonl", "--out", "x.csv"], "wrong.jsonl: line 1: broken line: not JSON"),
        (["plans.jsonl", "--out", "file/x.csv"], "file/x.csv: cannot be written"),
    ],
)
def test_refused_in_one_line(export, args, message):
    for name in ("wrong.pt", "wrong.graphml", "wrong.jsonl", "file"):
        Path(name).write_text("I am something else")
    status, out, err = export(*args)
    assert (status, out) == (2, "")
    assert err.startswith("bd-gen")
    assert err.count("\n") == 1
    assert message in err
    assert not Path("x.csv").exists()
