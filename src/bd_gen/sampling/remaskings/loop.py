"""ReMDM-loop (arXiv:2503.00307, appendix): mask and reveal on the spot, then finish."""

from bd_gen.sampling.parameters import Shown, parameter
from bd_gen.sampling.remaskings.cap import ETA
from bd_gen.sampling.steps import GroupState, Tensor, TimeGrid, Transition, Visibility
from bd_gen.sampling.strategies import Remasking, remasking


@remasking("loop")
class Looped(Remasking):
    """sigma = min(eta, sigma_max) where the time grid stands still, else none.

    Of the sampler's own time, the part from 1 to `t_on` leads to where a share `alpha_on` is
    visible; from `t_on` to `t_off` the forward process stands still there while tokens are
    masked and revealed again; the rest leads to the end (`grid.looped_steps`).
    """

    eta: float = parameter(*ETA)
    t_on: float = parameter("(0, 1)", "where it begins, on the sampler's own clock", 0.55)
    t_off: float = parameter("(0, 1)", "where it ends", 0.05)
    alpha_on: float = parameter("(0, 1)", "share of visible tokens meanwhile", 0.9, word="alpha")

    has_switch = False
    instead = {"t_switch": "t_on and t_off"}  # noqa: RUF012 - a ClassVar, as its base says
    stored_together = ("remasking_loop", ("t_on", "t_off", "alpha_on"))
    paper = "arXiv:2503.00307"
    shown = (
        Shown(
            "go to 90 % visible, mask and reveal there for a while, then finish",
            "min({eta}, σ_max) while the process stands still at 90 % visible, else 0",
            (0.02, 0.55, 0.05, 0.9),
        ),
    )

    def __post_init__(self) -> None:
        if not 0 < self.t_off < self.t_on < 1:
            raise ValueError(
                "remasking.t_on and t_off must satisfy 0 < t_off < t_on < 1, "
                f"got {self.t_on} and {self.t_off}"
            )
        super().__post_init__()

    def sigma(self, state: GroupState, transition: Transition) -> Tensor:  # noqa: ARG002
        """See `Remasking`."""
        stands = transition.alpha_s == transition.alpha_t
        return transition.sigma_max.clamp(max=self.eta) * stands

    def grid(self, visibility: Visibility, steps: int, positions: Tensor) -> TimeGrid:
        """Down, on the spot, down."""
        from bd_gen.sampling.grid import looped_steps

        return looped_steps(visibility, steps, positions, self.t_on, self.t_off, self.alpha_on)
