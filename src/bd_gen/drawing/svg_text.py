"""Text as outlines in an SVG, each distinct word once."""

from bd_gen.drawing.panel import text_width

_UNITS = 100  # of an outline for the size of its text
_MIDDLE = 0.36  # of the size: from the baseline to the middle of a capital
_LETTERS = {1: "M", 2: "L", 3: "Q", 4: "C"}
_VERTICES = {1: 1, 2: 1, 3: 2, 4: 3}
_CLOSE = 79


class SvgText:
    """Lines of text by reference to outlines that are defined once."""

    def __init__(self) -> None:
        """Without any word yet."""
        self._outlines: dict[tuple[str, bool], str] = {}

    def width(self, text: str, size: float, bold: bool = False) -> float:
        """Width of a line in points."""
        return _ink_width(text, bold) * size

    def line(
        self,
        text: str,
        place: tuple[float, ...],
        size: float,
        colour: str,
        *,
        centred: bool = False,
        upright: bool = False,
        bold: bool = False,
    ) -> str:
        """The element of a line whose middle, or left end, is at a place."""
        names = list(self._outlines)
        key = (text, bold)
        if key not in self._outlines:
            self._outlines[key] = _outline(text, bold)
            names.append(key)
        shift = -_ink_width(text, bold) * size / 2 if centred else 0.0
        x, y = place
        turn = " rotate(-90)" if upright else ""
        scale = size / _UNITS
        return (
            f'<use href="#w{names.index(key)}" fill="{colour}" transform="translate({x:.2f} '
            f'{y:.2f}){turn} translate({shift:.2f} {_MIDDLE * size:.2f}) scale({scale:.4f})"/>'
        )

    def definitions(self) -> str:
        """The outlines that lines refer to."""
        return "".join(
            f'<path id="w{k}" d="{outline}"/>' for k, outline in enumerate(self._outlines.values())
        )


def _ink_width(text: str, bold: bool) -> float:
    """Width at size 1, without the space that other programs' text may need."""
    return text_width(text, bold) / 1.06


def _outline(text: str, bold: bool) -> str:
    """Path data, y downwards, 100 units for the size of the text."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    path = TextPath((0, 0), text, _UNITS, prop=FontProperties(weight="bold" if bold else "normal"))
    pieces, k = [], 0
    while k < len(path.codes):
        code = int(path.codes[k])
        if code == _CLOSE:
            pieces.append("Z")
            k += 1
            continue
        count = _VERTICES[code]
        numbers = " ".join(f"{x:.0f} {-y:.0f}" for x, y in path.vertices[k : k + count])
        pieces.append(_LETTERS[code] + numbers)
        k += count
    return "".join(pieces)
