"""The order of a learned law: one position a call, chosen by what is visible so far.

argmax over masked l of log w_l(S) + Gumbel noise is a draw from the law's next-token
probabilities. The law sees which tokens are visible, the types of visible rooms and which rooms
are joined, but never the value that is about to be drawn, so that the samples of an exact denoiser
follow its distribution, also around given tokens.
"""

import torch

from bd_gen.sampling.grid import LawVisibility
from bd_gen.sampling.noise import KeyedNoise
from bd_gen.sampling.state import GroupState, Reveal


def reveal_by_law(
    state: GroupState, rows: torch.Tensor, visibility: LawVisibility, noise: KeyedNoise
) -> Reveal:
    """The next reveal of some diagrams of a group, each of which has a masked token.

    Args:
        state: of the group; the steps of `rows` move on.
        rows: (r,) int64 which diagrams.
        visibility: the law, and the schedule that tells a model with time input its time.
        noise: the random numbers of the seed.
    """
    step, is_masked = state.step[rows], state.is_masked[rows]
    drawn = noise.step(state.samples[rows, None], step[:, None], state.positions[None])
    gumbel = -(-drawn.reveal.log()).log()
    weights = visibility.law.log_weights(state.values[rows], ~is_masked).double()
    chosen = (weights + gumbel).masked_fill(~is_masked, -torch.inf).argmax(dim=1, keepdim=True)
    candidates = torch.zeros_like(is_masked).scatter_(1, chosen, value=True)
    state.step[rows] += 1
    time = visibility.schedule.time_of((~is_masked).double().mean(dim=1))
    return Reveal(rows, time, step, candidates, None, torch.zeros_like(candidates))
