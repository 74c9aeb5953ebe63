"""The numbers of `bd-gen evaluate`."""

import numpy as np
import pytest
from tests.rplan import EDGE_MASK

from bd_gen.api.diagram import Diagram, rows_of
from bd_gen.api.evaluation import evaluate
from bd_gen.api.model import usual_method
from bd_gen.data.config import DataConfig
from bd_gen.data.dataset import load_dataset
from bd_gen.diagrams.tokens import diagrams_from_tokens
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.generation.job import GenerationJob, generate
from bd_gen.metrics import registry
from bd_gen.results.evaluate import evaluate_method
from bd_gen.results.references import References
from bd_gen.system.errors import InputError

FEW = ["validity", "novelty"]
PLANS = DataConfig(num_plans=30)


def test_the_same_numbers_as_the_command(model, checkpoint_path, data, tmp_path):
    job = GenerationJob(checkpoint_path, usual_method(), tmp_path, (7,), 25, device="cpu")
    expected = evaluate_method(generate(job).path, References()).result.per_seed["7"]
    drawn = model.sample(25, seed=7)
    assert len(expected) > 20
    for reference in (model, data, load_dataset(data).train):
        assert evaluate(drawn, reference) == expected
    assert evaluate(rows_of(drawn, model.vocabulary), model) == expected


def test_diagrams_against_diagrams(data):
    dataset = load_dataset(data)
    train = diagrams_from_tokens(dataset.train, dataset.vocabulary)
    assert evaluate(train, train, FEW)["eval/novelty"] == 0
    assert evaluate(Diagram("Kitchen"), train, "validity")["eval/validity_rate"] == 1


def test_rows_with_masks_are_measured_as_such(data):
    rows = load_dataset(data).train.copy()
    rows[:, -1] = EDGE_MASK
    whole = evaluate(load_dataset(data).train, data, FEW)
    assert evaluate(rows, data, FEW) != whole


def test_data_that_have_changed_are_told(model):
    object.__setattr__(model.checkpoint, "data_fingerprint", "0" * 16)
    with pytest.warns(UserWarning, match="but the samples were made for data 0000"):
        evaluate(Diagram("Kitchen"), model, "validity")


def test_metrics_that_lack_a_package_are_told(monkeypatch, data):
    monkeypatch.setattr(registry, "can_compute", lambda metric: metric.requires != "ortools")
    monkeypatch.setattr(
        "bd_gen.api.evaluation.can_compute", lambda metric: metric.requires != "ortools"
    )
    with pytest.warns(UserWarning, match="needs ortools: pip install .*; it is left out"):
        assert "eval/realizable_rate" not in evaluate(Diagram("2 Bathroom"), data)


@pytest.mark.parametrize(
    ("samples", "reference", "message"),
    [
        ([], PLANS, "samples: expected at least one diagram, got none"),
        ([7], PLANS, "samples[0]: expected a Diagram, got int"),
        ([], [Diagram("Kitchen")], "samples: expected at least one diagram, got none"),
        ([7], [Diagram("Kitchen")], "samples[0]: expected a Diagram, got int"),
        ("x.pt", [Diagram("Kitchen")], "samples: expected diagrams, got str"),
        (Diagram("Kitchen"), "x.jsonl", "reference: expected diagrams, got str"),
        (Diagram("Kitchen"), [], "reference: expected at least one diagram, got none"),
        (Diagram("9 Bathroom"), PLANS, "samples: a diagram needs 1 to 8 rooms"),
        (np.zeros((0, 3), int), Diagram("Kitchen"), "samples: expected at least one diagram"),
        (np.zeros((2, 3)), Diagram("Kitchen"), "samples: expected integers (N, 3) for up to 2"),
        (np.zeros((2, 3), int), PLANS, "samples: expected integers (N, 36) for up to 8"),
        (np.zeros((2, 4), int), Diagram("Kitchen"), "tokens: no vocabulary has rows of 4"),
        (np.zeros((1, 3), int), np.zeros((1, 6), int), "evaluate: token rows of different"),
        (Diagram("Kitchen"), np.full((1, 3), 13), "reference: row 0 is no complete diagram"),
    ],
)
def test_what_cannot_be_measured_is_told_in_one_line(samples, reference, message):
    with pytest.raises(InputError) as caught:
        evaluate(samples, reference)
    assert str(caught.value).startswith(message)


def test_an_unknown_metric(data):
    with pytest.raises(InputError, match=r"^metric 'valid': not known; did you mean"):
        evaluate(Diagram("Kitchen"), data, ["valid"])


def test_the_smallest_vocabulary_that_holds_all():
    assert Vocabulary(3).length == 6
    one, other = Diagram("Kitchen"), Diagram("3 Bathroom")
    assert evaluate(one, other, FEW) == evaluate(one, [other, other], FEW)
