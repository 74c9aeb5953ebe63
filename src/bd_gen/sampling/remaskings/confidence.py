"""ReMDM-conf (arXiv:2503.00307): what the model doubted is masked again."""

from bd_gen.sampling.parameters import Shown
from bd_gen.sampling.steps import GroupState, Tensor, Transition
from bd_gen.sampling.strategies import Remasking, remasking


@remasking("confidence")
class Confidence(Remasking):
    """sigma_max shared out among revealed positions by softmax of their negated confidence.

    A masked position has no confidence of its own. It is compensated with the sigma that keeps
    the expected number of visible tokens near that of the forward process: about sigma_max tokens
    of a row go altogether, unless none is visible.
    """

    always_named = ("t_switch",)  # as published
    paper = "arXiv:2503.00307"
    shown = (
        Shown(
            "sigma_max shared out to doubtful tokens, at t < {t_switch}",
            "σ_max · softmax(−ψ), ψ the p that each visible token had when it was revealed",
            (0.5,),
        ),
    )

    def sigma(self, state: GroupState, transition: Transition) -> Tensor:
        """See `Remasking`."""
        rows, alpha = transition.rows, transition.alpha_t
        is_free = ~state.is_given[rows]
        may_go = is_free & ~state.is_masked[rows]
        doubt = (-state.confidence[rows]).masked_fill(~may_go, -float("inf"))
        shares = doubt.softmax(dim=1).nan_to_num()  # no revealed position: no share
        visible = (alpha * is_free).sum(dim=1, keepdim=True)
        none_visible = (1.0 - alpha).where(is_free, 1.0).prod(dim=1, keepdim=True)
        share_of_masked = (1.0 - none_visible) / visible
        return transition.sigma_max * shares.where(may_go, share_of_masked)
