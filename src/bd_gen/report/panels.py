"""Small multiples: one little plot a row of the report, all on the same scales."""

from collections.abc import Iterable

from bd_gen.report.contents import Entry
from bd_gen.report.markup import Markup, breakable, join, tag


def panel_grid(panels: Iterable[Markup]) -> Markup:
    """Panels beside each other, as many as the page is wide."""
    return tag("div", *panels, class_="panels")


def panel(entry: Entry, plot: Markup) -> Markup:
    """A plot under the name of its row."""
    return tag("figure", name_of(entry, "figcaption"), plot, class_="panel", data_method=entry.name)


def name_of(entry: Entry, element: str, **attributes: object) -> Markup:
    """The row's number and name."""
    badge = tag("span", entry.number, class_="badge") if entry.number else None
    return tag(element, badge, tag("span", breakable(entry.name), class_="name"), **attributes)


def disclosure(title: object, *content: object, is_open: bool = False) -> Markup:
    """Content behind a heading that opens it."""
    return tag("details", tag("summary", title), *content, open=is_open)


def described(svg_parts: Iterable[object], title: str, description: str, size: str) -> Markup:
    """A picture with a name and a description for those who cannot see it."""
    return tag(
        "svg",
        tag("title", title),
        tag("desc", description) if description else None,
        join(*svg_parts),
        viewBox=f"0 0 {size}",
        role="img",
    )
