"""Training a model of boxes: what it sees, what is refused, and what it saves."""

from pathlib import Path

import numpy as np
import pytest
import torch

from bd_gen.data.config import DataConfig
from bd_gen.data.dataset import Dataset, dataset_from_table
from bd_gen.data.sources.synthetic.source import make_plans
from bd_gen.diagrams.box_rows import CANVAS
from bd_gen.diagrams.relations import relations_from_boxes
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.config import ModelConfig
from bd_gen.system.errors import InputError
from bd_gen.training.checkpoint import load_checkpoint, save_checkpoint
from bd_gen.training.config import TrainingConfig
from bd_gen.training.rows import held_out_rows, row_layout, training_rows
from bd_gen.training.run import train
from bd_gen.training.run_config import RunConfig
from bd_gen.training.supply import Supply

MODEL = ModelConfig(8, layers=1, heads=2, levels=128)
SETTINGS = TrainingConfig(
    steps=4, batch_size=16, renumber=True, mirror=True, translate=10, precision="float32",
    device="cpu", validate_every=2, num_validation=8,
)  # fmt: skip


@pytest.fixture(scope="module")
def plans() -> Dataset:
    config = DataConfig(num_plans=200)
    return dataset_from_table(make_plans(200, 3, Vocabulary(8)), config)


def run_of(folder: Path, **changes: object) -> RunConfig:
    fields = {"model": MODEL, "noise": "loglinear", "training": SETTINGS, **changes}
    return RunConfig(directory=folder, data=DataConfig(num_plans=200), **fields)  # type: ignore[arg-type]


def test_what_a_step_sees_is_plans_with_their_own_boxes(plans: Dataset) -> None:
    """Renumbered, mirrored and moved together: relations still follow from the boxes."""
    layout = row_layout(plans, MODEL)
    supply = Supply(training_rows(plans, MODEL, SETTINGS), layout, SETTINGS, 1, torch.device("cpu"))
    generator = torch.Generator().manual_seed(0)
    agree, centres = [], []
    for step in range(6):
        for group in supply.groups(supply.draw(step, generator)):
            n, tokens = group.num_rooms, group.tokens.numpy()
            assert tokens.shape[1] == n * (n + 1) // 2 + 4 * n
            boxes = tokens[:, -4 * n :].reshape(-1, n, 4) * 2.0
            assert boxes.min() >= 0
            assert boxes.max() < CANVAS
            found = relations_from_boxes(boxes, np.full(len(boxes), n), Vocabulary(n))
            agree.append((found == tokens[:, n : n * (n + 1) // 2]).mean())
            centres += ((boxes[..., :2].min(1) + boxes[..., 2:].max(1)) / 2).tolist()
    # halves of a step of two pixels change a few relations, wrong boxes would change most
    assert np.mean(agree) > 0.93
    away = np.abs(np.array(centres) - CANVAS / 2)
    assert away.mean() > 2
    assert away.max() <= 12


def test_without_moves_plans_stay_in_the_middle(plans: Dataset) -> None:
    rows = held_out_rows(plans, MODEL, 5)
    assert rows.shape == (5, 68)
    sides = rows[0, 36:].reshape(8, 4)
    sides = sides[sides[:, 0] < 128]
    assert abs((sides[:, :2].min(0) + sides[:, 2:].max(0)).astype(int) - 127).max() <= 2


def test_a_run_saves_a_model_of_boxes_and_goes_on_as_if_never_stopped(
    plans: Dataset, tmp_path: Path
) -> None:
    final = load_checkpoint(train(run_of(tmp_path / "whole"), plans))
    assert final.draws_boxes
    assert final.vocabulary == Vocabulary(8, levels=128)
    assert final.denoising is not None
    assert final.denoising["denoise/val_elbo"] > 50
    half = SETTINGS.__class__(**{**SETTINGS.__dict__, "steps": 2})
    train(run_of(tmp_path / "parts", training=half), plans)
    parts = load_checkpoint(train(run_of(tmp_path / "parts"), plans))
    for name, weight in final.model_state_dict.items():
        torch.testing.assert_close(parts.model_state_dict[name], weight)


def test_plans_without_boxes_are_refused(plans: Dataset, tmp_path: Path) -> None:
    assert plans.table is not None
    table = plans.table.select(np.arange(len(plans.table)))
    table.has_boxes[:30] = False
    some = dataset_from_table(table, DataConfig(num_plans=200))
    with pytest.raises(InputError, match=r"plans have no boxes, which a model of boxes"):
        train(run_of(tmp_path), some)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"noise": "learned"}, "model.levels must be 0 with noise=learned"),
        ({"training": TrainingConfig(own_mistakes=0.1)}, "own_mistakes must be 0"),
        ({"training": TrainingConfig(rooms_share=0.1)}, "rooms_share must be 0"),
        ({"model": ModelConfig(), "training": SETTINGS}, "translate: goes with models of boxes"),
    ],
)
def test_what_is_for_diagrams_alone_is_refused(
    changes: dict[str, object], words: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=words):
        run_of(tmp_path, **changes)


def test_a_checkpoint_says_which_kind_it_is(plans: Dataset, tmp_path: Path) -> None:
    path = train(run_of(tmp_path), plans)
    checkpoint = load_checkpoint(path)
    with pytest.raises(InputError, match="a model of the boxes of given diagrams"):
        checkpoint.check_draws(boxes=False)
    checkpoint.config["model"]["levels"] = "many"
    save_checkpoint(tmp_path / "bad.pt", checkpoint)
    with pytest.raises(InputError, match=r"config.model.levels: expected a whole number"):
        load_checkpoint(tmp_path / "bad.pt")
