"""Size and shape of a denoiser."""

from dataclasses import dataclass

from bd_gen.diagrams.vocabulary import MOST_LEVELS

ACTIVATIONS = ("gelu", "relu2", "swiglu")


@dataclass(frozen=True)
class ModelConfig:
    """A transformer encoder over token rows.

    Attributes:
        width: features of a token.
        layers: transformer blocks.
        heads: attention heads; divides `width`.
        mlp_ratio: hidden features of a block's MLP, in widths; with `swiglu` two thirds of them,
            so that the number of weights stays.
        activation: of the MLP: `gelu`, `relu2` (the square of ReLU, arXiv:2109.08668) or `swiglu`
            (arXiv:2002.05202).
        head_gates: whether every head's output is scaled by a gate that the token itself sets.
        time_conditioning: whether the time t enters every block by adaLN-Zero. What is masked is
            visible anyway, so a model without it loses nothing and is smaller and faster.
        levels: 0: a model of diagrams; else one of the boxes of a diagram's rooms, p(boxes |
            diagram), whose sides it knows in so many steps of the plan.

    Raises:
        ValueError: a number that makes no sense.
    """

    width: int = 128
    layers: int = 4
    heads: int = 4
    mlp_ratio: int = 4
    activation: str = "gelu"
    head_gates: bool = False
    time_conditioning: bool = False
    levels: int = 0

    def __post_init__(self) -> None:
        for name in ("width", "layers", "heads", "mlp_ratio"):
            if type(getattr(self, name)) is not int:
                raise ValueError(f"model.{name} must be a whole number")
            if getattr(self, name) < 1:
                raise ValueError(f"model.{name} must be at least 1, got {getattr(self, name)}")
        is_levels = type(self.levels) is int and (
            self.levels == 0 or 2 <= self.levels <= MOST_LEVELS
        )
        if not is_levels:
            raise ValueError(f"model.levels must be 0 or 2 to {MOST_LEVELS}, got {self.levels!r}")
        if self.levels and (self.time_conditioning or self.head_gates):
            raise ValueError(
                "model.time_conditioning and model.head_gates: false with model.levels"
            )
        if self.activation not in ACTIVATIONS:
            raise ValueError(
                f"model.activation must be one of {', '.join(ACTIVATIONS)}, got {self.activation!r}"
            )
        if self.width % self.heads:
            raise ValueError(f"model.heads ({self.heads}) must divide model.width ({self.width})")
