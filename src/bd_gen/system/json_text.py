"""JSON from outside: what it costs is known before it is parsed, and nothing in it is passed over.

A byte of JSON can become thirty of memory (`[],[],[]`), so a limit on bytes limits little. The
number of values is bounded by the commas and brackets, which are counted first.
"""

import gc
import json
from collections.abc import Callable
from typing import Any

MOST_VALUES = 1_000_000
"""Values, lists and objects of one text; they take 300 MB at most."""


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
