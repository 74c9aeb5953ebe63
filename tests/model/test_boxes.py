"""Rows with boxes: what is masked, what is predicted, and the bound."""

import math

import numpy as np
import pytest
import torch

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.box_denoiser import BoxDenoiser, num_rooms_in, smooth_levels
from bd_gen.model.config import ModelConfig
from bd_gen.model.corruption import MaskedBoxes, MaskedCount
from bd_gen.model.likelihood import bound_in_nats, denoising_scores
from bd_gen.model.packing import pack
from bd_gen.model.process import BoxProcess
from bd_gen.model.schedules import schedule_named

V = Vocabulary(3, levels=10)
SCHEDULE = schedule_named("loglinear")


def denoiser() -> BoxDenoiser:
    torch.manual_seed(0)
    return BoxDenoiser(ModelConfig(8, layers=1, heads=2, levels=10), V).eval()


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


def opinionated() -> BoxDenoiser:
    model = denoiser()
    torch.nn.init.normal_(model.head.weight)
    return model


def logits_of(row: np.ndarray, model: BoxDenoiser, n: int = 3) -> torch.Tensor:
    real = V.real_positions(n)
    return model(pack([(n, torch.from_numpy(row[None, real].astype(np.int64)))], V)).detach()


def test_logits_are_asked_for_by_token_whatever_stands_in_the_batch() -> None:
    found, model = rows(), opinionated()
    both = [(n, torch.from_numpy(some[:, V.real_positions(n)].astype(np.int64)))
            for n, some in ((2, found[10:13]), (3, found[:2]))]  # fmt: skip
    batch = pack(both, V)
    whole = model(batch).detach()
    at = torch.tensor([40, 3, 12, 60])
    torch.testing.assert_close(model(batch, at=at).detach(), whole[at])
    alone = torch.cat([logits_of(found[k], model, 2 if k >= 10 else 3) for k in (10, 11, 12, 0, 1)])
    torch.testing.assert_close(whole, alone)
    assert whole.shape == (3 * 11 + 2 * 18, 10)
    assert (whole[:3] == 0).all()
    assert (whole[3:11] != 0).all()


def test_rooms_may_stand_in_any_order() -> None:
    """Without relations, renumbering rooms renumbers what is said of their sides."""
    row, model = rows()[0], opinionated()
    row[3:6] = 10
    order = [2, 0, 1]
    turned = row.copy()
    turned[:3] = row[order]
    turned[6:] = row[6:].reshape(3, 4)[order].reshape(-1)
    one = logits_of(row, model)[6:].view(3, 4, 10)
    torch.testing.assert_close(logits_of(turned, model)[6:].view(3, 4, 10), one[order])


@pytest.mark.parametrize("place", [0, 4, 9])
def test_types_relations_and_sides_all_matter(place: int) -> None:
    row, model = rows()[0], opinionated()
    other = row.copy()
    other[place] = (row[place] + 1) % 9
    assert (logits_of(row, model)[6:] != logits_of(other, model)[6:]).any()


def test_who_is_left_of_whom_matters() -> None:
    """The relation of a pair is not seen the same way from both ends."""
    row, model = rows()[0], opinionated()
    row[:3], row[3:6], row[6:] = 1, 10, 5
    row[3] = 2  # room 0 is left of room 1, and all else is alike
    found = logits_of(row, model)[6:].view(3, 4, 10)
    assert (found[0] != found[1]).any()


def test_lengths_tell_numbers_of_rooms() -> None:
    for n in range(1, 33):
        assert num_rooms_in(n * (n + 1) // 2 + 4 * n) == n


def test_the_time_is_that_of_the_sides() -> None:
    process = BoxProcess(SCHEDULE)
    alpha = process.alpha(3, 0.3)
    assert alpha[:6].tolist() == [1.0] * 6
    assert alpha[6:].tolist() == pytest.approx([float(SCHEDULE.alpha(torch.tensor(0.3)))] * 12)


def test_levels_start_near_their_neighbours() -> None:
    of_levels = smooth_levels(64, 16)
    near = (of_levels[1:] - of_levels[:-1]).norm(dim=1).mean()
    far = (of_levels[32:] - of_levels[:32]).norm(dim=1).mean()
    assert near < 0.7 * far
    assert float(of_levels.square().mean()) == pytest.approx(1 / 16, rel=0.05)
