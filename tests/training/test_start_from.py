"""Runs that start from the weights of another checkpoint."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from bd_gen.data.dataset import Dataset
from bd_gen.model.config import ModelConfig
from bd_gen.system.errors import InputError
from bd_gen.training.checkpoint import load_checkpoint
from bd_gen.training.run import train
from bd_gen.training.run_config import FINAL, RunConfig


def test_the_first_step_starts_from_the_weights(
    whole_run: Path, make_run: Callable[..., RunConfig], dataset: Dataset
) -> None:
    start = whole_run / FINAL
    slow = make_run("second", steps=1, learning_rate=1e-9, weight_decay=0.0)
    path = train(replace(slow, start_from=start), dataset)
    first, second = load_checkpoint(start), load_checkpoint(path)
    assert second.step == 1
    assert second.config["start_from"] == str(start)
    for name, weight in first.model_state_dict.items():
        torch.testing.assert_close(second.model_state_dict[name], weight, atol=1e-6, rtol=0)
    # and goes on from its own state, not from the weights again
    again = replace(slow, start_from=start, training=replace(slow.training, steps=2))
    assert load_checkpoint(train(again, dataset)).step == 2


def test_weights_of_another_shape_are_refused(
    whole_run: Path, make_run: Callable[..., RunConfig], dataset: Dataset
) -> None:
    start = whole_run / FINAL
    other = replace(make_run("wide"), start_from=start, model=ModelConfig(16, 1, 2))
    with pytest.raises(InputError, match=r"run\.start_from: .* model\.width=8, now 16"):
        train(other, dataset)
    with pytest.raises(InputError, match=r"none\.pt: there is no checkpoint"):
        train(replace(make_run("none"), start_from=Path("none.pt")), dataset)
