"""Boxes for given diagrams."""

import numpy as np
import pytest
import torch

from bd_gen.data.sources.synthetic.source import make_plans
from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.tokens import diagrams_from_tokens
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.generation.geometry import draw_boxes
from bd_gen.generation.in_memory import draw
from bd_gen.model.box_denoiser import BoxDenoiser
from bd_gen.model.config import ModelConfig
from bd_gen.sampling.method import Method
from bd_gen.system.errors import InputError
from bd_gen.training.checkpoint import Checkpoint

LEVELS = 32


@pytest.fixture(scope="module")
def checkpoint() -> Checkpoint:
    """A model of boxes that knows nothing but has its own opinions."""
    config = ModelConfig(8, layers=1, heads=2, levels=LEVELS)
    torch.manual_seed(1)
    model = BoxDenoiser(config, Vocabulary(8, levels=LEVELS))
    torch.nn.init.normal_(model.head.weight, std=0.5)
    return Checkpoint(
        model_state_dict=model.state_dict(),
        config={
            "model": {"width": 8, "layers": 1, "heads": 2, "levels": LEVELS},
            "noise": "loglinear", "data": {}, "training": {},
        },
        n_max=8, step=1, num_rooms_histogram=[0, 0, 0, 0, 3, 4, 5, 6, 7], data_fingerprint="",
    )  # fmt: skip


@pytest.fixture(scope="module")
def diagrams() -> list[Diagram]:
    table = make_plans(6, 5, Vocabulary(8))
    return diagrams_from_tokens(table.tokens, table.vocabulary)


def test_boxes_depend_on_the_seed_and_the_place_alone(
    checkpoint: Checkpoint, diagrams: list[Diagram]
) -> None:
    whole = draw_boxes(checkpoint, diagrams, seed=3, draws=2)
    assert [drawn.boxes.shape for drawn in whole] == [(2, d.num_rooms, 4) for d in diagrams]
    few = draw_boxes(checkpoint, diagrams[:2], seed=3, draws=2)
    for one, other in zip(whole, few, strict=False):
        np.testing.assert_array_equal(one.boxes, other.boxes)
    again = draw_boxes(checkpoint, diagrams, seed=4, draws=2)
    assert (whole[0].boxes != again[0].boxes).any()
    assert (whole[0].boxes[0] != whole[0].boxes[1]).any()
    for drawn in whole:
        assert (drawn.boxes[..., :2] <= drawn.boxes[..., 2:]).all()


def test_given_boxes_are_kept(checkpoint: Checkpoint, diagrams: list[Diagram]) -> None:
    given = {0: (11, 20, 61, 90), 2: (100.5, 100, 140, 130)}
    for drawn in draw_boxes(checkpoint, diagrams, 0, 3, given):
        for room, box in given.items():
            np.testing.assert_array_equal(drawn.boxes[:, room], np.tile(box, (3, 1)))
        assert len(np.unique(drawn.boxes[:, 1], axis=0)) > 1


def test_the_model_is_told_types_relations_and_given_boxes(
    checkpoint: Checkpoint, diagrams: list[Diagram]
) -> None:
    first, second = (draw_boxes(checkpoint, [d], 0)[0].boxes for d in diagrams[:2])
    if first.shape == second.shape:
        assert (first != second).any()
    free, told = (
        draw_boxes(checkpoint, diagrams[:1], 0, given=given)[0].boxes
        for given in (None, {0: (8, 8, 40, 40)})
    )
    assert (free[:, 1:] != told[:, 1:]).any()


def test_sweeps_and_other_methods_draw_too(checkpoint: Checkpoint, diagrams: list[Diagram]) -> None:
    methods = [
        Method("first_hitting", sweeps=0),
        Method("first_hitting", sweeps=1),
        Method("random"),
    ]
    found = [draw_boxes(checkpoint, diagrams[:1], 0, method=m)[0].boxes for m in methods]
    assert (found[0] != found[1]).any()
    assert (found[0] != found[2]).any()


def test_the_best_draw_has_the_fewest_wrong_relations(
    checkpoint: Checkpoint, diagrams: list[Diagram]
) -> None:
    drawn = draw_boxes(checkpoint, diagrams[:1], 0, 6)[0]
    assert drawn.wrong.shape == (6,)
    np.testing.assert_array_equal(drawn.best, drawn.boxes[drawn.wrong.argmin()])
    # a plan's own boxes break none
    table = make_plans(1, 5, Vocabulary(8))
    given = dict(enumerate(table.boxes[0, : table.num_rooms[0]].tolist()))
    own = draw_boxes(checkpoint, diagrams[:1], 0, given=given)[0]
    assert own.wrong.tolist() == [0]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({8: (0, 0, 9, 9)}, "expected a room in 0.."),
        ({0: (9, 0, 9, 9)}, "x0 < x1 and y0 < y1"),
        ({0: (0, 0, 300, 9)}, "in 0..256"),
    ],
)
def test_boxes_that_are_none_are_refused(
    checkpoint: Checkpoint,
    diagrams: list[Diagram],
    given: dict[int, tuple[int, int, int, int]],
    words: str,
) -> None:
    with pytest.raises(InputError, match=words):
        draw_boxes(checkpoint, diagrams, given=given)


def test_models_of_the_other_kind_and_unknown_sizes_are_refused(
    checkpoint: Checkpoint, diagrams: list[Diagram]
) -> None:
    with pytest.raises(InputError, match="one of diagrams is needed"):
        draw(checkpoint, Method("first_hitting"), 1)
    with pytest.raises(InputError, match="knows diagrams of 4 to 8 rooms, this one has 2"):
        draw_boxes(checkpoint, [Diagram((0, 1), ())])
    assert draw_boxes(checkpoint, []) == []
