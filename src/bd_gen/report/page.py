"""The page itself: its sections, its style and script, and the rules that keep it to itself."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files as package_files
from pathlib import Path

from bd_gen.drawing.appearance import ROOM_COLOURS, TEXT_COLOURS
from bd_gen.report.by_rooms import by_rooms_figures
from bd_gen.report.contents import Contents, read_contents
from bd_gen.report.gallery import gallery
from bd_gen.report.histograms import histogram_figures
from bd_gen.report.markup import Markup, join, tag
from bd_gen.report.origins import again, compared, origins
from bd_gen.report.schedules import schedule_figures
from bd_gen.report.score_tables import score_section
from bd_gen.report.tradeoff import tradeoff_figure
from bd_gen.results.scores import scores_of
from bd_gen.system import files
from bd_gen.system.origin import origin

FILE_NAME = "report.html"


@dataclass(frozen=True)
class Report:
    """A report that was written.

    Attributes:
        path: the file.
        contents: what it is about.
    """

    path: Path
    contents: Contents


def write_report(directory: str | Path, out: str | Path | None = None) -> Report:
    """Write one HTML file on all results of a directory; it needs no network and no other file.

    Args:
        directory: where the results of one noise schedule lie.
        out: the file to write; `report.html` beside the results if None.

    Raises:
        InputError: there is no such directory, no usable result in it, or the page cannot be
            written.
    """
    contents = read_contents(directory)
    path = Path(out) if out is not None else Path(directory) / FILE_NAME
    files.write_text(path, page(contents, str(path)))
    return Report(path, contents)


def page(contents: Contents, out: str = FILE_NAME) -> str:
    """The HTML of a report.

    Args:
        contents: what it is about.
        out: the file that it goes to, for the command that makes it again.
    """
    sections = _sections(contents, out)
    title = f"bd-gen report: {contents.directory.name}"
    style = Markup(_packaged("page.css") + _room_colours())
    script = Markup(_packaged("page.js"))
    rules = (
        f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=rules),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("link", rel="icon", href="data:,"),
        tag("title", title),
        tag("style", style),
    )
    names = ((name, heading) for name, heading, _ in sections)
    links = (tag("li", tag("a", heading, href=f"#{name}")) for name, heading in names)
    body = tag(
        "body",
        tag("a", "Skip to the table", href="#scores", class_="skip"),
        tag("header", tag("h1", title), tag("p", _summary(contents))),
        tag("nav", tag("ul", *links), aria_label="Sections"),
        tag(
            "main",
            *(
                tag("section", tag("h2", heading), content, id=name)
                for name, heading, content in sections
            ),
        ),
        tag("script", script),
    )
    return f"<!doctype html>\n{tag('html', head, body, lang='en')}\n"


def _sections(contents: Contents, out: str) -> list[tuple[str, str, Markup]]:
    scores = scores_of(contents.columns)
    schedules = schedule_figures(contents)
    found = [
        ("compared", "What was compared", compared(contents)),
        ("scores", "Scores", score_section(contents, scores)),
        ("tradeoff", "Quality against diversity", tradeoff_figure(contents, scores)),
        ("rooms", "By number of rooms", by_rooms_figures(contents)),
        ("histograms", "Histograms", histogram_figures(contents)),
        ("schedules", "Learned schedules", schedules),
        ("gallery", "Diagrams", gallery(contents)),
        ("origins", "Configuration and provenance", origins(contents)),
        ("again", "How to make this again", join(_made(), again(contents, out))),
    ]
    return [(name, heading, part) for name, heading, part in found if part is not None]


def _summary(contents: Contents) -> str:
    kinds = [entry.kind for entry in contents.entries]
    parts = [_counted(kinds.count(kind), kind) for kind in ("method", "baseline")]
    words = " and ".join(part for part in parts if part)
    if "real" in kinds:
        words += f"{' beside' if words else 'The scores of'} real held-out diagrams"
    return f"{words}. Results in {contents.directory}."


def _counted(number: int, noun: str) -> str:
    return "" if not number else f"{number} {noun}{'s' if number > 1 else ''}"


def _made() -> Markup:
    made = origin()
    when = datetime.fromisoformat(str(made["timestamp"])).strftime("%d %B %Y, %H:%M UTC")
    commit = f", commit {made['git_commit']}" if made["git_commit"] else ""
    return tag(
        "p",
        f"This page was made on {when} by bd-gen {made['package_version']}{commit}. It holds "
        "no link to anything outside itself. The commands are for the folder that it was made in.",
    )


def _packaged(name: str) -> str:
    return (package_files(__package__) / name).read_text(encoding="utf-8")


def _room_colours() -> str:
    """Rules for bubbles: their fill, and the halo of a label that stands on it."""
    rules = []
    for k, (fill, ink) in enumerate(zip(ROOM_COLOURS, TEXT_COLOURS, strict=True)):
        rules.append(f".bubbles .r{k}{{fill:{fill}}}.bubbles .on{k}{{stroke:{fill};fill:{ink}}}")
    return "\n".join(rules)


def _digest(text: str) -> str:
    """What a content security policy calls an inline style or script that it allows."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
