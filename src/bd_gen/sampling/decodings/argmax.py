"""Argmax: nothing is drawn."""

from typing import Any

from bd_gen.sampling.parameters import Shown
from bd_gen.sampling.steps import Tensor
from bd_gen.sampling.strategies import Decoding, decoding


@decoding("argmax")
class Argmax(Decoding):
    """The most probable value."""

    is_stochastic = False
    implied = {"temperature": 0.0}  # noqa: RUF012 - a ClassVar, as its base says
    shown = (Shown("take the most probable value (eval.temperature=0)", "the value of largest p"),)

    @classmethod
    def is_chosen(cls, values: dict[str, Any]) -> bool:
        """At temperature 0; with top-p that means 1, as in the published configurations."""
        return values.get("temperature") == 0 and values.get("top_p") is None

    def draw(self, logits: Tensor, noise: Tensor) -> Tensor:  # noqa: ARG002
        """See `Decoding`."""
        return logits.argmax(dim=1)
