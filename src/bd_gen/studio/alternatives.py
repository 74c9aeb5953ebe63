"""Diagrams from the model with all that is decided, found one after the other.

Three ways, all of the model's exact conditional sampler. *Complete* and *redo* draw what is open
given what is kept; *more like this* starts from a complete diagram and draws each open token again
given all others (a Gibbs sweep, which leaves the model's law under the rules where it is). Where
hardly any draw satisfies the rules, particles take the place of rejection, as in `design.search`.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

import numpy as np

from bd_gen.design.brief import Brief
from bd_gen.design.contradictions import contradictory
from bd_gen.diagrams.canonical import canonical_tokens
from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.diagram_set import DiagramSet
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.soundness import has_forbidden_containment
from bd_gen.diagrams.tokens import diagrams_from_tokens, tokens_from_diagrams
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.generation.in_memory import sampler_for
from bd_gen.metrics.measures.validity import validity_checks
from bd_gen.model.any_order import any_order_nats
from bd_gen.sampling.conditions import Condition
from bd_gen.sampling.grid import visibility_of
from bd_gen.sampling.method import Method
from bd_gen.sampling.particles import ParticleSampler
from bd_gen.sampling.rule_sweeps import RuleSweeps
from bd_gen.sampling.rules import Rule, holds_all
from bd_gen.studio.plan_message import finished, plan_message
from bd_gen.studio.sketch import Sketch, named
from bd_gen.studio.solving import boxes_for, diagram_of
from bd_gen.studio.wanted import Wanted
from bd_gen.system.errors import InputError
from bd_gen.training.checkpoint import Checkpoint

Shares = dict[Any, float]

_BATCHES = (2, 8, 16, 32)  # draws at a time: few at first, so that something is seen soon
_PILOT = 128  # draws after which rejection is judged
_LEAST_ACCEPTANCE = 0.02
_PARTICLES = 64
_SHARE_PARTICLES = 32
_MOST_SHARES = 200  # that are remembered
_MOST_DRAWN = 3_000
_MOST_FRUITLESS = 600
_NUM_ORDERS = 1  # of the likelihood: a bound, in the same order of rooms for all
_SWEEPS = 2  # after a draw, as `design` does
_EFFORT = 0.15  # for a layout, as `SolverOptions.improve_effort`


@dataclass
class Funnel:
    """How many diagrams came how far."""

    drawn: int = 0
    satisfying: int = 0
    sound: int = 0
    new: int = 0
    laid_out: int = 0


@dataclass
class _State:
    funnel: Funnel = field(default_factory=Funnel)
    seen: set[bytes] = field(default_factory=set)
    found: int = 0
    by_particles: bool = False


class Alternatives:
    """Finds alternatives one batch at a time.

    Args:
        checkpoint: the model.
        wanted: what is asked for.
        shares: what was found before by rooms and rules; added to.

    Raises:
        InputError: rules that contradict one another, rooms that the model does not know, or a
            diagram to be like that breaks the rules.
    """

    def __init__(
        self, checkpoint: Checkpoint, wanted: Wanted, shares: Shares | None = None
    ) -> None:
        self.checkpoint, self.wanted = checkpoint, wanted
        self.shares = {} if shares is None else shares
        self.sketch, self.vocabulary = wanted.sketch, checkpoint.vocabulary
        known = Condition(self.sketch.room_types, self._kept(), self.sketch.joined)
        brief = Brief(self.sketch.room_types, self.sketch.rules, known=known, seed=wanted.seed)
        self.rules: tuple[Rule, ...] = brief.token_rules(self.vocabulary)
        self._refuse_contradictions()
        bare = brief.condition(self.rules, self.vocabulary)
        condition = Condition(bare.room_types, bare.relations, self.sketch.joined)
        method = Method("first_hitting", is_learned=checkpoint.is_learned)
        self._sampler = sampler_for(checkpoint, method, condition, "cpu")
        self._row = bare.row(self.vocabulary)
        self._denoiser = checkpoint.denoiser(self._sampler.device)
        self._model = (self._denoiser, self.vocabulary, visibility_of(checkpoint.process))
        self._sweeps = RuleSweeps(*self._model, self._row, self.rules)
        self._state = _State()

    def events(self) -> Iterator[dict[str, Any]]:
        """What happens, for the page; the caller may stop between any two."""
        state = self._state
        while state.found < self.wanted.count:
            rows = self._next_rows()
            if rows is None:
                yield self._progress()
                break
            for row in rows:
                alternative = self._alternative(row)
                if alternative is not None:
                    yield alternative
                if state.found == self.wanted.count:
                    break
            yield self._progress()
        if self.rules:
            yield self._share()
        yield {"event": "done", "found": state.found, "why": self._why_fewer()}

    def _kept(self) -> tuple[tuple[int, int, int], ...]:
        """What is decided, and how rooms that stay where they are lie to one another."""
        fixed = sorted(self.sketch.fixed)
        kept = {(i, j): r for i, j, r in self.sketch.relations}
        if len(fixed) > 1:
            boxes = np.array([self.sketch.fixed[k] for k in fixed], np.int64)
            seen = diagram_of([self.sketch.room_types[k] for k in fixed], boxes)
            found = {(i, j): r for i, j, r in seen.edges}
            for b in range(len(fixed)):
                for a in range(b):
                    kept.setdefault((fixed[a], fixed[b]), found.get((a, b), RPLAN.no_edge))
        return tuple((i, j, r) for (i, j), r in sorted(kept.items()))

    def _refuse_contradictions(self) -> None:
        conflict = contradictory(self.rules, self.sketch.num_rooms, self.vocabulary)
        if conflict:
            words = "; ".join(str(rule).removeprefix("given: ") for rule in conflict)
            raise InputError(f"these cannot hold together: {words}")

    def _next_rows(self) -> np.ndarray | None:
        """(K, length) new and sound rows that satisfy the rules; None to give up."""
        funnel = self._state.funnel
        if funnel.drawn >= _MOST_DRAWN or (
            funnel.drawn >= _MOST_FRUITLESS and funnel.new * 200 < funnel.drawn
        ):
            return None
        if self.wanted.like is not None:
            rows = self._neighbours()
        elif self._state.by_particles:
            rows = self._particle_rows()
        else:
            rows = self._drawn_rows()
        funnel.satisfying += len(rows)
        rows = rows[_is_sound(rows, self.vocabulary)]
        funnel.sound += len(rows)
        return self._new(rows)

    def _batch(self) -> int:
        funnel = self._state.funnel
        return next((size for size in _BATCHES if funnel.drawn < 4 * size), _BATCHES[-1])

    def _drawn_rows(self) -> np.ndarray:
        funnel, size = self._state.funnel, self._batch()
        numbers = range(funnel.drawn, funnel.drawn + size)
        rows = self._sampler.sample(self.wanted.seed, numbers, size)
        funnel.drawn += size
        good = np.flatnonzero(holds_all(self.rules, rows))
        accepted = (funnel.satisfying + len(good)) / funnel.drawn
        self._state.by_particles = funnel.drawn >= _PILOT and accepted < _LEAST_ACCEPTANCE
        at = [numbers[k] for k in good]
        return self._sweeps.run(rows[good], _SWEEPS, self.wanted.seed, at) if at else rows[good]

    def _particle_rows(self) -> np.ndarray:
        funnel = self._state.funnel
        sampler = ParticleSampler(*self._model, self._row, self.rules)
        drawn = sampler.draw(_PARTICLES, self._key("particles", funnel.drawn))
        funnel.drawn += _PARTICLES
        alive = np.flatnonzero(drawn.weights > 0)
        key = self._key("sweeps", funnel.drawn)
        return self._sweeps.run(drawn.tokens[alive], _SWEEPS, key, alive.tolist())

    def _neighbours(self) -> np.ndarray:
        """Diagrams a sweep or two away from the one that they are to be like."""
        assert self.wanted.like is not None  # noqa: S101
        funnel, size = self._state.funnel, self._batch()
        like = Diagram(
            self.sketch.room_types, tuple(e for e in self.wanted.like if e[2] < RPLAN.num_relations)
        )
        start = tokens_from_diagrams([like], self.vocabulary)
        if not holds_all(self.rules, start)[0]:
            raise InputError("the diagram breaks a rule: complete it first, or free the rule")
        sweeps = 1 + funnel.drawn // 96
        numbers = range(funnel.drawn, funnel.drawn + size)
        funnel.drawn += size
        key = self._key("like", 0)
        if funnel.drawn == size:
            self._new(start)  # what is there already is no alternative
        return self._sweeps.run(np.repeat(start, size, axis=0), sweeps, key, numbers)

    def _key(self, what: str, number: int) -> int:
        digest = hashlib.sha256(f"{self.wanted.seed} {what} {number}".encode()).digest()
        return int.from_bytes(digest[:8], "big")

    def _new(self, rows: np.ndarray) -> np.ndarray:
        """Rows that were not seen before, in whatever order of rooms that are alike."""
        is_new = np.zeros(len(rows), bool)
        for k, row in enumerate(canonical_tokens(rows, self.vocabulary) if len(rows) else ()):
            key = row.tobytes()
            is_new[k] = key not in self._state.seen
            self._state.seen.add(key)
        self._state.funnel.new += int(is_new.sum())
        return rows[is_new]

    def _alternative(self, row: np.ndarray) -> dict[str, Any] | None:
        (diagram,) = diagrams_from_tokens(row[None], self.vocabulary)
        whole_sketch = _complete(self.sketch, diagram)
        boxes = boxes_for(whole_sketch, improve=_EFFORT)
        if boxes is None:
            return None
        plan = finished(whole_sketch, boxes, _EFFORT)
        state = self._state
        state.found += 1
        state.funnel.laid_out += 1
        return {
            "event": "alternative",
            "relations": named(diagram),
            "plan": plan_message(plan),
            "nats": self._nats(row),
            "differences": self._differences(diagram),
        }

    def _nats(self, row: np.ndarray) -> float:
        found = any_order_nats(
            self._denoiser,
            row[None],
            self.checkpoint.process,
            _NUM_ORDERS,
            self.wanted.seed,
            given=self._row != self.vocabulary.mask_row,
        )
        return round(float(found.log_mean_exp[0]), 3)

    def _differences(self, diagram: Diagram) -> int:
        found = {(i, j): r for i, j, r in diagram.edges}
        compared = self.wanted.compared
        return sum(found.get((i, j), RPLAN.no_edge) != r for i, j, r in compared)

    def _share(self) -> dict[str, Any]:
        """The share of the model's diagrams of these rooms that have all that is asked for."""
        key = self.sketch.room_types, tuple(rule.clauses for rule in self.rules)
        if key not in self.shares:
            if len(self.shares) >= _MOST_SHARES:
                self.shares.clear()
            rooms = Condition(self.sketch.room_types).row(self.vocabulary)
            sampler = ParticleSampler(*self._model, rooms, self.rules)
            self.shares[key] = sampler.draw(_SHARE_PARTICLES, 0).share
        return {"event": "share", "share": self.shares[key]}

    def _progress(self) -> dict[str, Any]:
        return {
            "event": "progress",
            "found": self._state.found,
            "wanted": self.wanted.count,
            "by_particles": self._state.by_particles,
            **vars(self._state.funnel),
        }

    def _why_fewer(self) -> str:
        funnel = self._state.funnel
        if self._state.found >= self.wanted.count:
            return ""
        if not funnel.satisfying:
            return f"none of {funnel.drawn:,} diagrams drawn satisfies the rules"
        if not funnel.sound:
            return f"of {funnel.satisfying:,} diagrams that satisfy the rules none is connected"
        if self._state.found < funnel.new:
            return (
                f"of {funnel.new:,} different diagrams {funnel.laid_out:,} have a layout with "
                "what is locked"
            )
        return f"the model knows hardly more: {funnel.drawn:,} draws gave {funnel.new:,}"


def _complete(sketch: Sketch, diagram: Diagram) -> Sketch:
    """The sketch with every pair decided as in a diagram."""
    found = {(i, j): r for i, j, r in diagram.edges}
    pairs = combinations(range(sketch.num_rooms), 2)
    relations = tuple((*pair, found.get(pair, RPLAN.no_edge)) for pair in pairs)
    return replace(sketch, relations=relations, joined=(), rules=())


def _is_sound(rows: np.ndarray, vocabulary: Vocabulary) -> np.ndarray:
    if not len(rows):
        return np.zeros(0, bool)
    samples = DiagramSet(rows, vocabulary)
    return np.asarray(validity_checks(samples)["overall"] & ~has_forbidden_containment(samples))
