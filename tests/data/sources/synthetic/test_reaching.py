import numpy as np

from bd_gen.data.sources.synthetic.floorplan_rows import Rows
from bd_gen.data.sources.synthetic.floorplan_sides import LEFT, TOP
from bd_gen.data.sources.synthetic.programmes import TYPE
from bd_gen.data.sources.synthetic.reaching import CHANCES, reach_behind


def row(depths: list[float], sides: list[int]) -> Rows:
    """Rooms of 40 pixels one after another along their sides, the same plan 400 times."""
    start = 40.0 * np.arange(len(depths))
    return Rows(
        side=np.tile(sides, (400, 1)),
        start=np.tile(start, (400, 1)),
        end=np.tile(start + 40, (400, 1)),
        near=np.zeros((400, len(depths))),
        far=np.tile(depths, (400, 1)),
        gap=np.zeros((400, 4, 2)),
        gap_is_open=np.zeros((400, 4), bool),
        size=np.full((400, 2), 200.0),
    )


def reached(depths: list[float], sides: list[int], names: list[str]) -> Rows:
    rows = row(depths, sides)
    programmes = np.tile([TYPE[name] for name in names], (400, 1))
    reach_behind(rows, programmes, np.random.default_rng(1))
    return rows


def test_a_deep_master_room_reaches_behind_its_bathroom_as_often_as_it_should() -> None:
    rows = reached([60, 40], [LEFT, LEFT], ["MasterRoom", "Bathroom"])
    reach = rows.end[:, 0] - 40
    assert abs((reach > 0).mean() - CHANCES["MasterRoom", "Bathroom"]) < 0.08
    assert reach.max() <= 20
    np.testing.assert_array_equal(rows.start, row([60, 40], [LEFT, LEFT]).start)
    np.testing.assert_array_equal(rows.end[:, 1], 80)


def test_it_reaches_either_way() -> None:
    rows = reached([40, 60], [LEFT, LEFT], ["Bathroom", "MasterRoom"])
    assert (rows.start[:, 1] < 40).any()
    np.testing.assert_array_equal(rows.end[:, 1], 80)


def test_rooms_of_other_sides_equal_depth_or_type_stay() -> None:
    for depths, sides, names in (
        ([60, 40], [LEFT, TOP], ["MasterRoom", "Bathroom"]),
        ([42, 40], [LEFT, LEFT], ["MasterRoom", "Bathroom"]),
        ([60, 40], [LEFT, LEFT], ["Storage", "Bathroom"]),
    ):
        rows = reached(depths, sides, names)
        np.testing.assert_array_equal(rows.end[:, 0], 40)
        np.testing.assert_array_equal(rows.start[:, 1], 40)
