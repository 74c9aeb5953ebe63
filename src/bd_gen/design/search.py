"""Looking for diagrams that satisfy a brief.

Diagrams are drawn from the model's distribution given the rooms. Those that satisfy every rule
are swept under the rules, which mends what the way to them got wrong (`sampling.rule_sweeps`), and
kept if they are sound and have a layout. If fewer than two draws in a hundred satisfy the rules,
particles take their place; see `sampling.particles`.
"""

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from bd_gen.design.brief import Brief
from bd_gen.design.candidates import Candidates
from bd_gen.design.near_duplicates import Differences, far_apart
from bd_gen.design.near_plan import ROUND, NearPlan
from bd_gen.design.obstacles import MOST_LOOKED_AT
from bd_gen.diagrams.canonical import canonical_tokens
from bd_gen.diagrams.diagram_set import DiagramSet
from bd_gen.diagrams.soundness import has_forbidden_containment
from bd_gen.diagrams.tokens import diagrams_from_tokens
from bd_gen.generation.in_memory import sampler_for
from bd_gen.layouts.many import Solvers
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.search import Status
from bd_gen.layouts.solver import for_boxes
from bd_gen.metrics.measures.validity import validity_checks
from bd_gen.model.any_order import any_order_nats
from bd_gen.sampling.grid import visibility_of
from bd_gen.sampling.method import Method
from bd_gen.sampling.particles import ParticleSampler
from bd_gen.sampling.rule_sweeps import RuleSweeps
from bd_gen.sampling.rules import Rule, holds_all
from bd_gen.training.checkpoint import Checkpoint

LEAST_ACCEPTANCE = 0.02
"""Share of draws that satisfy the rules under which rejection gives way to particles."""

BATCH = 256
"""Most diagrams that are drawn at a time."""
_SMALLEST_BATCH = 16

_FIRST = 4
"""Diagrams that are drawn, laid out and ranked before all others: so there is soon a first plan."""
_CHUNK = 32  # most diagrams that are laid out and ranked at a time
_SPARE = 1.2  # diagrams drawn for one that is wanted: most rules hold for most draws

_PILOT = 512  # draws after which acceptance is judged
_PARTICLES = 512
_NUM_ORDERS = 2
"""Orders of the likelihood. Diagrams differ by 4.5 nats (standard deviation), orders of one diagram
by 1.7."""
_MOST_FRUITLESS = 2048  # draws in a row without one that is new and sound

Report = Callable[[int, int], None]


class CandidateSearch:
    """Draws diagrams until there are enough to choose from.

    Args:
        checkpoint: the model.
        brief: what is asked for.
        rules: its rules as clauses over tokens.
        solvers: what lays diagrams out.
        device: where the model computes.

    Raises:
        InputError: the model never saw diagrams of that many rooms.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        brief: Brief,
        rules: tuple[Rule, ...],
        solvers: Solvers,
        device: str = "auto",
    ) -> None:
        self.brief, self.rules, self.solvers = brief, rules, solvers
        self.vocabulary = checkpoint.vocabulary
        condition = brief.condition(rules, self.vocabulary)
        self.num_given = len(condition.relations)
        method = Method("first_hitting", is_learned=checkpoint.is_learned)
        row = condition.row(self.vocabulary)
        self._is_given = row != self.vocabulary.mask_row
        self._sampler = sampler_for(checkpoint, method, condition, device, takes_smaller=True)
        self._denoiser = checkpoint.denoiser(self._sampler.device)
        process = checkpoint.process
        self._process = process
        model = (self._denoiser, self.vocabulary, visibility_of(process), row, rules)
        self._particles = ParticleSampler(*model, self._sampler.device)
        self._sweeps = self._sweeps_given(row)
        self._num_sweeps = method.default_sweeps
        self._differences = Differences(brief.alike or brief.room_types, self.vocabulary)
        self._seen: set[bytes] = set()
        self._near: NearPlan | None = None
        if brief.near is not None:
            self._near = NearPlan(checkpoint, brief.near, condition, device)
            self._is_new(self._near.row[None])  # the plan itself is no alternative to it
        self._excluded: set[bytes] = set()
        self._num_rounds = 0
        self._num_draws = 0
        self._shares: list[float] = []
        self._waiting = np.empty((0, self.vocabulary.length), np.uint8)
        self.found = Candidates(self._waiting, np.empty(0), [])

    def run(
        self,
        report: Report | None = None,
        watch: Callable[[Candidates], None] | None = None,
    ) -> Candidates:
        """Draw until there are enough diagrams, or too many were drawn in vain.

        Args:
            report: told (diagrams found, diagrams wanted) after every batch.
            watch: given what was found so far after every batch.
        """
        found, brief = self.found, self.brief
        while len(found.tokens) < brief.pool or len(found.chosen) < brief.count:
            if not len(self._waiting) and not self._draw_more():
                break
            missing = brief.pool - len(found.tokens)
            size = min(_CHUNK, max(missing, _FIRST)) if len(found.tokens) else _FIRST
            chunk, self._waiting = np.split(self._waiting, [size])
            self._take(chunk)
            if watch is not None:
                watch(found)
            if report is not None:
                report(min(len(found.tokens), brief.pool), brief.pool)
        return found

    def _draw_more(self) -> bool:
        """Draw until some diagrams wait to be laid out; False when it is time to give up."""
        funnel = self.found.funnel
        last = funnel.drawn + _MOST_FRUITLESS
        while funnel.drawn < min(self.brief.most_drawn, last):
            if self._near is not None:
                rows = self._near_rows(self._near)
            elif self._rejection_is_hopeless():
                rows = self._particle_rows()
            else:
                rows = self._rejected_rows()
            funnel.satisfying += len(rows)
            rows = rows[_is_sound(DiagramSet(rows, self.vocabulary))]
            funnel.sound += len(rows)
            rows = rows[self._is_new(rows)]
            funnel.new += len(rows)
            if len(rows):
                self._waiting = rows
                return True
        return False

    def _rejection_is_hopeless(self) -> bool:
        return (
            self._num_draws >= min(_PILOT, self.brief.most_drawn)
            and self.found.funnel.acceptance < LEAST_ACCEPTANCE
        )

    def _rejected_rows(self) -> np.ndarray:
        funnel = self.found.funnel
        size = batch_size(self.brief.pool - len(self.found.tokens))
        if not len(self.found.tokens):
            size = min(size, max(_FIRST, self._num_draws))
        size = min(size, self.brief.most_drawn - funnel.drawn)
        numbers = range(self._num_draws, self._num_draws + size)
        rows = self._sampler.sample(self.brief.seed, numbers, size)
        self._num_draws += size
        funnel.drawn += size
        good = np.flatnonzero(holds_all(self.rules, rows))
        funnel.acceptance = (funnel.satisfying + len(good)) / self._num_draws
        at = [numbers[k] for k in good]
        return self._sweeps.run(rows[good], self._num_sweeps, self.brief.seed, at)

    def _near_rows(self, near: NearPlan) -> np.ndarray:
        funnel = self.found.funnel
        drawn = near.round(self.brief.seed, self._num_rounds)
        first = ROUND * self._num_rounds
        self._num_rounds += 1
        funnel.drawn += ROUND
        good = np.flatnonzero(holds_all(self.rules, drawn.rows))
        funnel.acceptance = (funnel.satisfying + len(good)) / funnel.drawn
        if not len(good):
            return drawn.rows[good]
        # Only what was drawn in this round is drawn again: all else stays that of the plan.
        sweeps = self._sweeps_given(drawn.given)
        numbers = (first + good).tolist()
        return sweeps.run(drawn.rows[good], self._num_sweeps, self.brief.seed, numbers)

    def _sweeps_given(self, row: np.ndarray) -> RuleSweeps:
        """Sweeps of what a token row (length,) leaves open."""
        visibility = visibility_of(self._process)
        rules, device = self.rules, self._sampler.device
        return RuleSweeps(self._denoiser, self.vocabulary, visibility, row, rules, device)

    def _particle_rows(self) -> np.ndarray:
        seed = hashlib.sha256(f"{self.brief.seed} particles {len(self._shares)}".encode())
        key = int.from_bytes(seed.digest()[:8], "big")
        drawn = self._particles.draw(_PARTICLES, key)
        self._shares.append(drawn.share)
        funnel = self.found.funnel
        funnel.drawn += _PARTICLES
        funnel.share = float(np.mean(self._shares))
        alive = np.flatnonzero(drawn.weights > 0)
        return self._sweeps.run(drawn.tokens[alive], self._num_sweeps, key, alive.tolist())

    def _take(self, rows: np.ndarray) -> None:
        """Keep those rows that have a layout, and put all in order again."""
        funnel, found = self.found.funnel, self.found
        funnel.tried += len(rows)
        rows = self._with_layout(rows)
        if not len(rows):
            return
        funnel.laid_out += len(rows)
        nats = any_order_nats(
            self._denoiser,
            rows,
            self._process,
            _NUM_ORDERS,
            self.brief.seed,
            given=self._is_given,
        ).log_mean_exp
        tokens, nats = np.concatenate([found.tokens, rows]), np.concatenate([found.nats, nats])
        order = np.argsort(nats, kind="stable")
        if self._near is not None:
            away = self._differences.to_others(self._near.row, tokens)
            order = np.lexsort((nats, away))
            found.away = away[order]
        found.tokens, found.nats = tokens[order], nats[order]
        self._choose()

    def _choose(self) -> None:
        """Choose from the best on, without those that turned out to have no plan."""
        found, brief = self.found, self.brief
        rows = [k for k, row in enumerate(found.tokens) if row.tobytes() not in self._excluded]
        chosen = far_apart(found.tokens[rows], self._differences, brief.min_difference, brief.count)
        found.chosen = [rows[k] for k in chosen]

    def exclude(self, rows: np.ndarray) -> None:
        """Choose none of these (K, length) rows, whose layouts are no plans."""
        self._excluded |= {row.tobytes() for row in rows}
        self._choose()

    def _is_new(self, rows: np.ndarray) -> np.ndarray:
        is_new = np.zeros(len(rows), bool)
        if not self.brief.alike:  # rooms of a type may change places
            rows = canonical_tokens(rows, self.vocabulary)
        for k, row in enumerate(rows):
            key = row.tobytes()
            is_new[k] = key not in self._seen
            self._seen.add(key)
        return is_new

    def _with_layout(self, rows: np.ndarray) -> np.ndarray:
        options = first_layout(self.brief.options, self.brief.room_types)
        diagrams = diagrams_from_tokens(rows, self.vocabulary)
        layouts = list(self.solvers.lay_out(diagrams, options))
        statuses = [layout.status for layout in layouts]
        self.found.funnel.undecided += statuses.count(Status.TIME_LIMIT)
        self.found.funnel.ended_by_the_clock += sum(layout.by_clock for layout in layouts)
        room = MOST_LOOKED_AT - len(self.found.without_layout)
        barren = [k for k, s in enumerate(statuses) if s is Status.UNREALIZABLE][:room]
        self.found.without_layout += [rows[k] for k in barren]
        return rows[np.array([s is Status.REALIZABLE for s in statuses], bool)]


def batch_size(missing: int) -> int:
    """Diagrams drawn at a time: a little more than are missing.

    It depends on the brief and what was found alone, so that what comes out does, too.
    """
    return min(BATCH, max(_SMALLEST_BATCH, 8 * math.ceil(missing * _SPARE / 8)))


def first_layout(options: SolverOptions, room_types: Sequence[int]) -> SolverOptions:
    """The demands on boxes, content with the first layout that satisfies them."""
    return replace(for_boxes(options, room_types), improve_effort=0.0)


def _is_sound(samples: DiagramSet) -> np.ndarray:
    """(N,) bool: connected, with room types and containments that homes have."""
    if not len(samples):
        return np.zeros(0, bool)
    return validity_checks(samples)["overall"] & ~has_forbidden_containment(samples)
