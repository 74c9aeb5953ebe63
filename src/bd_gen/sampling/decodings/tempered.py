"""Temperature: sharper or flatter than the model's own probabilities."""

from typing import Any

from bd_gen.sampling.parameters import Shown, parameter
from bd_gen.sampling.steps import Tensor
from bd_gen.sampling.strategies import Decoding, decoding

TEMPERATURE = ("[0, inf)", "0 takes the most probable value")


@decoding("tempered", stem="")
class Tempered(Decoding):
    """Draws from p^(1/temperature), normalised."""

    temperature: float = parameter(*TEMPERATURE, default=1.0, word="temp")

    always_named = ("temperature",)
    shown = (
        Shown("draw from the model's probabilities (eval.temperature={temperature})",
              "draw from p", (1,)),
        Shown("draw from p^(1/{temperature}), normalised (eval.temperature={temperature})",
              "draw from p^(1/{temperature}), normalised", (0.8,)),
    )  # fmt: skip

    def __post_init__(self) -> None:
        super().__post_init__()
        check_positive(self.temperature)

    @property
    def is_exact(self) -> bool:
        """At temperature 1."""
        return self.temperature == 1.0

    @classmethod
    def is_chosen(cls, values: dict[str, Any]) -> bool:  # noqa: ARG003
        """Where nothing else is."""
        return True

    def draw(self, logits: Tensor, noise: Tensor) -> Tensor:
        """See `Decoding`."""
        from bd_gen.sampling.inverse_cdf import inverse_cdf, tempered

        return inverse_cdf(tempered(logits, self.temperature), noise)


def check_positive(temperature: float) -> None:
    """Refuse temperature 0, at which nothing can be drawn.

    Raises:
        ValueError: it is 0.
    """
    if temperature == 0:
        raise ValueError(f"temperature must be positive, got {temperature}")
