import json
from pathlib import Path

import numpy as np
from tests.rplan import RELATIONS

from bd_gen.diagrams.rplan import RPLAN
from bd_gen.metrics.intervals import wilson
from bd_gen.metrics.measures.distribution import DISTRIBUTION
from bd_gen.metrics.measures.validity import validity_columns
from bd_gen.report.charts import Box, Circle, Line, Words
from bd_gen.report.contents import Contents, read_contents
from bd_gen.report.page import rendered
from bd_gen.report.shares import (
    CHECKS,
    Share,
    by_rooms,
    edges,
    histograms,
    relations,
    shares,
)
from bd_gen.results.columns import REAL
from bd_gen.results.samples_file import samples_path


def rooms_section(contents: Contents) -> str:
    return rendered("rooms.html", contents=contents, grids=by_rooms(contents))


def histogram_section(contents: Contents) -> str:
    return rendered("histograms.html", contents=contents, grids=histograms(contents), real=REAL)


def test_shares_are_counted_in_the_samples(directory: Path) -> None:
    contents = read_contents(directory)
    entry = next(e for e in contents.entries if e.name == "llada_argmax_no_remask")
    rows = contents.diagrams[entry.name].rows
    valid = validity_columns(rows)["valid"]
    found = shares(CHECKS[0], entry, contents)
    assert list(found) == np.unique(rows.num_rooms).tolist()
    for n, share in found.items():
        passed = valid[rows.num_rooms == n]
        assert share.count == len(passed)
        assert share.mean == passed.mean()
        assert share.interval == wilson(int(passed.sum()), len(passed))


def test_without_samples_they_are_those_of_the_file(directory: Path, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes((directory / "llada_argmax_no_remask.json").read_bytes())
    contents = read_contents(tmp_path)
    (entry,) = contents.entries
    found = shares(CHECKS[1], entry, contents)
    key = "transitivity_by_num_rooms/8/transitivity_score"
    assert found[8].mean == entry.result.summary[key]["mean"]
    assert found[8].interval is None
    assert shares(CHECKS[2], entry, contents) == {}
    assert rooms_section(contents).count("<details") == 2


def test_each_method_has_a_panel_and_real_diagrams_are_in_all(directory: Path) -> None:
    section = rooms_section(read_contents(directory))
    assert section.count("<details") == 3
    assert section.count('class="panel"') == section.count('class="line real"') == 4 * 3
    assert "Grey: real held-out diagrams." in section


def test_a_dot_says_its_share_and_stands_on_its_interval(directory: Path) -> None:
    contents = read_contents(directory)
    entry, plot = by_rooms(contents)[0].panels[0]
    found = shares(CHECKS[0], entry, contents)
    dots = [shape for shape in plot.shapes if isinstance(shape, Circle)]
    whiskers = [s for s in plot.shapes if isinstance(s, Line) and s.look == "whisker"]
    assert [int(dot.tip.split()[0]) for dot in dots] == list(found)
    for dot, whisker, share in zip(dots, whiskers, found.values(), strict=True):
        low, high = (y for _, y in whisker.points)
        assert high <= dot.y + 1e-6
        assert dot.y <= low + 1e-6
        assert f"rooms: {100 * share.mean:.1f} % (" in dot.tip
        assert dot.tip.endswith(f" of {share.count}")
        assert dot.tip in plot.description


def test_what_cannot_be_counted_is_that_of_the_file(directory: Path, tmp_path: Path) -> None:
    for name in (REAL, "llada_argmax_no_remask"):
        fields = json.loads((directory / f"{name}.json").read_text())
        fields["summary"]["realizable_by_num_rooms/8"] = {"mean": 0.25, "std": 0.0}
        (tmp_path / f"{name}.json").write_text(json.dumps(fields))
        samples = samples_path(directory, name)
        samples_path(tmp_path, name).write_bytes(samples.read_bytes())
    contents = read_contents(tmp_path)
    for entry in contents.entries:
        assert shares(CHECKS[3], entry, contents) == {8: Share(0.25)}
    assert "Realizable by number of rooms" in rooms_section(contents)


def test_each_relation_has_its_sign() -> None:
    signs = {one.name: one.sign for one in RPLAN.relations}
    arrows = {"left": "←", "above": "↑", "below": "↓", "right": "→"}
    for name, sign in signs.items():
        assert sign == arrows.get(name.removesuffix("-of"), sign)
    corners = [signs[f"{x}-{y}"] for x in ("left", "right") for y in ("above", "below")]
    assert corners == ["↖", "↙", "↗", "↘"]
    assert [signs[name] for name in ("inside", "surrounding")] == ["⊂", "⊃"]
    assert list(signs) == list(RELATIONS)


def test_histograms_are_those_of_the_metrics(directory: Path) -> None:
    contents = read_contents(directory)
    rows = contents.diagrams[REAL].rows
    counts = DISTRIBUTION.fit(rows)["edge"]
    assert np.allclose(relations(contents).shares[REAL], counts / counts.sum())
    found = edges(contents).shares[REAL]
    assert found.sum() == 1
    assert np.isclose(found @ np.arange(len(found)), rows.num_edges.mean())


def test_bars_are_as_high_as_their_shares(directory: Path) -> None:
    contents = read_contents(directory)
    own = relations(contents).shares
    for entry, plot in histograms(contents)[1].panels:
        bars = [shape for shape in plot.shapes if isinstance(shape, Box) and shape.look == "bar"]
        heights = np.array([bar.height for bar in bars])
        shown = np.minimum(own[entry.name], 2 * own[REAL].max())
        assert np.allclose(heights * shown.max(), shown * heights.max(), atol=1e-6)
        assert "left-of: " in plot.description
        assert ", real " in plot.description


def test_every_method_has_three_panels(directory: Path) -> None:
    section = histogram_section(read_contents(directory))
    assert section.count('class="panel"') == 4 * 3
    assert "those that were measured" in section
    assert "LivingRoom: " in section


def test_a_bar_that_leaves_the_scale_says_how_high_it_is(directory: Path) -> None:
    contents = read_contents(directory)
    relations = contents.diagrams["v2_learned"].rows.relations
    relations[relations < 10] = 4
    plots = {entry.name: plot for entry, plot in histograms(contents)[1].panels}
    shapes = plots["v2_learned"].shapes
    assert [s.text for s in shapes if isinstance(s, Words) and s.look == "on-bar"] == ["100"]
    assert 'class="on-bar"' in histogram_section(contents)
    assert ">100</text>" in histogram_section(contents)


def test_without_samples_it_says_so(directory: Path, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes((directory / "llada_argmax_no_remask.json").read_bytes())
    assert "need the samples" in histogram_section(read_contents(tmp_path))
