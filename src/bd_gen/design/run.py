"""From a brief to plans: rules, candidates, the best of them, and their layouts."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from bd_gen.design.blame import RuleShare, rule_shares
from bd_gen.design.brief import Brief
from bd_gen.design.candidates import Candidates
from bd_gen.design.contradictions import contradictory
from bd_gen.design.finished import finished
from bd_gen.design.geometry import knows, with_targets
from bd_gen.design.impossible import check_possible
from bd_gen.design.obstacles import Obstacle, obstacles
from bd_gen.design.search import CandidateSearch
from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.floor_plan import FloorPlan
from bd_gen.diagrams.tokens import diagrams_from_tokens
from bd_gen.layouts.leftovers import what_is_left
from bd_gen.layouts.many import Solvers
from bd_gen.layouts.openings import OpeningsResult
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.solver import Layout
from bd_gen.sampling.rules import Rule
from bd_gen.system.errors import InputError
from bd_gen.training.checkpoint import Checkpoint

Report = Callable[[str, int, int], None]

_MOST_REFUSED = 2
"""For each plan that is wanted, so many are refused at most because they leave some of the plot or
have rooms that nobody reaches."""


@dataclass(frozen=True, eq=False)
class Designed:
    """One plan of a brief.

    Attributes:
        diagram: the rooms and their relations.
        boxes: (n, 4) int64.
        floor_plan: shapes, doors and windows; None where nothing was improved.
        problems: what it does not have, in sentences.
        is_lacking: does it leave some of the plot, or rooms that nobody reaches?
    """

    diagram: Diagram
    boxes: np.ndarray
    floor_plan: FloorPlan | None = None
    problems: tuple[str, ...] = ()
    is_lacking: bool = False


Show = Callable[[Designed], None]


@dataclass(frozen=True, eq=False)
class Designs:
    """What came of a brief.

    Attributes:
        brief: what was asked for.
        plans: likeliest first, or likest first where the brief has a plan to be like; at most
            `brief.count`.
        nats: (K,) -log p of each diagram as `Candidates.nats` has it.
        candidates: what they were chosen from.
        num_given: relations that the rules fixed and the model was given.
        shares: what each rule costs; looked into only if too few were found.
        away: (K,) relations in which each differs from the plan that it should be like.
        num_refused: diagrams with boxes that became no plan.
        obstacles: demands in the way of layouts; looked into only if too few were found.
    """

    brief: Brief
    plans: tuple[Designed, ...]
    nats: np.ndarray
    candidates: Candidates
    num_given: int
    shares: tuple[RuleShare, ...] = ()
    away: np.ndarray | None = None
    num_refused: int = 0
    obstacles: tuple[Obstacle, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Are there as many as were asked for?"""
        return len(self.plans) == self.brief.count

    @property
    def diagrams(self) -> tuple[Diagram, ...]:
        """The diagram of each plan."""
        return tuple(plan.diagram for plan in self.plans)

    @property
    def boxes(self) -> tuple[np.ndarray, ...]:
        """(n, 4) int64 boxes of each plan."""
        return tuple(plan.boxes for plan in self.plans)

    @property
    def floor_plans(self) -> tuple[FloorPlan | None, ...]:
        """The shapes of each plan; None where nothing was improved."""
        return tuple(plan.floor_plan for plan in self.plans)


def checked_rules(checkpoint: Checkpoint, brief: Brief) -> tuple[Rule, ...]:
    """The rules of a brief over tokens, if any plan can satisfy it.

    Raises:
        InputError: none can; or OR-tools is missing.
    """
    rules = brief.token_rules(checkpoint.vocabulary)
    conflict = contradictory(rules, brief.num_rooms, checkpoint.vocabulary)
    if conflict:
        texts = "; ".join(str(rule) for rule in conflict)
        raise InputError(f"rules that cannot hold together: {texts}")
    check_possible(brief, rules, checkpoint.vocabulary)
    return rules


def design(
    checkpoint: Checkpoint,
    brief: Brief,
    workers: int = 1,
    device: str = "auto",
    report: Report | None = None,
    geometry: Checkpoint | None = None,
    show: Show | None = None,
) -> Designs:
    """Find and lay out diagrams that satisfy a brief.

    What comes out depends on checkpoint, brief and its seed, not on the number of workers.

    Args:
        checkpoint: the model.
        brief: what is asked for.
        workers: processes that lay diagrams out.
        device: where the model computes.
        report: told (what is done now, done, total).
        geometry: a model of boxes whose draws the layouts come near, if it knows so many rooms;
            None for rooms of typical sizes.
        show: given every plan as soon as it is there; the first one before all others are found,
            so that it may not be among those that are chosen in the end.

    Raises:
        InputError: a brief that no plan can satisfy, a programme that the model does not know, or
            OR-tools is missing.
    """
    rules = checked_rules(checkpoint, brief)
    with Solvers(workers) as solvers:
        search = CandidateSearch(checkpoint, brief, rules, solvers, device)
        work = _Work(search, solvers, report or (lambda *_: None), show or (lambda _: None))
        if geometry is not None and knows(geometry, brief.num_rooms):
            work.use_geometry(geometry, device)
        found = work.run()
    shares: list[RuleShare] = []
    in_the_way: list[Obstacle] = []
    if len(found.chosen) < brief.count:
        shares = rule_shares(checkpoint, brief, rules, device) if rules else []
        barren = np.array(found.without_layout, np.uint8).reshape(-1, checkpoint.vocabulary.length)
        in_the_way = obstacles(diagrams_from_tokens(barren, checkpoint.vocabulary), brief.options)
    return Designs(
        brief=brief,
        plans=tuple(work.plan_of(found.tokens[k]) for k in found.chosen),
        nats=found.nats[found.chosen],
        candidates=found,
        num_given=search.num_given,
        shares=tuple(shares),
        away=None if found.away is None else found.away[found.chosen],
        num_refused=work.num_refused,
        obstacles=tuple(in_the_way),
    )


class _Work:
    """Searches and lays out in turn, until what is chosen has plans."""

    def __init__(
        self, search: CandidateSearch, solvers: Solvers, report: Report, show: Show
    ) -> None:
        self.search, self.solvers, self.report, self.show = search, solvers, report, show
        self.num_refused = 0
        self._num_lacking = 0
        self._plans: dict[bytes, Designed] = {}
        self._geometry: Checkpoint | None = None
        self._device = "auto"

    def use_geometry(self, geometry: Checkpoint, device: str) -> None:
        """Lay out near what a model of boxes draws."""
        self._geometry, self._device = geometry, device

    def run(self) -> Candidates:
        """Candidates of which those that are chosen have plans."""
        brief = self.search.brief
        while True:
            found = self.search.run(
                lambda done, total: self.report("looking for diagrams", done, total),
                self._show_first,
            )
            rows = [found.tokens[k] for k in found.chosen]
            new = [row for row in rows if row.tobytes() not in self._plans]
            if not new:
                return found
            refused = self._lay_out(np.array(new), len(rows) - len(new), brief.count)
            if refused:
                self.num_refused += len(refused)
                self.search.exclude(np.array(refused))

    def _is_refused(self, plan: Designed) -> bool:
        """Is a plan lacking, and may others that are not be looked for?"""
        self._num_lacking += plan.is_lacking
        return plan.is_lacking and self._num_lacking <= _MOST_REFUSED * self.search.brief.count

    def plan_of(self, row: np.ndarray) -> Designed:
        """The plan of a row that is chosen."""
        return self._plans[row.tobytes()]

    def _show_first(self, found: Candidates) -> None:
        """Lay out the best of the first candidates at once."""
        if not self._plans and found.chosen:
            refused = self._lay_out(found.tokens[found.chosen[:1]], 0, self.search.brief.count)
            if refused:
                self.num_refused += 1
                self.search.exclude(np.array(refused))

    def _lay_out(self, rows: np.ndarray, done: int, total: int) -> list[np.ndarray]:
        """Lay out rows and remember their plans; those without one are given back."""
        brief, refused = self.search.brief, []
        diagrams = diagrams_from_tokens(rows, self.search.vocabulary)
        # A diagram whose first walk fails gives its place to the next.
        once = replace(brief.options, tries=1)
        options: list[SolverOptions] | SolverOptions = once
        if self._geometry is not None:
            options = with_targets(self._geometry, diagrams, once, brief.seed, self._device)
        layouts = self.solvers.lay_out(diagrams, options)
        for row, diagram, layout in zip(rows, diagrams, layouts, strict=True):
            plan = _plan(brief, diagram, layout)
            if plan is None or self._is_refused(plan):
                refused.append(row)
                continue
            self._plans[row.tobytes()] = plan
            done += 1
            self.show(plan)
            self.report("laying out", done, total)
        return refused


def _plan(brief: Brief, diagram: Diagram, layout: Layout) -> Designed | None:
    """A layout with doors and windows; None where there is none, or a door asked for is missing."""
    if layout.boxes is None:
        return None
    is_lacking = layout.left > 0 or layout.unreached > 0
    if layout.floor_plan is None:
        return Designed(diagram, layout.boxes, is_lacking=is_lacking)
    made: OpeningsResult = finished(brief, diagram, layout.floor_plan)
    if made.unmet:
        return None
    left = what_is_left(made.floor_plan, brief.labels, brief.options.wording)
    problems = [*made.problems(brief.labels), *([left] if left else [])]
    # Walls that are further apart than these plans' walls count in a layout, and hold no door.
    is_lacking = is_lacking or bool(made.unreached)
    return Designed(diagram, layout.boxes, made.floor_plan, tuple(problems), is_lacking)
