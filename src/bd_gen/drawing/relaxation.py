"""The forces between bubbles, for many diagrams at once.

Every array has one row a diagram, padded to the largest number of rooms; a padded bubble takes
part in nothing. The number of steps is fixed, so a diagram's place does not depend on which
others are placed with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.words import Words
from bd_gen.drawing.nesting import PADDING, Nesting, label_strip

_SIDES = {"left": (0, -1), "right": (0, 1), "above": (1, -1), "below": (1, 1)}


@lru_cache(maxsize=64)
def directions(words: Words) -> np.ndarray:
    """(R, 2) sign of x and of y (downwards) of room i as seen from room j; 0 means level."""
    signs = np.zeros((words.num_relations, 2))
    for k, relation in enumerate(words.relations):
        for word in relation.means.split("-"):
            if word in _SIDES:
                axis, sign = _SIDES[word]
                signs[k, axis] = sign
    signs.setflags(write=False)
    return signs


_BOX = 0.5**0.5  # half the side of the box that stands for a bubble, the square in it, in radii
_BEYOND = 0.1  # how far beyond that box a centre should lie
_LEVEL_WEIGHT = 0.3  # "left-of" says little about y
# Shares of a violation that one step removes.
_ZONE, _APART, _TOGETHER, _GRAVITY, _CLEAR = 0.2, 0.4, 0.06, 0.006, 0.4
_AT_ONCE = 3  # bubbles that may push one at full strength; with more each pushes less
_LONGEST_MOVE = 0.5


@dataclass(frozen=True)
class Forces:
    """What acts between the bubbles of D diagrams of up to n rooms.

    Attributes:
        radii: (D, n); 0 for padding.
        low, high: (D, n, n, 2) bounds of centre i minus centre j that relations ask for.
        near: (D, n, n) space to which joined bubbles are pulled together; infinite for others.
        apart: (D, n, n) space that bubbles in the same bubble keep; -infinite for others.
        parent: (D, n, n) 1 where bubble i is drawn directly within bubble j.
        carried: (D, n, n) 1 where bubble i is bubble j or lies within it.
        edges: (D, E, 2) joined rooms, padded with (0, 0).
        obstacle: (D, E, n) bool: bubbles that the line of an edge should not cross.
    """

    radii: np.ndarray
    low: np.ndarray
    high: np.ndarray
    near: np.ndarray
    apart: np.ndarray
    parent: np.ndarray
    carried: np.ndarray
    edges: np.ndarray
    obstacle: np.ndarray


def forces_of(diagrams: Sequence[Diagram], nestings: Sequence[Nesting], gap: float) -> Forces:
    """Collect the forces of each diagram; `gap` is the space between joined bubbles."""
    size, n = len(diagrams), max(d.num_rooms for d in diagrams)
    num_edges = max(1, *(len(d.edges) for d in diagrams))
    forces = Forces(
        radii=np.zeros((size, n)),
        low=np.full((size, n, n, 2), -np.inf),
        high=np.full((size, n, n, 2), np.inf),
        near=np.full((size, n, n), np.inf),
        apart=np.full((size, n, n), -np.inf),
        parent=np.zeros((size, n, n)),
        carried=np.zeros((size, n, n)),
        edges=np.zeros((size, num_edges, 2), np.intp),
        obstacle=np.zeros((size, num_edges, n), bool),
    )
    for d, (diagram, nesting) in enumerate(zip(diagrams, nestings, strict=True)):
        _fill(forces, d, diagram, nesting, gap)
    return forces


def _fill(forces: Forces, d: int, diagram: Diagram, nesting: Nesting, gap: float) -> None:
    m = diagram.num_rooms
    forces.radii[d, :m] = nesting.radii
    for room in range(m):
        chain = nesting.chain(room)
        forces.carried[d, room, chain] = 1
        forces.parent[d, room, chain[1:2]] = 1
    parents = np.array(nesting.parents)
    siblings = (parents[:, None] == parents) & ~np.eye(m, dtype=bool)
    space = np.where(parents < 0, 1.3, 0.5) * gap
    forces.apart[d, :m, :m] = np.where(siblings, space, -np.inf)
    kin = (forces.carried[d] + forces.carried[d].T).astype(bool)
    low, high, near, apart = forces.low[d], forces.high[d], forces.near[d], forces.apart[d]
    for e, (i, j, relation) in enumerate(diagram.edges):
        if kin[i, j]:
            continue
        near[i, j] = near[j, i] = gap
        if siblings[i, j]:
            apart[i, j] = apart[j, i] = gap
        sign = directions(diagram.words)[relation]
        if sign.any():
            low[i, j], high[i, j] = _zone(sign, nesting.radii[j])
            low[j, i], high[j, i] = -high[i, j], -low[i, j]
        forces.edges[d, e] = i, j
        forces.obstacle[d, e, :m] = ~(kin[i, :m] | kin[j, :m])


def _zone(sign: np.ndarray, radius: float) -> tuple[np.ndarray, np.ndarray]:
    """Bounds of x and of y, from the centre of a bubble, of the zone on these sides of it."""
    edge = _BOX * radius
    low = np.where(sign > 0, edge + _BEYOND, np.where(sign < 0, -np.inf, -edge))
    high = np.where(sign < 0, -edge - _BEYOND, np.where(sign > 0, np.inf, edge))
    return low, high


def _touching(radii: np.ndarray) -> np.ndarray:
    return radii[:, :, None] + radii[:, None]


def least_squares_start(forces: Forces) -> np.ndarray:
    """(D, n, 2) centres at which joined bubbles are as nearly as possible where they belong.

    Each axis is a weighted least-squares problem in the differences of joined rooms; rooms that
    nothing joins to the others are held near the middle.
    """
    joined = np.isfinite(forces.near)
    beyond, before = np.isfinite(forces.low), np.isfinite(forces.high)
    sign = np.where(beyond & ~before, 1.0, np.where(before & ~beyond, -1.0, 0.0))
    diagonal = (sign != 0).all(axis=-1)
    distance = np.where(joined, _touching(forces.radii) + forces.near, 0)
    distance = (distance * np.where(diagonal, 0.72, 1))[..., None]
    weight = np.where(sign != 0, 1.0, _LEVEL_WEIGHT) * joined[..., None]
    weight = weight + forces.parent[..., None] + np.swapaxes(forces.parent, 1, 2)[..., None]
    pull = (weight * sign * distance).sum(axis=2)
    n = weight.shape[1]
    starts = []
    for axis in range(2):
        w = weight[..., axis]
        laplacian = w.sum(axis=2)[..., None] * np.eye(n) - w + 1e-3 * np.eye(n)
        starts.append(np.linalg.solve(laplacian, pull[..., axis, None])[..., 0])
    start = np.stack(starts, axis=-1)
    # Two bubbles at one point could never be pushed apart: a small fan breaks ties.
    angle = 2.4 * np.arange(n)
    return start + 0.03 * np.stack([np.cos(angle), np.sin(angle)], axis=-1)


def label_sides(forces: Forces, centres: np.ndarray) -> np.ndarray:
    """(D, n) -1 where a bubble's label goes to its top, 1 to its bottom: away from its inside."""
    height = centres[..., 1]
    count = forces.parent.sum(axis=1)
    total = (np.swapaxes(forces.parent, 1, 2) @ height[..., None])[..., 0]
    mean = (total - count * height) / np.maximum(count, 1)
    return np.where(mean < -0.05, 1.0, -1.0)


def relax(forces: Forces, centres: np.ndarray, sides: np.ndarray, steps: int) -> np.ndarray:
    """(D, n, 2) centres after a number of steps; the last sixth of them only separates."""
    exists = forces.radii > 0
    count = exists.sum(axis=1)[:, None]
    for step in range(steps):
        pulling = step < steps * 5 // 6
        move = _pair_moves(forces, centres, pulling)
        move += _containment_moves(forces, centres, sides)
        if pulling:
            middle = (centres * exists[..., None]).sum(axis=1) / count
            move -= _GRAVITY * (centres - middle[:, None])
        if step % 2 and step > steps // 5:
            move += _clearing_moves(forces, centres)
        # Where everything pushes at once, as in contradictory diagrams, nothing may fly off.
        size = np.sqrt((move**2).sum(axis=-1, keepdims=True))
        move *= exists[..., None] / np.maximum(1, size / _LONGEST_MOVE)
        centres = centres + forces.carried @ move
    return centres


def _pair_moves(forces: Forces, centres: np.ndarray, pulling: bool) -> np.ndarray:
    offset = centres[:, :, None] - centres[:, None]
    distance = np.sqrt((offset**2).sum(axis=-1)) + 1e-9
    push = np.maximum(forces.low - offset, 0) - np.maximum(offset - forces.high, 0)
    space = distance - _touching(forces.radii)
    along = _APART * np.maximum(forces.apart - space, 0)
    if pulling:
        along -= _TOGETHER * np.maximum(space - forces.near, 0)
    zone = _ZONE if pulling else _ZONE / 2
    force = zone * push + (along / distance)[..., None] * offset
    pushing = (force != 0).any(axis=-1).sum(axis=2)
    return force.sum(axis=2) / np.maximum(1, pushing / _AT_ONCE)[..., None]


def _containment_moves(forces: Forces, centres: np.ndarray, sides: np.ndarray) -> np.ndarray:
    nested = forces.parent.sum(axis=2) > 0
    if not nested.any():
        return np.zeros_like(centres)
    outer = forces.parent @ centres
    radius = (forces.parent @ forces.radii[..., None])[..., 0]
    side = (forces.parent @ sides[..., None])[..., 0]
    offset = (centres - outer) * nested[..., None]
    distance = np.sqrt((offset**2).sum(axis=-1)) + 1e-9
    room = radius - forces.radii - PADDING
    out = np.maximum(distance - room, 0) * nested
    correction = -(out / distance)[..., None] * offset
    # The strip that the outer bubble's label needs is kept free, too.
    into_strip = side * offset[..., 1] - (radius - label_strip(radius) - forces.radii)
    correction[..., 1] -= side * np.maximum(into_strip, 0) * nested
    return 0.7 * correction - 0.2 * (np.swapaxes(forces.parent, 1, 2) @ correction)


def _clearing_moves(forces: Forces, centres: np.ndarray) -> np.ndarray:
    """Move bubbles off the lines of edges that they do not belong to."""
    rows = np.arange(len(centres))[:, None]
    i, j = forces.edges[..., 0], forces.edges[..., 1]
    start, end = centres[rows, i], centres[rows, j]
    along = end - start
    length = (along**2).sum(axis=-1) + 1e-9
    offset = centres[:, None] - start[:, :, None]
    where = np.clip((offset * along[:, :, None]).sum(axis=-1) / length[..., None], 0, 1)
    offset = offset - where[..., None] * along[:, :, None]
    distance = np.sqrt((offset**2).sum(axis=-1)) + 1e-9
    blocked = np.maximum(forces.radii[:, None] + PADDING - distance, 0) * forces.obstacle
    push = _CLEAR * (blocked / distance)[..., None] * offset
    move = push.sum(axis=1)
    back = push.sum(axis=2) / 2
    for ends in (i, j):
        np.subtract.at(move, (rows, ends), back)
    return move
