"""Where the bubbles of a diagram stand in the plane, from its relations alone.

No rectangles are needed, so this works for every diagram, also for one that no plan realises.
Relations are taken at their word: "i left-of j" asks for the centre of bubble i to be left of
the box around bubble j and level with it (the rule of `diagrams.relations`). A weighted
least-squares solution is the start, a relaxation with a fixed number of steps pulls joined
bubbles together and pushes others apart, and a last step makes sure that none overlap.
Rooms inside another are drawn within its bubble. There is no randomness.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bd_gen.diagrams.diagram import Diagram
from bd_gen.drawing.nesting import (
    LABEL_HEIGHT,
    Nesting,
    fit_children,
    label_strip,
    nesting_of,
    separated,
)
from bd_gen.drawing.relaxation import forces_of, label_sides, least_squares_start, relax

STEPS = (100, 50)
"""Steps of the relaxation, and of a second one once bubbles around others have been made to fit."""
GAP = 0.32
"""Space between joined bubbles that the relaxation aims at, in radii of a living room."""

_CHUNK = 64  # diagrams at a time, so that the arrays stay in the cache


@dataclass(frozen=True)
class Placement:
    """Where everything of one diagram is drawn; y grows downwards, unit: a living room's radius.

    Attributes:
        centres: (n, 2) centres of the bubbles; the middle of their bounding box is (0, 0).
        radii: (n,) radii of the bubbles.
        label_centres: (n, 2) centres of the labels.
        parents: for each room the one in whose bubble it is drawn, or -1.
    """

    centres: np.ndarray
    radii: np.ndarray
    label_centres: np.ndarray
    parents: tuple[int, ...]

    @property
    def extent(self) -> np.ndarray:
        """(2,) width and height of the bounding box of the bubbles."""
        return np.ptp(_bounds(self.centres, self.radii), axis=0)

    def depth(self, room: int) -> int:
        """Number of bubbles around that of `room`."""
        parent = self.parents[room]
        return 0 if parent < 0 else 1 + self.depth(parent)

    def is_within(self, room: int, other: int) -> bool:
        """Is the bubble of `room` drawn within that of `other`, directly or not?"""
        parent = self.parents[room]
        return parent >= 0 and (parent == other or self.is_within(parent, other))


def place(diagrams: Sequence[Diagram], gap: float = GAP) -> list[Placement]:
    """Place the rooms of each diagram; a diagram's place does not depend on the others.

    Bubbles of rooms in the same bubble, or in none, never overlap.
    """
    placements: list[Placement] = []
    for first in range(0, len(diagrams), _CHUNK):
        placements += _place_chunk(diagrams[first : first + _CHUNK], gap)
    return placements


def _place_chunk(diagrams: Sequence[Diagram], gap: float) -> list[Placement]:
    nestings = [nesting_of(diagram, gap) for diagram in diagrams]
    forces = forces_of(diagrams, nestings, gap)
    centres = least_squares_start(forces)
    sides = label_sides(forces, centres)
    for steps in STEPS:
        centres = relax(forces, centres, sides, steps)
        # Bubbles around others may turn out too small or too large: fit them, let all settle again.
        radii = forces.radii.copy()
        for d, nesting in enumerate(nestings):
            if max(nesting.parents) >= 0:
                n = len(nesting.parents)
                centres[d, :n], radii[d, :n] = fit_children(
                    centres[d, :n], radii[d, :n], nesting, sides[d, :n]
                )
        forces = replace(forces, radii=radii)
    return [_finished(*one) for one in zip(nestings, centres, forces.radii, sides, strict=True)]


def _finished(
    nesting: Nesting, centres: np.ndarray, radii: np.ndarray, sides: np.ndarray
) -> Placement:
    n = len(nesting.parents)
    centres, radii = centres[:n], radii[:n]
    top = np.flatnonzero(np.array(nesting.parents) < 0)
    shift = np.zeros((n, 2))
    shift[top] = (
        separated(centres[top], radii[top], nesting.spaces[np.ix_(top, top)]) - centres[top]
    )
    centres = centres + shift[[nesting.chain(room)[-1] for room in range(n)]]
    centres = centres - _bounds(centres, radii).mean(axis=0)
    label_centres = centres.copy()
    for room in set(nesting.parents) - {-1}:
        middle = radii[room] - label_strip(radii[room]) + LABEL_HEIGHT / 2
        label_centres[room, 1] += sides[room] * middle
    return Placement(centres, radii, label_centres, nesting.parents)


def _bounds(centres: np.ndarray, radii: np.ndarray) -> np.ndarray:
    """(2, 2) lowest and highest coordinates."""
    low = (centres - radii[:, None]).min(axis=0)
    high = (centres + radii[:, None]).max(axis=0)
    return np.stack([low, high])
