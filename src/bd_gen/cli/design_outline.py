"""`--outline`, `--notch` and `--front-door` of `bd-gen design`: boxes in metres, or in pixels."""

from typing import TYPE_CHECKING, Any

from bd_gen.system.errors import InputError

if TYPE_CHECKING:
    from bd_gen.layouts.outline import Outline

_LEAST_HOME = 2.0  # metres: no home is narrower


def outline_in_pixels(outline: str, notch: str | None, door: str | None, scale: float) -> "Outline":
    """The outline as the solver takes it.

    Raises:
        InputError: not four whole numbers, or an outline in which no home has room.
    """
    from bd_gen.layouts.outline import Outline, checked_box

    def box(text: str, option: str, least: int = 1) -> tuple[int, int, int, int]:
        sides = _numbers(text, option)
        if any(side != int(side) for side in sides):
            raise InputError(f"{option} {text[:40]!r}: expected whole pixels")
        return checked_box(option, [int(side) for side in sides], least)

    whole = box(outline, "--outline")
    metres = [(whole[2 + k] - whole[k]) * scale for k in range(2)]
    if min(metres) < _LEAST_HOME:
        meant = outline.strip().removesuffix("px")
        raise InputError(
            f"--outline {outline}: {metres[0]:.2f} by {metres[1]:.2f} m is no home; did you mean "
            f"metres: {meant}?"
        )
    return Outline(
        whole,
        None if notch is None else box(notch, "--notch"),
        None if door is None else box(door, "--front-door", 0),
    )


def outline_in_metres(
    outline: str, notch: str | None, door: str | None, scale: float
) -> dict[str, Any]:
    """The plot that an outline in metres is: its corners, and the place of the door.

    Raises:
        InputError: not four numbers, of a size that no home has, or a notch that is at no corner.
    """
    from bd_gen.design.measures import PLOT_SIDE, metres

    x0, y0, x1, y1 = sides = _numbers(outline, "--outline")
    for low, high in ((x0, x1), (y0, y1)):
        if high <= low:
            raise InputError(f"--outline {outline}: expected x0 before x1 and y0 before y1")
    reach = 256 * scale
    if max(x1 - x0, y1 - y0) > reach and all(side == int(side) for side in sides):
        pixels = scale * (x1 - x0), scale * (y1 - y0)
        raise InputError(
            f"--outline {outline}: {x1 - x0:g} by {y1 - y0:g} m is more than a plan of {reach:.0f} "
            f"m; did you mean {outline.strip()}px ({pixels[0]:.1f} by {pixels[1]:.1f} m)?"
        )
    for length in (x1 - x0, y1 - y0):
        metres(length, PLOT_SIDE, "--outline", scale)
    corners = [[x0, y0], [x1, y0], [x1, y1], [x0, y1]]
    plot: dict[str, Any] = {"corners": corners}
    if notch is not None:
        plot["corners"] = _without(corners, _numbers(notch, "--notch"), notch)
    if door is not None:
        a, b, c, d = _numbers(door, "--front-door")
        plot["entrance"] = [(a + c) / 2, (b + d) / 2]
    return plot


def _without(corners: list[list[float]], notch: list[float], text: str) -> list[list[float]]:
    """Corners of a rectangle without a smaller one at one of them."""
    xs, ys = (notch[0], notch[2]), (notch[1], notch[3])
    for k, (x, y) in enumerate(corners):
        if x in xs and y in ys:
            inner_x = xs[1] if x == xs[0] else xs[0]
            inner_y = ys[1] if y == ys[0] else ys[0]
            along_x = [[inner_x, y], [inner_x, inner_y], [x, inner_y]]
            # the side that comes into this corner runs down or up at the corners 0 and 2
            steps = along_x[::-1] if k in (0, 2) else along_x
            return [*corners[:k], *steps, *corners[k + 1 :]]
    raise InputError(f"--notch {text}: expected a smaller box at a corner of the outline")


def _numbers(text: str, option: str) -> list[float]:
    try:
        sides = [float(part) for part in text.strip().removesuffix("px").split(",")]
    except ValueError:
        sides = []
    if len(sides) != 4 or not all(abs(side) < 1e6 for side in sides):
        raise InputError(
            f"{option} {text[:40]!r}: expected four numbers x0,y0,x1,y1 as in 0,0,9,12 (metres) or "
            "20,20,220,180px"
        )
    return sides
