import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bd_gen.data.config import DataConfig
from bd_gen.data.dataset import load_dataset
from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.diagram_set import DiagramSet
from bd_gen.diagrams.tokens import tokens_from_diagrams, tokens_from_parts
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.metrics.keys import Fitted, NotComputed
from bd_gen.metrics.measures import neighbours as module
from bd_gen.metrics.measures.neighbours import (
    STRUCTURAL,
    TYPED,
    Space,
    structural_features,
    training_diagrams,
    typed_features,
)
from bd_gen.metrics.point_clouds import K, Neighbourhoods, Points
from bd_gen.metrics.registry import METRICS

NAMES = ("precision", "recall", "density", "coverage")
SPACES = pytest.mark.parametrize("space", [STRUCTURAL, TYPED], ids=lambda space: space.name)


def values(space, samples, train) -> list[float]:
    measured = space.measure(samples, Fitted(training_diagrams(train)))
    return [measured[f"eval/{name}{space.suffix}"] for name in NAMES]


def by_brute_force(samples, train) -> list[float]:
    """Precision, recall, density and coverage of coordinate rows, by the definitions."""

    def distance(a, b):
        return math.dist(a, b)

    def radii(rows):
        kth = []
        for i, row in enumerate(rows):
            others = sorted(distance(row, other) for j, other in enumerate(rows) if j != i)
            kth.append(others[min(K, len(others)) - 1] if others else 0.0)
        return kth

    def inside(row, centre, radius):
        return distance(row, centre) <= radius + 1e-9

    train_radii, own_radii = radii(train), radii(samples)
    around = [
        sum(inside(x, y, r) for y, r in zip(train, train_radii, strict=True)) for x in samples
    ]
    others = [
        sum(inside(z, y, r) for z in train) - 1 for y, r in zip(train, train_radii, strict=True)
    ]
    recalled = [
        any(inside(y, x, r) for x, r in zip(samples, own_radii, strict=True)) for y in train
    ]
    covered = [
        any(inside(x, y, r) for x in samples) for y, r in zip(train, train_radii, strict=True)
    ]
    return [
        float(np.mean([count > 0 for count in around])),
        float(np.mean(recalled)),
        float(np.mean(around) / np.mean(others)),
        float(np.mean(covered)),
    ]


@SPACES
@pytest.mark.parametrize("n_max", [3, 8, 14])
def test_values_are_those_of_the_definitions(space, n_max, draw):
    train = DiagramSet(draw(n_max, 1).diagrams(60), Vocabulary(n_max))
    samples = DiagramSet(draw(n_max, 2).diagrams(60, edge_share=0.3, tilt=1.5), Vocabulary(n_max))
    fitted = training_diagrams(train)
    chosen = DiagramSet(fitted["tokens"], train.vocabulary)
    expected = by_brute_force(
        space.features(samples).astype(float).tolist(),
        space.features(chosen).astype(float).tolist(),
    )
    assert values(space, samples, train) == pytest.approx(expected, abs=1e-12)


def made_up_space(coordinates: np.ndarray) -> tuple[Space, DiagramSet]:
    """A space in which diagram k lies at `coordinates[k]`, and all its diagrams."""
    vocabulary = Vocabulary(3)
    number = np.arange(len(coordinates))
    types = np.stack([number // 169, number // 13 % 13, number % 13], axis=1)
    three = np.full(len(number), 3)
    tokens = tokens_from_parts(types, np.full((len(number), 3), 10), three, vocabulary)

    def features(diagrams):
        types = diagrams.room_types.astype(int)
        return coordinates[types @ [169, 13, 1]]

    return Space("made up", features), DiagramSet(tokens, vocabulary)


@pytest.mark.parametrize("shift", [0.0, 0.7])
def test_without_ties_the_package_prdc_agrees(shift, capsys):
    compute_prdc = pytest.importorskip("prdc").compute_prdc
    random = np.random.default_rng(3)
    coordinates = random.normal(size=(500, 4))
    coordinates[250:] += shift
    space, diagrams = made_up_space(coordinates)
    vocabulary = diagrams.vocabulary
    train, samples = (DiagramSet(part, vocabulary) for part in np.split(diagrams.tokens, 2))
    expected = compute_prdc(coordinates[:250], coordinates[250:], nearest_k=K)
    assert values(space, samples, train) == pytest.approx([expected[name] for name in NAMES])


def test_without_ties_a_ball_holds_k_others():
    coordinates = np.random.default_rng(0).normal(size=(40, 2))
    assert Neighbourhoods(Points(coordinates)).occupancy == K


def test_points_on_a_line():
    # train points 0..5, so each ball reaches to the farthest: radii 5 4 3 3 4 5
    line = np.array([0, 1, 2, 3, 4, 5, 2.5, -3, 8, 20, 20, 20])[:, None]
    space, diagrams = made_up_space(line)
    train, samples = (
        DiagramSet(part, diagrams.vocabulary) for part in np.split(diagrams.tokens, 2)
    )
    precision, recall, density, coverage = values(space, samples, train)
    # 2.5 lies in all six balls, -3 in those of 0 and 1, 8 in those of 4 and 5, 20 in none.
    # The ball of 1 ends at -3, that of 4 at 8: the border counts.
    assert precision == 0.5
    assert density == pytest.approx((6 + 2 + 2) / 6 / 5)
    assert recall == 1  # 2.5 has to reach to 20 for its fifth neighbour
    assert coverage == 1


def test_equal_points_are_in_one_anothers_balls():
    # Train: seven at 0, whose balls have radius 0 and hold six others, and one at 1, whose ball
    # reaches to 0 and holds seven.
    line = np.array([0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0.5, 2, 3, 3, 3, 3])[:, None]
    space, diagrams = made_up_space(line)
    train, samples = (
        DiagramSet(part, diagrams.vocabulary) for part in np.split(diagrams.tokens, 2)
    )
    precision, recall, density, coverage = values(space, samples, train)
    assert precision == 0.5
    # 0 is in eight balls; 1, 0.5 and 2 in one each
    assert density == pytest.approx((8 + 1 + 1 + 1) / 8 / ((7 * 6 + 7) / 8))
    assert coverage == recall == 1
    # 3 alone, eight times: its balls have radius 0
    crowd = DiagramSet(np.repeat(diagrams.tokens[12:13], 8, axis=0), diagrams.vocabulary)
    assert values(space, crowd, train) == [0, 0, 0, 0]


def test_floats_that_differ_by_rounding_are_one_point():
    points = Points(np.array([[0.1 + 0.2], [0.3], [0.3 + 1e-6]]))
    assert points.counts.tolist() == [2, 1]
    assert points.row_of[0] == points.row_of[1]


@SPACES
def test_training_diagrams_overlap_with_themselves(space, draw):
    train = DiagramSet(draw(8, 0).diagrams(100), Vocabulary(8))
    precision, recall, density, coverage = values(space, train, train)
    assert precision == recall == coverage == 1
    # each lies in its own ball too, which others do not count
    reference = Neighbourhoods(Points(space.features(train)))
    assert density == pytest.approx((reference.occupancy + 1) / reference.occupancy)


@SPACES
def test_far_away_samples_have_nothing_in_common(space):
    vocabulary = Vocabulary(6)
    lonely = [Diagram((k % 3,)) for k in range(10)]
    full = [Diagram((9,) * 6, tuple((i, j, 1) for i, j in combinations(range(6), 2)))] * 10
    train, samples = (
        DiagramSet(tokens_from_diagrams(part, vocabulary), vocabulary) for part in (lonely, full)
    )
    assert values(space, samples, train) == [0, 0, 0, 0]


def test_typed_features_of_one_diagram():
    # kitchen (2) left-above living room (0), which is above another kitchen
    vocabulary = Vocabulary(4)
    diagram = Diagram((2, 0, 2), ((0, 1, 0), (1, 2, 3)))
    row = typed_features(DiagramSet(tokens_from_diagrams([diagram], vocabulary), vocabulary))[0]
    assert dict(zip(np.flatnonzero(row).tolist(), row[row > 0].tolist(), strict=True)) == {
        0: 1,
        2: 2,
        14 + 0 * 14 + 2: 2,  # living room and kitchen, twice
        14 + 196 + 2 * 10 + 0: 1,  # a kitchen is left-above,
        14 + 196 + 0 * 10 + 9: 1,  # so the living room right-below
        14 + 196 + 0 * 10 + 3: 1,  # it is above
        14 + 196 + 2 * 10 + 6: 1,  # the other kitchen, which is below
    }


def test_rooms_without_a_type_are_counted_apart():
    vocabulary = Vocabulary(2)
    tokens = np.array([[13, 3, 4]], np.uint8)  # MASK inside a bathroom
    row = typed_features(DiagramSet(tokens, vocabulary))[0]
    pair, ends = 14 + 3 * 14 + 13, 14 + 196
    expected = sorted([3, 13, pair, ends + 13 * 10 + 4, ends + 3 * 10 + 5])
    assert np.flatnonzero(row).tolist() == expected


def renumbered(tokens: np.ndarray, vocabulary: Vocabulary, order) -> np.ndarray:
    """One complete diagram's tokens with its rooms in another order."""
    n = len(order)
    label = np.full((vocabulary.n_max, vocabulary.n_max), 10)
    for slot, (i, j) in enumerate(zip(vocabulary.edge_rows, vocabulary.edge_cols, strict=True)):
        relation = int(tokens[vocabulary.n_max + slot])
        if relation < 10:
            label[i, j], label[j, i] = relation, 9 - relation
    types = tuple(int(tokens[room]) for room in order)
    edges = tuple(
        (i, j, int(label[order[i], order[j]]))
        for i, j in combinations(range(n), 2)
        if label[order[i], order[j]] < 10
    )
    return tokens_from_diagrams([Diagram(types, edges)], vocabulary)[0]


@given(seed=st.integers(0, 10_000), n_max=st.sampled_from([4, 8, 14]), data=st.data())
def test_the_order_of_the_rooms_does_not_matter(seed, n_max, data, draw):
    vocabulary = Vocabulary(n_max)
    tokens = draw(n_max, seed).diagrams(1)
    num_rooms = int(DiagramSet(tokens, vocabulary).num_rooms[0])
    order = data.draw(st.permutations(range(num_rooms)))
    other = renumbered(tokens[0], vocabulary, order)
    both = DiagramSet(np.stack([tokens[0], other]), vocabulary)
    typed = typed_features(both)
    assert np.array_equal(typed[0], typed[1])
    structural = structural_features(both)
    assert structural[0] == pytest.approx(structural[1], abs=1e-12)
    assert len(Points(structural).rows) == 1


@SPACES
@pytest.mark.parametrize("n_max", [1, 4, 14])
def test_any_tokens_can_be_measured(space, n_max, draw):
    source = draw(n_max, 5)
    train = DiagramSet(source.diagrams(50), source.vocabulary)
    found = values(space, DiagramSet(source.spoilt(80), source.vocabulary), train)
    assert all(math.isfinite(value) for value in found)
    assert all(0 <= found[k] <= 1 for k in (0, 1, 3))


@SPACES
def test_samples_without_a_room_are_near_to_nothing(space, draw):
    vocabulary = Vocabulary(4)
    rows = draw(4, 0).diagrams(30)
    train, empty = DiagramSet(rows, vocabulary), np.tile(vocabulary.pad_row, (30, 1))
    nothing = values(space, DiagramSet(empty, vocabulary), train)
    assert nothing == [NotComputed("5 or fewer samples with a room")] * 4
    half = DiagramSet(np.concatenate([empty, rows]), vocabulary)
    column = space.columns(half, Fitted(training_diagrams(train)))[f"near_training{space.suffix}"]
    assert column.tolist() == [False] * 30 + [True] * 30
    assert values(space, half, train)[0] == 0.5


@SPACES
def test_a_training_set_without_rooms_holds_nothing(space, draw):
    vocabulary = Vocabulary(4)
    empty = DiagramSet(np.tile(vocabulary.pad_row, (5, 1)), vocabulary)
    nothing = values(space, DiagramSet(draw(4, 0).diagrams(9), vocabulary), empty)
    assert nothing == [NotComputed("5 or fewer training diagrams")] * 4


@SPACES
def test_training_diagrams_that_are_all_equal_hold_their_equals(space):
    vocabulary = Vocabulary(3)
    one, other = Diagram((0, 1), ((0, 1, 3),)), Diagram((0, 1, 2))
    train = DiagramSet(tokens_from_diagrams([one] * 6, vocabulary), vocabulary)
    samples = DiagramSet(tokens_from_diagrams([one] * 3 + [other] * 3, vocabulary), vocabulary)
    # the samples' balls reach to each other, so they hold the training diagrams
    found = values(space, samples, train)
    assert (found[0], found[1], found[3]) == (0.5, 1, 1)


@SPACES
def test_as_many_training_diagrams_take_part_as_there_are_samples(space, draw):
    source = draw(8, 1)
    fitted = Fitted(training_diagrams(DiagramSet(source.diagrams(200), source.vocabulary)))
    samples = DiagramSet(source.diagrams(40), source.vocabulary)
    few = Fitted({"tokens": fitted["tokens"][:40]})
    assert space.measure(samples, fitted) == space.measure(samples, few)
    more = DiagramSet(source.diagrams(80), source.vocabulary)
    assert space.measure(more, fitted) != space.measure(more, few)


def test_up_to_a_thousand_training_diagrams_are_drawn(draw):
    source = draw(8, 1)
    rows = np.concatenate([source.diagrams(1500), np.tile(source.vocabulary.pad_row, (9, 1))])
    chosen = training_diagrams(DiagramSet(rows, source.vocabulary))["tokens"]
    assert chosen.shape == (1000, source.vocabulary.length)
    assert (DiagramSet(chosen, source.vocabulary).num_rooms > 0).all()
    # from all of them, not the first ones
    first = {bytes(row) for row in rows[:1000]}
    assert sum(bytes(row) in first for row in chosen) < 900


@SPACES
def test_neighbourhoods_are_drawn_around_some_of_many_samples(space, draw, monkeypatch):
    sizes = []

    def noted(points):
        sizes.append(len(points))
        return Neighbourhoods(points)

    source = draw(4, 2)
    fitted = Fitted(training_diagrams(DiagramSet(source.diagrams(60), source.vocabulary)))
    monkeypatch.setattr(module, "MAX_DIAGRAMS", 50)
    monkeypatch.setattr(module, "Neighbourhoods", noted)
    tokens = source.diagrams(200)
    found = [space.measure(DiagramSet(tokens, source.vocabulary), fitted) for _ in range(2)]
    assert sorted(sizes) == [50, 50, 60]
    assert found[0] == found[1]


@SPACES
def test_many_samples_are_measured_in_parts(space, draw, monkeypatch):
    source = draw(4, 2)
    fitted = Fitted(training_diagrams(DiagramSet(source.diagrams(60), source.vocabulary)))
    tokens = source.spoilt(1100)
    whole = space.measure(DiagramSet(tokens, source.vocabulary), fitted)
    assert whole[f"eval/precision{space.suffix}"] * 1100 == pytest.approx(
        space.columns(DiagramSet(tokens, source.vocabulary), fitted)[
            f"near_training{space.suffix}"
        ].sum()
    )
    monkeypatch.setattr(module, "_CHUNK", 250)
    assert space.measure(DiagramSet(tokens, source.vocabulary), fitted) == whole


@pytest.mark.parametrize("name", ["neighbours", "typed_neighbours"])
def test_columns_and_weights_of_one_give_the_values_themselves(name, draw):
    metric, source = METRICS[name], draw(8, 3)
    fitted = Fitted(training_diagrams(DiagramSet(source.diagrams(150), source.vocabulary)))
    samples = DiagramSet(source.spoilt(150), source.vocabulary)
    found = metric.compute(samples, fitted)
    key = metric.keys[0]
    assert metric.per_sample(samples, fitted)[key.column].mean() == found[key.name]
    weights = np.ones((2, 150), int)
    weights[1, :50], weights[1, 50:100] = 2, 0
    (density,) = metric.resample(samples, fitted, weights)
    resampled = metric.resample(samples, fitted, weights)[density]
    assert resampled[0] == found[density]
    twice = np.concatenate([samples.tokens[:50]] * 2 + [samples.tokens[100:]])
    again = metric.compute(DiagramSet(twice, source.vocabulary), fitted)
    assert resampled[1] == pytest.approx(again[density], abs=1e-12)


def test_plans_are_nearer_to_plans_than_independent_rooms_and_relations(tmp_path):
    dataset = load_dataset(DataConfig(num_plans=1500, cache_dir=str(tmp_path)))
    v, random = dataset.vocabulary, np.random.default_rng(0)
    train = DiagramSet(dataset.train, v)
    held_out = DiagramSet(np.concatenate([dataset.test, dataset.validation]), v)
    count = len(held_out)
    types = random.choice(train.room_types[train.room_types < 13], (count, v.n_max))
    edges = train.tokens[:, v.n_max :]
    relations = random.choice(edges[edges < 11], (count, v.num_edges))
    marginals = DiagramSet(tokens_from_parts(types, relations, held_out.num_rooms, v), v)
    for space in (STRUCTURAL, TYPED):
        real, independent = values(space, held_out, train), values(space, marginals, train)
        for k in (0, 2, 3):  # recall is generous to scattered samples
            assert real[k] > independent[k] + 0.2
