"""What a denoiser knows of held-out diagrams: the bound in nats, and denoising accuracy."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from bd_gen.diagrams.tokens import num_rooms_of
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.diffusion.corruption import Corruption, MaskedCount
from bd_gen.diffusion.objective import CleanGroup, MaskedLoss, corrupt, masked_loss
from bd_gen.diffusion.schedules import Schedule
from bd_gen.models.denoiser import Denoiser

DENOISING_TIMES = (0.1, 0.3, 0.5, 0.7, 0.9)
_BATCH = 512


def held_out_groups(
    tokens: np.ndarray, vocabulary: Vocabulary, device: torch.device
) -> list[CleanGroup]:
    """Token rows (N, length) as groups of at most 512 diagrams of one size, in a fixed order."""
    num_rooms = num_rooms_of(tokens, vocabulary)
    groups = []
    for n in np.unique(num_rooms):
        rows = np.flatnonzero(num_rooms == n)
        for start in range(0, len(rows), _BATCH):
            part = rows[start : start + _BATCH]
            real = tokens[part][:, vocabulary.real_positions(int(n))].astype(np.int64)
            groups.append(
                CleanGroup(
                    int(n),
                    torch.from_numpy(real).to(device),
                    torch.from_numpy(part).to(device),
                )
            )
    return groups


@torch.inference_mode()
def bound_in_nats(
    denoiser: Denoiser,
    tokens: np.ndarray,
    schedule: Schedule,
    repeats: int = 4,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> float:
    """The bound on -log p(diagram | number of rooms), averaged over diagrams (N, length).

    Each diagram is masked `repeats` times; its levels cover [0, 1) evenly. The noise depends on
    `seed` alone, so that the numbers of different models and steps are comparable.
    """
    vocabulary = denoiser.vocabulary
    device = next(denoiser.parameters()).device
    # Noise is made on the CPU: the same on every device.
    generator = torch.Generator().manual_seed(seed)
    offsets = torch.rand(len(tokens), generator=generator, dtype=torch.float64)
    corrupter = MaskedCount(schedule)
    groups = held_out_groups(tokens, vocabulary, torch.device("cpu"))
    total = 0.0
    for done, group in enumerate(groups):
        for repeat in range(repeats):
            level = (offsets + repeat) / repeats
            corruptions = corrupt([group], corrupter, level, generator)
            loss = _loss_on(device, denoiser, group, corruptions[0], vocabulary)
            total += float(loss.nats) * len(group.rows) / repeats
        if progress is not None:
            progress(done + 1, len(groups))
    return total / len(tokens)


def _loss_on(
    device: torch.device,
    denoiser: Denoiser,
    group: CleanGroup,
    corruption: Corruption,
    vocabulary: Vocabulary,
) -> MaskedLoss:
    moved = CleanGroup(group.num_rooms, group.tokens.to(device), group.rows)
    there = Corruption(
        corruption.is_masked.to(device), corruption.weight.to(device), corruption.time.to(device)
    )
    return masked_loss(denoiser, [moved], [there], vocabulary)


@torch.inference_mode()
def denoising_scores(
    denoiser: Denoiser, tokens: np.ndarray, schedule: Schedule, seed: int = 0
) -> dict[str, float]:
    """Accuracy and cross-entropy of masked tokens at five times, and the bound.

    Returns:
        `denoise/{acc,ce}_{node,edge}@t=T` for T in 0.1 ... 0.9 (every token is masked with
        probability 1 - alpha(T); averages over masked tokens) and `denoise/val_elbo` in nats per
        diagram. A key whose average has no token is left out.
    """
    vocabulary = denoiser.vocabulary
    device = next(denoiser.parameters()).device
    generator = torch.Generator().manual_seed(seed)
    groups = held_out_groups(tokens, vocabulary, torch.device("cpu"))
    scores: dict[str, float] = {}
    for time in DENOISING_TIMES:
        alpha = float(schedule.alpha(torch.tensor(time)))
        sums = np.zeros((2, 3))  # node, edge: correct, cross-entropy, count
        for group in groups:
            noise = torch.rand(group.tokens.shape, generator=generator)
            ones = torch.ones(len(group.tokens))
            corruption = Corruption(noise < 1.0 - alpha, ones, time * ones)
            if not corruption.is_masked.any():
                continue
            loss = _loss_on(device, denoiser, group, corruption, vocabulary)
            sums += _sums_by_kind(loss)
        for kind, (correct, entropy, count) in zip(("node", "edge"), sums, strict=True):
            if count:
                scores[f"denoise/acc_{kind}@t={time}"] = float(correct / count)
                scores[f"denoise/ce_{kind}@t={time}"] = float(entropy / count)
    scores["denoise/val_elbo"] = bound_in_nats(denoiser, tokens, schedule, seed=seed)
    return scores


def _sums_by_kind(loss: MaskedLoss) -> np.ndarray:
    def sums(of: Tensor) -> list[Any]:
        correct = (loss.is_correct & of).sum().item()
        entropy = (loss.cross_entropy * of).double().sum().item()
        return [correct, entropy, of.sum().item()]

    return np.array([sums(~loss.is_edge), sums(loss.is_edge)])
