"""Names that people choose from: which one was meant, and tables of things by name."""

import difflib
import importlib
import pkgutil
from collections.abc import Iterable, Iterator, MutableMapping
from typing import Any, Generic, TypeVar

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


class Registry(MutableMapping[str, Entry], Generic[Entry]):
    """Things of one kind by name, in the order in which they were added.

    Args:
        kind: what the things are, for messages: "order", "data source".
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._entries: dict[str, Entry] = {}
        self._built_in: dict[str, Entry] = {}

    def add(self, name: str, entry: Entry) -> Entry:
        """Take up a thing under its name, and give it back.

        Raises:
            InputError: the name is taken.
        """
        if name in self._entries:
            a = "an" if self.kind[0] in "aeiou" else "a"
            raise InputError(f"there is already {a} {self.kind} called {name!r}")
        self._entries[name] = entry
        return entry

    def complete(self, package: str, first: Iterable[str] = ()) -> None:
        """Import all modules of a package; what is here then came with bd-gen.

        To be called at the end of what defines the registry, so that a plug-in finds its names
        taken.

        Args:
            package: its full name.
            first: modules that lists begin with; the others follow by their names.
        """
        folder = importlib.import_module(package).__path__
        found = sorted(module.name for module in pkgutil.iter_modules(folder))
        for module in dict.fromkeys((*first, *found)):
            importlib.import_module(f"{package}.{module}")
        self._built_in = dict(self._entries)
        REGISTRIES[self.kind] = self

    @property
    def built_in(self) -> dict[str, Entry]:
        """What came with bd-gen, as it came."""
        return dict(self._built_in)

    @property
    def added(self) -> list[str]:
        """Names of what did not come with bd-gen."""
        return [name for name in self._entries if name not in self._built_in]

    @property
    def changed(self) -> list[str]:
        """Names under which there is no longer what came with bd-gen."""
        return [name for name, one in self._built_in.items() if self._entries.get(name) is not one]

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

    def __setitem__(self, name: str, entry: Entry) -> None:
        self._entries[name] = entry

    def __delitem__(self, name: str) -> None:
        del self._entries[name]

    def __iter__(self) -> Iterator[str]:
        # What came with bd-gen keeps its place, also when it was taken out and put back.
        yield from [name for name in self._built_in if name in self._entries]
        yield from self.added

    def __len__(self) -> int:
        return len(self._entries)


REGISTRIES: dict[str, Registry[Any]] = {}
"""The registries that are complete, by kind."""
