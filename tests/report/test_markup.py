import xml.etree.ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from bd_gen.report.markup import Markup, breakable, join, number, tag, text


@given(st.text())
def test_any_text_comes_back_from_an_element_and_its_attributes(words: str) -> None:
    element = ET.fromstring(tag("p", words, title=words))  # noqa: S314 - our own markup
    assert element.tag == "p"
    assert not list(element)
    readable = "".join(ET.fromstring(f"<p>{text(words)}</p>").itertext())  # noqa: S314
    assert "".join(element.itertext()) == readable
    if words.isprintable():
        assert readable == words
        assert element.get("title") == words


def test_markup_is_not_escaped_twice() -> None:
    assert tag("b", tag("i", "a<b"), "&") == "<b><i>a&lt;b</i>&amp;</b>"
    assert join("<", None, Markup("<br>"), 3) == "&lt;<br>3"


def test_attributes() -> None:
    made = tag("input", class_="a b", aria_label='"x"', hidden=True, name=None, open=False)
    assert made == '<input class="a b" aria-label="&quot;x&quot;" hidden>'


def test_elements_of_svg_without_content_are_closed() -> None:
    assert tag("path", d="M0 0") == '<path d="M0 0"/>'
    assert tag("circle", tag("title", "t")) == "<circle><title>t</title></circle>"


def test_what_no_file_holds_is_replaced() -> None:
    words = text("a\ud800b\x00c")
    assert words == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c"
    words.encode()


def test_long_names_can_be_broken_but_not_entities() -> None:
    assert breakable("a_b-c<") == "a_<wbr>b-<wbr>c&lt;"


def test_coordinates_are_short_and_keep_their_sign() -> None:
    assert [number(v) for v in (3.0, -0.5, -0.04, 12.25, 0.0)] == ["3", "-0.5", "0", "12.2", "0"]


def test_text_is_not_turned_round() -> None:
    assert text("a\u202eb\u2066c\u200f") == "a\N{REPLACEMENT CHARACTER}b" + (
        "\N{REPLACEMENT CHARACTER}c\N{REPLACEMENT CHARACTER}"
    )
