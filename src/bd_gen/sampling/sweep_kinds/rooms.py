"""Sweeps room by room."""

from bd_gen.sampling.parameters import Shown
from bd_gen.sampling.steps import GroupState, Tensor
from bd_gen.sampling.strategies import SweepKind, sweep_kind


@sweep_kind("rooms", stem="roomsweep")
class WholeRooms(SweepKind):
    """A room and all its edges are a block."""

    block = "a room and its edges"
    paper = "Geman and Geman, 1984"
    shown = (
        Shown(
            "the same, but mask a room with its edges and draw those one by one",
            "room by room in random order: mask the room and all its edges, draw them again one by "
            "one in random order",
        ),
    )

    def blocks(self, state: GroupState) -> Tensor:
        """(n, N) bool."""
        rooms = state.ends.new_tensor(range(state.num_rooms))
        return (state.ends[None] == rooms[:, None, None]).any(dim=2)

    def calls(self, num_rooms: int) -> int:
        """n²."""
        return num_rooms * num_rooms
