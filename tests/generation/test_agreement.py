"""When numbers agree: worked by hand, and by how often equally good samples are told apart."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from bd_gen.generation.agreement import (
    KeyCheck,
    inconsistent_summary,
    num_tests,
    number_by_number,
    within_spread,
)
from bd_gen.generation.method_numbers import (
    Numbers,
    is_same,
    numbers_of,
    same_tokens,
    same_tokens_alone,
    stored_numbers,
)
from bd_gen.metrics import aggregate, metric_versions
from bd_gen.results.result_file import Result

KEY = "eval/node_js"


def numbers(per_seed: dict[str, dict[str, float]], **fields: object) -> Numbers:
    return replace(numbers_of(per_seed, {}, {}, 1000), **fields)


def of_values(*values: float, key: str = KEY) -> Numbers:
    return numbers({str(k): {key: value} for k, value in enumerate(values)})


def only(checks: list[KeyCheck]) -> KeyCheck:
    (check,) = checks
    return check


# ---------------------------------------------------------------- same tokens


def test_rounding_is_no_difference():
    assert is_same(KEY, 0.1, 0.1 + 5e-10)
    assert not is_same(KEY, 0.1, 0.1 + 5e-9)
    assert is_same("eval/mmd_degree", 0.1, 0.1 + 5e-7)
    assert not is_same("eval/mmd_degree", 0.1, 0.1 + 5e-6)
    assert is_same("eval/num_edges", 1e6, 1e6 + 1e-4)  # relative where numbers are large


def test_every_seed_is_looked_at():
    stored = of_values(0.1, 0.2, 0.3)
    assert only(number_by_number(stored, stored)).kind == "identical"
    check = only(number_by_number(stored, of_values(0.1, 0.21, 0.3001)))
    assert check == KeyCheck(KEY, "differs", "seed 1", 0.2, 0.21)


def test_a_seed_that_only_one_has_differs():
    for pair in ((of_values(0.1), of_values(0.1, 0.2)), (of_values(0.1, 0.2), of_values(0.1))):
        check = only(number_by_number(*pair))
        assert (check.kind, check.where) == ("differs", "seed 1")


def test_keys_that_only_one_has():
    old = numbers({"1": {KEY: 0.1, "eval/gone": 1.0}})
    new = numbers({"1": {KEY: 0.1, "eval/fresh": 2.0}})
    for compare in (number_by_number, lambda a, b: within_spread(a, b, 1)):
        kinds = {check.key: check.kind for check in compare(old, new)}
        assert kinds == {KEY: "identical", "eval/gone": "not computed", "eval/fresh": "new"}


def test_a_row_of_a_table_that_only_one_has():
    """Of the same tokens that cannot be; of others it only says that such a size is rare."""
    both, row = {"validity_by_num_rooms/5/overall": 1.0}, "validity_by_num_rooms/4/overall"
    old, new = numbers({"1": both | {row: 1.0}, "2": both}), numbers({"1": both, "2": both})
    assert {c.key: c.kind for c in number_by_number(old, new)}[row] == "differs"
    assert {c.key: c.kind for c in number_by_number(new, old)}[row] == "differs"
    assert {c.key: c.kind for c in within_spread(old, new, 1)}[row] == "not computed"
    assert {c.key: c.kind for c in within_spread(new, old, 1)}[row] == "new"


def test_intervals_are_looked_at_where_both_are_known():
    stored = numbers({"1": {KEY: 0.1}}, ci95={f"{KEY}/low": 0.05, f"{KEY}/high": 0.15})
    now = replace(stored, ci95={f"{KEY}/low": 0.05, f"{KEY}/high": 0.16})
    assert only(number_by_number(stored, now)) == KeyCheck(KEY, "differs", "high", 0.15, 0.16)
    assert only(number_by_number(stored, replace(now, ci95={}))).kind == "identical"


def test_another_version_of_a_metric_may_give_another_number():
    versions = metric_versions()
    stored = replace(of_values(0.1), versions=versions | {"distribution": 0})
    now = replace(of_values(0.2), versions=versions)
    assert only(number_by_number(stored, now)).kind == "other version"
    assert only(number_by_number(replace(stored, versions={}), now)).kind == "differs"
    assert only(number_by_number(stored, replace(stored, versions=versions))).kind == "identical"


def test_tokens_are_told_by_their_numbers():
    stored = numbers({"1": {KEY: 0.1, "eval/x": 1.0}, "2": {KEY: 0.2}})
    changed = numbers({"1": {KEY: 0.1, "eval/x": 2.0}, "2": {KEY: 0.2}})
    assert same_tokens(stored, changed)  # one number that differs makes them no others
    assert not same_tokens(stored, numbers({"1": {KEY: 0.1}, "2": {KEY: 0.21}}))
    assert not same_tokens(stored, numbers({"1": {KEY: 0.1}}))
    assert not same_tokens(numbers({"1": {"eval/x": 1.0}}), numbers({"1": {"eval/x": 1.0}}))


# ---------------------------------------------------------------- tokens drawn again


ALONE = "edge_present_rate_by_num_rooms/6"


def of_seeds(shares: list[float], distances: list[float]) -> Numbers:
    pairs = enumerate(zip(shares, distances, strict=True))
    return numbers({str(k): {ALONE: share, KEY: distance} for k, (share, distance) in pairs})


def test_one_wrong_seed_does_not_make_the_others_pass_for_regenerated():
    now = of_seeds([0.41, 0.42, 0.43], [0.11, 0.12, 0.13])
    stored = of_seeds([0.41, 0.42, 0.43], [0.11, 50.0, 0.13])
    assert same_tokens(stored, now)
    check = next(c for c in number_by_number(stored, now) if c.key == KEY)
    assert (check.kind, check.where, check.stored) == ("differs", "seed 1", 50.0)
    assert not same_tokens(of_seeds([0.41, 0.42, 0.43], [9.0, 50.0, 0.13]), now)


def test_same_tokens_against_another_reference_are_told_from_regenerated_ones():
    now = of_seeds([0.41, 0.42, 0.43], [0.11, 0.12, 0.13])
    other_reference = of_seeds([0.41, 0.42, 0.43], [0.21, 0.22, 0.23])
    assert not same_tokens(other_reference, now)
    assert same_tokens_alone(other_reference, now)
    regenerated = of_seeds([0.42, 0.43, 0.41], [0.12, 0.13, 0.11])
    assert not same_tokens(regenerated, now)
    assert not same_tokens_alone(regenerated, now)
    # Shares alone, such as 100 % in every seed, tell nothing.
    full = {str(k): {"eval/connected_rate": 1.0} for k in range(3)}
    assert not same_tokens_alone(numbers(full), numbers(full))


@pytest.mark.parametrize("wrong", [50.0, 0.5, 0.0])
def test_a_grossly_wrong_seed_does_not_hide_in_its_own_spread(wrong):
    stored = of_values(0.110, 0.111, wrong, 0.112, 0.109)
    now = of_values(0.1105, 0.1115, 0.1095, 0.1102, 0.1108)
    check = only(within_spread(stored, now, 100))
    assert (check.kind, check.where, check.stored) == ("differs", "seed 2", wrong)


def test_a_seed_like_the_others_is_not_taken_for_wrong():
    mostly_zero = of_values(0.0, 0.0, 0.0, 1e-4, 0.0)
    check = only(within_spread(mostly_zero, of_values(0.0, 2e-4, 0.0, 0.0, 0.0), 100))
    assert check.kind == "within"


def test_the_bound_by_hand():
    """Seeds 1, 2, 3 and 2, 3, 4: s = 1, and q for one test in 20 with 4 degrees of freedom."""
    check = only(within_spread(of_values(1, 2, 3), of_values(2, 3, 4), 1))
    bound = stats.t.ppf(0.975, 4) * np.sqrt(1 / 3 + 1 / 3)
    assert check == KeyCheck(KEY, "within", "mean", 2.0, 3.0, pytest.approx(bound))
    check = only(within_spread(of_values(1, 2, 3), of_values(4, 5, 6), 1))
    assert check.kind == "differs"
    # Of a hundred keys some differ more by chance.
    check = only(within_spread(of_values(1, 2, 3), of_values(4, 5, 6), 100))
    assert check.kind == "within"
    assert check.bound == pytest.approx(stats.t.ppf(1 - 0.05 / 200, 4) * np.sqrt(2 / 3))


def test_seeds_may_be_fewer_in_one():
    check = only(within_spread(of_values(1, 2, 3), of_values(2), 1))
    assert check.kind == "within"
    assert check.bound == pytest.approx(stats.t.ppf(0.975, 2) * np.sqrt(1 / 3 + 1))


def test_one_seed_each_tells_nothing_of_the_spread():
    assert only(within_spread(of_values(1), of_values(2), 1)) == KeyCheck(
        KEY, "differs", "mean", 1.0, 2.0
    )
    assert only(within_spread(of_values(1), of_values(1), 1)).kind == "identical"


def test_a_number_too_large_to_square_is_no_spread_to_lie_within():
    stored, now = of_values(0.5, 1e308, 0.5), of_values(0.5, 0.6, 0.5)
    assert only(within_spread(stored, now, 1)).kind == "differs"
    assert only(within_spread(now, stored, 1)).kind == "differs"


def test_shares_are_granted_one_sample():
    key = "eval/validity_rate"
    ones, less = of_values(1, 1, 1, key=key), of_values(0.999, 0.999, 0.999, key=key)
    assert only(within_spread(ones, less, 1)).kind == "within"
    assert only(within_spread(ones, of_values(0.9, 0.9, 0.9, key=key), 1)).kind == "differs"
    unknown = replace(ones, num_samples=0), replace(less, num_samples=0)
    assert only(within_spread(*unknown, 1)).kind == "differs"


def test_numbers_that_never_change_are_identical():
    old, new = of_values(716, 716), of_values(716, 716, 716)
    assert only(within_spread(old, new, 1)).kind == "identical"
    assert only(within_spread(old, of_values(343, 343), 1)).kind == "differs"


@pytest.mark.slow
@pytest.mark.parametrize(("shift", "least", "most"), [(0.0, 0.0, 0.08), (8.0, 0.95, 1.0)])
def test_how_often_anything_differs(shift, least, most):
    """Fifty keys, five seeds: 5 % at most where nothing does, nearly always 8 deviations apart."""
    rng, alarms, runs = np.random.default_rng(0), 0, 200
    for _ in range(runs):
        sets = []
        for step in (0.0, shift):
            drawn = rng.normal(size=(5, 50))
            drawn[:, 7] += step
            sets.append(numbers({str(s): {f"eval/{k}": v for k, v in enumerate(row)}
                                 for s, row in enumerate(drawn.tolist())}))  # fmt: skip
        checks = within_spread(*sets, num_tests(*sets))
        alarms += any(check.kind == "differs" for check in checks)
    assert least <= alarms / runs <= most


# ---------------------------------------------------------------- a file by itself


def result(**changes: object) -> Result:
    per_seed = {"1": {KEY: 0.1, "t_by_num_rooms": {"4": 1.0}}, "2": {KEY: 0.3}}
    fields = {
        "format_version": 2,
        "method": "m",
        "timestamp": "",
        "config": {"num_samples": 10},
        "per_seed": per_seed,
        "summary": aggregate(per_seed),
    }
    return Result(fields | changes)


def test_a_summary_is_that_of_its_seeds():
    assert inconsistent_summary(result()) == []
    summary = result().summary
    wrong = summary | {KEY: {"mean": 0.2, "std": 0.2}}
    assert inconsistent_summary(result(summary=wrong)) == [
        KeyCheck(KEY, "differs", "std", 0.2, pytest.approx(0.1))
    ]
    short = {KEY: summary[KEY]}
    assert [c.key for c in inconsistent_summary(result(summary=short))] == ["t_by_num_rooms/4"]
    long = summary | {"eval/x": {"mean": 1.0, "std": 0.0}}
    assert [c.key for c in inconsistent_summary(result(summary=long))] == ["eval/x"]


def test_published_summaries_are_those_of_their_seeds(dev_data):
    from bd_gen.results.result_file import read_result

    paths = list((dev_data / "reference" / "results").glob("*.json"))
    assert paths
    for path in paths:
        assert inconsistent_summary(read_result(path)) == []


def test_intervals_of_another_version_are_not_taken():
    interval = {KEY: {"low": 0.0, "high": 1.0, "se": 0.1, "from": "seeds"}}
    stored = result(ci95=interval, provenance={"intervals_version": 1})
    assert stored_numbers(stored).ci95 == {f"{KEY}/low": 0.0, f"{KEY}/high": 1.0}
    assert stored_numbers(stored, 1).ci95
    assert stored_numbers(stored, 2).ci95 == {}
    assert stored_numbers(stored).num_samples == 10
