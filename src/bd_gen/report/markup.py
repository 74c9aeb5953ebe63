"""HTML and SVG from Python, in which every text is escaped unless it is markup already."""

import re
from html import escape

# HTML knows no control characters but three, half a surrogate pair is in no file, and marks of
# direction would show what follows them backwards.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_VOID_HTML = {"meta", "link", "input", "br", "wbr"}
_EMPTY_SVG = {"path", "line", "circle", "rect", "polyline"}


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def text(value: object) -> Markup:
    """Any value as text of the page; markup stays as it is."""
    if isinstance(value, Markup):
        return value
    return Markup(escape(_UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", str(value))))


def join(*children: object) -> Markup:
    """Children one after the other; None is nothing."""
    return Markup("".join(text(child) for child in children if child is not None))


def tag(name: str, /, *children: object, **attributes: object) -> Markup:
    """An element.

    Args:
        name: of the element; one without an end tag takes no children.
        children: markup, texts and numbers; None is nothing.
        attributes: an underscore in a name stands for a hyphen, one at its end for nothing
            (`class_`); None and False leave the attribute out, True gives its name alone.
    """
    opening = name
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        word = key.removesuffix("_").replace("_", "-")
        opening += f" {word}" if value is True else f' {word}="{text(value)}"'
    if name in _VOID_HTML:
        return Markup(f"<{opening}>")
    if name in _EMPTY_SVG and not children:
        return Markup(f"<{opening}/>")
    return Markup(f"<{opening}>{join(*children)}</{name}>")


def breakable(name: str) -> Markup:
    """A name that may be broken after an underscore or a hyphen, as method names are long."""
    return Markup(re.sub(r"([_-]+)", r"\1<wbr>", text(name)))


def number(value: float) -> str:
    """A coordinate with one decimal at most."""
    digits = f"{value:.1f}".removesuffix(".0")
    return "0" if digits == "-0" else digits
