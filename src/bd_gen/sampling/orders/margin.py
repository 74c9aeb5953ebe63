"""The order of margins (arXiv:2502.06768): where the best value leads by most."""

from bd_gen.sampling.grid_order import CountedOrder
from bd_gen.sampling.parameters import Shown
from bd_gen.sampling.steps import Tensor
from bd_gen.sampling.strategies import order


@order("margin")
class MarginOrder(CountedOrder):
    """The positions whose best value leads the second best by most, chosen before any is drawn."""

    may_be_exact = True
    paper = "arXiv:2502.06768"
    shown = (
        Shown(
            "the place whose best value leads the second by most, chosen before drawing",
            "the same by the gap between the two largest p",
        ),
    )

    def score(self, probabilities: Tensor, drawn: Tensor) -> Tensor:  # noqa: ARG002
        """The gap between the two largest probabilities."""
        best = probabilities.topk(2, dim=1).values
        return best[:, 0] - best[:, 1]
