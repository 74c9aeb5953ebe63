"""What a file of plans says of its own words: labels, relations, sizes, and rules that hold in it.

Nothing is known beforehand but the shape of the format: one JSON object a plan, with `rooms` that
have a `type` and perhaps a `box`, a `polygon` or `polygons`, and perhaps `relations`.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from bd_gen.data.foreign_labels import plans_of_folder
from bd_gen.data.sources.plans.plan_header import read_header
from bd_gen.data.sources.plans.plan_texts import read_plan_texts
from bd_gen.data.sources.plans.plan_units import PIXELS, Units
from bd_gen.diagrams.folded import fold_name
from bd_gen.system.errors import InputError
from bd_gen.system.plain import JsonError, parse_json

_MOST_LABELS = 10_000
_MOST_VALUES = 100_000
_METRES = ("m", "metre", "metres", "meter", "meters")


@dataclass
class LabelFacts:
    """What is known of one label; spellings that fold to the same name are one.

    Attributes:
        spellings: how it is written, and how often.
        num_plans: plans that have such a room.
        most: such rooms in one plan, at most.
        sizes: width and height of each room whose box is known, in the file's unit.
    """

    spellings: Counter[str] = field(default_factory=Counter)
    num_plans: int = 0
    most: int = 0
    sizes: list[tuple[float, float]] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Its commonest spelling."""
        return self.spellings.most_common(1)[0][0]

    @property
    def count(self) -> int:
        """Rooms that have it."""
        return self.spellings.total()


@dataclass
class PlanFacts:
    """What a file says of its words.

    Attributes:
        num_plans: plans that could be read.
        num_bad: others.
        labels: by folded name.
        relations: what relations are called, and how often.
        num_unnamed: relations without a name.
        num_with_relations: plans that name relations.
        together: (inner, outer) folded names: plans that have a room of each with a box.
        inside: the same: plans in which one lies inside the other.
        rooms: number of rooms and plans that have it.
        spans: width or height of each plan with boxes, the larger one, in the file's unit.
        footprints: number of rooms, and width times height.
        says_metres: plans that say that their unit is the metre.
        units: what the header of the file says of all coordinates.
        walls: by name of a relation the common wall of pairs that have it, negative where apart.
    """

    num_plans: int = 0
    num_bad: int = 0
    labels: dict[str, LabelFacts] = field(default_factory=lambda: defaultdict(LabelFacts))
    relations: Counter[str] = field(default_factory=Counter)
    num_unnamed: int = 0
    num_with_relations: int = 0
    together: Counter[tuple[str, str]] = field(default_factory=Counter)
    inside: Counter[tuple[str, str]] = field(default_factory=Counter)
    rooms: Counter[int] = field(default_factory=Counter)
    spans: list[float] = field(default_factory=list)
    footprints: list[tuple[int, float]] = field(default_factory=list)
    says_metres: int = 0
    units: Units = PIXELS
    walls: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, plan: Any) -> None:
        """Take up a plan; one that is none is counted as bad."""
        rooms = plan.get("rooms") if isinstance(plan, dict) else None
        labels = _labels(rooms)
        if not labels:
            self.num_bad += 1
            return
        self.num_plans += 1
        self.rooms[len(labels)] += 1
        self.says_metres += str(plan.get("unit", self.units.unit)).casefold() in _METRES
        folded = [fold_name(label) for label in labels]
        for label, name in zip(labels, folded, strict=True):
            self.labels[name].spellings[label] += 1
        for name, count in Counter(folded).items():
            self.labels[name].num_plans += 1
            self.labels[name].most = max(self.labels[name].most, count)
        if len(self.labels) > _MOST_LABELS:
            raise InputError(f"more than {_MOST_LABELS:,} different labels; is `type` the type?")
        boxes = [_box(room) for room in rooms]  # type: ignore[union-attr] # there are labels
        whole = np.array(boxes, float) if all(box is not None for box in boxes) else None
        scale = plan.get("scale", self.units.scale)
        if whole is not None and type(scale) in (int, float):
            whole *= scale
        self._add_relations(plan.get("relations"), whole)
        if whole is not None:
            self._add_boxes(folded, whole)

    def _add_relations(self, relations: Any, boxes: np.ndarray | None) -> None:
        if not isinstance(relations, list):
            return
        self.num_with_relations += 1
        for entry in relations:
            if not isinstance(entry, list) or len(entry) not in (2, 3):
                continue
            name = entry[2] if len(entry) == 3 else None
            if not isinstance(name, str):
                self.num_unnamed += 1
                continue
            self.relations[name] += 1
            i, j = entry[:2]
            is_known = type(i) is int and type(j) is int and boxes is not None
            if is_known and min(i, j) >= 0 and max(i, j) < len(boxes):  # type: ignore[arg-type]
                u, v = boxes[i], boxes[j]  # type: ignore[index]
                common = np.minimum(u[2:], v[2:]) - np.maximum(u[:2], v[:2])
                self.walls[name].append((float(common.max()), float(common.min())))

    def _add_boxes(self, folded: list[str], boxes: np.ndarray) -> None:
        sides = boxes[:, 2:] - boxes[:, :2]
        for name, (width, height) in zip(folded, sides.tolist(), strict=True):
            self.labels[name].sizes.append((width, height))
        whole = boxes[:, 2:].max(axis=0) - boxes[:, :2].min(axis=0)
        self.spans.append(float(whole.max()))
        self.footprints.append((len(boxes), float(whole.prod())))
        is_behind = (boxes[:, None, :2] >= boxes[None, :, :2]).all(axis=2)
        is_before = (boxes[:, None, 2:] <= boxes[None, :, 2:]).all(axis=2)
        lies_in = is_behind & is_before & ~np.eye(len(boxes), dtype=bool)
        pairs = {(a, b) for a in folded for b in folded if a != b or folded.count(a) > 1}
        self.together.update(pairs)
        self.inside.update({(folded[i], folded[j]) for i, j in np.argwhere(lies_in).tolist()})


def facts_of(path: str | Path, progress: Callable[[int, int], None] | None = None) -> PlanFacts:
    """Read a file of plans, or a folder of GraphML or House-GAN++, for what it says of its words.

    Raises:
        InputError: it cannot be read, or holds no plan.
    """
    facts = PlanFacts()
    if Path(path).is_dir():
        for plan in plans_of_folder(Path(path)):
            facts.add(plan)
        if not facts.num_plans:
            raise InputError(f"{path}: holds no graph whose nodes are called something")
        return facts
    _, texts = read_plan_texts(path, progress)
    texts = ((number, text) for number, text in texts if text is None or text.strip())
    first = next(texts, (1, None))
    header = read_header(path, first[1])
    if header is not None:
        facts.units = header.units
    for _, text in texts if header is not None else chain([first], texts):
        try:
            facts.add(None if text is None else parse_json(text, _MOST_VALUES))
        except JsonError:
            facts.num_bad += 1
        except InputError as error:
            raise InputError(f"{path}: {error}") from None
    if not facts.num_plans:
        raise InputError(
            f'{path}: holds no plan: expected JSON lines as {{"rooms": [{{"type": "Kitchen", '
            '"box": [x0, y0, x1, y1]}, ...]}'
        )
    return facts


def _labels(rooms: Any) -> list[str]:
    """The labels of a plan's rooms; none if it is not one."""
    if not isinstance(rooms, list) or not rooms:
        return []
    labels = [room.get("type") if isinstance(room, dict) else None for room in rooms]
    if not all(isinstance(label, str) and fold_name(label) for label in labels):
        return []
    return [str(label) for label in labels]


def _box(room: dict[str, Any]) -> list[float] | None:
    """The box of a room, or that around its polygons; None if it has none that makes sense."""
    box = room.get("box")
    if box is None:
        rings = room.get("polygons") or [room.get("polygon")]
        try:
            points = np.concatenate([np.array(ring, float).reshape(-1, 2) for ring in rings])
        except (TypeError, ValueError):
            return None
        if not len(points):
            return None
        box = [*points.min(axis=0), *points.max(axis=0)]
    try:
        sides = np.array(box, float)
    except (TypeError, ValueError):
        return None
    if sides.shape != (4,) or not np.isfinite(sides).all() or (sides[:2] > sides[2:]).any():
        return None
    return list(sides)
