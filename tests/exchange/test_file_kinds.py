"""What a file is; the tests of the commands read whole files."""

import gzip
import json
import os

import pytest
import torch
from tests.generation.checkpoints import saved
from tests.random_samples import make

from bd_gen.exchange.laid_out_files import kind_of
from bd_gen.results.samples_file import write_samples
from bd_gen.system.errors import InputError
from bd_gen.training.bundled import BUNDLED_FILE

PLAN = {"id": 1, "rooms": [{"type": "Kitchen", "box": [0, 0, 9, 9]}]}


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("x.jsonl", json.dumps(PLAN), "plans"),
        ("x.txt", "\ufeff \n" + json.dumps(PLAN), "plans"),
        ("x.json", json.dumps(PLAN), "plans"),
        ("x.JSON", json.dumps([PLAN]), "plans"),
        ("plans", json.dumps([PLAN]), "plans"),
        ("x.graphml", "<?xml version='1.0'?>", "graphml"),
        ("x.txt", " <graphml/>", "graphml"),
        ("x.JSONL", "broken", "plans"),
        ("x.json", "", "plans"),
        ("x.xml", "broken", "graphml"),
    ],
)
def test_text_is_told_by_content_and_name(tmp_path, name, content, kind):
    (tmp_path / name).write_text(content)
    assert kind_of(tmp_path / name) == kind


def test_gzip_holds_plans(tmp_path):
    for name in ("x.jsonl.gz", "x.json.gz"):
        with gzip.open(tmp_path / name, "wt") as file:
            json.dump(PLAN, file)
        assert kind_of(tmp_path / name) == "plans"


def test_samples(tmp_path):
    write_samples(tmp_path / "x_samples.pt", make())
    assert kind_of(tmp_path / "x_samples.pt") == "samples"


@pytest.mark.parametrize(("name", "content"), [("x.txt", "hello"), ("x.jsonl", "\0\0"), ("x", "")])
def test_what_is_of_no_kind(tmp_path, name, content):
    (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=r"expected plans .*, samples .*, GraphML or a checkpoint"):
        kind_of(tmp_path / name)


def test_checkpoints(tmp_path):
    assert kind_of(BUNDLED_FILE) == "checkpoint"
    assert kind_of(saved(tmp_path)) == "checkpoint"
    assert kind_of(saved(tmp_path, "learned.pt", is_learned=True)) == "checkpoint"


@pytest.mark.parametrize("value", [{"a": 1}, [1, 2]])
def test_other_torch_files(tmp_path, value):
    torch.save(value, tmp_path / "x.pt")
    with pytest.raises(InputError, match="expected samples or a checkpoint"):
        kind_of(tmp_path / "x.pt")


def test_pipes_and_folders(tmp_path):
    os.mkfifo(tmp_path / "x.jsonl")
    with pytest.raises(InputError, match="got a pipe or a device"):  # and does not wait for it
        kind_of(tmp_path / "x.jsonl")
    with pytest.raises(InputError, match="this is a folder"):
        kind_of(tmp_path)
