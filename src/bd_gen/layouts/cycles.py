"""Relations that go round in a circle: the plainest reason why a diagram has no layout.

A label says where the centre of u lies. "Left of v" puts it at or before the left side of v, so
before the centre of v; likewise for the three other directions. So relations give arrows from
centre to centre on each axis, and a circle of arrows cannot be drawn.
"""

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.soundness import shortest_circle

_BEFORE, _AFTER = ("left", "above"), ("right", "below")

Step = tuple[int, int, int]
"""(a, b, relation): "a is `relation` of b", where an edge stored from b's end has its inverse."""


def shortest_cycle(diagram: Diagram) -> tuple[Step, ...]:
    """Relations that put the centres of their rooms in a circle on one axis.

    Returns:
        Steps from room to room round the circle, none shorter in this diagram; () if there is
        no circle.
    """
    known = diagram.words
    best: tuple[Step, ...] = ()
    for before, after in zip(_BEFORE, _AFTER, strict=True):
        steps: dict[tuple[int, int], Step] = {}
        arrows: dict[int, list[int]] = {}
        for i, j, relation in diagram.edges:
            words = known.relations[relation].means.split("-")
            if before in words:
                step = (i, j, relation)
            elif after in words:
                step = (j, i, int(known.inverse[relation]))
            else:
                continue
            steps[step[:2]] = step
            arrows.setdefault(step[0], []).append(step[1])
        circle = shortest_circle(arrows)
        if circle and (not best or len(circle) < len(best)):
            best = tuple(steps[pair] for pair in zip(circle, circle[1:] + circle[:1], strict=True))
    return best
