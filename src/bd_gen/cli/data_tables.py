"""The tables that `bd-gen data` prints."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple
from typing import TYPE_CHECKING

import numpy as np

from bd_gen.data.dataset import DataConfig, Dataset, PlanTable, describe
from bd_gen.data.statistics import PlanStatistics, leaks_of, statistics_of
from bd_gen.diagrams.recorded_words import described
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.words import Words

if TYPE_CHECKING:
    from rich.console import Console

_TOP_ARCHETYPES = 10
_ABOUT_DOUBLES = (
    "The last four columns: held-out plans with such a double in training (docs/data.md#split)"
)


def print_calibration(table: PlanTable, seed: int) -> None:
    """Synthetic statistics beside RPLAN's, row by row, with tolerance and verdict."""
    from bd_gen.data.geometry import geometry_of
    from bd_gen.data.sources.synthetic.calibration import FEWEST_PLANS, compare_with_rplan

    rows = []
    for row in compare_with_rplan(statistics_of(table), geometry_of(table), seed):
        show = {"share": _percent, "number": _number, "fact": _yes_or_no}[row.kind]
        verdict = "ok" if row.is_within else "off"
        tolerance = f"+/- {show(row.tolerance)}" if row.tolerance else ""
        rows.append((row.name, show(row.rplan), show(row.synthetic), tolerance, verdict))
    console = _console()
    _print(console, "", ("", "RPLAN", "synthetic", "tolerance", ""), rows)
    num_off = sum(row[-1] == "off" for row in rows)
    verdict = f"{num_off} of {len(rows)} off" if num_off else f"all {len(rows)} within tolerance"
    few = "" if len(table) >= FEWEST_PLANS else f" (chance shows below {FEWEST_PLANS:,} plans)"
    console.print(verdict + few)


def print_statistics(config: DataConfig, data: Dataset, table: PlanTable) -> None:
    """Everything about a table of plans and how they are split."""
    s = statistics_of(table)
    console = _console()
    console.print(data.source)
    words = table.vocabulary.words
    _print(console, "", ("", ""), _summary(s, words))
    split_header = ("part", "plans", "share", "same row", "same diagram", "by 9 - r", "twins")
    _print(console, f"{config.split} split", split_header, _split_rows(data))
    console.print(_ABOUT_DOUBLES)
    room_header = ("rooms", "plans", "share", "edges", "density")
    _print(console, "rooms", room_header, _room_rows(s))
    type_header = ("type", "rooms", "share", "edges a room")
    _print(console, "room types", type_header, _type_rows(s, words))
    _print(console, "relations", ("relation", "edges", "share"), _relation_rows(s, words))
    title = f"commonest of {len(s.archetypes):,} archetypes"
    _print(console, title, ("rooms", "plans", "share"), _archetype_rows(s, words))


def print_symmetry(config: DataConfig, table: PlanTable) -> None:
    """How far plans are from their mirror images, beside what chance makes of two halves.

    Means over ten random halves.
    """
    from bd_gen.diagrams.diagram_set import DiagramSet
    from bd_gen.diagrams.relations import Mirror
    from bd_gen.metrics.symmetry import symmetry

    plans = DiagramSet(table.tokens, table.vocabulary)
    rows = []
    for mirror, name in ((Mirror.LEFT_RIGHT, "left-right"), (Mirror.UP_DOWN, "up-down")):
        found = symmetry(plans, DiagramSet(table.mirrored(mirror).tokens, table.vocabulary))
        rows.append(
            (
                name,
                f"{found.halves.mean():.5f}",
                f"{found.image.mean():.5f}",
                f"{found.ratio:.1f}" if found.ratio < 1_000 else "> 1,000",
                found.verdict,
            )
        )
    console = _console()
    console.print(describe(config))
    header = ("mirror", "two halves", "one mirrored", "ratio", "")
    _print(console, "JS of (type, type, relation), nats", header, rows)


def _summary(s: PlanStatistics, words: Words) -> list[tuple[str, str]]:
    rules = [("at most one living room and entrance", _percent(s.valid_types))]
    if words == RPLAN:
        rules.append(("with MasterRoom inside LivingRoom", _percent(s.wrapped_master)))
    elif words.at_most_one:
        names = ", ".join(words.room_names[t] for t in words.at_most_one)
        rules = [(f"at most one each of {names}", _percent(s.valid_types))]
    else:
        rules = []
    if words.never_inside:
        rules.append(("with a forbidden containment", _percent(s.forbidden)))
    named = [] if words == RPLAN else [("vocabulary", described(words.name, words.hash))]
    edges = np.flatnonzero(s.edges)
    mean = float((s.edges * np.arange(len(s.edges))).sum()) / s.num_plans
    return [
        *named,
        ("plans", f"{s.num_plans:,}"),
        ("distinct plans", f"{s.num_distinct:,}"),
        ("repeated plans", f"{s.num_plans - s.num_distinct:,}"),
        ("distinct token rows", f"{s.num_distinct_rows:,}"),
        ("plans with boxes", f"{s.num_with_boxes:,}"),
        ("archetypes", f"{len(s.archetypes):,}"),
        ("edges a plan", f"{_number(mean)} ({edges[0]} to {edges[-1]})"),
        ("connected", _percent(s.connected)),
        *rules,
    ]


def _split_rows(data: Dataset) -> Iterator[tuple[str, ...]]:
    leaks = leaks_of(data)
    for name, part in data.split.parts.items():
        shares = astuple(leaks[name]) if name in leaks else ()
        doubles = [_percent(share) for share in shares] or [""] * 4
        yield name, f"{len(part):,}", _percent(len(part) / len(data.tokens)), *doubles


def doubles_sentence(data: Dataset) -> str:
    """How many held-out plans have a double in training, in one line; empty if none is held out."""
    found = leaks_of(data)["held out"]
    if np.isnan(found.twin):
        return ""
    return (
        f"held-out plans with a double in training: same row {_percent(found.same_row)}, "
        f"same diagram {_percent(found.renumbered)}, by 9 - r {_percent(found.turned)}, "
        f"twins {_percent(found.twin)}\n"
    )


def _room_rows(s: PlanStatistics) -> Iterator[tuple[str, ...]]:
    for n in np.flatnonzero(s.rooms):
        share = _percent(s.rooms[n] / s.num_plans)
        edges, density = _number(s.edges_by_rooms[n]), _number(s.density_by_rooms[n])
        yield str(n), f"{s.rooms[n]:,}", share, edges, density


def _type_rows(s: PlanStatistics, words: Words) -> Iterator[tuple[str, ...]]:
    num_rooms = s.room_types.sum()
    for t in np.flatnonzero(s.room_types):
        count = s.room_types[t]
        yield words.room_names[t], f"{count:,}", _percent(count / num_rooms), _number(s.degrees[t])


def _relation_rows(s: PlanStatistics, words: Words) -> Iterator[tuple[str, ...]]:
    num_edges = max(int(s.relations.sum()), 1)
    for name, count in zip(words.relation_names, s.relations, strict=True):
        yield name, f"{count:,}", _percent(count / num_edges)


def _archetype_rows(s: PlanStatistics, words: Words) -> Iterator[tuple[str, ...]]:
    for types, count in s.archetypes[:_TOP_ARCHETYPES]:
        yield _archetype(types, words), f"{count:,}", _percent(count / s.num_plans)


def _archetype(types: Sequence[int], words: Words) -> str:
    """Types in order, with their number if not 1: LivingRoom, Kitchen, 2 Bathroom."""
    counts = {t: types.count(t) for t in dict.fromkeys(types)}
    names = words.room_names
    return ", ".join(f"{k} {names[t]}" if k > 1 else names[t] for t, k in counts.items())


def _percent(share: float) -> str:
    if np.isnan(share):
        return "-"
    return f"{100 * share:.2f} %"


def _number(value: float) -> str:
    if np.isnan(value):
        return "-"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"


def _yes_or_no(value: float) -> str:
    return "yes" if value else "no"


def _console() -> "Console":
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False)


def _print(
    console: "Console", title: str, header: Sequence[str], rows: Iterable[Sequence[str]]
) -> None:
    """A table with a left-aligned first column and right-aligned others; a blank line before."""
    from rich import box
    from rich.table import Table

    table = Table(
        title=title or None,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        show_header=any(header),
        pad_edge=False,
    )
    for k, name in enumerate(header):
        table.add_column(name, justify="right" if k else "left", no_wrap=k > 0)
    for row in rows:
        table.add_row(*row)
    console.print(table)
