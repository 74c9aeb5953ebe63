import json
from dataclasses import replace
from pathlib import Path

import networkx
import pytest
from tests.layouts.exports.cases import flat
from tests.results.conftest import make

from bd_gen.errors import InputError
from bd_gen.experiments.laid_out_files import Choice, read_laid_out
from bd_gen.results.samples_file import write_samples


@pytest.fixture
def plans(tmp_path: Path) -> Path:
    """Five plans, and a line that is none behind them."""
    path = tmp_path / "plans.jsonl"
    lines = [
        json.dumps({"id": f"p{k}", "rooms": [{"type": "Kitchen"}], "relations": []})
        for k in range(5)
    ]
    path.write_text("\n".join([*lines, "broken"]))
    return path


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (Choice(limit=2), "p0 p1"),
        (Choice(ids=("p3", "p1")), "p1 p3"),
        (Choice(indices=(4, 0)), "p0 p4"),
        (Choice(ids=("p1",), indices=(1, 2)), "p1 p2"),
        (Choice(ids=("p1", "p2"), limit=1), "p1"),
    ],
)
def test_what_is_chosen_and_no_more_is_read(plans, choice, expected):
    found, _ = read_laid_out(plans, choice)
    assert [plan.id for plan in found] == expected.split()


def test_what_is_not_there(plans):
    plans.write_text(plans.read_text().removesuffix("broken"))
    with pytest.raises(InputError, match=r"plans.jsonl: there is no diagram with id 'p9'"):
        read_laid_out(plans, Choice(ids=("p9", "p1")))
    with pytest.raises(InputError, match="there is no diagram 5, counted from 0"):
        read_laid_out(plans, Choice(indices=(5,)))


def test_choices_that_are_none():
    with pytest.raises(InputError, match="counts from 0"):
        Choice(indices=(-1,))
    with pytest.raises(InputError, match="at least 1"):
        Choice(limit=0)


def test_samples_that_are_no_diagrams_are_left_out_and_counted(tmp_path):
    path = tmp_path / "x_samples.pt"
    samples = make()
    seed = samples.seeds[0]
    tokens = samples.per_seed[seed].tokens.copy()
    tokens[1, 0] = 13  # a room that was never drawn
    samples.per_seed[seed] = replace(samples.per_seed[seed], tokens=tokens)
    write_samples(path, samples)
    found, notes = read_laid_out(path)
    total = len(samples.seeds) * samples.num_samples
    assert len(found) == total - 1
    assert notes == [f"1 of {total} samples are no complete diagrams"]
    assert f"{seed}-0" in {plan.id for plan in found}
    assert f"{seed}-1" not in {plan.id for plan in found}


def test_a_graph_in_part_is_no_diagram(tmp_path):
    path = tmp_path / "x.graphml"
    networkx.write_graphml(networkx.empty_graph(2, networkx.DiGraph), path)
    with pytest.raises(InputError, match=r"x.graphml: x: room 0 has no type"):
        read_laid_out(path)


def test_a_graph_that_may_lack_edges_is_taken_as_it_is(tmp_path):
    path = tmp_path / "x.graphml"
    graph = networkx.DiGraph()
    graph.add_node("Kitchen")
    networkx.write_graphml(graph, path)
    (plan,), notes = read_laid_out(path)
    assert plan.diagram.room_types == (2,)
    assert notes == [f"{path}: rooms without an edge are taken for not joined"]


def test_with_layouts_solves_what_has_none():
    from bd_gen.diagrams.diagram import Diagram
    from bd_gen.experiments.layouts import with_layouts
    from bd_gen.layouts.exports.laid_out import LaidOut
    from bd_gen.layouts.options import SolverOptions

    laid_out = flat("has boxes")
    open_ = LaidOut("has none", laid_out.diagram)
    stale = LaidOut("has others", laid_out.diagram, laid_out.boxes[::-1])
    # what surrounds a room surrounds what is in that
    circle = LaidOut("impossible", Diagram((0, 2, 3), ((0, 1, 5), (1, 2, 5), (0, 2, 2))))
    calls = []
    found, unsolved = with_layouts(
        [laid_out, open_, stale, circle],
        SolverOptions(improve_seconds=0),
        lambda done, total: calls.append((done, total)),
    )
    assert found[0] is laid_out
    assert [plan.follows_from_boxes for plan in found] == [True, True, True, False]
    assert list(map(str, unsolved)) == ["impossible: no rectangles have these relations"]
    assert found[3].boxes is None
    assert calls[-1] == (4, 4)
