"""The plain sampling loop: every step, every diagram, PAD in the batch, one network call each.

It gives the same samples as `bd_gen.sampling.sampler` (a test holds the two against each other)
and is what that one's speed is measured against.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.diffusion.schedules import Schedule
from bd_gen.models.denoiser import Denoiser
from bd_gen.models.packing import pack_padded
from bd_gen.sampling.method import Method
from bd_gen.sampling.noise import KeyedNoise


@torch.inference_mode()
def naive_samples(
    denoiser: Denoiser,
    vocabulary: Vocabulary,
    schedule: Schedule,
    num_rooms: np.ndarray,
    method: Method,
    seed: int,
    samples: Sequence[int],
) -> np.ndarray:
    """(len(samples), length) uint8 rows by `random` or `llada` unmasking without remasking."""
    noise = KeyedNoise(seed)
    is_real = torch.from_numpy(vocabulary.real_mask(num_rooms))
    pad = torch.from_numpy(vocabulary.pad_row.copy()).long()
    mask = torch.from_numpy(vocabulary.mask_row.copy()).long()
    tokens = torch.where(is_real, mask, pad)
    is_masked = is_real.clone()
    key = torch.tensor(list(samples))[:, None]
    positions = torch.arange(vocabulary.length)[None]
    times = torch.linspace(1.0, 0.0, method.steps + 1, dtype=torch.float64)
    alphas = schedule.alpha(times)
    alphas[-1] = 1.0
    for step in range(method.steps):
        time = times[step].float().expand(len(tokens))
        logits = denoiser(pack_padded(tokens, is_real, vocabulary), time).double()
        drawn = noise.step(key, torch.tensor([[step]]), positions)
        values = method.decoding.draw(logits, drawn.value.reshape(-1)).view_as(tokens)
        if method.unmasking == "random":
            chance = (alphas[step + 1] - alphas[step]) / (1.0 - alphas[step])
            revealed = is_masked & (drawn.reveal < chance)
        else:
            confidence = logits.softmax(dim=1).gather(1, values.reshape(-1, 1)).view_as(drawn.reveal)
            revealed = _most_confident(confidence, is_masked, is_real, 1.0 - float(alphas[step + 1]))
        tokens = torch.where(revealed, values, tokens)
        is_masked &= ~revealed
    return tokens.numpy().astype(np.uint8)


def _most_confident(
    confidence: Tensor, is_masked: Tensor, is_real: Tensor, share_left: float
) -> Tensor:
    left = (share_left * is_real.sum(dim=1).double()).round().long()
    count = (is_masked.sum(dim=1) - left).clamp(min=0)
    ranked = confidence.masked_fill(~is_masked, -torch.inf)
    place = ranked.argsort(dim=1, descending=True, stable=True).argsort(dim=1)
    return is_masked & (place < count[:, None])
