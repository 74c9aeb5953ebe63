import dataclasses

import pytest

from bd_gen.data.sources.synthetic.calibration import Comparison, compare_with_rplan
from bd_gen.data.sources.synthetic.source import make_plans
from bd_gen.data.statistics import PlanStatistics, statistics_of
from bd_gen.diagrams.vocabulary import Vocabulary


@pytest.fixture(scope="module")
def statistics() -> PlanStatistics:
    return statistics_of(make_plans(20_000, 0, Vocabulary(8)))


def test_every_statistic_is_within_its_tolerance(statistics: PlanStatistics) -> None:
    rows = compare_with_rplan(statistics, seed=0)
    assert [row.name for row in rows if not row.is_within] == []
    assert len(rows) == 29


def test_the_report_can_fail(statistics: PlanStatistics) -> None:
    off = dataclasses.replace(
        statistics,
        wrapped_master=0.2,
        forbidden=0.02,
        connected=0.999,
        rooms=statistics.rooms[::-1],
    )
    names = {row.name for row in compare_with_rplan(off, seed=0) if not row.is_within}
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
    real = statistics_of(load_table(DataConfig("plans", path)))
    rows = {row.name: row for row in compare_with_rplan(real, seed=0)}
    for name, row in rows.items():
        if name.startswith(("relation", "edges at", "plans of")):
            assert row.synthetic == pytest.approx(row.rplan, abs=0.01), name
