"""Runs that are stopped and gone on with."""

import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from bd_gen.data.dataset import Dataset
from bd_gen.system.errors import InputError
from bd_gen.training import loop
from bd_gen.training import run as run_module
from bd_gen.training.checkpoint import load_checkpoint
from bd_gen.training.run import LOG, train
from bd_gen.training.run_config import FINAL, LAST, RunConfig
from bd_gen.training.trained import LEARNED, LEARNED_RATES

RunMaker = Callable[..., RunConfig]
Stopper = Callable[..., Path]


def contents(path: Path) -> dict[str, Any]:
    """Everything of a checkpoint that a stopped run must have as an uninterrupted one has it."""
    content = torch.load(path, weights_only=True)
    content["config"]["training"].pop("steps")
    return content


def assert_same(found: Any, expected: Any, where: str = "") -> None:
    """Equal to the last bit."""
    assert type(found) is type(expected), where
    if isinstance(expected, dict):
        assert found.keys() == expected.keys(), where
        for key in expected:
            assert_same(found[key], expected[key], f"{where}/{key}")
    elif isinstance(expected, list | tuple):
        assert len(found) == len(expected), where
        for k, pair in enumerate(zip(found, expected, strict=True)):
            assert_same(*pair, f"{where}/{k}")
    elif isinstance(expected, torch.Tensor):
        assert torch.equal(found, expected), where
    else:
        assert found == expected, where


def log_of(directory: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (directory / LOG).read_text().splitlines()]


# Checkpoints are written at 5 and 10; the last step is 12.
@pytest.mark.parametrize("stops", [[1], [5], [7], [12], [2, 3, 6, 10, 11]])
def test_a_stopped_run_ends_as_an_uninterrupted_one(
    make_run: RunMaker,
    whole_run: Path,
    dataset: Dataset,
    train_with_stops: Stopper,
    stops: list[int],
) -> None:
    parts, expected = make_run("parts"), contents(whole_run / FINAL)
    assert_same(contents(train_with_stops(parts, dataset, stops)), expected)
    assert log_of(parts.directory) == log_of(whole_run)
    assert [row["step"] for row in log_of(parts.directory)] == list(range(1, 13))
    assert expected["step"] == 12
    assert expected["denoising"]["denoise/val_elbo"] > 0
    assert not (parts.directory / LAST).exists()


@pytest.mark.parametrize(
    "settings",
    [
        {"noise": "cosine", "estimator": "time", "decay": "cosine"},
        {"noise": "linear", "time_conditioning": True, "batch_size": 5},
        {"noise": LEARNED, "time_conditioning": True},
        {"noise": LEARNED_RATES, "time_conditioning": True},
        {"precision": "bfloat16", "log_every": 5},
        {"rooms_share": 0.5},
        {"dropout": 0.2, "optimizer": "muon"},
        {"own_mistakes": 0.2, "own_mistakes_from": 0.3},
    ],
)
def test_so_it_does_with_other_settings(
    make_run: RunMaker, dataset: Dataset, train_with_stops: Stopper, settings: dict[str, Any]
) -> None:
    whole, parts = make_run("whole", **settings), make_run("parts", **settings)
    expected = contents(train_with_stops(whole, dataset))
    assert_same(contents(train_with_stops(parts, dataset, [4, 10])), expected)


def as_before_there_was_a_law(path: Path) -> None:
    """Name learned rates as they were named, and leave out settings that came with the law."""
    content = torch.load(path, weights_only=True)
    content["config"]["noise"] = LEARNED
    for name in ("rooms_share", "uniform_share", "order_learning_rate"):
        del content["config"]["training"][name]
    torch.save(content, path)


@pytest.mark.parametrize("asked", [LEARNED, LEARNED_RATES])
def test_a_run_with_learned_rates_of_the_old_name_goes_on_as_before(
    make_run: RunMaker, dataset: Dataset, train_with_stops: Stopper, asked: str
) -> None:
    expected = contents(train(make_run("whole", noise=LEARNED_RATES), dataset))
    parts = make_run("parts", noise=LEARNED_RATES)
    with pytest.raises(KeyboardInterrupt):
        train(parts, dataset, on_progress=interrupt_at(4))
    as_before_there_was_a_law(parts.directory / LAST)
    # Stopped once more, so that it also goes on from a checkpoint of its own under that name.
    found = contents(train_with_stops(make_run("parts", noise=asked), dataset, [8]))
    assert found["config"].pop("noise") == asked
    expected["config"].pop("noise")
    assert_same(found, expected)
    assert load_checkpoint(parts.directory / FINAL).process.rates is not None


def interrupt_at(step: int) -> Callable[[Any], None]:
    def on_progress(progress: Any) -> None:
        if progress.step == step:
            raise KeyboardInterrupt

    return on_progress


def test_a_law_over_orders_is_no_run_of_learned_rates(make_run: RunMaker, dataset: Dataset) -> None:
    train(make_run(noise=LEARNED_RATES, steps=2), dataset)
    with pytest.raises(InputError, match=r"noise=learned_rates, now learned is asked for"):
        train(make_run(noise=LEARNED, steps=4), dataset)


def test_a_run_that_was_killed_goes_on_from_its_last_checkpoint(
    make_run: RunMaker, whole_run: Path, dataset: Dataset, train_with_stops: Stopper
) -> None:
    """Whatever is not Ctrl-C saves nothing: steps 6 to 8 and their lines come again."""
    parts, expected = make_run("parts"), contents(whole_run / FINAL)
    assert_same(contents(train_with_stops(parts, dataset, [3, 8], MemoryError)), expected)
    assert log_of(parts.directory) == log_of(whole_run)


def test_an_interrupt_in_the_middle_of_a_step_loses_that_step_only(
    make_run: RunMaker,
    whole_run: Path,
    dataset: Dataset,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As a second Ctrl-C does: weights between two states are not saved."""
    parts, expected = make_run("parts"), contents(whole_run / FINAL)
    exact, calls = loop.masked_loss, 0

    def interrupted(*args: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 8:
            raise KeyboardInterrupt
        return exact(*args)

    monkeypatch.setattr(loop, "masked_loss", interrupted)
    with pytest.raises(KeyboardInterrupt):
        train(parts, dataset)
    assert load_checkpoint(parts.directory / LAST).step == 5
    assert_same(contents(train(parts, dataset)), expected)
    assert log_of(parts.directory) == log_of(whole_run)


def test_ctrl_c_in_the_middle_of_a_step_waits_for_its_end(
    make_run: RunMaker,
    whole_run: Path,
    dataset: Dataset,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The real signal, at the place where it nearly always falls."""
    parts, expected = make_run("parts", validate_every=1_000), contents(whole_run / FINAL)
    exact, calls = loop.masked_loss, 0

    def signalled(*args: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 8:
            signal.raise_signal(signal.SIGINT)
        return exact(*args)

    monkeypatch.setattr(loop, "masked_loss", signalled)
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            train(parts, dataset)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, handler)
    assert load_checkpoint(parts.directory / LAST).step == 8
    found = contents(train(parts, dataset))
    found["config"] = expected["config"]  # validate_every is another
    assert_same(found, expected)


@pytest.mark.parametrize("first_steps", [5, 7])
def test_a_finished_run_can_be_made_longer(
    make_run: RunMaker,
    whole_run: Path,
    dataset: Dataset,
    train_with_stops: Stopper,
    first_steps: int,
) -> None:
    expected = contents(whole_run / FINAL)
    short = make_run("longer", steps=first_steps)
    assert load_checkpoint(train(short, dataset)).step == first_steps
    longer = make_run("longer")
    assert_same(contents(train_with_stops(longer, dataset, [9])), expected)
    assert [row["step"] for row in log_of(longer.directory)] == list(range(1, 13))


@pytest.mark.parametrize("first_steps", [None, 6])
def test_stopped_while_the_final_scores_are_measured(
    make_run: RunMaker,
    whole_run: Path,
    dataset: Dataset,
    monkeypatch: pytest.MonkeyPatch,
    first_steps: int | None,
) -> None:
    """All steps are taken, but the final checkpoint is missing, or is that of a shorter run."""
    expected = contents(whole_run / FINAL)
    if first_steps:
        train(make_run("parts", steps=first_steps), dataset)
    run = make_run("parts")
    with monkeypatch.context() as patch:

        def interrupt(*_: Any) -> None:
            raise KeyboardInterrupt

        patch.setattr(run_module, "denoising_scores", interrupt)
        with pytest.raises(KeyboardInterrupt):
            train(run, dataset)
    assert_same(contents(train(run, dataset)), expected)
    assert not (run.directory / LAST).exists()


def test_settings_that_are_no_part_of_the_result_may_change(
    make_run: RunMaker,
    whole_run: Path,
    dataset: Dataset,
) -> None:
    expected = contents(whole_run / FINAL)
    train(make_run(steps=2), dataset)
    changed = make_run(log_every=3, validate_every=4, num_validation=2, precision="auto")
    found = contents(train(changed, dataset))
    assert_same(found["training_state"], expected["training_state"])
    assert found["config"]["training"]["precision"] == "float32"  # as it was resolved at first


def test_a_run_can_go_on_from_another_folder(
    make_run: RunMaker,
    whole_run: Path,
    dataset: Dataset,
) -> None:
    """And stopped, the same command goes on in its own folder."""
    expected = contents(whole_run / FINAL)
    first = train(make_run("first", steps=4), dataset)
    before = first.read_bytes()
    second = make_run("second", resume_from=first)
    seen: list[int] = []

    def stop(progress: Any) -> None:
        seen.append(progress.step)
        if progress.step == 7:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(second, dataset, on_progress=stop)
    assert seen == [5, 6, 7]
    final = train(second, dataset, on_progress=lambda p: seen.append(p.step))
    assert seen == list(range(5, 13))
    assert final == second.directory / FINAL
    assert_same(contents(final), expected)
    assert first.read_bytes() == before
    assert train(second, dataset) == final


def test_a_finished_run_taken_over_from_another_folder(
    make_run: RunMaker, dataset: Dataset
) -> None:
    first = train(make_run("first"), dataset)
    final = train(make_run("second", resume_from=first), dataset)
    assert final.parent.name == "second"
    assert_same(contents(final), contents(first))
