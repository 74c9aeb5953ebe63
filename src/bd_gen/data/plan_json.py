"""Plans in an ordinary JSON file: one plan or a list of plans, over as many lines as it likes."""

import json
from collections.abc import Iterator
from pathlib import Path

from bd_gen.data.labels import RoomLabels
from bd_gen.data.line_reader import read_lines
from bd_gen.data.plan_table import PlanTable
from bd_gen.data.plans import plans_from_lines
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.errors import InputError

LARGEST_FILE = 1 << 26
"""Bytes; more plans than fit into that belong into JSON lines, which need no memory."""


def read_plan_json(
    path: str | Path,
    vocabulary: Vocabulary,
    labels: RoomLabels | None = None,
    skip_bad: bool = False,
) -> PlanTable:
    """Read one plan or a list of plans, each as a line of the format `plans` has them.

    JSON lines are read too, whatever the file is called. In messages, "line k" is the k-th plan.

    Args:
        path: the file, optionally gzipped.
        vocabulary: plans of more than its n_max rooms are bad.
        labels: what foreign room labels mean.
        skip_bad: leave out bad plans and note it, instead of refusing the file.

    Raises:
        InputError: the file is unreadable, too large or no JSON, or as `read_plans`.
    """
    return plans_from_lines(path, _plans(path), vocabulary, labels, skip_bad)


def _plans(path: str | Path) -> Iterator[tuple[int, bytes | None]]:
    lines, size = [], 0
    for number, line in read_lines(path):
        size += len(line or b"")
        if size > LARGEST_FILE:
            raise InputError(f"{path}: expected at most {LARGEST_FILE >> 20} MB of JSON")
        lines.append((number, line))
    try:
        content = json.loads(b"\n".join(line or b"" for _, line in lines).decode("utf-8-sig"))
    except (ValueError, RecursionError):
        yield from lines  # JSON lines, or what is wrong is told line by line
        return
    plans = content if type(content) is list else [content]
    for number, plan in enumerate(plans, start=1):
        yield number, json.dumps(plan).encode()
