import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError
from markupsafe import Markup
from tests.report.conftest import svg

from bd_gen.report.charts import Circle, Picture
from bd_gen.report.page import breakable, number, rendered

STANDS_IN = "\N{REPLACEMENT CHARACTER}"


def titled(title: str) -> ET.Element:
    """A picture with that name, which is the tooltip and a class of its shape, too."""
    return svg(Picture(title, (1, 1), [Circle(0, 0, 1, title, title)]))


@given(st.text(min_size=1))
def test_any_text_comes_back_from_an_element_and_its_attributes(words: str) -> None:
    root = titled(words)
    (circle,) = root.findall("circle")
    assert len(list(root)) == 2
    assert root.findtext("title") == circle.findtext("title")
    if words.isprintable():
        assert root.findtext("title") == words
        assert circle.get("class") == words


@given(st.text())
def test_any_name_can_be_broken_and_read(words: str) -> None:
    broken = str(breakable(words)).replace("<wbr>", "<wbr/>")
    readable = "".join(ET.fromstring(f"<p>{broken}</p>").itertext())  # noqa: S314
    if words.isprintable():
        assert readable == words


def test_what_no_file_holds_is_replaced() -> None:
    found = titled("a\ud800b\x00c").findtext("title") or ""
    assert found == f"a{STANDS_IN}b{STANDS_IN}c"
    found.encode()
    assert breakable("a\x00") == f"a{STANDS_IN}"


def test_text_is_not_turned_round() -> None:
    hostile, harmless = "a\u202eb\u2066c\u200f", f"a{STANDS_IN}b{STANDS_IN}c{STANDS_IN}"
    assert titled(hostile).findtext("title") == harmless
    assert breakable(hostile) == harmless


def test_long_names_can_be_broken_but_not_entities() -> None:
    assert breakable("a_b-c<") == "a_<wbr>b-<wbr>c&lt;"
    assert isinstance(breakable("a"), Markup)


def test_coordinates_are_short_and_keep_their_sign() -> None:
    assert [number(v) for v in (3.0, -0.5, -0.04, 12.25, 0.0)] == ["3", "-0.5", "0", "12.2", "0"]


def test_a_name_is_no_template() -> None:
    name = "{{ 7 * 7 }}{% raw %}{# #}"
    assert titled(name).findtext("title") == breakable(name) == name


def test_a_template_that_lacks_its_data_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        rendered("again.html")
