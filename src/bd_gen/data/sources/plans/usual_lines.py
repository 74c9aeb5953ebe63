"""Many lines of the usual kind at once: plans of an id, room types and boxes in pixels, no more.

pyarrow reads their JSON into columns, and all checks are numpy's; this takes a fifth of the time of
reading line by line. Nothing is refused here: if anything about any of the lines is wrong or
merely unusual there is no answer, and they are read one by one (`plan_parser.py`), which knows
what to say.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from bd_gen.data.plan_table import PlanTable, plan_sizes, table_from_boxes
from bd_gen.data.sources.plans.plan_parser import LONGEST_ID, PlanParser
from bd_gen.data.sources.plans.plan_units import USUAL_SIZE
from bd_gen.diagrams.relations import tells_relations

if TYPE_CHECKING:
    import pyarrow as pa

FEWEST = 256
"""Fewer lines are not worth the import of pyarrow."""

_UNUSUAL = (b"null", b"-0")
"""pyarrow crashes on a null between plans, and reads -0 as another number than Python does."""


class UsualLines:
    """Reads lines of one file; ids go into the parser's.

    Args:
        parse: what would read them one by one.
    """

    def __init__(self, parse: PlanParser) -> None:
        self.parse = parse
        self._id_type = "string"
        units, words = parse.units, parse.vocabulary.words
        self._can_be = units.is_pixels and tells_relations(words)

    def __call__(self, lines: Sequence[object], numbers: Sequence[int | str]) -> PlanTable | None:
        """The table of some lines; None if they are to be read one by one.

        Args:
            lines: JSON without line ends.
            numbers: of the lines.
        """
        if not self._can_be or len(lines) < FEWEST:
            return None
        texts = [line for line in lines if type(line) is bytes]
        if len(texts) < len(lines):
            return None
        columns = self._columns(b"\n".join(texts), len(texts))
        return None if columns is None else self._table(columns, numbers)

    def _columns(self, text: bytes, count: int) -> "pa.Table | None":
        # A line end inside a plan is between other characters, or pyarrow refuses it.
        is_line_by_line = text.count(b"}\n{") == count - 1 and text[:1] + text[-1:] == b"{}"
        if not is_line_by_line or any(part in text for part in _UNUSUAL):
            return None
        try:
            import pyarrow as pa
        except ImportError:  # torch and numpy are enough to train: it is only slower
            return None
        try:
            columns = self._parsed(text)
        except pa.ArrowInvalid as error:
            if "(/id) changed from" not in str(error):
                return None
            self._id_type = "int64" if self._id_type == "string" else "string"
            try:
                columns = self._parsed(text)
            except pa.ArrowInvalid:
                return None
        return columns if len(columns) == count else None

    def _parsed(self, text: bytes) -> "pa.Table":
        import pyarrow as pa
        from pyarrow import json

        numbers = pa.list_(pa.float64())
        rooms = pa.list_(pa.struct([("type", pa.string()), ("box", numbers)]))
        fields = [("id", self._id_type), ("rooms", rooms)]
        if not self.parse.keeps_shapes:
            fields.append(("front_door", numbers))
        return json.read_json(
            pa.BufferReader(text),
            json.ReadOptions(use_threads=False, block_size=len(text) + 1),
            json.ParseOptions(pa.schema(fields), unexpected_field_behavior="error"),
        )

    def _table(self, columns: "pa.Table", numbers: Sequence[int | str]) -> PlanTable | None:
        vocabulary = self.parse.vocabulary
        ids = self._ids(columns["id"])
        rooms = columns["rooms"].combine_chunks()
        room = rooms.flatten()
        if ids is None or rooms.null_count or room.null_count:
            return None
        num_rooms = np.diff(rooms.offsets.to_numpy()).astype(np.int64)
        if not 1 <= num_rooms.min() <= num_rooms.max() <= vocabulary.n_max:
            return None
        types, corners = (
            self._types(room.field("type")),
            _corners(room.field("box"), self.parse.units.largest),
        )
        if types is None or corners is None:
            return None
        real = vocabulary.real_mask(num_rooms)[:, : vocabulary.n_max]
        room_types, boxes = np.zeros(real.shape, np.uint8), np.zeros((*real.shape, 4))
        room_types[real], boxes[real] = types, corners
        if not self._are_in_pixels(boxes, real):
            return None
        table = table_from_boxes(room_types, boxes, num_rooms, np.array(ids), vocabulary)
        self.parse.seen.update(zip(ids, numbers, strict=True))
        return table

    def _ids(self, column: "pa.ChunkedArray") -> list[str] | None:
        if column.null_count:
            return None
        try:
            ids = column.to_pylist()
        except UnicodeDecodeError:
            return None
        if self._id_type == "int64":
            if not max(map(abs, ids)) < 10**18:
                return None
            ids = list(map(str, ids))
        lengths = set(map(len, ids))
        is_good = 0 < min(lengths) <= max(lengths) <= LONGEST_ID and "".join(ids).isprintable()
        is_new = len(set(ids)) == len(ids) and self.parse.seen.keys().isdisjoint(ids)
        return ids if is_good and is_new else None

    def _types(self, labels: "pa.StringArray") -> np.ndarray | None:
        """(R,) uint8 type of each room."""
        if labels.null_count:
            return None
        coded = labels.dictionary_encode()
        try:
            types = [self.parse.labels.find(label) for label in coded.dictionary.to_pylist()]
        except UnicodeDecodeError:
            return None
        known = [room_type for room_type in types if room_type is not None]
        if len(known) < len(types):
            return None
        return np.array(known, np.uint8)[coded.indices.to_numpy()]

    def _are_in_pixels(self, boxes: np.ndarray, real: np.ndarray) -> bool:
        if self.parse.units.unit is not None:
            return True
        size = plan_sizes(boxes, real)
        return bool(((size >= USUAL_SIZE[0]) & (size <= USUAL_SIZE[1])).all())


def _corners(boxes: "pa.ListArray", largest: float) -> np.ndarray | None:
    """(R, 4) boxes (x0, y0, x1, y1) within that largest coordinate."""
    numbers = boxes.flatten()
    is_whole = not (boxes.null_count or numbers.null_count)
    if not is_whole or not (np.diff(boxes.offsets.to_numpy()) == 4).all():
        return None
    corners: np.ndarray = numbers.to_numpy().reshape(-1, 4)
    low, high = corners[:, :2], corners[:, 2:]
    is_good = (-largest <= low) & (low <= high) & (high <= largest)
    return corners if is_good.all() else None
