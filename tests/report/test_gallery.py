import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from tests.report.conftest import svg
from tests.rplan import EDGE_MASK, NODE_MASK, RELATIONS, ROOM_TYPES

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.tokens import tokens_from_diagrams
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.drawing.appearance import short_names
from bd_gen.drawing.placement import place
from bd_gen.report.contents import Contents, read_contents
from bd_gen.report.failures import Sketch, sketch_of
from bd_gen.report.gallery import LETTERS, NUM_FAILURES, NUM_RANDOM, bubbles, by_lot, gallery
from bd_gen.report.page import rendered
from bd_gen.results.sample_table import SampleTable, row_names, table_path, write_sample_table

ABOVE, INSIDE = RELATIONS.index("above"), RELATIONS.index("inside")


def section(contents: Contents) -> str:
    return rendered("gallery.html", gallery=gallery(contents), lot=0)


def picture(sketch: Sketch) -> ET.Element:
    (placement,) = place([sketch.diagram])
    return svg(bubbles(sketch, placement))


def test_the_lot_is_the_same_each_time_and_never_the_first_ones() -> None:
    drawn = by_lot(5000, 12)
    assert np.array_equal(drawn, by_lot(5000, 12))
    assert len(set(drawn.tolist())) == 12
    assert drawn.max() > 2500
    assert by_lot(3, 12).tolist() == [0, 1, 2]


def test_each_row_has_its_pictures_and_each_kind_of_fault_its_own(directory: Path) -> None:
    contents = read_contents(directory)
    page = section(contents)
    assert page.count("<details") == len(contents.entries) == 5
    assert page.count(f"{NUM_RANDOM} of 80 samples, drawn by lot") == 5
    # Half of the random relations are in contradiction with the others.
    assert page.count("Not transitive: ") == 5
    assert page.count("MASK left: 2 of 80 (2.5 %)") == 1
    assert page.count("<figure>") <= 5 * (NUM_RANDOM + 5 * NUM_FAILURES)
    assert "None of its samples fails" not in page


def test_captions_name_samples_so_that_they_are_found_again(directory: Path) -> None:
    contents = read_contents(directory)
    diagrams = contents.diagrams["llada_argmax_no_remask"]
    assert diagrams.name(0) == "seed 42, sample 0"
    assert diagrams.name(79) == "seed 123, sample 39"
    assert diagrams.name(int(by_lot(80, NUM_RANDOM)[0])) in section(contents)


def test_the_commands_find_as_many_as_the_heading_says(directory: Path) -> None:
    from bd_gen.report.failures import FAILURES, sample_checks
    from bd_gen.results.finding import find_samples

    contents = read_contents(directory)
    entry = next(e for e in contents.entries if e.name == "v2_learned")
    checks = sample_checks(contents.diagrams[entry.name].rows)
    metadata = {
        "method": entry.name,
        "samples_sha256": entry.result.provenance["samples_sha256"],
        "data_fingerprint": "0",
        "package_version": "0",
        "metric_versions": {},
    }
    columns = {**row_names({42: 40, 123: 40}), **checks}
    path = table_path(directory, entry.name)
    write_sample_table(path, SampleTable(columns, {}, metadata))
    page = section(contents)
    counted = 0
    for failure in FAILURES:
        found = find_samples(directory, entry.name, failure.condition)
        count = int(failure.found(checks).sum())
        assert found.num_matching == count
        if count:
            assert f"{failure.title[1:]}: {count} of 80" in page
            counted += 1
    path.unlink()
    assert counted > 2


def test_short_names_stay_distinct() -> None:
    assert len({name[:LETTERS] for name in short_names(RPLAN)}) == len(ROOM_TYPES)


def test_a_bubble_a_room_and_a_line_an_edge(sketch: Callable[..., Sketch]) -> None:
    root = picture(sketch((0, 2, 3, 9), (0, 1, ABOVE), (1, 2, ABOVE), (0, 3, INSIDE)))
    assert len(root.findall("circle")) == 4
    assert len(root.findall("path")) == 2  # what lies inside needs no line
    assert [text.text for text in root.findall("text")] == ["Liv", "Kit", "Bat", "Bal"]
    title = root.findtext("title")
    assert title is not None
    assert "LivingRoom, Kitchen, Bathroom, Balcony. LivingRoom above Kitchen" in title


def test_everything_lies_within_the_picture(sketch: Callable[..., Sketch]) -> None:
    for n in (1, 2, 8, 14):
        root = picture(sketch((0,) * n, *((i, i + 1, ABOVE) for i in range(n - 1))))
        side = float(root.get("viewBox", "").split()[-1])
        for circle in root.findall("circle"):
            x, y, r = (float(circle.get(name, "nan")) for name in ("cx", "cy", "r"))
            assert min(x, y) - r >= 0
            assert max(x, y) + r <= side


def test_a_bubble_around_another_lies_below_it(sketch: Callable[..., Sketch]) -> None:
    root = picture(sketch((1, 0), (0, 1, INSIDE)))
    assert [c.get("class") for c in root.findall("circle")] == ["r0", "r1"]


def test_faults_are_marked(sketch: Callable[..., Sketch]) -> None:
    made = sketch((0, 2), (0, 1, ABOVE))
    root = picture(replace(made, marked_rooms=frozenset({1}), marked_pairs=frozenset({(0, 1)})))
    assert [c.get("class") for c in root.findall("circle")] == ["r0", "r2 marked"]
    assert [p.get("class") for p in root.findall("path")] == ["marked"]


def test_an_incomplete_row_is_drawn_as_far_as_it_goes() -> None:
    vocabulary = Vocabulary(4)
    (tokens,) = tokens_from_diagrams([Diagram((0, 2, 3), ((0, 1, ABOVE),))], vocabulary)
    tokens[1], tokens[5] = NODE_MASK, EDGE_MASK
    made = sketch_of(tokens, vocabulary, 3)
    assert made.unknown == {1}
    assert not made.is_complete
    assert made.known_types == {0, 3}
    root = picture(made)
    assert [text.text for text in root.findall("text")] == ["Liv", "?", "Bat"]
    assert "unknown" in [c.get("class") for c in root.findall("circle")]
    assert "LivingRoom above ?" in (root.findtext("title") or "")
