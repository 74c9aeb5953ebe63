"""Why a sketch has no layout, and which single thing, given up, makes one possible."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.layouts.cycles import shortest_cycle
from bd_gen.layouts.search import Status, find_boxes
from bd_gen.studio.demands import Demand, demands_of, problem
from bd_gen.studio.sketch import APART, Sketch
from bd_gen.studio.solving import LONGEST, boxes_for, diagram_of

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
        kinds = ("relation", "rule")
        return {
            "why": self.text,
            "parts": [_part(demand) for demand in self.conflict],
            "is_proven": self.is_proven,
            "pairs": [d.statement.rooms for d in self.conflict if d.kind in kinds],
            "rooms": [d.statement.rooms[0] for d in self.conflict if d.kind in ("place", "area")],
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
    circle = {(min(a, b), max(a, b)) for a, b, _ in shortest_cycle(sketch.diagram)}
    kept = [d for d in demands if d.statement.rooms in circle and d.kind == "relation"]
    if not circle or not _is_impossible(sketch, kept):
        # what says least is left out first: rooms that do not touch, then all that is no relation
        kept = sorted(demands, key=_weight)
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
    return sorted(kept, key=_weight, reverse=True)


def _weight(demand: Demand) -> int:
    if demand.kind == "relation":
        return 1 if demand.statement.relation == RPLAN.no_edge else 3
    return 2 if demand.kind == "rule" else 0


def _is_impossible(sketch: Sketch, demands: Sequence[Demand]) -> bool:
    found = find_boxes(problem(sketch.num_rooms, demands), LONGEST, effort_limit=_EFFORT)
    return found.status is Status.UNREALIZABLE


def _proposal(sketch: Sketch, demands: Sequence[Demand], freed: Demand) -> dict[str, Any] | None:
    """What giving up one demand makes possible: `free` says what, `becomes` the relation then."""
    rest = [d for d in demands if not _is_same(d, freed)]
    boxes = find_boxes(problem(sketch.num_rooms, rest), LONGEST, effort_limit=_EFFORT).boxes
    if boxes is None:
        return None
    proposal: dict[str, Any] = {"free": freed.kind, "text": freed.statement.text}
    if freed.kind == "relation":
        pair = freed.statement.rooms
        found = diagram_of(sketch.room_types, boxes)
        proposal |= {"pair": pair, "becomes": _found_relation(found, pair)}
    elif freed.kind == "place":
        proposal["room"] = freed.number
    elif freed.kind == "area":
        proposal["type"] = RPLAN.room_names[freed.number]
    else:
        proposal["rule"] = freed.number
    return proposal


def _is_same(one: Demand, other: Demand) -> bool:
    if one.kind in ("rule", "area", "place"):
        return one.kind == other.kind and one.number == other.number
    return one is other


def _found_relation(diagram: Diagram, pair: tuple[int, ...]) -> str:
    found = {(i, j): RPLAN.relation_names[r] for i, j, r in diagram.edges}
    return found.get((pair[0], pair[1]), APART)


def _freed_rules(sketch: Sketch) -> list[dict[str, Any]]:
    """Rules without which there is a layout, where nothing else is known to be the reason."""
    proposals = []
    for number, rule in enumerate(sketch.rules):
        rules = sketch.rules[:number] + sketch.rules[number + 1 :]
        if boxes_for(replace(sketch, rules=rules)) is not None:
            proposals.append({"free": "rule", "text": str(rule), "rule": number})
    return proposals


def _without_twins(proposals: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({p["text"]: p for p in proposals}.values())
