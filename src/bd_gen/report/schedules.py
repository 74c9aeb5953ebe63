"""The learned forward process of methods whose samples carry its coefficients."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.report.charts import Axes, Line, Picture, Span, Words
from bd_gen.report.contents import Contents, Entry

FIELD = "learned_rates"
"""Where the provenance of samples has the process: `gamma_min`, `gamma_max` and `coefficients`,
for each position of the row the weights of t, t^2, ..., which sum to 1."""
ORDER_FIELD = "learned_order"
"""Where it has a learned law over orders, which gives positions no schedules."""

_TIMES = np.linspace(0.0, 1.0, 41)
_SIZE, _MARGINS = (320.0, 190.0), (44.0, 8.0, 8.0, 36.0)
_LARGEST_GAMMA = 700.0  # beyond it the exponential leaves float64


@dataclass(frozen=True)
class Schedules:
    """What is known of the methods with a learned process.

    Attributes:
        groups: names of methods with the same process, and its plots with their titles.
        ordered: names of those with a learned law over orders.
        missing: names of those whose process was not recorded.
    """

    groups: list[tuple[list[str], list[tuple[str, Picture]]]]
    ordered: list[str]
    missing: list[str]


def schedules(contents: Contents) -> Schedules | None:
    """Two plots for each learned process, and who has none; None if nobody learns one."""
    learned = [entry for entry in contents.entries if _is_learned(entry)]
    if not learned:
        return None
    groups: dict[str, list[str]] = {}
    plots: dict[str, list[tuple[str, Picture]]] = {}
    missing, ordered = [], []
    for entry in learned:
        rates = _recorded(entry)
        if any(isinstance(source.get(ORDER_FIELD), dict) for source in _sources(entry)):
            ordered.append(entry.name)
        elif rates is None:
            missing.append(entry.name)
        else:
            groups.setdefault(repr(rates), []).append(entry.name)
            plots.setdefault(repr(rates), _plots(learned_alphas(rates)))
    return Schedules([(groups[key], plots[key]) for key in groups], ordered, missing)


def learned_alphas(rates: dict[str, Any]) -> np.ndarray:
    """(T, length) probability that each position is visible, at T times from 0 to 1."""
    low, high = float(rates["gamma_min"]), float(rates["gamma_max"])
    coefficients = np.array(rates["coefficients"], float)
    powers = np.arange(1, coefficients.shape[1] + 1)
    gamma = low + (high - low) * (_TIMES[:, None] ** powers) @ coefficients.T
    return 1 / (1 + np.exp(np.clip(gamma, -_LARGEST_GAMMA, _LARGEST_GAMMA)))


def _is_learned(entry: Entry) -> bool:
    return bool(entry.result.config.get("is_v2")) or entry.name.startswith("v2_")


def _recorded(entry: Entry) -> dict[str, Any] | None:
    """The process as the samples or the result carry it, if it makes sense."""
    for source in _sources(entry):
        rates = source.get(FIELD)
        if isinstance(rates, dict) and _makes_sense(rates):
            return rates
    return None


def _sources(entry: Entry) -> list[dict[str, Any]]:
    """What the result and the samples say of their origin."""
    found = [entry.result.provenance.get("generation")]
    found += [entry.samples.provenance] if entry.samples is not None else []
    return [source for source in found if isinstance(source, dict)]


def _makes_sense(rates: dict[str, Any]) -> bool:
    try:
        coefficients = np.array(rates["coefficients"], float)
        limits = float(rates["gamma_min"]), float(rates["gamma_max"])
    except (KeyError, TypeError, ValueError):
        return False
    is_table = coefficients.ndim == 2 and coefficients.size > 0
    return is_table and _n_max(len(coefficients)) > 0 and all(map(math.isfinite, limits))


def _n_max(length: int) -> int:
    """The number of rooms whose rows have that length; 0 if there is none."""
    n_max = (math.isqrt(8 * length + 1) - 1) // 2
    try:
        return n_max if Vocabulary(n_max).length == length else 0
    except ValueError:
        return 0


def _plots(alphas: np.ndarray) -> list[tuple[str, Picture]]:
    vocabulary = Vocabulary(_n_max(alphas.shape[1]))
    rooms = range(vocabulary.n_max)
    pairs = zip(vocabulary.edge_rows, vocabulary.edge_cols, strict=True)
    names = [f"rooms {i + 1}, {j + 1}" for i, j in pairs]
    parts = (
        ("Rooms", alphas[:, vocabulary.is_node], [f"room {k + 1}" for k in rooms]),
        ("Relations", alphas[:, ~vocabulary.is_node], names),
    )
    return [(part[0], _plot(*part)) for part in parts if part[1].shape[1]]


def _plot(title: str, alphas: np.ndarray, names: list[str]) -> Picture:
    axes = Axes(_SIZE, _MARGINS, Span(0.0, 1.0, is_rate=True), Span(0.0, 1.0))
    curves = [(column, "line single", name) for column, name in zip(alphas.T, names, strict=True)]
    curves.append((alphas.mean(axis=1), "line real", "mean"))
    shapes = [
        *axes.shapes(),
        *(Line(axes.places(_TIMES, curve), look, name) for curve, look, name in curves),
        Words("time t", axes.right, _SIZE[1] - 5, "axis", "end"),
    ]
    half = [float(_TIMES[int(np.argmax(column <= 0.5))]) for column in alphas.T]
    words = f"Half are masked between t = {min(half):.2f} and {max(half):.2f}."
    return Picture(f"Learned schedules: {title.lower()}", _SIZE, shapes, words)
