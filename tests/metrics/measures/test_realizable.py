"""Shares of samples with a layout: of those asked, by number of rooms, with their intervals."""

import sys
from collections.abc import Iterator

import numpy as np
import pytest
from tests.metrics.replicates import intervals_of_sets

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.tokens import tokens_from_diagrams
from bd_gen.diagrams.vocabulary import NODE_MASK, Vocabulary
from bd_gen.layouts import cp_sat, many
from bd_gen.layouts.asking import Asking
from bd_gen.layouts.search import Status
from bd_gen.metrics import METRICS, DiagramSet, Reference, compute_metrics
from bd_gen.metrics.compute import compute_metric, sample_columns
from bd_gen.metrics.differences import paired_differences
from bd_gen.metrics.registry import select_metrics
from bd_gen.metrics.samples import AskedDiagrams
from bd_gen.metrics.significance import wilson
from bd_gen.system.errors import InputError

V = Vocabulary(4)
METRIC = METRICS["realizable"]
ROW = Diagram((2, 3, 9), ((0, 1, 2), (1, 2, 2)))  # one left of the other
CIRCLE = Diagram((2, 3, 9), ((0, 1, 2), (0, 2, 7), (1, 2, 2)))
NESTED = Diagram((0, 1, 2, 3), ((0, 1, 5), (1, 2, 5)))  # 0 surrounds 2 too, but is apart from it
RATE, LIMIT, ASKED = (key.name for key in METRIC.keys[:3])


def set_of(*diagrams: Diagram, rows: int | None = None) -> DiagramSet:
    return AskedDiagrams(tokens_from_diagrams(diagrams, V), V, Asking(rows))


@pytest.fixture(scope="module")
def reference() -> Reference:
    return Reference.fit(tokens_from_diagrams([ROW], V), V)


def test_by_hand(reference: Reference) -> None:
    samples = set_of(ROW, CIRCLE, NESTED, ROW, Diagram((5,)))
    found = compute_metric(METRIC, samples, reference)
    assert found == {
        RATE: 3 / 5,
        LIMIT: 0.0,
        ASKED: 5.0,
        "realizable_by_num_rooms": {"1": 1.0, "3": 2 / 3, "4": 0.0},
    }
    column = sample_columns(METRIC, samples, reference)["realizable"]
    assert column.tolist() == ["yes", "no", "no", "yes", "yes"]


def test_a_sample_that_is_no_diagram_has_no_layout(reference: Reference) -> None:
    tokens = tokens_from_diagrams([ROW, ROW, ROW, ROW], V)
    tokens[0, 1] = NODE_MASK
    tokens[1] = V.pad_row
    tokens[2, V.n_max] = 200
    samples = AskedDiagrams(tokens.astype(int) * np.array([[1], [1], [-1], [1]]), V, Asking(None))
    assert compute_metric(METRIC, samples, reference)[RATE] == 1 / 4
    column = sample_columns(METRIC, samples, reference)["realizable"]
    assert column.tolist() == ["no", "no", "no", "yes"]


def test_only_the_first_rows_are_asked(reference: Reference) -> None:
    samples = set_of(ROW, CIRCLE, ROW, CIRCLE, NESTED, rows=3)
    found = compute_metric(METRIC, samples, reference)
    assert found[RATE] == 2 / 3
    assert found[ASKED] == 3
    assert found["realizable_by_num_rooms"] == {"3": 2 / 3}
    column = sample_columns(METRIC, samples, reference)["realizable"]
    assert column.tolist() == ["yes", "no", "yes", "not asked", "not asked"]
    # a hundred unless told otherwise
    many = DiagramSet(np.repeat(samples.tokens, 30, axis=0), V)
    assert compute_metric(METRIC, many, reference)[ASKED] == 100


def test_a_limit_of_time_is_counted_apart(
    reference: Reference, monkeypatch: pytest.MonkeyPatch
) -> None:
    solve = many.solve

    def limited(diagram: Diagram, options: object) -> object:
        layout = solve(diagram, options)
        object.__setattr__(layout, "status", Status.TIME_LIMIT)
        return layout

    monkeypatch.setattr(many, "solve", limited)
    tokens = tokens_from_diagrams([ROW, CIRCLE, ROW], V)
    tokens[2, 0] = NODE_MASK
    samples = DiagramSet(tokens, V)
    found = compute_metric(METRIC, samples, reference)
    assert (found[RATE], found[LIMIT]) == (0, 2 / 3)
    column = sample_columns(METRIC, samples, reference)["realizable"]
    assert column.tolist() == ["time limit", "time limit", "no"]


def test_intervals_count_the_samples_asked_alone(reference: Reference) -> None:
    sets = [set_of(ROW, CIRCLE, ROW, ROW, rows=3), set_of(ROW, ROW, CIRCLE, rows=2)]
    entries = [compute_metric(METRIC, samples, reference) for samples in sets]
    found = intervals_of_sets(entries, sets, reference, [METRIC])
    assert found[RATE]["from"] == "wilson"
    assert (found[RATE]["low"], found[RATE]["high"]) == wilson(4, 5)
    assert (found[LIMIT]["low"], found[LIMIT]["high"]) == wilson(0, 5)


def compared(a: DiagramSet, b: DiagramSet, reference: Reference) -> tuple:
    values = [[compute_metric(METRIC, samples, reference)] for samples in (a, b)]
    found = paired_differences([a], [b], *values, reference, [METRIC])
    one = next(one for one in found if one.key == RATE)
    return one.source, one.a, one.b


def test_two_methods_are_compared_on_the_samples_asked(reference: Reference) -> None:
    a = set_of(*[ROW] * 8, CIRCLE, CIRCLE, rows=8)
    b = set_of(*[CIRCLE] * 4, *[ROW] * 6, rows=8)
    assert compared(a, b, reference) == ("paired rates", 1.0, 0.5)
    assert compared(a, a, reference) == ("equal", 1.0, 1.0)
    # other samples of the two were asked, so that they are no pairs
    fewer = set_of(*[CIRCLE] * 4, *[ROW] * 6, rows=6)
    assert compared(a, fewer, reference) == ("rates", 1.0, 2 / 6)


@pytest.fixture
def no_or_tools(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(sys.modules, "ortools", None)
    monkeypatch.setitem(sys.modules, "ortools.sat.python", None)
    cp_sat._ortools.cache_clear()
    yield
    cp_sat._ortools.cache_clear()


@pytest.mark.usefixtures("no_or_tools")
def test_without_or_tools_everything_else_is_computed(reference: Reference) -> None:
    found = compute_metrics(tokens_from_diagrams([ROW, CIRCLE], V), V, reference)
    assert "eval/validity_rate" in found
    assert not {key.name for key in METRIC.keys} & set(found)
    with pytest.raises(InputError, match=r"'realizable' needs ortools: pip install 'bd-gen\["):
        select_metrics([RATE])
