"""Muon: steps whose matrices are orthogonalised (arXiv:2502.16982).

B = m B + (1 - m) G, U = (1 - m) G + m B, W = (1 - r d) W - r sqrt(max(1, rows / columns)) O(U),
where O brings all singular values near 1 by five Newton-Schulz iterations. The same steps as
`torch.optim.Muon`, whose states it reads, with two differences: matrices of one shape are
iterated together, and in the precision that is asked for. torch always takes bfloat16; on a CPU
without bfloat16 products its step takes longer than the rest of a training step
(docs/experiments.md).
"""

import math
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

_COEFFICIENTS = (3.4445, -4.7750, 2.0315)
_ITERATIONS = 5
_SMALLEST_NORM = 1e-7


class Muon(torch.optim.Optimizer):
    """Orthogonalised momentum with Nesterov's look ahead and decoupled weight decay.

    Args:
        params: matrices only.
        lr: learning rate r.
        weight_decay: d.
        momentum: m.
        products: type of the iterations' matrix products.

    Raises:
        ValueError: a parameter that is not a matrix.
    """

    def __init__(
        self,
        params: Iterable[nn.Parameter],
        lr: float = 0.02,
        weight_decay: float = 0.01,
        momentum: float = 0.95,
        products: torch.dtype = torch.float32,
    ) -> None:
        super().__init__(params, {"lr": lr, "weight_decay": weight_decay, "momentum": momentum})
        self._products = products
        for parameter in self._all_parameters():
            if parameter.ndim != 2:
                raise ValueError(f"Muon takes matrices, got the shape {tuple(parameter.shape)}")

    def _all_parameters(self) -> list[nn.Parameter]:
        return [parameter for group in self.param_groups for parameter in group["params"]]

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        """Take one step along the gradients; parameters without one stay.

        Raises:
            ValueError: a closure is given; there is no use for one.
        """
        if closure is not None:
            raise ValueError("Muon takes no closure")
        for group in self.param_groups:
            by_shape: dict[torch.Size, list[nn.Parameter]] = {}
            for parameter in group["params"]:
                if parameter.grad is not None:
                    by_shape.setdefault(parameter.shape, []).append(parameter)
            for shape, parameters in by_shape.items():
                updates = torch.stack(self._momenta(parameters, group["momentum"]))
                rate = group["lr"] * math.sqrt(max(1.0, shape[0] / shape[1]))
                updates = orthogonalized(updates, self._products) * rate
                weights: list[Tensor] = [*parameters]
                torch._foreach_mul_(weights, 1.0 - group["lr"] * group["weight_decay"])
                torch._foreach_sub_(weights, list(updates.unbind()))

    def _momenta(self, parameters: list[nn.Parameter], momentum: float) -> list[Tensor]:
        gradients, averages = [], []
        for parameter in parameters:
            gradient, state = parameter.grad, self.state[parameter]
            assert gradient is not None  # noqa: S101 - the caller took only those that have one
            if "momentum_buffer" not in state:
                state["momentum_buffer"] = torch.zeros_like(gradient)
            gradients.append(gradient)
            averages.append(state["momentum_buffer"])
        torch._foreach_lerp_(averages, gradients, 1.0 - momentum)
        return list(torch._foreach_lerp(gradients, averages, momentum))


def orthogonalized(matrices: Tensor, products: torch.dtype = torch.float32) -> Tensor:
    """(K, a, b) matrices with their singular values brought to about 0.7 to 1.2."""
    is_tall = matrices.shape[1] > matrices.shape[2]
    x = matrices.mT if is_tall else matrices
    x = x.to(products)
    x = x / x.norm(dim=(1, 2), keepdim=True).clamp(min=_SMALLEST_NORM)
    a, b, c = _COEFFICIENTS
    for _ in range(_ITERATIONS):
        gram = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return (x.mT if is_tall else x).to(matrices.dtype)
