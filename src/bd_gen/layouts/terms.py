"""Sums of variables that several costs are made of."""

from bd_gen.layouts.constraints import X0, X1, Y0, Y1
from bd_gen.layouts.cp_sat import Model

SIDES = {"left": X0, "above": Y0, "right": X1, "below": Y1}
OPPOSITE = {X0: X1, Y0: Y1, X1: X0, Y1: Y0}


def reach(a: int, b: int, word: str) -> list[tuple[int, int]]:
    """How far side a lies beyond side b, seen from outside in that direction: a - b or b - a."""
    sign = 1 if word in ("left", "above") else -1
    return [(a, sign), (b, -sign)]


def least_of(model: Model, target: int, alternatives: list[list[tuple[int, int]]]) -> None:
    """`target` is at least the least of these sums."""
    chosen = [model.integer(0, 1) for _ in alternatives] if len(alternatives) > 1 else [None]
    for terms, only_if in zip(alternatives, chosen, strict=True):
        model.linear([*terms, (target, -1)], high=0, only_if=only_if)
    if len(alternatives) > 1:
        model.any_of([boolean for boolean in chosen if boolean is not None])
