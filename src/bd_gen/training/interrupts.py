"""Ctrl-C between two steps instead of in the middle of one."""

import signal
from types import FrameType, TracebackType
from typing import Self


class DeferredInterrupt:
    """While this context is open, the first Ctrl-C is remembered and raised by `check`.

    Python would raise it wherever the program stands, nearly always inside a training step,
    when the weights are between two states and cannot be saved. A second Ctrl-C is raised at
    once. Where SIGINT has another handler already (a job in the background ignores it), or
    outside the main thread, nothing changes.
    """

    def __init__(self) -> None:
        self.is_asked = False
        self._is_installed = False

    def __enter__(self) -> Self:
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            try:
                signal.signal(signal.SIGINT, self._remember)
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
        if self.is_asked:
            raise KeyboardInterrupt

    def _remember(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - signal's
        if self.is_asked:
            raise KeyboardInterrupt
        self.is_asked = True
