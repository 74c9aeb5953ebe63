import itertools
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from bd_gen.data.dataset import Dataset
from bd_gen.diagrams.tokens import num_rooms_of
from bd_gen.system.errors import InputError
from bd_gen.training import loop
from bd_gen.training.config import TrainingConfig
from bd_gen.training.loop import Trainer, rate_factor
from bd_gen.training.run_config import RunConfig
from bd_gen.training.supply import TrainingRows
from bd_gen.training.trained import LEARNED, LEARNED_RATES

RunMaker = Callable[..., RunConfig]


def trainer_of(run: RunConfig, dataset: Dataset) -> Trainer:
    return Trainer(
        run.model,
        run.training,
        run.noise,
        TrainingRows(dataset.train),
        dataset.validation,
        dataset.vocabulary,
        torch.device("cpu"),
    )


def weights_of(model: torch.nn.Module) -> list[torch.Tensor]:
    return [parameter.detach().clone() for parameter in model.parameters()]


def unknowing_nats(dataset: Dataset) -> float:
    """What an untrained model pays for a training diagram on average."""
    n = num_rooms_of(dataset.train, dataset.vocabulary)
    return float((n * math.log(13) + n * (n - 1) / 2 * math.log(11)).mean())


def test_the_learning_rate_by_hand() -> None:
    config = TrainingConfig(steps=44, warmup_steps=4)
    found = [rate_factor(config, step) for step in range(44)]
    assert found == [0.25, 0.5, 0.75] + [1.0] * 41
    cosine = replace(config, decay="cosine")
    assert [rate_factor(cosine, step) for step in range(4)] == [0.25, 0.5, 0.75, 1.0]
    assert rate_factor(cosine, 24) == pytest.approx(0.505)  # half-way
    assert rate_factor(cosine, 44) == pytest.approx(0.01)


def test_warm_up_takes_a_tenth_of_the_steps_at_most() -> None:
    config = TrainingConfig(steps=40, warmup_steps=1_000)
    assert config.warmup == 4
    assert [rate_factor(config, step) for step in range(5)] == [0.25, 0.5, 0.75, 1.0, 1.0]


@given(
    steps=st.integers(1, 200),
    warmup=st.integers(0, 300),
    decay=st.sampled_from(["constant", "cosine"]),
)
def test_the_learning_rate_rises_and_then_does_not(steps: int, warmup: int, decay: str) -> None:
    config = TrainingConfig(steps=steps, warmup_steps=warmup, decay=decay)
    rates = [rate_factor(config, step) for step in range(steps)]
    assert all(0 < rate <= 1 for rate in rates)
    for step, (now, then) in enumerate(itertools.pairwise(rates)):
        if step + 1 < config.warmup:
            assert then > now
        elif step >= config.warmup:
            assert then <= now
    if config.warmup <= 1:
        assert rates[0] == 1


def test_the_average_is_the_formula(make_run: RunMaker, dataset: Dataset) -> None:
    """decay = min(ema, (1 + k) / (10 + k)) after k averaged steps; the first is a copy."""
    trainer = trainer_of(make_run(ema=0.3), dataset)
    expected = weights_of(trainer.model)
    used = []
    for progress in trainer.run():
        k = progress.step - 1
        decay = 0.0 if k == 0 else min(0.3, (1 + k) / (10 + k))
        used.append(decay)
        for average, now in zip(expected, weights_of(trainer.model), strict=True):
            average.mul_(decay).add_((1 - decay) * now)
        for average, found in zip(expected, weights_of(trainer.averaged), strict=True):
            torch.testing.assert_close(found, average, rtol=1e-5, atol=1e-7)
    assert used[1] == pytest.approx(2 / 11)
    assert used[-1] == 0.3  # both branches were taken


@pytest.mark.parametrize(
    ("noise", "rooms_share"), [("loglinear", 0.0), ("loglinear", 0.5), (LEARNED, 0.0)]
)
def test_the_loss_of_an_untrained_model_is_that_of_the_data(
    make_run: RunMaker, dataset: Dataset, noise: str, rooms_share: float
) -> None:
    """Sizes are stratified and masks drawn, yet on average every diagram counts once."""
    run = make_run(
        learning_rate=1e-12,
        steps=150,
        validate_every=1_000,
        batch_size=16,
        rooms_share=rooms_share,
        noise=noise,
    )
    nats = [p.values["train/nats"] for p in trainer_of(run, dataset).run()]
    error = np.std(nats) / math.sqrt(len(nats))
    expected = unknowing_nats(dataset)
    assert error < 0.005 * expected
    assert np.mean(nats) == pytest.approx(expected, abs=4 * error)


@pytest.mark.parametrize(
    ("noise", "estimator", "time_conditioning"),
    [
        ("loglinear", "count", False),
        ("cosine", "time", False),
        ("linear", "count", True),
        (LEARNED, "count", True),
        (LEARNED_RATES, "count", True),
    ],
)
def test_the_loss_falls_on_what_can_be_learned(
    make_run: RunMaker, dataset: Dataset, noise: str, estimator: str, time_conditioning: bool
) -> None:
    """Six diagrams, two of each size, cost log 2 nats at best."""
    run = make_run(
        noise=noise,
        estimator=estimator,
        time_conditioning=time_conditioning,
        steps=120,
        batch_size=32,
        learning_rate=0.02,
        log_every=20,
        validate_every=120,
    )
    run = replace(run, model=replace(run.model, width=16))
    values = [p.values for p in trainer_of(run, dataset).run() if p.values]
    assert values[0]["train/nats"] < 1.2 * unknowing_nats(dataset)
    assert values[-1]["train/nats"] < 0.25 * unknowing_nats(dataset)
    assert values[-1]["validation/nats"] < 0.3 * unknowing_nats(dataset)


def test_what_is_logged_when(make_run: RunMaker, dataset: Dataset) -> None:
    run = make_run(log_every=4, validate_every=5, steps=11)
    told = list(trainer_of(run, dataset).run())
    assert [p.step for p in told] == list(range(1, 12))
    assert [p.step for p in told if "train/nats" in p.values] == [4, 8, 11]
    assert [p.step for p in told if "validation/nats" in p.values] == [5, 10, 11]
    assert [p.step for p in told if p.is_checkpoint] == [5, 10, 11]
    assert set(told[-1].values) == {
        "train/nats",
        "train/grad_norm",
        "train/learning_rate",
        "validation/nats",
    }
    assert told[3].values["train/learning_rate"] == pytest.approx(
        run.training.learning_rate * rate_factor(run.training, 3)
    )


def test_a_logged_loss_is_the_mean_since_the_last_one(make_run: RunMaker, dataset: Dataset) -> None:
    every = [p.values["train/nats"] for p in trainer_of(make_run(), dataset).run()]
    fourth = [
        p.values["train/nats"]
        for p in trainer_of(make_run(log_every=4), dataset).run()
        if "train/nats" in p.values
    ]
    expected = np.mean(np.reshape(every, (3, 4)), axis=1)
    assert fourth == pytest.approx(expected.tolist(), rel=1e-6)


def test_masks_by_rooms_are_validated_under_both_orders(
    make_run: RunMaker, dataset: Dataset
) -> None:
    told = list(trainer_of(make_run(rooms_share=0.5), dataset).run())
    both = [p.values for p in told if "validation/nats" in p.values]
    assert len(both) == 3
    assert all(0 < values["validation/nats_rooms"] < math.inf for values in both)


def test_a_law_over_orders_is_learned_apart(make_run: RunMaker, dataset: Dataset) -> None:
    """Rows of a batch are pairs of draws; the law moves at its own rate and is averaged."""
    trainer = trainer_of(
        make_run(noise=LEARNED, uniform_share=0.0, order_learning_rate=0.01, warmup_steps=0),
        dataset,
    )
    seen = []
    exact = loop.masked_loss
    start = trainer.model.law.order_weights.detach().clone()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop, "masked_loss", lambda *args: seen.append(args[1]) or exact(*args))
        told = [p.values for p in trainer.run()]
    for groups in seen:
        assert sum(len(group.tokens) for group in groups) == 8
        for group in groups:
            assert torch.equal(group.tokens[::2], group.tokens[1::2])
    moved = (trainer.model.law.order_weights.detach() - start).abs()
    assert 0.01 < float(moved.max()) <= 0.01 * 12 * 1.01  # Adam: at most about the rate a step
    averaged = trainer.averaged.law.order_weights
    assert not torch.equal(averaged, start)
    assert not torch.equal(averaged, trainer.model.law.order_weights)
    assert all(0 < v["validation/nats_uniform"] < math.inf for v in told if "validation/nats" in v)


def test_pairs_of_draws_need_a_larger_batch(make_run: RunMaker, dataset: Dataset) -> None:
    with pytest.raises(
        InputError,
        match=r"batch_size must be at least 6, 2 draws of one for each number of rooms .* got 5$",
    ):
        trainer_of(make_run(noise=LEARNED, batch_size=5), dataset)


def test_without_validation_diagrams_there_is_no_validation(
    make_run: RunMaker, dataset: Dataset
) -> None:
    run = make_run()
    trainer = Trainer(
        run.model,
        run.training,
        run.noise,
        TrainingRows(dataset.train),
        dataset.train[:0],
        dataset.vocabulary,
        torch.device("cpu"),
    )
    told = list(trainer.run())
    assert [p.step for p in told if p.is_checkpoint] == [5, 10, 12]
    assert not any("validation/nats" in p.values for p in told)


def test_a_run_is_a_function_of_its_seed(make_run: RunMaker, dataset: Dataset) -> None:
    def final(seed: int, torch_seed: int) -> torch.Tensor:
        torch.manual_seed(torch_seed)
        trainer = trainer_of(make_run(seed=seed), dataset)
        for _ in trainer.run():
            torch.rand(1)  # someone else's random numbers
        return torch.cat([w.reshape(-1) for w in weights_of(trainer.averaged)])

    first = final(0, 1)
    assert torch.equal(first, final(0, 2))
    assert not torch.equal(first, final(1, 1))


@pytest.mark.parametrize("how", ["learning rate", "loss", "gradient"])
def test_numbers_that_are_none_stop_the_run(
    make_run: RunMaker, dataset: Dataset, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    run = make_run(log_every=1_000)
    if how == "learning rate":
        run = make_run(log_every=1_000, learning_rate=1e38, warmup_steps=0)
    elif how == "loss":
        exact = loop.masked_loss

        def broken(*args: Any) -> Any:
            loss = exact(*args)
            return replace(loss, weight=loss.weight * math.nan)

        monkeypatch.setattr(loop, "masked_loss", broken)
    else:
        monkeypatch.setattr(
            torch.nn.utils, "clip_grad_norm_", lambda *_: torch.tensor(float("inf"))
        )
    # Found before the checkpoint of step 5 could be written, though nothing was to be logged.
    told = trainer_of(run, dataset).run()
    assert [next(told).step for _ in range(4)] == [1, 2, 3, 4]
    with pytest.raises(InputError, match=r"is not finite at step 5; a smaller training\.learning"):
        next(told)


def test_a_step_in_bfloat16_is_close(make_run: RunMaker, dataset: Dataset) -> None:
    plain = next(trainer_of(make_run(), dataset).run()).values
    half = next(trainer_of(make_run(precision="bfloat16"), dataset).run()).values
    assert half["train/nats"] == pytest.approx(plain["train/nats"], rel=0.02)


def test_rows_that_may_not_be_written_to_are_taken(make_run: RunMaker, dataset: Dataset) -> None:
    tokens = dataset.train.copy()
    tokens.setflags(write=False)
    run = make_run()
    trainer = Trainer(
        run.model,
        run.training,
        run.noise,
        TrainingRows(tokens),
        tokens,
        dataset.vocabulary,
        torch.device("cpu"),
    )
    assert next(trainer.run()).step == 1


@pytest.mark.parametrize(
    "damage",
    [
        lambda s: s.pop("model"),
        lambda s: s.pop("step"),
        lambda s: s.update(step="many"),
        lambda s: s.update(model=3),
        lambda s: s.update(model={3: torch.zeros(1)}),
        lambda s: s.update(average=None),
        lambda s: s.update(optimizers=[]),
        lambda s: s["optimizers"][0].pop("param_groups"),
        lambda s: s["optimizers"][0].update(param_groups=[]),
    ],
)
def test_a_state_of_another_shape_is_refused(
    make_run: RunMaker, dataset: Dataset, damage: Callable[[dict], Any]
) -> None:
    trainer = trainer_of(make_run(), dataset)
    state = trainer.state_dict()
    state["optimizers"] = [dict(part) for part in state["optimizers"]]
    damage(state)
    with pytest.raises(InputError, match="training state does not fit this run") as caught:
        trainer.load_state_dict(state)
    assert "\n" not in str(caught.value)


def test_dropout_depends_on_the_step_alone_and_spares_what_gets_sampled(
    make_run: RunMaker, dataset: Dataset
) -> None:
    def told(torch_seed: int, **settings: Any) -> list[float]:
        torch.manual_seed(torch_seed)
        trainer = trainer_of(make_run(**settings), dataset)
        state = torch.random.get_rng_state()
        values = [p.values for p in trainer.run()]
        assert torch.equal(torch.random.get_rng_state(), state)  # nobody else's numbers are taken
        assert trainer.validate() == trainer.validate()
        return [v["train/nats"] for v in values if "train/nats" in v]

    dropped = told(1, dropout=0.3, log_every=1)
    assert dropped == told(2, dropout=0.3, log_every=1)
    assert dropped != told(1, log_every=1)


def test_own_mistakes_begin_where_they_are_asked_to(
    make_run: RunMaker, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[int] = []
    trainer = trainer_of(make_run(own_mistakes=0.2, own_mistakes_from=0.5), dataset)
    exact = loop.with_own_mistakes

    def watched(*args: Any) -> Any:
        steps.append(trainer.step)
        return exact(*args)

    monkeypatch.setattr(loop, "with_own_mistakes", watched)
    told = list(trainer.run())
    assert steps == [6, 7, 8, 9, 10, 11]
    assert all(math.isfinite(p.values.get("train/nats", 0.0)) for p in told)
