"""Parts of a picture that an SVG keeps together under a name, with a tooltip."""

from collections.abc import Callable, Sequence
from functools import cache
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
    figure = axes.get_figure()
    assert figure is not None  # noqa: S101
    for part in parts:
        part.set_figure(figure)
        part.axes = axes
        part.set_transform(axes.transData)
    group = _group_class()(parts, name, tooltip)
    group.set_zorder(zorder)
    axes.add_artist(group)


@cache
def _group_class() -> "Callable[[Sequence[Artist], str, str], Artist]":
    """A class made once: matplotlib takes milliseconds for each class of artists."""
    from matplotlib.artist import Artist

    class Group(Artist):
        """Artists that are drawn one after the other between the tags of a group."""

        def __init__(self, parts: "Sequence[Artist]", name: str, tooltip: str) -> None:
            super().__init__()
            self._parts, self._name, self._tooltip = parts, name, tooltip

        def draw(self, renderer: Any) -> None:
            renderer.open_group("part", gid=self._name)
            # Only the renderer of SVG has a writer of elements; others have no tooltips.
            writer = getattr(renderer, "writer", None) or getattr(
                getattr(renderer, "_renderer", None), "writer", None
            )
            if self._tooltip and writer is not None and hasattr(writer, "element"):
                writer.element("title", text=self._tooltip)
            for part in self._parts:
                part.draw(renderer)
            renderer.close_group("part")

    return Group
