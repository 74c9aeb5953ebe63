"""The plain sampling loop: every step, every diagram, PAD in the batch, one network call each.

It gives the same samples as `bd_gen.sampling.sampler` (a test holds the two against each other)
and is what that one's speed is measured against.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.packing import pack_padded
from bd_gen.sampling.grid import Visibility
from bd_gen.sampling.method import Method
from bd_gen.sampling.noise import KeyedNoise
from bd_gen.sampling.orders import CountedOrder
from bd_gen.sampling.remasking import Transition
from bd_gen.sampling.state import GroupState


@torch.inference_mode()
def naive_samples(
    denoiser,
    vocabulary: Vocabulary,
    visibility: Visibility,
    num_rooms: np.ndarray,
    method: Method,
    seed: int,
    samples: Sequence[int],
) -> np.ndarray:
    """(len(samples), length) uint8 rows by any method with a time grid."""
    noise, order, remasker = KeyedNoise(seed), method.order, method.remasker
    is_real = torch.from_numpy(vocabulary.real_mask(num_rooms))
    pad = torch.from_numpy(vocabulary.pad_row.copy()).long()
    mask = torch.from_numpy(vocabulary.mask_row.copy()).long()
    tokens = torch.where(is_real, mask, pad)
    key = torch.tensor(list(samples))
    positions = torch.arange(vocabulary.length)
    grid = method.grid(visibility, positions)
    rows = torch.arange(len(key))
    state = GroupState(  # PAD counts as given: it is never masked
        num_rooms=vocabulary.n_max,
        samples=key,
        positions=positions,
        ends=torch.tensor(vocabulary.ends.tolist()),
        mask_tokens=mask,
        values=tokens,
        is_masked=is_real.clone(),
        is_given=~is_real,
        confidence=torch.ones(is_real.shape, dtype=torch.float64),
        step=torch.zeros_like(key),
        calls=torch.zeros_like(key),
    )
    for step in range(grid.steps):
        alphas = [grid.alphas[k].expand(is_real.shape) for k in (step, step + 1)]
        time = grid.times[step].expand(len(rows))
        transition = Transition(rows, time, *alphas)
        tokens = torch.where(state.is_masked, mask, state.values)
        logits = denoiser(pack_padded(tokens, is_real, vocabulary), time.float(), None).double()
        drawn = noise.step(key[:, None], torch.tensor([[step]]), positions[None])
        values = method.decoding.draw(logits, drawn.value.reshape(-1))
        probabilities = logits.softmax(dim=1)
        confidence = probabilities.gather(1, values[:, None]).view(is_real.shape)
        sigma = remasker.sigma(state, transition) * (not remasker.acts_after)
        remask = is_real & ~state.is_masked & (drawn.remask < sigma)
        if isinstance(order, CountedOrder):
            score = order.score(probabilities, values).view(is_real.shape)
            revealed = _best(score, state.is_masked, is_real, remask, 1.0 - alphas[1])
        else:
            chance = transition.reveal_probability(sigma)
            revealed = state.is_masked & (drawn.reveal < chance)
        state.values = torch.where(revealed, values.view(is_real.shape), state.values)
        state.confidence = torch.where(revealed, confidence, state.confidence)
        state.is_masked = (state.is_masked & ~revealed) | remask
        if remasker.acts_after:
            may_go = is_real & ~state.is_masked
            state.is_masked |= may_go & (drawn.remask < remasker.sigma(state, transition))
    return state.values.numpy().astype(np.uint8)


def _best(
    score: Tensor, is_masked: Tensor, is_real: Tensor, remask: Tensor, share_left: Tensor
) -> Tensor:
    left = (share_left * is_real).sum(dim=1).round().long()
    masked = is_masked.sum(dim=1)
    count = torch.minimum((masked + remask.sum(dim=1) - left).clamp(min=0), masked)
    ranked = score.masked_fill(~is_masked, -torch.inf)
    place = ranked.argsort(dim=1, descending=True, stable=True).argsort(dim=1)
    return is_masked & (place < count[:, None])
