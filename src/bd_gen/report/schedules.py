"""The learned forward process of methods whose samples carry its coefficients."""

import math
from typing import Any

import numpy as np

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.report.axes import Scale, x_axis, y_axis
from bd_gen.report.contents import Contents, Entry
from bd_gen.report.markup import Markup, breakable, join, number, tag
from bd_gen.report.panels import described, panel_grid

FIELD = "learned_rates"
"""Where the provenance of samples has the process: `gamma_min`, `gamma_max` and `coefficients`,
for each position of the row the weights of t, t^2, ..., which sum to 1."""
ORDER_FIELD = "learned_order"
"""Where it has a learned law over orders, which gives positions no schedules."""

_TIMES = np.linspace(0.0, 1.0, 41)
_WIDTH, _HEIGHT = 320.0, 190.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 44.0, 8.0, 8.0, 36.0
_LARGEST_GAMMA = 700.0  # beyond it the exponential leaves float64


def schedule_figures(contents: Contents) -> Markup | None:
    """Two panels for each learned process, and a sentence where one was not recorded.

    None if no method has a learned process.
    """
    learned = [entry for entry in contents.entries if _is_learned(entry)]
    if not learned:
        return None
    groups: dict[str, list[Entry]] = {}
    missing, ordered = [], []
    for entry in learned:
        rates = _recorded(entry)
        if any(isinstance(source.get(ORDER_FIELD), dict) for source in _sources(entry)):
            ordered.append(entry.name)
        elif rates is None:
            missing.append(entry.name)
        else:
            groups.setdefault(repr(rates), []).append(entry)
    parts: list[Markup] = []
    if groups:
        parts.append(
            tag(
                "p",
                "How likely each position of the row is still visible at time t: thin lines are "
                "single positions, the thick one is their mean.",
            )
        )
    for entries in groups.values():
        alphas = learned_alphas(_recorded(entries[0]) or {})
        names = [piece for entry in entries for piece in (", ", breakable(entry.name))][1:]
        parts.append(tag("p", *names, class_="name"))
        parts.append(_panels(alphas))
    if ordered:
        parts.append(
            tag(
                "p",
                f"No schedules: {', '.join(ordered)} follow a learned law over orders "
                f"(provenance/{ORDER_FIELD}). Training draws it as learned_order.png in its run "
                "directory.",
            )
        )
    if missing:
        parts.append(
            tag(
                "p",
                f"Not recorded for {', '.join(missing)}: their samples do not carry the "
                f"coefficients of the learned process (provenance/{FIELD}). Training draws it as "
                "learned_schedules.png in its run directory.",
            )
        )
    return join(*parts)


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


def _panels(alphas: np.ndarray) -> Markup:
    vocabulary = Vocabulary(_n_max(alphas.shape[1]))
    rooms = range(vocabulary.n_max)
    pairs = zip(vocabulary.edge_rows, vocabulary.edge_cols, strict=True)
    names = [f"rooms {i + 1}, {j + 1}" for i, j in pairs]
    parts = (
        ("Rooms", alphas[:, vocabulary.is_node], [f"room {k + 1}" for k in rooms]),
        ("Relations", alphas[:, ~vocabulary.is_node], names),
    )
    return panel_grid(_panel(*part) for part in parts if part[1].shape[1])


def _panel(title: str, alphas: np.ndarray, names: list[str]) -> Markup:
    across = Scale(0.0, 1.0, _LEFT, _WIDTH - _RIGHT)
    up = Scale(0.0, 1.0, _HEIGHT - _BOTTOM, _TOP, is_rate=True)
    bottom = _HEIGHT - _BOTTOM
    parts = [y_axis(up, _LEFT, _WIDTH - _LEFT - _RIGHT), x_axis(across, bottom, bottom - _TOP)]
    for k, name in enumerate(names):
        parts.append(_curve(alphas[:, k], across, up, "line single", name))
    parts.append(_curve(alphas.mean(axis=1), across, up, "line real", "mean"))
    parts.append(
        tag(
            "text",
            "time t",
            class_="axis",
            x=number(_WIDTH - _RIGHT),
            y=_HEIGHT - 5,
            text_anchor="end",
        )
    )
    half = [float(_TIMES[int(np.argmax(column <= 0.5))]) for column in alphas.T]
    words = f"Half are masked between t = {min(half):.2f} and {max(half):.2f}."
    heading = f"Learned schedules: {title.lower()}"
    picture = described(parts, heading, words, f"{number(_WIDTH)} {number(_HEIGHT)}")
    return tag("figure", tag("figcaption", title), picture, class_="panel")


def _curve(alphas: np.ndarray, across: Scale, up: Scale, name: str, title: str) -> Markup:
    points = " ".join(
        f"{number(across(float(t)))},{number(up(float(a)))}"
        for t, a in zip(_TIMES, alphas, strict=True)
    )
    return tag("polyline", tag("title", title), class_=name, points=points)
