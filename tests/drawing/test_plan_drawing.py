import subprocess
import sys
import xml.etree.ElementTree as ET
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rplan import NUM_ROOM_TYPES

from bd_gen.data.sources.synthetic.source import make_plans
from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.diagrams.relations import relations_from_boxes
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.tokens import diagrams_from_tokens, tokens_from_parts
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.drawing.appearance import short_names
from bd_gen.drawing.picture_file import FORMATS, picture_style
from bd_gen.drawing.plan_drawing import MODES, draw_plans, plans_figure
from bd_gen.system.errors import InputError

SMALL = Diagram((0, 2, 3), ((0, 1, 2), (0, 2, 5)))
RNG = np.random.default_rng(7)
CORNERS = RNG.integers(0, 200, (14, 2))
CROWD = RNG.integers(0, 60, (14, 2))
ODD = {
    "one room": [[10, 10, 60, 50]],
    "one pixel": [[10, 10, 11, 11]],
    "each in the next": [[k, k, 200 - k, 200 - k] for k in range(0, 90, 18)],
    "the same box": [[0, 0, 100, 100]] * 4,
    "no width": [[0, 0, 100, 80], [100, 20, 100, 60], [30, 80, 60, 80]],
    "tiny": np.concatenate([CORNERS, CORNERS + RNG.integers(1, 9, (14, 2))], axis=1),
    "crowded": np.concatenate([CROWD, CROWD + RNG.integers(20, 90, (14, 2))], axis=1),
    "points": [[5, 5, 5, 5]] * 9,
    "a row": [[20 * k, 0, 20 * k + 18, 6] for k in range(12)],
    "large": [[-4000, -4000, 4000, 0], [-4000, 0, 0, 4000], [0, 10, 4000, 4000]],
}


def diagram_of(boxes, room_types=None) -> tuple[Diagram, np.ndarray]:
    """The diagram of boxes (n, 4) by the rule."""
    boxes = np.array(boxes)
    n = len(boxes)
    vocabulary = Vocabulary(n)
    types = np.arange(n) % NUM_ROOM_TYPES if room_types is None else np.array(room_types)
    relations = relations_from_boxes(boxes[None], np.array([n]), vocabulary)
    tokens = tokens_from_parts(types[None], relations, np.array([n]), vocabulary)
    return diagrams_from_tokens(tokens, vocabulary)[0], boxes


def synthetic(first: int, count: int, seed: int = 0) -> tuple[list[Diagram], list[np.ndarray]]:
    table = make_plans(first + count, seed, Vocabulary(8)).select(np.arange(first, first + count))
    diagrams = diagrams_from_tokens(table.tokens, table.vocabulary)
    return diagrams, [b[: d.num_rooms] for b, d in zip(table.boxes, diagrams, strict=True)]


def laid_out(diagrams, boxes) -> list[LaidOut]:
    return [LaidOut(str(k), *both) for k, both in enumerate(zip(diagrams, boxes, strict=True))]


def check_texts(figure) -> list[str]:
    """Every text lies on the page, in one panel, and on no other text; all texts."""
    figure.canvas.draw()
    renderer, page = figure.canvas.get_renderer(), figure.bbox
    (axes,) = figure.axes
    texts = [(t.get_text(), t.get_window_extent(renderer)) for t in axes.texts if t.get_text()]
    cards = [
        p.get_window_extent(renderer) for p in axes.patches if type(p).__name__ == "FancyBboxPatch"
    ]
    cards = [card for card in cards if card.width > 100]
    for text, box in texts:
        assert page.x0 <= box.x0 <= box.x1 <= page.x1, f"{text} is clipped"
        assert page.y0 <= box.y0 <= box.y1 <= page.y1, f"{text} is clipped"
        for card in cards:
            touches = card.x0 < box.x1 and box.x0 < card.x1 and card.y0 < box.y1 < card.y1
            assert not touches or (card.x0 <= box.x0 and box.x1 <= card.x1), text
    for (one, box), (other, other_box) in combinations(texts, 2):
        assert not box.overlaps(other_box), f"{one} and {other}"
    return [text for text, _ in texts]


@pytest.mark.parametrize(
    ("mode", "relation_labels"), [*((mode, False) for mode in MODES), ("bubbles", True)]
)
def test_no_text_overlaps_another_or_is_clipped(mode, relation_labels: bool):
    diagrams, boxes = synthetic(0, 4)
    diagrams.append(Diagram((0, 1, 2), ((0, 1, 2), (1, 2, 2), (0, 2, 7))))
    boxes.append(None)
    titles = [f"plan {k} with a heading that is much too long for its panel" for k in range(5)]
    with picture_style():
        if relation_labels:
            figure = plans_figure(laid_out(diagrams, boxes), mode, relation_labels=True)
        else:
            title = "A title that is long " * 20
            figure = plans_figure(laid_out(diagrams, boxes), mode, None, titles, title)
    shown = check_texts(figure)
    names = [text for text in shown if text in short_names(RPLAN)]
    sides = 2 if mode == "both" else 1
    with_layout = sum(d.num_rooms for d in diagrams[:4])
    assert len(names) >= sides * with_layout
    if relation_labels:
        assert {"left-of", "above"} <= set(shown)


@pytest.mark.parametrize(
    ("name", "mode"),
    [(name, mode) for name in ODD for mode in ("plan", "bubbles") if name != "points"]
    + [pytest.param("points", mode, marks=pytest.mark.slow) for mode in ("plan", "bubbles")],
)
def test_odd_plans(name: str, mode):
    diagram, boxes = diagram_of(ODD[name])
    with picture_style():
        shown = check_texts(plans_figure(laid_out([diagram], [boxes]), mode, metres_per_pixel=0.07))
    words = " ".join(shown)
    for room_type in diagram.room_types:
        assert short_names(RPLAN)[room_type] in words, (
            f"{name}: {short_names(RPLAN)[room_type]} has no name"
        )


@settings(max_examples=8)
@given(st.integers(0, 10**6), st.integers(1, 14), st.sampled_from(["plan", "bubbles"]))
def test_random_boxes(seed: int, num_rooms: int, mode):
    rng = np.random.default_rng(seed)
    corners = rng.integers(0, 150, (num_rooms, 2))
    boxes = np.concatenate([corners, corners + rng.integers(0, 100, (num_rooms, 2))], axis=1)
    diagram, boxes = diagram_of(boxes, rng.integers(0, NUM_ROOM_TYPES, num_rooms))
    with picture_style():
        check_texts(plans_figure(laid_out([diagram], [boxes]), mode))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_many_plans(seed: int):
    diagrams, boxes = synthetic(0, 40, seed + 1)
    with picture_style():
        check_texts(plans_figure(laid_out(diagrams, boxes), "both"))
        check_texts(
            plans_figure(laid_out(diagrams[:8], boxes[:8]), "bubbles", relation_labels=True)
        )


def test_areas_are_those_of_what_is_seen():
    diagram, boxes = diagram_of([[0, 0, 100, 80], [60, 40, 100, 80]], [0, 2])
    with picture_style():
        by_default = check_texts(plans_figure(laid_out([diagram], [boxes]), "plan"))
        in_metres = check_texts(
            plans_figure(laid_out([diagram], [boxes]), "plan", metres_per_pixel=0.1)
        )
    assert {"31.6 m²", "7.9 m²"} <= set(by_default), "a pixel of RPLAN is 18/256 m"
    assert {"64.0 m²", "16.0 m²"} <= set(in_metres)


def test_a_diagram_without_layout_says_so():
    diagrams, boxes = synthetic(0, 1)
    with picture_style():
        figure = plans_figure(laid_out([*diagrams, SMALL], [*boxes, None]), titles=["a", "b"])
        untitled = plans_figure(laid_out([SMALL], [None]))
    assert {"a", "b: no layout"} <= set(check_texts(figure))
    assert "no layout" in check_texts(untitled)


def test_bubbles_stand_in_the_middles_of_the_boxes_by_area():
    diagram, boxes = diagram_of([[0, 0, 40, 40], [100, 0, 120, 20], [60, 100, 140, 140]], [0, 1, 2])
    with picture_style():
        figure = plans_figure(laid_out([diagram], [boxes]), "bubbles")
    circles = [p for p in figure.axes[0].patches if type(p).__name__ == "Circle"]
    drawn = [c for c in circles if c.get_linewidth() and c.get_edgecolor()[3] and c.radius > 6][:9]
    outlined = [c for c in drawn if c.get_linewidth() == 0.8][:3]
    centres, radii = np.array([c.center for c in outlined]), np.array([c.radius for c in outlined])
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    scale = np.linalg.norm(centres[1] - centres[0]) / np.linalg.norm(middles[1] - middles[0])
    np.testing.assert_allclose(centres - centres[0], scale * (middles - middles[0]), atol=1e-6)
    np.testing.assert_allclose(radii**2 / radii[0] ** 2, [1, 0.25, 2], rtol=1e-6)


@pytest.mark.parametrize("suffix", FORMATS)
def test_files(tmp_path: Path, suffix: str):
    start = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[suffix]
    path = tmp_path / "new" / f"plans.{suffix.upper()}"
    diagrams, boxes = synthetic(3, 1)
    contents = []
    for _ in range(2):
        draw_plans(laid_out(diagrams, boxes), path, "both", 2, ["a"], "One", metres_per_pixel=0.07)
        contents.append(path.read_bytes())
    assert contents[0].startswith(start)
    assert contents[0] == contents[1], "the same diagrams give the same bytes"
    if suffix == "svg":
        ET.fromstring(contents[0])  # noqa: S314  (a file that was just written here)
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_the_size_of_a_png(tmp_path: Path):
    diagrams, boxes = synthetic(3, 1)
    widths = []
    for dpi in (36, 72):
        draw_plans(laid_out(diagrams, boxes), tmp_path / "x.png", "plan", dpi=dpi)
        widths.append(int.from_bytes((tmp_path / "x.png").read_bytes()[16:20], "big"))
    assert widths == [162, 324]


def test_no_torch_and_no_pyplot_is_used(tmp_path: Path):
    program = (
        "import sys\n"
        "import numpy as np\n"
        "from bd_gen.diagrams.diagram import Diagram\n"
        "from bd_gen.diagrams.laid_out import LaidOut\n"
        "from bd_gen.drawing.plan_drawing import draw_plans\n"
        "assert not {'matplotlib', 'scipy', 'ortools'} & set(sys.modules)\n"
        "boxes = np.array([[0, 0, 40, 40], [44, 0, 80, 40]])\n"
        "draw_plans([LaidOut('x', Diagram((0, 2), ((0, 1, 2),)), boxes)], sys.argv[1])\n"
        "assert not {'torch', 'ortools', 'matplotlib.pyplot'} & set(sys.modules)\n"
    )
    command = [sys.executable, "-W", "error", "-c", program, str(tmp_path / "x.png")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", ["x.gif", "x", "png"])
def test_other_formats_are_refused(tmp_path: Path, name: str):
    with pytest.raises(InputError, match=r"ends in \.png, \.svg or \.pdf"):
        draw_plans(laid_out([SMALL], [None]), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("diagrams", "options", "message"),
    [
        ([], {}, "no diagram"),
        ([SMALL], {"columns": 0}, "columns"),
        ([SMALL], {"titles": ["a", "b"]}, "2 titles for 1 diagrams"),
        ([SMALL], {"mode": "plans"}, "both, plan, bubbles, got 'plans'"),
    ],
)
def test_wrong_arguments(tmp_path: Path, diagrams, options, message):
    with pytest.raises(ValueError, match=message):
        draw_plans(laid_out(diagrams, [None] * len(diagrams)), tmp_path / "x.png", **options)
    assert list(tmp_path.iterdir()) == []
