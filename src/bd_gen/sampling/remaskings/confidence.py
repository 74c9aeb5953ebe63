"""ReMDM-conf (arXiv:2503.00307): the doubtful is masked again, as published results have it."""

from bd_gen.sampling.parameters import Shown
from bd_gen.sampling.steps import GroupState, Tensor, Transition
from bd_gen.sampling.strategies import Remasking, remasking


@remasking("confidence")
class Confidence(Remasking):
    """sigma_max shared out among revealed positions by softmax of their negated confidence.

    As the published results have it: masked again after the step's reveals, which makes up for
    nothing, so that fewer tokens are visible than in the forward process. `compensated` is the
    same sigma in ReMDM's posterior.
    """

    acts_after = True
    always_named = ("t_switch",)  # as published
    paper = "arXiv:2503.00307"
    shown = (
        Shown(
            "doubtful tokens go, by shares of sigma_max, at t < {t_switch} (published)",
            "as published, after the step's reveals and without making up for it: "
            "σ_max · softmax(−ψ), ψ the p that each visible token had when it was revealed",
            (0.5,),
        ),
    )

    def sigma(self, state: GroupState, transition: Transition) -> Tensor:
        """See `Remasking`."""
        return transition.sigma_max * shares_of_doubt(state, transition.rows)


def shares_of_doubt(state: GroupState, rows: Tensor) -> Tensor:
    """(r, N) softmax of the negated confidence of what may be masked again; 0 elsewhere."""
    may_go = ~state.is_given[rows] & ~state.is_masked[rows]
    doubt = (-state.confidence[rows]).masked_fill(~may_go, -float("inf"))
    return doubt.softmax(dim=1).nan_to_num()  # no revealed position: no share
