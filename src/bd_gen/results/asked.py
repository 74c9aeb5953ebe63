"""How many samples of a method are asked for a layout: what its result says, what is wanted."""

from typing import Final, Literal

from bd_gen.layouts.realizable import DEFAULT_ROWS
from bd_gen.results.result_file import Result

Rows = int | Literal["all"]
"""The first so many samples of each seed, or all."""

ALL: Final = "all"
FIELD = "realizable_rows"
"""Where the `provenance` of a result tells it."""


def recorded_rows(result: Result | None) -> Rows | None:
    """The samples of each seed that a result's numbers are of; None if it does not say."""
    rows = None if result is None else result.provenance.get(FIELD)
    if rows == ALL:
        return ALL
    return rows if type(rows) is int and rows > 0 else None


def wanted_rows(result: Result | None, asked: Rows | None, is_current: bool) -> Rows:
    """The samples of each seed to ask.

    Args:
        result: the present result, if there is one.
        asked: what the user asks for; None: what the result has, or a first few.
        is_current: the numbers of the result are those of the samples at hand. They are not
            given up for fewer.
    """
    there = recorded_rows(result)
    if asked is None:
        return DEFAULT_ROWS if there is None else there
    if there is None or not is_current:
        return asked
    return ALL if ALL in (asked, there) else max(int(asked), int(there))


def limit(rows: Rows) -> int | None:
    """The number of rows as `Asking` takes it."""
    return None if rows == ALL else int(rows)


def is_covered(there: Rows | None, wanted: Rows, num_samples: int) -> bool:
    """Are the samples that are wanted among those that were asked, of so many in each seed?"""
    if there is None:
        return False
    counts = (
        num_samples if rows == ALL else min(int(rows), num_samples) for rows in (there, wanted)
    )
    asked, needed = counts
    return asked >= needed
