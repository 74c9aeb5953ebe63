"""From a brief to plans: rules, candidates, the likeliest of them, and their layouts."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bd_gen.design.blame import RuleShare, rule_shares
from bd_gen.design.brief import Brief
from bd_gen.design.candidates import Candidates
from bd_gen.design.contradictions import contradictory
from bd_gen.design.impossible import check_possible
from bd_gen.design.search import CandidateSearch
from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.tokens import diagrams_from_tokens
from bd_gen.layouts.many import Solvers
from bd_gen.system.errors import InputError
from bd_gen.training.checkpoint import Checkpoint

Report = Callable[[str, int, int], None]


@dataclass(frozen=True, eq=False)
class Designs:
    """What came of a brief.

    Attributes:
        brief: what was asked for.
        diagrams: likeliest first, at most `brief.count`.
        boxes: (n, 4) int64 boxes of each.
        nats: (K,) -log p of each diagram as `Candidates.nats` has it.
        candidates: what they were chosen from.
        num_given: relations that the rules fixed and the model was given.
        shares: what each rule costs; looked into only if too few were found.
    """

    brief: Brief
    diagrams: tuple[Diagram, ...]
    boxes: tuple[np.ndarray, ...]
    nats: np.ndarray
    candidates: Candidates
    num_given: int
    shares: tuple[RuleShare, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Are there as many as were asked for?"""
        return len(self.diagrams) == self.brief.count


def design(
    checkpoint: Checkpoint,
    brief: Brief,
    workers: int = 1,
    device: str = "auto",
    report: Report | None = None,
) -> Designs:
    """Find and lay out diagrams that satisfy a brief.

    What comes out depends on checkpoint, brief and its seed, not on the number of workers.

    Args:
        checkpoint: the model.
        brief: what is asked for.
        workers: processes that lay diagrams out.
        device: where the model computes.
        report: told (what is done now, done, total).

    Raises:
        InputError: rules that contradict one another, a programme that the model does not know,
            or OR-tools is missing.
    """
    tell = report or (lambda *_: None)
    rules = brief.token_rules(checkpoint.vocabulary)
    conflict = contradictory(rules, brief.num_rooms, checkpoint.vocabulary)
    if conflict:
        texts = "; ".join(str(rule) for rule in conflict)
        raise InputError(f"rules that cannot hold together: {texts}")
    check_possible(brief, rules, checkpoint.vocabulary)
    with Solvers(workers) as solvers:
        search = CandidateSearch(checkpoint, brief, rules, solvers, device)
        found = search.run(lambda done, total: tell("looking for diagrams", done, total))
        chosen = found.tokens[found.chosen]
        diagrams = diagrams_from_tokens(chosen, checkpoint.vocabulary)
        boxes = []
        for layout in solvers.lay_out(diagrams, brief.options):
            boxes.append(layout.boxes)
            tell("laying out", len(boxes), len(diagrams))
    shares: list[RuleShare] = []
    if len(diagrams) < brief.count and rules:
        shares = rule_shares(checkpoint, brief, rules, device)
    have = [k for k, found_boxes in enumerate(boxes) if found_boxes is not None]
    return Designs(
        brief=brief,
        diagrams=tuple(diagrams[k] for k in have),
        boxes=tuple(found_boxes for found_boxes in boxes if found_boxes is not None),
        nats=found.nats[found.chosen][have],
        candidates=found,
        num_given=search.num_given,
        shares=tuple(shares),
    )
