"""From a room programme and rules to plans."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, overload

import numpy as np

from bd_gen.api.diagram import in_python, python_words, types_of
from bd_gen.api.model import Model, load
from bd_gen.api.plan import Plan
from bd_gen.design.blame import what_is_to_blame
from bd_gen.design.brief import Brief
from bd_gen.design.room_rules import parse_rule
from bd_gen.design.rule_meaning import DesignRule, Kind
from bd_gen.design.run import Designs
from bd_gen.design.run import design as designs_for
from bd_gen.diagrams.names import RoomLabels
from bd_gen.diagrams.words import Words
from bd_gen.system.errors import InputError
from bd_gen.training.bundled import BUNDLED


@dataclass(frozen=True, eq=False)
class Design(Sequence[Plan]):
    """The plans that came of a brief, likeliest first.

    Attributes:
        plans: with boxes, called "01", "02", ...
        nats: (N,) of each; less is likelier.
        why_fewer: what is to blame if there are fewer plans than asked for; else empty.
        found: how they were found.
    """

    plans: tuple[Plan, ...]
    nats: np.ndarray
    why_fewer: str
    found: Designs

    @overload
    def __getitem__(self, place: int) -> Plan: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Plan]: ...

    def __getitem__(self, place: int | slice) -> Plan | Sequence[Plan]:
        return self.plans[place]

    def __len__(self) -> int:
        return len(self.plans)

    def __iter__(self) -> Iterator[Plan]:
        return iter(self.plans)

    def _repr_svg_(self) -> str | None:
        """What a notebook shows: all plans side by side."""
        from bd_gen.api.drawing import draw

        return draw(self.plans) if self.plans else None


def design(
    brief: str | Iterable[str | int] | Brief,
    *,
    require: str | Iterable[str] = (),
    forbid: str | Iterable[str] = (),
    model: Model | str | Path = BUNDLED,
    workers: int = 1,
    progress: Callable[[str, int, int], None] | None = None,
    **settings: Any,
) -> Design:
    """Find and lay out diagrams that satisfy a brief, as `bd-gen design` does.

    Args:
        brief: the rooms, "LivingRoom, Kitchen, 2 Bathroom" or names; or a whole `Brief`.
        require: rules, "Kitchen touches LivingRoom" (docs/design.md).
        forbid: rules that hold for no rooms.
        model: a model, or its file.
        workers: processes that lay diagrams out; no influence on the plans.
        progress: told (what is done now, done, total).
        settings: further fields of `Brief`: count, seed, pool, min_difference, most_drawn, solver.

    Raises:
        InputError: rooms or rules that nobody knows or that contradict one another, a value out
            of range, a model that does not know such a programme, or OR-tools is missing.
    """
    if not isinstance(model, Model):
        model = load(model)
    if not isinstance(brief, Brief):
        brief = _brief(model.checkpoint.words, brief, require, forbid, settings)
    elif require or forbid or settings:
        raise InputError("design: a Brief holds rules and settings already; give none beside it")
    found = designs_for(model.checkpoint, brief, workers, model.device, progress)
    plans = tuple(
        Plan(f"{k:02d}", diagram, boxes)
        for k, (diagram, boxes) in enumerate(zip(found.diagrams, found.boxes, strict=True), start=1)
    )
    why = ""
    if not found.is_complete:
        why = in_python(what_is_to_blame(brief, found.candidates, found.shares))
    return Design(plans, found.nats, why, found)


def _brief(
    words: Words,
    rooms: str | Iterable[str | int],
    require: str | Iterable[str],
    forbid: str | Iterable[str],
    settings: dict[str, Any],
) -> Brief:
    rules = (*_rules(require, "require", words), *_rules(forbid, "forbid", words))
    try:
        return Brief(tuple(types_of(rooms, words)), rules, words=words, **settings)
    except TypeError as error:
        raise InputError(f"design: {str(error).partition('() ')[2] or error}") from None


def _rules(texts: str | Iterable[str], kind: Kind, words: Words) -> list[DesignRule]:
    with python_words():
        labels = RoomLabels(words=words)
        several = [texts] if isinstance(texts, str) else texts
        return [parse_rule(text, kind, labels) for text in several]
