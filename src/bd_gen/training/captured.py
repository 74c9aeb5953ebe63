"""A step of training as one CUDA graph.

A step of a small model is some three thousand short kernels: on a GPU, starting them one by one
takes several times as long as running them. Captured once and replayed, they start together. So
nothing in the step may change shape or wait for the GPU: it predicts all tokens instead of the
masked ones, and what changes from step to step stands in tensors that keep their place.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.swa_utils import AveragedModel

from bd_gen.model.objective import corrupt_by, masked_loss
from bd_gen.model.process import FixedProcess
from bd_gen.training.config import TrainingConfig
from bd_gen.training.optimizers import decay_after, keep_rates_on
from bd_gen.training.supply import Drawn, Supply
from bd_gen.training.trained import Trained

_WARM_UP = 3
"""Steps before the capture, on a stream of their own, as torch asks for; they are taken back."""


class StepDraws(NamedTuple):
    """The random numbers of a step.

    Attributes:
        drawn: the diagrams, by size.
        level: (B,) float64 how much of each is masked.
        noises: (b, N) for each size, which tokens.
    """

    drawn: list[Drawn]
    level: Tensor
    noises: list[Tensor]

    def tensors(self) -> list[Tensor]:
        """All of them in a fixed order."""
        return [t for part in self.drawn for t in part] + [self.level, *self.noises]


def can_capture(model: Trained, config: TrainingConfig, device: torch.device) -> bool:
    """Whether a step is the same sequence of kernels every time: a fixed process, on a GPU."""
    return (
        device.type == "cuda"
        and config.capture == "auto"
        and type(model.process) is FixedProcess
        and not config.dropout
        and not config.own_mistakes
    )


class CapturedStep:
    """Takes steps by replaying a graph; on a CPU, by computing the same without one.

    The graph is captured at the first step, after a state was loaded: loading replaces the
    tensors that a graph knows.

    Args:
        model: what is trained.
        average: of its weights.
        optimizers: every one is made to hold its learning rates as tensors.
        supply: of clean diagrams.
        config: the loop's settings.
        device: where everything lives.
    """

    def __init__(
        self,
        model: Trained,
        average: AveragedModel,
        optimizers: Sequence[Optimizer],
        supply: Supply,
        config: TrainingConfig,
        device: torch.device,
    ) -> None:
        self._model = model
        self._average = average
        self._optimizers = optimizers
        self._supply = supply
        self._config = config
        self._device = device
        self._draws: StepDraws | None = None
        self._graph: torch.cuda.CUDAGraph | None = None
        self._told: tuple[Tensor, Tensor] | None = None
        self._weight = torch.ones((), device=device)
        self._taken = 0  # as the average counts them; asking it would wait for the GPU

    def __call__(self, draws: StepDraws) -> tuple[Tensor, Tensor]:
        """Take a step; returns its loss and the norm of its gradient, before clipping."""
        if self._draws is None:
            self._begin(draws)
        assert self._draws is not None  # noqa: S101 - just made
        for kept, new in zip(self._draws.tensors(), draws.tensors(), strict=True):
            kept.copy_(new)
        decay = decay_after(self._taken, self._config.ema) if self._taken else 0.0
        self._weight.fill_(1.0 - decay)
        if self._graph is None:
            self._told = self._compute(self._draws)
        else:
            self._graph.replay()
        self._average.n_averaged += 1
        self._taken += 1
        assert self._told is not None  # noqa: S101 - set by the capture
        loss, norm = self._told
        return loss.clone(), norm.clone()

    def _compute(self, draws: StepDraws) -> tuple[Tensor, Tensor]:
        config, model = self._config, self._model
        groups = self._supply.groups(draws.drawn)
        corrupter = model.process.in_training(0.0)  # a fixed process does not change on the way
        corruptions = corrupt_by(groups, corrupter, draws.level, draws.noises)
        model.zero_grad()
        # What autocast keeps of one step must not be used in the next.
        enabled = config.precision == "bfloat16"
        with torch.autocast(
            self._device.type, torch.bfloat16, enabled=enabled, cache_enabled=False
        ):
            masked = masked_loss(
                model.denoiser, groups, corruptions, model.denoiser.vocabulary, None
            )
            loss = masked.total / len(draws.level)
        loss.backward()
        norm = nn.utils.clip_grad_norm_(model.parameters(), config.clip)
        for optimizer in self._optimizers:
            optimizer.step()
        self._move_average()
        return loss.detach(), norm

    @torch.no_grad()
    def _move_average(self) -> None:
        """Bring the averages nearer to the weights, all in a few kernels."""
        # Any: torch's annotations leave out lists of tensors as the second of two.
        averaged: Any = list(self._average.module.parameters())
        weights: Any = list(self._model.parameters())
        steps: Any = torch._foreach_sub(weights, averaged)
        torch._foreach_mul_(steps, self._weight)
        torch._foreach_add_(averaged, steps)

    def _begin(self, draws: StepDraws) -> None:
        self._draws = StepDraws(
            [Drawn(*(tensor.clone() for tensor in part)) for part in draws.drawn],
            draws.level.clone(),
            [noise.clone() for noise in draws.noises],
        )
        keep_rates_on(self._optimizers, self._device)
        self._taken = int(self._average.n_averaged)
        if self._device.type != "cuda":
            return
        # Detached: a copy with a gradient would tie the weights to this stream, which the capture
        # must not touch.
        before = [tensor.detach().clone() for tensor in self._state()]
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _ in range(_WARM_UP):
                self._compute(self._draws)
        torch.cuda.current_stream().wait_stream(stream)
        self._take_back(before)
        graph = torch.cuda.CUDAGraph()
        # On a stream of its own: the workspace of matrix products belongs to a stream, and that of
        # torch's one capture stream would be shared by all graphs that are replayed at once.
        with torch.cuda.graph(graph, stream=stream):
            self._told = self._compute(self._draws)
        self._graph = graph

    def _state(self) -> list[Tensor]:
        """Weights, averages, and what the optimisers hold, in an order that new state only ends."""
        weights = [*self._model.parameters(), *self._average.module.parameters()]
        held = [
            value
            for optimizer in self._optimizers
            for state in optimizer.state.values()
            for value in state.values()
            if isinstance(value, Tensor)
        ]
        return weights + held

    @torch.no_grad()
    def _take_back(self, before: list[Tensor]) -> None:
        """Undo the warm-up: state that there was as it was, new state (momenta, counts) zero."""
        now = self._state()
        if len(now) != len(before):
            before = before + [torch.zeros_like(tensor) for tensor in now[len(before) :]]
        for tensor, old in zip(now, before, strict=True):
            tensor.copy_(old)
