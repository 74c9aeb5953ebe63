"""What `bd-gen likelihood` prints and writes."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bd_gen.exchange.exports.rooms_csv import as_text
from bd_gen.generation.held_out import HeldOut
from bd_gen.metrics.significance import LEVEL, student_quantile
from bd_gen.model.nats import AnyOrderNats, MeanOfDiagrams, mean_of
from bd_gen.results.csv_file import write_rows
from bd_gen.system.files import write_text

if TYPE_CHECKING:
    from bd_gen.model.class_weights import ClassWeights

_GIVEN = {None: "", "types": " given the room types", "half": " given half of the tokens"}
_PLAN_COLUMNS = (
    "checkpoint",
    "order",
    "plan",
    "rooms",
    "tokens",
    "renumbered_training_twin",
    "nats",
    "log_mean_exp",
    "between_orders",
)


@dataclass(frozen=True)
class Settings:
    """How nats are measured, as it stands in the file of numbers."""

    split: str
    laws: tuple[str, ...]
    num_orders: int
    seed: int
    given: str | None
    batch_size: int
    device: str
    with_mean: bool
    with_mirror: bool
    class_weights: "ClassWeights | None" = None


@dataclass
class Measured:
    """The nats of one checkpoint, or of the mean of several, which has no hash."""

    name: str
    sha256: str | None = None
    by_law: dict[str, AnyOrderNats] = field(default_factory=dict)


def lines_of(measured: Sequence[Measured], plans: HeldOut, settings: Settings) -> Iterator[str]:
    """What people read."""
    for one in measured:
        yield from _lines(one, plans, settings)
    for other in measured[1:]:
        for law in settings.laws:
            where = f" (order {law})" if len(settings.laws) > 1 else ""
            yield f"{other.name} minus {measured[0].name}{where}: " + _difference_words(
                other.by_law[law], measured[0].by_law[law]
            )


def write_numbers(
    path: Path, measured: Sequence[Measured], plans: HeldOut, settings: Settings
) -> None:
    """Write all that is printed as JSON."""
    report: dict[str, Any] = {
        "split": settings.split,
        "orders": settings.num_orders,
        "seed": settings.seed,
        "order": list(settings.laws),
        "given": settings.given,
        "mirror": settings.with_mirror,
        **_class_weights(settings),
        "notes": [*plans.data_notes, *plans.notes],
        "checkpoints": {
            one.name: {**_numbers(one, plans, settings), "sha256": one.sha256}
            for one in measured
            if one.sha256 is not None
        },
        "means": {
            one.name: _numbers(one, plans, settings) for one in measured if one.sha256 is None
        },
        "differences": [
            {
                "checkpoint": other.name,
                "minus": measured[0].name,
                "order": law,
                **_difference(other.by_law[law], measured[0].by_law[law]),
            }
            for other in measured[1:]
            for law in settings.laws
        ],
    }
    write_text(path, json.dumps(report, indent=2) + "\n")


def _class_weights(settings: Settings) -> dict[str, Any]:
    """What was divided out, if anything was."""
    weights = settings.class_weights
    return {} if weights is None else {"class_weights": weights.as_plain}


def write_plans(
    path: Path, measured: Sequence[Measured], plans: HeldOut, settings: Settings
) -> None:
    """Write a CSV file with a line for every checkpoint, law of orders and plan.

    An id that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    lines: list[tuple[object, ...]] = []
    ids = [as_text(str(name)) for name in plans.ids]
    unknown = [None] * len(ids)
    twins = unknown if plans.has_twin is None else plans.has_twin.astype(int).tolist()
    for one in measured:
        for law in settings.laws:
            nats = one.by_law[law]
            between = unknown if nats.between_orders is None else nats.between_orders.tolist()
            columns = (
                ids,
                nats.num_rooms.tolist(),
                nats.num_tokens.tolist(),
                twins,
                nats.per_diagram.tolist(),
                nats.log_mean_exp.tolist(),
                between,
            )
            lines += [(one.name, law, *cells) for cells in zip(*columns, strict=True)]
    write_rows(path, _PLAN_COLUMNS, lines)


def _lines(one: Measured, plans: HeldOut, settings: Settings) -> Iterator[str]:
    law, nats = next(iter(one.by_law.items()))
    number = "1 order" if nats.num_orders == 1 else f"{nats.num_orders} orders"
    yield (
        f"{one.name}: {_words(mean_of(nats.per_diagram))} nats per diagram"
        f"{_GIVEN[settings.given]} ({len(nats.num_rooms):,} diagrams; {nats.per_token:.4f} per "
        f"token), an upper bound: mean over {number} ({law})"
    )
    if nats.inconsistency is not None:
        yield (
            f"  {_words(mean_of(nats.log_mean_exp))}: log-mean-exp over the orders, a tighter bound"
        )
        yield f"  {nats.inconsistency:.3f}: s.d. between orders of one diagram"
    yield from _twin_lines(nats, plans)
    for n, (mean, count) in nats.by_num_rooms().items():
        yield f"  {n} rooms: {mean:.3f} ({count:,} diagrams)"
    if len(one.by_law) > 1:
        yield from _table(one)


def _twin_lines(nats: AnyOrderNats, plans: HeldOut) -> Iterator[str]:
    if plans.has_twin is None:
        return
    apart = nats.select(~plans.has_twin)
    words = f"  of which {len(apart.num_rooms):,} plans without a renumbered training twin"
    if len(apart.num_rooms):
        words += f": {_words(mean_of(apart.per_diagram))} nats"
        if apart.num_orders > 1:
            words += f", log-mean-exp {_words(mean_of(apart.log_mean_exp))}"
    yield words


def _table(one: Measured) -> Iterator[str]:
    """A line a law, with its difference to random orders (or else the first law)."""
    base = _base(one)
    rows = [("order", "nats", "log-mean-exp", "s.d. between", f"minus {base}")]
    for law, nats in one.by_law.items():
        spread = nats.inconsistency
        difference = mean_of(nats.per_diagram - one.by_law[base].per_diagram)
        rows.append(
            (
                law,
                _words(mean_of(nats.per_diagram)),
                "" if spread is None else _words(mean_of(nats.log_mean_exp)),
                "" if spread is None else f"{spread:.3f}",
                "" if law == base else f"{difference.value:+.3f} ± {difference.standard_error:.3f}",
            )
        )
    columns = [column for column in zip(*rows, strict=True) if any(column[1:])]
    widths = [max(map(len, column)) for column in columns]
    for row in zip(*columns, strict=True):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        yield "  " + "  ".join(cells).rstrip()


def _base(one: Measured) -> str:
    return "random" if "random" in one.by_law else next(iter(one.by_law))


def _words(mean: MeanOfDiagrams) -> str:
    return f"{mean.value:.3f} ± {mean.standard_error:.3f}"


def _difference_words(nats: AnyOrderNats, base: AnyOrderNats) -> str:
    words = _with_interval(mean_of(nats.per_diagram - base.per_diagram), "nats per diagram")
    if nats.num_orders > 1:
        tight = mean_of(nats.log_mean_exp - base.log_mean_exp)
        words += f"; log-mean-exp {_with_interval(tight, 'nats')}"
    return words


def interval_of(mean: MeanOfDiagrams, level: float = LEVEL) -> tuple[float, float] | None:
    """Student's interval of a mean over diagrams; None for a single diagram."""
    if mean.count < 2:
        return None
    half = student_quantile(level, mean.count) * mean.standard_error
    return mean.value - half, mean.value + half


def _with_interval(mean: MeanOfDiagrams, unit: str) -> str:
    interval = interval_of(mean)
    if interval is None:
        return f"{mean.value:+.3f} {unit} (one diagram gives no interval)"
    return f"{mean.value:+.3f} {unit} (95 % interval {interval[0]:+.3f} to {interval[1]:+.3f})"


def _difference(nats: AnyOrderNats, base: AnyOrderNats) -> dict[str, Any]:
    found = {}
    for key, values in (
        ("nats_per_diagram", nats.per_diagram - base.per_diagram),
        ("log_mean_exp", nats.log_mean_exp - base.log_mean_exp),
    ):
        mean = mean_of(values)
        found[key] = {
            "mean": mean.value,
            "standard_error": mean.standard_error,
            "interval95": interval_of(mean),
        }
    return found


def _numbers(one: Measured, plans: HeldOut, settings: Settings) -> dict[str, Any]:
    """Those of the first law, and of every law under `by_order`."""
    base = one.by_law[_base(one)]
    by_order = {}
    for law, nats in one.by_law.items():
        by_order[law] = _statistics(nats)
        if plans.has_twin is not None:
            apart = nats.select(~plans.has_twin)
            by_order[law]["without_training_twin"] = (
                _statistics(apart) if len(apart.num_rooms) else {"num_diagrams": 0}
            )
        if nats is not base:
            by_order[law]["difference"] = {"minus": _base(one), **_difference(nats, base)}
    return {**by_order[settings.laws[0]], "by_order": by_order}


def _statistics(nats: AnyOrderNats) -> dict[str, Any]:
    tight = mean_of(nats.log_mean_exp)
    return {
        "nats_per_diagram": nats.mean,
        "standard_error": nats.standard_error,
        "nats_per_token": nats.per_token,
        "num_diagrams": len(nats.per_diagram),
        "by_num_rooms": {str(n): mean for n, (mean, _) in nats.by_num_rooms().items()},
        "log_mean_exp": tight.value,
        "log_mean_exp_standard_error": tight.standard_error,
        "between_orders": nats.inconsistency,
    }
