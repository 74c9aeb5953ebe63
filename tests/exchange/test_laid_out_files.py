import gzip
import json
from dataclasses import replace
from pathlib import Path

import networkx
import numpy as np
import pytest
from tests.generation.checkpoints import saved
from tests.random_samples import make

from bd_gen.data.sources.plans.plans_writer import write_plans
from bd_gen.data.sources.synthetic.source import make_plans
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.exchange.choosing import Choice
from bd_gen.exchange.laid_out_files import ReadingOptions, read_laid_out
from bd_gen.results.samples_file import write_samples
from bd_gen.system.errors import InputError


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
    found = read_laid_out(plans, choice).plans
    assert [plan.id for plan in found] == expected.split()


def test_what_is_not_there(plans):
    plans.write_text(plans.read_text().removesuffix("broken"))
    with pytest.raises(InputError, match=r"plans.jsonl: there is no diagram with id 'p9'"):
        read_laid_out(plans, Choice(ids=("p9", "p1")))
    with pytest.raises(InputError, match=r"--index: 5: .*plans.jsonl holds 5 diagrams, 0\.\.4"):
        read_laid_out(plans, Choice(indices=(5,)))


def test_samples_that_are_no_diagrams_are_left_out_and_counted(tmp_path):
    path = tmp_path / "x_samples.pt"
    samples = make()
    seed = samples.seeds[0]
    tokens = samples.per_seed[seed].tokens.copy()
    tokens[1, 0] = 13  # a room that was never drawn
    samples.per_seed[seed] = replace(samples.per_seed[seed], tokens=tokens)
    write_samples(path, samples)
    found, notes, title, num_rows = read_laid_out(path)
    total = len(samples.seeds) * samples.num_samples
    assert len(found) == total - 1
    assert notes == [f"1 of {total} samples are no complete diagrams and left out"]
    assert (title, num_rows) == (f"Samples of {samples.method}", total)
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
    (plan,), notes, *_ = read_laid_out(path)
    assert plan.diagram.room_types == (2,)
    assert notes == [f"{path}: rooms without an edge are taken for not joined"]


def test_a_checkpoint_holds_no_diagrams(tmp_path):
    with pytest.raises(InputError, match="a checkpoint file; diagrams are read from these"):
        read_laid_out(saved(tmp_path))


@pytest.mark.parametrize("is_whole", [False, True])
def test_plans_come_with_their_boxes(tmp_path, is_whole):
    table = make_plans(5, 0, Vocabulary(8))
    path = tmp_path / "x.jsonl"
    write_plans(path, table)
    read = read_laid_out(path, options=ReadingOptions(is_whole=is_whole))
    assert (len(read.plans), read.num_rows, read.title) == (5, 5, "x.jsonl")
    for row, plan in enumerate(read.plans):
        n = int(table.num_rooms[row])
        np.testing.assert_array_equal(plan.boxes, table.boxes[row, :n])
        assert plan.diagram.num_rooms == n
        assert plan.follows_from_boxes


@pytest.mark.parametrize("name", ["x.jsonl.gz", "x.json.gz"])
def test_gzipped_plans(tmp_path, name):
    with gzip.open(tmp_path / name, "wt") as file:
        json.dump({"id": 1, "rooms": [{"type": "Kitchen"}], "relations": []}, file)
    assert [plan.id for plan in read_laid_out(tmp_path / name).plans] == ["1"]


def test_a_whole_file_is_checked_and_counted(plans):
    with pytest.raises(InputError, match=r"1 of 6 plans are bad: .*--skip-bad"):
        read_laid_out(plans, Choice(limit=2), ReadingOptions(is_whole=True))
    read = read_laid_out(plans, Choice(limit=2), ReadingOptions(skip_bad=True))
    assert [plan.id for plan in read.plans] == ["p0", "p1"]
    assert read.num_rows == 5
    assert read.notes[0].startswith("skipped 1 of 6 plans")


def test_bad_plans_in_front_do_not_count(plans):
    plans.write_text("broken\n" + plans.read_text())
    read = read_laid_out(plans, Choice(indices=(0,)), ReadingOptions(skip_bad=True))
    assert [plan.id for plan in read.plans] == ["p0"]


def test_one_seed_of_samples(tmp_path):
    path = tmp_path / "x_samples.pt"
    samples = make()
    write_samples(path, samples)
    seed = samples.seeds[-1]
    found = read_laid_out(path, Choice(seed=seed)).plans
    assert [plan.id for plan in found] == [f"{seed}-{k}" for k in range(samples.num_samples)]
    with pytest.raises(InputError, match=r"x_samples.pt holds no samples of seed 999"):
        read_laid_out(path, Choice(seed=999))
