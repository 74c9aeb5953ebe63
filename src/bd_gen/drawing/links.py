"""The lines between bubbles: which edges have one, and from where to where it runs."""

from dataclasses import dataclass

import numpy as np

from bd_gen.diagrams.diagram import Diagram
from bd_gen.drawing.nesting import INSIDE, SURROUNDING
from bd_gen.drawing.placement import Placement

_TURNS = np.array([0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6, -6]) * np.radians(9)


@dataclass(frozen=True)
class Link:
    """The line of an edge from rim to rim, from room i to room j.

    Dashed are a containment that the bubbles do not show (a bubble is drawn in one other only),
    and any other relation between two bubbles of which one is drawn in the other.
    """

    i: int
    j: int
    relation: int
    start: np.ndarray
    end: np.ndarray
    dashed: bool = False


def links_of(diagram: Diagram, placement: Placement, clearance: float) -> list[Link]:
    """The lines of a diagram; a containment that the bubbles show has none.

    A line from a room outside to a bubble with others in it keeps `clearance`, where it meets
    the rim, from lines of the same room to those in it: else two lines would look like one.
    """
    links, towards_outer = [], []
    for i, j, relation in diagram.edges:
        inner, outer = (j, i) if relation == SURROUNDING else (i, j)
        contains = relation in (INSIDE, SURROUNDING)
        if contains and placement.is_within(inner, outer):
            continue
        if placement.is_within(i, j) or placement.is_within(j, i):
            links.append(_outward(placement, i, j, relation))
        elif i in placement.parents or j in placement.parents:
            towards_outer.append(_straight(placement, i, j, relation, contains))
        else:
            links.append(_straight(placement, i, j, relation, contains))
    for link in towards_outer:
        links.append(_aside(placement, link, links, clearance))
    return sorted(links, key=lambda link: (link.i, link.j))


def _straight(placement: Placement, i: int, j: int, relation: int, dashed: bool) -> Link:
    """From centre to centre, cut off at the rims."""
    start, end = placement.centres[i], placement.centres[j]
    away = (end - start) / np.linalg.norm(end - start)
    start, end = start + placement.radii[i] * away, end - placement.radii[j] * away
    return Link(i, j, relation, start, end, dashed)


def _outward(placement: Placement, i: int, j: int, relation: int) -> Link:
    """From the rim of a bubble to the rim of the one around it, away from the latter's centre."""
    inner, outer = (i, j) if placement.is_within(i, j) else (j, i)
    away = placement.centres[inner] - placement.centres[outer]
    length = np.linalg.norm(away)
    away = away / length if length > 1e-6 else np.array([1.0, 0.0])
    start = placement.centres[inner] + placement.radii[inner] * away
    end = placement.centres[outer] + placement.radii[outer] * away
    if inner != i:
        start, end = end, start
    return Link(i, j, relation, start, end, dashed=True)


def _aside(placement: Placement, link: Link, others: list[Link], clearance: float) -> Link:
    """The line turned, at an outer bubble's rim, away from lines to the bubbles in it."""
    centres, radii = placement.centres, placement.radii
    ends = {link.i: link.start, link.j: link.end}
    for outer, room in ((link.i, link.j), (link.j, link.i)):
        crossings = [
            _crossing(other, centres[outer], radii[outer])
            for other in others
            if room in (other.i, other.j)
            and any(placement.is_within(k, outer) for k in (other.i, other.j))
        ]
        if not crossings:
            continue
        towards = centres[room] - centres[outer]
        angles = np.arctan2(towards[1], towards[0]) + _TURNS
        rim = centres[outer] + radii[outer] * np.stack([np.cos(angles), np.sin(angles)], axis=1)
        free = np.linalg.norm(rim[:, None] - np.array(crossings), axis=2).min(axis=1)
        # The smallest turn that is enough, or the best there is.
        ends[outer] = rim[int(np.argmax(np.minimum(free, clearance)))]
        away = ends[outer] - centres[room]
        ends[room] = centres[room] + radii[room] * away / np.linalg.norm(away)
    return Link(link.i, link.j, link.relation, ends[link.i], ends[link.j], link.dashed)


def _crossing(link: Link, centre: np.ndarray, radius: float) -> np.ndarray:
    """Where a line crosses a rim, near enough: the sampled point closest to it."""
    points = link.start + np.linspace(0, 1, 64)[:, None] * (link.end - link.start)
    off = np.abs(np.linalg.norm(points - centre, axis=1) - radius)
    return points[int(np.argmin(off))]
