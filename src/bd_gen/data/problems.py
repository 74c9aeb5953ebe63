"""Counting what is wrong with the plans of a file, and saying it shortly."""

from collections import Counter
from dataclasses import dataclass, field

_EXAMPLES_PER_KIND = 3
_LONGEST_DETAIL = 80


@dataclass
class Problems:
    """Bad plans by kind, with the first few of each.

    Attributes:
        counts: how many bad plans of each kind.
        examples: "line 7: ..." for the first few of each kind.
    """

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def add(self, kind: str, where: str, detail: str = "") -> None:
        """Count one bad plan; `detail` comes from the file and is cut to what a line can bear."""
        self.counts[kind] += 1
        named = self.examples.setdefault(kind, [])
        if len(named) < _EXAMPLES_PER_KIND:
            named.append(f"{where}: {one_line(detail)}" if detail else where)

    @property
    def total(self) -> int:
        """Number of bad plans."""
        return self.counts.total()

    def __str__(self) -> str:
        parts = []
        for kind, count in self.counts.most_common():
            more = ", ..." if count > len(self.examples[kind]) else ""
            parts.append(f"{count:,} x {kind} ({', '.join(self.examples[kind])}{more})")
        return "; ".join(parts)


def one_line(text: str) -> str:
    """One line of bounded length without control characters, for showing foreign text."""
    text = "".join(c if c.isprintable() else "?" for c in text[: _LONGEST_DETAIL + 1])
    return text if len(text) <= _LONGEST_DETAIL else text[: _LONGEST_DETAIL - 3] + "..."
