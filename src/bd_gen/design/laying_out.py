"""Which diagrams of those found become plans: the likeliest that can be laid out well."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bd_gen.diagrams.diagram import Diagram
from bd_gen.layouts.many import Solvers
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.solver import Layout

MOST_SPARE = 3
"""For each plan that is wanted so many diagrams are laid out, at most."""

Demands = Callable[[Sequence[Diagram]], Sequence[SolverOptions]]
"""What the layout of each of these diagrams must satisfy."""


@dataclass(frozen=True, eq=False)
class Chosen:
    """A diagram, by its place among those offered, and its layout."""

    place: int
    layout: Layout


def choose_layouts(
    diagrams: Sequence[Diagram],
    demands: Demands,
    count: int,
    solvers: Solvers,
    tell: Callable[[int, int], None],
) -> list[Chosen]:
    """Lay out diagrams, likeliest first, until so many have a plan that leaves nothing of a plot.

    Where too few have, those follow that leave least.

    Args:
        diagrams: likeliest first.
        demands: gives what layouts must satisfy.
        count: plans that are wanted.
        solvers: what lays diagrams out.
        tell: told (diagrams laid out, diagrams to lay out).

    Returns:
        at most `count`, likeliest first.
    """
    good: list[Chosen] = []
    spare: list[Chosen] = []
    done, last = 0, min(len(diagrams), MOST_SPARE * count)
    while len(good) < count and done < last:
        part = slice(done, min(last, done + count - len(good)))
        layouts = solvers.lay_out(diagrams[part], demands(diagrams[part]))
        for place, layout in enumerate(layouts, start=done):
            if layout.boxes is not None:
                (spare if layout.left else good).append(Chosen(place, layout))
            tell(place + 1, part.stop)
        done = part.stop
    spare.sort(key=lambda chosen: chosen.layout.left)
    return sorted([*good, *spare][:count], key=lambda chosen: chosen.place)
