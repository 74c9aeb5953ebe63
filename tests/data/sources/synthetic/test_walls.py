import numpy as np

from bd_gen.data.sources.synthetic.walls import THICKNESSES, without_walls


def test_rooms_on_one_line_have_one_wall() -> None:
    """Two rooms beside one another, and a third whose left wall is on the same line."""
    lines = np.tile([[[0, 0, 30, 40], [30, 0, 70, 40], [30, 40, 70, 80]]], (500, 1, 1))
    rooms = without_walls(lines, np.random.default_rng(0))
    gaps = rooms[:, 1, 0] - rooms[:, 0, 2]
    assert set(gaps.tolist()) == set(THICKNESSES)
    assert 0.3 < (gaps == THICKNESSES[1]).mean() < 0.5
    np.testing.assert_array_equal(rooms[:, 1, 0], rooms[:, 2, 0])
    # across and down are drawn apart
    down = rooms[:, 2, 1] - rooms[:, 1, 3]
    assert 0.3 < (gaps == down).mean() < 0.7
