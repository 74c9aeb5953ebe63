import subprocess
import sys
import xml.etree.ElementTree as ET
from itertools import combinations
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from tests.rplan import SURROUNDING

from bd_gen.diagrams.diagram import Diagram
from bd_gen.drawing.picture_file import FORMATS
from bd_gen.drawing.plan_drawing import draw_grid, grid_figure
from bd_gen.drawing.wording import fitted, text_width
from bd_gen.system.errors import InputError

SMALL = Diagram((0, 2, 3), ((0, 1, 2), (0, 2, 5)))


def text_boxes(figure):
    """(text, box in pixels) of every text of the figure."""
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    return [(t, t.get_window_extent(renderer)) for axes in figure.axes for t in axes.texts]


def is_in(figure, box) -> bool:
    page = figure.bbox
    return page.x0 <= box.x0 and page.y0 <= box.y0 and box.x1 <= page.x1 and box.y1 <= page.y1


@pytest.mark.parametrize("columns", [1, 4, 7])
def test_no_texts_overlap_and_none_is_clipped(realizable, nonsense, columns: int):
    diagrams = realizable(20, 8, seed=0) + nonsense(8, 14, seed=1, edge_share=0.15)
    titles = [f"diagram {k}, and a heading that is much too long for its panel" for k in range(28)]
    figure = grid_figure(diagrams, columns, titles, "A title that is long " * 12)
    boxes = text_boxes(figure)
    assert len(boxes) > 28 + sum(d.num_rooms for d in diagrams)
    for text, box in boxes:
        assert is_in(figure, box), text.get_text()
    for (one, box), (other, other_box) in combinations(boxes, 2):
        touching = box.overlaps(other_box)
        assert not touching, f"{one.get_text()} and {other.get_text()}"


def test_labels_lie_in_their_bubbles(realizable):
    diagrams = realizable(12, 8, seed=2)
    figure = grid_figure(diagrams)
    (axes,) = figure.axes
    circles = [p for p in axes.patches if type(p).__name__ == "Circle"]
    boxes = text_boxes(figure)
    scale = figure.dpi / 72
    inside = 0
    for _, box in boxes:
        corners = np.array([[box.x0, box.y0], [box.x0, box.y1], [box.x1, box.y0], [box.x1, box.y1]])
        for circle in circles:
            centre = axes.transData.transform(circle.center)
            radius = circle.radius * scale
            if (np.linalg.norm(corners - centre, axis=1) <= 1.02 * radius).all():
                inside += 1
                break
    assert inside == sum(d.num_rooms for d in diagrams)


def test_names_of_relations_stay_on_the_page(realizable):
    figure = grid_figure(realizable(6, 8, seed=3), 3, relation_labels=True)
    boxes = text_boxes(figure)
    assert all(is_in(figure, box) for _, box in boxes)
    shown = {text.get_text() for text, _ in boxes}
    assert {"left-of", "above"} <= shown
    assert any("arrow" in text for text in shown)


def test_the_legend_has_the_types_that_occur():
    shown = {t.get_text() for t in grid_figure([SMALL]).axes[0].texts}
    assert shown == {"Living", "Kitchen", "Bath", "LivingRoom", "Bathroom"}
    assert "Storage" not in shown


@pytest.mark.parametrize("suffix", FORMATS)
def test_files(tmp_path: Path, realizable, suffix: str):
    start = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[suffix]
    path = tmp_path / "new" / f"grid.{suffix.upper()}"
    for relation_labels in (False, True):
        diagrams = realizable(5, 8, seed=4)
        draw_grid(diagrams, path, 2, list("abcde"), "Five", relation_labels=relation_labels)
        first = path.read_bytes()
        assert first.startswith(start)
        draw_grid(diagrams, path, 2, list("abcde"), "Five", relation_labels=relation_labels)
        assert path.read_bytes() == first, "the same diagrams give the same bytes"
    if suffix == "svg":
        ET.fromstring(first)  # noqa: S314  (a file that was just written here)
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_headings_are_shown_as_they_are(tmp_path: Path):
    """No mathematics between dollars, no warning for letters that the font lacks."""
    titles = ["$x_1$ and \\frac", "日本語", "", "two\nlines"]
    draw_grid([SMALL] * 4, tmp_path / "x.png", titles=titles, title="100 $ or $ 200")
    shown = {t.get_text() for t in grid_figure([SMALL], titles=["$x_1$"]).axes[0].texts}
    assert "$x_1$" in shown


def test_the_users_own_style_is_left_alone(tmp_path: Path):
    draw_grid([SMALL], tmp_path / "plain.svg")
    with mpl.rc_context({"font.size": 30, "lines.linewidth": 9, "svg.fonttype": "none"}):
        before = dict(mpl.rcParams)
        draw_grid([SMALL], tmp_path / "styled.svg")
        assert dict(mpl.rcParams) == before
    assert (tmp_path / "plain.svg").read_bytes() == (tmp_path / "styled.svg").read_bytes()


def test_no_display_and_no_global_state_is_used(tmp_path: Path):
    program = (
        "import sys\n"
        "from bd_gen.diagrams.diagram import Diagram\n"
        "from bd_gen.drawing.plan_drawing import draw_grid\n"
        "assert 'matplotlib' not in sys.modules\n"
        "draw_grid([Diagram((0, 2), ((0, 1, 2),))], sys.argv[1])\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    path = tmp_path / "x.png"
    command = [sys.executable, "-W", "error", "-c", program, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert path.exists()


@pytest.mark.parametrize("name", ["x.bmp", "x", "png"])
def test_other_formats_are_refused(tmp_path: Path, name: str):
    with pytest.raises(InputError, match=r"ends in \.png, \.svg or \.pdf"):
        draw_grid([SMALL], tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written(tmp_path: Path):
    (tmp_path / "x.png").mkdir()
    with pytest.raises(InputError, match=r"x\.png: cannot be written"):
        draw_grid([SMALL], tmp_path / "x.png")


@pytest.mark.parametrize(
    ("diagrams", "options", "message"),
    [
        ([], {}, "no diagram"),
        ([Diagram(())], {}, "without rooms"),
        ([SMALL], {"columns": 0}, "columns"),
        ([SMALL], {"titles": ["a", "b"]}, "2 titles for 1 diagrams"),
    ],
)
def test_wrong_arguments(tmp_path: Path, diagrams, options, message):
    with pytest.raises(ValueError, match=message):
        draw_grid(diagrams, tmp_path / "x.png", **options)
    assert list(tmp_path.iterdir()) == []


def test_a_grid_of_hundreds_stays_within_what_matplotlib_can_draw(tmp_path: Path):
    draw_grid([Diagram((0,))] * 300, tmp_path / "x.png", columns=1)
    header = (tmp_path / "x.png").read_bytes()[16:24]
    assert int.from_bytes(header[4:], "big") <= 32_000


def test_nested_bubbles_have_their_label_beside_what_is_in_them():
    figure = grid_figure([Diagram((0, 1), ((0, 1, SURROUNDING),))])
    boxes = {text.get_text(): box for text, box in text_boxes(figure)}
    assert not boxes["Living"].overlaps(boxes["Master"])


@pytest.mark.parametrize("width", [200.0, 60.0, 20.0])
def test_text_is_made_to_fit(width: float):
    text, size = fitted("a heading of some length", 10, width)
    assert text_width(text) * size <= width
    assert 7 <= size <= 10
    assert (text == "a heading of some length") == (width == 200.0)
