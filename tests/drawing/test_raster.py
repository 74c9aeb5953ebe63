import numpy as np
import pytest
import shapely

from bd_gen.drawing.lettering import FINENESS, Fit, panel_squares
from bd_gen.drawing.raster import squares_in

SHAPES = {
    "a rectangle": shapely.box(3, 4, 17.2, 9.9),
    "slanted with a hole": shapely.Polygon(
        [(2, 2), (18, 5), (14, 17), (3, 12)], [[(6, 6), (10, 7), (9, 10)]]
    ),
    "two parts": shapely.box(1, 1, 5, 5).union(shapely.box(9, 9, 12, 12)),
    "beyond the panel": shapely.box(-5, -5, 8, 40),
    "none": shapely.Polygon(),
}


@pytest.mark.parametrize("name", SHAPES)
def test_squares_are_those_whose_middles_lie_within(name: str) -> None:
    fit, side = Fit(1.3, np.array([0.21, -0.13])), 20.0
    found = squares_in(SHAPES[name], fit, side)
    middles = panel_squares(side)
    x, y = np.meshgrid((middles - fit.origin[0]) / 1.3, (middles - fit.origin[1]) / 1.3)
    assert found.shape == (int(side * FINENESS),) * 2
    assert np.array_equal(found, shapely.contains_xy(SHAPES[name], x, y))
