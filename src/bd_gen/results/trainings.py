"""Several trainings of one recipe as one column: the mean over trainings, and how sure it is."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from bd_gen.metrics import find_metric_info
from bd_gen.metrics.keys import within_range
from bd_gen.metrics.significance import LEVEL, student_quantile
from bd_gen.results.columns import Column, label_and_method
from bd_gen.results.result_file import Result
from bd_gen.system.errors import InputError

FROM_TRAININGS = "trainings"
"""Where an interval comes from that is made of the means of several trainings."""

_NUMBERED = re.compile(r"(.*?)[-_.]?(?:seed)?[-_=]?(\d+)")


def recipe_of(label: str) -> str | None:
    """What labels of trainings of one recipe share: "rplan" of "rplan-3"; None without a number."""
    found = _NUMBERED.fullmatch(label)
    return found[1] if found else None


def over_trainings(columns: Sequence[Column]) -> list[Column]:
    """One column in place of those of the same method whose labels differ in a number only.

    Its numbers are means over the trainings. Their interval is Student's t over the trainings'
    means, which spread as samples, seeds and trainings make them spread: one error model for
    shares and distances, and all three sources in it.

    Raises:
        InputError: no method was drawn from two trainings.
    """
    groups: dict[tuple[str | None, str], list[Column]] = {}
    for column in columns:
        label, method = label_and_method(column.name)
        recipe = recipe_of(label) if label else None
        # What belongs to no group stays by itself.
        key = (recipe, method) if recipe is not None else (None, column.name)
        groups.setdefault(key, []).append(column)
    if all(len(group) == 1 for group in groups.values()):
        raise InputError(
            "no method has several trainings: their labels end in a number "
            "(results.label=NAME-1, NAME-2, ...)"
        )
    return [
        group[0] if len(group) == 1 else _merged(recipe or "", method, group)
        for (recipe, method), group in groups.items()
    ]


def _merged(recipe: str, method: str, group: Sequence[Column]) -> Column:
    results = [column.result for column in group]
    name = f"{recipe} ({len(group)} trainings)/{method}".lstrip()
    shared = set.intersection(*(set(result.summary) for result in results))
    keys = [key for key in results[0].summary if key in shared]
    means = {key: np.array([result.summary[key]["mean"] for result in results]) for key in keys}
    per_seed = {
        f"{label_and_method(column.name)[0]}/{seed}": entry
        for column in group
        for seed, entry in column.result.per_seed.items()
    }
    fields = results[0].fields | {
        "method": method,
        "per_seed": per_seed,
        "summary": {
            key: {"mean": float(values.mean()), "std": float(values.std())}
            for key, values in means.items()
        },
        "ci95": {key: _interval(key, values) for key, values in means.items()},
        "not_computed": {
            key: reason for result in results for key, reason in result.not_computed.items()
        },
        "denoising": {},
    }
    return Column(name, Result(fields))


def _interval(key: str, values: np.ndarray) -> dict[str, Any]:
    """Student's t over the trainings, within the range that the number can have."""
    mean = float(values.mean())
    error = float(values.std(ddof=1) / len(values) ** 0.5)
    half = student_quantile(LEVEL, len(values)) * error
    info = find_metric_info(key) or find_metric_info(key.partition("/")[0])
    low, high = mean - half, mean + half
    if info is not None:
        low, high = within_range(low, high, mean, info.limits)
    degrees = len(values) - 1
    return {"low": low, "high": high, "se": error, "from": FROM_TRAININGS, "degrees": degrees}
