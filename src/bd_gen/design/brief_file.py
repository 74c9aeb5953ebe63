"""Briefs as files: YAML, or JSON."""

from pathlib import Path
from typing import Any

from bd_gen.design.brief_words import checked_fields
from bd_gen.system.errors import InputError
from bd_gen.system.files import read_small
from bd_gen.system.plain import JsonError, parse_json, plain_dict
from bd_gen.system.plain_yaml import read_yaml

ENDINGS = (".yaml", ".yml", ".json")
_LARGEST_FILE = 1 << 16


def read_brief(path: str | Path) -> dict[str, Any]:
    """The fields that a file holds, under their names (`brief_words.FIELDS`).

    Raises:
        InputError: the file cannot be read, is neither YAML nor JSON, or holds an unknown field.
    """
    path = Path(path)
    if path.suffix.casefold() not in ENDINGS:
        raise InputError(f"{path}: expected a brief, a file called .yaml, .yml or .json")
    if path.suffix.casefold() == ".json":
        data = read_small(path, _LARGEST_FILE, "expected a brief of at most 64 KiB")
        try:
            values = plain_dict(parse_json(data), str(path))
        except JsonError as error:
            raise InputError(f"{path}: {error}") from None
    else:
        values = read_yaml(path)
    return checked_fields(values, str(path))
