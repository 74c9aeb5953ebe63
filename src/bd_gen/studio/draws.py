"""Rows from the model with all that is decided, a batch at a time.

Three ways, all of the model's exact conditional sampler. *Complete* and *redo* draw what is open
given what is kept; *more like this* starts from a complete diagram and draws each open token again
given all others (a Gibbs sweep, which leaves the model's law under the rules where it is). Where
hardly any draw satisfies the rules, particles take the place of rejection, as in `design.search`.
"""

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from bd_gen.design.brief import Brief
from bd_gen.design.contradictions import contradictory
from bd_gen.diagrams.canonical import canonical_tokens
from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.diagram_set import DiagramSet
from bd_gen.diagrams.soundness import has_forbidden_containment
from bd_gen.diagrams.tokens import tokens_from_diagrams
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.generation.in_memory import sampler_for
from bd_gen.metrics.measures.validity import validity_checks
from bd_gen.model.any_order import any_order_nats
from bd_gen.model.denoiser import Denoiser
from bd_gen.sampling.conditions import Condition
from bd_gen.sampling.grid import visibility_of
from bd_gen.sampling.method import Method
from bd_gen.sampling.particles import ParticleSampler
from bd_gen.sampling.rule_sweeps import RuleSweeps
from bd_gen.sampling.rules import Rule, holds_all
from bd_gen.studio.reading import allowed_tokens
from bd_gen.studio.sketch import Sketch
from bd_gen.studio.wanted import Wanted
from bd_gen.system.errors import InputError
from bd_gen.training.checkpoint import Checkpoint

_BATCHES = (2, 8, 16, 32)  # draws at a time: few at first, so that something is seen soon
_PILOT = 128  # draws after which rejection is judged
_LEAST_ACCEPTANCE = 0.02
_PARTICLES = 64
_SHARE_PARTICLES = 32
_MOST_DRAWN = 3_000
_MOST_FRUITLESS = 600
_NUM_ORDERS = 1  # of the likelihood: a bound, in the same order of rooms for all
_SWEEPS = 2  # after a draw, as `design` does


@dataclass
class Funnel:
    """How many diagrams came how far."""

    drawn: int = 0
    satisfying: int = 0
    sound: int = 0
    new: int = 0
    laid_out: int = 0


@dataclass(frozen=True, eq=False)
class Loaded:
    """A model with what is made of it once, for all searches.

    Attributes:
        checkpoint: the model.
        shares: of its diagrams that have all that is asked for, by rooms and rules; added to.
    """

    checkpoint: Checkpoint
    shares: dict[Any, float] = field(default_factory=dict)

    @cached_property
    def denoiser(self) -> Denoiser:
        """Its network; to make it takes a tenth of a second."""
        return self.checkpoint.denoiser("cpu")


@dataclass
class Draws:
    """What is drawn for one wish.

    Args:
        model: the model.
        wanted: what is asked for.

    Attributes:
        rules: all that is asked of the relations, over rows of the model's vocabulary.
        funnel: how many diagrams came how far.
        by_particles: have particles taken the place of rejection?

    Raises:
        InputError: rules that contradict one another, or rooms that the model does not know.
    """

    model: Loaded
    wanted: Wanted
    rules: tuple[Rule, ...] = field(init=False)
    funnel: Funnel = field(default_factory=Funnel)
    by_particles: bool = False

    def __post_init__(self) -> None:
        checkpoint, self._denoiser = self.model.checkpoint, self.model.denoiser
        sketch, self._vocabulary = self.wanted.sketch, checkpoint.vocabulary
        known = Condition(sketch.room_types, _kept(sketch), sketch.joined, sketch.words)
        brief = Brief(
            sketch.room_types, sketch.rules, known=known, seed=self.wanted.seed, words=sketch.words
        )
        self.rules = brief.token_rules(self._vocabulary)
        _refuse_contradictions(self.rules, sketch, self._vocabulary)
        bare = brief.condition(self.rules, self._vocabulary)
        condition = Condition(bare.room_types, bare.relations, sketch.joined, sketch.words)
        method = Method("first_hitting", is_learned=checkpoint.is_learned)
        self._sampler = sampler_for(checkpoint, method, condition, "cpu", denoiser=self._denoiser)
        self._row = bare.row(self._vocabulary)
        self._model = self._denoiser, self._vocabulary, visibility_of(checkpoint.process)
        self._sweeps = RuleSweeps(*self._model, self._row, self.rules)
        self._seen: set[bytes] = set()

    def next_rows(self) -> np.ndarray | None:
        """(K, length) new and sound rows that satisfy the rules; None to give up.

        Raises:
            InputError: the diagram that they are to be like breaks the rules.
        """
        funnel = self.funnel
        if funnel.drawn >= _MOST_DRAWN or (
            funnel.drawn >= _MOST_FRUITLESS and funnel.new * 200 < funnel.drawn
        ):
            return None
        if self.wanted.like is not None:
            rows = self._neighbours()
        elif self.by_particles:
            rows = self._particle_rows()
        else:
            rows = self._drawn_rows()
        funnel.satisfying += len(rows)
        rows = rows[_is_sound(rows, self._vocabulary)]
        funnel.sound += len(rows)
        return self._new(rows)

    def nats(self, row: np.ndarray) -> float:
        """-log p of a row (length,) given what is decided: a bound, in one order of rooms."""
        found = any_order_nats(
            self._denoiser,
            row[None],
            self.model.checkpoint.process,
            _NUM_ORDERS,
            self.wanted.seed,
            given=self._row != self._vocabulary.mask_row,
        )
        return round(float(found.log_mean_exp[0]), 3)

    def share(self) -> float:
        """The share of the model's diagrams of these rooms that have all that is asked for."""
        sketch = self.wanted.sketch
        rooms = Condition(sketch.room_types, words=sketch.words).row(self._vocabulary)
        return ParticleSampler(*self._model, rooms, self.rules).draw(_SHARE_PARTICLES, 0).share

    def _batch(self) -> int:
        drawn = self.funnel.drawn
        return next((size for size in _BATCHES if drawn < 4 * size), _BATCHES[-1])

    def _drawn_rows(self) -> np.ndarray:
        funnel, size = self.funnel, self._batch()
        numbers = range(funnel.drawn, funnel.drawn + size)
        rows = self._sampler.sample(self.wanted.seed, numbers, size)
        funnel.drawn += size
        good = np.flatnonzero(holds_all(self.rules, rows))
        accepted = (funnel.satisfying + len(good)) / funnel.drawn
        self.by_particles = funnel.drawn >= _PILOT and accepted < _LEAST_ACCEPTANCE
        at = [numbers[k] for k in good]
        return self._sweeps.run(rows[good], _SWEEPS, self.wanted.seed, at) if at else rows[good]

    def _particle_rows(self) -> np.ndarray:
        funnel = self.funnel
        sampler = ParticleSampler(*self._model, self._row, self.rules)
        drawn = sampler.draw(_PARTICLES, self._key("particles", funnel.drawn))
        funnel.drawn += _PARTICLES
        alive = np.flatnonzero(drawn.weights > 0)
        key = self._key("sweeps", funnel.drawn)
        return self._sweeps.run(drawn.tokens[alive], _SWEEPS, key, alive.tolist())

    def _neighbours(self) -> np.ndarray:
        """Diagrams a sweep or two away from the one that they are to be like."""
        assert self.wanted.like is not None  # noqa: S101
        funnel, size, sketch = self.funnel, self._batch(), self.wanted.sketch
        edges = tuple(edge for edge in self.wanted.like if edge[2] != sketch.words.no_edge)
        like = Diagram(sketch.room_types, edges, sketch.words)
        start = tokens_from_diagrams([like], self._vocabulary)
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
        for k, row in enumerate(canonical_tokens(rows, self._vocabulary) if len(rows) else ()):
            key = row.tobytes()
            is_new[k] = key not in self._seen
            self._seen.add(key)
        self.funnel.new += int(is_new.sum())
        return rows[is_new]


def _kept(sketch: Sketch) -> tuple[tuple[int, int, int], ...]:
    """What is decided, and how rooms that stay where they are lie to one another."""
    fixed = sorted(sketch.fixed)
    kept = {(i, j): r for i, j, r in sketch.relations}
    if len(fixed) > 1:
        boxes = np.array([sketch.fixed[k] for k in fixed], np.int64)
        for (a, b), tokens in allowed_tokens(boxes, sketch.words).items():
            if len(tokens) == 1:
                kept.setdefault((fixed[a], fixed[b]), min(tokens))
    return tuple((i, j, r) for (i, j), r in sorted(kept.items()))


def _refuse_contradictions(rules: tuple[Rule, ...], sketch: Sketch, vocabulary: Vocabulary) -> None:
    conflict = contradictory(rules, sketch.num_rooms, vocabulary)
    if conflict:
        words = "; ".join(str(rule).removeprefix("given: ") for rule in conflict)
        raise InputError(f"these cannot hold together: {words}")


def _is_sound(rows: np.ndarray, vocabulary: Vocabulary) -> np.ndarray:
    if not len(rows):
        return np.zeros(0, bool)
    samples = DiagramSet(rows, vocabulary)
    return np.asarray(validity_checks(samples)["overall"] & ~has_forbidden_containment(samples))
