"""A diagram with its name and its rectangles; reading such plans, and writing them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from warnings import warn

from bd_gen.api.diagram import as_diagram, as_list
from bd_gen.api.plan_text import UNNAMED, json_of, named_plan
from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.words import Words
from bd_gen.diagrams.words_file import words_named
from bd_gen.system.errors import InputError
from bd_gen.system.files import expanded

if TYPE_CHECKING:
    from networkx import DiGraph


class Plan(LaidOut):
    """A diagram with a name and, if it has a layout, its rectangles.

    Attributes:
        id: 1 to 200 printable characters.
        diagram: the rooms and their relations.
        boxes: (n, 4) boxes (x0, y0, x1, y1) in pixels of a 256-pixel plan, y downwards; None
            without a layout.
        labels: a name for each room: "Kitchen", "SecondRoom 1", "SecondRoom 2".
        follows_from_boxes: are the relations those that the rule reads off the boxes?

    Raises:
        InputError: none of this.
    """

    def __post_init__(self) -> None:
        object.__setattr__(self, "diagram", as_diagram(self.diagram))
        try:
            super().__post_init__()
        except (TypeError, ValueError) as error:
            raise InputError(f"plan: {error}") from None

    def _repr_svg_(self) -> str:
        """What a notebook shows: bubbles and floor plan side by side."""
        from bd_gen.api.drawing import draw

        return str(draw(self))

    def to_json(self) -> str:
        """One line of the open format `plans`: boxes, if the relations follow from them."""
        return json_of(self)

    @classmethod
    def from_json(cls, text: str | bytes | Mapping[str, Any], words: Words = RPLAN) -> "Plan":
        """The plan of one line of the format, as text or parsed, in these words.

        Raises:
            InputError: it is no plan of the format.
        """
        return cls(*named_plan(text, words))

    def to_networkx(self) -> "DiGraph":
        """A graph with types, relations and boxes as attributes (docs/exports.md)."""
        from bd_gen.exchange.exports.graphml import graph_of

        return graph_of(self)


def read_plans(
    path: str | Path,
    limit: int | None = None,
    *,
    labels: str | Path | None = None,
    words: Words | str = RPLAN,
    skip_bad: bool = False,
) -> list[Plan]:
    """The diagrams of a file of plans, of samples, or of a GraphML file; its content tells which.

    What people should know of the file is a warning.

    Args:
        path: the file.
        limit: only the first so many.
        labels: JSON file {"foreign label": "RoomType"} for plans.
        words: what rooms and relations of plans and graphs are called: `Words`, or the name or
            YAML file of a vocabulary.
        skip_bad: leave out bad plans, with a warning, instead of refusing the file.

    Raises:
        InputError: the file cannot be used.
    """
    from bd_gen.data.labels import read_labels
    from bd_gen.diagrams.names import RoomLabels
    from bd_gen.exchange.choosing import Choice
    from bd_gen.exchange.laid_out_files import ReadingOptions, read_laid_out

    if isinstance(words, str):
        words = words_named(words)
    known = RoomLabels(words=words) if labels is None else read_labels(expanded(labels), words)
    options = ReadingOptions(known, skip_bad, is_whole=limit is None)
    if limit is not None and limit < 1:
        raise InputError(f"limit: expected at least 1, got {limit}")
    read = read_laid_out(expanded(path), Choice(limit=limit), options)
    for note in read.notes:
        warn(note, stacklevel=2)
    return [
        Plan(plan.id, plan.diagram, plan.boxes, floor_plan=plan.floor_plan) for plan in read.plans
    ]


def export(plans: Any, path: str | Path, scale: float | None = None) -> list[Path]:
    """Write diagrams or plans for other programs, in the format of the file's ending.

    Endings: jsonl, jsonl.gz, json, csv, svg, png, pdf; graphml and dxf hold one diagram, or with
    {id} in the name one each. Of several, those without a name are called by their places: 1, 2...

    Args:
        plans: one or several.
        path: the file.
        scale: metres per pixel; by default that of the words, 18 m for 256 pixels in RPLAN.

    Returns:
        the files.

    Raises:
        InputError: an unknown ending, two plans of one name, DXF without boxes, or a file that
            cannot be written.
    """
    from bd_gen.diagrams.laid_out import checked_scale, scale_of
    from bd_gen.exchange.export import export_plans, export_target

    named = _named(as_plans(plans, "export"))
    metres = checked_scale(scale_of(named[0].diagram.words) if scale is None else scale)
    return export_plans(named, export_target(expanded(path)), metres)


def as_plans(things: Any, where: str) -> list[Plan]:
    """Diagrams, plans, and what `lay_out` answers, as plans.

    Raises:
        InputError: there are none, or one of them has no diagram.
    """
    plans = []
    for k, one in enumerate(as_list(things, where)):
        diagram = as_diagram(one, f"{where}[{k}]")
        plans.append(
            Plan(
                getattr(one, "id", UNNAMED),
                diagram,
                getattr(one, "boxes", None),
                floor_plan=getattr(one, "floor_plan", None),
            )
        )
    return plans


def _named(plans: Sequence[Plan]) -> list[Plan]:
    if len(plans) == 1:
        return list(plans)
    named = [replace(p, id=str(k)) if p.id == UNNAMED else p for k, p in enumerate(plans, start=1)]
    name, count = Counter(plan.id for plan in named).most_common(1)[0]
    if count > 1:
        raise InputError(f"export: {count} plans are called {name!r}; expected names that differ")
    return named
