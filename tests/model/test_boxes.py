"""Rows with boxes: what is masked, what is predicted, and the bound."""

import math

import numpy as np
import pytest
import torch

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.config import ModelConfig
from bd_gen.model.corruption import MaskedBoxes, MaskedCount
from bd_gen.model.denoiser import Denoiser
from bd_gen.model.likelihood import bound_in_nats, denoising_scores
from bd_gen.model.packing import pack
from bd_gen.model.process import BoxProcess
from bd_gen.model.schedules import schedule_named

V = Vocabulary(3, levels=10)
SCHEDULE = schedule_named("loglinear")


def denoiser() -> Denoiser:
    torch.manual_seed(0)
    return Denoiser(ModelConfig(8, layers=1, heads=2, levels=10), V).eval()


def rows() -> np.ndarray:
    rng = np.random.default_rng(0)
    found = rng.integers(0, 10, (20, V.length)).astype(np.uint8)
    found[10:] = np.where(V.real_mask(2), found[10:], V.pad_row)
    return found


def test_the_diagram_is_never_masked_and_sides_as_if_alone() -> None:
    corrupter = MaskedBoxes(MaskedCount(SCHEDULE))
    level, noise = torch.tensor([0.0, 0.5, 0.99]), torch.rand(3, 18)
    found = corrupter(3, level, noise)
    alone = MaskedCount(SCHEDULE)(3, level, noise[:, 6:])
    assert not found.is_masked[:, :6].any()
    torch.testing.assert_close(found.is_masked[:, 6:], alone.is_masked)
    torch.testing.assert_close(found.weight, alone.weight)
    assert found.is_masked.sum(dim=1).tolist() == [1, 7, 12]


def test_who_knows_nothing_needs_the_log_of_the_levels_a_side() -> None:
    """A head of zeros gives every level the same probability."""
    process = BoxProcess(SCHEDULE)
    nats = bound_in_nats(denoiser(), rows(), process, repeats=3)
    assert nats == pytest.approx(np.mean([12, 8]) * math.log(10), rel=1e-6)
    scores = denoising_scores(denoiser(), rows(), process)
    assert scores["denoise/ce_side@t=0.5"] == pytest.approx(math.log(10), rel=1e-6)
    # nothing of the diagram is masked, so there is nothing to score
    assert not any("node" in key or "edge" in key for key in scores)


def test_each_kind_of_token_has_values_of_its_own() -> None:
    batch = pack([(3, torch.from_numpy(rows()[:2].astype(np.int64)))], V)
    logits = denoiser()(batch)
    num_values = torch.isfinite(logits).sum(dim=1).view(2, 18)
    assert num_values.tolist() == [[13] * 3 + [11] * 3 + [10] * 12] * 2
    assert batch.tokens.view(2, 18)[0, 6:].min() >= 28


def test_the_time_is_that_of_the_sides() -> None:
    process = BoxProcess(SCHEDULE)
    alpha = process.alpha(3, 0.3)
    assert alpha[:6].tolist() == [1.0] * 6
    assert alpha[6:].tolist() == pytest.approx([float(SCHEDULE.alpha(torch.tensor(0.3)))] * 12)


def test_levels_start_near_their_neighbours() -> None:
    table = Denoiser(ModelConfig(16, heads=2, levels=64), Vocabulary(3, levels=64)).embedding.token
    of_levels = table.weight[-66:-2]
    near = (of_levels[1:] - of_levels[:-1]).norm(dim=1).mean()
    far = (of_levels[32:] - of_levels[:32]).norm(dim=1).mean()
    assert near < 0.7 * far
