"""Rules that cannot hold together, found before anything is drawn.

Two things are looked at: a token that rules leave no value, and geometry. The second is exact one
way round: rules are called contradictory only on a proof that no boxes satisfy what they say of
their rooms. What the rules leave open is not looked at.
"""

from collections.abc import Sequence

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.diagrams.word_parts import DirectionRule
from bd_gen.diagrams.words import Words
from bd_gen.layouts.constraints import Clause as Linears
from bd_gen.layouts.constraints import Linear, relation_clauses, touching_clauses
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.problem import Problem
from bd_gen.layouts.rule_statements import grid_of, meaning_of
from bd_gen.layouts.search import Status, find_boxes
from bd_gen.layouts.statement import Statement
from bd_gen.sampling.rules import Literal, Rule, any_relation, single_literals

_EFFORT = 1.25  # five seconds of an idle core


def contradictory(
    rules: Sequence[Rule], num_rooms: int, vocabulary: Vocabulary
) -> tuple[Rule, ...]:
    """Rules that cannot hold together, each of them needed for that; () if none are known.

    Raises:
        InputError: OR-tools is missing.
    """
    if not _are_impossible(rules, num_rooms, vocabulary):
        return ()
    kept = list(rules)
    for rule in rules:
        rest = [other for other in kept if other is not rule]
        if _are_impossible(rest, num_rooms, vocabulary):
            kept = rest
    return tuple(kept)


def _are_impossible(rules: Sequence[Rule], num_rooms: int, vocabulary: Vocabulary) -> bool:
    if any(not allowed for allowed in single_literals(rules).values()):
        return True
    statements = [one for rule in rules for one in rule_statements(rule, vocabulary)]
    problem = Problem(num_rooms, tuple(statements))
    found = find_boxes(problem, SolverOptions().time_limit, effort_limit=_EFFORT)
    return found.status is Status.UNREALIZABLE


def rule_statements(rule: Rule, vocabulary: Vocabulary) -> list[Statement]:
    """What a rule says of boxes, or a part of it: never more."""
    pairs = {
        vocabulary.n_max + k: (int(i), int(j))
        for k, (i, j) in enumerate(zip(vocabulary.edge_rows, vocabulary.edge_cols, strict=True))
    }
    return [
        _statement(rule.text, [(pairs[x.position], x) for x in clause], vocabulary.words)
        for clause in rule.clauses
    ]


def _statement(
    text: str, literals: Sequence[tuple[tuple[int, int], Literal]], words: Words
) -> Statement:
    """What a clause says of boxes, or a part of it: never more."""
    rooms = tuple(sorted({room for pair, _ in literals for room in pair}))
    if len(literals) == 1:
        ((i, j), literal), *_ = literals
        return Statement(text, rooms, None, _conditions(i, j, literal.allowed, words))
    alternatives = tuple(
        _certain(_conditions(i, j, literal.allowed, words)) for (i, j), literal in literals
    )
    if not all(alternatives):  # one of them says nothing, and so does the choice
        return Statement(text, rooms)
    return Statement(text, rooms, None, one_of=alternatives)


def _conditions(i: int, j: int, allowed: frozenset[int], words: Words) -> tuple[Linears, ...]:
    if not isinstance(words.rule, DirectionRule):
        return ()  # touching alone contradicts little
    grid = grid_of(words)
    if len(allowed) == 1:
        return relation_clauses(i, j, meaning_of(next(iter(allowed)), words), grid)
    if allowed <= any_relation(words):
        return touching_clauses(i, j, grid)
    return ()


def _certain(clauses: Sequence[Linears]) -> tuple[Linear, ...]:
    """The conditions that leave no choice."""
    return tuple(clause[0] for clause in clauses if len(clause) == 1)
