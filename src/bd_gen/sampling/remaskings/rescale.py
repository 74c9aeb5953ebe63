"""ReMDM-rescale (arXiv:2503.00307): a fixed part of what may be masked again is."""

from bd_gen.sampling.parameters import Shown, parameter
from bd_gen.sampling.remaskings.cap import ETA
from bd_gen.sampling.steps import GroupState, Tensor, Transition
from bd_gen.sampling.strategies import Remasking, remasking


@remasking("rescale")
class Rescale(Remasking):
    """sigma = eta sigma_max."""

    eta: float = parameter(*ETA)

    paper = "arXiv:2503.00307"
    shown = (Shown("mask again with probability {eta} sigma_max", "{eta} σ_max", (0.4,)),)

    def sigma(self, state: GroupState, transition: Transition) -> Tensor:  # noqa: ARG002
        """See `Remasking`."""
        return self.eta * transition.sigma_max
