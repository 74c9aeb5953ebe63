"""The one way out: whatever is printed goes through here, so that text from files is only shown.

Messages, warnings and tables hold names and texts of files that come from elsewhere. A terminal
would obey the control sequences in them, and show text backwards after U+202E.
"""

import errno
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO

from bd_gen.system.errors import InputError, printable

_LAYOUT = "\n\t"  # besides what is printable, this much is what a text needs


class Shown:
    """A stream that writes control characters and the like escaped.

    Args:
        stream: the real one.
        is_needed: what cannot be written there is an error; otherwise it is dropped.
    """

    def __init__(self, stream: TextIO, is_needed: bool) -> None:
        self.raw = stream
        self._is_needed = is_needed
        self._failure = ""
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a terminal may know few letters

    @property
    def encoding(self) -> str:
        """Never ASCII: click would open the descriptor again and go round this."""
        encoding = self.raw.encoding or "utf-8"
        return "utf-8" if encoding.lower() in ("ascii", "ansi_x3.4-1968", "646") else encoding

    def write(self, text: str) -> int:
        """Write text; returns the number of its characters.

        Raises:
            InputError: the disk that it goes to is full, for instance.
            BrokenPipeError: its reader went away.
        """
        if not isinstance(text, str):
            raise TypeError("expected text")
        if text:  # click tries what kind of stream this is with nothing, and a full disk fails that
            self._try(self.raw.write, shown(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write every one of some texts."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """As `write`."""
        self._try(self.raw.flush)

    def _try(self, action: Any, *arguments: str) -> None:
        try:
            if not self._failure:
                action(*arguments)
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise
            drop_the_rest(self.raw)
            self._failure = f"standard output: cannot be written ({error.strerror or error})"
        if self._failure and self._is_needed:  # said again if somebody catches it
            raise InputError(self._failure)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.raw, name)


def shown(text: str) -> str:
    """The text with what steers a terminal escaped; its lines and tabulators stay."""
    if text.isprintable():
        return text
    return "".join(c if c in _LAYOUT else printable(c) for c in text)


def raw_stream(stream: Any) -> Any:
    """The stream that a progress bar draws on: what it draws is its own."""
    return stream.raw if isinstance(stream, Shown) else stream


@contextmanager
def shown_only() -> Iterator[None]:
    """While this context is open, the standard streams are `Shown`.

    Streams that were closed before the program began lead nowhere, and keep their numbers: a
    result would otherwise be opened as number 1, and messages be written into it.
    """
    before = sys.stdout, sys.stderr
    _fill_closed()
    streams = (Shown(before[0] or _nowhere(), True), Shown(before[1] or _nowhere(), False))
    sys.stdout, sys.stderr = streams
    try:
        yield
    finally:
        for stream in streams:
            # What cannot be written now could not be at the end of the process either, where
            # Python would complain of it.
            try:
                stream.flush()
            except (OSError, ValueError, InputError):
                drop_the_rest(stream.raw)
        sys.stdout, sys.stderr = before


def drop_the_rest(stream: Any) -> None:
    """Let what a stream still holds, and all that follows, go nowhere."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")


def _fill_closed() -> None:
    while True:
        number = os.open(os.devnull, os.O_RDWR)
        if number > 2:
            os.close(number)
            return
