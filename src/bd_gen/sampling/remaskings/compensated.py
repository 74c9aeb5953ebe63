"""ReMDM-conf (arXiv:2503.00307) in ReMDM's own posterior: what goes is made up for."""

from bd_gen.sampling.parameters import Shown
from bd_gen.sampling.remaskings.confidence import shares_of_doubt
from bd_gen.sampling.steps import GroupState, Tensor, Transition
from bd_gen.sampling.strategies import Remasking, remasking


@remasking("compensated")
class Compensated(Remasking):
    """The sigma of `confidence` for revealed positions, in ReMDM's posterior.

    The published `confidence` masks after the step's reveals and makes up for nothing. Here a
    masked position, which has no confidence of its own, is compensated with the sigma that keeps
    the expected number of visible tokens near that of the forward process: about sigma_max tokens
    of a row go altogether, unless none is visible.
    """

    always_named = ("t_switch",)  # as in confidence
    paper = "arXiv:2503.00307"
    shown = (
        Shown(
            "the same, and as many more are revealed, as in the others",
            "the same σ for visible tokens, and as many more are revealed, as in the others",
            (0.5,),
        ),
    )

    def sigma(self, state: GroupState, transition: Transition) -> Tensor:
        """See `Remasking`."""
        rows, alpha = transition.rows, transition.alpha_t
        is_free = ~state.is_given[rows]
        visible = (alpha * is_free).sum(dim=1, keepdim=True)
        none_visible = (1.0 - alpha).where(is_free, 1.0).prod(dim=1, keepdim=True)
        share_of_masked = (1.0 - none_visible) / visible
        may_go = is_free & ~state.is_masked[rows]
        return transition.sigma_max * shares_of_doubt(state, rows).where(may_go, share_of_masked)
