"""What is wrong with one plan, and the limits that say so."""

from collections.abc import Iterable, Sequence

LARGEST_COORDINATE = 4096
"""Boxes are in pixels of a 256-pixel plan; beyond this a number is nonsense."""

LONGEST_LABEL = 80
"""Characters of a label that are shown."""


class BadPlanError(Exception):
    """What is wrong with one plan: its kind, the detail, and all its labels that are not known."""

    def __init__(self, kind: str, detail: str = "", labels: Iterable[str] = ()) -> None:
        super().__init__(kind, detail)
        self.kind = kind
        self.detail = detail
        self.labels = tuple(labels)


def unknown_labels(labels: Sequence[str]) -> BadPlanError:
    """What to raise for a plan whose rooms have these labels that mean no type, one or several."""
    shown = [label[:LONGEST_LABEL] for label in labels]
    return BadPlanError("unknown label", repr(shown[0]), shown)
