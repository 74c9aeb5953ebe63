"""Many plans of the open format, one by one, into a table."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from bd_gen.data.plan_table import PlanTable
from bd_gen.data.problems import Problems
from bd_gen.data.sources.plans.collected import CollectedPlans
from bd_gen.data.sources.plans.plan_parser import (
    BadPlanError,
    PlanParser,
    unread_notes,
)
from bd_gen.data.sources.plans.usual_lines import UsualLines
from bd_gen.data.unknown_labels import UnknownLabelsError, labels_sentence
from bd_gen.system.errors import InputError

_MOST_LABELS = 10_000
_MOST_LINES, _MOST_BYTES = 8192, 1 << 22  # that are looked at together

Plain = dict[str, Any]
Item = bytes | Plain | BadPlanError | None
"""A plan: JSON, plain values, what is wrong with it, or None for a text too long to keep."""

Items = Iterator[tuple[int | str, Item]]
"""The number or name of each plan, and the plan."""


@dataclass(frozen=True)
class Collecting:
    """How plans become a table.

    Attributes:
        skip_bad: leave out bad plans and note it, instead of refusing the file.
        keeps_shapes: keep what plans have besides boxes; see `PlanTable.shapes`.
    """

    skip_bad: bool = False
    keeps_shapes: bool = False


def collect_table(
    path: str | Path, parse: PlanParser, items: Items, how: Collecting = Collecting()
) -> PlanTable:
    """The table of some plans.

    Args:
        path: the file, as messages call it.
        parse: the parser of its plans.
        items: its plans.
        how: what is done with them.

    Raises:
        InputError: there is no good plan; or, without `skip_bad`, any is bad: the message counts
            bad plans by kind, names the first few, and all labels that are not known
            (`UnknownLabelsError`).
    """
    problems = Problems()
    collected = CollectedPlans(parse, how.keeps_shapes)
    usual = UsualLines(parse)
    unknown: Counter[str] = Counter()  # how many rooms have each label that is not known
    count = 0
    for batch in _batches(items):
        count += len(batch)
        numbers, texts = zip(*batch, strict=True)
        table = usual(texts, numbers)
        if table is not None:
            collected.add_table(table)
            continue
        for number, text in batch:
            try:
                plan = parse(text, number)
            except BadPlanError as bad:
                problems.add(bad.kind, f"{parse.unit} {number}", bad.detail)
                if len(unknown) < _MOST_LABELS:
                    unknown.update(bad.labels)
                continue
            if not problems.total or how.skip_bad:  # else the file is refused: only count on
                collected.add(plan)
    if not count:
        raise InputError(f"{path}: holds no plan")
    if problems.total and (not how.skip_bad or problems.total == count):
        _refuse(path, unknown, problems, count, how.skip_bad)
    notes = unread_notes(parse.unread)
    if problems.total:
        notes = [f"skipped {problems.total:,} of {count:,} plans: {problems}", *notes]
    if unknown:
        notes.append(labels_sentence(unknown))
    return collected.table(notes)


def _refuse(
    path: str | Path, unknown: Counter[str], problems: Problems, count: int, skip_bad: bool
) -> NoReturn:
    """Say what is wrong with a file.

    Raises:
        InputError: always.
    """
    if skip_bad:
        raise InputError(f"{path}: all of {count:,} plans are bad: {problems}")
    message = f"{path}: {problems.total:,} of {count:,} plans are bad: {problems}"
    hint = "[--skip-bad or data.skip_bad=true leaves them out]"
    if not unknown:
        raise InputError(f"{message} {hint}")
    sentence = labels_sentence(unknown)
    mapping = "[--labels FILE maps them; --labels-template FILE writes one to fill in]"
    raise UnknownLabelsError(f"{message} {hint}; {sentence} {mapping}", unknown)


def _batches(items: Items) -> Iterator[list[tuple[int | str, Item]]]:
    """The items: lines many at a time, but few megabytes of them; everything else one by one."""
    batch: list[tuple[int | str, Item]] = []
    size = 0
    for item in items:
        batch.append(item)
        text = item[1]
        size += len(text) if type(text) is bytes else _MOST_BYTES
        if len(batch) == _MOST_LINES or size >= _MOST_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
