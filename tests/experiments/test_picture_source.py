"""What a file is, and what of it can be drawn; the command's tests read whole files."""

import gzip
import json

import numpy as np
import pytest
import torch
from tests.experiments.checkpoints import saved

from bd_gen.data.plans_writer import write_plans
from bd_gen.data.synthetic import make_plans
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.errors import InputError
from bd_gen.experiments.picture_source import kind_of, read_source
from bd_gen.training.bundled import BUNDLED_FILE

PLAN = {"id": 1, "rooms": [{"type": "Kitchen", "box": [0, 0, 9, 9]}]}


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("x.jsonl", json.dumps(PLAN), "plans"),
        ("x.txt", "\ufeff \n" + json.dumps(PLAN), "plans"),
        ("x.json", json.dumps(PLAN), "plans"),
        ("x.JSON", json.dumps([PLAN]), "plans"),
        ("x.graphml", "<?xml version='1.0'?>", "graphml"),
    ],
)
def test_text_is_told_by_its_beginning(tmp_path, name, content, kind):
    (tmp_path / name).write_text(content)
    assert kind_of(tmp_path / name) == kind


def test_gzipped_plans(tmp_path):
    path = tmp_path / "x.jsonl.gz"
    with gzip.open(path, "wt") as file:
        json.dump(PLAN, file)
    assert kind_of(path) == "plans"
    assert read_source(path).ids.tolist() == ["1"]


def test_one_plan_of_ordinary_json(tmp_path):
    (tmp_path / "x.json").write_text(json.dumps(PLAN, indent=1))
    assert read_source(tmp_path / "x.json").ids.tolist() == ["1"]


def test_checkpoints(tmp_path):
    assert kind_of(BUNDLED_FILE) == "checkpoint"
    assert kind_of(saved(tmp_path)) == "checkpoint"
    assert kind_of(saved(tmp_path, "learned.pt", is_learned=True)) == "checkpoint"


@pytest.mark.parametrize("value", [{"a": 1}, [1, 2]])
def test_other_torch_files(tmp_path, value):
    torch.save(value, tmp_path / "x.pt")
    with pytest.raises(InputError, match="expected samples or a checkpoint"):
        kind_of(tmp_path / "x.pt")


def test_a_checkpoint_holds_no_diagrams(tmp_path):
    with pytest.raises(InputError, match="a checkpoint file; diagrams are read from these"):
        read_source(saved(tmp_path))


def test_plans_come_with_their_boxes(tmp_path):
    table = make_plans(5, 0, Vocabulary(8))
    write_plans(tmp_path / "x.jsonl", table)
    source = read_source(tmp_path / "x.jsonl")
    assert len(source) == 5
    assert source.is_diagram.all()
    for row in range(5):
        n = int(table.num_rooms[row])
        np.testing.assert_array_equal(source.boxes_of(row), table.boxes[row, :n])
        assert source.diagram(row).num_rooms == n
