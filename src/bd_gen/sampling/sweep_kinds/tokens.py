"""Sweeps token by token."""

from bd_gen.sampling.parameters import Shown
from bd_gen.sampling.steps import GroupState, Tensor
from bd_gen.sampling.strategies import SweepKind, sweep_kind


@sweep_kind("tokens", stem="sweep")
class SingleTokens(SweepKind):
    """Every token is a block of its own."""

    block = "one at a time"
    paper = "Geman and Geman, 1984"
    shown = (
        Shown("then draw every token again, twice, each given all the others",
              "one token at a time"),
    )  # fmt: skip

    def blocks(self, state: GroupState) -> Tensor:
        """See `SweepKind`."""
        return state.positions[:, None] == state.positions

    def calls(self, num_rooms: int) -> int:
        """n(n + 1)/2."""
        return num_rooms * (num_rooms + 1) // 2
