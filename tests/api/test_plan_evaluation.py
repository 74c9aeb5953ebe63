"""The numbers of `bd-gen evaluate PLANS` in Python."""

import pytest

import bd_gen
from bd_gen.data.config import DataConfig
from bd_gen.data.dataset import load_dataset
from bd_gen.exchange.export import export_plans, export_target
from bd_gen.results.plan_evaluation import NamedPlans, evaluate_plans
from bd_gen.results.plan_references import of_data, plans_of_table
from bd_gen.results.references import References
from bd_gen.system.errors import InputError

DATA = DataConfig(num_plans=25)


@pytest.fixture(scope="module")
def plans():
    dataset = load_dataset(DATA)
    return plans_of_table(dataset.table, dataset.split.train)


def test_the_same_numbers_as_the_command(plans, tmp_path):
    named = NamedPlans("some", tuple(plans), None, "0" * 64, "some")
    done = evaluate_plans(named, of_data(DATA, References(DATA)), tmp_path)
    assert bd_gen.evaluate_plans(plans, DATA) == done.result.per_seed["0"]


def test_plans_that_were_written_and_read_have_the_same_numbers(plans, tmp_path):
    path = tmp_path / "plans.jsonl"
    export_plans(plans, export_target(path), 18 / 256)
    again = bd_gen.read_plans(path)
    assert bd_gen.evaluate_plans(again, again) == bd_gen.evaluate_plans(plans, plans)


def test_without_a_reference_what_needs_one_is_left_out(plans):
    alone, beside = bd_gen.evaluate_plans(plans), bd_gen.evaluate_plans(plans, plans)
    assert alone.items() <= beside.items()
    assert len(alone) < len(beside)


def test_some_metrics_by_name(plans):
    everything = bd_gen.evaluate_plans(plans)
    name = next(iter(everything))
    some = bd_gen.evaluate_plans(plans, metrics=name)
    assert name in some
    assert len(some) < len(everything)
    with pytest.raises(InputError, match="is of samples"):
        bd_gen.evaluate_plans(plans, metrics=["validity"])


def test_what_cannot_be_measured(plans):
    with pytest.raises(InputError, match="at least one"):
        bd_gen.evaluate_plans([])
    with pytest.raises(InputError, match="has no layout"):
        bd_gen.evaluate_plans(bd_gen.Diagram("Kitchen"))
    with pytest.raises(InputError, match="scale: expected metres per pixel above 0, got -1"):
        bd_gen.evaluate_plans(plans, scale=-1)
    other = bd_gen.Plan("one", bd_gen.Diagram("kitchen", words="resplan"), plans[0].boxes[:1])
    with pytest.raises(InputError, match="in the words of resplan, and the reference in those of"):
        bd_gen.evaluate_plans(other, plans)
