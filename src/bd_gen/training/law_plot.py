"""A picture of a learned law over orders."""

from pathlib import Path

from bd_gen.model.order_law import FEATURES, OrderLaw
from bd_gen.system.files import write_with


def draw_law(law: OrderLaw, path: str | Path) -> None:
    """Draw the weight of every feature as a PNG; a larger one brings a token forward.

    Raises:
        InputError: the file cannot be written.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    start = OrderLaw().order_weights.tolist()
    now = law.order_weights.tolist()
    figure = Figure(figsize=(7.5, 0.26 * len(FEATURES) + 0.9), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    places = range(len(FEATURES))
    axes.barh(places, now, color="#4477aa", label="learned")
    axes.plot(start, places, "|", color="black", markersize=11, label="at the start")
    axes.set_yticks(places, FEATURES, fontsize=7)
    axes.invert_yaxis()
    axes.axvline(0.0, color="black", linewidth=0.8)
    axes.set_title("Learned order: log weight of what is revealed next (a bare room has 0)")
    axes.grid(axis="x", alpha=0.3)
    axes.legend(loc="lower right", frameon=False)
    write_with(path, lambda file: figure.savefig(file, format="png", dpi=150))
