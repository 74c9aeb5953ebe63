"""Is all that was written what was asked for? Looked at anew, from the file.

Nothing of the search, of the sampler or of the solver is used here: plans are read as anybody's
would be, relations follow from their boxes by the rule, and rules are taken at their words; shapes,
doors and the plot see `checking_shapes`.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bd_gen.data.plan_table import PlanTable
from bd_gen.data.sources.plans.source import read_plans
from bd_gen.design.brief import Brief
from bd_gen.design.checking_shapes import Pairs, door_pairs, what_is_wrong_with_shapes
from bd_gen.design.rule_meaning import OPENS, TOUCHES, AnyRule, DesignRule, RoomPhrase, RoomRule
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.layouts.constraints import LARGEST_COORDINATE
from bd_gen.sampling.conditions import Condition
from bd_gen.system.errors import InternalError
from bd_gen.system.plain import parse_json


def check_plans(
    path: Path, brief: Brief, count: int, problems: Sequence[Sequence[str]] = ()
) -> None:
    """Check that a file holds `count` plans that satisfy the brief.

    Args:
        path: the file, in the open format.
        brief: what was asked for.
        count: of plans.
        problems: of each plan what the user is told that it does not have.

    Raises:
        InternalError: it does not; a fault of this program.
        InputError: the file cannot be read.
    """
    plans = read_plans(path, Vocabulary(brief.num_rooms, brief.words))
    lines = [parse_json(line) for line in path.read_bytes().splitlines()]
    if not len(plans) == len(lines) == count:
        raise InternalError(f"{path.name}: expected {count} plans, found {len(plans)}")
    for k, line in enumerate(lines):
        wrong = _what_is_wrong(plans, k, brief, door_pairs(line))
        wrong = wrong or what_is_wrong_with_shapes(line, brief, problems[k] if problems else ())
        if wrong:
            raise InternalError(f"{path.name}: plan {plans.ids[k]}: {wrong}")


def _what_is_wrong(plans: PlanTable, k: int, brief: Brief, doors: Pairs) -> str | None:
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
        if not satisfies(rule, room_types, names, doors or None):
            return f"does not satisfy '{rule}'"
    return None if brief.known is None else _unlike(brief.known, room_types, names)


def _unlike(known: Condition, room_types: list[int], relations: Pairs) -> str | None:
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


def _relation_names(plans: PlanTable, k: int) -> Pairs:
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
    rule: DesignRule, room_types: list[int], relations: Pairs, doors: Pairs | None = None
) -> bool:
    """Does a plan satisfy a rule?

    Args:
        rule: in words.
        room_types: of its rooms.
        relations: by (a, b) what room a is of room b; joined pairs only, both ways.
        doors: the same of doors; None where there are none yet: then rooms that are joined may
            open to each other.
    """
    if isinstance(rule, AnyRule):
        return any(_satisfies_one(one, room_types, relations, doors) for one in rule.rules)
    return _satisfies_one(rule, room_types, relations, doors)


def _satisfies_one(
    rule: RoomRule, room_types: list[int], relations: Pairs, doors: Pairs | None
) -> bool:
    if rule.relation == OPENS and doors is not None:
        relations = doors

    def are_related(a: int, b: int) -> bool:
        found = relations.get((a, b))
        return found is not None and rule.relation in (TOUCHES, OPENS, found)

    subjects, others = (_meant(phrase, room_types) for phrase in (rule.subject, rule.object))
    if rule.kind == "forbid":
        if rule.relation == OPENS and doors is None:
            return True
        return not any(are_related(a, b) for a in subjects for b in others if a != b)
    if rule.is_only and (rule.relation == TOUCHES or relations is doors):
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
