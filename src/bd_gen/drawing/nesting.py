"""Which bubbles are drawn within which, and how large the outer ones must be."""

from dataclasses import dataclass

import numpy as np

from bd_gen.diagrams.diagram import Diagram
from bd_gen.drawing.appearance import bubble_radii

MIN_GAP = 0.12
"""Free space that is always left between two bubbles, in radii of a living room."""
PADDING = 0.08
"""Space between a bubble and the one around it."""
LABEL_WIDTH = 1.0
LABEL_HEIGHT = 0.3
"""Space for the label of a bubble with others in it, at its top or bottom."""

_ROUNDS = 40
_DENSITY = 0.66  # share of a disc that smaller ones in it fill


@dataclass(frozen=True)
class Nesting:
    """The containment relations of a diagram as a forest.

    A picture can show each bubble in one other only. Where relations ask for more, or for a
    circle of containments, the first that fits is drawn and the others become lines.

    Attributes:
        parents: for each room the one in whose bubble it is drawn, or -1.
        inner_first: all rooms, each before its parent.
        least_radii: (n,) radius of each bubble were it empty.
        radii: (n,) radius of each bubble, large enough for those in it in most arrangements.
        spaces: (n, n) least free space between two bubbles in the same one.
    """

    parents: tuple[int, ...]
    inner_first: tuple[int, ...]
    least_radii: np.ndarray
    radii: np.ndarray
    spaces: np.ndarray

    def children(self, room: int) -> list[int]:
        """Rooms drawn directly within `room`."""
        return [k for k, parent in enumerate(self.parents) if parent == room]

    def chain(self, room: int) -> list[int]:
        """`room` and the rooms around it, from the inside out."""
        chain = [room]
        while self.parents[chain[-1]] >= 0:
            chain.append(self.parents[chain[-1]])
        return chain


def nesting_of(diagram: Diagram, gap: float) -> Nesting:
    """Decide which bubbles are drawn within which; `gap` is the space between joined bubbles."""
    n = diagram.num_rooms
    around: list[set[int]] = [set() for _ in range(n)]
    for i, j, relation in diagram.edges:
        if relation == diagram.words.inside:
            around[i].add(j)
        elif relation == diagram.words.surrounding:
            around[j].add(i)
    base = bubble_radii(diagram.words)[list(diagram.room_types)]
    parents = [-1] * n
    for room in range(n):
        # The innermost of the rooms around this one lies itself in most of the others.
        by_depth = sorted(around[room], key=lambda k: (-len(around[k] & around[room]), base[k], k))
        for candidate in by_depth:
            if not _leads_to(parents, candidate, room):
                parents[room] = candidate
                break
    depth = [_depth(parents, room) for room in range(n)]
    inner_first = tuple(sorted(range(n), key=lambda k: (-depth[k], k)))
    radii = base.copy()
    for room in inner_first:
        inner = [radii[k] for k in range(n) if parents[k] == room]
        if inner:
            radii[room] = max(radii[room], _radius_around(np.array(inner), gap))
    spaces = np.full((n, n), MIN_GAP)
    for i, j, _ in diagram.edges:
        spaces[i, j] = spaces[j, i] = max(MIN_GAP, 0.85 * gap)
    return Nesting(tuple(parents), inner_first, base, radii, spaces)


def _leads_to(parents: list[int], start: int, goal: int) -> bool:
    while start >= 0:
        if start == goal:
            return True
        start = parents[start]
    return False


def _depth(parents: list[int], room: int) -> int:
    depth = 0
    while parents[room] >= 0:
        room = parents[room]
        depth += 1
    return depth


def _radius_around(inner: np.ndarray, gap: float) -> float:
    if len(inner) == 1:
        packed = inner[0]
    elif len(inner) == 2:
        packed = inner.sum() + gap / 2
    else:
        packed = np.sqrt(((inner + gap / 3) ** 2).sum() / _DENSITY)
    return float(packed + LABEL_HEIGHT / 2 + 2 * PADDING)


def label_strip(radius: np.ndarray | float) -> np.ndarray | float:
    """How far from the rim of a bubble with others in it the space for its label reaches."""
    return radius - np.sqrt(np.maximum(radius**2 - LABEL_WIDTH**2 / 4, 0)) + LABEL_HEIGHT


def fit_children(
    centres: np.ndarray, radii: np.ndarray, nesting: Nesting, label_sides: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Space nested bubbles out until none overlap, then make those around them fit.

    Args:
        centres: (n, 2) centres.
        radii: (n,) radii.
        nesting: which bubbles are drawn within which.
        label_sides: (n,) -1 if a bubble's label stands at its top, 1 if at its bottom.

    Returns:
        centres (n, 2) and radii (n,).
    """
    centres, radii = centres.copy(), radii.copy()
    for room in nesting.inner_first:
        inner = nesting.children(room)
        if not inner:
            continue
        placed = separated(centres[inner], radii[inner], nesting.spaces[np.ix_(inner, inner)])
        for child, place in zip(inner, placed, strict=True):
            shift = place - centres[child]
            for k in range(len(radii)):
                if child in nesting.chain(k):
                    centres[k] += shift
        # Around the middle of the inner bubbles the outer one is often smaller.
        reach = radii[inner][:, None]
        middle = ((placed - reach).min(axis=0) + (placed + reach).max(axis=0)) / 2
        middle[1] += label_sides[room] * LABEL_HEIGHT / 2
        least = float(nesting.least_radii[room])
        fits = [
            (_radius_at(place, placed, radii[inner], label_sides[room], least), place)
            for place in (centres[room], (centres[room] + middle) / 2, middle)
        ]
        radii[room], centres[room] = min(fits, key=lambda fit: fit[0])
    return centres, radii


def _radius_at(
    centre: np.ndarray, inner: np.ndarray, inner_radii: np.ndarray, side: float, least: float
) -> float:
    """The radius that a bubble around others needs at a place, with its label's strip free."""
    offsets = inner - centre
    radius = max(least, float((np.linalg.norm(offsets, axis=1) + inner_radii).max()) + PADDING)
    deepest = float((side * offsets[:, 1] + inner_radii).max())
    while radius - label_strip(radius) < deepest:
        radius *= 1.02
    return radius


def separated(centres: np.ndarray, radii: np.ndarray, spaces: np.ndarray) -> np.ndarray:
    """(n, 2) centres of discs moved apart, first in pairs, then all together.

    In the end two discs have the free space between them that `spaces` (n, n) asks for.
    """
    if len(radii) < 2:
        return centres
    i, j = np.triu_indices(len(radii), 1)
    needed = radii[i] + radii[j] + spaces[i, j]
    for _ in range(_ROUNDS):
        offset = centres[i] - centres[j]
        distance = np.maximum(np.linalg.norm(offset, axis=1), 1e-6)
        missing = needed - distance
        if missing.max() <= 0:
            return centres
        # A little more than half each, so that the last overlaps vanish in few rounds.
        push = (0.51 * np.maximum(missing, 0) / distance)[:, None] * offset
        centres = centres.copy()
        np.add.at(centres, i, push)
        np.subtract.at(centres, j, push)
    distance = np.maximum(np.linalg.norm(centres[i] - centres[j], axis=1), 1e-6)
    middle = centres.mean(axis=0)
    return middle + max(1.0, (needed / distance).max()) * (centres - middle)
