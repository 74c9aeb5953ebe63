"""Names as people write them: what counts of a name, and what does not."""

import unicodedata


def normal_text(text: str) -> str:
    """The text with letters and their accents as one: what looks equal is equal (Unicode NFC)."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def fold_name(name: str) -> str:
    """Reduce a label to what counts: case, blanks, hyphens and underscores do not."""
    return "".join(c for c in normal_text(name.casefold()) if c not in " \t-_")
