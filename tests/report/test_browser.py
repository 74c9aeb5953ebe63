"""The report in a real browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.chromium import launched
from tests.report.conftest import NASTY

from bd_gen.report.page import write_report
from bd_gen.results.columns import REAL

PHONE = {"width": 375, "height": 740}
DESK = {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    yield from launched()


@pytest.fixture(scope="module")
def report(directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(directory, tmp_path_factory.mktemp("report") / "report.html").path


@pytest.fixture(params=[DESK], ids=["desk"])
def tab(browser: Any, report: Path, request: pytest.FixtureRequest) -> Iterator[Any]:
    """The report in a tab without a network; whatever it complains of or asks for is a failure."""
    context = browser.new_context(viewport=request.param, offline=True, accept_downloads=False)
    tab = context.new_page()
    messages, requests = [], []
    tab.on("console", lambda message: messages.append(message.text))
    tab.on("pageerror", lambda error: messages.append(str(error)))
    tab.on("dialog", lambda dialog: (messages.append(dialog.message), dialog.dismiss()))
    tab.on("request", lambda asked: requests.append(asked.url))
    tab.goto(report.as_uri())
    yield tab
    assert messages == []
    assert requests == [report.as_uri()]
    context.close()


def column(tab: Any, index: int) -> list[float]:
    """The numbers of a column of the first table that is sorted, from top to bottom."""
    cells = tab.locator(f"#scores table >> nth=0 >> tbody.sorted td:nth-child({index + 1})")
    return [float(cell.get_attribute("data-value")) for cell in cells.all()]


def heading(tab: Any, name: str) -> Any:
    return tab.locator("#scores table").first.get_by_role("columnheader", name=name).first


def test_a_heading_sorts_by_click_and_turns_round(tab: Any) -> None:
    validity = heading(tab, "Validity")
    index = validity.evaluate("cell => cell.cellIndex")
    validity.get_by_role("button").click()
    assert validity.get_attribute("aria-sort") == "descending"
    assert column(tab, index) == sorted(column(tab, index), reverse=True)
    assert tab.locator("#sorted").inner_text() == "Sorted by Validity, descending."
    validity.get_by_role("button").click()
    assert validity.get_attribute("aria-sort") == "ascending"
    assert column(tab, index) == sorted(column(tab, index))
    top = tab.locator("#scores table").first.locator("tbody tr").first
    assert top.get_attribute("data-method") == REAL


def test_the_best_comes_first_where_lower_is_better(tab: Any) -> None:
    relations = heading(tab, "Relations JS")
    relations.get_by_role("button").click()
    assert relations.get_attribute("aria-sort") == "ascending"
    index = relations.evaluate("cell => cell.cellIndex")
    assert column(tab, index) == sorted(column(tab, index))


def test_the_keyboard_is_enough(tab: Any) -> None:
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    assert tab.locator(".skip").bounding_box()["x"] >= 0
    diversity = heading(tab, "Diversity")
    diversity.get_by_role("button").focus()
    tab.keyboard.press("Shift+Tab")
    tab.keyboard.press("Tab")  # so that the focus comes from the keyboard, and shows
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert tab.evaluate(outline) == "solid"
    tab.keyboard.press("Enter")
    assert diversity.get_attribute("aria-sort") == "descending"
    tab.keyboard.press("Space")
    assert diversity.get_attribute("aria-sort") == "ascending"
    family = tab.locator(".families details").first
    family.locator("summary").focus()
    tab.keyboard.press("Enter")
    assert family.get_attribute("open") is not None
    assert family.locator("table").is_visible()


def test_rows_without_a_value_stay_last(tab: Any) -> None:
    tab.evaluate(
        """() => {
          const row = document.querySelector('#scores tbody.sorted tr');
          row.dataset.method = 'missing';
          row.cells[1].removeAttribute('data-value');
        }"""
    )
    button = tab.locator("#scores table").first.locator("thead button").nth(1)
    for _ in range(2):
        button.click()
        last = tab.locator("#scores table").first.locator("tbody.sorted tr").last
        assert last.get_attribute("data-method") == "missing"


def test_the_filter_leaves_what_was_asked_for(tab: Any) -> None:
    tab.get_by_label("Show methods whose name contains").fill("ARGMAX")
    rows = tab.locator("#scores table").first.locator("tbody tr:visible")
    shown = [row.get_attribute("data-method") for row in rows.all()]
    assert shown == [REAL, "llada_argmax_no_remask"]
    assert tab.locator("#gallery details:visible").count() == 1
    assert "1 of " in tab.locator("#filtered").inner_text()
    tab.get_by_label("Show methods whose name contains").fill("")
    assert tab.locator("#scores table").first.locator("tbody tr:visible").count() == 5


def test_axes_can_be_chosen(tab: Any) -> None:
    shown = tab.locator(".plot:visible")
    before = shown.locator("title").first.text_content()
    tab.get_by_label("Quality").select_option("1")
    tab.get_by_label("Diversity").select_option("1")
    assert shown.count() == 1
    assert shown.locator("title").first.text_content() != before


def test_all_pictures_can_be_opened_and_closed(tab: Any) -> None:
    tab.get_by_role("button", name="Open all").click()
    pictures = tab.locator("#gallery figure")
    assert tab.locator("#gallery figure:visible").count() == pictures.count() > 60
    tab.get_by_role("button", name="Close all").click()
    assert tab.locator("#gallery figure:visible").count() == 0


def test_a_nasty_name_is_shown_and_not_run(tab: Any) -> None:
    assert tab.get_by_text(NASTY.replace("/", "∕")).first.is_visible()


def test_pictures_have_names_for_those_who_cannot_see_them(tab: Any) -> None:
    for details in tab.locator("details").all():
        details.evaluate("part => { part.open = true; }")
    unnamed = tab.locator("svg:not([aria-hidden])").evaluate_all(
        "all => all.filter(svg => !svg.querySelector(':scope > title')?.textContent).length"
    )
    assert unnamed == 0


def test_without_javascript_there_is_still_all_there_is_to_read(browser: Any, report: Path) -> None:
    context = browser.new_context(java_script_enabled=False, offline=True)
    tab = context.new_page()
    tab.goto(report.as_uri())
    assert tab.locator("#scores table").first.is_visible()
    assert tab.locator(".plot:visible").count() == 1
    family = tab.locator(".families details").first
    family.locator("summary").click()
    assert family.locator("table").is_visible()
    context.close()


@pytest.mark.parametrize("tab", [PHONE, {"width": 320, "height": 600}], indirect=True, ids=str)
def test_a_phone_scrolls_tables_and_not_the_page(tab: Any) -> None:
    tab.evaluate("() => { for (const d of document.querySelectorAll('details')) d.open = true; }")
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    scroll = tab.locator(".scroll", has=tab.locator("tbody.sorted")).first
    assert scroll.evaluate("box => box.scrollWidth > box.clientWidth")
    scroll.evaluate("box => { box.scrollLeft = 400; }")
    name = scroll.locator("tbody th").first
    left = scroll.bounding_box()["x"]
    assert abs(name.bounding_box()["x"] - left) < 3  # the name of the method stays in view


def test_print_leaves_out_what_only_a_screen_can_do(tab: Any) -> None:
    tab.emulate_media(media="print")
    assert tab.locator(".no-print:visible").count() == 0
    assert tab.locator(".families:visible").count() == 0  # nothing in it is open
    heading = tab.locator("#scores thead th").nth(1)
    assert heading.evaluate("cell => getComputedStyle(cell, '::before').content") != "none"
    assert tab.pdf(prefer_css_page_size=True)[:4] == b"%PDF"


@pytest.mark.slow
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_text_can_be_read_on_its_ground(tab: Any, colours: str) -> None:
    tab.emulate_media(color_scheme=colours)
    contrasts = tab.evaluate(
        """() => {
          const shade = (name) => {
            const value = getComputedStyle(document.documentElement).getPropertyValue(name);
            const hex = value.trim().slice(1);
            const [r, g, b] = [0, 2, 4].map((k) => {
              const c = parseInt(hex.slice(k, k + 2), 16) / 255;
              return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
            });
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const contrast = (a, b) => {
            const [low, high] = [shade(a), shade(b)].sort((x, y) => x - y);
            return (high + 0.05) / (low + 0.05);
          };
          const pairs = [
            ['--ink', '--paper'], ['--soft', '--paper'], ['--soft', '--card'],
            ['--accent', '--paper'], ['--fault', '--card'], ['--ink', '--warn'],
            ['--soft', '--best'],
          ];
          return Object.fromEntries(pairs.map(([a, b]) => [`${a} on ${b}`, contrast(a, b)]));
        }"""
    )
    assert {pair: value for pair, value in contrasts.items() if value < 4.5} == {}
