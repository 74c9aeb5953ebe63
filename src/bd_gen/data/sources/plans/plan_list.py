"""The plans of a JSON list one by one: at no time is more than one of them a Python value."""

import json
from collections.abc import Iterator

from bd_gen.data.sources.plans.line_reader import LONGEST_LINE
from bd_gen.system.plain import uncollected

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
    values = _Values(text)
    place = _skip(text, _skip(text, 0) + 1)
    mark = "," if text[place : place + 1] != "]" else "]"
    number = 0
    while mark == ",":
        end = values.end(place)
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
        end = _Values(text).end(start)
    except ListError:
        return None
    return None if end is None else (text[start:end], text[end:])


class _Values:
    """Finds where values end, looking at a megabyte of the text at a time."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._start, self._part = 0, text[:LONGEST_LINE]

    def end(self, start: int) -> int | None:
        """Where the value at `start` ends; None if it is longer than a megabyte.

        Raises:
            ListError: there is no value.
        """
        found = self._decoded(start)
        if found is None and start > self._start:
            self._start, self._part = start, self.text[start : start + LONGEST_LINE]
            found = self._decoded(start)
        return found

    def _decoded(self, start: int) -> int | None:
        """As `end`; None as well if the part in view does not hold all of the value."""
        is_last = self._start + len(self._part) >= len(self.text)
        try:
            _, end = uncollected(_SCAN.raw_decode, self._part, start - self._start)
        except RecursionError:
            raise ListError("a plan is nested too deeply") from None
        except ValueError as error:
            if is_last:
                raise ListError(f"is not JSON ({str(error)[:60]})") from None
            return None
        # A number or a word may go on behind the part that was looked at.
        return self._start + end if is_last or end < len(self._part) else None


def _skip(text: str, place: int) -> int:
    """The first place from there on that is not blank."""
    while text[place : place + 1] and text[place] in _BLANK:
        place += 1
    return place
