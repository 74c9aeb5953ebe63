"""Room labels of foreign files: known names, and a mapping file for the rest."""

from pathlib import Path

from bd_gen.data.problems import printable
from bd_gen.diagrams.vocabulary import ROOM_TYPES, fold_name, room_type_from_name
from bd_gen.errors import InputError
from bd_gen.files import read_small
from bd_gen.json_text import JsonError, parse_json

_LARGEST_MAPPING = 1 << 20


class RoomLabels:
    """Which room type a label means; case, blanks, hyphens and underscores do not count.

    Attributes:
        mapping: folded foreign label -> room type; goes before the built-in names.
    """

    def __init__(self, mapping: dict[str, int] | None = None) -> None:
        self.mapping = dict(mapping or {})
        self._known: dict[str, int] = {}

    def find(self, label: str) -> int | None:
        """The room type 0..12 that `label` means, or None."""
        room_type = self._known.get(label)
        if room_type is None:
            room_type = self.mapping.get(fold_name(label))
            if room_type is None:
                room_type = room_type_from_name(label)
            if room_type is not None and len(self._known) < 10_000:
                self._known[label] = room_type  # most labels come a hundred thousand times
        return room_type


def read_labels(path: str | Path) -> RoomLabels:
    """Read a mapping file: one JSON object, foreign label -> room type.

    Raises:
        InputError: no such file, not a JSON object, an unknown room type, a label given twice.
    """
    data = read_small(path, _LARGEST_MAPPING, "expected a mapping of labels under 1 MB")
    try:
        names = parse_json(data)
    except JsonError as error:
        raise InputError(f"{path}: expected a JSON object of labels ({error})") from error
    if not isinstance(names, dict):
        raise InputError(f'{path}: expected a JSON object {{"foreign label": "RoomType"}}')
    mapping: dict[str, int] = {}
    for label, name in names.items():
        room_type = room_type_from_name(name) if isinstance(name, str) else None
        shown = printable(str(label))
        if room_type is None:
            raise InputError(
                f"{path}: {shown!r}: expected one of {', '.join(ROOM_TYPES)}, "
                f"got {printable(str(name))!r}"
            )
        if mapping.setdefault(fold_name(label), room_type) != room_type:
            raise InputError(f"{path}: {shown!r}: given twice with different room types")
    return RoomLabels(mapping)
