"""Ctrl-C that is heard of, whoever else catches it, and that can wait for a good moment."""

import signal
from types import FrameType, TracebackType
from typing import Self


class Interrupts:
    """While this context is open, Ctrl-C is remembered; it is raised at once, or by `check`.

    Raised at once, it may fall into code that C calls back, such as numpy's reading of a buffer's
    format, and be turned into an error of another kind there; `came` then tells what it was.
    Raised by `check`, it does not fall into a training step, when the weights are between two
    states and cannot be saved; a second Ctrl-C does not wait. Where SIGINT has another handler
    already (a job in the background ignores it), or outside the main thread, nothing changes.

    Args:
        are_deferred: the first one waits for `check`.

    Attributes:
        came: Ctrl-C was pressed since the context was opened.
    """

    def __init__(self, are_deferred: bool = False) -> None:
        self.came = False
        self._are_deferred = are_deferred
        self._is_installed = False

    def __enter__(self) -> Self:
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            try:
                signal.signal(signal.SIGINT, self._hear)
            except ValueError:  # not the main thread, which is the one that gets signals
                return self
            self._is_installed = True
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._is_installed:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            self._is_installed = False

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
        if not waits:
            signal.default_int_handler(number, frame)
