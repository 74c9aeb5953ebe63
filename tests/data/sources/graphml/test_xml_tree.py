from pathlib import Path

import pytest

from bd_gen.data.sources.graphml.xml_tree import DEEPEST, MOST_ELEMENTS, read_xml
from bd_gen.system.errors import InputError


def refused(tmp_path: Path, data: bytes) -> str:
    path = tmp_path / "x.graphml"
    path.write_bytes(data)
    with pytest.raises(InputError) as error:
        read_xml(path)
    return str(error.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_names_text_and_attributes(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "x.graphml"
    path.write_bytes('<a xmlns="u:x"><b k="1">ü <c/>&lt;é</b><b/></a>'.encode(encoding))
    root = read_xml(path)
    assert root.name == "a"
    first, second = root.named("b")
    assert (first.text, first.attributes, first.children[0].name) == ("ü <é", {"k": "1"}, "c")
    assert second.text == ""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        '<?xml version="1.0"?><!-- x --><!DOCTYPE a><a/>',
    ],
)
def test_document_types_are_refused(tmp_path: Path, text: str, encoding: str) -> None:
    assert "is refused" in refused(tmp_path, text.encode(encoding))


def test_a_document_type_in_an_encoding_that_hides_it(tmp_path: Path) -> None:
    """What decides is what the parser sees, and it sees the text that was searched."""
    text = "<?xml version='1.0' encoding='utf-7'?>+ADwAIQ-DOCTYPE a+AD4APA-a/+AD4-"
    assert "not XML" in refused(tmp_path, text.encode())
    hidden = "<?xml version='1.0' encoding='cp037'?><!DOCTYPE a><a/>".encode("cp037")
    assert "UTF-8" in refused(tmp_path, hidden)


def test_limits(tmp_path: Path) -> None:
    deep = b"<a>" * (DEEPEST + 1) + b"</a>" * (DEEPEST + 1)
    assert f"nested more than {DEEPEST} deep" in refused(tmp_path, deep)
    many = b"<a>" + b"<b/>" * MOST_ELEMENTS + b"</a>"
    assert f"at most {MOST_ELEMENTS:,} elements" in refused(tmp_path, many)
    assert "at most 1 MB" in refused(tmp_path, b"<a>" + b" " * (1 << 20) + b"</a>")


@pytest.mark.parametrize("data", [b"", b"hello", b"<a>", b"<a/><b/>", b"<a>&x;</a>", b"\0\0"])
def test_what_is_no_xml(tmp_path: Path, data: bytes) -> None:
    assert "not XML (line 1: " in refused(tmp_path, data)


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_xml(tmp_path / "none.graphml")
