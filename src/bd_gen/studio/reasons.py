"""Why a sketch has no layout, and which single thing, given up, makes one possible."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bd_gen.layouts.cycles import shortest_cycle
from bd_gen.layouts.search import Status, find_boxes
from bd_gen.layouts.statement import Statement
from bd_gen.studio.demands import Demand, demands_of, problem
from bd_gen.studio.reading import allowed_tokens
from bd_gen.studio.sketch import Sketch, apart_in, touches_in
from bd_gen.studio.solving import LONGEST, areas_beyond_plot, boxes_for, least_areas

_EFFORT = 0.05  # CP-SAT's deterministic time for a single question: 0.2 s of an idle core
_NUM_QUESTIONS = 400


@dataclass(frozen=True, eq=False)
class Reason:
    """Why there is no layout.

    Attributes:
        conflict: demands that cannot hold together, none of them superfluous; empty if unknown.
        is_proven: is it proven that there is no layout?
        proposals: what to give up, each by itself; see `_proposal`.
    """

    conflict: tuple[Demand, ...]
    is_proven: bool
    proposals: tuple[dict[str, Any], ...]

    @property
    def text(self) -> str:
        """The reason in one line."""
        if not self.conflict:
            return "no layout was found that satisfies the rules that leave a choice"
        return "; ".join(dict.fromkeys(demand.statement.text for demand in self.conflict))

    @property
    def message(self) -> dict[str, Any]:
        """The reason for the page: words, and which pairs, rooms and rules are to be marked."""
        pairs = ("relation", "rule")
        rooms = ("place", "area", "room area", "plot")
        return {
            "why": self.text,
            "parts": [_part(demand) for demand in self.conflict],
            "is_proven": self.is_proven,
            "pairs": [d.statement.rooms for d in self.conflict if d.kind in pairs],
            "rooms": [k for d in self.conflict if d.kind in rooms for k in d.statement.rooms],
            "rules": sorted({d.number for d in self.conflict if d.kind == "rule"}),
            "proposals": self.proposals,
        }


def _part(demand: Demand) -> dict[str, Any]:
    """A demand for the page, which knows from which end its user told a relation."""
    part: dict[str, Any] = {"text": demand.statement.text}
    if demand.kind == "relation":
        part["pair"] = demand.statement.rooms
    elif demand.kind == "rule":
        part["rule"] = demand.number
    return part


def reason_of(sketch: Sketch) -> Reason:
    """Why `solving.boxes_for` finds nothing.

    Every step is exact: demands are called impossible only on a proof.

    Raises:
        InputError: OR-tools is missing.
    """
    too_much = areas_beyond_plot(sketch)
    if too_much:
        rooms = tuple(k for k, area in enumerate(least_areas(sketch)) if area)
        demand = Demand(Statement(f"{too_much} too much", rooms), "plot")
        return Reason((demand,), True, tuple(_freed_areas(sketch)))
    demands = demands_of(sketch, apart=False)
    conflict = _needed(sketch, demands)
    if not conflict:
        return Reason((), False, tuple(_freed_rules(sketch)))
    proposals = tuple(
        found for demand in conflict if (found := _proposal(sketch, demands, demand)) is not None
    )
    return Reason(tuple(conflict), True, tuple(_without_twins(proposals)))


def _needed(sketch: Sketch, demands: Sequence[Demand]) -> list[Demand]:
    """An impossible part of the demands, of which every member is needed; empty if none is known.

    Relations that go round in a circle are tried first: they are the reason that is read most
    easily. Parts are left out, large ones first, wherever the rest stays impossible.
    """
    if not _is_impossible(sketch, demands):
        return []
    no_edge = sketch.words.no_edge
    circle = {(min(a, b), max(a, b)) for a, b, _ in shortest_cycle(sketch.diagram)}
    kept = [d for d in demands if d.statement.rooms in circle and d.kind == "relation"]
    if not circle or not _is_impossible(sketch, kept):
        # what says least is left out first: rooms that do not touch, then all that is no relation
        kept = sorted(demands, key=lambda demand: _weight(demand, no_edge))
    size = len(kept)
    for _ in range(_NUM_QUESTIONS):
        if size <= 1:
            break
        size = (size + 1) // 2
        k = 0
        while k < len(kept):
            rest = kept[:k] + kept[k + size :]
            if _is_impossible(sketch, rest):
                kept = rest
            else:
                k += size
    return sorted(kept, key=lambda demand: _weight(demand, no_edge), reverse=True)


def _weight(demand: Demand, no_edge: int) -> int:
    if demand.kind == "relation":
        return 1 if demand.statement.relation == no_edge else 3
    return 2 if demand.kind == "rule" else 0


def _is_impossible(sketch: Sketch, demands: Sequence[Demand]) -> bool:
    found = find_boxes(problem(sketch, demands), LONGEST, effort_limit=_EFFORT)
    return found.status is Status.UNREALIZABLE


def _proposal(sketch: Sketch, demands: Sequence[Demand], freed: Demand) -> dict[str, Any] | None:
    """What giving up one demand makes possible: `free` says what, `becomes` the relation then."""
    if freed.kind == "open":  # nobody asked for it: the rule of the words does
        return None
    rest = [d for d in demands if not _is_same(d, freed)]
    boxes = find_boxes(problem(sketch, rest), LONGEST, effort_limit=_EFFORT).boxes
    if boxes is None:
        return None
    proposal: dict[str, Any] = {"free": freed.kind, "text": freed.statement.text}
    if freed.kind == "relation":
        pair = freed.statement.rooms
        proposal |= {"pair": pair, "becomes": _becomes(sketch, boxes, pair)}
    elif freed.kind in ("place", "room area"):
        proposal["room"] = freed.number
    elif freed.kind == "area":
        proposal["type"] = sketch.words.room_names[freed.number]
    elif freed.kind == "rule":
        proposal["rule"] = freed.number
    return proposal


def _is_same(one: Demand, other: Demand) -> bool:
    if one.kind in ("rule", "area", "room area", "place", "plot", "entrance"):
        return one.kind == other.kind and one.number == other.number
    return one is other


def _becomes(sketch: Sketch, boxes: np.ndarray, pair: tuple[int, ...]) -> str:
    """What boxes say of a pair, in the words of the page."""
    allowed, words = allowed_tokens(boxes, sketch.words)[pair[0], pair[1]], sketch.words
    if len(allowed) > 1:  # the rule knows of touching alone
        return touches_in(words)
    (token,) = allowed
    return apart_in(words) if token == words.no_edge else words.relation_names[token]


def _freed_rules(sketch: Sketch) -> list[dict[str, Any]]:
    """Rules without which there is a layout, where nothing else is known to be the reason."""
    proposals = []
    for number, rule in enumerate(sketch.rules):
        rules = sketch.rules[:number] + sketch.rules[number + 1 :]
        if boxes_for(replace(sketch, rules=rules)) is not None:
            proposals.append({"free": "rule", "text": str(rule), "rule": number})
    return proposals


def _freed_areas(sketch: Sketch) -> list[dict[str, Any]]:
    """Of the plot and the areas that are asked, what alone makes the rooms fit on the plot."""
    proposals: list[dict[str, Any]] = [{"free": "plot", "text": "the plot"}]
    for room in sketch.room_areas:
        areas = {k: bounds for k, bounds in sketch.room_areas.items() if k != room}
        if not areas_beyond_plot(replace(sketch, room_areas=areas)):
            text = f"{sketch.labels[room]}: its area"
            proposals.append({"free": "room area", "text": text, "room": room})
    for room_type in sketch.min_areas:
        of_types = {t: area for t, area in sketch.min_areas.items() if t != room_type}
        if not areas_beyond_plot(replace(sketch, min_areas=of_types)):
            name = sketch.words.room_names[room_type]
            proposals.append({"free": "area", "text": f"{name}: its areas", "type": name})
    return proposals


def _without_twins(proposals: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({p["text"]: p for p in proposals}.values())
