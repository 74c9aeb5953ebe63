import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from bd_gen.diagrams.tokens import num_rooms_of
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model import likelihood
from bd_gen.model.config import ModelConfig
from bd_gen.model.corruption import Corruption
from bd_gen.model.denoiser import Denoiser
from bd_gen.model.likelihood import bound_in_nats, denoising_scores, held_out_groups
from bd_gen.model.objective import CleanGroup, MaskedLoss, masked_loss
from bd_gen.model.process import FixedProcess
from bd_gen.model.schedules import SCHEDULES, schedule_named

LOGLINEAR = FixedProcess(schedule_named("loglinear"))
Maker = Callable[..., Any]
TIMES = ("0.1", "0.3", "0.5", "0.7", "0.9")
DENOISING_KEYS = {
    f"denoise/{score}_{kind}@t={t}"
    for score in ("acc", "ce")
    for kind in ("node", "edge")
    for t in TIMES
}


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[CleanGroup, Corruption]]:
    """What is asked of the denoiser."""
    recorded: list[tuple[CleanGroup, Corruption]] = []

    def record(
        denoiser: Denoiser, groups: list[CleanGroup], corruptions: list[Corruption], *rest: Any
    ) -> MaskedLoss:
        recorded.extend(zip(groups, corruptions, strict=True))
        return masked_loss(denoiser, groups, corruptions, *rest)

    monkeypatch.setattr(likelihood, "masked_loss", record)
    return recorded


def sizes(count: int, n_max: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(1, n_max + 1, count)


def test_groups_hold_every_row_once_and_few_at_a_time(make_tokens: Maker) -> None:
    vocabulary = Vocabulary(3)
    tokens = make_tokens([2] * 1_100 + [1] * 3 + [3] * 512, 3)
    groups = held_out_groups(tokens, vocabulary)
    found = [(group.num_rooms, len(group.tokens)) for group in groups]
    assert found == [(1, 3), (2, 512), (2, 512), (2, 76), (3, 512)]
    for n in (1, 2, 3):
        rows = torch.cat([group.tokens for group in groups if group.num_rooms == n]).numpy()
        of_size = tokens[num_rooms_of(tokens, vocabulary) == n]
        assert np.array_equal(rows, of_size[:, vocabulary.real_positions(n)])


@pytest.mark.parametrize("time_conditioning", [False, True])
def test_the_bound_is_that_of_the_diagrams_one_by_one(
    make_tokens: Maker, make_small_model: Maker, calls: list, time_conditioning: bool
) -> None:
    """Batches are for speed only: the same masks on single diagrams give the same number."""
    denoiser = make_small_model(4, time_conditioning)
    tokens = make_tokens(sizes(30, 4), 4)
    found = bound_in_nats(denoiser, tokens, LOGLINEAR, repeats=2)
    total = 0.0
    for group, c in list(calls):
        for k in range(len(group.tokens)):
            part = slice(k, k + 1)
            alone = masked_loss(
                denoiser,
                [CleanGroup(group.num_rooms, group.tokens[part])],
                [Corruption(c.is_masked[part], c.weight[part], c.time[part])],
                denoiser.vocabulary,
            )
            total += float(alone.nats.detach()) / 2
    assert found == pytest.approx(total / 30, rel=1e-5)


def test_the_bound_is_deterministic(make_tokens: Maker, make_small_model: Maker) -> None:
    denoiser, tokens = make_small_model(3), make_tokens(sizes(40, 3), 3)
    torch.manual_seed(1)
    first = bound_in_nats(denoiser, tokens, LOGLINEAR)
    state = torch.random.get_rng_state()
    torch.manual_seed(2)
    assert bound_in_nats(denoiser, tokens, LOGLINEAR) == first
    assert bound_in_nats(denoiser, tokens, LOGLINEAR, seed=1) != first
    torch.manual_seed(1)
    assert torch.equal(torch.random.get_rng_state(), state)  # nobody's random numbers are used


def test_models_are_measured_on_the_same_masks(
    make_tokens: Maker, make_small_model: Maker, calls: list
) -> None:
    tokens = make_tokens(sizes(20, 3), 3)
    bound_in_nats(make_small_model(3, seed=0), tokens, LOGLINEAR)
    half = len(calls)
    bound_in_nats(make_small_model(3, seed=1), tokens, LOGLINEAR)
    for (_, first), (_, second) in zip(calls[:half], calls[half:], strict=True):
        assert torch.equal(first.is_masked, second.is_masked)


def test_the_levels_of_a_diagram_cover_all_numbers_of_masked_tokens(
    make_tokens: Maker, make_small_model: Maker, calls: list
) -> None:
    bound_in_nats(make_small_model(3), make_tokens([3] * 7, 3), LOGLINEAR, repeats=6)
    counts = torch.stack([c.is_masked.sum(dim=1) for _, c in calls])
    assert counts.sort(dim=0).values.T.tolist() == [[1, 2, 3, 4, 5, 6]] * 7


@pytest.mark.parametrize("num_rooms", [2, 3])
def test_the_bound_is_the_brute_force_one_within_its_standard_error(
    make_tokens: Maker, make_small_model: Maker, exact_bound: Maker, num_rooms: int
) -> None:
    denoiser = make_small_model(3)
    tokens = make_tokens([num_rooms], 3)
    real = torch.from_numpy(tokens[0, Vocabulary(3).real_positions(num_rooms)].astype(np.int64))
    exact = exact_bound(denoiser, real, num_rooms, LOGLINEAR.schedule)
    many = np.repeat(tokens, 100, axis=0)
    found = [bound_in_nats(denoiser, many, LOGLINEAR, repeats=6, seed=s) for s in range(16)]
    error = np.std(found, ddof=1) / 4
    assert 0 < error < 0.005 * exact
    assert np.mean(found) == pytest.approx(exact, abs=4 * error)


def test_a_single_room_leaves_nothing_to_chance(
    make_tokens: Maker, make_small_model: Maker
) -> None:
    """One token, always masked: the number is exact whatever the seed."""
    denoiser, tokens = make_small_model(3), make_tokens([1] * 9, 3)
    found = [bound_in_nats(denoiser, tokens, LOGLINEAR, repeats=r, seed=r) for r in (1, 2, 5)]
    assert found[1:] == pytest.approx([found[0]] * 2, rel=1e-6)


def test_the_exact_denoiser_reaches_the_entropy(oracle: Maker) -> None:
    """Cross-entropy of the joint's own samples: -log p of each, whatever masks are drawn."""
    rng = np.random.default_rng(0)
    rows, nats = [], []
    for n in (1, 2, 3):
        drawn = rng.choice(len(oracle.states[n]), 400, p=oracle.probabilities[n].numpy())
        row = np.repeat(oracle.vocabulary.pad_row[None], 400, axis=0)
        row[:, oracle.vocabulary.real_positions(n)] = oracle.states[n][drawn]
        rows.append(row)
        nats.append(-oracle.probabilities[n][drawn].log())
    found = bound_in_nats(oracle, np.concatenate(rows), LOGLINEAR, repeats=12)
    assert found == pytest.approx(float(torch.cat(nats).mean()), rel=0.02)


def test_progress_is_told(make_tokens: Maker, make_small_model: Maker) -> None:
    told: list[tuple[int, int]] = []
    tokens = make_tokens([1, 2, 3, 3], 3)
    bound_in_nats(make_small_model(3), tokens, LOGLINEAR, progress=lambda *p: told.append(p))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_scores_have_the_keys_of_metrics_md(make_tokens: Maker, make_small_model: Maker) -> None:
    scores = denoising_scores(make_small_model(3), make_tokens(sizes(60, 3), 3), LOGLINEAR)
    assert set(scores) == DENOISING_KEYS | {"denoise/val_elbo"}
    assert all(isinstance(value, float) and math.isfinite(value) for value in scores.values())
    assert all(0 <= scores[key] <= 1 for key in scores if "/acc_" in key)
    assert denoising_scores(make_small_model(3), make_tokens(sizes(60, 3), 3), LOGLINEAR) == scores


def test_scores_have_the_keys_of_the_published_results(dev_data: Path) -> None:
    files = sorted((dev_data / "reference" / "results").glob("*.json"))
    assert files
    for path in files:
        published = json.loads(path.read_text())["denoising"]
        assert set(published) - {"denoise/val_elbo"} == DENOISING_KEYS


def test_keys_without_a_token_are_left_out(make_tokens: Maker, make_small_model: Maker) -> None:
    scores = denoising_scores(make_small_model(3), make_tokens([1] * 200, 3), LOGLINEAR)
    assert set(scores) == {k for k in DENOISING_KEYS if "_node" in k} | {"denoise/val_elbo"}


def test_scores_of_a_model_that_knows_nothing(make_tokens: Maker) -> None:
    """Its choice among equals is the first value, LivingRoom and left-above."""
    denoiser = Denoiser(ModelConfig(8, 1, 2), Vocabulary(3))
    tokens = make_tokens([3] * 50, 3)
    tokens[:, :3] = 0
    tokens[:, 3:] = 5
    scores = denoising_scores(denoiser, tokens, LOGLINEAR)
    for t in TIMES:
        assert scores[f"denoise/acc_node@t={t}"] == 1.0
        assert scores[f"denoise/acc_edge@t={t}"] == 0.0
        assert scores[f"denoise/ce_node@t={t}"] == pytest.approx(math.log(13), rel=1e-6)
        assert scores[f"denoise/ce_edge@t={t}"] == pytest.approx(math.log(11), rel=1e-6)


@pytest.mark.parametrize("name", SCHEDULES)
def test_at_each_time_the_schedules_share_is_masked(
    make_tokens: Maker, make_small_model: Maker, calls: list, name: str
) -> None:
    process = FixedProcess(schedule_named(name))
    denoising_scores(make_small_model(3), make_tokens([3] * 400, 3), process)
    for t, (_, corruption) in zip(TIMES, calls, strict=False):
        assert (corruption.time == float(t)).all()
        share = float(corruption.is_masked.double().mean())
        expected = 1 - float(process.schedule.alpha(torch.tensor(float(t))))
        assert share == pytest.approx(expected, abs=4 * math.sqrt(0.25 / 2_400))


def test_the_elbo_of_the_scores_is_the_bound(make_tokens: Maker, make_small_model: Maker) -> None:
    denoiser, tokens = make_small_model(3), make_tokens(sizes(40, 3), 3)
    scores = denoising_scores(denoiser, tokens, LOGLINEAR)
    assert scores["denoise/val_elbo"] == bound_in_nats(denoiser, tokens, LOGLINEAR)
