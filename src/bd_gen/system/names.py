"""Names that people choose from: which one was meant, and tables of things by name."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import Generic, TypeVar

from bd_gen.system.errors import InputError, printable

LONGEST_SHOWN = 60
"""Characters of an unknown name that a message repeats."""

Entry = TypeVar("Entry")


def nearest(name: str, known: Iterable[str], count: int = 1, cutoff: float = 0.6) -> list[str]:
    """The known names that are most like `name`, best first; none if nothing is alike."""
    return difflib.get_close_matches(name[:LONGEST_SHOWN], list(known), n=count, cutoff=cutoff)


def did_you_mean(name: str, known: Iterable[str], count: int = 1, cutoff: float = 0.6) -> str:
    """`; did you mean A or B?`, or nothing if nothing is alike; to be put behind a message."""
    near = [printable(one) for one in nearest(name, known, count, cutoff)]
    return f"; did you mean {' or '.join(near)}?" if near else ""


class Registry(Mapping[str, Entry], Generic[Entry]):
    """Things of one kind by name, in the order in which they were added.

    Args:
        kind: what the things are, for messages: "order", "data source".
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._entries: dict[str, Entry] = {}

    def add(self, name: str, entry: Entry) -> Entry:
        """Take up a thing under its name, and give it back.

        Raises:
            InputError: the name is taken.
        """
        if name in self._entries:
            raise InputError(f"there is already a {self.kind} called {name!r}")
        self._entries[name] = entry
        return entry

    def find(self, name: str) -> Entry:
        """The thing of that name.

        Raises:
            InputError: there is none; the message lists the names and gives the nearest.
        """
        if name not in self._entries:
            raise InputError(
                f"{self.kind} must be one of {', '.join(self)}, got {name[:LONGEST_SHOWN]!r}"
                f"{did_you_mean(name, self)}"
            )
        return self._entries[name]

    def __getitem__(self, name: str) -> Entry:
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)
