"""The order of confidence: the place first, then its value."""

from bd_gen.sampling.grid_order import CountedOrder
from bd_gen.sampling.parameters import Shown
from bd_gen.sampling.steps import Tensor
from bd_gen.sampling.strategies import order


@order("confidence")
class ConfidenceOrder(CountedOrder):
    """The positions whose most probable value is most probable, chosen before any is drawn."""

    may_be_exact = True
    paper = "arXiv:2502.06768"
    shown = (
        Shown(
            "the place whose best value is most probable, chosen before drawing",
            "as many as in llada, where max p is largest; the value is drawn after the place is "
            "chosen",
        ),
    )

    def score(self, probabilities: Tensor, drawn: Tensor) -> Tensor:  # noqa: ARG002
        """The largest probability."""
        return probabilities.amax(dim=1)
