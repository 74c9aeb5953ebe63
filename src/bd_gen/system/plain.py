"""Values and JSON texts from outside: plain, and of bounded depth and size."""

import gc
import json
import math
from collections.abc import Callable
from typing import Any

from bd_gen.system.errors import InputError

LARGEST_DEPTH = 16
LARGEST_COUNT = 1_000_000
LARGEST_NUMBER = 1e100
"""What is squared and summed up on its way into a table must stay within the range of floats."""
MOST_VALUES = 1_000_000
"""Values, lists and objects of one text; they take 300 MB at most."""


def plain_value(value: Any, where: str) -> Any:
    """A copy of `value` made of dict, list, str, int, float, bool and None alone.

    Tuples become lists and integer keys text, as in JSON. A value that contains itself, or
    shares its parts so often that writing it out would never end, is refused.

    Args:
        value: anything.
        where: file and field, for the message.

    Raises:
        InputError: something else is in it, or it is too deep or too large.
    """
    return _Copy(where).of(value, 0)


def plain_dict(value: Any, where: str) -> dict[str, Any]:
    """As `plain_value`, for a value that must be a dictionary."""
    if not isinstance(value, dict):
        raise InputError(f"{where}: expected a dictionary, got {type(value).__name__}")
    copy: dict[str, Any] = plain_value(value, where)
    return copy


class _Copy:
    def __init__(self, where: str) -> None:
        self.where = where
        self.count = 0

    def of(self, value: Any, depth: int) -> Any:
        self.count += 1
        if depth > LARGEST_DEPTH or self.count > LARGEST_COUNT:
            raise InputError(f"{self.where}: is nested too deeply or too large")
        if value is None or isinstance(value, bool):
            return value
        # Subclasses (numpy's floats and texts are some) would not be plain in a file.
        if isinstance(value, int):
            return int(self.in_range(value))
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, float):
            if not math.isfinite(value):
                raise InputError(f"{self.where}: expected finite numbers, got {value}")
            return float(self.in_range(value))
        if isinstance(value, (list, tuple)):
            return [self.of(item, depth + 1) for item in value]
        if isinstance(value, dict) and all(type(key) in (str, int) for key in value):
            return {self.text(str(key)): self.of(item, depth + 1) for key, item in value.items()}
        kind = type(value).__name__
        raise InputError(f"{self.where}: expected plain values, got one of type {kind}")

    def in_range(self, number: float) -> float:
        if abs(number) > LARGEST_NUMBER:
            raise InputError(f"{self.where}: expected numbers within {LARGEST_NUMBER:g}")
        return number

    def text(self, text: str) -> str:
        try:
            text.encode()
        except UnicodeEncodeError:  # JSON can say "\ud800", which nothing can write
            raise InputError(f"{self.where}: holds half of a character") from None
        return str(text)


class JsonError(ValueError):
    """A text that is no JSON, says something twice, or would cost too much; one line says what."""


def parse_json(text: bytes | str, most_values: int = MOST_VALUES) -> Any:
    """The value of a JSON text in UTF-8, with a byte order mark or without.

    Args:
        text: what to parse; its size is the caller's to limit.
        most_values: values, lists and objects that it may hold. Commas and brackets inside of
            texts count as well.

    Raises:
        JsonError: it is no JSON, is nested too deeply, holds more values, or has an object with
            a key that stands there twice, of which one would be dropped.
    """
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise JsonError("is not text in UTF-8") from None
    if sum(map(text.count, ",[{")) >= most_values:
        raise JsonError(f"holds more than {most_values:,} values")
    try:
        return uncollected(_DECODER.decode, text)
    except JsonError:
        raise
    except RecursionError:
        raise JsonError("is nested too deeply") from None
    except ValueError as error:
        raise JsonError(f"is not JSON ({str(error)[:120]})") from None


def uncollected(decode: Callable[..., Any], *arguments: Any) -> Any:
    """What `decode` gives; no garbage is looked for meanwhile.

    JSON has no cycles, and looking for them among very many small values takes six times as long
    as parsing them.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        return decode(*arguments)
    finally:
        if was_on:
            gc.enable()


def _with_unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise JsonError(f"says {twice[:40]!r} twice in one object")
    return content


_DECODER = json.JSONDecoder(object_pairs_hook=_with_unique_keys)
