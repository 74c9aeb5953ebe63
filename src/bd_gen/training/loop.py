"""The training loop."""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.config import ModelConfig
from bd_gen.model.corruption import Corrupter, spread_levels
from bd_gen.model.device import autocast
from bd_gen.model.learned_orders import order_score
from bd_gen.model.likelihood import bound_in_nats
from bd_gen.model.objective import corrupt_by, masked_loss
from bd_gen.system.errors import InputError
from bd_gen.training.batches import noise_seed
from bd_gen.training.captured import CapturedStep, StepDraws, can_capture
from bd_gen.training.checkpoint_limits import check_numbers
from bd_gen.training.config import TrainingConfig
from bd_gen.training.optimizers import make_optimizers, plain_state, running_average, scale_rates
from bd_gen.training.own_mistakes import with_own_mistakes
from bd_gen.training.processes import Alone, Processes, share_of, sum_gradients
from bd_gen.training.supply import Supply, TrainingRows
from bd_gen.training.trained import Trained, set_dropout


@dataclass(frozen=True)
class Progress:
    """What the loop tells after a step.

    Attributes:
        step: steps taken so far.
        values: numbers to log, if any: `train/nats`, `train/grad_norm`, `train/learning_rate`,
            and after a validation `validation/nats` and the process's `more_bounds`.
        is_checkpoint: the state is worth saving now.
    """

    step: int
    values: Mapping[str, float]
    is_checkpoint: bool


_ROUND_TO = 512  # masked tokens of a batch, rounded up: few shapes, few kernels to compile


class Trainer:
    """Model, average, optimiser and data of one run.

    Args:
        model_config: size of the denoiser.
        config: the loop's settings; `precision` is resolved ("float32" or "bfloat16").
        noise: name of the noise schedule, "learned" or "learned_rates".
        rows: the training plans, with what `config.renumber` and `config.mirror` need.
        validation_tokens: (M, length) uint8 held-out rows; may be empty.
        vocabulary: the layout of a row.
        device: where everything lives; the whole data set is kept there.
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
        rows: TrainingRows,
        validation_tokens: np.ndarray,
        vocabulary: Vocabulary,
        device: torch.device,
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
            self.model = Trained(model_config, vocabulary, noise, config)
        self.model.to(device)
        self.average = AveragedModel(self.model, multi_avg_fn=running_average(config.ema))
        set_dropout(self.model, config.dropout)
        self.optimizers = make_optimizers(self.model, config)
        self.step = 0
        self.is_between_steps = True
        self._validation_tokens = validation_tokens[: config.num_validation]
        self._draws = self.model.process.draws
        self._supply = Supply(rows, vocabulary, config, self._draws, device)
        self._generator = torch.Generator(device=device)
        self._captured: CapturedStep | None = None
        if self.processes.count == 1 and can_capture(self.model, config, device):
            self._captured = CapturedStep(
                self.model, self.average, self.optimizers, self._supply, config, device
            )

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
                for name, corrupter in self.averaged.process.more_bounds().items():
                    values[f"validation/{name}"] = self.validate(corrupter)
            yield Progress(self.step, values, is_checkpoint)

    def validate(self, corrupter: Corrupter | None = None) -> float:
        """The bound of the averaged model on held-out diagrams, in nats per diagram."""
        averaged = self.averaged
        with autocast(self.config.precision, self.device):
            return bound_in_nats(
                averaged.denoiser,
                self._validation_tokens,
                averaged.process,
                repeats=2,
                corrupter=corrupter,
            )

    def _check_finite(self, loss: Tensor, norm: Tensor) -> None:
        if not (math.isfinite(float(loss)) and math.isfinite(float(norm))):
            raise InputError(
                f"training: the loss or its gradient is not finite at step {self.step}; "
                "a smaller training.learning_rate may help"
            )

    def _take_step(self) -> tuple[Tensor, Tensor]:
        draws = self._draw()
        if self._captured is not None:
            return self._captured(draws)
        groups = [group.repeated(self._draws) for group in self._supply.groups(draws.drawn)]
        count = sum(len(group.tokens) for group in groups)
        corrupter = self.model.process.in_training(self.step / self.config.steps)
        corruptions = corrupt_by(groups, corrupter, draws.level, draws.noises)
        if self._makes_mistakes:
            with autocast(self.config.precision, self.device), self._keyed_dropout():
                corruptions = with_own_mistakes(
                    self.model.denoiser,
                    groups,
                    corruptions,
                    self.config.own_mistakes,
                    self.vocabulary,
                    self._generator,
                )
        groups, corruptions = share_of(groups, corruptions, self.processes)
        with autocast(self.config.precision, self.device), self._keyed_dropout():
            masked = masked_loss(
                self.model.denoiser, groups, corruptions, self.vocabulary, _ROUND_TO
            )
            loss = masked.total / count
        prefixes = [c.log_prefix for c in corruptions if c.log_prefix is not None]
        if prefixes:
            loss = loss + order_score(masked.per_diagram, torch.cat(prefixes)) / count
        self.model.zero_grad()
        loss.backward()
        told = torch.stack([loss.detach(), loss.new_tensor(float(self.wants_to_stop))])
        loss, stops = sum_gradients(self.processes, self.model.parameters(), told)
        if self.processes.count > 1:
            self.has_to_stop = bool(stops > 0)
        if self.model.law is not None:
            # Apart: its gradient is noisier than the denoiser's and must not shrink it.
            nn.utils.clip_grad_norm_(self.model.law.parameters(), self.config.clip)
        norm = nn.utils.clip_grad_norm_(self.model.all_but_law(), self.config.clip)
        for optimizer in self.optimizers:
            optimizer.step()
        self.average.update_parameters(self.model)
        return loss, norm

    def _draw(self) -> StepDraws:
        """All random numbers of this step but those of dropout and own mistakes."""
        self._generator.manual_seed(noise_seed(self.config.seed, self.step))
        drawn = self._supply.draw(self.step, self._generator)
        counts = [len(part.rows) * self._draws for part in drawn]
        level = spread_levels(sum(counts) // self._draws, self._generator, self.device)
        lengths = [int(self.vocabulary.num_real(s.num_rooms)) for s in self._supply.order.strata]
        noises = [
            torch.rand(shape, generator=self._generator, device=self.device)
            for shape in zip(counts, lengths, strict=True)
        ]
        return StepDraws(drawn, level.repeat_interleave(self._draws), noises)

    @property
    def _makes_mistakes(self) -> bool:
        config = self.config
        return config.own_mistakes > 0 and self.step >= config.own_mistakes_from * config.steps

    @contextmanager
    def _keyed_dropout(self) -> Iterator[None]:
        """Draw what is dropped from numbers of this step; dropout takes no generator of its own."""
        if not self.config.dropout:
            yield
            return
        devices = [] if self.device.type == "cpu" else [self.device]
        with torch.random.fork_rng(devices=devices):
            torch.manual_seed(noise_seed(self.config.seed, self.step))
            yield

    def _set_learning_rate(self) -> float:
        factor = rate_factor(self.config, self.step)
        scale_rates(self.optimizers, factor)
        return self.config.learning_rate * factor

    def state_dict(self) -> dict[str, Any]:
        """Everything that an exact continuation needs, as tensors and plain containers."""
        return {
            "model": self.model.state_dict(),
            "average": self.average.state_dict(),
            "optimizers": [plain_state(optimizer) for optimizer in self.optimizers],
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
    factor = min(1.0, (step + 1) / max(1, config.warmup))
    if config.decay == "cosine" and step >= config.warmup:
        span = max(1, config.steps - config.warmup)
        done = min(1.0, (step - config.warmup) / span)
        factor *= 0.01 + 0.99 * 0.5 * (1.0 + math.cos(math.pi * done))
    return factor
