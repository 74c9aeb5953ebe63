import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.generation.checkpoints import saved

from bd_gen.cli.main import cli, run
from bd_gen.data.sources.synthetic.source import make_plans
from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.diagrams.names import room_type_of
from bd_gen.diagrams.tokens import tokens_from_diagrams
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.drawing import animation, plan_drawing
from bd_gen.exchange.exports.graphml import write_graphml
from bd_gen.generation.animating import trajectory_of
from bd_gen.layouts import outcome
from bd_gen.results.samples_file import Samples, SeedSamples, samples_path, write_samples
from bd_gen.sampling.method import Method
from bd_gen.training.checkpoint import load_checkpoint

Command = Callable[..., tuple[int, str, str]]
PLANS = [
    {
        "id": "real",
        "rooms": [
            {"type": "LivingRoom", "box": [0, 0, 80, 60]},
            {"type": "Kitchen", "box": [84, 0, 120, 60]},
        ],
    },
    {
        "id": "related",
        "rooms": [{"type": "LivingRoom"}, {"type": "Bathroom"}],
        "relations": [[0, 1, "left-of"]],
    },
    {
        "id": "impossible",
        "rooms": [{"type": t} for t in ("LivingRoom", "Bathroom", "Kitchen")],
        "relations": [[0, 1, "left-of"], [1, 2, "left-of"], [0, 2, "right-of"]],
    },
]


@pytest.fixture
def draw(capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs `bd-gen draw` in this process: exit code, output, errors."""

    def call(*words: str | Path) -> tuple[int, str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            run(cli, "bd-gen", ["draw", *map(str, words)])
        out, err = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, out, err

    return call


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("plans.jsonl").write_text("\n".join(map(json.dumps, PLANS)))
    Path("plans.json").write_text(json.dumps(PLANS, indent=1))
    v = Vocabulary(8)
    tokens = np.array(make_plans(6, 0, v).tokens)
    tokens[1] = np.where(tokens[1] != v.pad_row, v.mask_row, v.pad_row)
    per_seed = {
        seed: SeedSamples(rows, rows != v.pad_row)
        for seed, rows in ((1, tokens[:3]), (7, tokens[3:]))
    }
    write_samples(samples_path(".", "m"), Samples("m", 8, (1, 7), 3, {}, {}, per_seed))


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    """What would be drawn: calls of the library, which has tests of its own."""
    calls: list[dict] = []

    def draw_plans(plans, path, mode, columns, titles, title, relations, scale, dpi):
        calls.append(locals().copy())

    monkeypatch.setattr(plan_drawing, "draw_plans", draw_plans)
    return calls


def test_a_picture_of_plans(draw: Command) -> None:
    pytest.importorskip("ortools")
    code, out, err = draw("plans.jsonl", "--out", "x.png", "--improve", 0)
    assert (code, err) == (0, "")
    first, last = out.splitlines()
    assert first.startswith("impossible: there is no layout: impossible together are: LivingRoom")
    assert last == "drawn: x.png (3 of 3 diagrams)"
    assert Path("x.png").read_bytes().startswith(b"\x89PNG")


def test_a_graph_is_drawn(draw: Command, drawn: list[dict]) -> None:
    from bd_gen.diagrams.diagram import Diagram
    from bd_gen.diagrams.laid_out import LaidOut
    from bd_gen.exchange.exports.graphml import write_graphml

    boxes = np.array([[0, 0, 80, 60], [84, 0, 120, 60]])
    diagram = Diagram((0, 2), ((0, 1, 2),))
    write_graphml("x.graphml", LaidOut("flat", diagram, boxes))
    assert draw("x.graphml", "--out", "x.png")[0] == 0
    assert [plan.diagram for plan in drawn[0]["plans"]] == [diagram]
    assert drawn[0]["plans"][0].boxes.tolist() == boxes.tolist()


def test_own_boxes_are_kept_and_others_found(draw: Command, drawn: list[dict]) -> None:
    pytest.importorskip("ortools")
    words = ("--improve", 0, "--as", "plan", "--columns", 2, "--metres-per-pixel", 0.07)
    for name in ("plans.jsonl", "plans.json"):
        assert draw(name, "--out", "x.pdf", *words)[0] == 0
    for call in drawn:
        real, related, impossible = (plan.boxes for plan in call["plans"])
        assert real.tolist() == [[0, 0, 80, 60], [84, 0, 120, 60]]
        assert related.shape == (2, 4)
        assert impossible is None
        assert (call["mode"], call["columns"], call["scale"]) == ("plan", 2, 0.07)
        assert call["titles"] == ["real", "related", "impossible"]
    assert [call["title"] for call in drawn] == ["plans.jsonl", "plans.json"]


def test_a_graph_is_drawn_as_it_is(draw: Command, drawn: list[dict]) -> None:
    boxes = np.array([[84, 0, 120, 60], [0, 0, 80, 60]])  # of which its relation does not follow
    write_graphml("x.graphml", LaidOut("g", Diagram((0, 2), ((0, 1, 2),)), boxes))
    code, out, err = draw("x.graphml", "--out", "x.png")
    assert (code, out) == (0, "drawn: x.png (1 of 1 diagrams)\n")
    assert err == (
        "bd-gen: note: x.graphml: 1 plans have relations that their boxes do not give; the "
        "relations count\n"
    )
    assert (drawn[0]["titles"], drawn[0]["title"]) == (["g"], "x.graphml")
    assert drawn[0]["plans"][0].boxes.tolist() == boxes.tolist()


@pytest.mark.parametrize("words", [("--no-solver",), ("--as", "bubbles")])
def test_without_or_tools_relations_are_enough(
    draw: Command, drawn: list[dict], monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setattr(outcome, "has_solver", lambda: False)
    code, _, err = draw("plans.jsonl", "--out", "x.png", *words)
    assert code == 0
    assert ("OR-tools is not installed" in err) == (words[0] == "--as")
    assert [plan.boxes is None for plan in drawn[0]["plans"]] == [False, True, True]
    code, _, err = draw("plans.jsonl", "--out", "x.png")
    assert code == 2
    assert err.startswith("bd-gen: layouts need OR-tools: pip install")
    assert "without it, --as bubbles or --no-solver place rooms" in err


@pytest.mark.parametrize(
    ("words", "titles", "note"),
    [
        ((), ["1-0", "1-2", "7-0", "7-1", "7-2"], True),
        (("--limit", "2"), ["1-0", "1-2"], True),
        (("--seed", "7"), ["7-0", "7-1", "7-2"], False),
        (("--index", "4,2-3"), ["7-1", "1-2", "7-0"], False),
        (("--id", "7-2", "--id", "1-0"), ["7-2", "1-0"], False),
        (("--index", "2,2", "--id", "1-2"), ["1-2"], False),
        (("--index", "4", "--index", "2-3"), ["7-1", "1-2", "7-0"], False),
    ],
)
def test_the_choice(draw: Command, drawn: list[dict], words, titles, note: bool) -> None:
    code, out, err = draw("m_samples.pt", "--out", "x.png", "--no-solver", *words)
    assert code == 0
    assert ("1 of 6 samples are no complete diagrams and left out" in err) == note
    assert drawn[0]["titles"] == titles
    assert drawn[0]["title"] == "Samples of m"
    assert out == f"drawn: x.png ({len(titles)} of 6 diagrams)\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("nix.jsonl", "--out", "x.png"), "nix.jsonl: cannot be read"),
        ((".", "--out", "x.png"), ".: expected a file, this is a folder"),
        (("plans.jsonl", "--out", "x.bmp"), "x.bmp: file name: expected one that ends in .png"),
        (("plans.jsonl", "--out", "x.gif"), "x.gif: a GIF shows a sample being drawn"),
        (("plans.jsonl", "--out", "."), ".: file name: expected"),
        (("plans.jsonl", "--out", "f.png"), "f.png: expected a file to write, this is a folder"),
        (("plans.jsonl", "--out", "plans.json/x.png"), "plans.json/x.png: cannot be written"),
        (("plans.jsonl", "--out", "x.png", "--index", "3"), "--index: 3: plans.jsonl holds 3"),
        (("plans.jsonl", "--out", "x.png", "--index", "2-1"), "2-1: expected the smaller number"),
        (("plans.jsonl", "--out", "x.png", "--index", "a"), "numbers and ranges as in 3,8-11"),
        (("plans.jsonl", "--out", "x.png", "--index", ""), "numbers and ranges as in 3,8-11"),
        (("plans.jsonl", "--out", "x.png", "--id", "rael"), "'rael'; did you mean real?"),
        (("plans.jsonl", "--out", "x.png", "--seed", "3"), "holds no samples of seed 3"),
        (("plans.jsonl", "--out", "x.png", "--method", "x"), "--method: goes with a checkpoint"),
        (("plans.jsonl", "--out", "x.gif", "--animate"), "expected a checkpoint or samples"),
        (("plans.jsonl", "--out", "x.png", "--metres-per-pixel", "nan"), "expected a number"),
        (("plans.jsonl", "--out", "x.png", "--time-limit", "0"), "--time-limit"),
        (("m_samples.pt", "--out", "x.png", "--index", "1"), "1-1 (index 1) is no complete"),
        (("m_samples.pt", "--out", "x.gif", "--animate"), "names no checkpoint"),
        (("m_samples.pt", "--out", "x.gif", "--animate", "--seed", "5"), "expected one of 1, 7"),
        (("x.graphml", "--out", "x.png"), "x.graphml: expected one graph, got 0"),
        (("plans.jsonl", "--out", "x.png", "--index", "0-1000"), "expected at most 1,000 diagrams"),
        (("x.txt", "--out", "x.png"), "x.txt: expected plans (JSON lines or JSON), samples"),
        (("bundled", "--out", "x.png"), "x.png: file name: expected one that ends in .gif or .svg"),
        (("bundled", "--out", "x.gif", "--method", "rnd"), "--method: 'rnd' names no method"),
        (("x.pt", "--out", "x.png"), "x.pt"),
    ],
)
def test_what_is_wrong_is_one_line(draw: Command, words: tuple[str, ...], message: str) -> None:
    Path("f.png").mkdir()
    Path("x.graphml").write_text("<?xml version='1.0'?><graphml/>")
    Path("x.txt").write_text("hello")
    Path("x.pt").write_bytes(b"PK\x03\x04 but no archive")
    code, _, err = draw(*words, *(() if "bundled" in words[0] else ("--no-solver",)))
    assert code == 2
    assert message in err
    assert err.startswith("bd-gen")
    assert err.count("\n") == 1
    assert not Path("x.png").exists()


def test_no_diagram_in_the_file(draw: Command) -> None:
    v = Vocabulary(3)
    row = np.where(v.real_mask(3), v.mask_row, v.pad_row)[None]
    part = {1: SeedSamples(row, row != v.pad_row)}
    write_samples(samples_path(".", "n"), Samples("n", 3, (1,), 1, {}, {}, part))
    code, _, err = draw("n_samples.pt", "--out", "x.png")
    assert (code, err) == (2, "bd-gen: n_samples.pt: holds no complete diagram\n")


@pytest.fixture
def films(monkeypatch: pytest.MonkeyPatch) -> list[animation.Film]:
    found: list[animation.Film] = []
    monkeypatch.setattr(animation, "draw_animation", lambda film, _: found.append(film))
    return found


def test_a_checkpoint_is_animated(draw: Command, tmp_path: Path) -> None:
    path = saved(tmp_path)
    code, out, err = draw(path, "--out", "a.svg", "--no-solver", "--seed", 3, "--sample", 1)
    assert (code, err) == (0, "")
    assert out.startswith("drawn: a.svg (first_hitting_temp1.0_no_remask, seed 3, sample 1: ")
    assert Path("a.svg").read_text().count("<svg ") == 1


def test_the_sample_is_the_one_that_was_asked_for(
    draw: Command, films: list[animation.Film], tmp_path: Path
) -> None:
    path = saved(tmp_path)
    name = "random_temp1.0_remdm_cap_eta0.4"
    words = ("--method", name, "--steps", 9, "--seed", 3, "--sample", 2)
    assert draw(path, "--out", "a.gif", "--no-solver", *words)[0] == 0
    expected = trajectory_of(load_checkpoint(path), Method.from_name(name, 9), 3, 2)
    np.testing.assert_array_equal(films[0].tokens, expected.tokens)
    assert films[0].title == f"{name}, seed 3, sample 2"


def test_a_learned_process_needs_no_prefix(
    draw: Command, films: list[animation.Film], tmp_path: Path
) -> None:
    path = saved(tmp_path, is_learned=True)
    words = ("--out", "a.gif", "--no-solver", "--title", "")
    assert draw(path, *words)[0] == 0
    assert draw(path, *words, "--method", "v2_random_argmax_no_remask")[0] == 0
    assert [film.title for film in films] == [None, None]


def test_samples_are_animated_by_their_checkpoint(
    draw: Command, films: list[animation.Film], tmp_path: Path
) -> None:
    path = saved(tmp_path)
    run_generate = ["generate", f"eval.checkpoint_path={path}", "eval.seeds=[5]"]
    with pytest.raises(SystemExit):
        run(cli, "bd-gen", [*run_generate, "eval.num_samples=3", "results.dir=r"])
    (samples,) = Path("r").rglob("*_samples.pt")
    assert draw(samples, "--out", "a.gif", "--animate", "--no-solver", "--sample", 2)[0] == 0
    code, _, err = draw(samples, "--out", "a.gif", "--animate", "--no-solver", "--sample", 3)
    assert (code, "sample 3: expected 0..2" in err) == (2, True)
    film = films[0]
    expected = trajectory_of(load_checkpoint(path), Method("first_hitting", sweeps=2), 5, 2)
    assert tokens_from_diagrams([film.diagram], film.vocabulary).tolist() == [
        expected.tokens[-1].tolist()
    ]
    saved(tmp_path, seed=1)
    code, _, err = draw(samples, "--out", "a.gif", "--animate", "--no-solver")
    assert code == 2
    assert "was drawn with another checkpoint" in err


def test_samples_around_given_rooms_are_animated(
    draw: Command, films: list[animation.Film], tmp_path: Path
) -> None:
    words = [f"eval.checkpoint_path={saved(tmp_path)}", "eval.seeds=[5]", "eval.num_samples=2"]
    with pytest.raises(SystemExit):
        run(cli, "bd-gen", ["generate", *words, "results.dir=r", "--rooms", "Kitchen, 2 Bathroom"])
    (samples,) = Path("r").rglob("*_samples.pt")
    assert draw(samples, "--out", "a.gif", "--animate", "--no-solver", "--sample", 1)[0] == 0
    start = films[0].tokens[0]
    kitchen, bathroom = room_type_of("Kitchen", ""), room_type_of("Bathroom", "")
    assert start[:3].tolist() == [kitchen, bathroom, bathroom]


def test_long_ways_are_shown_in_part(
    draw: Command, films: list[animation.Film], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bd_gen.generation.animating.MOST_STATES", 2)
    _, out, _ = draw(saved(tmp_path), "--out", "a.gif", "--no-solver", "--sample", 4)
    film = films[0]
    assert f": {len(film.tokens)} of " in out
    assert film.num_masked[0] > film.num_masked[-1] == 0
    assert len(film.tokens) <= 3


def test_torch_and_hydra_are_not_imported_for_samples() -> None:
    code = (
        "import sys; from bd_gen.cli.main import cli, run\n"
        "try: run(cli, 'bd-gen', ['draw', 'm_samples.pt', '--out', 'a.svg', '--limit', '1',\n"
        "    '--as', 'plan', '--improve', '0', '--no-solver'])\n"
        "except SystemExit as end: assert end.code == 0\n"
        "assert not {'torch', 'hydra', 'omegaconf', 'sklearn'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ)


ADJACENT = {
    "id": "bubbles",
    "rooms": [{"type": t} for t in ("LivingRoom", "Kitchen", "Bathroom", "Balcony")],
    "relations": [[0, 1], [2, 0, "touches"], [0, 3, "above"]],
}


def test_rooms_joined_without_a_direction_get_one_from_a_layout(draw, tmp_path, monkeypatch):
    path, seen = tmp_path / "x.jsonl", []
    path.write_text(json.dumps(ADJACENT))
    monkeypatch.setattr(plan_drawing, "draw_plans", lambda *args, **_: seen.append(args))
    code, _, err = draw(path, "--out", tmp_path / "x.svg", "--improve", "0")
    assert (code, err) == (0, "")
    ((plan,), *_), *_ = seen
    relations = {(i, j): r for i, j, r in plan.diagram.edges}
    assert set(relations) == {(0, 1), (0, 2), (0, 3)}
    assert relations[0, 3] == 3
    assert plan.follows_from_boxes


@pytest.mark.parametrize(
    ("changes", "words", "said"),
    [
        ({}, ["--no-solver"], "bubbles has rooms joined without a direction, which a layout decid"),
        (
            {"relations": [[0, 1, "left-of"], [1, 2, "left-of"], [2, 0, "left-of"], [0, 3]]},
            [],
            "no rectangles touch exactly where rooms are joined, so its joined rooms have no",
        ),
    ],
)
def test_where_no_layout_decides_a_direction(draw, tmp_path, changes, words, said):
    path = tmp_path / "x.jsonl"
    path.write_text(json.dumps(ADJACENT | changes))
    code, _, err = draw(path, "--out", tmp_path / "x.svg", "--improve", "0", *words)
    assert said in err
    assert code == 2
    assert err.count("\n") == 1
