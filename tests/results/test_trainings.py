"""Means over several trainings of one recipe."""

import math
from pathlib import Path

import pytest
from click.testing import CliRunner

from bd_gen.cli.main import cli
from bd_gen.results.columns import Column
from bd_gen.results.result_file import Result, write_result
from bd_gen.results.scores import scores_of
from bd_gen.results.trainings import FROM_TRAININGS, over_trainings, recipe_of
from bd_gen.system.errors import InputError

KEY, RATE = "eval/node_js", "eval/validity_rate"


def column(name: str, js: float, rate: float = 0.5) -> Column:
    entry = {KEY: js, RATE: rate}
    fields = {
        "format_version": 2,
        "method": name.rpartition("/")[2],
        "timestamp": "2026-02-19T17:46:48",
        "config": {"num_samples": 10},
        "per_seed": {"1": entry, "2": entry},
        "summary": {key: {"mean": value, "std": 0.0} for key, value in entry.items()},
    }
    return Column(name, Result(fields))


THREE = [column("rplan-1/llada", 0.1), column("rplan-2/llada", 0.15), column("rplan-3/llada", 0.2)]


@pytest.mark.parametrize(
    ("label", "recipe"),
    [("rplan-3", "rplan"), ("a_seed12", "a"), ("seed=0", ""), ("small", None), ("v2.b-1", "v2.b")],
)
def test_the_recipe_is_the_label_without_its_number(label: str, recipe: str | None) -> None:
    assert recipe_of(label) == recipe


def test_the_mean_and_its_interval_by_hand() -> None:
    merged, other = over_trainings([*THREE, column("real_held_out", 0.01)])
    assert (merged.name, other.name) == ("rplan (3 trainings)/llada", "real_held_out")
    score = scores_of([merged]).of(KEY, merged.name)
    assert score is not None
    assert score.mean == pytest.approx(0.15)
    half = 4.302653 * 0.05 / math.sqrt(3)  # t with two degrees of freedom, standard deviation 0.05
    assert score.interval == pytest.approx((0.15 - half, 0.15 + half))
    assert (score.source, score.degrees_of_freedom) == (FROM_TRAININGS, 2)


def test_rates_have_the_same_error_model() -> None:
    merged, *_ = over_trainings([column("a-1/m", 0.1, 0.4), column("a-2/m", 0.1, 0.6)])
    score = scores_of([merged]).of(RATE, merged.name)
    assert score is not None
    assert score.interval == (0.0, 1.0)  # two trainings say next to nothing
    assert score.degrees_of_freedom == 1


def test_methods_and_recipes_are_kept_apart() -> None:
    columns = [*THREE, column("rplan-1/random", 0.3), column("small-1/llada", 0.2)]
    assert [c.name for c in over_trainings(columns)] == [
        "rplan (3 trainings)/llada",
        "rplan-1/random",
        "small-1/llada",
    ]


def test_nothing_to_take_the_mean_of_is_told() -> None:
    with pytest.raises(InputError, match="no method has several trainings: their labels end in a"):
        over_trainings([column("a/m", 0.1), column("b/m", 0.1)])


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for one in THREE:
        path = tmp_path / "eval_results" / "loglinear" / f"{one.name}.json"
        path.parent.mkdir(parents=True)
        write_result(path, one.result)
    apart = CliRunner().invoke(cli, ["compare"])
    assert "rplan-2/llada" in apart.output
    merged = CliRunner().invoke(cli, ["compare", "--over-trainings"])
    assert merged.exit_code == 0, merged.output
    assert "rplan (3 trainings)/llada" in merged.output
