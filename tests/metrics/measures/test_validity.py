import sys
from collections.abc import Iterator

import numpy as np
import pytest
from tests.metrics.replicates import intervals_of_sets
from tests.rplan import FORBIDDEN_OUTER_TYPES, NODE_MASK, ROOM_TYPES

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.soundness import is_connected
from bd_gen.diagrams.tokens import tokens_from_diagrams
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.layouts import cp_sat, many
from bd_gen.layouts.realizable import Asking
from bd_gen.layouts.search import Status
from bd_gen.metrics import METRICS, DiagramSet, Reference, compute_metrics
from bd_gen.metrics.compute import compute_metric, sample_columns
from bd_gen.metrics.differences import paired_differences
from bd_gen.metrics.measures.validity import validity, validity_checks
from bd_gen.metrics.registry import select_metrics
from bd_gen.metrics.samples import AskedDiagrams
from bd_gen.metrics.significance import wilson
from bd_gen.system.errors import InputError

INSIDE, SURROUNDING = 4, 5
LIVING, MASTER, KITCHEN, BATHROOM = 0, 1, 2, 3


@pytest.mark.parametrize(
    ("types", "relation", "allowed"),
    [
        ((LIVING, BATHROOM), INSIDE, False),  # a living room inside a bathroom
        ((LIVING, BATHROOM), SURROUNDING, True),  # a living room around a bathroom
        ((BATHROOM, LIVING), INSIDE, True),
        ((BATHROOM, LIVING), SURROUNDING, False),
        ((MASTER, LIVING), INSIDE, True),  # the box of an L-shaped living room wraps others
        ((KITCHEN, MASTER), INSIDE, False),
        ((LIVING, BATHROOM), 3, True),  # above is no containment
    ],
)
def test_one_edge(measure, types, relation, allowed):
    found = measure([Diagram(types, ((0, 1, relation),))])
    assert found["eval/inside_validity"] == float(allowed)


def test_one_forbidden_edge_spoils_a_sample(measure):
    good = Diagram((LIVING, BATHROOM, BATHROOM), ((0, 1, SURROUNDING), (0, 2, SURROUNDING)))
    bad = Diagram((LIVING, BATHROOM, BATHROOM), ((0, 1, SURROUNDING), (0, 2, INSIDE)))
    assert measure([good, bad, good, good])["eval/inside_validity"] == 0.75


def test_the_table_is_the_published_one(oracle):
    pairs = {(inner, outer) for inner, outers in FORBIDDEN_OUTER_TYPES.items() for outer in outers}
    assert pairs == oracle.FORBIDDEN_PAIRS
    assert len(pairs) == 69
    assert all(inner != outer for inner, outer in pairs)
    assert ROOM_TYPES[0] == "LivingRoom"


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


ONE_ROOM = Diagram((0,))
CHAIN = Diagram((0, 3, 2), ((0, 1, 2), (1, 2, 9)))
IN_TWO_PARTS = Diagram((0, 3, 2, 7), ((0, 1, 2), (2, 3, 9)))
TWO_LIVING_ROOMS = Diagram((0, 0), ((0, 1, 2),))
TWO_ENTRANCES = Diagram((10, 10), ((0, 1, 2),))
FOUR_KITCHENS = Diagram((2, 2, 2, 2), ((0, 1, 2), (1, 2, 2), (2, 3, 2)))


def diagram_set(*diagrams: Diagram) -> DiagramSet:
    vocabulary = Vocabulary(4)
    return DiagramSet(tokens_from_diagrams(diagrams, vocabulary), vocabulary)


@pytest.mark.parametrize(
    ("diagram", "connected", "valid_types"),
    [
        (ONE_ROOM, True, True),
        (CHAIN, True, True),
        (IN_TWO_PARTS, False, True),
        (TWO_LIVING_ROOMS, True, False),
        (TWO_ENTRANCES, True, False),
        (FOUR_KITCHENS, True, True),
    ],
)
def test_checks_of_one_diagram(diagram, connected, valid_types):
    checks = {name: bool(value[0]) for name, value in validity_checks(diagram_set(diagram)).items()}
    assert checks == {
        "connected": connected,
        "consistent": True,
        "valid_types": valid_types,
        "no_mask_tokens": True,
        "no_out_of_range": True,
        "overall": connected and valid_types,
    }


@pytest.mark.parametrize(
    ("position", "token", "no_mask", "in_range"),
    [
        (0, 13, False, True),
        (4, 11, False, True),
        (0, 77, True, False),
        (4, 12, True, False),
    ],
)
def test_a_broken_sample_fails_everything(position, token, no_mask, in_range):
    tokens = diagram_set(CHAIN).tokens.copy()
    tokens[0, position] = token
    checks = validity_checks(DiagramSet(tokens, Vocabulary(4)))
    passed = {name for name, value in checks.items() if value[0]}
    expected = {"no_mask_tokens"} if no_mask else set()
    assert passed == expected | ({"no_out_of_range"} if in_range else set())


def test_rates_over_all_and_by_number_of_rooms():
    found = validity(diagram_set(CHAIN, IN_TWO_PARTS, FOUR_KITCHENS, TWO_ENTRANCES))
    assert found["eval/validity_rate"] == 0.5
    assert found["eval/connected_rate"] == 0.75
    assert found["eval/valid_types_rate"] == 0.75
    assert found["eval/no_mask_rate"] == 1
    assert list(found["validity_by_num_rooms"]) == ["2", "3", "4"]
    assert found["validity_by_num_rooms"]["4"] == {
        "connected": 0.5,
        "consistent": 1.0,
        "valid_types": 1.0,
        "no_mask_tokens": 1.0,
        "no_out_of_range": 1.0,
        "overall": 0.5,
    }


def test_connectivity_of_many_random_graphs(oracle, draw):
    for n_max in (1, 2, 8, 32):
        source = draw(n_max, seed=n_max)
        tokens = source.diagrams(300, edge_share=2 / n_max)
        found = is_connected(DiagramSet(tokens, source.vocabulary))
        expected = [oracle.connected(oracle.parse(row, n_max)) for row in tokens]
        assert np.array_equal(found, expected)
