import io
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from tests.rplan import NODE_MASK, RELATIONS

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.tokens import tokens_from_diagrams
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.drawing.animation import draw_animation
from bd_gen.drawing.appearance import room_colours
from bd_gen.drawing.film import Film, line_style, stage_of
from bd_gen.drawing.film_gif import state_figure
from bd_gen.drawing.film_shapes import MASKED_FILL
from bd_gen.drawing.picture_file import picture_style
from bd_gen.system.errors import InputError

V = Vocabulary(4)
DIAGRAM = Diagram((0, 2, 3), ((0, 1, RELATIONS.index("above")),))
BOXES = np.array([[0, 0, 80, 60], [10, 64, 50, 100], [120, 0, 150, 40]])
FINAL = tokens_from_diagrams([DIAGRAM], V)[0]
START = np.where(V.real_mask(3), V.mask_row, V.pad_row)


def states(*revealed: list[int]) -> np.ndarray:
    """Token rows in which the positions given are known."""
    rows = np.tile(START, (len(revealed), 1))
    for row, positions in zip(rows, revealed, strict=True):
        row[positions] = FINAL[positions]
    return rows


# Positions: rooms 0, 1, 2; pairs (0, 1), (0, 2), (1, 2) at 4, 5, 7. Room 1 is masked again once.
TOKENS = states([], [1], [1, 4], [4], [0, 4, 5], [0, 1, 4, 5, 7], [0, 1, 2, 4, 5, 7])
FILM = Film(TOKENS, np.arange(len(TOKENS)), V, BOXES, "A & <film>")


def test_gif(tmp_path: Path):
    image = pytest.importorskip("PIL.Image")
    draw_animation(FILM, tmp_path / "a.gif")
    content = (tmp_path / "a.gif").read_bytes()
    assert len(content) < 60_000
    with image.open(io.BytesIO(content)) as gif:
        assert gif.n_frames == len(TOKENS)
        assert gif.info["loop"] == 0
        durations = []
        for k in range(gif.n_frames):
            gif.seek(k)
            durations.append(gif.info["duration"])
        assert durations == FILM.durations
        assert gif.size[0] == pytest.approx(432, abs=2)
    draw_animation(FILM, tmp_path / "b.gif")
    assert (tmp_path / "b.gif").read_bytes() == content


def colour(pixel) -> str:
    return "#{:02X}{:02X}{:02X}".format(*pixel[:3])


def test_the_pictures_show_the_states(tmp_path: Path):
    """The colour of each bubble, beside its text, is that of its token."""
    image = pytest.importorskip("PIL.Image")
    draw_animation(FILM, tmp_path / "a.gif")
    stage = FILM.stage
    with image.open(tmp_path / "a.gif") as gif:
        scale = gif.size[0] / 324
        top = gif.size[1] / scale - 12 - stage.side
        for k in range(gif.n_frames):
            gif.seek(k)
            pixels = np.asarray(gif.convert("RGB"))
            for room in range(3):
                x, y = stage.centres[room] + (12, top) - (0, 0.75 * stage.radii[room])
                token = int(TOKENS[k, room])
                expected = MASKED_FILL if token == NODE_MASK else room_colours(RPLAN)[token]
                assert colour(pixels[int(y * scale), int(x * scale)]) == expected, (k, room)


def test_headings_and_texts_of_states():
    with picture_style():
        first, last = (state_figure(FILM, k).axes[0] for k in (0, -1))
    assert [t.get_text() for t in first.texts].count("?") == 3
    assert "network call 0 of 6, 6 of 6 tokens masked" in {t.get_text() for t in first.texts}
    shown = {t.get_text() for t in last.texts}
    assert {"Living", "Kitchen", "Bath", "network call 6 of 6, 0 of 6 tokens masked"} <= shown
    assert len(first.lines) == 3, "every pair is masked"
    assert len(last.lines) == 1


NS = "{http://www.w3.org/2000/svg}"


def test_svg(tmp_path: Path):
    draw_animation(FILM, tmp_path / "a.svg")
    content = (tmp_path / "a.svg").read_bytes()
    draw_animation(FILM, tmp_path / "b.svg")
    assert (tmp_path / "b.svg").read_bytes() == content
    root = ET.fromstring(content)  # noqa: S314  (a file that was just written here)
    tags = {element.tag.removeprefix(NS) for element in root.iter()}
    assert "script" not in tags
    assert root.find(f"{NS}title").text == "A & <film>"
    references = set(re.findall(r'(?:href|src)="([^"]*)"', content.decode()))
    assert all(one.startswith("#") for one in references), "everything is in the one file"
    assert "prefers-reduced-motion" in content.decode()


def test_a_still_svg_shows_the_finished_diagram(tmp_path: Path):
    draw_animation(FILM, tmp_path / "a.svg")
    root = ET.parse(tmp_path / "a.svg").getroot()  # noqa: S314

    def fills(element, is_seen=True):
        is_seen = is_seen and element.get("opacity") != "0"
        if element.tag == f"{NS}circle" and is_seen:
            yield element.get("fill")
        if element.tag == f"{NS}polyline" and is_seen:
            yield "line"
        for child in element:
            yield from fills(child, is_seen)

    assert sorted(fills(root)) == sorted([*(room_colours(RPLAN)[t] for t in (0, 2, 3)), "line"])


def keyframes(style: str, name: str) -> list[tuple[float, str]]:
    body = re.search(rf"@keyframes {name}\{{((?:[\d.]+%\{{[^}}]*\}})*)\}}", style)[1]
    return [(float(at), value) for at, value in re.findall(r"([\d.]+)%\{([^}]*)\}", body)]


def test_the_times_of_an_svg_are_those_of_the_states(tmp_path: Path):
    """Room 1 is seen, masked again, and seen again."""
    draw_animation(FILM, tmp_path / "a.svg")
    content = (tmp_path / "a.svg").read_text()
    fill = room_colours(RPLAN)[2]
    name = re.search(rf'<g class="(t\d+)"><circle [^>]*fill="{fill}"', content)[1]
    frames = keyframes(content, name)
    times = np.cumsum([0, *FILM.durations]) / sum(FILM.durations) * 100
    expected = [(0, 0), (times[1], 1), (times[3], 0), (times[5], 1), (100, 1)]
    assert [value for _, value in frames] == [f"opacity:{value}" for _, value in expected]
    np.testing.assert_allclose([at for at, _ in frames], [at for at, _ in expected], atol=0.01)


def test_without_boxes_rooms_stand_by_their_relations(tmp_path: Path):
    film = Film(TOKENS, FILM.calls, V, None)
    draw_animation(film, tmp_path / "a.svg")
    assert film.stage.centres[0, 1] < film.stage.centres[1, 1], "above"


def test_a_stage_does_not_depend_on_the_state():
    stage = stage_of(DIAGRAM, BOXES, 300.0)
    assert sorted((line.i, line.j) for line in stage.lines) == [(0, 1), (0, 2), (1, 2)]
    np.testing.assert_array_equal(stage.centres, FILM.stage.centres)
    assert (stage.centres - stage.radii[:, None] > 0).all()
    assert (stage.centres + stage.radii[:, None] < 300).all()


def test_lines_of_tokens():
    nested = stage_of(
        Diagram((0, 2), ((0, 1, 5),)), np.array([[0, 0, 99, 99], [40, 40, 59, 59]]), 300
    )
    (line,) = nested.lines
    named = {
        name: line_style(line, RELATIONS.index(name), RPLAN) for name in ("surrounding", "above")
    }
    assert named == {"surrounding": "", "above": "solid"}
    assert [line_style(line, token, RPLAN) for token in (10, 11)] == ["", "masked"]
    (apart, *_) = FILM.stage.lines
    assert line_style(apart, RELATIONS.index("inside"), RPLAN) == "dashed"


@pytest.mark.parametrize("count", [2, 3, 36, 120])
def test_a_film_takes_some_seconds(count: int):
    film = Film(np.tile(FINAL, (count, 1)), np.arange(count), V)
    assert len(film.durations) == count
    assert 3_000 < sum(film.durations) < 13_000
    assert all(duration % 10 == 0 for duration in film.durations)


def test_wrong_files(tmp_path: Path):
    with pytest.raises(InputError, match=r"ends in \.gif or \.svg, got \.png"):
        draw_animation(FILM, tmp_path / "a.png")
    (tmp_path / "b.svg").mkdir()
    with pytest.raises(InputError, match="cannot be written"):
        draw_animation(FILM, tmp_path / "b.svg")
    with pytest.raises(ValueError, match="not a complete diagram"):
        draw_animation(Film(TOKENS[:2], FILM.calls[:2], V), tmp_path / "c.svg")
    assert [p.name for p in tmp_path.iterdir()] == ["b.svg"]
