"""Ctrl-C that is heard of, whoever else catches it, and that can wait for a good moment."""

import signal
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Self


class Interrupts:
    """While this context is open, Ctrl-C is remembered; it is raised at once, or by `check`.

    Raised at once, it may fall into code that C calls back, such as numpy's reading of a buffer's
    format, and be turned into an error of another kind there; `came` then tells what it was.
    Raised by `check`, it does not fall into a training step, when the weights are between two
    states and cannot be saved; a second Ctrl-C does not wait. One context within another hears
    first and tells the outer one of what does not wait. Where SIGINT has a handler of another kind
    already (a job in the background ignores it), or outside the main thread, nothing changes.

    Args:
        are_deferred: the first one waits for `check`.

    Attributes:
        came: Ctrl-C was pressed since the context was opened.
    """

    def __init__(self, are_deferred: bool = False) -> None:
        self.came = False
        self._are_deferred = are_deferred
        self._before: signal.Handlers | Callable[[int, FrameType | None], Any] | None = None

    def __enter__(self) -> Self:
        before = signal.getsignal(signal.SIGINT)
        is_ours = isinstance(getattr(before, "__self__", None), Interrupts)
        if is_ours or before is signal.default_int_handler:
            try:
                signal.signal(signal.SIGINT, self._hear)
            except ValueError:  # not the main thread, which is the one that gets signals
                return self
            self._before = before  # type: ignore[assignment]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
            self._before = None

    def check(self) -> None:
        """Raise the interrupt, if there was one.

        Raises:
            KeyboardInterrupt: Ctrl-C was pressed since the context was opened.
        """
        if self.came:
            raise KeyboardInterrupt

    def _hear(self, number: int, frame: FrameType | None) -> None:
        waits = self._are_deferred and not self.came
        self.came = True
        if not waits and callable(self._before):
            self._before(number, frame)
