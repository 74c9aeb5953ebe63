"""The rooms of a GraphML graph: their types, order and boxes."""

import math
import re
from collections.abc import Iterable

import numpy as np

from bd_gen.data.sources.graphml.graphml_data import Item
from bd_gen.diagrams.names import RoomLabels, room_type_of
from bd_gen.system.errors import InputError

_LARGEST_COORDINATE = 1e6
_LONGEST_PREFIX = 2  # of ids that programs make: n0, v_1
_UNKNOWN = frozenset({"", "?", "any"})
_NUMBER = re.compile(r"[\s_#(-]*\d{1,3}\)?\Z")
TYPE_NAMES = ("type", "roomtype", "label", "name")
"""Attributes that may name a room's type, in their order; names are folded."""

OTHER_NAMES = frozenset(
    ("room", "typenumber", "x0", "y0", "x1", "y1", "area", "centrex", "centrey")
)  # fmt: skip
"""Attributes of nodes that are read otherwise, or follow from those that are."""

_SIDES = ("x0", "y0", "x1", "y1")


class UnknownRoomsError(InputError):
    """Labels of a graph that mean no room type.

    Attributes:
        labels: of each node that has such a one.
    """

    def __init__(self, message: str, labels: Iterable[str]) -> None:
        super().__init__(message)
        self.labels = tuple(labels)


def room_types_of(nodes: list[Item], labels: RoomLabels) -> tuple[int | None, ...]:
    """As `room_type_of_node`, of every node.

    Raises:
        InputError: as there; `UnknownRoomsError` with all labels that are not known.
    """
    types, unknown = [], list[UnknownRoomsError]()
    for node in nodes:
        try:
            types.append(room_type_of_node(node, labels))
        except UnknownRoomsError as error:
            unknown.append(error)
    if unknown:
        raise UnknownRoomsError(str(unknown[0]), (error.labels[0] for error in unknown))
    return tuple(types)


def label_of_node(node: Item) -> str | None:
    """What a node is called, without a number behind it: the text that would tell its type."""
    given = _given(node)
    text = next(iter(given.values())) if given else node.id
    label = _NUMBER.sub("", text)
    return label if given or len(label) > _LONGEST_PREFIX else None


def _given(node: Item) -> dict[str, str]:
    texts = {key: _first_line(node.data.get(key, "")) for key in TYPE_NAMES}
    return {
        key: text
        for key, text in texts.items()
        if text.casefold() not in _UNKNOWN and (key in ("type", "roomtype") or text != node.id)
    }


def room_type_of_node(node: Item, labels: RoomLabels) -> int | None:
    """The room type that a node has by one of `TYPE_NAMES` or its id; None if it has none.

    A number behind the name does not count ("SecondRoom 2"). A label that repeats the node's id
    says nothing, as programs write that where people wrote none.

    Raises:
        InputError: the first of them that says anything is no room, or two are different rooms.
    """
    given = _given(node)
    known = {key: _found(text, labels) for key, text in given.items()}
    if not given:
        return _found(node.id, labels)
    key, text = next(iter(given.items()))
    if known[key] is None:
        try:
            return room_type_of(text, node.where, labels.words)
        except InputError as error:
            raise UnknownRoomsError(str(error), [_NUMBER.sub("", text)]) from None
    for other, room_type in known.items():
        if room_type not in (None, known[key]):
            raise InputError(
                f"{node.where}: {key} is {text[:40]!r}, but {other} is {given[other][:40]!r}"
            )
    return known[key]


def _found(text: str, labels: RoomLabels) -> int | None:
    """The type that a text means, as it stands or without a number behind it."""
    room_type = labels.find(text)
    return labels.find(_NUMBER.sub("", text)) if room_type is None else room_type


def _first_line(text: str) -> str:
    return text.strip().splitlines()[0].strip() if text.strip() else ""


def in_order_of_rooms(nodes: list[Item]) -> list[Item]:
    """The nodes by their `room`, if each has a whole number of its own; else as they stand."""
    numbers = [node.data.get("room", "") for node in nodes]
    if not all(re.fullmatch(r"[0-9]{1,4}", number) for number in numbers):
        return nodes
    if len(set(map(int, numbers))) < len(nodes):
        return nodes
    return sorted(nodes, key=lambda node: int(node.data["room"]))


def boxes_of(nodes: list[Item]) -> np.ndarray | None:
    """(n, 4) int64 or float64 boxes, if every node has x0, y0, x1 and y1.

    Raises:
        InputError: a box that is none.
    """
    if not all(node.data.get(side) for node in nodes for side in _SIDES):
        return None
    boxes = np.array([_box_of(node) for node in nodes])
    return boxes.astype(np.int64) if (boxes == boxes.round()).all() else boxes


def _box_of(node: Item) -> list[float]:
    numbers = []
    for side in _SIDES:
        text = node.data[side]
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not abs(number) <= _LARGEST_COORDINATE:
            raise InputError(f"{node.where}: {side}: expected a number, got {text[:40]!r}")
        numbers.append(number)
    x0, y0, x1, y1 = numbers
    if x0 > x1 or y0 > y1:
        raise InputError(f"{node.where}: expected x0 <= x1 and y0 <= y1, got {numbers}")
    return numbers
