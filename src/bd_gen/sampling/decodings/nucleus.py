"""Top-p (arXiv:1904.09751): the improbable values are cut off."""

from bd_gen.sampling.decodings.tempered import TEMPERATURE, check_positive
from bd_gen.sampling.parameters import Shown, parameter
from bd_gen.sampling.steps import Tensor
from bd_gen.sampling.strategies import Decoding, decoding


@decoding("nucleus", stem="")
class Nucleus(Decoding):
    """Draws from the smallest set of values that holds probability `top_p`."""

    top_p: float = parameter("(0, 1]", "nucleus in (0, 1); null means none")
    temperature: float = parameter(*TEMPERATURE, default=1.0, word="temp")

    paper = "arXiv:1904.09751"
    shown = (
        Shown("draw from the smallest set of values with probability {top_p} (eval.top_p={top_p})",
              "draw from the smallest set of values with Σp ≥ {top_p}", (0.9, 1.0)),
    )  # fmt: skip

    def __post_init__(self) -> None:
        super().__post_init__()
        check_positive(self.temperature)
        if self.top_p == 1:
            raise ValueError(f"top_p must be in (0, 1), got {self.top_p}")

    def draw(self, logits: Tensor, noise: Tensor) -> Tensor:
        """See `Decoding`."""
        from bd_gen.sampling.inverse_cdf import inverse_cdf, tempered

        probabilities = tempered(logits, self.temperature)
        ordered, index = probabilities.sort(dim=1, descending=True, stable=True)
        # A value stays if those before it do not yet hold top_p; the first always does.
        before = ordered.cumsum(dim=1) - ordered
        kept = ordered * (before < self.top_p)
        nucleus = probabilities.new_zeros(probabilities.shape).scatter_(1, index, kept)
        return inverse_cdf(nucleus, noise)
