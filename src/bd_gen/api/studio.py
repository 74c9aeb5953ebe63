"""The studio in a notebook."""

from collections.abc import Callable, Iterable
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from bd_gen.api.diagram import Diagram, as_diagram
from bd_gen.api.model import Model
from bd_gen.api.plan import Plan
from bd_gen.diagrams.recorded_words import check_same_words
from bd_gen.diagrams.words import Words
from bd_gen.studio.notebook import facts_given, widget_of
from bd_gen.studio.sketch import apart_in
from bd_gen.system.files import expanded
from bd_gen.training.bundled import BUNDLED


class Studio:
    """The page of `bd-gen studio` in a notebook, two-way: what is drawn there can be read here.

    Needs the extra `notebook`: pip install 'bd-gen[notebook]'.

    Args:
        what: a diagram, or a plan with its boxes; rooms alone, as `Diagram` takes them, leave all
            relations open.
        model: a model, or its file.
        require: rules, as `design` takes them.
        forbid: rules that hold for no rooms.
        height: of the widget, in pixels.

    Attributes:
        widget: the anywidget; its traits `document` and `plan` can be observed.

    Raises:
        InputError: anywidget is missing, or something given cannot be used.
    """

    def __init__(
        self,
        what: Any,
        *,
        model: Model | str | Path = BUNDLED,
        require: str | Iterable[str] = (),
        forbid: str | Iterable[str] = (),
        height: int = 760,
    ) -> None:
        checkpoint = model.checkpoint if isinstance(model, Model) else str(model)
        if isinstance(checkpoint, str) and checkpoint != BUNDLED:
            checkpoint = str(expanded(checkpoint))
        self._words = facts_given(checkpoint).words
        rules = [{"kind": "require", "text": text} for text in _texts(require)]
        rules += [{"kind": "forbid", "text": text} for text in _texts(forbid)]
        self.widget = widget_of({**self._document(what), "rules": rules}, checkpoint, height)

    @property
    def diagram(self) -> Diagram:
        """The rooms, and the relations that have a name; setting it draws another."""
        document = self.widget.document
        edges = [
            (link["a"], link["b"], link["relation"])
            for link in document["links"]
            if link["relation"] in self._words.relation_names
        ]
        return Diagram([room["type"] for room in document["rooms"]], edges, self._words)

    @diagram.setter
    def diagram(self, what: Any) -> None:
        self.widget.document = {**self.widget.document, **self._document(what)}

    @property
    def plan(self) -> Plan | None:
        """The plan that is shown; None while there is none."""
        shown = self.widget.plan
        if not shown:
            return None
        types = [room["type"] for room in self.widget.document["rooms"]]
        diagram = Diagram(types, shown["relations"], self._words)
        return Plan("studio", diagram, np.array(shown["boxes"]))

    def _document(self, what: Any) -> dict[str, Any]:
        """Rooms and links as the page keeps them, in the words of the model."""
        is_open = isinstance(what, str) or (isinstance(what, list | tuple) and bool(what))
        diagram = Diagram(what, words=self._words) if is_open else as_diagram(what)
        check_same_words(diagram.words, "studio: the diagram", self._words, "the model")
        return _document(diagram, getattr(what, "boxes", None), is_open)

    def observe(self, told: Callable[[Diagram], Any]) -> None:
        """Call a function with the diagram whenever it changes."""
        self.widget.observe(lambda _: told(self.diagram), names="document")

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """What a notebook shows: the page."""
        return self.widget._repr_mimebundle_(**options)


def _texts(texts: str | Iterable[str]) -> list[str]:
    return [texts] if isinstance(texts, str) else list(texts)


def _document(diagram: Any, boxes: Any, is_open: bool) -> dict[str, Any]:
    words: Words = diagram.words
    rooms: list[dict[str, Any]] = [
        {"type": words.room_names[t], "name": ""} for t in diagram.room_types
    ]
    if boxes is not None:
        for room, box in zip(rooms, np.rint(boxes).astype(int).tolist(), strict=True):
            room["box"] = box
    named = {(i, j): words.relation_names[r] for i, j, r in diagram.edges}
    pairs = () if is_open else combinations(range(len(rooms)), 2)
    links = [
        {
            "a": i,
            "b": j,
            "relation": named.get((i, j), apart_in(words)),
            "by": "hand" if (i, j) in named else "model",
        }
        for i, j in pairs
    ]
    return {"rooms": rooms, "links": links}
