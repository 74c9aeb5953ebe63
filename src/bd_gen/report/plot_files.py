"""The plots of a report as files: SVG, one a plot, or one PDF with a plot a page."""

import re
from collections.abc import Iterator
from pathlib import Path

from markupsafe import Markup

from bd_gen.report.charts import Picture
from bd_gen.report.contents import Contents
from bd_gen.report.page import rendered
from bd_gen.report.printing import print_to_pdf
from bd_gen.report.shares import by_rooms, histograms
from bd_gen.report.tradeoff import tradeoff
from bd_gen.results.scores import scores_of
from bd_gen.system import files

_LONGEST_NAME = 120


def write_plots(contents: Contents, out: Path) -> int:
    """Write the plots of quality against diversity, by number of rooms, and the histograms.

    Args:
        contents: what the report is about.
        out: a file that ends in .pdf, or a folder for SVG files.

    Returns:
        how many plots there are.

    Raises:
        InputError: no browser to make a PDF with, or a file cannot be written.
    """
    plots = [(name, _svg(picture)) for name, picture in _plots(contents)]
    if out.suffix.lower() == ".pdf":
        pages = [(name, Markup(svg)) for name, svg in plots]  # noqa: S704 - escaped before
        print_to_pdf(rendered("plots.html", pages=pages), out)
        return len(plots)
    for name, svg in plots:
        files.write_text(out / f"{name}.svg", svg + "\n")
    return len(plots)


def _plots(contents: Contents) -> Iterator[tuple[str, Picture]]:
    """Every plot of the report and a name for its file."""
    found: dict[str, Picture] = {}
    for _, _, plot in tradeoff(contents, scores_of(contents.columns)).plots:
        if isinstance(plot, Picture):
            found[_name(plot.title)] = plot
    for grid in (*by_rooms(contents), *histograms(contents)):
        for entry, plot in grid.panels:
            found[_name(f"{grid.title} {entry.name}")] = plot
    yield from found.items()


def _name(title: str) -> str:
    """A title as the name of a file."""
    words = re.sub(r"[^a-z0-9._]+", "-", title.lower())
    return words.strip("-.")[:_LONGEST_NAME]


def _svg(picture: Picture) -> str:
    return rendered("figure.svg", p=picture, style=_style())


def _style() -> Markup:
    """The style of pictures on a light page; programs that draw know no variables of CSS."""
    light = re.search(r":root \{(.*?)\}", rendered("page.css", colours=[]), re.DOTALL)
    colours = dict(re.findall(r"--(\w+): ([^;]+);", light[1])) if light else {}
    text = re.sub(r"var\(--(\w+)\)", lambda m: colours[m[1]], rendered("pictures.css"))
    return Markup(text)  # noqa: S704 - the package's own
