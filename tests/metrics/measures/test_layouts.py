import numpy as np
import pytest
from shapely import box

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.floor_plan import Door, FloorPlan
from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.metrics.compute import compute_metric, resampled
from bd_gen.metrics.keys import NotComputed
from bd_gen.metrics.measure import measure_sets
from bd_gen.metrics.measures.layouts_discrepancy import shuffled
from bd_gen.metrics.plan_descriptors import described_plans
from bd_gen.metrics.plan_reference import PlanReference, evenly
from bd_gen.metrics.plan_set import PlanSet
from bd_gen.metrics.registry import METRICS, select_metrics
from bd_gen.metrics.resampling import sample_weights

LIVING, MASTER, BATH, SECOND, BALCONY = 0, 1, 3, 7, 9
GOOD = [(LIVING, (0, 0, 60, 60)), (MASTER, (60, 0, 120, 60))]
BAD = [*GOOD, (SECOND, (120, 0, 180, 65))]  # behind a bedroom, and a step
NOTHING = PlanReference.fit(PlanSet(()))


def plans_of(*plans, scale=0.1, **floor_plan):
    found = []
    for k, rooms in enumerate(plans):
        boxes = np.array([shape for _, shape in rooms])
        shapes = FloorPlan(tuple(box(*b) for b in boxes), **floor_plan)
        diagram = Diagram(tuple(t for t, _ in rooms))
        found.append(LaidOut(str(k), diagram, boxes, floor_plan=shapes))
    return PlanSet(found, scale)


def values_of(plans, reference=NOTHING):
    found = {}
    for metric in select_metrics(None, "plans"):
        found.update(compute_metric(metric, plans, reference))
    return found


def test_shares_and_means_of_two_plans():
    found = values_of(plans_of(GOOD, BAD))
    assert found["layout/access"] == found["layout/access_wide"] == 0.5
    assert (found["layout/corners"], found["layout/steps"]) == (5, 0.5)
    assert found["layout/slits"] == 0
    assert found["layout/living_rectangle"] == 1
    assert found["layout/door_wide"] == found["layout/facade"] == 1
    assert found["layout/overlap"] == found["layout/overlap_others"] == 0
    assert found["layout/bbox"] == pytest.approx((1 + (180 * 60 + 60 * 5) / (180 * 65)) / 2)
    assert (found["layout/living_area"], found["layout/living_area_iqr"]) == pytest.approx((36, 0))


def test_shares_of_rooms_are_over_all_plans_together():
    # 8 of 9 joined pairs... one plan has one pair that is too short, the other two wide ones
    short = [(LIVING, (0, 0, 60, 60)), (SECOND, (60, 55, 120, 120))]
    assert values_of(plans_of(short, BAD))["layout/door_wide"] == pytest.approx(2 / 3)


def test_what_no_plan_has_is_not_computed():
    found = values_of(plans_of([(BATH, (0, 0, 30, 30))]))
    assert found["layout/doors_access"] == NotComputed("no plan has doors")
    assert found["layout/fill"] == NotComputed("no plan has a plot")
    assert found["layout/living_rectangle"] == NotComputed("no plan has a living room")
    assert found["layout/door_wide"] == NotComputed("no rooms are joined")
    assert found["layout/facade"] == NotComputed("no room should have a façade")
    assert found["layout/living_area"] == NotComputed("no plan has a LivingRoom")
    assert found["layout/area_w1"] == NotComputed("no type has 20 reference rooms")
    assert found["layout/pgd"] == NotComputed("fewer than 100 plans")
    assert found["layout/bath_area"] == pytest.approx(9)


def test_plots_and_doors_count_where_they_are():
    doors = (Door((0, 1), (60, 0, 60, 9)),)
    found = values_of(plans_of(GOOD, plot=box(0, 0, 120, 120), doors=doors))
    assert (found["layout/fill"], found["layout/doors_access"]) == (0.5, 1)


def test_areas_that_are_all_a_square_metre_larger_are_that_far_apart():
    def rows(side):
        return plans_of(*([[(BATH, (0, 0, 10 * side, 10))]] * 25))

    reference = PlanReference.fit(rows(2))
    found = values_of(rows(3), reference)
    assert found["layout/area_w1"] == pytest.approx(1)
    assert found["layout/aspect_w1"] == pytest.approx(1 / 2 - 1 / 3)
    same = values_of(rows(2), reference)
    assert same["layout/area_w1"] == same["layout/aspect_w1"] == 0


def test_types_weigh_as_many_rooms_as_the_reference_has():
    # 20 baths of 1 m² and 60 bedrooms of 4 m²; in the plans 2 m² and 4 m²
    reference = PlanReference.fit(
        plans_of(*([[(BATH, (0, 0, 10, 10))]] * 20), *([[(SECOND, (0, 0, 20, 20))]] * 60))
    )
    found = values_of(plans_of([(BATH, (0, 0, 20, 10)), (SECOND, (30, 0, 50, 20))]), reference)
    assert found["layout/area_w1"] == pytest.approx(0.25)


def test_resampling_with_weights_of_one_gives_the_values():
    plans = plans_of(GOOD, BAD, GOOD, plot=box(0, 0, 120, 120))
    reference = PlanReference.fit(plans_of(*([GOOD] * 30)))
    found = values_of(plans, reference)
    for metric in select_metrics(None, "plans"):
        again = resampled(metric, plans, reference, np.ones((2, 3), np.int64))
        for key, values in again.items():
            assert values == pytest.approx([found[key]] * 2), key


def test_resampling_is_measuring_the_plans_drawn():
    rooms = [GOOD, BAD, [(LIVING, (0, 0, 90, 60)), (BATH, (90, 55, 130, 100))]]
    plans = plans_of(*rooms)
    reference = PlanReference.fit(plans_of(*([GOOD] * 30)))
    weights = sample_weights(0, 3, 4)
    drawn = {
        row.tobytes(): plans_of(*(rooms[k] for k in np.repeat(np.arange(3), row)))
        for row in weights
    }
    for metric in select_metrics(None, "plans"):
        for key, values in resampled(metric, plans, reference, weights).items():
            for row, value in zip(weights, values, strict=True):
                expected = compute_metric(metric, drawn[row.tobytes()], reference)[key]
                if not isinstance(expected, NotComputed):
                    assert value == pytest.approx(expected), key


def test_measuring_gives_intervals_and_columns():
    plans = plans_of(*([GOOD, BAD] * 10))
    found = measure_sets({0: 20}, [plans], NOTHING, select_metrics(None, "plans"))
    assert found.ci95["layout/access"]["from"] == "wilson"
    low, high = (found.ci95["layout/corners"][end] for end in ("low", "high"))
    assert low < 5 < high
    assert found.columns["layout_outline"]["is_accessible"].tolist() == [True, False] * 10
    assert found.not_computed["layout/pgd"] == "fewer than 100 plans"


def random_plans(count, seed, stretch=1.0):
    rng = np.random.default_rng(seed)
    plans = []
    for _ in range(count):
        x, y, z = rng.integers(40, 90, 3)
        wide = int(z * stretch)
        rooms = [(LIVING, (0, 0, x, y)), (MASTER, (x, 0, x + wide, y)), (BATH, (0, y, 30, y + 25))]
        plans.append(rooms)
    return plans_of(*plans)


def test_classifiers_tell_unlike_plans_apart_whatever_their_order():
    reference = PlanReference.fit(random_plans(100, seed=1))
    metric = METRICS["layout_discrepancy"]
    like = compute_metric(metric, random_plans(100, seed=2), reference)
    assert like["layout/pgd"] < 0.3
    plans = random_plans(100, seed=3, stretch=3.0)
    unlike = compute_metric(metric, PlanSet(plans.plans[::-1], plans.scale), reference)
    assert unlike["layout/pgd"] > 0.5
    assert unlike["layout/pgd_forms"] > 0.5
    assert set(unlike) == {key.name for key in metric.keys}
    described = described_plans(plans)
    turned = described_plans(PlanSet(plans.plans[::-1], plans.scale))
    for name, rows in shuffled(described, 60).items():
        assert np.array_equal(rows, shuffled(turned, 60)[name])


def test_metrics_of_plans_are_not_asked_of_samples():
    from bd_gen.system.errors import InputError

    with pytest.raises(InputError, match="is of files of plans"):
        select_metrics(["layout/access"])
    with pytest.raises(InputError, match="is of samples"):
        select_metrics(["eval/pgd"], "plans")
    assert not {m.name for m in select_metrics(None)} & {
        m.name for m in select_metrics(None, "plans")
    }


def test_a_plan_without_boxes_is_no_plan_to_measure():
    with pytest.raises(ValueError, match="has no layout"):
        PlanSet([LaidOut("a", Diagram((LIVING,)))])


def test_of_many_reference_plans_some_are_taken_evenly():
    assert evenly(range(10), 10, 4) == [0, 3, 6, 9]
    assert evenly(range(3), 3, 4) == [0, 1, 2]
