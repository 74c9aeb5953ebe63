"""Which optimiser changes which weights.

`muon` takes the matrices of the transformer's blocks, whose steps it orthogonalises (Muon, as in
arXiv:2502.16982); everything else, and with `adamw` every weight, is AdamW's. A learned law over
orders has an Adam of its own.
"""

from collections.abc import Iterable

import torch
from torch import nn
from torch.optim import Optimizer

from bd_gen.errors import InputError
from bd_gen.training.config import TrainingConfig

LAW = "law."
"""Where the names of the weights of a learned law over orders begin."""
_RATE = "full_rate"
"""Key of a parameter group: its learning rate after warm-up and before decay."""


def make_optimizers(model: nn.Module, config: TrainingConfig) -> list[Optimizer]:
    """The optimisers of a model; every weight belongs to one of them.

    Raises:
        InputError: Muon is asked for and this torch has none.
    """
    law = [p for name, p in model.named_parameters() if name.startswith(LAW)]
    rest = [(name, p) for name, p in model.named_parameters() if not name.startswith(LAW)]
    return [*_of_denoiser(rest, config), *([_of_law(law, config)] if law else [])]


def _of_law(parameters: Iterable[nn.Parameter], config: TrainingConfig) -> Optimizer:
    """A rate of its own and no decay: a law has few weights, and 0 is no better than others."""
    return _with_full_rate(torch.optim.Adam(parameters, lr=config.order_learning_rate))


def _of_denoiser(named: list[tuple[str, nn.Parameter]], config: TrainingConfig) -> list[Optimizer]:
    if config.optimizer == "adamw":
        return [_adamw([parameter for _, parameter in named], config)]
    if not hasattr(torch.optim, "Muon"):
        raise InputError(
            f"training.optimizer=muon: needs torch 2.9 or newer, this is {torch.__version__}"
        )
    matrices: list[nn.Parameter] = []
    others: list[nn.Parameter] = []
    for name, parameter in named:
        (matrices if ".blocks." in name and parameter.ndim == 2 else others).append(parameter)
    muon = torch.optim.Muon(
        matrices, lr=config.muon_learning_rate, weight_decay=config.weight_decay
    )
    return [_adamw(others, config), _with_full_rate(muon)]


def _adamw(parameters: Iterable[nn.Parameter], config: TrainingConfig) -> Optimizer:
    return _with_full_rate(
        torch.optim.AdamW(
            parameters, lr=config.learning_rate, weight_decay=config.weight_decay, fused=True
        )
    )


def _with_full_rate(optimizer: Optimizer) -> Optimizer:
    for group in optimizer.param_groups:
        group[_RATE] = group["lr"]
    return optimizer


def scale_rates(optimizers: Iterable[Optimizer], factor: float) -> None:
    """Set every learning rate to `factor` times its full value."""
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["lr"] = group[_RATE] * factor
