"""Which optimiser changes which weights.

`muon` takes the matrices of the transformer's blocks, whose steps it orthogonalises (Muon, as in
arXiv:2502.16982); everything else, and with `adamw` every weight, is AdamW's. A learned law over
orders has an Adam of its own. What gets sampled is a running average of the weights.
"""

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from bd_gen.training.config import TrainingConfig
from bd_gen.training.muon import Muon

LAW = "law."
"""Where the names of the weights of a learned law over orders begin."""
_RATE = "full_rate"
"""Key of a parameter group: its learning rate after warm-up and before decay."""


def make_optimizers(model: nn.Module, config: TrainingConfig) -> list[Optimizer]:
    """The optimisers of a model; every weight belongs to one of them.

    Args:
        model: what is trained.
        config: the loop's settings; Muon's products have its `precision`.
    """
    law = [p for name, p in model.named_parameters() if name.startswith(LAW)]
    rest = [(name, p) for name, p in model.named_parameters() if not name.startswith(LAW)]
    return [*_of_denoiser(rest, config), *([_of_law(law, config)] if law else [])]


def _of_law(parameters: Iterable[nn.Parameter], config: TrainingConfig) -> Optimizer:
    """A rate of its own and no decay: a law has few weights, and 0 is no better than others."""
    return _with_full_rate(torch.optim.Adam(parameters, lr=config.order_learning_rate))


def _of_denoiser(named: list[tuple[str, nn.Parameter]], config: TrainingConfig) -> list[Optimizer]:
    matrices: list[nn.Parameter] = []
    others: dict[float, list[nn.Parameter]] = {config.learning_rate: []}
    for name, parameter in named:
        if config.optimizer == "muon" and is_matrix_of_block(name, parameter):
            matrices.append(parameter)
        else:
            others.setdefault(_adamw_rate(name, config), []).append(parameter)
    optimizers = [_adamw(others, config)]
    if matrices:
        products = torch.bfloat16 if config.precision == "bfloat16" else torch.float32
        muon = Muon(
            matrices, config.muon_learning_rate, _muon_weight_decay(config), products=products
        )
        optimizers.append(_with_full_rate(muon))
    return optimizers


def is_matrix_of_block(name: str, parameter: nn.Parameter) -> bool:
    """Whether a parameter is a matrix whose whole shape means something: Muon's with `muon`."""
    return ".blocks." in name and parameter.ndim == 2 and ".gate." not in name


def _muon_weight_decay(config: TrainingConfig) -> float:
    own = config.muon_weight_decay
    return config.weight_decay if own is None else own


def _adamw_rate(name: str, config: TrainingConfig) -> float:
    own = None
    if ".embedding." in name:
        own = config.embedding_learning_rate
    elif ".head." in name:
        own = config.head_learning_rate
    return config.learning_rate if own is None else own


def _adamw(by_rate: dict[float, list[nn.Parameter]], config: TrainingConfig) -> Optimizer:
    groups = [{"params": group, "lr": rate} for rate, group in by_rate.items() if group]
    return _with_full_rate(
        torch.optim.AdamW(
            groups, lr=config.learning_rate, weight_decay=config.weight_decay, fused=True
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
            rate = group[_RATE] * factor
            if isinstance(group["lr"], torch.Tensor):
                group["lr"].fill_(rate)
            else:
                group["lr"] = rate


def keep_rates_on(optimizers: Iterable[Optimizer], device: torch.device) -> None:
    """Hold learning rates as tensors, so that steps captured in a graph see them change."""
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["lr"] = torch.tensor(float(group["lr"]), device=device)
            if "capturable" in group:
                group["capturable"] = True


def plain_state(optimizer: Optimizer) -> dict[str, Any]:
    """The state of an optimiser as any device takes it: learning rates are numbers."""
    state = optimizer.state_dict()
    groups = []
    for group in state["param_groups"]:
        plain = {**group, "lr": float(group["lr"])}
        if "capturable" in plain:
            plain["capturable"] = False
        groups.append(plain)
    return {**state, "param_groups": groups}


Weights = tuple[Tensor, ...] | list[Tensor]


def decay_after(taken: float, decay: float) -> float:
    """Decay of the average after so many updates: from 0.1 up to `decay`.

    It grows as (1 + taken) / (10 + taken), so that the average forgets the initial weights.
    """
    return min(decay, (1.0 + taken) / (10.0 + taken))


def running_average(decay: float) -> Callable[[Weights, Weights, Any], None]:
    """The update of an `AveragedModel` with that decay."""

    @torch.no_grad()
    def update(averaged: Any, current: Any, num_averaged: Any) -> None:
        now = decay_after(float(num_averaged), decay)
        torch._foreach_lerp_(list(averaged), list(current), 1.0 - now)

    return update
