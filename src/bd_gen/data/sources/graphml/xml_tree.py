"""XML from outside as a small tree: no document types, no entities, limited size and depth.

The parser is expat with everything that a hostile file could use turned off: whatever declares a
document type is refused before it is parsed, so there are no entities to expand and nothing
outside the file is ever named.
"""

import codecs
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from bd_gen.system.errors import InputError
from bd_gen.system.files import read_small

LARGEST_FILE = 1 << 20
MOST_ELEMENTS = 50_000
DEEPEST = 32


@dataclass(slots=True)
class Element:
    """An element; names are without their namespace.

    Attributes:
        name: of the element.
        attributes: as they stand.
        children: elements in it.
        pieces: the text in it, without that of its children.
    """

    name: str
    attributes: dict[str, str]
    children: list["Element"] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text in it, without blanks around it."""
        return "".join(self.pieces).strip()

    def named(self, name: str) -> list["Element"]:
        """Its children of that name."""
        return [child for child in self.children if child.name == name]


def read_xml(path: str | Path) -> Element:
    """The root of an XML file.

    Raises:
        InputError: no file, larger than 1 MB, not UTF-8 or UTF-16, a document type or entities,
            nested more than 32 deep, more than 50,000 elements, or no well-formed XML.
    """
    data = read_small(path, LARGEST_FILE, "expected XML of at most 1 MB")
    try:
        return _parsed(_decoded(data))
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    except expat.ExpatError as error:
        what = expat.ErrorString(error.code)
        raise InputError(f"{path}: not XML (line {error.lineno}: {what})") from None


def _decoded(data: bytes) -> str:
    is_utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return data.decode("utf-16" if is_utf16 else "utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("expected XML in UTF-8 or UTF-16") from None


def _parsed(text: str) -> Element:
    for declaration in ("<!DOCTYPE", "<!ENTITY"):
        if declaration in text:
            raise InputError(f"{declaration} is refused: XML with a document type is not read")
    builder = _Builder()
    # The encoding that the file claims no longer counts.
    parser = expat.ParserCreate("utf-8", namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.add_text
    parser.StartDoctypeDeclHandler = builder.refuse_document_type
    parser.Parse(text.encode("utf-8", errors="replace"), True)
    return builder.root.children[0]


class _Builder:
    def __init__(self) -> None:
        self.root = Element("", {})
        self.open = [self.root]
        self.count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if self.count > MOST_ELEMENTS:
            raise InputError(f"expected at most {MOST_ELEMENTS:,} elements")
        if len(self.open) > DEEPEST:
            raise InputError(f"nested more than {DEEPEST} deep")
        element = Element(_local(name), {_local(key): value for key, value in attributes.items()})
        self.open[-1].children.append(element)
        self.open.append(element)

    def end(self, _: str) -> None:
        self.open.pop()

    def add_text(self, text: str) -> None:
        self.open[-1].pieces.append(text)

    def refuse_document_type(self, *_: object) -> None:
        raise InputError("XML with a document type is not read")


def _local(name: str) -> str:
    return name.rpartition(" ")[2]
