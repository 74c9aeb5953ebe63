"""ReMDM-cap (arXiv:2503.00307): at most a fixed share is masked again."""

from bd_gen.sampling.parameters import Shown, parameter
from bd_gen.sampling.steps import GroupState, Tensor, Transition
from bd_gen.sampling.strategies import Remasking, remasking

ETA = ("(0, 1]", "how much is masked again")


@remasking("cap")
class Cap(Remasking):
    """sigma = min(eta, sigma_max)."""

    eta: float = parameter(*ETA)

    paper = "arXiv:2503.00307"
    shown = (
        Shown("mask again with probability min({eta}, sigma_max)", "min({eta}, σ_max)", (0.4,)),
    )

    def sigma(self, state: GroupState, transition: Transition) -> Tensor:  # noqa: ARG002
        """See `Remasking`."""
        return transition.sigma_max.clamp(max=self.eta)
