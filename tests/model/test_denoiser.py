import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from tests.rplan import EDGE_MASK, EDGE_PAD, NODE_MASK, NODE_PAD
from torch import Tensor

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.config import ModelConfig
from bd_gen.model.denoiser import Denoiser
from bd_gen.model.packing import PackedBatch, pack, pack_padded

RowsMaker = Callable[..., tuple[np.ndarray, np.ndarray]]
ModelMaker = Callable[..., Denoiser]

SIZES = {8: (1, 4, 4, 5, 7, 8, 8), 14: (2, 6, 9, 9, 14)}
both_sizes = pytest.mark.parametrize("n_max", [8, 14])
with_and_without_time = pytest.mark.parametrize("time_conditioning", [False, True])


def padded(rows: np.ndarray, sizes: np.ndarray, vocabulary: Vocabulary) -> PackedBatch:
    is_real = torch.from_numpy(vocabulary.real_mask(sizes))
    return pack_padded(torch.from_numpy(rows), is_real, vocabulary)


def packed(rows: np.ndarray, sizes: np.ndarray, vocabulary: Vocabulary) -> PackedBatch:
    """Rows sorted by size as a packed batch."""
    groups = []
    for n in np.unique(sizes):
        real = rows[sizes == n][:, vocabulary.real_positions(int(n))]
        groups.append((int(n), torch.from_numpy(real)))
    return pack(groups, vocabulary)


def at_real(logits: Tensor, sizes: np.ndarray, vocabulary: Vocabulary) -> Tensor:
    """Logits of a padded batch at its real positions, in the order of the packed batch."""
    return logits[torch.from_numpy(vocabulary.real_mask(sizes)).reshape(-1)]


@both_sizes
@with_and_without_time
def test_a_packed_batch_gives_what_the_padded_one_gives(
    make_rows: RowsMaker, make_model: ModelMaker, n_max: int, time_conditioning: bool
) -> None:
    vocabulary = Vocabulary(n_max)
    rows, sizes = make_rows(SIZES[n_max], vocabulary)
    model = make_model(vocabulary, time_conditioning)
    time = torch.linspace(0.1, 0.9, len(sizes)).double()
    plain = at_real(model(padded(rows, sizes, vocabulary), time), sizes, vocabulary)
    tight = model(packed(rows, sizes, vocabulary), time)
    assert tight.std(dim=0)[:11].min() > 0.05  # the comparison below could fail
    torch.testing.assert_close(tight, plain, rtol=1e-6, atol=1e-6)


@both_sizes
def test_what_stands_in_pad_positions_has_no_influence(
    make_rows: RowsMaker, make_model: ModelMaker, n_max: int
) -> None:
    vocabulary = Vocabulary(n_max)
    rows, sizes = make_rows(SIZES[n_max], vocabulary)
    model = make_model(vocabulary)
    rubbish = np.random.default_rng(1).integers(0, 11, rows.shape)
    other = np.where(vocabulary.real_mask(sizes), rows, rubbish)
    assert (other != rows).any()
    torch.testing.assert_close(
        at_real(model(padded(other, sizes, vocabulary)), sizes, vocabulary),
        at_real(model(padded(rows, sizes, vocabulary)), sizes, vocabulary),
        rtol=0,
        atol=0,
    )


@with_and_without_time
def test_other_diagrams_of_the_batch_have_no_influence(
    make_rows: RowsMaker, make_model: ModelMaker, time_conditioning: bool
) -> None:
    vocabulary = Vocabulary(8)
    rows, sizes = make_rows((3, 5, 5, 8), vocabulary)
    model = make_model(vocabulary, time_conditioning)
    time = torch.tensor([0.2, 0.4, 0.6, 0.8]).double()
    together = model(packed(rows, sizes, vocabulary), time)
    start = 0
    for k, n in enumerate(sizes):
        alone = model(packed(rows[k : k + 1], sizes[k : k + 1], vocabulary), time[k : k + 1])
        length = int(vocabulary.num_real(int(n)))
        torch.testing.assert_close(together[start : start + length], alone, rtol=1e-6, atol=1e-6)
        start += length


def test_every_token_of_a_diagram_has_an_influence_on_every_other(
    make_rows: RowsMaker, make_model: ModelMaker
) -> None:
    vocabulary = Vocabulary(4)
    rows, sizes = make_rows((4,), vocabulary)
    model = make_model(vocabulary)
    before = model(packed(rows, sizes, vocabulary))[:, :11]
    for position in range(vocabulary.length):
        other = rows.copy()
        other[0, position] = (other[0, position] + 1) % 10
        change = (model(packed(other, sizes, vocabulary))[:, :11] - before).abs().amax(dim=1)
        assert change.min() > 1e-4


@with_and_without_time
def test_chosen_tokens_get_the_rows_that_all_tokens_get(
    make_rows: RowsMaker, make_model: ModelMaker, time_conditioning: bool
) -> None:
    vocabulary = Vocabulary(8)
    rows, sizes = make_rows((4, 6, 6), vocabulary)
    model = make_model(vocabulary, time_conditioning)
    batch, time = packed(rows, sizes, vocabulary), torch.tensor([0.1, 0.5, 0.9]).double()
    everything = model(batch, time)
    assert everything.shape == (10 + 21 + 21, Vocabulary().num_values)
    for at in ([], [0], [51, 3, 3, 17], list(range(52))):
        chosen = model(batch, time, torch.tensor(at, dtype=torch.long))
        assert chosen.shape == (len(at), Vocabulary().num_values)
        torch.testing.assert_close(chosen, everything[at], rtol=1e-6, atol=1e-6)


@both_sizes
def test_mask_and_pad_cannot_be_predicted(
    make_rows: RowsMaker, make_model: ModelMaker, n_max: int
) -> None:
    vocabulary = Vocabulary(n_max)
    assert min(NODE_MASK, NODE_PAD) >= Vocabulary().num_values
    rows, sizes = make_rows(SIZES[n_max], vocabulary)
    batch = packed(rows, sizes, vocabulary)
    logits = make_model(vocabulary)(batch)
    assert logits.dtype == torch.float32
    assert logits.shape == (len(batch.tokens), Vocabulary().num_values)
    is_edge = batch.positions >= n_max
    assert (logits[is_edge][:, [EDGE_MASK, EDGE_PAD]] == -math.inf).all()
    assert torch.isfinite(logits[is_edge][:, :EDGE_MASK]).all()
    assert torch.isfinite(logits[~is_edge]).all()
    probabilities = logits.softmax(dim=1)
    torch.testing.assert_close(probabilities.sum(dim=1), torch.ones(len(logits)))
    assert (probabilities[is_edge][:, [EDGE_MASK, EDGE_PAD]] == 0).all()


@with_and_without_time
def test_an_untrained_model_knows_nothing(make_rows: RowsMaker, time_conditioning: bool) -> None:
    """The head starts at zero: every room type and every relation is equally likely."""
    vocabulary = Vocabulary(8)
    rows, sizes = make_rows((4, 8), vocabulary)
    config = ModelConfig(16, 2, 2, time_conditioning=time_conditioning)
    batch = packed(rows, sizes, vocabulary)
    logits = Denoiser(config, vocabulary)(batch, torch.tensor([0.3, 0.7]))
    is_edge = batch.positions >= 8
    assert (logits[~is_edge] == 0).all()
    assert (logits[is_edge][:, :11] == 0).all()


def test_time_matters_with_time_conditioning(make_rows: RowsMaker, make_model: ModelMaker) -> None:
    vocabulary = Vocabulary(8)
    rows, sizes = make_rows((5, 5), vocabulary)
    model, batch = make_model(vocabulary, True), packed(rows, sizes, vocabulary)
    early = model(batch, torch.tensor([0.1, 0.5]).double())
    late = model(batch, torch.tensor([0.9, 0.5]).double())
    change = (late - early)[:, :11].abs().amax(dim=1)
    assert change[:15].min() > 1e-3  # the first diagram's time is another
    assert change[15:].max() == 0  # the second one's is not
    with pytest.raises(ValueError, match="needs a time for every diagram"):
        model(batch)


def test_time_does_not_matter_without_time_conditioning(
    make_rows: RowsMaker, make_model: ModelMaker
) -> None:
    vocabulary = Vocabulary(8)
    rows, sizes = make_rows((5, 5), vocabulary)
    model, batch = make_model(vocabulary), packed(rows, sizes, vocabulary)
    with_time = model(batch, torch.tensor([0.1, 0.9]).double())
    torch.testing.assert_close(with_time, model(batch), rtol=0, atol=0)


@with_and_without_time
def test_every_parameter_learns_once_the_head_has_moved(
    make_rows: RowsMaker, make_model: ModelMaker, time_conditioning: bool
) -> None:
    vocabulary = Vocabulary(4)
    rows, sizes = make_rows((4, 4, 3), vocabulary)
    model = make_model(vocabulary, time_conditioning)
    logits = model(packed(rows, sizes, vocabulary), torch.rand(3).double())
    logits[:, :11].pow(2).sum().backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().sum() > 0, name


def test_in_bfloat16_logits_stay_close_and_float32(
    make_rows: RowsMaker, make_model: ModelMaker
) -> None:
    vocabulary = Vocabulary(8)
    rows, sizes = make_rows((4, 6), vocabulary)
    model, batch = make_model(vocabulary).float(), packed(rows, sizes, vocabulary)
    exact = model(batch)
    with torch.autocast("cpu", torch.bfloat16):
        rounded = model(batch)
    assert rounded.dtype == torch.float32
    torch.testing.assert_close(rounded[:, :11], exact[:, :11], rtol=0.1, atol=0.1)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@with_and_without_time
def test_a_gpu_gives_what_the_cpu_gives(
    make_rows: RowsMaker, make_model: ModelMaker, time_conditioning: bool
) -> None:
    vocabulary = Vocabulary(8)
    rows, sizes = make_rows(SIZES[8], vocabulary)
    model, time = make_model(vocabulary, time_conditioning), torch.linspace(0, 1, 7).double()
    batch = packed(rows, sizes, vocabulary)
    here = model(batch, time)
    moved = replace(batch, tokens=batch.tokens.cuda(), positions=batch.positions.cuda())
    there = model.cuda()(moved, time.cuda())
    torch.testing.assert_close(there.cpu(), here, rtol=1e-5, atol=1e-5)
