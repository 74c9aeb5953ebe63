"""What a denoiser knows of held-out diagrams: the bound in nats, and denoising accuracy."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from bd_gen.diagrams.tokens import num_rooms_of
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.corruption import Corrupter, Corruption
from bd_gen.model.denoiser import Denoiser
from bd_gen.model.objective import CleanGroup, MaskedLoss, masked_loss
from bd_gen.model.process import ForwardProcess

DENOISING_TIMES = (0.1, 0.3, 0.5, 0.7, 0.9)
_BATCH = 512
_KINDS = ("node", "edge", "side")


def held_out_groups(tokens: np.ndarray, vocabulary: Vocabulary) -> list[CleanGroup]:
    """Token rows (N, length) as groups of at most 512 diagrams of one size, in a fixed order."""
    num_rooms = num_rooms_of(tokens, vocabulary)
    groups = []
    for n in np.unique(num_rooms):
        rows = tokens[num_rooms == n][:, vocabulary.real_positions(int(n))].astype(np.int64)
        groups += [CleanGroup(int(n), part) for part in torch.from_numpy(rows).split(_BATCH)]
    return groups


@torch.inference_mode()
def bound_in_nats(
    denoiser: Denoiser,
    tokens: np.ndarray,
    process: ForwardProcess,
    repeats: int = 4,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
    corrupter: Corrupter | None = None,
) -> float:
    """The bound on -log p(diagram | number of rooms), averaged over diagrams (N, length).

    Each diagram is masked `repeats` times; its levels cover [0, 1) evenly. The noise depends on
    `seed` alone, so that the numbers of different models and steps are comparable. The masks are
    the process's own, or those of another `corrupter`.
    """
    corrupter = process.in_validation() if corrupter is None else corrupter
    # Noise is made on the CPU: the same on every device.
    generator = torch.Generator().manual_seed(seed)
    groups = held_out_groups(tokens, denoiser.vocabulary)
    total = 0.0
    for done, group in enumerate(groups, start=1):
        offset = torch.rand(len(group.tokens), generator=generator, dtype=torch.float64)
        for repeat in range(repeats):
            noise = torch.rand(group.tokens.shape, generator=generator)
            there = _moved(denoiser, (offset + repeat) / repeats, noise, group.tokens)
            loss = _loss_of(denoiser, group, corrupter(group.num_rooms, *there))
            total += float(loss.nats) * loss.num_diagrams / repeats
        if progress is not None:
            progress(done, len(groups))
    return total / len(tokens)


@torch.inference_mode()
def denoising_scores(
    denoiser: Denoiser, tokens: np.ndarray, process: ForwardProcess, seed: int = 0
) -> dict[str, float]:
    """Accuracy and cross-entropy of masked tokens at five times, and the bound.

    Returns:
        `denoise/{acc,ce}_{node,edge,side}@t=T` for T in 0.1 ... 0.9 (every token is masked with
        probability 1 - alpha(T); averages over masked tokens) and `denoise/val_elbo` in nats per
        diagram. A key whose average has no token is left out.
    """
    generator = torch.Generator().manual_seed(seed)
    groups = held_out_groups(tokens, denoiser.vocabulary)
    scores: dict[str, float] = {}
    kinds = _KINDS[: len(denoiser.vocabulary.sizes)]
    for time in DENOISING_TIMES:
        sums = np.zeros((len(kinds), 3))  # by kind: correct, cross-entropy, count
        for group in groups:
            noise = torch.rand(group.tokens.shape, generator=generator)
            is_masked = noise < 1.0 - process.alpha(group.num_rooms, time)
            times = torch.full((len(noise),), time)
            is_masked, times = _moved(denoiser, is_masked, times)
            corruption = Corruption(is_masked, torch.ones_like(times)[:, None], times)
            if is_masked.any():
                sums += _sums_by_kind(_loss_of(denoiser, group, corruption), denoiser.vocabulary)
        for kind, (correct, entropy, count) in zip(kinds, sums, strict=True):
            if count:
                scores[f"denoise/acc_{kind}@t={time}"] = float(correct / count)
                scores[f"denoise/ce_{kind}@t={time}"] = float(entropy / count)
    scores["denoise/val_elbo"] = bound_in_nats(denoiser, tokens, process, seed=seed)
    return scores


def _moved(denoiser: Denoiser, *tensors: Tensor) -> list[Tensor]:
    device = next(denoiser.parameters()).device
    return [tensor.to(device) for tensor in tensors]


def _loss_of(denoiser: Denoiser, group: CleanGroup, corruption: Corruption) -> MaskedLoss:
    (tokens,) = _moved(denoiser, group.tokens)
    return masked_loss(denoiser, [replace(group, tokens=tokens)], [corruption], denoiser.vocabulary)


def _sums_by_kind(loss: MaskedLoss, vocabulary: Vocabulary) -> np.ndarray:
    def sums(of: Tensor) -> list[float]:
        correct = (loss.is_correct & of).sum()
        entropy = (loss.cross_entropy * of).double().sum()
        return [float(correct), float(entropy), float(of.sum())]

    return np.array([sums(loss.shift == shift) for shift in np.unique(vocabulary.shifts)])
