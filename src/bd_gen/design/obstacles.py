"""What stands in the way where diagrams have no layout, and what leaving a demand out brings."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bd_gen.diagrams.diagram import Diagram
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.outcome import explain
from bd_gen.layouts.problem import problem_of
from bd_gen.layouts.search import Status, find_boxes
from bd_gen.layouts.solver import for_boxes
from bd_gen.layouts.statement import Statement

MOST_LOOKED_AT = 6
"""Diagrams without a layout that are looked at."""
_MOST_TRIED = 4  # demands that are left out, one at a time
_EFFORT = 0.25  # a second of an idle core


@dataclass(frozen=True)
class Obstacle:
    """A demand that stands in the way of layouts.

    Attributes:
        text: the demand in words.
        blocks: of the diagrams looked at, those where it is part of a smallest contradiction.
        freed: those that have a layout without it.
        looked_at: diagrams looked at.
    """

    text: str
    blocks: int
    freed: int
    looked_at: int

    def __str__(self) -> str:
        without = f"; without it {self.freed} of them have one" if self.freed else ""
        return f"'{self.text}', in the way of {self.blocks} of {self.looked_at} looked at{without}"


def obstacles(diagrams: Sequence[Diagram], options: SolverOptions) -> list[Obstacle]:
    """Demands that stand in the way of layouts of these diagrams, the worst first.

    Args:
        diagrams: without a layout; the first few are looked at.
        options: what a layout must satisfy.
    """
    some = list(diagrams[:MOST_LOOKED_AT])
    counts: Counter[str] = Counter()
    for diagram in some:
        demands = replace(
            for_boxes(options, diagram.room_types, diagram.words), effort_limit=_EFFORT
        )
        conflict = explain(diagram, demands)
        if conflict is not None:
            counts.update({s.text for s in conflict.statements if not _is_of_diagram(s, diagram)})
    found = [
        Obstacle(text, blocks, _freed(some, options, text), len(some))
        for text, blocks in counts.most_common(_MOST_TRIED)
    ]
    return sorted(found, key=lambda obstacle: (-obstacle.freed, -obstacle.blocks))


def _is_of_diagram(statement: Statement, diagram: Diagram) -> bool:
    return statement.relation is not None and statement.relation <= diagram.words.no_edge


def _freed(diagrams: Sequence[Diagram], options: SolverOptions, text: str) -> int:
    """How many diagrams have a layout without a demand."""
    count = 0
    for diagram in diagrams:
        problem = problem_of(diagram, for_boxes(options, diagram.room_types, diagram.words))
        rest = problem.only([s for s in problem.statements if s.text != text])
        found = find_boxes(rest, options.time_limit, options.seed, _EFFORT)
        count += found.status is Status.REALIZABLE
    return count
