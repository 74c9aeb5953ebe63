"""The architecture of the published system, for checkpoints that come from it.

A diffusion transformer as in DiT (arXiv:2212.09748): affine norms that the time modulates in every
block and once more before the heads, exact GELU, the time t itself (not 1000 t) in the sinusoids.
Rooms that bound an edge share one table. It is built of the parts of `Denoiser`.
"""

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - the name that everybody uses

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.config import ModelConfig
from bd_gen.model.denoiser import Denoiser
from bd_gen.model.embeddings import TimeEmbedding
from bd_gen.model.learned_rates import LearnedRates
from bd_gen.model.packing import PackedBatch
from bd_gen.model.transformer import Block


@dataclass(frozen=True)
class PublishedConfig(ModelConfig):
    """Size of a published denoiser.

    Attributes:
        condition_width: features of the embedded time.
        num_frequencies: sines, and as many cosines, of the time.

    Raises:
        ValueError: a number that makes no sense.
    """

    time_conditioning: bool = True
    condition_width: int = 128
    num_frequencies: int = 128

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("condition_width", "num_frequencies"):
            value = getattr(self, name)
            if type(value) is not int or value < 1:
                raise ValueError(f"model.{name} must be a whole number from 1, got {value!r:.40}")


class PublishedBlock(Block):
    """A block with affine norms, exact GELU and a condition of its own width."""

    def __init__(self, config: PublishedConfig) -> None:
        super().__init__(config)
        self.attention_norm = nn.LayerNorm(config.width)
        self.mlp_norm = nn.LayerNorm(config.width)
        self.mlp[1] = nn.GELU()
        self.modulation = nn.Linear(config.condition_width, 6 * config.width)


class PublishedDenoiser(Denoiser):
    """p(x0 | x_t, t) as the published system computes it; the interface is that of `Denoiser`."""

    config: PublishedConfig

    def __init__(self, config: PublishedConfig, vocabulary: Vocabulary) -> None:
        super().__init__(config, vocabulary)
        self.final_modulation = nn.Linear(config.condition_width, 2 * config.width)

    def _time_embedding(self) -> TimeEmbedding:
        config = self.config
        return TimeEmbedding(config.condition_width, config.num_frequencies, scale=1.0)

    def _block(self) -> Block:
        return PublishedBlock(self.config)

    def _normed(
        self, x: Tensor, batch: PackedBatch, condition: Tensor | None, at: Tensor | None
    ) -> Tensor:
        assert condition is not None  # noqa: S101 - `forward` has asked for a time
        spread = batch.of_samples(self.final_modulation(F.silu(condition)))
        if at is not None:
            spread = spread.index_select(0, at)
        shift, scale = spread.chunk(2, dim=1)
        return self.norm(x) * (1 + scale) + shift


class PublishedRates(LearnedRates):
    """The published rate network: one hidden layer less than `LearnedRates`, and its own range.

    Args:
        vocabulary: the layout of the row.
        embedding: features of a slot.
        hidden: features of the hidden layer.
        powers: K, the highest power of t.
        gamma_min: gamma at t = 0.
        gamma_max: gamma at t = 1.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        embedding: int = 32,
        hidden: int = 64,
        powers: int = 4,
        gamma_min: float = LearnedRates.gamma_min,
        gamma_max: float = LearnedRates.gamma_max,
    ) -> None:
        super().__init__(vocabulary, embedding, hidden, powers)
        self.gamma_min, self.gamma_max = gamma_min, gamma_max
        self.node_map = nn.Linear(embedding, embedding)
        self.edge_map = nn.Linear(embedding, embedding)
        self.mlp = nn.Sequential(nn.Linear(embedding, hidden), nn.SiLU(), nn.Linear(hidden, powers))
