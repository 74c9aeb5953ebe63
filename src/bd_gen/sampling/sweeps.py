"""Sweeps: tokens of a complete diagram are drawn again from their own conditionals.

A Gibbs sweep (Geman and Geman, 1984) masks a token of a complete diagram and draws it anew given
all the others, until all had their turn. It leaves a distribution with these conditionals where
it is, and brings any other one nearer: it mends what the way to the diagram got wrong.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from bd_gen.sampling.noise import Stream
from bd_gen.sampling.state import GroupState, Reveal
from bd_gen.sampling.steps import Course
from bd_gen.sampling.strategies import SWEEP_KINDS


@dataclass(frozen=True)
class _Plan:
    """One sweep of b diagrams: L tokens in turn, given ones left out.

    Attributes:
        column: (b, L) int64 which token.
        visit: (b, L) int64 the how-manieth block it belongs to.
        blocks: (b, B, N) bool tokens of the blocks, in the order of their turns.
        first_step: the step that keys the order of the blocks; their tokens have the next B.
    """

    column: Tensor
    visit: Tensor
    blocks: Tensor
    first_step: int


def sweep_reveals(state: GroupState, course: Course, kind: str, sweeps: int) -> Iterator[Reveal]:
    """Reveals of a group of complete diagrams, one token of each of them a call.

    Before a reveal is given out, its token (or the block of which it is the first) is masked; the
    next one may be asked for as soon as its value stands in the state.

    Args:
        state: complete diagrams, with tokens given at the same positions; the values of these may
            differ, as those of limited tokens do.
        course: what they followed; sweeps have a stream of noise of their own.
        kind: a key of `SWEEP_KINDS`.
        sweeps: how many.
    """
    rows = torch.arange(len(state.samples), device=state.samples.device)
    for sweep in range(sweeps):
        plan = _plan(state, course, SWEEP_KINDS[kind]().blocks(state), sweep)
        before = torch.full_like(rows, -1)
        for column, visit in zip(plan.column.T, plan.visit.T, strict=True):
            begins = (visit != before)[:, None]
            state.mask(rows, plan.blocks[rows, visit] & begins)
            before = visit
            candidates = torch.zeros_like(state.is_masked).scatter_(1, column[:, None], value=True)
            time = course.time_of_visible((~state.is_masked).sum(dim=1))
            step = plan.first_step + 1 + visit
            yield Reveal(rows, time, step, candidates, None, torch.zeros_like(candidates))


def _plan(state: GroupState, course: Course, blocks: Tensor, sweep: int) -> _Plan:
    noise, samples = course.noise.of(Stream.SWEEP), state.samples[:, None]
    count = len(blocks)
    first_step = sweep * (count + 1)
    # Block l is known by token l: for rooms that is their own, and rooms come first.
    step = torch.full_like(samples, first_step)
    turn = noise.step(samples, step, state.positions[None, :count]).reveal.argsort(
        dim=1, stable=True
    )
    chosen = blocks[turn] & ~state.is_given[:, None]
    shape = (len(samples), int(chosen[0].sum()))
    _, visit, column = (part.view(shape) for part in chosen.nonzero(as_tuple=True))
    drawn = noise.step(samples, first_step + 1 + visit, state.positions[column]).reveal
    order = (visit + drawn).argsort(dim=1, stable=True)
    return _Plan(column.gather(1, order), visit.gather(1, order), chosen, first_step)
