"""Telling how far something is."""

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Called with what is done so far and how much there is in all."""


def part_of(progress: Progress | None, before: int, total: int) -> Progress:
    """What a part calls that follows `before` others, of `total` in all."""

    def report(done: int, _: int) -> None:
        if progress is not None:
            progress(before + done, total)

    return report
