"""Is all that was written what was asked for? Looked at anew, from the file.

Nothing of the search, of the sampler or of the solver is used here: plans are read as anybody's
would be, relations follow from their boxes by the rule, and rules are taken at their words.
"""

from collections import Counter
from pathlib import Path

import numpy as np

from bd_gen.data.plan_table import PlanTable
from bd_gen.data.sources.plans.source import read_plans
from bd_gen.design.brief import Brief
from bd_gen.design.rule_meaning import OPENS, TOUCHES, AnyRule, DesignRule, RoomPhrase, RoomRule
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.layouts.constraints import LARGEST_COORDINATE
from bd_gen.sampling.conditions import Condition


def check_plans(path: Path, brief: Brief, count: int) -> None:
    """Check that a file holds `count` plans that satisfy the brief.

    Raises:
        RuntimeError: it does not; a fault of this program.
        InputError: the file cannot be read.
    """
    plans = read_plans(path, Vocabulary(brief.num_rooms, brief.words))
    if len(plans) != count:
        raise RuntimeError(f"{path}: expected {count} plans, found {len(plans)}")
    for k in range(count):
        wrong = _what_is_wrong(plans, k, brief)
        if wrong:
            raise RuntimeError(f"{path}: plan {plans.ids[k]}: {wrong}")


def _what_is_wrong(plans: PlanTable, k: int, brief: Brief) -> str | None:
    room_types = [int(t) for t in plans.room_types[k]]
    if Counter(room_types) != Counter(brief.room_types):
        return f"other rooms than {brief.room_types}: {room_types}"
    if brief.names and room_types != list(brief.room_types):
        return "rooms in another order than in the brief"
    boxes = plans.boxes[k]
    if not plans.has_boxes[k] or (boxes != np.round(boxes)).any():
        return "no boxes of whole pixels"
    if boxes.min() < 0 or boxes.max() > LARGEST_COORDINATE:
        return "a box outside the plan"
    if (boxes[:, 2:] - boxes[:, :2]).min() < brief.solver.min_side:
        return "a room that is too small"
    names = _relation_names(plans, k)
    for rule in brief.rules:
        if not satisfies(rule, room_types, names):
            return f"does not satisfy '{rule}'"
    return None if brief.known is None else _unlike(brief.known, room_types, names)


def _unlike(
    known: Condition, room_types: list[int], relations: dict[tuple[int, int], str]
) -> str | None:
    """What a plan has that is other than known of these rooms, in their order."""
    if room_types != list(known.room_types):
        return "rooms in another order than given"
    for i, j, relation in known.relations:
        found, expected = relations.get((i, j)), None
        if relation < known.words.num_relations:
            expected = known.words.relation_names[relation]
        if found != expected:
            return f"room {i} is {found or 'not joined to'} room {j}, not as given"
    for i, j in known.joined:
        if (i, j) not in relations:
            return f"rooms {i} and {j} are not joined"
    return None


def _relation_names(plans: PlanTable, k: int) -> dict[tuple[int, int], str]:
    """What room a is of room b, for all joined pairs and both ways."""
    names = {}
    vocabulary = plans.vocabulary
    said = vocabulary.words.relation_names
    for slot, label in enumerate(plans.relations[k].tolist()):
        if label < vocabulary.num_relations:
            i, j = int(vocabulary.edge_rows[slot]), int(vocabulary.edge_cols[slot])
            names[i, j] = said[label]
            names[j, i] = said[vocabulary.words.inverse[label]]
    return names


def satisfies(
    rule: DesignRule, room_types: list[int], relations: dict[tuple[int, int], str]
) -> bool:
    """Does a plan satisfy a rule, as far as its relations say? Doors are `shape_checks`' matter.

    Args:
        rule: in words.
        room_types: of its rooms.
        relations: by (a, b) what room a is of room b; joined pairs only, both ways.
    """
    if isinstance(rule, AnyRule):
        return any(_satisfies_one(one, room_types, relations) for one in rule.rules)
    return _satisfies_one(rule, room_types, relations)


def _satisfies_one(
    rule: RoomRule, room_types: list[int], relations: dict[tuple[int, int], str]
) -> bool:
    def are_related(a: int, b: int) -> bool:
        found = relations.get((a, b))
        return found is not None and rule.relation in (TOUCHES, OPENS, found)

    subjects, others = (_meant(phrase, room_types) for phrase in (rule.subject, rule.object))
    if rule.kind == "forbid":
        if rule.relation == OPENS:
            return True
        return not any(are_related(a, b) for a in subjects for b in others if a != b)
    if rule.is_only and rule.relation == TOUCHES:
        strangers = set(range(len(room_types))).difference(others)
        if any(are_related(a, b) for a in subjects for b in strangers if a != b):
            return False
    is_every = rule.subject.is_every or rule.is_only
    each_subject = all if is_every else any
    each_other = all if rule.object.is_every else any
    if rule.object.is_every and not is_every:
        # "a bathroom touches every bedroom": each bedroom has one, not one has them all
        return all(any(are_related(a, b) for a in subjects if a != b) for b in others)
    return each_subject(each_other(are_related(a, b) for b in others if a != b) for a in subjects)


def _meant(phrase: RoomPhrase, room_types: list[int]) -> list[int]:
    rooms = [k for k, room_type in enumerate(room_types) if room_type == phrase.room_type]
    if phrase.own:
        rooms = list(phrase.own)
    if phrase.number is not None:
        rooms = [rooms[phrase.number - 1]] if phrase.number <= len(rooms) else []
    more = [k for other in phrase.others for k in _meant(other, room_types)]
    return list(dict.fromkeys([*rooms, *more]))
