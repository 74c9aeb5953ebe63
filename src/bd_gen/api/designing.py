"""From a room programme and rules to plans."""

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, overload

import numpy as np

from bd_gen.api.diagram import in_python, python_words
from bd_gen.api.model import Model, load
from bd_gen.api.plan import Plan
from bd_gen.design.blame import what_is_to_blame
from bd_gen.design.brief import Brief
from bd_gen.design.brief_file import ENDINGS, read_brief
from bd_gen.design.brief_words import FIELDS, Around, brief_from, checked_fields
from bd_gen.design.geometry import TYPICAL, geometry_model
from bd_gen.design.run import Designed, Designs
from bd_gen.design.run import design as designs_for
from bd_gen.diagrams.names import RoomLabels
from bd_gen.diagrams.words import Words
from bd_gen.layouts.options import SolverOptions
from bd_gen.system.errors import InputError
from bd_gen.system.files import expanded
from bd_gen.system.plain import plain_dict
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
    brief: str | Path | Iterable[str | int] | Mapping[str, Any] | Brief,
    *,
    require: str | Iterable[str] = (),
    forbid: str | Iterable[str] = (),
    model: Model | str | Path = BUNDLED,
    geometry: Model | str | Path = TYPICAL,
    workers: int = 1,
    progress: Callable[[str, int, int], None] | None = None,
    show: Callable[[Plan], None] | None = None,
    solver: SolverOptions | None = None,
    **settings: Any,
) -> Design:
    """Find and lay out diagrams that satisfy a brief, as `bd-gen design` does.

    Args:
        brief: a file (.yaml, .json), its fields as a dictionary, the rooms alone ("LivingRoom,
            Kitchen, 2 Bathroom", or names), or a whole `Brief`.
        require: rules, "Kitchen touches LivingRoom" (docs/design.md).
        forbid: rules that hold for no rooms.
        model: a model, or its file.
        geometry: a model of boxes or its file, "model" for the one of the package, "typical" for
            rooms of typical sizes.
        workers: processes that lay diagrams out; no influence on the plans.
        progress: told (what is done now, done, total).
        show: given every plan as soon as it is there.
        solver: what a layout must satisfy besides, in pixels; with it nothing is assumed of sizes
            unless `defaults=True`.
        settings: further fields of a brief: area, plot, count, seed, pool, min_difference, ...

    Raises:
        InputError: rooms or rules that nobody knows or that contradict one another, a value out
            of range, a model that does not know such a programme, or OR-tools is missing.
    """
    if not isinstance(model, Model):
        model = load(model)
    if not isinstance(brief, Brief):
        with python_words():
            brief = _brief(brief, require, forbid, settings, solver, model.checkpoint.words)
    elif require or forbid or settings or solver:
        raise InputError("design: a Brief holds rules and settings already; give none beside it")
    boxes = geometry.checkpoint if isinstance(geometry, Model) else geometry_model(str(geometry))
    if boxes is not None:
        boxes.check_draws(boxes=True)

    def show_plan(made: Designed) -> None:
        if show is not None:
            show(Plan("new", made.diagram, made.boxes, floor_plan=made.floor_plan))

    with python_words():
        found = designs_for(
            model.checkpoint, brief, workers, model.device, progress, boxes, show_plan
        )
    plans = tuple(
        Plan(f"{k:02d}", made.diagram, made.boxes, floor_plan=made.floor_plan)
        for k, made in enumerate(found.plans, start=1)
    )
    why = ""
    if not found.is_complete:
        why = in_python(
            what_is_to_blame(
                brief, found.candidates, found.shares, found.obstacles, found.num_refused
            )
        )
    return Design(plans, found.nats, why, found)


def _brief(
    given: str | Path | Iterable[str | int] | Mapping[str, Any],
    require: str | Iterable[str],
    forbid: str | Iterable[str],
    settings: dict[str, Any],
    solver: SolverOptions | None,
    words: Words,
) -> Brief:
    fields: dict[str, Any]
    if isinstance(given, Path) or (isinstance(given, str) and given.endswith(ENDINGS)):
        fields = read_brief(expanded(given))
    elif isinstance(given, Mapping):
        fields = checked_fields(plain_dict(dict(given), "brief"), "brief")
    elif isinstance(given, str):
        fields = {"rooms": given}
    else:
        fields = {"rooms": [r if isinstance(r, str) else _name(r, words) for r in given]}
    for name in settings:
        if name not in FIELDS:
            raise InputError(f"design: got an unexpected keyword argument {name!r}")
    if solver is not None:
        fields.setdefault("defaults", False)
    fields |= settings
    more = {"require": _texts(require), "forbid": _texts(forbid)}
    return brief_from(
        fields, Around(labels=RoomLabels(words=words), solver=solver, more_rules=more)
    )


def _name(room_type: object, words: Words) -> str:
    try:
        return words.room_names[operator.index(room_type)]  # type: ignore[arg-type]
    except (TypeError, IndexError):
        most = words.num_room_types - 1
        raise InputError(
            f"rooms: expected names or numbers 0..{most}, got {room_type!r:.60}"
        ) from None


def _texts(texts: str | Iterable[str]) -> list[str]:
    return [texts] if isinstance(texts, str) else list(texts)
