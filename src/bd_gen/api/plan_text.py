"""A plan as one line of the open format `plans`, and back."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.vocabulary import LARGEST_N_MAX, Vocabulary
from bd_gen.diagrams.words import Words
from bd_gen.system.errors import InputError

if TYPE_CHECKING:
    from bd_gen.data.sources.plans.plan_diagrams import NamedDiagram

UNNAMED = "plan"
"""The id of a plan that nobody has named."""


def laid_out(id: str, diagram: Diagram, boxes: Any = None) -> LaidOut:  # noqa: A002
    """A diagram with its name and its rectangles, if it has any.

    Raises:
        InputError: they are not what `LaidOut` expects.
    """
    try:
        return LaidOut(id, diagram, boxes)
    except (TypeError, ValueError) as error:
        raise InputError(f"plan: {error}") from None


def json_of(plan: LaidOut) -> str:
    """One line of the open format `plans`: boxes, if the relations follow from them."""
    from bd_gen.data.sources.plans.plans_writer import plain_plans
    from bd_gen.exchange.exports.plans import table_of

    (plain_plan,) = plain_plans(table_of([plan]))
    return json.dumps(plain_plan, ensure_ascii=False)


def named_plan(text: str | bytes | Mapping[str, Any], words: Words = RPLAN) -> "NamedDiagram":
    """The plan of one line of the open format, as text or parsed, in these words.

    Raises:
        InputError: it is no plan of the format.
    """
    from bd_gen.data.sources.plans.plan_diagrams import named_diagram
    from bd_gen.data.sources.plans.plan_parser import BadPlanError, PlanParser
    from bd_gen.diagrams.names import RoomLabels

    vocabulary = Vocabulary(LARGEST_N_MAX, words)
    try:
        parsed = PlanParser(vocabulary, RoomLabels(words=words), "plan", keeps_shapes=True)(
            _parsed_json(text), 1
        )
    except BadPlanError as bad:
        detail = f": {bad.detail}" if bad.detail else ""
        raise InputError(f"plan: {bad.kind}{detail}") from None
    return named_diagram(parsed, vocabulary)


def _parsed_json(text: str | bytes | Mapping[str, Any]) -> bytes:
    """A plan as the bytes that a file would hold; without an id it gets one.

    Raises:
        InputError: it is no JSON.
    """
    from bd_gen.system.plain import JsonError, parse_json

    if isinstance(text, Mapping):
        content: Any = dict(text)
    else:
        try:
            content = parse_json(text.encode() if isinstance(text, str) else text)
        except JsonError as error:
            raise InputError(f"plan: expected a JSON object with rooms ({error})") from None
    if not isinstance(content, dict):
        raise InputError("plan: expected a JSON object with rooms")
    try:
        return json.dumps({"id": UNNAMED, **content}).encode()
    except (TypeError, ValueError) as error:
        raise InputError(f"plan: is not JSON ({error})") from None
