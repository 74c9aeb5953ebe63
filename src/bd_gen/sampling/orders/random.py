"""The random order: every token by itself, as the reverse process reveals it."""

from bd_gen.sampling.grid_order import GridOrder, Step
from bd_gen.sampling.parameters import Shown
from bd_gen.sampling.steps import Tensor
from bd_gen.sampling.strategies import order


@order("random")
class RandomOrder(GridOrder):
    """Every masked position by itself, with the probability of the reverse process.

    That is (alpha_s - alpha_t) / (1 - alpha_t) without remasking.
    """

    may_be_exact = True
    paper = "MDLM, arXiv:2406.07524"
    shown = (
        Shown(
            "each masked token by itself, with the reverse process's probability",
            "each masked token is revealed with probability (α_s − α_t) / (1 − α_t), by itself",
        ),
    )

    def reveals(self, step: Step) -> tuple[Tensor, Tensor | None]:
        """See `GridOrder`."""
        return step.is_masked & (step.noise < step.transition.reveal_probability(step.sigma)), None
