"""`bd-gen design`: what it writes and prints, and what it refuses in one line."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from tests.generation.checkpoints import N_MAX, files_in, saved

from bd_gen.cli.main import cli, run
from bd_gen.data.sources.graphml.graphml import read_graphml
from bd_gen.data.sources.plans.plan_diagrams import each_plan
from bd_gen.data.sources.plans.source import read_plans
from bd_gen.design import files as writing
from bd_gen.design import run as running
from bd_gen.design import search as searching
from bd_gen.design.files import design_folder
from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.diagrams.vocabulary import Vocabulary

Command = Callable[..., tuple[int, str, str]]
ROOMS = ("--rooms", "Kitchen, 2 Bathroom")
QUICK = ("--improve", "0", "--workers", "1", "--device", "cpu", "--checkpoint", "model.pt")


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(searching, "BATCH", 32)
    saved(tmp_path, "model.pt")


@pytest.fixture
def design(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run the command: exit code, stdout, stderr."""

    def call(*args: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            run(cli, "bd-gen", ["design", *args])
        assert isinstance(ended.value.code, int)
        out, err = capsys.readouterr()
        return ended.value.code, out, err

    return call


def test_a_programme_becomes_plans_pictures_and_exports(design):
    code, out, err = design(
        *ROOMS,
        *QUICK,
        *("--require", "Kitchen above Bathroom", "--min-difference", "1"),
        *("--count", "3", "--out", "plans"),
    )
    assert (code, err) == (0, "")
    assert "acceptance: " in out
    assert "3 plans in plans (contact_sheet.png), checked" in out
    assert files_in(Path("plans")) == sorted(
        ["contact_sheet.png", "design.json", "plans.jsonl", "rooms.csv"]
        + [f"0{k}.{kind}" for k in (1, 2, 3) for kind in ("svg", "graphml", "dxf")]
    )
    record = json.loads(Path("plans/design.json").read_text())
    assert record["programme"] == ["Kitchen", "Bathroom", "Bathroom"]
    assert record["rules"] == ["require Kitchen above Bathroom"]
    nats = [plan["nats"] for plan in record["plans"]]
    assert nats == sorted(nats)
    table = read_plans("plans/plans.jsonl", Vocabulary(3))
    assert table.ids.tolist() == ["01", "02", "03"]
    assert table.has_boxes.all()
    graph = read_graphml("plans/graphml/02.graphml")
    assert LaidOut(graph.id, graph.diagram, graph.boxes).follows_from_boxes
    assert (table.boxes[1, :3] == graph.boxes).all()


def test_the_same_command_gives_the_same_plans_with_more_workers(design):
    design(*ROOMS, *QUICK, "--count", "2", "--out", "a")
    design(*ROOMS, *QUICK, "--count", "2", "--out", "b", "--workers", "2")
    design(*ROOMS, *QUICK, "--count", "2", "--out", "c", "--seed", "7")
    texts = [Path(name, "plans.jsonl").read_bytes() for name in "abc"]
    assert texts[0] == texts[1]
    # Of three rooms the likeliest plans are the same whatever is drawn; what was drawn is not.
    ways = [json.loads(Path(name, "design.json").read_text())["funnel"] for name in "abc"]
    assert ways[0] == ways[1]
    assert ways[0] != ways[2]
    pictures = [Path(name, "contact_sheet.png").read_bytes() for name in "ab"]
    assert pictures[0] == pictures[1]


def test_sizes_and_an_outline_are_kept(design):
    code, _, err = design(
        *ROOMS,
        *QUICK,
        *("--count", "2", "--out", "plans", "--min-side", "12px", "--min-area", "Kitchen=400px"),
        *("--max-area", "Bathroom=900px", "--outline", "20,30,200,180px"),
        *("--notch", "20,30,60,80px"),
    )
    assert (code, err) == (0, "")
    table = read_plans("plans/plans.jsonl", Vocabulary(3))
    boxes = table.boxes[:, :3]
    sides = boxes[..., 2:] - boxes[..., :2]
    assert sides.min() >= 12
    assert (boxes[..., :2] >= (20, 30)).all()
    assert (boxes[..., 2:] <= (200, 180)).all()
    areas = sides.prod(axis=-1)
    kitchens = table.room_types[:, :3] == 2
    assert areas[kitchens].min() >= 400
    assert areas[~kitchens].max() <= 900
    record = json.loads(Path("plans/design.json").read_text())
    asked = record["solver"]["rooms"]
    assert (asked["Kitchen"]["min_area"], asked["Bathroom 2"]["max_area"]) == (400, 900)
    assert record["rooms"][0]["area_m2"] == [1.98, None]


def test_a_rule_that_hardly_anything_satisfies_is_met_by_particles(design, monkeypatch):
    monkeypatch.setattr(searching, "_PILOT", 32)
    rules = ("--require", "Bathroom below Kitchen", "--require", "Bathroom inside Bathroom")
    code, out, _ = design(
        *ROOMS, *QUICK, *rules, "--count", "2", "--min-difference", "1", "--out", "plans"
    )
    if "particles" in out:
        assert "rejection kept" in out
    assert code in (0, 2)
    if code == 0:
        assert "2 plans" in out


def test_too_few_plans_name_the_rule_to_blame_and_are_kept(design):
    code, out, err = design(
        *ROOMS,
        *QUICK,
        *("--require", "Kitchen touches Bathroom", "--require", "Kitchen below Bathroom 1"),
        *("--count", "60", "--min-difference", "3", "--most-drawn", "96", "--out", "plans"),
    )
    assert code == 2
    assert "of 60 plans: " in err
    assert err.count("\n") == 1
    assert "satisfied alone" in out
    assert Path("plans/plans.jsonl").exists() == ("plans in plans" in out)


def test_no_plan_at_all_writes_nothing(design, monkeypatch):
    monkeypatch.setattr(running, "check_possible", lambda *_: None)  # which says it at once
    code, _, err = design(
        *(*ROOMS, *QUICK, "--outline", "0,0,60,60px", "--min-side", "4", "--most-drawn", "32"),
        *("--out", "plans"),
    )
    assert code == 2
    assert "found 0 of 12 plans: of" in err
    assert "0 have a layout that satisfies the sizes or plot given; most in the way: '" in err
    assert not Path("plans").exists()


def test_a_design_is_not_written_over_unless_asked(design):
    arguments = (*ROOMS, *QUICK, "--count", "2", "--pool", "2", "--out", "plans")
    assert design(*arguments)[0] == 0
    before = Path("plans/plans.jsonl").read_bytes()
    code, _, err = design(*arguments, "--seed", "5")
    assert code == 2
    assert "plans: holds a design already; take another folder or --overwrite" in err
    assert Path("plans/plans.jsonl").read_bytes() == before
    Path("plans/drawings/mine.svg").write_text("a file of the user's")
    fewer = ("--count", "1", "--pool", "1")
    assert design(*arguments, *fewer, "--seed", "5", "--overwrite")[0] == 0
    assert Path("plans/plans.jsonl").read_bytes() != before
    assert files_in(Path("plans/drawings")) == ["01.svg", "mine.svg"]
    assert files_in(Path("plans/dxf")) == ["01.dxf"]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--rooms", "Kitchen, Gardn"), "--rooms: unknown room 'Gardn'"),
        (("--rooms", ", ,"), "at least one room"),
        (("--rooms", "2 LivingRoom"), "at most one LivingRoom"),
        (("--rooms", "5 Bathroom"), f"5 rooms, but this model knows at most {N_MAX}"),
        ((*ROOMS, "--require", "Kitchen touches Balcony"), "it has none of Balcony"),
        ((*ROOMS, "--forbid", "Kitchen tuches Bathroom"), "did you mean touches"),
        (
            (
                *ROOMS,
                "--require",
                "Kitchen touches Bathroom",
                "--forbid",
                "Kitchen touches Bathroom",
            ),
            "rules that cannot hold together: require Kitchen touches Bathroom; forbid",
        ),
        ((*ROOMS, "--count", "0"), "count: expected 1 to 1000"),
        ((*ROOMS, "--pool", "3"), "pool: expected 12"),
        ((*ROOMS, "--outline", "0,0,10"), "--outline '0,0,10': expected four numbers"),
        (
            (*ROOMS, "--outline", "0,0,9,12px"),
            "0.63 by 0.84 m is no home; did you mean metres: 0,0,9,12?",
        ),
        (
            (*ROOMS, "--outline", "20,20,220,180"),
            "did you mean 20,20,220,180px (14.1 by 11.2 m)?",
        ),
        (
            (*ROOMS, "--min-side", "12"),
            "12 m is no least side of every room (0.3 to 5 m); did you mean 12px (0.844 m)",
        ),
        ((*ROOMS, "--min-area", "Balcony=6"), "--min-area: the programme has no 'Balcony'"),
        ((*ROOMS, "--setback", "1"), "setbacks: go with a size or corners"),
        ((*ROOMS, "--keep", "Kitchen"), "go with --from"),
        (
            (*ROOMS, "--plot", "3x3", "--min-area", "Kitchen=8"),
            "the rooms need at least 12.4 m² (Kitchen 8.0, Bathroom 1 2.2, Bathroom 2 2.2",
        ),
        ((*ROOMS, "--front-door", "0,0,9,9"), "go with --outline"),
        ((*ROOMS, "--min-area", "Kitchen=big"), "--min-area Kitchen: expected '8', '8 m²'"),
        ((*ROOMS, "--min-area", "Kitchen=9", "--max-area", "Kitchen=8"), "at most 8 m² is less"),
        ((*ROOMS, "--checkpoint", "nothing.pt"), "nothing.pt: there is no checkpoint"),
        ((*ROOMS, "--scale", "-1"), "scale"),
        ((*ROOMS, "--out", "model.pt"), "model.pt: is not a folder"),
    ],
)
def test_what_cannot_be_used_is_one_line(design, args, words):
    defaults = () if "--out" in args else ("--out", "plans")
    quick = QUICK[:-2] if "--checkpoint" in args else QUICK
    code, _, err = design(*quick, *defaults, *args)
    assert code == 2
    assert words in err
    assert err.count("\n") == 1
    assert not Path("plans").exists()


def test_ctrl_c_leaves_nothing_behind(design, monkeypatch):
    def stop(*args: object, **options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(searching.CandidateSearch, "run", stop)
    code, _, err = design(*ROOMS, *QUICK, "--out", "plans")
    assert (code, err) == (130, "\nbd-gen: stopped\n")
    assert not Path("plans").exists()


def test_threads_are_left_as_they_were(design):
    before = torch.get_num_threads()
    design(*ROOMS, *QUICK, "--count", "1", "--out", "plans")
    assert torch.get_num_threads() == before


BUBBLES = {
    "id": "x",
    "rooms": [{"type": "Kitchen"}, {"type": "Bath"}, {"type": "Bathroom"}],
    "relations": [[0, 1], [2, 1, "above"]],
}


def bubbles(**changes: object) -> str:
    Path("bubbles.json").write_text(json.dumps(BUBBLES | changes))
    Path("labels.json").write_text('{"bath": "Bathroom"}')
    return "bubbles.json"


def test_a_bubble_diagram_is_a_programme(design):
    code, _, err = design(
        *("--given", bubbles(), "--labels", "labels.json", "--absent-edges", "none"),
        *("--forbid", "Kitchen inside bath", "--count", "2", "--min-difference", "1"),
        *(*QUICK, "--out", "plans"),
    )
    assert (code, err) == (0, "")
    for plan in each_plan("plans/plans.jsonl"):
        relations = {(i, j): r for i, j, r in plan.diagram.edges}
        assert plan.diagram.room_types == (2, 3, 3)
        assert set(relations) == {(0, 1), (1, 2)}
        assert relations[1, 2] == 6  # 2 above 1
    text = Path("plans/design.json").read_text()
    record = json.loads(text, parse_constant=lambda name: pytest.fail(name))
    assert record["given"]["relations"] == [[0, 2, "none"], [1, 2, "below"], [0, 1, "joined"]]
    assert (record["most_drawn"], record["solver"]["effort_limit"]) == (10_000, 2.5)
    assert record["solver"]["min_side"] == 1


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ((), "expected a brief, --rooms, --given or --from, one of them"),
        (("--given", "bubbles.json", *ROOMS), "--rooms and --given: one of the two says which"),
        ((*ROOMS, "--absent-edges", "none"), "--absent-edges: goes with --given"),
        (("--given", "bubbles.json"), "rooms[1]: unknown room 'Bath'; did you mean Bathroom?"),
        (("--given", "some.json"), "room 1 has no type, and a design needs all of them"),
    ],
)
def test_what_is_given_must_be_a_programme(design, args, said):
    bubbles()
    Path("some.json").write_text('{"rooms": ["Kitchen", null]}')
    code, _, err = design(*args, *QUICK, "--out", "plans")
    assert code == 2
    assert said in err
    assert err.count("\n") == 1
    assert not Path("plans").exists()


def test_two_designs_for_one_folder_are_refused(design):
    with design_folder(Path("plans"), overwrite=False):
        code, _, err = design(*ROOMS, *QUICK, "--count", "1", "--out", "plans")
    assert code == 2
    assert "has been at work on it since" in err
    assert files_in(Path()) == ["model.pt"]


def test_a_design_that_fails_leaves_the_one_that_was_there(design, monkeypatch):
    design(*ROOMS, *QUICK, "--count", "2", "--out", "plans")
    Path("plans/notes.txt").write_text("mine")
    before = {path: path.read_bytes() for path in Path("plans").rglob("*") if path.is_file()}
    with monkeypatch.context() as patch:
        patch.setattr(writing, "design_record", lambda *_: {"a": float("inf")})  # no JSON
        with pytest.raises(ValueError, match="JSON"):
            design(*ROOMS, *QUICK, "--count", "1", "--seed", "3", "--out", "plans", "--overwrite")
    assert {p: p.read_bytes() for p in Path("plans").rglob("*") if p.is_file()} == before
    code, _, _ = design(
        *ROOMS, *QUICK, "--count", "1", "--seed", "3", "--out", "plans", "--overwrite"
    )
    assert code == 0
    exports = [f"01.{kind}" for kind in ("dxf", "graphml", "svg")]
    own = ["contact_sheet.png", "design.json", "plans.jsonl", "rooms.csv"]
    assert files_in(Path("plans")) == sorted([*exports, *own, "notes.txt"])


BRIEF = """
name: A small one
rooms:
  Cooking: Kitchen
  Bath: {type: Bathroom, side: 1.5}
  Shower: Bathroom
require: [Cooking above Bath]
count: 2
min_difference: 1
"""


def test_a_brief_is_a_file_and_options_go_before_it(design):
    Path("brief.yaml").write_text(BRIEF)
    code, out, err = design("brief.yaml", *QUICK, "--count", "1", "--out", "plans")
    assert code == 0
    assert err == "bd-gen: note: --count goes before 'count' of brief.yaml\n"
    assert "assumed: Cooking at least 1.4 m and 3.4 m²; Bath at least 2.2 m²; Shower" in out
    assert "a first plan after " in out
    record = json.loads(Path("plans/design.json").read_text())
    assert (record["name"], record["count"]) == ("A small one", 1)
    assert [room["name"] for room in record["rooms"]] == ["Cooking", "Bath", "Shower"]
    assert record["rules"] == ["require Cooking above Bath"]
    Path("brief.yaml").write_text(BRIEF.replace("count: 2", "cuont: 2"))
    code, _, err = design("brief.yaml", *QUICK, "--out", "other")
    assert (code, err) == (2, "bd-gen: brief.yaml: unknown field 'cuont'; did you mean count?\n")


def test_rooms_of_a_plan_are_kept_and_the_rest_is_drawn_anew(design):
    Path("brief.yaml").write_text(BRIEF)
    assert design("brief.yaml", *QUICK, "--out", "a")[0] == 0
    kept = ("--from", "a/plans.jsonl#01", "--keep", "Cooking, bath", "--keep-boxes")
    code, out, _ = design("brief.yaml", *QUICK, "--out", "b", *kept, "--seed", "9")
    assert code == 0
    assert "kept of a/plans.jsonl#01: how Cooking, Bath lie to one another; the places of" in out
    before = next(each_plan("a/plans.jsonl"))
    for plan in each_plan("b/plans.jsonl"):
        assert (plan.boxes[:2] == before.boxes[:2]).all()
    record = json.loads(Path("b/design.json").read_text())["kept"]
    assert record == {
        "source": "a/plans.jsonl#01",
        "relations": ["Cooking", "Bath"],
        "boxes": ["Cooking", "Bath"],
    }


def test_plans_like_another_come_with_the_fewest_differences_first(design):
    assert design(*ROOMS, *QUICK, "--count", "1", "--out", "a")[0] == 0
    like = ("--from", "a/plans.jsonl", "--more-like")
    code, _, err = design(*QUICK, "--count", "3", "--out", "b", *like)
    assert (code, err) == (0, "")
    record = json.loads(Path("b/design.json").read_text())
    away = [plan["differences"] for plan in record["plans"]]
    assert away == sorted(away)
    assert away[0] >= 1
    assert record["more_like"]
    again = design(*QUICK, "--count", "3", "--out", "c", *like)
    assert again[0] == 0
    assert Path("b/plans.jsonl").read_bytes() == Path("c/plans.jsonl").read_bytes()


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--from", "a.jsonl"), "--from: keeps nothing by itself; add --keep ROOMS or --more-like"),
        (("--from", "a.jsonl", "--keep", "Kitchen"), "one room has no relations to keep"),
        (("--from", "a.jsonl", "--keep", "Balcony"), "the programme has no 'Balcony'"),
        (("--from", "a.jsonl", "--keep-boxes", "--more-like"), "go with --keep ROOMS"),
        (("--from", "a.jsonl#9", "--keep", "all"), "there is no plan with id '9'"),
        ((*ROOMS, "--from", "a.jsonl", "--keep", "all"), "has other rooms than the brief asks for"),
    ],
)
def test_what_cannot_be_kept_is_told(design, args, words):
    boxes = {"Kitchen": [0, 0, 40, 40], "Bathroom": [40, 0, 60, 40]}
    rooms = [{"type": name, "box": box} for name, box in boxes.items()]
    Path("a.jsonl").write_text(json.dumps({"id": "1", "rooms": rooms}) + "\n")
    code, _, err = design(*args, *QUICK, "--out", "plans")
    assert code == 2
    assert words in err
    assert err.count("\n") == 1
