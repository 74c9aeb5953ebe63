"""The training loop."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from bd_gen.diagrams.tokens import num_rooms_of
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.diffusion.corruption import spread_levels
from bd_gen.diffusion.likelihood import bound_in_nats
from bd_gen.diffusion.objective import CleanGroup, corrupt, masked_loss
from bd_gen.diffusion.process import FixedProcess, ForwardProcess, LearnedProcess
from bd_gen.diffusion.schedules import schedule_named
from bd_gen.errors import InputError
from bd_gen.models.config import ModelConfig
from bd_gen.models.denoiser import Denoiser
from bd_gen.models.device import autocast
from bd_gen.models.learned_rates import LearnedRates
from bd_gen.training.batches import BatchOrder, noise_seed
from bd_gen.training.checkpoint_limits import check_numbers
from bd_gen.training.config import TrainingConfig
from bd_gen.training.optimizers import make_optimizers, scale_rates
from bd_gen.training.processes import Alone, Processes, share_of, sum_gradients
from bd_gen.training.renumbering import Renumbering

LEARNED = "learned"
"""The name that stands for a learned forward process where a noise schedule is named."""


@dataclass(frozen=True)
class Progress:
    """What the loop tells after a step.

    Attributes:
        step: steps taken so far.
        values: numbers to log, if any: `train/nats`, `train/grad_norm`, `train/learning_rate`,
            and after a validation `validation/nats`.
        is_checkpoint: the state is worth saving now.
    """

    step: int
    values: Mapping[str, float]
    is_checkpoint: bool


_ROUND_TO = 512  # masked tokens of a batch, rounded up: few shapes, few kernels to compile


class Trained(nn.Module):
    """What training changes: the denoiser and, if it is learned, the forward process.

    Args:
        config: size of the denoiser.
        vocabulary: the layout of a row.
        noise: name of the noise schedule, or "learned".
        estimator: how a fixed process draws masks.
    """

    def __init__(
        self, config: ModelConfig, vocabulary: Vocabulary, noise: str, estimator: str = "count"
    ) -> None:
        super().__init__()
        self.denoiser = Denoiser(config, vocabulary)
        self.rates = LearnedRates(vocabulary) if noise == LEARNED else None
        self.noise = noise
        self.estimator = estimator

    @property
    def process(self) -> ForwardProcess:
        """The forward process, with the present rates if it is learned."""
        if self.rates is not None:
            return LearnedProcess(self.rates)
        return FixedProcess(schedule_named(self.noise), self.estimator)


class Trainer:
    """Model, average, optimiser and data of one run.

    Args:
        model_config: size of the denoiser.
        config: the loop's settings; `precision` is resolved ("float32" or "bfloat16").
        noise: name of the noise schedule, or "learned".
        tokens: (N, length) uint8 training rows.
        validation_tokens: (M, length) uint8 held-out rows; may be empty.
        vocabulary: the layout of a row.
        device: where everything lives; the whole data set is kept there.
        reverse: (N, num_edges) relations seen from the other room, for `config.renumber`.
        processes: among which every batch is divided; this one alone if None.

    Attributes:
        step: optimiser steps taken.
        is_between_steps: False while a step is under way and the weights are between two states.
        wants_to_stop: set it to end all processes after one and the same step.
        has_to_stop: some process wanted to, and all know it since the last step.
    """

    def __init__(
        self,
        model_config: ModelConfig,
        config: TrainingConfig,
        noise: str,
        tokens: np.ndarray,
        validation_tokens: np.ndarray,
        vocabulary: Vocabulary,
        device: torch.device,
        reverse: np.ndarray | None = None,
        processes: Processes | None = None,
    ) -> None:
        self.config = config
        self.processes: Processes = Alone() if processes is None else processes
        self.wants_to_stop = False
        self.has_to_stop = False
        self.vocabulary = vocabulary
        self.device = device
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(config.seed)
            self.model = Trained(model_config, vocabulary, noise, config.estimator)
        self.model.to(device)
        self.average = AveragedModel(self.model, multi_avg_fn=_running_average(config.ema))
        self.optimizers = make_optimizers(self.model, config)
        self.step = 0
        self.is_between_steps = True
        self._validation_tokens = validation_tokens[: config.num_validation]
        self._order = BatchOrder(num_rooms_of(tokens, vocabulary), config.batch_size, config.seed)
        self._tokens = torch.tensor(np.ascontiguousarray(tokens), device=device)
        self._positions = {
            stratum.num_rooms: torch.tensor(
                vocabulary.real_positions(stratum.num_rooms).tolist(), device=device
            )
            for stratum in self._order.strata
        }
        self._generator = torch.Generator(device=device)
        self._reverse: Tensor | None = None
        if config.renumber:
            if reverse is None:
                raise ValueError("renumbering needs the relations seen from the other room")
            self._reverse = torch.tensor(np.ascontiguousarray(reverse), device=device)
        self._renumbering = {
            stratum.num_rooms: Renumbering(stratum.num_rooms, device)
            for stratum in self._order.strata
        }

    @property
    def averaged(self) -> "Trained":
        """The model that gets sampled."""
        module = self.average.module
        assert isinstance(module, Trained)  # noqa: S101 - what it was made from
        return module

    def run(self) -> Iterator[Progress]:
        """Train to the last step; yields after every step, so that the caller may stop."""
        config = self.config
        losses: list[Tensor] = []
        while self.step < config.steps:
            learning_rate = self._set_learning_rate()
            self.is_between_steps = False
            loss, norm = self._take_step()
            losses.append(loss)
            self.step += 1
            self.is_between_steps = True
            is_last = self.step == config.steps
            is_checkpoint = self.step % config.validate_every == 0 or is_last
            values: dict[str, float] = {}
            if self.step % config.log_every == 0 or is_last:
                values = {
                    "train/nats": float(torch.stack(losses).mean()),
                    "train/grad_norm": float(norm),
                    "train/learning_rate": learning_rate,
                }
                losses.clear()
            if values or is_checkpoint:
                # Here, not in every step: a GPU need not be waited for. Weights that are not
                # finite never replace a good checkpoint.
                self._check_finite(loss, norm)
            if is_checkpoint and len(self._validation_tokens) and self.processes.rank == 0:
                values["validation/nats"] = self.validate()
            yield Progress(self.step, values, is_checkpoint)

    def validate(self) -> float:
        """The bound of the averaged model on held-out diagrams, in nats per diagram."""
        averaged = self.averaged
        with autocast(self.config.precision, self.device):
            return bound_in_nats(
                averaged.denoiser, self._validation_tokens, averaged.process, repeats=2
            )

    def _check_finite(self, loss: Tensor, norm: Tensor) -> None:
        if not (math.isfinite(float(loss)) and math.isfinite(float(norm))):
            raise InputError(
                f"training: the loss or its gradient is not finite at step {self.step}; "
                "a smaller training.learning_rate may help"
            )

    def _take_step(self) -> tuple[Tensor, Tensor]:
        self._generator.manual_seed(noise_seed(self.config.seed, self.step))
        groups = self._clean_groups()
        count = sum(len(group.tokens) for group in groups)
        level = spread_levels(count, self._generator, self.device)
        corrupter = self.model.process.in_training(self.step / self.config.steps)
        corruptions = corrupt(groups, corrupter, level, self._generator)
        groups, corruptions = share_of(groups, corruptions, self.processes)
        with autocast(self.config.precision, self.device):
            masked = masked_loss(
                self.model.denoiser, groups, corruptions, self.vocabulary, _ROUND_TO
            )
            loss = masked.total / count
        self.model.zero_grad()
        loss.backward()
        told = torch.stack([loss.detach(), loss.new_tensor(float(self.wants_to_stop))])
        loss, stops = sum_gradients(self.processes, self.model.parameters(), told)
        if self.processes.count > 1:
            self.has_to_stop = bool(stops > 0)
        norm = nn.utils.clip_grad_norm_(self.model.parameters(), self.config.clip)
        for optimizer in self.optimizers:
            optimizer.step()
        self.average.update_parameters(self.model)
        return loss, norm

    def _clean_groups(self) -> list[CleanGroup]:
        groups = []
        rows_of = self._order.batch(self.step)
        for stratum, rows in zip(self._order.strata, rows_of, strict=True):
            chosen = torch.from_numpy(rows).to(self.device)
            positions = self._positions[stratum.num_rooms]
            real = self._tokens[chosen][:, positions].long()
            if self._reverse is not None:
                pairs = positions[stratum.num_rooms :] - self.vocabulary.n_max
                reverse = self._reverse[chosen][:, pairs].long()
                real = self._renumbering[stratum.num_rooms](real, reverse, self._generator)
            groups.append(CleanGroup(stratum.num_rooms, real, stratum.weight))
        return groups

    def _set_learning_rate(self) -> float:
        factor = rate_factor(self.config, self.step)
        scale_rates(self.optimizers, factor)
        return self.config.learning_rate * factor

    def state_dict(self) -> dict[str, Any]:
        """Everything that an exact continuation needs, as tensors and plain containers."""
        return {
            "model": self.model.state_dict(),
            "average": self.average.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
            "step": self.step,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from a `state_dict`.

        Raises:
            InputError: it belongs to a model of another shape.
        """
        try:
            check_numbers(self.model.state_dict(), state["model"])
            self.model.load_state_dict(state["model"])
            self.average.load_state_dict(state["average"])
            for optimizer, part in zip(self.optimizers, state["optimizers"], strict=True):
                optimizer.load_state_dict(part)
            self.step = int(state["step"])
        except (AttributeError, LookupError, RuntimeError, TypeError, ValueError) as error:
            reason = " ".join(str(error).split())
            raise InputError(f"training state does not fit this run: {reason[:160]}") from None


def rate_factor(config: TrainingConfig, step: int) -> float:
    """The learning rate of step 0, 1, 2, ... as a share of its full value."""
    factor = min(1.0, (step + 1) / max(1, config.warmup_steps))
    if config.decay == "cosine" and step >= config.warmup_steps:
        span = max(1, config.steps - config.warmup_steps)
        done = min(1.0, (step - config.warmup_steps) / span)
        factor *= 0.01 + 0.99 * 0.5 * (1.0 + math.cos(math.pi * done))
    return factor


def _running_average(
    decay: float,
) -> Callable[[tuple[Tensor, ...] | list[Tensor], tuple[Tensor, ...] | list[Tensor], Any], None]:
    """EMA whose decay grows from 0.1 to `decay`, so that it forgets the initial weights."""

    @torch.no_grad()
    def update(averaged: Any, current: Any, num_averaged: Any) -> None:
        taken = float(num_averaged)
        now = min(decay, (1.0 + taken) / (10.0 + taken))
        torch._foreach_lerp_(list(averaged), list(current), 1.0 - now)

    return update
