"""Why too few diagrams were found, and which rule is to blame."""

from collections.abc import Sequence
from dataclasses import dataclass

from bd_gen.design.brief import Brief
from bd_gen.design.candidates import Candidates
from bd_gen.design.obstacles import Obstacle
from bd_gen.design.search import BATCH
from bd_gen.generation.in_memory import sampler_for
from bd_gen.sampling.method import Method
from bd_gen.sampling.rules import Rule, holds_all
from bd_gen.training.checkpoint import Checkpoint

_PILOT = 512


@dataclass(frozen=True)
class RuleShare:
    """What a rule costs, among diagrams that keep the rooms alone.

    Attributes:
        rule: the rule.
        alone: share of diagrams that satisfy it.
        others: share of diagrams that satisfy all rules but it.
    """

    rule: Rule
    alone: float
    others: float


def rule_shares(
    checkpoint: Checkpoint, brief: Brief, rules: Sequence[Rule], device: str = "auto"
) -> list[RuleShare]:
    """What every rule costs, from 512 diagrams of these rooms."""
    method = Method("first_hitting", is_learned=checkpoint.is_learned)
    sampler = sampler_for(checkpoint, method, brief.programme, device, takes_smaller=True)
    rows = sampler.sample(brief.seed, range(_PILOT), BATCH)
    return [
        RuleShare(
            rule,
            float(rule.holds(rows).mean()),
            float(holds_all([other for other in rules if other is not rule], rows).mean()),
        )
        for rule in rules
    ]


def what_is_to_blame(
    brief: Brief,
    found: Candidates,
    shares: Sequence[RuleShare],
    obstacles: Sequence[Obstacle] = (),
    num_refused: int = 0,
) -> str:
    """One line on what to change to find more."""
    funnel = found.funnel
    if brief.known is not None and brief.known.is_complete and found.chosen:
        return "the diagram given leaves nothing to draw, so there is one plan of it"
    if funnel.satisfying < brief.count:
        if not shares:  # without rules everything satisfies them
            return f"only {funnel.drawn:,} diagrams were drawn: a larger --most-drawn draws more"
        worst = max(shares, key=lambda share: (share.others, -share.alone))
        return (
            f"the rule to blame is '{worst.rule}': {_percent(worst.alone)} of the model's diagrams "
            f"of these rooms satisfy it, {_percent(worst.others)} satisfy all the others"
        )
    if funnel.sound < brief.count:
        return (
            f"of {funnel.satisfying:,} diagrams that satisfy the rules, {funnel.sound:,} are "
            "sound: connected, with no room inside one that cannot hold it"
        )
    if funnel.laid_out < min(brief.count, funnel.tried):
        demands = "" if brief.options.ask_nothing else " that satisfies the sizes or plot given"
        late = f"; {funnel.undecided} ran out of effort" if funnel.undecided else ""
        worst_one = f"; most in the way: {obstacles[0]}" if obstacles else ""
        return (
            f"of {funnel.tried} different diagrams, {funnel.laid_out} have a layout{demands}{late}"
            f"{worst_one}"
        )
    if num_refused:
        return (
            f"of {funnel.laid_out:,} diagrams with a layout, {num_refused} became no plan with the "
            "sizes, outer walls and doors asked for: a larger --improve tries longer"
        )
    return (
        f"of {funnel.laid_out:,} diagrams found, {len(found.chosen):,} differ from one another in "
        f"{brief.min_difference} relations or more: a smaller --min-difference keeps more"
    )


def _percent(share: float) -> str:
    if share == 0:
        return f"fewer than 1 in {_PILOT}"
    return f"{100 * share:.{1 if share < 0.1 else 0}f} %"


def table(shares: Sequence[RuleShare]) -> list[tuple[str, str, str]]:
    """Rows for a table: rule, satisfied alone, satisfied by all the others."""
    return [(str(s.rule), _percent(s.alone), _percent(s.others)) for s in shares]
