"""ReMDM-rescale (arXiv:2503.00307): a fixed part of what may be masked again is."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bd_gen.sampling.parameters import Shown, parameter
from bd_gen.sampling.remaskings.cap import ETA
from bd_gen.sampling.strategies import Remasking, remasking

if TYPE_CHECKING:
    from torch import Tensor

    from bd_gen.sampling.state import GroupState
    from bd_gen.sampling.transition import Transition


@remasking("rescale")
@dataclass(frozen=True)
class Rescale(Remasking):
    """sigma = eta sigma_max."""

    eta: float = parameter(*ETA)

    paper = "arXiv:2503.00307"
    shown = (Shown("mask again with probability {eta} sigma_max", "{eta} σ_max", (0.4,)),)

    def sigma(self, state: "GroupState", transition: "Transition") -> "Tensor":  # noqa: ARG002
        """See `Remasking`."""
        return self.eta * transition.sigma_max
