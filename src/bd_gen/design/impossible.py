"""Briefs that no plan can satisfy, found before anything is drawn, with reasons that suffice.

What is looked at, each on a proof: areas that do not fit the plot or the total; doors that are
asked for and forbidden; and rules, sizes, outer walls, openings and kept boxes that nothing
satisfies together. What is named is needed for the contradiction, and where one number can give
way, the nearest one that would do is told. What a brief leaves open, the relations of its rooms, is
not looked at here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bd_gen.design.brief import Brief
from bd_gen.design.contradictions import rule_statements
from bd_gen.design.plot import Plot
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.outline import Outline
from bd_gen.layouts.problem import Problem, option_statements
from bd_gen.layouts.room_limits import RoomLimits
from bd_gen.layouts.search import Status, find_boxes
from bd_gen.layouts.statement import Statement
from bd_gen.sampling.rules import Rule
from bd_gen.system.errors import InputError

_EFFORT = 1.25  # five seconds of an idle core
_MOST_NAMED = 4


@dataclass(frozen=True)
class _Demand:
    """What a brief says in one breath: a rule, or something asked of a room."""

    text: str
    statements: tuple[Statement, ...]


def check_possible(brief: Brief, rules: Sequence[Rule], vocabulary: Vocabulary) -> None:
    """Refuse a brief that no plan can satisfy.

    Raises:
        InputError: it is one; the message says why. Or OR-tools is missing.
    """
    _check_areas(brief)
    _check_doors(brief)
    _check_boxes(brief, rules, vocabulary)


def _check_areas(brief: Brief) -> None:
    """The least areas of all rooms against the plot and the total, and the other way round."""
    options, square = brief.options, brief.scale**2
    bounds = [
        options.area_bounds_of(k, room_type) or (1, 0)
        for k, room_type in enumerate(brief.room_types)
    ]
    least_of = [least * square for least, _ in bounds]
    too_much = beyond_plot(
        least_of, brief.labels, brief.plot, options.outline, brief.scale, _assumed_share(brief)
    )
    if too_much:
        raise InputError(f"{too_much} more of plot or less of rooms would do")
    needed = sum(least_of)
    there = _to_build_on(brief.plot, options.outline, brief.scale)
    most = brief.total_area[1]
    if most is not None and needed > most + 0.05:
        named = _largest_needs(least_of, brief.labels) + _assumed_share(brief)
        raise InputError(
            f"the rooms need at least {needed:.1f} m² ({named}), but all together are to have at "
            f"most {most:.1f} m²: {needed - most:.1f} m² more in all or less of rooms would do"
        )
    least_total = brief.total_area[0]
    if least_total is None:
        return
    if all(most_one > 0 and most_one * square < 1000 for _, most_one in bounds):
        reach = sum(most_one for _, most_one in bounds) * square
        if reach < least_total - 0.05:
            raise InputError(
                f"the rooms may have at most {reach:.1f} m², but all together are to have at least "
                f"{least_total:.1f} m²: {least_total - reach:.1f} m² less in all would do"
            )
    if there is not None and there < least_total - 0.05:
        raise InputError(
            f"all rooms together are to have at least {least_total:.1f} m², the plot less setbacks "
            f"has {there:.1f} m²: {least_total - there:.1f} m² more of plot or less in all would do"
        )


def beyond_plot(
    least: Sequence[float],
    names: Sequence[str],
    plot: Plot | None,
    outline: Outline | None,
    scale: float,
    note: str = "",
) -> str:
    """By how much rooms need more than may be built on, in words; "" where they do not.

    Args:
        least: area of each room, in m².
        names: of the rooms.
        plot: where they stand.
        outline: what may be built on, in pixels.
        scale: metres per pixel.
        note: put behind the areas that are named.
    """
    needed, there = sum(least), _to_build_on(plot, outline, scale)
    if there is None or needed <= there + 0.05:
        return ""
    has_setbacks = plot is not None and plot.corners != plot.whole
    what = "the plot less setbacks" if has_setbacks else "the plot"
    return (
        f"the rooms need at least {needed:.1f} m² ({_largest_needs(least, names)}{note}), {what} "
        f"has {there:.1f} m²: {needed - there:.1f} m²"
    )


def _to_build_on(plot: Plot | None, outline: Outline | None, scale: float) -> float | None:
    """What may be built on, in m²; None: anywhere."""
    if plot is not None and plot.corners:
        return plot.area  # before it is rounded to pixels
    return None if outline is None else outline.area * scale**2


def _largest_needs(least: Sequence[float], names: Sequence[str]) -> str:
    sized = [(area, name) for area, name in zip(least, names, strict=True) if area > 0.1]
    sized.sort(key=lambda pair: -pair[0])
    named = ", ".join(f"{name} {area:.1f}" for area, name in sized[:_MOST_NAMED])
    return f"{named}, ..." if len(sized) > _MOST_NAMED else named


def _assumed_share(brief: Brief) -> str:
    return "; some of it assumed, see --no-defaults" if brief.assumed else ""


def _check_doors(brief: Brief) -> None:
    """Doors that are asked for and forbidden."""
    closed = set(brief.options.closed)
    for opening in brief.options.openings:
        if all(pair in closed for pair in opening.pairs):
            i, j = opening.pairs[0]
            names = brief.labels
            about = [
                str(rule) for rule in brief.rules
                if "opens to" in str(rule) and (names[i] in str(rule) or names[j] in str(rule))
            ]  # fmt: skip
            texts = "; ".join(about) or f"{names[i]} opens to {names[j]}"
            raise InputError(
                f"rules that cannot hold together: {texts} (a door between {names[i]} and "
                f"{names[j]} is asked for and excluded)"
            )


def _check_boxes(brief: Brief, rules: Sequence[Rule], vocabulary: Vocabulary) -> None:
    """Rules and demands on boxes that no boxes satisfy together."""
    pairs = {str(rule) for rule in rules}
    demands = [_Demand(r.text, tuple(rule_statements(r, vocabulary))) for r in rules]
    options = brief.options
    demands += [_Demand(s.text, (s,)) for s in option_statements(brief.bare, options)]
    conflict = _minimal(demands, brief.num_rooms)
    if not conflict:
        return
    texts = [demands[k].text for k in conflict]
    what = "rules" if all(text in pairs for text in texts) else "demands"
    change = "" if what == "rules" else _closest_change(brief, rules, vocabulary, conflict)
    raise InputError(f"{what} that cannot hold together: {'; '.join(texts)}{change}")


def _minimal(demands: Sequence[_Demand], num_rooms: int) -> list[int]:
    """Demands, by number, that are impossible together, each needed; [] if they are possible."""
    kept = list(range(len(demands)))
    if not _is_impossible([demands[k] for k in kept], num_rooms):
        return []
    for k in list(kept):
        rest = [other for other in kept if other != k]
        if _is_impossible([demands[other] for other in rest], num_rooms):
            kept = rest
    return kept


def _is_impossible(demands: Sequence[_Demand], num_rooms: int) -> bool:
    statements = tuple(s for demand in demands for s in demand.statements)
    found = find_boxes(
        Problem(num_rooms, statements), SolverOptions().time_limit, effort_limit=_EFFORT
    )
    return found.status is Status.UNREALIZABLE


def _closest_change(
    brief: Brief, rules: Sequence[Rule], vocabulary: Vocabulary, conflict: Sequence[int]
) -> str:
    """The nearest number that would do, of a demand on the size of a room; "" if there is none."""
    fixed = [_Demand(r.text, tuple(rule_statements(r, vocabulary))) for r in rules]
    diagram, options = brief.bare, brief.options

    def works(room: int, limits: RoomLimits) -> bool:
        changed = replace(options, rooms={**options.rooms, room: limits})
        demands = [*fixed, *(_Demand(s.text, (s,)) for s in option_statements(diagram, changed))]
        return not _is_impossible([demands[k] for k in conflict], brief.num_rooms)

    statements = option_statements(diagram, options)
    for k in conflict:
        if k >= len(rules) and len(statements[k - len(rules)].rooms) == 1:
            change = _change_of(statements[k - len(rules)], brief, works)
            if change:
                return change
    return ""


def _change_of(statement: Statement, brief: Brief, works: Callable[[int, RoomLimits], bool]) -> str:
    """The nearest size with which a demand on one room would do, in words."""
    (room,) = statement.rooms
    limits, name = brief.options.rooms.get(room, RoomLimits()), brief.labels[room]
    if statement.area is not None and limits.min_area is not None:
        area = _largest(limits.min_area, lambda v: works(room, replace(limits, min_area=v)))
        if area is not None:
            return f"; at least {area * brief.scale**2:.1f} m² for {name} would do"
    if "wide and deep" in statement.text:
        side = _largest(limits.min_side, lambda v: works(room, replace(limits, min_side=v)))
        if side is not None:
            return f"; at least {side * brief.scale:.2f} m for {name} would do"
    return ""


def _largest(top: int, works: Callable[[int], bool]) -> int | None:
    """The largest value of 2..top - 1 that works, if smaller ones do where larger ones do."""
    low, high = 2, top
    if high <= low or not works(low):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if works(middle) else (low, middle)
    return low
