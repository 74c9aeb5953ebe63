"""The JSON object of a plan, and its id."""

from typing import Any

from bd_gen.data.sources.plans.bad_plan import BadPlanError
from bd_gen.data.sources.plans.plan_header import MARK
from bd_gen.system.plain import JsonError, parse_json

LONGEST_ID = 200

_MOST_VALUES = 100_000
"""Values of one plan, of which 32 rooms with all their relations need 2,500; the rest is for what
other programs add."""


def plan_object(line: bytes | Any | None) -> dict[str, Any]:
    """The object that a line is; None for a line that was too long to keep.

    Raises:
        BadPlanError: it is none.
    """
    if line is None:
        raise BadPlanError("broken line", "too long")
    try:
        plan = parse_json(line, _MOST_VALUES)
    except JsonError as error:
        raise BadPlanError("broken line", str(error).removeprefix("is ")) from error
    if type(plan) is not dict:
        raise BadPlanError("broken line", "not a JSON object")
    return plan


def id_of(plan: dict[str, Any]) -> str:
    """The id of a plan, a whole number as text.

    Raises:
        BadPlanError: it has none, or one that is no id.
    """
    name = plan.get("id")
    if name is None and MARK in plan:
        raise BadPlanError("header that is not the first of its file")
    if name is None:
        raise BadPlanError("missing field", "id")
    if type(name) is int and abs(name) < 10**18:
        return str(name)
    if type(name) is not str or not 0 < len(name) <= LONGEST_ID or not name.isprintable():
        raise BadPlanError("malformed plan", f"id is not 1 to {LONGEST_ID} printable characters")
    return name
