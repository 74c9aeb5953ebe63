"""The page itself: its sections, its templates, and the rules that keep it to itself."""

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bd_gen.data.config import DataConfig
from bd_gen.drawing.appearance import room_colours, text_colours
from bd_gen.report.commands import page_commands
from bd_gen.report.contents import Contents, read_contents
from bd_gen.report.gallery import LOT_SEED, gallery
from bd_gen.report.origins import OVERVIEW, messages, origin_of, overview
from bd_gen.report.printing import print_to_pdf
from bd_gen.report.schedules import FIELD, ORDER_FIELD, schedules
from bd_gen.report.scores import score_tables
from bd_gen.report.shares import by_rooms, histograms
from bd_gen.report.tradeoff import tradeoff
from bd_gen.results.columns import REAL
from bd_gen.results.scores import ERROR_MODEL, scores_of
from bd_gen.system import files
from bd_gen.system.errors import InputError
from bd_gen.system.origin import origin

FILE_NAME = "report.html"
ENDINGS = (".html", ".pdf")

# HTML knows no control characters but three, half a surrogate pair is in no file, and marks of
# direction would show what follows them backwards.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


@dataclass(frozen=True)
class Report:
    """A report that was written.

    Attributes:
        path: the file.
        contents: what it is about.
    """

    path: Path
    contents: Contents


def write_report(
    directory: str | Path, out: str | Path | None = None, data: DataConfig | None = None
) -> Report:
    """Write one file on all results of a directory; it needs no network and no other file.

    Args:
        directory: where the results of one noise schedule lie.
        out: the file to write, .html or .pdf; `report.html` beside the results if None.
        data: where the real diagrams are; None: where the samples say.

    Raises:
        InputError: there is no such directory, no usable result in it, another ending, no browser
            to make a PDF with, or the page cannot be written.
    """
    path = Path(out) if out is not None else Path(directory) / FILE_NAME
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise InputError(f"{path}: a report is written as {' or '.join(ENDINGS)}")
    contents = read_contents(directory, data)
    html = page(contents, str(path))
    if ending == ".pdf":
        print_to_pdf(html, path)
    else:
        files.write_text(path, html)
    return Report(path, contents)


def page(contents: Contents, out: str = FILE_NAME) -> str:
    """The HTML of a report.

    Args:
        contents: what it is about.
        out: the file that it goes to, for the command that makes it again.
    """
    words = contents.words
    colours = list(zip(room_colours(words), text_colours(words), strict=True))
    style, script = rendered("page.css", colours=colours), rendered("page.js")
    rules = (
        f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    sections = [
        (name, heading, rendered(f"{name}.html", contents=contents, **data))
        for name, heading, data in _sections(contents, out)
    ]
    parts = {"rules": rules, "style": style, "script": script, "sections": sections}
    return rendered("page.html", contents=contents, **parts)


def rendered(template: str, **data: Any) -> str:
    """A template of the package with its data, in which every text is escaped."""
    return environment().get_template(template).render(**data)


_OF_SAMPLES = {"tradeoff", "rooms", "histograms", "schedules", "gallery"}
"""Sections that have nothing to say where all results are those of files of plans."""


def _sections(contents: Contents, out: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Name, heading and data of each section; the name is that of its template, too."""
    entries = contents.entries
    scores = scores_of(contents.columns)
    main, families = score_tables(contents, scores)
    learned = schedules(contents)
    compared = {"messages": messages(contents), "headings": OVERVIEW, "overview": overview}
    tables = {"main": main, "families": families}
    tables |= {"cells": list(scores.cells.values()), "error_model": ERROR_MODEL}
    found: list[tuple[str, str, dict[str, Any]]] = [
        ("compared", "What was compared", compared),
        ("scores", "Scores", tables),
        ("tradeoff", "Quality against diversity", {"tradeoff": tradeoff(contents, scores)}),
        ("rooms", "By number of rooms", {"grids": by_rooms(contents)}),
        ("histograms", "Histograms", {"grids": histograms(contents), "real": REAL}),
        ("schedules", "Learned schedules",
         {"schedules": learned, "field": FIELD, "order_field": ORDER_FIELD}),
        ("gallery", "Diagrams", {"gallery": gallery(contents), "lot": LOT_SEED}),
        ("origins", "Configuration and provenance",
         {"origins": [origin_of(entry, contents) for entry in entries]}),
        ("again", "How to make this again",
         {"commands": page_commands(contents, out), "made": _made()}),
    ]  # fmt: skip
    left_out = {"schedules"} if learned is None else set()
    left_out |= _OF_SAMPLES if contents.is_of_plans else set()
    return [section for section in found if section[0] not in left_out]


def _made() -> str:
    """When and by what the page is made."""
    made = origin()
    when = datetime.fromisoformat(str(made["timestamp"])).strftime("%d %B %Y, %H:%M UTC")
    commit = f", commit {made['git_commit']}" if made["git_commit"] else ""
    return f"{when} by bd-gen {made['package_version']}{commit}"


@cache
def environment() -> Environment:
    """Where templates come from, and what they have beside their data."""
    found = Environment(
        loader=PackageLoader(__package__),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_printable,
    )
    found.filters |= {"n": number, "breakable": breakable}
    return found


def _printable(value: Any) -> Any:
    """What a template puts out, without what no page can hold or would show backwards."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", value)
    return "" if value is None else value


def breakable(name: str) -> Markup:
    """A name that may be broken after an underscore or a hyphen, as method names are long."""
    return Markup("<wbr>").join(re.split("(?<=[_-])(?![_-])", _printable(name)))


def number(value: float) -> str:
    """A coordinate with one decimal at most."""
    digits = f"{value:.1f}".removesuffix(".0")
    return "0" if digits == "-0" else digits


def _digest(text: str) -> str:
    """What a content security policy calls an inline style or script that it allows."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
