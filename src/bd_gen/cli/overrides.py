"""Overrides such as `data=plans data.path=FILE` without Hydra, for commands that start fast."""

import dataclasses
import os
from collections.abc import Sequence
from typing import Any

from bd_gen.data.config import DataConfig
from bd_gen.system.errors import InputError
from bd_gen.system.names import nearest

_TRUTH = {"true": True, "yes": True, "false": False, "no": False}


def data_config_from_overrides(words: Sequence[str]) -> DataConfig | None:
    """The data that overrides name: `data=SOURCE` and `data.FIELD=VALUE`; None if there are none.

    Raises:
        InputError: a word is no such override, or its value does not fit the field.
    """
    if not words:
        return None
    fields = {field.name: field.type for field in dataclasses.fields(DataConfig)}
    values: dict[str, Any] = {}
    for word in words:
        key, equals, text = word.partition("=")
        name = "source" if key == "data" else key.removeprefix("data.")
        if not equals or name not in fields or key == name:
            near = nearest(key, ["data", *(f"data.{f}" for f in fields)], 2)
            hint = f"; did you mean {' or '.join(f'{n}=...' for n in near)}?" if near else ""
            raise InputError(
                f"{word}: expected data=SOURCE or data.FIELD=VALUE (fields: "
                f"{', '.join(fields)}){hint}"
            )
        values[name] = _value(word, text, str(fields[name]))
    return DataConfig(**values)


def _value(word: str, text: str, kind: str) -> Any:
    """`text` as a value of the type named `kind`."""
    if text in ("null", "none") and "None" in kind:
        return None
    if "bool" in kind:
        if text.lower() not in _TRUTH:
            raise InputError(f"{word}: expected true or false")
        return _TRUTH[text.lower()]
    if "float" in kind:
        try:
            return float(text)
        except ValueError as error:
            raise InputError(f"{word}: expected a number") from error
    if "int" in kind:
        try:
            return int(text)
        except ValueError as error:
            raise InputError(f"{word}: expected an integer") from error
    # A shell leaves the ~ of KEY=~/VALUE alone.
    return os.path.expanduser(text)
