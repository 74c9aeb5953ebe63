"""Shares of samples that pass a check, by their number of rooms, with Wilson intervals."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from bd_gen.metrics import DiagramSet
from bd_gen.metrics.intervals import wilson
from bd_gen.metrics.measures.transitivity import transitivity_columns
from bd_gen.metrics.measures.validity import containment_columns, validity_columns
from bd_gen.report.axes import Scale, scale_for, y_axis
from bd_gen.report.contents import Contents, Entry
from bd_gen.report.markup import Markup, join, number, tag
from bd_gen.report.panels import described, disclosure, panel, panel_grid
from bd_gen.results.columns import REAL

_WIDTH, _HEIGHT = 250.0, 150.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 48.0, 8.0, 8.0, 22.0


@dataclass(frozen=True)
class Share:
    """A share among the samples of one size.

    Attributes:
        mean: 0 to 1.
        interval: 95 % interval; None where the number of samples is not known.
        count: number of samples; None where it is not known.
    """

    mean: float
    interval: tuple[float, float] | None = None
    count: int | None = None


@dataclass(frozen=True)
class Check:
    """A check that a sample passes or not.

    Attributes:
        title: in words.
        passes: (N,) bool of a set of samples; None where they cannot be gone through just like
            that, and what the result file has must do.
        key: where a result file has the shares, `{n}` standing for the number of rooms; empty
            if it has none.
    """

    title: str
    passes: Callable[[DiagramSet], np.ndarray] | None
    key: str


CHECKS = (
    Check(
        "Validity",
        lambda samples: validity_columns(samples)["valid"],
        "validity_by_num_rooms/{n}/overall",
    ),
    Check(
        "Transitivity",
        lambda samples: transitivity_columns(samples)["transitive"],
        "transitivity_by_num_rooms/{n}/transitivity_score",
    ),
    Check("Inside validity", lambda samples: containment_columns(samples)["inside_legal"], ""),
    Check("Realizable", None, "realizable_by_num_rooms/{n}"),
)


def by_rooms_figures(contents: Contents) -> Markup:
    """A grid of panels for each check, the first one open."""
    figures: list[Markup] = []
    for check in CHECKS:
        found = [(entry, shares(check, entry, contents)) for entry in contents.entries]
        rows = [(entry, by_size) for entry, by_size in found if by_size]
        if rows:
            real = next((by_size for entry, by_size in rows if entry.kind == "real"), {})
            grid = _grid(check, [row for row in rows if row[0].kind != "real"] or rows, real)
            figures.append(
                disclosure(f"{check.title} by number of rooms", grid, is_open=not figures)
            )
    if not figures:
        return tag("p", "These results have no numbers by number of rooms.")
    return join(_legend(contents), *figures)


def shares(check: Check, entry: Entry, contents: Contents) -> dict[int, Share]:
    """By number of rooms the share of samples that pass, counted if there are samples.

    Without samples they are the means over the seeds that the result file has.
    """
    diagrams = contents.diagrams.get(entry.name)
    is_countable = entry.samples is not None or entry.name == REAL
    if diagrams is not None and is_countable and check.passes is not None:
        passed, sizes = check.passes(diagrams.rows), diagrams.rows.num_rooms
        return {int(n): _counted(passed[sizes == n]) for n in np.unique(sizes)}
    return _recorded(check, entry.result.summary)


def _counted(passed: np.ndarray) -> Share:
    successes, total = int(passed.sum()), len(passed)
    return Share(successes / total, wilson(successes, total), total)


def _recorded(check: Check, summary: Mapping[str, Mapping[str, float]]) -> dict[int, Share]:
    if not check.key:
        return {}
    before, after = check.key.split("{n}")
    found = {}
    for key, value in summary.items():
        size = key.removeprefix(before).removesuffix(after)
        if key == before + size + after and size.isdecimal():
            found[int(size)] = Share(value["mean"])
    return dict(sorted(found.items()))


def _legend(contents: Contents) -> Markup:
    has_real = contents.real is not None
    return tag(
        "p",
        "One panel a method, all on one scale; bars are 95 % Wilson intervals over the samples of "
        "all seeds together, and are missing where there are no samples to count. ",
        "Grey: real held-out diagrams." if has_real else None,
    )


def _grid(
    check: Check, rows: list[tuple[Entry, dict[int, Share]]], real: dict[int, Share]
) -> Markup:
    sizes = sorted({n for _, by_size in rows for n in by_size} | set(real))
    values = [share.mean for _, by_size in rows for share in by_size.values()]
    values += [share.mean for share in real.values()]
    values += [
        share.interval[0]
        for _, by_size in rows
        for share in by_size.values()
        if share.interval is not None and (share.count or 0) >= 100
    ]
    up = scale_for([*values, 1.0], _HEIGHT - _BOTTOM, _TOP, is_rate=True)
    return panel_grid(
        panel(entry, _plot(f"{check.title} of {entry.name}", by_size, real, sizes, up))
        for entry, by_size in rows
    )


def _plot(
    title: str, by_size: dict[int, Share], real: dict[int, Share], sizes: list[int], up: Scale
) -> Markup:
    step = (_WIDTH - _LEFT - _RIGHT) / len(sizes)
    across = {n: _LEFT + (k + 0.5) * step for k, n in enumerate(sizes)}
    parts: list[Markup] = [y_axis(up, _LEFT, _WIDTH - _LEFT - _RIGHT)]
    bottom = _HEIGHT - _BOTTOM
    every = -(-len(sizes) // 8)
    for k, (n, x) in enumerate(across.items()):
        if k % every == 0:
            parts.append(tag("text", n, x=number(x), y=bottom + 14, text_anchor="middle"))
    parts.append(_line(real, across, up, "real"))
    parts.append(_line(by_size, across, up, "method"))
    for n, share in by_size.items():
        place = number(across[n])
        if share.interval is not None:
            ends = [number(up(bound)) for bound in share.interval]
            parts.append(tag("path", class_="whisker", d=f"M{place} {ends[0]}V{ends[1]}"))
        tooltip = tag("title", _words(n, share))
        parts.append(
            tag("circle", tooltip, class_="dot", cx=place, cy=number(up(share.mean)), r=2.8)
        )
    words = "; ".join(_words(n, share) for n, share in by_size.items())
    return described(parts, title, words, f"{number(_WIDTH)} {number(_HEIGHT)}")


def _words(n: int, share: Share) -> str:
    text = f"{n} rooms: {100 * share.mean:.1f} %"
    if share.interval is not None and share.count is not None:
        ends = [f"{100 * bound:.1f}" for bound in share.interval]
        text += f" ({ends[0]} to {ends[1]}) of {share.count}"
    return text


def _line(by_size: dict[int, Share], across: dict[int, float], up: Scale, name: str) -> Markup:
    points = " ".join(
        f"{number(across[n])},{number(up(share.mean))}" for n, share in by_size.items()
    )
    return tag("polyline", class_=f"line {name}", points=points) if points else join()
