"""The one registry of metrics: what there is, what it is called, and which direction is better.

A metric is a function with the decorator `metric`. Every module of `bd_gen.metrics` is imported
when the package is (see `bd_gen/metrics/__init__.py`), so a new metric is one new file.
"""

import importlib.util
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

import numpy as np

from bd_gen.diagrams.words import Words
from bd_gen.metrics.keys import FAMILIES, MetricKey
from bd_gen.system.errors import InputError
from bd_gen.system.names import Registry, did_you_mean

Of = Literal["tokens", "plans"]
"""What a metric measures: rows of tokens (a `DiagramSet`) or plans with a layout (a `PlanSet`)."""

Compute = TypeVar("Compute", bound=Callable[..., Mapping[str, Any]])


@dataclass(frozen=True)
class Metric:
    """A registered metric.

    Attributes:
        name: the function's name, by which result files record the version.
        family: section of the comparison.
        keys: what it returns.
        version: raised whenever a number changes for the same tokens.
        compute: `compute(samples)`, or `compute(samples, fitted)` if there is a `fit`; None for
            numbers that need the model and are only carried along.
        fit: `fit(train)`: statistics of the training diagrams as arrays by name.
        per_sample: columns of the per-sample table, (N,) each, called like `compute`.
        resample: `resample(samples, weights)` or `resample(samples, fitted, weights)`: values of
            keys without a column under (B, N) integer weights, (B,) each; row b of the weights
            says how often each sample counts. It is what a bootstrap asks for. Of very many
            samples the weights are `BlockWeights`, which look like such an array. Keys left out
            have an interval from the spread over seeds alone.
        requires: an optional module without which it cannot be computed; see `can_compute`.
        on_subset: it looks at those samples only that `AskedDiagrams.asking` names.
        fit_name: under which name the statistics are stored; metrics with one `fit` share them.
            Empty without a `fit`.
        lacking: what words lack to have it, as the end of a sentence ("no relation says a
            direction"), or nothing; then none of its keys is computed.
        of: what it measures. For plans read `PlanSet` where the above says samples or diagrams.
    """

    name: str
    family: str
    keys: tuple[MetricKey, ...]
    version: int
    compute: Callable[..., Mapping[str, Any]] | None
    fit: Callable[..., Mapping[str, np.ndarray]] | None = None
    per_sample: Callable[..., Mapping[str, np.ndarray]] | None = None
    resample: Callable[..., Mapping[str, np.ndarray]] | None = None
    requires: str = ""
    on_subset: bool = False
    fit_name: str = ""
    lacking: Callable[[Words], str] | None = None
    of: Of = "tokens"

    def lacks(self, words: Words) -> str:
        """What the words lack to have it; empty: nothing."""
        return "" if self.lacking is None else self.lacking(words)


@dataclass(frozen=True, kw_only=True)
class MetricInfo(MetricKey):
    """A key and whose it is: what a table needs to know about one number."""

    metric: str
    family: str
    version: int


_EXTRAS = {"ortools": "bd-gen[layout]"}

METRICS: Registry[Metric] = Registry("metric")
"""All metrics by name, in the order of their registration."""


def _register(new: Metric) -> None:
    taken = {key.name: old.name for old in METRICS.values() for key in old.keys}
    for key in new.keys:
        if key.name in taken:
            raise InputError(f"{key.name!r} already belongs to metric {taken[key.name]!r}")
        if key.column and new.per_sample is None:
            raise ValueError(f"{key.name!r} names a column, but there is no per_sample")
    METRICS.add(new.name, new)


def metric(
    *,
    family: str,
    keys: Sequence[MetricKey],
    version: int = 1,
    fit: Callable[..., Mapping[str, np.ndarray]] | None = None,
    per_sample: Callable[..., Mapping[str, np.ndarray]] | None = None,
    resample: Callable[..., Mapping[str, np.ndarray]] | None = None,
    requires: str = "",
    on_subset: bool = False,
    fit_name: str = "",
    lacking: Callable[[Words], str] | None = None,
    of: Of = "tokens",
) -> Callable[[Compute], Compute]:
    """Register the decorated function as a metric named after it.

    The function takes a `DiagramSet` of samples (a `PlanSet` if it is `of` plans) and, if `fit` is
    given, what that returned for the training diagrams, as a `Fitted`. It returns a value for each
    of `keys`, or a `NotComputed` where there is none: never a 0 that would look like the best. See
    `Metric` for `per_sample` and all that follows. `fit_name` is that of the function `fit` unless
    it is given: for one that has moved, so that statistics in the cache are still found.

    Raises:
        InputError: the name or one of the keys is taken.
    """

    def decorate(compute: Compute) -> Compute:
        name = compute.__name__
        stored = fit_name or ("" if fit is None else f"{fit.__module__}.{fit.__qualname__}")
        parts = (compute, fit, per_sample, resample, requires, on_subset, stored, lacking, of)
        _register(Metric(name, family, tuple(keys), version, *parts))
        return compute

    return decorate


def carried_along(name: str, *, family: str, keys: Sequence[MetricKey]) -> None:
    """Register numbers that others measure and that evaluation only passes on.

    Raises:
        InputError: the name or one of the keys is taken.
    """
    _register(Metric(name, family, tuple(keys), 1, None))


def metric_infos() -> list[MetricInfo]:
    """All keys, family by family, in the order in which tables show them."""
    infos = [
        MetricInfo(**vars(key), metric=metric.name, family=metric.family, version=metric.version)
        for metric in METRICS.values()
        for key in metric.keys
    ]
    rank = {family: k for k, family in enumerate(FAMILIES)}
    return sorted(infos, key=lambda info: rank.get(info.family, len(rank)))


def find_metric_info(key: str) -> MetricInfo | None:
    """What is known about `key`, also if it is flattened ("validity_by_num_rooms/4/overall")."""
    base, _, below = key.partition("/")
    for info in metric_infos():
        if info.name == key:
            return info
        if info.nested and below and info.name == base:
            num_rooms, _, check = below.partition("/")
            words = [info.display, f"{num_rooms} rooms", check.replace("_", " ")]
            display = ", ".join(word for word in words if word)
            return replace(info, name=key, display=display, nested=False)
    return None


def metric_info(key: str) -> MetricInfo:
    """What is known about `key`.

    Raises:
        InputError: there is no such key; the message gives the nearest ones.
    """
    info = find_metric_info(key)
    if info is None:
        raise InputError(unknown_name("metric", key, [known.name for known in metric_infos()]))
    return info


def select_metrics(names: Sequence[str] | None, of: Of = "tokens") -> list[Metric]:
    """The computable metrics called `names`, or that return the keys `names`; all for None.

    Args:
        names: of metrics or keys.
        of: what is measured.

    Raises:
        InputError: a name is unknown, and the message gives the nearest ones; it is that of a
            metric of something else; or the metric needs a module that is not installed. Unless
            named, such metrics are left out.
    """
    computable = [metric for metric in METRICS.values() if metric.compute is not None]
    fitting = [metric for metric in computable if metric.of == of]
    if names is None:
        return [metric for metric in fitting if can_compute(metric)]
    owners = {key.name: metric.name for metric in computable for key in metric.keys}
    owners = {key.removeprefix("eval/"): name for key, name in owners.items()} | owners
    owners |= {metric.name: metric.name for metric in computable}
    for name in names:
        if name not in owners:
            raise InputError(unknown_name("metric", name, list(owners)))
        if METRICS[owners[name]].of != of:
            other = "files of plans" if of == "tokens" else "samples"
            raise InputError(f"metric {name!r}: is of {other}, not of these")
    wanted = {owners[name] for name in names}
    chosen = [metric for metric in fitting if metric.name in wanted]
    for metric in chosen:
        if not can_compute(metric):
            raise InputError(needs(metric))
    return chosen


def can_compute(metric: Metric) -> bool:
    """Is the optional module that the metric needs, if any, installed?"""
    return not metric.requires or importlib.util.find_spec(metric.requires) is not None


def needs(metric: Metric) -> str:
    """One line on what to install for the metric."""
    package = _EXTRAS.get(metric.requires, metric.requires)
    return f"metric {metric.name!r} needs {metric.requires}: pip install '{package}'"


def metric_versions(names: Sequence[str] | None = None) -> dict[str, int]:
    """Version of each metric by name, as result files record it."""
    return {metric.name: metric.version for metric in select_metrics(names)}


def unknown_name(kind: str, name: str, known: Sequence[str]) -> str:
    """One line that says that `name` is unknown and which names come near."""
    hint = did_you_mean(name, known, 3, cutoff=0.5) or f"; there are {len(known)} names"
    return f"{kind} {name!r}: not known{hint}"
