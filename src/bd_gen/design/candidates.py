"""Diagrams to choose from, and how many were drawn for them."""

from dataclasses import dataclass, field

import numpy as np


@dataclass
class Funnel:
    """How many diagrams came how far.

    Attributes:
        drawn: by rejection and as particles.
        satisfying: the rules.
        sound: connected, with room types and containments that homes have.
        new: not seen before, in whatever order of the rooms.
        tried: asked for a layout; no more than were needed.
        laid_out: with a layout.
        undecided: whose layout was not decided within the limits.
        ended_by_the_clock: those of them where the clock was the limit, not effort; another run may
            decide them otherwise, and give other plans.
        acceptance: share of rejection's draws that satisfy the rules; nan if it never drew.
        share: particles' estimate of the share of the model's diagrams that satisfy the rules,
            given what was given to the model; nan if there were none.
    """

    drawn: int = 0
    satisfying: int = 0
    sound: int = 0
    new: int = 0
    tried: int = 0
    laid_out: int = 0
    undecided: int = 0
    ended_by_the_clock: int = 0
    acceptance: float = float("nan")
    share: float = float("nan")

    @property
    def used_particles(self) -> bool:
        """Did particles take the place of rejection?"""
        return not np.isnan(self.share)


@dataclass
class Candidates:
    """Diagrams that satisfy the brief, likeliest first.

    Attributes:
        tokens: (K, length) uint8 rows.
        nats: (K,) float64 -log p of each given what was given to the model: log-mean-exp over
            two orders, a bound in expectation (see `diffusion.nats`).
        chosen: the likeliest ones that differ enough from one another, at most `count`.
        away: (K,) relations in which each differs from the plan that it should be like; None
            without one. Then they are sorted by it first.
        without_layout: a few (length,) rows that satisfy the rules and have no layout.
        funnel: how they were found.
    """

    tokens: np.ndarray
    nats: np.ndarray
    chosen: list[int]
    away: np.ndarray | None = None
    without_layout: list[np.ndarray] = field(default_factory=list)
    funnel: Funnel = field(default_factory=Funnel)
