"""The tables of numbers: a row a method, a column a metric, sortable by any of them."""

from collections.abc import Mapping, Sequence

from bd_gen.metrics import MetricInfo
from bd_gen.report.cell_text import against_text, spread_text, value_text
from bd_gen.report.contents import Contents, Entry
from bd_gen.report.families import infos_by_family, main_infos
from bd_gen.report.markup import Markup, breakable, join, tag
from bd_gen.report.panels import disclosure
from bd_gen.results.scores import Score, Scores
from bd_gen.results.table import MISSING

_DIRECTIONS = {"higher": ("↑", "higher is better"), "lower": ("↓", "lower is better")}
_MARKS = {"best": ("★", "the best"), "tied": ("≈", "tied with the best")}
_KINDS = {"real": "held-out plans", "baseline": "baseline", "method": ""}


def score_section(contents: Contents, scores: Scores) -> Markup:
    """The table of the main metrics, and one a family behind a disclosure each."""
    families = infos_by_family(scores).items()
    return join(
        _explanation(contents, scores),
        tag(
            "p",
            tag("label", "Show methods whose name contains ", for_="filter"),
            tag("input", id="filter", type="search", autocomplete="off", spellcheck="false"),
            " ",
            tag("output", id="filtered", for_="filter"),
            class_="filter no-print",
        ),
        score_table("Main metrics", main_infos(scores), contents, scores),
        tag("p", id="sorted", class_="hidden-text", role="status"),
        tag(
            "div",
            tag("h3", "All metrics by family"),
            *(_family(title, infos, contents, scores) for title, infos in families),
            class_="families",
        ),
    )


def score_table(
    title: str, infos: Sequence[MetricInfo], contents: Contents, scores: Scores
) -> Markup:
    """One table; real diagrams stay on top however it is sorted."""
    if not infos:
        return tag("p", "Not measured.")
    header = tag("tr", _sorting("Method", "ascending"), *map(_header, infos))
    tells = {info.key: _marks_tell(info, contents, scores) for info in infos}
    bodies = [
        tag("tbody", *(_row(entry, infos, scores, tells) for entry in entries), class_=name)
        for name, entries in (
            ("fixed", [e for e in contents.entries if e.kind == "real"]),
            ("sorted", [e for e in contents.entries if e.kind != "real"]),
        )
        if entries
    ]
    table = tag("table", tag("caption", title, class_="hidden-text"), tag("thead", header), *bodies)
    return tag(
        "div", table, class_="scroll", role="region", tabindex="0", aria_label=f"Table: {title}"
    )


def _family(title: str, infos: Sequence[MetricInfo], contents: Contents, scores: Scores) -> Markup:
    count = tag("span", f" {len(infos)}", class_="count")
    return disclosure(join(title, count), score_table(title, infos, contents, scores))


def _explanation(contents: Contents, scores: Scores) -> Markup:
    """How to read a cell; only of what is there."""
    cells = scores.cells.values()
    parts = ["Each cell: the mean over the seeds"]
    if any(cell.interval is not None for cell in cells):
        parts.append(", its 95 % interval")
    if contents.real is not None:
        parts.append(
            ", and how it compares with real held-out diagrams: the multiple of their value "
            "(×1 is as good as real; after > of the upper end of their interval, where that "
            "reaches 0), for percentages the difference in points"
        )
    parts.append(". ↑ higher is better, ↓ lower is better. ★ the best method")
    if any(cell.mark == "tied" for cell in cells):
        parts.append(
            ", ≈ tied with it: not distinguishable at 95 %, corrected for the number of methods"
        )
    parts.append(". Press a heading to sort by it, and again to turn the order round.")
    if any(not entry.result.ci95 for entry in contents.entries):
        parts.append(
            " Some of the files hold no intervals: theirs are made here, of shares of samples "
            "from the counts, of all else from the spread over the seeds."
        )
    return tag("p", *parts)


def _header(info: MetricInfo) -> Markup:
    unit = "%" if info.unit == "rate" else ""
    sign, words = _DIRECTIONS.get(info.direction or "", ("", ""))
    # The first press puts the best on top.
    first = "ascending" if info.direction == "lower" else "descending"
    signs = f"{unit} {sign}".strip()
    return _sorting(info.display, first, signs, words)


def _sorting(name: str, first: str, signs: str = "", words: str = "") -> Markup:
    """A heading that sorts; `first` is the order of the first press.

    Browsers leave buttons out of a heading that is repeated on the next page, so print shows
    the attribute instead.
    """
    hidden = tag("span", f" ({words})", class_="hidden-text") if words else None
    button = tag(
        "button",
        name,
        hidden,
        tag("span", signs, aria_hidden="true", class_="signs"),
        type="button",
        data_first=first,
    )
    printed = f"{name} {signs}".strip()
    return tag("th", button, scope="col", aria_sort="none", data_printed=printed)


def _row(
    entry: Entry, infos: Sequence[MetricInfo], scores: Scores, tells: Mapping[str, bool]
) -> Markup:
    kind = _KINDS[entry.kind]
    badge = tag("span", entry.number, class_="badge") if entry.number else None
    heading = tag(
        "th",
        badge,
        tag("span", breakable(entry.name), class_="name"),
        tag("small", kind) if kind else None,
        scope="row",
        data_value=entry.name,
    )
    reasons = entry.result.not_computed
    cells = (
        _cell(scores.of(info.key, entry.name), info, tells[info.key], reasons.get(info.key))
        for info in infos
    )
    return tag("tr", heading, *cells, data_method=entry.name, class_=entry.kind)


def _marks_tell(info: MetricInfo, contents: Contents, scores: Scores) -> bool:
    """Whether "best" sets methods apart: not if all are, nor for what is the checkpoint's own."""
    found = [scores.of(info.key, e.name) for e in contents.entries if e.kind == "method"]
    return any(score is not None and score.std is not None and not score.mark for score in found)


def _cell(
    score: Score | None, info: MetricInfo, mark_tells: bool, reason: str | None = None
) -> Markup:
    if score is None:
        why = tag("small", reason) if reason else None
        return tag("td", tag("span", MISSING, class_="missing"), why)
    mark = None
    shown = score.mark if mark_tells else ""
    if shown:
        sign, words = _MARKS[shown]
        mark = join(
            tag("span", sign, aria_hidden="true", class_="mark"),
            tag("span", f" {words}", class_="hidden-text"),
        )
    spread, against = spread_text(score, info), against_text(score, info)
    return tag(
        "td",
        tag("b", value_text(score, info)),
        mark,
        tag("small", spread) if spread else None,
        tag("small", against, class_="against") if against else None,
        class_=shown or None,
        data_value=repr(score.mean),
    )
