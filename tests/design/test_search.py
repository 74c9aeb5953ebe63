"""Candidates: every one satisfies the brief, found by rejection or by particles."""

from dataclasses import replace

import numpy as np
import pytest
from tests.generation.checkpoints import N_MAX, small_checkpoint

from bd_gen.design import search as searching
from bd_gen.design.brief import Brief
from bd_gen.design.candidates import Candidates
from bd_gen.design.near_duplicates import Differences
from bd_gen.design.room_rules import parse_rule
from bd_gen.design.search import CandidateSearch
from bd_gen.diagrams.tokens import diagrams_from_tokens
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.layouts.many import Solvers
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.search import Status
from bd_gen.layouts.solver import solve
from bd_gen.sampling.conditions import condition_from_rooms
from bd_gen.sampling.rule_sweeps import RuleSweeps
from bd_gen.sampling.rules import holds_all

VOCABULARY = Vocabulary(N_MAX)
BRIEF = Brief(
    condition_from_rooms("Kitchen, 2 Bathroom").room_types,
    (parse_rule("Kitchen above Bathroom", "require"),),
    count=4,
    seed=3,
    min_difference=2,
    solver=SolverOptions(improve_effort=0.0),
)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(searching, "BATCH", 32)
    monkeypatch.setattr(searching, "_PILOT", 64)
    monkeypatch.setattr(searching, "_PARTICLES", 64)


def found(brief: Brief, is_learned: bool = False) -> Candidates:
    rules = brief.token_rules(VOCABULARY)
    checkpoint = small_checkpoint(is_learned=is_learned)
    with Solvers() as solvers:
        return CandidateSearch(checkpoint, brief, rules, solvers, "cpu").run()


def check(candidates: Candidates, brief: Brief) -> None:
    """Everything that is promised of candidates."""
    tokens = candidates.tokens
    assert (tokens[:, : brief.num_rooms] == brief.room_types).all()
    assert holds_all(brief.token_rules(VOCABULARY), tokens).all()
    assert (np.diff(candidates.nats) >= 0).all()
    for diagram in diagrams_from_tokens(tokens, VOCABULARY):
        assert solve(diagram, brief.solver).status is Status.REALIZABLE
    differences = Differences(brief.room_types, VOCABULARY)
    chosen = tokens[candidates.chosen]
    for k, row in enumerate(chosen):
        others = np.delete(chosen, k, axis=0)
        assert (differences.to_others(row, others) >= brief.min_difference).all()
    funnel = candidates.funnel
    counts = [funnel.drawn, funnel.satisfying, funnel.sound, funnel.new, funnel.tried]
    assert counts == sorted(counts, reverse=True)
    assert funnel.laid_out == len(tokens) <= funnel.tried


@pytest.mark.parametrize("is_learned", [False, True])
def test_rejection_keeps_what_satisfies_the_brief(is_learned):
    candidates = found(BRIEF, is_learned)
    check(candidates, BRIEF)
    assert len(candidates.tokens) >= BRIEF.pool
    assert len(candidates.chosen) == BRIEF.count
    assert not candidates.funnel.used_particles
    assert 0.02 < candidates.funnel.acceptance < 1


def test_relations_that_rules_fix_are_given_to_the_model():
    rules = (
        parse_rule("Bathroom 1 right-of Kitchen", "require"),
        parse_rule("Bathroom touches Bathroom", "forbid"),
    )
    brief = replace(BRIEF, rules=rules, min_difference=1)
    candidates = found(brief)
    check(candidates, brief)
    assert candidates.funnel.acceptance == 1.0
    condition = brief.condition(brief.token_rules(VOCABULARY), VOCABULARY)
    assert condition.as_plain["relations"] == [[0, 1, "left-of"], [1, 2, "none"]]


def test_particles_take_over_where_rejection_keeps_too_little(monkeypatch):
    monkeypatch.setattr(searching, "LEAST_ACCEPTANCE", 0.99)
    brief = replace(BRIEF, pool=60)
    candidates = found(brief)
    check(candidates, brief)
    assert candidates.funnel.used_particles
    assert candidates.funnel.share == pytest.approx(candidates.funnel.acceptance, abs=0.2)


def test_a_smaller_pool_is_the_beginning_of_a_larger_one():
    few, many = found(replace(BRIEF, pool=4)), found(replace(BRIEF, pool=30))
    rows = {row.tobytes() for row in many.tokens}
    assert all(row.tobytes() in rows for row in few.tokens)


def test_no_more_is_ranked_than_the_pool_wants():
    candidates = found(replace(BRIEF, pool=45, count=1))
    assert 45 <= len(candidates.tokens) < 45 + 4


def test_the_seed_alone_decides():
    first, again, other = found(BRIEF), found(BRIEF), found(replace(BRIEF, seed=4))
    assert (first.tokens == again.tokens).all()
    assert (first.nats == again.nats).all()
    assert first.tokens.tobytes() != other.tokens.tobytes()


def test_what_no_plan_satisfies_ends_the_search():
    small = SolverOptions(min_side=250, improve_effort=0.0)
    candidates = found(replace(BRIEF, solver=small, most_drawn=64))
    assert candidates.funnel.drawn == 64
    assert candidates.funnel.laid_out == 0
    assert candidates.chosen == []


def test_a_search_without_fruit_gives_up(monkeypatch):
    monkeypatch.setattr(searching, "_MOST_FRUITLESS", 200)
    monkeypatch.setattr(searching, "_is_sound", lambda samples: np.zeros(len(samples), bool))
    candidates = found(BRIEF)
    assert 200 <= candidates.funnel.drawn < 200 + 32
    assert len(candidates.tokens) == 0


def test_a_programme_of_which_all_is_drawn_ends_the_search(monkeypatch):
    monkeypatch.setattr(searching, "_MOST_FRUITLESS", 200)
    rooms = condition_from_rooms("Kitchen, Bathroom").room_types
    candidates = found(Brief(rooms, count=50, seed=1, min_difference=1, solver=BRIEF.solver))
    assert 5 < len(candidates.tokens) <= 10  # relations that two joined rooms can have
    assert candidates.funnel.drawn < 10_000


def test_copies_in_another_order_are_not_new():
    candidates = found(replace(BRIEF, pool=60, min_difference=1))
    differences = Differences(BRIEF.room_types, VOCABULARY)
    for k, row in enumerate(candidates.tokens):
        assert (differences.to_others(row, np.delete(candidates.tokens, k, axis=0)) > 0).all()


def test_what_is_like_another_is_swept_under_the_rules_but_for_what_is_kept(monkeypatch):
    (plan,) = diagrams_from_tokens(found(BRIEF).tokens[:1], VOCABULARY)
    swept = []
    run = RuleSweeps.run

    def watched(self, rows, sweeps, seed, numbers):
        after = run(self, rows, sweeps, seed, numbers)
        swept.append((len(self.free), sweeps, rows, after))
        return after

    monkeypatch.setattr(RuleSweeps, "run", watched)
    check(replace(found(replace(BRIEF, near=plan)), nats=np.empty(0)), BRIEF)
    assert swept
    for free, sweeps, before, after in swept:
        assert sweeps == 2
        assert ((before != after).sum(axis=1) <= free).all()
    # of three relations one stays where a single room moves
    assert {free for free, *_ in swept} == {2, 3}
