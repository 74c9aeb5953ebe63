"""Pictures of a learned forward process: a law over orders, or schedules of positions."""

from pathlib import Path

import torch

from bd_gen.model.learned_rates import LearnedRates
from bd_gen.model.order_law import OrderLaw, order_features
from bd_gen.system.files import write_with


def draw_law(law: OrderLaw, path: str | Path) -> None:
    """Draw the weight of every feature as a PNG; a larger one brings a token forward.

    Raises:
        InputError: the file cannot be written.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    features = order_features(law.words)
    start = OrderLaw(law.words).order_weights.tolist()
    now = law.order_weights.tolist()
    figure = Figure(figsize=(7.5, 0.26 * len(features) + 0.9), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    places = range(len(features))
    axes.barh(places, now, color="#4477aa", label="learned")
    axes.plot(start, places, "|", color="black", markersize=11, label="at the start")
    axes.set_yticks(places, features, fontsize=7)
    axes.invert_yaxis()
    axes.axvline(0.0, color="black", linewidth=0.8)
    axes.set_title("Learned order: log weight of what is revealed next (a bare room has 0)")
    axes.grid(axis="x", alpha=0.3)
    axes.legend(loc="lower right", frameon=False)
    write_with(path, lambda file: figure.savefig(file, format="png", dpi=150))


_TIMES = 201


def draw_schedules(rates: LearnedRates, path: str | Path) -> None:
    """Draw alpha(t) of every position as a PNG: nodes on the left, edges on the right.

    Raises:
        InputError: the file cannot be written.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    vocabulary = rates.vocabulary
    times = torch.linspace(0.0, 1.0, _TIMES, dtype=torch.float64)
    with torch.inference_mode():
        alphas = rates.alpha(times.to(rates.slots.weight.device)).cpu().numpy()
    figure = Figure(figsize=(9.0, 3.6), layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2, sharey=True)
    for axes, columns, kind in (
        (left, range(vocabulary.n_max), "nodes"),
        (right, range(vocabulary.n_max, vocabulary.length), "edges"),
    ):
        for column in columns:
            axes.plot(times, alphas[:, column], linewidth=0.9, alpha=0.7)
        mean = alphas[:, list(columns)].mean(axis=1) if len(columns) else None
        if mean is not None:
            axes.plot(times, mean, color="black", linewidth=2.0, label=f"mean of {len(columns)}")
            axes.legend(loc="lower left", frameon=False)
        axes.set_title(f"Learned schedules: {kind}")
        axes.set_xlabel("time t")
        axes.set_ylim(-0.02, 1.02)
        axes.grid(alpha=0.3)
    left.set_ylabel("alpha(t): share still visible")
    write_with(path, lambda file: figure.savefig(file, format="png", dpi=150))
