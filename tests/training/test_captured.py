"""A captured step computes what an ordinary one does; on a CPU without a graph."""

from collections.abc import Callable
from typing import Any

import pytest
import torch

from bd_gen.data.dataset import Dataset
from bd_gen.training.captured import CapturedStep, can_capture
from bd_gen.training.loop import Trainer
from bd_gen.training.run_config import RunConfig
from bd_gen.training.supply import TrainingRows

RunMaker = Callable[..., RunConfig]


def trainer_of(run: RunConfig, dataset: Dataset, captured: bool) -> Trainer:
    trainer = Trainer(
        run.model,
        run.training,
        run.noise,
        TrainingRows(dataset.train),
        dataset.validation,
        dataset.vocabulary,
        torch.device("cpu"),
    )
    if captured:
        trainer._captured = CapturedStep(
            trainer.model,
            trainer.average,
            trainer.optimizers,
            trainer._supply,
            run.training,
            torch.device("cpu"),
        )
    return trainer


@pytest.mark.parametrize("settings", [{}, {"optimizer": "muon"}, {"rooms_share": 0.5}])
def test_steps_are_those_of_the_ordinary_loop(
    make_run: RunMaker, dataset: Dataset, settings: dict[str, Any]
) -> None:
    run = make_run(log_every=1, ema=0.7, **settings)
    plain, captured = (trainer_of(run, dataset, how) for how in (False, True))
    for a, b in zip(plain.run(), captured.run(), strict=True):
        for name in ("train/nats", "train/grad_norm", "train/learning_rate"):
            assert b.values[name] == pytest.approx(a.values[name], rel=1e-4)
    for a, b in zip(plain.averaged.parameters(), captured.averaged.parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-3, atol=1e-4)
    assert int(plain.average.n_averaged) == int(captured.average.n_averaged) == 12


def test_its_state_is_that_of_any_run(make_run: RunMaker, dataset: Dataset) -> None:
    """Learning rates are tensors while steps are captured, and numbers in what is saved."""
    run = make_run()
    captured = trainer_of(run, dataset, captured=True)
    steps = captured.run()
    for _ in range(7):
        next(steps)
    assert isinstance(captured.optimizers[0].param_groups[0]["lr"], torch.Tensor)
    state = captured.state_dict()
    rates = [group["lr"] for part in state["optimizers"] for group in part["param_groups"]]
    assert all(type(rate) is float for rate in rates)
    ordinary = trainer_of(run, dataset, captured=False)
    ordinary.load_state_dict(state)
    assert [p.step for p in ordinary.run()] == [8, 9, 10, 11, 12]


def test_what_changes_its_shape_is_not_captured(make_run: RunMaker, dataset: Dataset) -> None:
    gpu = torch.device("cuda")
    run = make_run()
    model = trainer_of(run, dataset, captured=False).model
    assert can_capture(model, run.training, gpu)
    assert not can_capture(model, run.training, torch.device("cpu"))
    for settings in ({"capture": "never"}, {"dropout": 0.1}, {"own_mistakes": 0.1}):
        assert not can_capture(model, make_run(**settings).training, gpu)
    learned = make_run(noise="learned")
    model = trainer_of(learned, dataset, captured=False).model
    assert not can_capture(model, learned.training, gpu)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_graph_computes_what_the_loop_does(make_run: RunMaker, dataset: Dataset) -> None:
    def nats(capture: str) -> list[float]:
        run = make_run(log_every=1, capture=capture, optimizer="muon")
        trainer = Trainer(
            run.model,
            run.training,
            run.noise,
            TrainingRows(dataset.train),
            dataset.validation,
            dataset.vocabulary,
            torch.device("cuda"),
        )
        return [p.values["train/nats"] for p in trainer.run()]

    assert nats("auto") == pytest.approx(nats("never"), rel=1e-3)
