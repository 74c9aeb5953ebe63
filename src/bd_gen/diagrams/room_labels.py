"""Room labels of foreign files: known names, and a mapping for the rest."""

from bd_gen.diagrams.vocabulary import fold_name, room_type_from_name


class RoomLabels:
    """Which room type a label means; case, blanks, hyphens and underscores do not count.

    Attributes:
        mapping: folded foreign label -> room type; goes before the built-in names.
    """

    def __init__(self, mapping: dict[str, int] | None = None) -> None:
        self.mapping = dict(mapping or {})
        self._known: dict[str, int] = {}

    def find(self, label: str) -> int | None:
        """The room type 0..12 that `label` means, or None."""
        room_type = self._known.get(label)
        if room_type is None:
            room_type = self.mapping.get(fold_name(label))
            if room_type is None:
                room_type = room_type_from_name(label)
            if room_type is not None and len(self._known) < 10_000:
                self._known[label] = room_type  # most labels come a hundred thousand times
        return room_type
