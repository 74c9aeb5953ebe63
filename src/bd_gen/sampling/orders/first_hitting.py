"""First hitting (arXiv:2409.02908): a token a call, at the times of the reverse process."""

from bd_gen.sampling.parameters import Shown
from bd_gen.sampling.steps import Course, GroupState, Reveal, Tensor
from bd_gen.sampling.strategies import Order, order


@order("first_hitting")
class FirstHitting(Order):
    """One position a call, in the order in which the reverse process hits them.

    Position l is visible at time t iff u_l <= alpha_l(t) for its own uniform u_l, so it is
    revealed at the time where alpha_l(t) = u_l. The law is that of the random order with
    infinitely many steps. A learned law over orders takes the place of all this.
    """

    may_be_exact = True
    has_steps = False
    default_sweeps = 2  # more mend little, and each costs as much as drawing the diagram
    paper = "arXiv:2409.02908"
    shown = (
        Shown(
            "one token a call, at the times of the reverse process itself",
            "one token a call: token l goes at the time where α_l(t) = u_l, u_l uniform",
        ),
    )

    def next_reveal(self, state: GroupState, course: Course) -> Reveal | None:
        """See `Order`."""
        from bd_gen.sampling.grid import LawVisibility
        from bd_gen.sampling.learned_order import reveal_by_law
        from bd_gen.sampling.state import Reveal

        rows = state.is_masked.any(dim=1).nonzero()[:, 0]
        if not len(rows):
            return None
        if isinstance(course.visibility, LawVisibility):
            return reveal_by_law(state, rows, course.visibility, course.noise)

        def hit() -> Tensor:
            drawn = course.noise.order(state.samples[:, None], state.positions[None])
            return course.visibility.time_of(drawn, state.positions)

        times = course.once(hit)[rows]
        first = times.masked_fill(~state.is_masked[rows], -1.0).argmax(dim=1, keepdim=True)
        nothing = state.is_masked.new_zeros(times.shape)
        candidates = nothing.scatter(1, first, value=True)
        step = state.step[rows]
        state.step[rows] += 1
        return Reveal(rows, times.gather(1, first)[:, 0], step, candidates, None, nothing)
