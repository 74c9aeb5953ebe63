import base64
import hashlib
import html as entities
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.report.conftest import NASTY

from bd_gen.report.contents import read_contents
from bd_gen.report.page import FILE_NAME, page, write_report
from bd_gen.system.errors import InputError

VOID = {"meta", "link", "input", "br", "wbr"}
"""Elements of HTML that have no end."""


class Reader(HTMLParser):
    """Checks that elements are nested as they should be, and collects what matters."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.scripts: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, key, value) for key, value in attrs]
        for key, value in attrs:
            if key == "id":
                self.ids.append(value or "")
            if key in ("href", "for") and value:
                self.targets.append(value)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, key, value) for key, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        (self.scripts if self.open[-1:] in (["script"], ["style"]) else self.texts).append(data)


def parsed(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader


@pytest.fixture(scope="module")
def html(directory: Path) -> str:
    return page(read_contents(directory))


def test_the_page_is_well_formed_and_its_links_lead_somewhere(html: str) -> None:
    reader = parsed(html)
    assert len(set(reader.ids)) == len(reader.ids)
    inner = {target.removeprefix("#") for target in reader.targets if target != "data:,"}
    assert inner <= set(reader.ids)
    assert {"scores", "tradeoff", "rooms", "histograms", "gallery", "origins", "again"} <= inner


def test_nothing_leads_out_of_the_page(html: str) -> None:
    reader = parsed(html)
    for tag, key, value in reader.attributes:
        assert key not in ("src", "srcset", "style", "action", "data")
        assert not key.startswith("on")
        if key == "href":
            assert value is not None
            assert value.startswith("#") or (tag, value) == ("link", "data:,")
    for text in reader.scripts:
        assert not re.search(r"https?:|url\(|@import|fetch|XMLHttp|innerHTML|eval", text)


def test_the_page_says_first_what_it_is_about(directory: Path, html: str) -> None:
    words = "3 methods and 1 baseline beside real held-out diagrams"
    assert f"<p>{words}. Results in {directory}.</p>" in html


def test_only_its_own_style_and_script_are_allowed(html: str) -> None:
    (rules,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', html)
    parts = re.findall(r"<(style|script)>(.*?)</\1>", html, re.DOTALL)
    assert [kind for kind, _ in parts] == ["style", "script"]
    for kind, text in parts:
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in entities.unescape(rules)
    assert "default-src 'none'" in entities.unescape(rules)


def test_names_are_text_whatever_they_look_like(html: str) -> None:
    name = NASTY.replace("/", "∕")
    assert "<script>alert" not in html
    reader = parsed(html)
    assert name in "".join(reader.texts)
    assert ("tr", "data-method", name) in reader.attributes


def test_every_number_of_every_row_is_there(directory: Path, html: str) -> None:
    for entry in read_contents(directory).entries:
        for key, value in (*entry.result.summary.items(), ("denoise/val_elbo", {"mean": 27.5})):
            assert f'data-value="{value["mean"]!r}"' in html, key
    assert "unheard/of" in html


def test_pictures_have_names_and_tables_headings(html: str) -> None:
    for svg in re.findall(r"<svg[^>]*>.{0,40}", html, re.DOTALL):
        assert 'aria-hidden="true"' in svg or ('role="img"' in svg and "<title>" in svg)
    assert html.count("<caption") == html.count("<table")


def test_published_results_are_enough(dev_data: Path, tmp_path: Path) -> None:
    report = write_report(dev_data / "reference" / "results", tmp_path / "a" / "report.html")
    html = report.path.read_text()
    parsed(html)
    assert len(report.contents.entries) == 23
    assert "Histograms need the samples" in html
    assert "Pictures need the samples" in html
    assert "held-out plans" not in html
    assert "hold no intervals: theirs are made here" in html
    assert report.path.stat().st_size < 2_000_000


@pytest.mark.parametrize("name", ["llada_argmax_no_remask", "real_held_out", "baseline_marginals"])
@pytest.mark.parametrize("with_samples", [True, False])
def test_one_row_is_enough(directory: Path, tmp_path: Path, name: str, with_samples: bool) -> None:
    for suffix in (".json", "_samples.pt") if with_samples else (".json",):
        shutil.copy(directory / f"{name}{suffix}", tmp_path)
    report = write_report(tmp_path)
    assert report.path == tmp_path / FILE_NAME
    html = report.path.read_text()
    parsed(html)
    words = {"llada_argmax_no_remask": "1 method", "baseline_marginals": "1 baseline"}
    expected = words.get(name, "The scores of real held-out diagrams")
    assert f"<p>{expected}. Results in {tmp_path}.</p>" in html


def test_a_row_that_has_next_to_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(
        '{"format_version": 2, "method": "a", "timestamp": "", "config": {}, '
        '"per_seed": {}, "summary": {}}'
    )
    parsed(write_report(tmp_path).path.read_text())


def test_the_numbers_of_a_file_may_be_anything(tmp_path: Path) -> None:
    keys = ("eval/validity_rate", "eval/mode_coverage", "eval/edge_js", "eval/num_sample_modes",
            "validity_by_num_rooms/4/overall", "validity_by_num_rooms/x/overall")  # fmt: skip
    for k, value in enumerate(("1e99", "-1e99", "5e-324", "-0.0", "17", "0.3")):
        entries = ",".join(f'"{key}": {{"mean": {value}, "std": {value}}}' for key in keys)
        (tmp_path / f"m{k}.json").write_text(
            '{"format_version": 2, "method": "a", "timestamp": "\\u202e", "config": {"top_p": [[]]}'
            f', "per_seed": {{}}, "summary": {{{entries}}}, "provenance": {{"data": 7}}}}'
        )
    reader = parsed(write_report(tmp_path).path.read_text())
    drawn = [v for _, key, v in reader.attributes if key in ("d", "points", "x", "y", "cx", "cy")]
    assert drawn
    assert not any("nan" in (v or "") or "inf" in (v or "") for v in drawn)


def test_the_page_does_not_change_but_for_its_date(directory: Path, html: str) -> None:
    again = page(read_contents(directory))
    first, second = (re.sub(r"made on [^.]*UTC", "", text) for text in (html, again))
    assert first == second


def test_a_page_that_cannot_be_written(directory: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        write_report(directory, tmp_path / "file" / "report.html")
