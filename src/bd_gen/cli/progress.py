"""Progress bars with rate and time left."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bd_gen.cli.terminal import Shown, raw_stream
from bd_gen.system.errors import printable

if TYPE_CHECKING:
    from rich.progress import Progress

Report = Callable[[int, int], None]

_NUMBERS_WIDTH = 45  # of amounts up to a million, rate, elapsed and remaining time, with spaces
_LONGEST_NAME = 31
_LEAST_FOR_A_BAR = 15


def new_bar(unit: str, is_shown: bool = True) -> "Progress":
    """A bar that shows what is done, how fast, and how long the rest takes.

    It draws only on a terminal; a pipe or a log file gets nothing.
    """
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.table import Column
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            speed = task.finished_speed or task.speed
            return Text(f"{_rate(speed)} {unit}/s")

    console = Console(file=raw_stream(sys.stderr))
    # Whatever the width, amounts, rate and time left stay readable; bar and names share the rest.
    spare = max(0, console.width - _NUMBERS_WIDTH - len(unit))
    bar_width = min(30, spare // 3) if spare >= _LEAST_FOR_A_BAR else 0
    name_width = min(_LONGEST_NAME, spare - bar_width)

    class Name(ProgressColumn):
        def render(self, task: Task) -> Text:
            return _cut(task.description, name_width)

    class Note(ProgressColumn):
        def render(self, task: Task) -> Text:
            used = min(len(task.description), name_width)
            return _cut(task.fields["note"], spare - bar_width - used)

    def _cut(words: str, width: int) -> Text:
        text = Text(printable(words) if width > 0 else "")
        text.truncate(width, overflow="ellipsis")
        return text

    class ShownProgress(Progress):
        """While it is live, rich prints what others print, above the bar: shown only, too."""

        def start(self) -> None:
            before = sys.stdout, sys.stderr
            super().start()
            if (sys.stdout, sys.stderr) != before:  # it puts the old ones back itself
                sys.stdout, sys.stderr = Shown(sys.stdout, True), Shown(sys.stderr, False)

    return ShownProgress(
        Name(table_column=Column(no_wrap=True)),
        *([BarColumn(bar_width)] if bar_width else []),
        MofNCompleteColumn(table_column=Column(no_wrap=True)),
        Rate(table_column=Column(no_wrap=True)),
        TimeElapsedColumn(table_column=Column(no_wrap=True)),
        TextColumn("left", table_column=Column(no_wrap=True)),
        TimeRemainingColumn(table_column=Column(no_wrap=True)),
        Note(table_column=Column(no_wrap=True)),
        console=console,
        disable=not (is_shown and console.is_terminal),
    )


def _rate(speed: float | None) -> str:
    """A number a second; slow ones with what comes after the point."""
    if not speed:
        return "-"
    return f"{speed:,.0f}" if speed >= 10 else f"{speed:.2g}"


@contextmanager
def bar(description: str, unit: str, is_shown: bool = True) -> Iterator[Report]:
    """A bar driven by `report(done, total)`; it appears with the first report."""
    with new_bar(unit, is_shown) as progress:
        task = None

        def report(done: int, total: int) -> None:
            nonlocal task
            if task is None:
                task = progress.add_task(description, total=total, completed=done, note="")
            progress.update(task, completed=done, total=total)

        yield report
