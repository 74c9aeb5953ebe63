"""The plans of a JSON list one by one: at no time is more than one of them a Python value."""

import json
from collections.abc import Iterator

from bd_gen.data.sources.plans.line_reader import LONGEST_LINE

_USUAL = 1 << 14  # characters of a plan; longer ones are looked at twice
_BLANK = " \t\r\n"
_SCAN = json.JSONDecoder()


class ListError(ValueError):
    """The text is no JSON list from here on; says where."""


def split_list(text: str) -> Iterator[str | None]:
    """The texts of a JSON list's elements; None for one of over a megabyte, which ends the list.

    Args:
        text: begins with `[`, blanks aside.

    Raises:
        ListError: it is no list, but for what is wrong within an element of the usual size.
    """
    place = _skip(text, _skip(text, 0) + 1)
    mark = "," if text[place : place + 1] != "]" else "]"
    number = 0
    while mark == ",":
        end = _end_of_value(text, place)
        if end is None:
            yield None
            return
        yield text[place:end]
        number += 1
        place = _skip(text, end)
        mark = text[place : place + 1]
        if mark == ",":
            place = _skip(text, place + 1)
    if mark != "]":
        raise ListError(f"expected a comma or the end of the list after plan {number}")
    if text[place + 1 :].strip(_BLANK):
        raise ListError("something follows the list")


def first_value(text: str) -> tuple[str, str] | None:
    """A JSON text's first value and the rest; None if there is none of under a megabyte."""
    start = _skip(text, 0)
    try:
        end = _end_of_value(text, start)
    except ListError:
        return None
    return None if end is None else (text[start:end], text[end:])


def _end_of_value(text: str, start: int) -> int | None:
    """Where the value at `start` ends; None if it is longer than a megabyte.

    Raises:
        ListError: there is no value.
    """
    for longest in (_USUAL, LONGEST_LINE):
        part = text[start : start + longest]
        try:
            _, end = _SCAN.raw_decode(part)
        except RecursionError:
            raise ListError("a plan is nested too deeply") from None
        except ValueError as error:
            if len(part) < longest:
                raise ListError(f"is not JSON ({str(error)[:60]})") from None
            continue
        # A number or a word may go on behind the part that was looked at.
        if end < len(part) or len(part) < longest:
            return start + end
    return None


def _skip(text: str, place: int) -> int:
    """The first place from there on that is not blank."""
    while text[place : place + 1] and text[place] in _BLANK:
        place += 1
    return place
