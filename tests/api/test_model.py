"""Sampling and likelihood: what the commands draw and measure, by the same names."""

import json
from dataclasses import replace

import numpy as np
import pytest
from tests.generation.checkpoints import N_MAX, saved

from bd_gen.api.diagram import Diagram, rows_of
from bd_gen.api.model import load, usual_method
from bd_gen.cli.generate import generation_job
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.generation.job import GenerationJob, generate
from bd_gen.model.any_order import any_order_nats
from bd_gen.model.schedules import schedule_named
from bd_gen.results.samples_file import read_samples
from bd_gen.sampling.conditions import Condition
from bd_gen.sampling.method import Method
from bd_gen.system.errors import InputError

VOCABULARY = Vocabulary(N_MAX)


def generated(checkpoint_path, folder, method, condition=None) -> np.ndarray:
    job = GenerationJob(
        checkpoint_path, method, folder, (7,), 30, batch_size=8, condition=condition, device="cpu"
    )
    return read_samples(generate(job).path).per_seed[7].tokens


@pytest.mark.parametrize(
    "name", [None, "random_temp0.7_no_remask", "random_topp0.9_remdm_cap_eta0.4"]
)
def test_the_same_tokens_as_the_command(model, checkpoint_path, tmp_path, name):
    method = usual_method() if name is None else replace(Method.from_name(name), steps=6)
    expected = generated(checkpoint_path, tmp_path, method)
    steps = None if name is None else 6
    told = []
    drawn = model.sample(
        30, name, seed=7, steps=steps, batch_size=8, progress=lambda *x: told.append(x)
    )
    assert np.array_equal(rows_of(drawn, VOCABULARY), expected)
    assert told == [(8, 30), (16, 30), (24, 30), (30, 30)]


def test_the_usual_method_is_that_of_the_command(checkpoint_path):
    job, _ = generation_job((f"eval.checkpoint_path={checkpoint_path}",), None)
    assert job.method == usual_method()


def test_rooms_are_kept_like_those_of_the_command(model, checkpoint_path, tmp_path):
    expected = generated(checkpoint_path, tmp_path, usual_method(), Condition((2, 3, 3)))
    for rooms in ("Kitchen, 2 Bathroom", ["Kitchen", "Bathroom", 3]):
        assert np.array_equal(rows_of(model.sample(30, rooms=rooms, seed=7), VOCABULARY), expected)


def test_parts_that_are_given(model, tmp_path):
    part = {"rooms": ["Kitchen", None, "Bathroom"], "relations": [(0, 2, "left-of")]}
    (tmp_path / "part.json").write_text(json.dumps(part))
    drawn = model.sample(20, given=part)
    assert drawn == model.sample(20, given=tmp_path / "part.json")
    assert {(d.room_types[0], d.room_types[2]) for d in drawn} == {(2, 3)}
    assert all((0, 2, 2) in d.edges for d in drawn)
    assert len({d.edges for d in drawn}) > 1
    for not_joined in model.sample(5, given=part, absent_edges="none"):
        assert not_joined.edges == ((0, 2, 2),)


def test_a_whole_diagram_is_given(model):
    whole = Diagram("Kitchen, Bathroom", [(0, 1, "left-of")])
    assert set(model.sample(5, given=whole)) == {whole}
    assert {d.num_rooms for d in model.sample(5, given=whole, num_rooms=3)} == {3}
    loose = Diagram("Kitchen, Bathroom")
    assert set(model.sample(5, given=loose)) == {loose}
    assert any(d.edges for d in model.sample(20, given=loose, absent_edges="drawn"))


def test_a_learned_process_has_its_methods_by_the_same_names(tmp_path):
    learned = load(saved(tmp_path, is_learned=True), device="cpu")
    one = learned.sample(5, "random_temp1.0_no_remask", steps=4)
    assert one == learned.sample(5, "v2_random_temp1.0_no_remask", steps=4)
    assert one == learned.sample(5, Method("random", steps=4))


def test_nats_are_those_of_the_command(model):
    drawn = model.sample(9, seed=1)
    rows = rows_of(drawn, VOCABULARY)
    denoiser, schedule = model.checkpoint.denoiser(), schedule_named("loglinear")
    expected = any_order_nats(denoiser, rows, schedule, 2, 5).per_diagram
    assert np.array_equal(model.nats(drawn, orders=2, seed=5), expected)
    assert model.nats(drawn[0]).shape == (1,)


def test_what_it_says_of_itself(model, data, checkpoint_path):
    assert (model.vocabulary, model.data) == (VOCABULARY, data)
    assert repr(model) == f"Model({checkpoint_path}: up to 4 rooms, 7 steps, noise loglinear)"


def test_the_bundled_model():
    assert load().vocabulary == Vocabulary(8)


BAD = {
    "n: expected a whole number in 1..10000000, got 0": {"n": 0},
    "n: expected a whole number in 1..10000000, got 2.5": {"n": 2.5},
    "n: expected a whole number in 1..10000000, got True": {"n": True},
    "seed: expected a whole number in 0..18446744073709551615, got -1": {"seed": -1},
    "batch_size: expected a whole number in 1..10000000, got 0": {"batch_size": 0},
    "method: 'fastest' names no method; expected": {"method": "fastest"},
    "method: expected the name of one, got int": {"method": 7},
    "method: sampling_steps must be in 1..100,000, got 0": {"steps": 0},
    "v2_first_hitting_temp1.0_no_remask: ": {"method": "v2_first_hitting_temp1.0_no_remask"},
    "rooms: unknown room 'Kitchn'; did you mean Kitchen?": {"rooms": "Kitchn"},
    "given: expected at least one room": {"rooms": ""},
    "given: 5 rooms, but ": {"rooms": "5 Bathroom"},
    "rooms and given: give one of the two": {"rooms": "Kitchen", "given": {"rooms": ["Kitchen"]}},
    "num_rooms: goes with given or rooms": {"num_rooms": 3},
    "given: 2 rooms, but only 1 are asked for": {"rooms": "2 Bathroom", "num_rooms": 1},
    "absent_edges: goes with given": {"absent_edges": "none"},
    "absent_edges: expected 'drawn' or 'none', got 'odd'": {"absent_edges": "odd"},
    "given: expected a Diagram, got int": {"given": 7},
    'given: expected {"rooms": [...]': {"given": {}},
    "given: rooms[0]: unknown room 'Kitchn'": {"given": {"rooms": ["Kitchn"]}},
    "given: a home has at most one LivingRoom": {"given": Diagram("2 LivingRoom")},
    "no.json: ": {"given": "no.json"},
}


@pytest.mark.parametrize("message", BAD)
def test_what_cannot_be_sampled_is_told_in_one_line(model, message):
    with pytest.raises(InputError) as caught:
        model.sample(**{"n": 1, **BAD[message]})
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"diagrams": []}, "nats: expected at least one diagram, got none"),
        ({"diagrams": [7]}, "nats[0]: expected a Diagram, got int"),
        ({"diagrams": Diagram("5 Bathroom")}, "a diagram needs 1 to 4 rooms, this one has 5"),
        ({"diagrams": Diagram("Kitchen"), "orders": 0}, "orders: expected a whole number in 1.."),
    ],
)
def test_what_has_no_nats(model, arguments, message):
    with pytest.raises(InputError) as caught:
        model.nats(**arguments)
    assert str(caught.value).startswith(message)


def test_what_cannot_be_loaded(tmp_path):
    with pytest.raises(InputError, match=r"there is no checkpoint of that name$"):
        load(tmp_path / "no.pt")
    with pytest.raises(
        InputError, match=r"^device: expected auto, cpu, cuda or cuda:N, got 'tpu9'"
    ):
        load(device="tpu9")


def test_boxes_come_from_the_bundled_model_of_boxes():
    model, boxes = load("bundled"), load("bundled-geometry")
    diagrams = model.sample(2, "first_hitting_temp1.0_no_remask", seed=3)
    drawn = boxes.sample_boxes(diagrams, seed=1, draws=2, given={0: (90, 90, 150, 160)})
    assert [found.shape for found in drawn] == [(2, d.num_rooms, 4) for d in diagrams]
    assert drawn[0][:, 0].tolist() == [[90, 90, 150, 160]] * 2
    assert "boxes of diagrams of up to 8 rooms" in repr(boxes)
    with pytest.raises(InputError, match="one of boxes is needed"):
        model.sample_boxes(diagrams)
    with pytest.raises(InputError, match="one of diagrams is needed"):
        boxes.sample(1)
    with pytest.raises(InputError, match="one of diagrams is needed"):
        boxes.nats(diagrams)
    with pytest.raises(InputError, match="draws: expected a whole number"):
        boxes.sample_boxes(diagrams, draws=0)
