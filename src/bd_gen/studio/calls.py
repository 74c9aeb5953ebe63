"""What the page can ask and gets at once: each a function of a message, with a message back.

The server and the notebook answer by the same table, `CALLS`. What takes a model is in `search`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from bd_gen.design.contradictions import contradictory
from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.words import Words
from bd_gen.studio.fields import items, number, table, text, whole
from bd_gen.studio.moving import move
from bd_gen.studio.plan_message import Finished, finished, plan_message, plot_message
from bd_gen.studio.projects import project_of
from bd_gen.studio.reasons import reason_of
from bd_gen.studio.sketch import Sketch, apart_in, touches_in
from bd_gen.studio.sketch_message import MOST_RULES, box_table, plot_of, rule_of, sketch_of
from bd_gen.studio.solving import boxes_for, fits, is_laid_out
from bd_gen.studio.transfer import exported, imported
from bd_gen.studio.vocabulary import vocabulary_message
from bd_gen.system.errors import InputError

LARGEST_UPLOAD = 16_000_000
"""Bytes of a file that somebody brings."""

_MOST_EFFORT = 1.0
Message = dict[str, Any]


@dataclass(frozen=True)
class Desk:
    """What answers: which model is used, for those answers that depend on it.

    Attributes:
        checkpoint: SHA-256 of the model; "" where none is known yet.
        words: of the model.
        most_rooms: that it knows; None where that is not known.
    """

    checkpoint: str = ""
    words: Words = RPLAN
    most_rooms: int | None = None


def vocabulary(desk: Desk, message: Message) -> Message:  # noqa: ARG001
    """The words, formats and limits of the page."""
    found = vocabulary_message(desk.words, LARGEST_UPLOAD, desk.most_rooms)
    return found | {"checkpoint": desk.checkpoint}


def plan(desk: Desk, message: Message) -> Message:
    """A layout of the sketch, or why there is none and what to give up for one.

    What the page shows is what it keeps: boxes that go out come back as `boxes`, and are drawn
    where they are as long as they fit. With `stays` they were shown before, and stay even where
    rooms have not the areas that are asked; `tidy` makes them better.
    """
    sketch = sketch_of(message.get("sketch"), desk.words)
    previous = message.get("boxes")
    if previous is not None:
        previous = box_table(previous, sketch.num_rooms)
    seen = previous if message.get("stays") is True else None
    if seen is not None and is_laid_out(sketch, seen):
        return _answer(sketch, finished(sketch, seen)) | {"is_new": False}
    effort = _effort(message.get("effort", 0.0))
    boxes = boxes_for(sketch, previous, effort)
    if boxes is None:
        before = None if seen is None else finished(sketch, seen)
        shown = {} if before is None else {"before": plan_message(before, sketch.scale)}
        return reason_of(sketch).message | shown | {"plot": plot_message(sketch)}
    is_new = boxes is not previous
    tidied = effort if is_new or message.get("tidy") is True else 0.0
    return _answer(sketch, _tidied(sketch, boxes, tidied)) | {"is_new": is_new}


def _answer(sketch: Sketch, found: Finished) -> Message:
    return {"plan": plan_message(found, sketch.scale), "plot": plot_message(sketch)}


def _tidied(sketch: Sketch, boxes: np.ndarray, effort: float) -> Finished:
    """The plan of boxes made better, unless that takes from them what is decided."""
    found = finished(sketch, boxes, effort)
    moved = found.plan.boxes
    if effort > 0 and moved is not None and fits(sketch, boxes) and not fits(sketch, moved):
        return finished(sketch, boxes)
    return found


def drag(desk: Desk, message: Message) -> Message:
    """The layout nearest to a drag, and what the drag itself would break."""
    sketch = sketch_of(message.get("sketch"), desk.words)
    boxes = box_table(message.get("boxes"), sketch.num_rooms)
    room = whole(message.get("room"), "room", 0, sketch.num_rooms - 1)
    target = np.array([number(side, "to") for side in items(message.get("to"), "to", 4)])
    if len(target) != 4:
        raise InputError("to: expected four numbers")
    found = move(sketch, boxes, room, target)
    shown = found.boxes if found.boxes is not None else boxes
    return _answer(sketch, finished(sketch, shown)) | {
        "is_snapped": found.boxes is None or not np.array_equal(found.boxes, found.wished),
        "wished": found.wished.tolist(),
        "broken": [
            {"pair": [i, j], "was": _name(was, desk.words), "is": _name(now, desk.words)}
            for i, j, was, now in found.broken
        ],
        "broken_rules": list(found.broken_rules),
    }


def rules(desk: Desk, message: Message) -> Message:
    """What is wrong with each rule as it is typed, and which of them contradict one another."""
    content = table(message.get("sketch"), "sketch")
    texts = items(content.get("rules", []), "rules", MOST_RULES)
    bare = sketch_of({**content, "rules": [], "relations": [], "fixed": {}}, desk.words)
    wrong: list[str | None] = []
    good: list[int] = []
    parsed = []
    for place, one in enumerate(texts):
        try:
            rule = rule_of(one, desk.words)
            parsed.append(rule.for_programme(bare.room_types, bare.vocabulary))
            good.append(place)
            wrong.append(None)
        except InputError as error:
            wrong.append(_of_rule(error))
    conflict = contradictory(parsed, bare.num_rooms, bare.vocabulary) if parsed else ()
    at = [good[k] for k, rule in enumerate(parsed) if any(rule is one for one in conflict)]
    return {"wrong": wrong, "contradictory": at}


def plot(desk: Desk, message: Message) -> Message:
    """A plot as it is typed: how it is drawn, or what is wrong with it."""
    try:
        sketch = Sketch((0,), plot=plot_of(message.get("plot"), desk.words), words=desk.words)
        return {"wrong": "", "plot": plot_message(sketch)}
    except InputError as error:
        return {"wrong": str(error), "plot": None}


def export(desk: Desk, message: Message) -> Any:
    """The plan as a file: a `Download`."""
    sketch = sketch_of(message.get("sketch"), desk.words)
    name = text(message.get("format"), "format", 40)
    boxes = message.get("boxes")
    if boxes is None:
        laid_out = LaidOut("plan", sketch.diagram, None, sketch.joined)
    else:
        laid_out = finished(sketch, box_table(boxes, sketch.num_rooms)).plan
    return exported(laid_out, name, sketch.scale)


def project(desk: Desk, message: Message) -> Message:
    """A project file, checked."""
    content = message.get("content")
    if not isinstance(content, str | bytes):
        raise InputError("project: expected the content of a file")
    return project_of(content, desk.checkpoint, desk.words)


def upload(desk: Desk, message: Message) -> Message:
    """The diagrams of a file."""
    content = message.get("content")
    if not isinstance(content, bytes):
        raise InputError("file: expected the content of a file")
    return imported(content, str(message.get("name", "")), desk.words)


CALLS: dict[str, Callable[[Desk, Message], Any]] = {
    "vocabulary": vocabulary,
    "plan": plan,
    "drag": drag,
    "rules": rules,
    "plot": plot,
    "export": export,
    "project": project,
    "upload": upload,
}
"""Everything that can be asked."""


def _name(relation: int, words: Words) -> str:
    if relation < 0:
        return touches_in(words)
    return apart_in(words) if relation == words.no_edge else words.relation_names[relation]


def _effort(value: Any) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 <= value <= _MOST_EFFORT:
        raise InputError(f"effort: expected a number in 0..{_MOST_EFFORT:g}")
    return float(value)


def _of_rule(error: InputError) -> str:
    """What is wrong with a rule, without the option of the terminal that it came by."""
    words = str(error)
    if words.startswith("--"):
        words = words.partition("': ")[2] or words
    return words
