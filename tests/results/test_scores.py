import math

import pytest
from scipy import stats

from bd_gen.metrics import metric_info
from bd_gen.metrics.significance import wilson
from bd_gen.results.columns import MEMORISER, REAL, Column
from bd_gen.results.result_file import Result
from bd_gen.results.scores import (
    FROM_COUNTS,
    FROM_SPREAD,
    Against,
    Score,
    against_real,
    scores_of,
)

KL, RATE, SHARE, RATIO = (
    "eval/node_kl",
    "eval/diversity",
    "eval/validity_rate",
    "eval/edges_ratio",
)


def column(
    name: str, values: dict[str, list[float]], ci95: dict | None = None, **more: object
) -> Column:
    """A column with the given values of each key over its seeds."""
    num_seeds = max(map(len, values.values()))
    per_seed = {
        str(seed): {key: v[seed] for key, v in values.items() if seed < len(v)}
        for seed in range(num_seeds)
    }
    summary = {
        key: {
            "mean": sum(v) / len(v),
            "std": math.sqrt(sum((x - sum(v) / len(v)) ** 2 for x in v) / len(v)),
        }
        for key, v in values.items()
    }
    fields = {"method": name, "config": {}, "per_seed": per_seed, "summary": summary}
    return Column(name, Result(fields | ({"ci95": ci95} if ci95 else {}) | more))


def test_the_interval_of_the_file_counts() -> None:
    known = {"low": 0.1, "high": 0.4, "se": 0.05, "from": "bootstrap"}
    (score,) = scores_of([column("a", {KL: [0.2, 0.3]}, {KL: known})]).cells.values()
    assert score == Score(0.25, pytest.approx(0.05), (0.1, 0.4), 0.05, math.inf, "bootstrap")
    (score,) = scores_of(
        [column("a", {KL: [0.2, 0.3]}, {KL: known | {"from": "seeds"}})]
    ).cells.values()
    assert score.degrees_of_freedom == 1


def test_without_one_the_spread_over_the_seeds_tells() -> None:
    values = [0.30, 0.31, 0.33, 0.29, 0.30]
    (score,) = scores_of([column("a", {KL: values})]).cells.values()
    expected = stats.t.interval(0.95, 4, loc=0.306, scale=stats.sem(values))
    assert score.interval == pytest.approx(expected)
    assert score.standard_error == pytest.approx(stats.sem(values))
    assert (score.degrees_of_freedom, score.source) == (4, FROM_SPREAD)


def test_an_interval_stays_where_the_number_can_be() -> None:
    scores = scores_of([column("a", {KL: [0.0, 0.2], RATE: [0.99, 1.0]})])
    assert scores.of(KL, "a").interval[0] == 0.0
    assert scores.of(RATE, "a").interval[1] == 1.0


def test_a_share_of_samples_has_an_interval_by_its_counts() -> None:
    file = column("a", {SHARE: [1.0, 1.0]}, config={"num_samples": 50})
    (score,) = scores_of([file]).cells.values()
    assert (score.interval, score.source) == (wilson(100, 100), FROM_COUNTS)
    assert score.standard_error > 0


def test_one_seed_says_nothing_of_the_spread() -> None:
    (score,) = scores_of([column("a", {KL: [0.2]})]).cells.values()
    assert (score.interval, score.standard_error, score.source) == (None, None, "")


def test_seeds_that_lack_a_key_do_not_count() -> None:
    key = "validity_by_num_rooms/4/overall"
    nested = column("a", {KL: [1.0] * 5})
    for seed, rate in (("0", 0.5), ("3", 0.7)):
        nested.result.per_seed[seed]["validity_by_num_rooms"] = {"4": {"overall": rate}}
    nested.result.summary[key] = {"mean": 0.6, "std": 0.1}
    assert scores_of([nested]).of(key, "a").degrees_of_freedom == 1
    del nested.result.per_seed["3"]["validity_by_num_rooms"]
    assert scores_of([nested]).of(key, "a").interval is None


def test_denoising_numbers_are_measured_once() -> None:
    file = column("a", {KL: [0.2, 0.3]}, denoising={"denoise/val_elbo": 14.0})
    score = scores_of([file]).of("denoise/val_elbo", "a")
    assert score == Score(14.0, None)
    assert scores_of([file]).of("denoise/val_elbo", "b") is None


def real(mean: float, low: float, high: float) -> Score:
    return Score(mean, 0.0, (low, high))


@pytest.mark.parametrize(
    ("key", "value", "of_real", "expected"),
    [
        (RATE, 0.5, real(0.75, 0.7, 0.8), Against(-0.25, "difference")),
        (KL, 0.3, real(0.1, 0.05, 0.2), Against(0.3 / 0.1, "multiple")),
        (KL, 0.3, real(0.1, 0.0, 0.15), Against(0.3 / 0.15, "at least")),
        (KL, 0.1, real(0.05, 0.0, 0.2), Against(0.5, "same")),
        (KL, 0.1, real(0.0, 0.0, 0.0), None),
        (KL, 0.1, real(-0.1, -0.2, -0.01), None),
        (KL, 0.3, Score(0.1, 0.0), Against(0.3 / 0.1, "multiple")),
        ("eval/num_sample_modes", 3.0, real(2.0, 1.0, 3.0), None),
    ],
)
def test_the_distance_from_real_plans(
    key: str, value: float, of_real: Score, expected: Against | None
) -> None:
    assert against_real(Score(value, 0.0), of_real, metric_info(key)) == expected


def test_real_plans_and_baselines_are_measured_by_not_ranked() -> None:
    columns = [
        column(REAL, {KL: [0.01, 0.012]}),
        column(MEMORISER, {KL: [0.01, 0.011]}),
        column("a", {KL: [0.05, 0.051]}),
        column("b", {KL: [0.09, 0.091]}),
    ]
    scores = scores_of(columns)
    assert [scores.of(KL, c.name).mark for c in columns] == ["", "", "best", ""]
    assert scores.of(KL, REAL).against is None
    assert scores.of(KL, MEMORISER).against is not None
    alone = scores_of(columns[1:])
    assert all(alone.of(KL, c.name).against is None for c in columns[1:])


def test_the_keys_come_in_the_order_of_the_registry_and_unknown_ones_last() -> None:
    values = {"later/metric": [1.0], KL: [1.0], SHARE: [1.0]}
    nested = {f"validity_by_num_rooms/{n}/overall": [1.0] for n in (10, 4)}
    keys = [info.name for info in scores_of([column("a", values | nested)]).infos]
    assert keys == [
        SHARE,
        "validity_by_num_rooms/4/overall",
        "validity_by_num_rooms/10/overall",
        KL,
        "later/metric",
    ]


def test_distances_from_real_plans_of_another_number_are_not_shown() -> None:
    def column(name: str, num_samples: int) -> Column:
        values = {"eval/node_js": 0.02, "eval/validity_rate": 0.9, "eval/diversity": 0.5}
        fields = {
            "format_version": 2,
            "method": name,
            "timestamp": "",
            "config": {"num_samples": num_samples},
            "per_seed": {"1": dict(values), "2": dict(values)},
            "summary": {key: {"mean": value, "std": 0.001} for key, value in values.items()},
        }
        return Column(name, Result(fields))

    columns = [column(REAL, 61), column("few", 61), column("many", 100)]
    scores = scores_of(columns)
    for key in ("eval/node_js", "eval/diversity"):
        few, many = scores.of(key, "few"), scores.of(key, "many")
        assert few is not None
        assert many is not None
        assert few.against is not None
        assert many.against is None
    shares = scores.of("eval/validity_rate", "many")
    assert shares is not None
    assert shares.against is not None
