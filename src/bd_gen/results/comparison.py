"""The results of many methods side by side: one section a family, one column a method."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal

from bd_gen.metrics import MetricInfo, find_metric_info, metric_info
from bd_gen.metrics.keys import FAMILIES, LAYOUTS
from bd_gen.results.columns import REAL, Column
from bd_gen.results.configuration import (
    calls_per_diagram,
    calls_text,
    configuration,
    unlike_columns,
)
from bd_gen.results.scores import ERROR_MODEL, Score, Scores, columns_of_other_size, scores_of
from bd_gen.results.table import (
    ARROWS,
    MISSING,
    Table,
    against_text,
    escaped,
    markdown_section,
    mean_alone,
    mean_and_interval,
    mean_and_std,
)
from bd_gen.results.unregistered import unregistered

FILE_NAME = "comparison.md"

Spread = Literal["interval", "std", "none"]
"""What a cell shows beside the mean: its 95 % interval, the seeds' standard deviation, nothing."""

MAIN_KEYS = (
    "eval/validity_rate",
    "eval/inside_validity",
    "eval/transitivity_score",
    "eval/realizable_rate",
    "eval/diversity",
    "eval/uniqueness_canonical",
    "eval/novelty_canonical",
    "eval/mode_coverage_weighted",
    "eval/precision_typed",
    "eval/recall_typed",
    "eval/node_js",
    "eval/edge_js",
    "eval/edges_ratio",
    "eval/pair_js",
    "eval/conditional_edge_js_weighted",
    "eval/degree_js_per_type_weighted",
    "eval/mmd_degree",
    "eval/pgd",
    "layout/access",
    "layout/door_wide",
    "layout/facade",
    "layout/corners",
    "layout/steps",
    "layout/slits",
    "layout/fill",
    "layout/living_rectangle",
    "layout/living_area",
    "layout/master_area_iqr",
    "layout/bath_area_iqr",
    "layout/area_w1",
    "layout/aspect_w1",
    "layout/pgd",
)
"""The rows that tell most, for a terminal or a note."""


TERMINAL = {"best": "{} *", "tied": "{} †", "": "{}  "}
"""How a cell of a terminal's table shows its mark; see `main_rows`."""

MARKDOWN = {"best": "**{}**", "tied": "{} †", "": "{}"}
"""The same in Markdown."""

SPREADS: dict[Spread, str] = {
    "interval": (
        f"Each cell: the mean over the seeds and its 95 % interval: {ERROR_MODEL}. A number "
        "without brackets was measured once, or is the same in all that is drawn."
    ),
    "std": (
        "Each cell: the mean over the seeds +/- their population standard deviation, which is "
        "how far seeds are apart and not how sure the mean is."
    ),
    "none": "Each cell: the mean over the seeds.",
}
"""What the numbers of a table mean; all tables of one page mean the same."""

_TIED = "not distinguishable from it (95 %, corrected for the number of methods)"


def sections(
    columns: Sequence[Column],
    scores: Scores | None = None,
    spread: Spread = "interval",
    marked: Mapping[str, str] = MARKDOWN,
) -> list[Table]:
    """The whole comparison: the main rows, the configuration, then every family of the registry.

    Numbers that no registered metric claims stand in a last section, "Other". `spread` is what
    all cells show beside the mean, `marked` how a cell shows that it is best or tied.
    """
    scores = scores_of(columns) if scores is None else scores
    header = ("", *(column.name for column in columns))
    families: dict[str, list[MetricInfo]] = {family: [] for family in FAMILIES}
    for info in scores.infos:
        families.setdefault(info.family, []).append(info)
    tables = [
        main_rows(columns, scores=scores, marked=marked, spread=spread),
        configuration(columns),
    ]
    for family, infos in families.items():
        if family == LAYOUTS and not infos:
            continue  # samples have no layouts, and a section would promise some
        rows = (_row(info, columns, scores, _VALUES[spread], marked) for info in infos)
        tables.append(Table(family, header, tuple(rows)))
    return tables


def main_rows(
    columns: Sequence[Column],
    keys: Iterable[str] = MAIN_KEYS,
    scores: Scores | None = None,
    marked: Mapping[str, str] = TERMINAL,
    spread: Spread = "interval",
) -> Table:
    """The rows that tell most, as far as a column has them; then what a diagram costs.

    Args:
        columns: what stands side by side.
        keys: which rows.
        scores: of the columns, if they are there already.
        marked: how a cell shows that it is best or tied: a format by mark.
        spread: what a cell shows beside the mean.

    Raises:
        InputError: there is no such key.
    """
    scores = scores_of(columns) if scores is None else scores
    there = {info.name for info in scores.infos}
    rows = [
        _row(metric_info(key), columns, scores, _VALUES[spread], marked)
        for key in keys
        if key in there or find_metric_info(key) is None
    ]
    generations = [column.result.provenance.get("generation") for column in columns]
    if any(calls_per_diagram(generation) is not None for generation in generations):
        rows.append(("Network calls a diagram", *map(calls_text, generations)))
    return Table("Main rows", ("", *(column.name for column in columns)), tuple(rows))


def markdown(
    columns: Sequence[Column], primary_only: bool = False, spread: Spread = "interval"
) -> str:
    """The content of `comparison.md`, or its main rows; warnings of unlike columns come first."""
    scores = scores_of(columns)
    tables = sections(columns, scores, spread)
    parts = [
        "# Comparison\n",
        *(f"> **Warning:** {escaped(warning)}.\n" for warning in unlike_columns(columns)),
        f"{SPREADS[spread]} ↑ higher is better, ↓ lower is. **Bold**: the best method; "
        f"†: {_TIED}.\n",
        *(f"{escaped(note)}\n" for note in notes(columns)),
        *map(markdown_section, tables[:1] if primary_only else tables),
    ]
    return "\n".join(parts)


def legend() -> str:
    """What the marks of a terminal's table mean."""
    return f"* the best method; † {_TIED}"


def notes(columns: Sequence[Column], are_all: bool = True) -> list[str]:
    """Sentences that a reader of these very columns needs.

    Args:
        columns: what stands side by side.
        are_all: there are no others in the directory, so what is missing can be told.
    """
    told = []
    if any(column.name == REAL for column in columns):
        told.append(
            f"In parentheses the distance from {REAL}: for percentages in points, for other "
            "numbers as a multiple. `>2x` is a multiple of the upper end of its interval, where "
            "that reaches 0; `~1x` lies within it."
        )
    elif are_all:
        told.append(
            f"There is no column {REAL}, so nothing says how good the numbers can be: "
            "`bd-gen evaluate --real --baselines` adds it where there are samples."
        )
    other = columns_of_other_size(columns)
    if other:
        told.append(
            f"{REAL} has another number of samples a seed than {', '.join(other)}: of theirs only "
            "shares of samples are compared with it, as all else depends on that number."
        )
    told += not_computed(columns)
    foreign = {one: None for column in columns for one in unregistered(column.result)}
    told += [f"{one}. Its numbers stand below without direction." for one in foreign]
    old = [column.name for column in columns if not column.result.ci95]
    if old:
        told.append(
            f"{len(old)} of {len(columns)} files hold no intervals: theirs are made here, of "
            "shares of samples from the counts, of all else from the spread over the seeds"
            f"{_unless_all(old, columns)}."
        )
    return told


def _unless_all(names: Sequence[str], columns: Sequence[Column]) -> str:
    return "" if len(names) == len(columns) else f" ({', '.join(names)})"


def not_computed(columns: Sequence[Column]) -> list[str]:
    """A sentence for each reason why numbers of some columns are missing."""
    shown: dict[tuple[str, str], tuple[dict[str, None], dict[str, None]]] = {}
    for column in columns:
        for key, reason in column.result.not_computed.items():
            info = find_metric_info(key)
            if info is not None and info.in_tables:
                rows, names = shown.setdefault((reason, info.metric), ({}, {}))
                rows[info.display] = names[column.name] = None
    return [
        f"n/a, {reason}: {', '.join(rows)} of {', '.join(names)}."
        for (reason, _), (rows, names) in shown.items()
    ]


def _row(
    info: MetricInfo,
    columns: Sequence[Column],
    scores: Scores,
    value: Callable[[Score, MetricInfo], str],
    marked: Mapping[str, str],
) -> tuple[str, ...]:
    cells = []
    for column in columns:
        score = scores.of(info.name, column.name)
        if score is None:
            cells.append(MISSING)
            continue
        against = against_text(score.against)
        text = value(score, info)
        cells.append(marked[score.mark].format(f"{text} ({against})" if against else text))
    return (info.display + ARROWS[info.direction], *cells)


def _with_std(score: Score, info: MetricInfo) -> str:
    return mean_and_std(score.mean, score.std, info.unit)


def _with_interval(score: Score, info: MetricInfo) -> str:
    return mean_and_interval(score.mean, score.interval, info.unit)


def _alone(score: Score, info: MetricInfo) -> str:
    return mean_alone(score.mean, score.std, info.unit)


_VALUES: dict[Spread, Callable[[Score, MetricInfo], str]] = {
    "interval": _with_interval,
    "std": _with_std,
    "none": _alone,
}
