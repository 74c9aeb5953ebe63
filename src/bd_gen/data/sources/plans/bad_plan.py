"""What is wrong with one plan, and the limits that say so."""

LARGEST_COORDINATE = 4096
"""Boxes are in pixels of a 256-pixel plan; beyond this a number is nonsense."""


class BadPlanError(Exception):
    """What is wrong with one plan: its kind, and the detail."""

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(kind, detail)
        self.kind = kind
        self.detail = detail
