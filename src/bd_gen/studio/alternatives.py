"""Alternatives for a sketch: diagrams from the model, each with a plan, one after the other."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.tokens import diagrams_from_tokens
from bd_gen.studio.draws import Draws, Loaded
from bd_gen.studio.plan_message import finished, plan_message, plot_message
from bd_gen.studio.sketch import Sketch, named
from bd_gen.studio.solving import boxes_for
from bd_gen.studio.wanted import Wanted

_MOST_SHARES = 200  # that are remembered
_EFFORT = 0.15  # for a layout, as `SolverOptions.improve_effort`
_QUICK = 0.06  # where one is waited for: the page makes it better when it is there


class Alternatives:
    """Finds alternatives one batch at a time.

    Args:
        model: the model.
        wanted: what is asked for.

    Raises:
        InputError: rules that contradict one another, rooms that the model does not know, or a
            diagram to be like that breaks the rules.
    """

    def __init__(self, model: Loaded, wanted: Wanted) -> None:
        self.wanted, self.sketch, self._shares = wanted, wanted.sketch, model.shares
        self._vocabulary = model.checkpoint.vocabulary
        self._draws = Draws(model, wanted)
        self._found = 0

    def events(self) -> Iterator[dict[str, Any]]:
        """What happens, for the page; the caller may stop between any two."""
        while self._found < self.wanted.count:
            rows = self._draws.next_rows()
            if rows is None:
                yield self._progress()
                break
            for row in rows:
                alternative = self._alternative(row)
                if alternative is not None:
                    yield alternative
                    # told when it is there already: it takes as long as a plan
                    yield self._likelihood(row)
                if self._found == self.wanted.count:
                    break
            yield self._progress()
        if self._draws.rules:
            yield self._share()
        yield {"event": "done", "found": self._found, "why": self._why_fewer()}

    def _alternative(self, row: np.ndarray) -> dict[str, Any] | None:
        (diagram,) = diagrams_from_tokens(row[None], self._vocabulary)
        whole_sketch = _complete(self.sketch, diagram)
        effort = _EFFORT if self.wanted.count > 1 else _QUICK
        boxes = boxes_for(whole_sketch, improve=effort)
        if boxes is None:
            return None
        plan = finished(whole_sketch, boxes, effort)
        self._found += 1
        self._draws.funnel.laid_out += 1
        return {
            "event": "alternative",
            "relations": named(diagram),
            "plan": plan_message(plan, self.sketch.scale),
            "plot": plot_message(self.sketch),
            "differences": self._differences(diagram),
        }

    def _likelihood(self, row: np.ndarray) -> dict[str, Any]:
        return {"event": "likelihood", "number": self._found, "nats": self._draws.nats(row)}

    def _differences(self, diagram: Diagram) -> int:
        found = {(i, j): r for i, j, r in diagram.edges}
        no_edge = diagram.words.no_edge
        return sum(found.get((i, j), no_edge) != r for i, j, r in self.wanted.compared)

    def _share(self) -> dict[str, Any]:
        key = self.sketch.room_types, tuple(rule.clauses for rule in self._draws.rules)
        if key not in self._shares:
            if len(self._shares) >= _MOST_SHARES:
                self._shares.clear()
            self._shares[key] = self._draws.share()
        return {"event": "share", "share": self._shares[key]}

    def _progress(self) -> dict[str, Any]:
        return {
            "event": "progress",
            "found": self._found,
            "wanted": self.wanted.count,
            "by_particles": self._draws.by_particles,
            **vars(self._draws.funnel),
        }

    def _why_fewer(self) -> str:
        funnel = self._draws.funnel
        if self._found >= self.wanted.count:
            return ""
        if not funnel.satisfying:
            return f"none of {funnel.drawn:,} diagrams drawn satisfies the rules"
        if not funnel.sound:
            return f"of {funnel.satisfying:,} diagrams that satisfy the rules none is connected"
        if self._found < funnel.new:
            plot = " on the plot" if self.sketch.plot is not None else ""
            return (
                f"of {funnel.new:,} different diagrams {funnel.laid_out:,} have a layout{plot} "
                "with what is locked"
            )
        return f"the model knows hardly more: {funnel.drawn:,} draws gave {funnel.new:,}"


def _complete(sketch: Sketch, diagram: Diagram) -> Sketch:
    """The sketch with every pair decided as in a diagram."""
    found = {(i, j): r for i, j, r in diagram.edges}
    pairs = combinations(range(sketch.num_rooms), 2)
    relations = tuple((*pair, found.get(pair, diagram.words.no_edge)) for pair in pairs)
    return replace(sketch, relations=relations, joined=())
