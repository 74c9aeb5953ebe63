"""What training changes: the denoiser and, if it is learned, the forward process."""

from collections.abc import Iterator

from torch import Tensor, nn

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.architectures import new_denoiser
from bd_gen.model.config import ModelConfig
from bd_gen.model.learned_rates import LearnedRates
from bd_gen.model.order_law import OrderLaw
from bd_gen.model.process import (
    BoxProcess,
    FixedProcess,
    ForwardProcess,
    LearnedOrders,
    LearnedProcess,
)
from bd_gen.model.schedules import LEARNED as LEARNED
from bd_gen.model.schedules import LEARNED_RATES as LEARNED_RATES
from bd_gen.model.schedules import schedule_named
from bd_gen.training.config import TrainingConfig
from bd_gen.training.optimizers import LAW


class Trained(nn.Module):
    """What training changes: the denoiser and, if it is learned, the forward process.

    Args:
        config: size of the denoiser.
        vocabulary: the layout of a row.
        noise: name of the noise schedule, "learned" or "learned_rates".
        training: of it, how a process masks diagrams; the usual settings if None.
    """

    def __init__(
        self,
        config: ModelConfig,
        vocabulary: Vocabulary,
        noise: str,
        training: TrainingConfig | None = None,
    ) -> None:
        super().__init__()
        training = TrainingConfig() if training is None else training
        self.denoiser = new_denoiser(config, vocabulary)
        self.rates = LearnedRates(vocabulary) if noise == LEARNED_RATES else None
        self.law = OrderLaw(vocabulary.words) if noise == LEARNED else None
        self.noise = noise
        self.estimator, self.rooms_share = training.estimator, training.rooms_share
        self.uniform_share = training.uniform_share

    def all_but_law(self) -> Iterator[nn.Parameter]:
        """Every weight but those of the law over orders."""
        return (p for name, p in self.named_parameters() if not name.startswith(LAW))

    @property
    def forward_state(self) -> dict[str, Tensor] | None:
        """The weights of a learned forward process."""
        learned = self.rates if self.law is None else self.law
        return None if learned is None else learned.state_dict()

    @property
    def process(self) -> ForwardProcess:
        """The forward process, with the present rates or law if it is learned."""
        if self.rates is not None:
            return LearnedProcess(self.rates)
        if self.law is not None:
            return LearnedOrders(self.law, self.uniform_share)
        process = BoxProcess if self.denoiser.vocabulary.levels else FixedProcess
        return process(schedule_named(self.noise), self.estimator, self.rooms_share)


def set_dropout(model: nn.Module, share: float) -> None:
    """Drop that share of the features of every dropout layer, in this model but not in copies."""
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = share
