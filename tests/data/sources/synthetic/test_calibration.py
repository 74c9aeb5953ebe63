import dataclasses

import pytest
from tests.rplan import ROOM_TYPES

from bd_gen.data.geometry import Geometry, geometry_of
from bd_gen.data.plan_table import PlanTable
from bd_gen.data.sources.synthetic.calibration import Comparison, compare_with_rplan
from bd_gen.data.sources.synthetic.source import make_plans
from bd_gen.data.statistics import PlanStatistics, statistics_of
from bd_gen.diagrams.vocabulary import Vocabulary


@pytest.fixture(scope="module")
def plans() -> PlanTable:
    return make_plans(20_000, 0, Vocabulary(8))


@pytest.fixture(scope="module")
def statistics(plans: PlanTable) -> PlanStatistics:
    return statistics_of(plans)


@pytest.fixture(scope="module")
def geometry(plans: PlanTable) -> Geometry:
    return geometry_of(plans)


@pytest.mark.slow
def test_every_statistic_is_within_its_tolerance(
    statistics: PlanStatistics, geometry: Geometry
) -> None:
    rows = compare_with_rplan(statistics, geometry, seed=0)
    assert [row.name for row in rows if not row.is_within] == []
    assert len(rows) == 58


def test_the_report_can_fail() -> None:
    few = make_plans(2_000, 0, Vocabulary(8))
    statistics, geometry = statistics_of(few), geometry_of(few)
    off = dataclasses.replace(
        statistics,
        wrapped_master=0.2,
        forbidden=0.02,
        connected=0.999,
        rooms=statistics.rooms[::-1],
    )
    boxes = dataclasses.replace(
        geometry, area=1.2 * geometry.area, corners=12.0, plain_living=0.5, thick_walls=0.2
    )
    names = {row.name for row in compare_with_rplan(off, boxes, seed=0) if not row.is_within}
    assert {"LivingRoom area", "corners of the outline", "living room a plain box"} <= names
    assert "walls of 6 pixels" in names
    assert {"MasterRoom in LivingRoom", "forbidden containment", "connected"} <= names
    assert "plans of 7 rooms" in names


def test_within_includes_the_tolerance_itself() -> None:
    assert Comparison("a", 3, 4, 1).is_within
    assert not Comparison("a", 3, 4.5, 1).is_within


@pytest.mark.slow
def test_published_constants_agree_with_the_real_plans(dev_data: object) -> None:
    """The calibration's own numbers, measured on the development data."""
    from bd_gen.data.dataset import DataConfig, load_table

    path = f"{dev_data}/real_plans/rplan.jsonl.gz"
    table = load_table(DataConfig("plans", path))
    rows = {
        row.name: row for row in compare_with_rplan(statistics_of(table), geometry_of(table), 0)
    }
    for name, row in rows.items():
        if name.split()[0] in ROOM_TYPES and "in LivingRoom" not in name:
            assert row.synthetic == pytest.approx(row.rplan, rel=0.01, abs=0.01), name
        if name.startswith(("corners", "living", "other", "walls")):
            assert row.synthetic == pytest.approx(row.rplan, abs=0.005), name
        if name.startswith(("relation", "edges at", "plans of")):
            assert row.synthetic == pytest.approx(row.rplan, abs=0.01), name
