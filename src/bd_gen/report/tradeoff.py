"""Quality against diversity: which two main metrics are plotted is the reader's choice."""

import itertools

from bd_gen.metrics import MetricInfo
from bd_gen.report.contents import Contents
from bd_gen.report.families import main_infos
from bd_gen.report.marks import key_entry
from bd_gen.report.markup import Markup, tag
from bd_gen.report.tradeoff_plot import tradeoff_plot
from bd_gen.results.scores import Scores

MOST_CHOICES = 8
"""Metrics to choose from for each axis: each pair is a plot in the file."""

_DIVERSITY_FAMILY = "Coverage"
_FIDELITY = ("eval/precision", "eval/density")
"""Beginnings of keys of that family that tell of quality."""
_FIRST_QUALITIES = (
    "eval/transitivity_score",
    "eval/pair_js",
    "eval/pgd",
    "eval/validity_rate",
    "eval/inside_validity",
    "eval/precision_typed",
)
_FIRST_DIVERSITIES = ("eval/mode_coverage_weighted", "eval/mode_coverage", "eval/diversity")


def tradeoff_figure(contents: Contents, scores: Scores) -> Markup:
    """The plots of all pairs, of which the page shows one, the choice between them, and a key."""
    qualities, diversities = axis_choices(scores)
    if not qualities or not diversities:
        return tag("p", "There is no metric of quality or none of diversity in these results.")
    plots = []
    for (i, x), (j, y) in itertools.product(enumerate(diversities), enumerate(qualities)):
        plot = tradeoff_plot(x, y, contents, scores)
        plots.append(tag("div", plot, class_="plot", data_x=i, data_y=j, hidden=(i, j) != (0, 0)))
    key = tag("ul", *map(key_entry, contents.entries), class_="key", aria_label="Methods")
    return tag(
        "figure",
        tag(
            "div",
            _select("axis-y", "Quality (up)", qualities),
            _select("axis-x", "Diversity (to the right)", diversities),
            class_="choices no-print",
        ),
        tag("div", tag("div", *plots, id="plots"), key, class_="beside"),
        tag(
            "figcaption",
            "Better is up and to the right whatever the axes: that of a metric of which lower is "
            "better runs backwards. Values of many sizes are on a logarithmic axis, percentages "
            "near 100 on one that is logarithmic in the distance to 100. Thin lines are 95 % "
            "intervals. The dashed line joins the Pareto front, the methods that no other beats "
            "in both (filled marks). Triangles have a learned forward process.",
        ),
    )


def axis_choices(scores: Scores) -> tuple[list[MetricInfo], list[MetricInfo]]:
    """Metrics of quality and of diversity of which one direction is better, main ones first."""
    main = [info for info in main_infos(scores) if info.direction is not None]
    others = [i for i in scores.infos if i.direction is not None and i not in main]
    diverse = [info for info in (*main, *others) if _tells_of_diversity(info)]
    sound = [info for info in main if not _tells_of_diversity(info)]
    return (
        _in_order(sound, _FIRST_QUALITIES)[:MOST_CHOICES],
        _in_order(diverse, _FIRST_DIVERSITIES)[:MOST_CHOICES],
    )


def _tells_of_diversity(info: MetricInfo) -> bool:
    return info.family == _DIVERSITY_FAMILY and not info.key.startswith(_FIDELITY)


def _in_order(infos: list[MetricInfo], first: tuple[str, ...]) -> list[MetricInfo]:
    rank = {key: k for k, key in enumerate(first)}
    return sorted(infos, key=lambda info: rank.get(info.key, len(rank)))


def _select(name: str, label: str, infos: list[MetricInfo]) -> Markup:
    options = (
        tag("option", info.display, value=k, selected=k == 0) for k, info in enumerate(infos)
    )
    return tag("label", f"{label} ", tag("select", *options, id=name, autocomplete="off"))
