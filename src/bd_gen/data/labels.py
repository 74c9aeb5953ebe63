"""Mapping files for the room labels of foreign files."""

from pathlib import Path
from typing import TYPE_CHECKING

from bd_gen.data.problems import one_line
from bd_gen.diagrams.folded import fold_name
from bd_gen.diagrams.names import RoomLabels
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.words import Words
from bd_gen.system.errors import InputError
from bd_gen.system.files import read_small
from bd_gen.system.plain import JsonError, parse_json

if TYPE_CHECKING:
    from bd_gen.data.config import DataConfig

_LARGEST_MAPPING = 1 << 20


def read_labels(path: str | Path, words: Words = RPLAN) -> RoomLabels:
    """Read a mapping file: one JSON object, foreign label -> room type.

    Args:
        path: the file.
        words: whose room types these are.

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
        room_type = words.room_type(name) if isinstance(name, str) else None
        shown = one_line(str(label))
        if name is None:
            raise InputError(
                f"{path}: {shown!r}: null; a room cannot be left out, map its label to a room type "
                "(plans that have it are left out by skip_bad if it is not mapped)"
            )
        if room_type is None:
            raise InputError(
                f"{path}: {shown!r}: expected one of {', '.join(words.room_names)}, "
                f"got {one_line(str(name))!r}"
            )
        if mapping.setdefault(fold_name(label), room_type) != room_type:
            raise InputError(f"{path}: {shown!r}: given twice with different room types")
    return RoomLabels(mapping, words)


def labels_of(config: "DataConfig") -> RoomLabels:
    """What the room labels of a data set mean.

    Raises:
        InputError: the mapping file cannot be used.
    """
    if config.labels:
        return read_labels(config.labels, config.words)
    return RoomLabels(words=config.words)
