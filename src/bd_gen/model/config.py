"""Size and shape of a denoiser."""

from dataclasses import dataclass

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

    def __post_init__(self) -> None:
        for name in ("width", "layers", "heads", "mlp_ratio"):
            if type(getattr(self, name)) is not int:
                raise ValueError(f"model.{name} must be a whole number")
            if getattr(self, name) < 1:
                raise ValueError(f"model.{name} must be at least 1, got {getattr(self, name)}")
        if self.activation not in ACTIVATIONS:
            raise ValueError(
                f"model.activation must be one of {', '.join(ACTIVATIONS)}, got {self.activation!r}"
            )
        if self.width % self.heads:
            raise ValueError(f"model.heads ({self.heads}) must divide model.width ({self.width})")
