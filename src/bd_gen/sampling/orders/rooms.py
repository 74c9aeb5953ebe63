"""Room by room: a random order of rooms, each followed by its edges to the rooms before it."""

from bd_gen.sampling.parameters import Shown
from bd_gen.sampling.steps import Course, GroupState, Reveal, Tensor
from bd_gen.sampling.strategies import Order, order


@order("rooms")
class RoomOrder(Order):
    """One position a call: a room's type, then its edges to earlier rooms in random order.

    The rooms come in a random order, so that no numbering of them is preferred. Tokens that are
    known already are passed over; the others keep their order.
    """

    may_be_exact = True
    has_steps = False
    shown = (
        Shown(
            "one token a call: a random order of rooms, each with its edges to earlier ones",
            "one token a call: a random order of rooms; each room's type, then its edges to "
            "earlier rooms in random order",
        ),
    )

    def next_reveal(self, state: GroupState, course: Course) -> Reveal | None:
        """See `Order`."""
        from bd_gen.sampling.state import Reveal

        rows = state.is_masked.any(dim=1).nonzero()[:, 0]
        if not len(rows):
            return None
        is_masked = state.is_masked[rows]

        def turns() -> Tensor:
            return places(course.noise.order(state.samples[:, None], state.positions[None]), state)

        late = course.once(turns)[rows].masked_fill(~is_masked, float("inf"))
        first = late.argmin(dim=1, keepdim=True)
        nothing = is_masked.new_zeros(is_masked.shape)
        candidates = nothing.scatter(1, first, value=True)
        step = state.step[rows]
        state.step[rows] += 1
        time = course.time_of_visible((~is_masked).sum(dim=1))
        return Reveal(rows, time, step, candidates, None, nothing)


def places(drawn: Tensor, state: GroupState) -> Tensor:
    """(r, N) float64 numbers whose order is that of the tokens.

    Args:
        drawn: (r, N) float64 in [0, 1), one for each token; those of the rooms order the rooms.
        state: the group that the diagrams belong to.
    """
    first, second = state.ends.unbind(dim=1)
    turn = drawn[:, : state.num_rooms].argsort(dim=1, stable=True).argsort(dim=1).double()
    # A room comes first in its turn, at k; its edges lie between k + 1/2 and k + 1.
    last = turn[:, first].maximum(turn[:, second])
    return last + (first != second) * (0.5 + 0.5 * drawn)
