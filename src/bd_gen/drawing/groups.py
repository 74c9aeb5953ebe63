"""Parts of a picture that an SVG keeps together under a name, with a tooltip."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes


def add_group(
    axes: "Axes", parts: "Sequence[Artist]", name: str, tooltip: str, zorder: float
) -> None:
    """Add artists to axes as one group; other formats than SVG draw the artists alone.

    Args:
        axes: where they are drawn, in the units of its data.
        parts: what is drawn, the lowest first.
        name: id of the group, unique in the picture.
        tooltip: shown by browsers over any of the parts; empty for none.
        zorder: of the whole.
    """
    from matplotlib.artist import Artist

    class Group(Artist):
        """Artists that are drawn one after the other between the tags of a group."""

        def draw(self, renderer: Any) -> None:
            renderer.open_group("part", gid=name)
            # Only the renderer of SVG has a writer of elements; others have no tooltips.
            writer = getattr(renderer, "writer", None) or getattr(
                getattr(renderer, "_renderer", None), "writer", None
            )
            if tooltip and writer is not None and hasattr(writer, "element"):
                writer.element("title", text=tooltip)
            for part in parts:
                part.draw(renderer)
            renderer.close_group("part")

    figure = axes.get_figure()
    assert figure is not None  # noqa: S101
    for part in parts:
        part.set_figure(figure)
        part.axes = axes
        part.set_transform(axes.transData)
    group = Group()
    group.set_zorder(zorder)
    axes.add_artist(group)
