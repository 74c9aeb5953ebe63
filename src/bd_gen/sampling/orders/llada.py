"""The order of LLaDA (arXiv:2502.09992): draw everything, keep the most confident draws."""

from bd_gen.sampling.grid_order import CountedOrder
from bd_gen.sampling.parameters import Shown
from bd_gen.sampling.steps import Tensor
from bd_gen.sampling.strategies import order


@order("llada")
class LladaOrder(CountedOrder):
    """Draw a value for every masked position and keep the most confident draws.

    Published and biased: values that happen to be likely come first.
    """

    may_be_exact = False
    is_stochastic = False
    paper = "LLaDA, arXiv:2502.09992"
    shown = (
        Shown(
            "draw all masked tokens, keep the most confident draws",
            "draw a value for every masked token, keep the draws of highest p; N(1 − α_s), "
            "rounded, stay masked",
        ),
    )

    def score(self, probabilities: Tensor, drawn: Tensor) -> Tensor:
        """The probability of the drawn value."""
        return probabilities.gather(1, drawn[:, None])[:, 0]
