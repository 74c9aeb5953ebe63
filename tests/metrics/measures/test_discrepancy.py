import json

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon
from threadpoolctl import threadpool_info, threadpool_limits

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.diagram_set import DiagramSet
from bd_gen.diagrams.tokens import tokens_from_diagrams
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.metrics import Reference, compute_metrics
from bd_gen.metrics.descriptors import DESCRIPTORS, described
from bd_gen.metrics.keys import Fitted
from bd_gen.metrics.measures import discrepancy
from bd_gen.metrics.measures.discrepancy import (
    CLASSIFIERS,
    MIN_DIAGRAMS,
    divergence_bound,
    separate,
    separations,
    training_diagrams,
)

KEYS = {"eval/pgd", *(f"eval/pgd_{name}" for name in DESCRIPTORS)}


def measured(tokens, train, vocabulary):
    reference = Reference(vocabulary, len(train), {}, {})
    reference.refit(train)
    values = compute_metrics(tokens, vocabulary, reference, ["discrepancy"])
    values.pop("pgd_bits", None)
    return values


def test_the_bound_by_hand():
    half = np.full(3, 0.5)
    assert divergence_bound(half, half) == 0
    assert divergence_bound(np.ones(2), np.zeros(5)) == pytest.approx(1, abs=1e-9)
    # ½·(log2 ½ + log2 ¾) / 2 + ... : 1 + ½·(mean(-1, log2 ¾) + log2 ¾)
    expected = 1 + ((-1 + np.log2(0.75)) / 2 + np.log2(0.75)) / 2
    assert divergence_bound(np.array([0.5, 0.75]), np.array([0.25])) == pytest.approx(expected)
    # one that is sure and wrong is punished, but finitely
    assert divergence_bound(np.zeros(1), np.ones(1)) == pytest.approx(1 + np.log2(1e-10))


def test_the_best_classifier_reaches_the_divergence():
    p, q = np.array([5, 3, 2, 0]), np.array([1, 3, 2, 4])
    is_real = p / (p + q)
    found = divergence_bound(np.repeat(is_real, p), np.repeat(is_real, q))
    assert found == pytest.approx(jensenshannon(p, q, base=2) ** 2)
    for worse in (is_real**2, np.clip(is_real, 0.3, 0.6), 0.5 * is_real):
        assert divergence_bound(np.repeat(worse, p), np.repeat(worse, q)) < found


def diagrams_of_two_rooms():
    """Six diagrams that differ in the second room's type alone, and their vocabulary."""
    v = Vocabulary(2)
    kinds = [Diagram(room_types=(0, kind), edges=((0, 1, 2),)) for kind in (1, 2, 3, 7, 9, 11)]
    return tokens_from_diagrams(kinds, v), v


UNIFORM = np.full(6, 1 / 6)
SKEWED = np.array([0.35, 0.25, 0.2, 0.1, 0.06, 0.04])
HALVES = np.array([0.5, 0.3, 0.2, 0, 0, 0])


@pytest.mark.parametrize(
    ("p", "q"),
    [
        (SKEWED, SKEWED),
        (UNIFORM, SKEWED),
        (SKEWED, SKEWED[::-1]),
        (SKEWED, HALVES),
        (HALVES, HALVES[::-1]),
    ],
    ids=["equal", "near", "far", "part of the support", "disjoint"],
)
def test_the_distance_of_enumerable_distributions(p, q):
    rows, v = diagrams_of_two_rooms()
    random = np.random.default_rng(1)
    train, samples = (rows[random.choice(6, 3000, p=share)] for share in (p, q))
    found = measured(samples, train, v)
    exact = jensenshannon(p, q, base=2)
    # A bound from 1,500 held-out diagrams a side is exact to about 0.02, and a little lower.
    assert exact - 0.06 <= found["eval/pgd"] <= exact + 0.03
    assert exact - 0.06 <= found["eval/pgd_types"] <= exact + 0.03
    # relations and the graph are alike in all of them
    assert found["eval/pgd_relations"] == found["eval/pgd_graph"] == 0


def slow_separation(real, drawn):
    """The test once more: rows one by one, scikit-learn's scaler, no masks."""
    from sklearn.preprocessing import StandardScaler

    half = len(real) // 2
    scaler = StandardScaler().fit([*real[:half], *drawn[:half]])
    real, drawn = list(scaler.transform(real)), list(scaler.transform(drawn))

    def bits(name, learn_real, learn_drawn, real, drawn):
        classifier = CLASSIFIERS[name]()
        x = np.array(learn_real + learn_drawn)
        classifier.fit(x, [1] * len(learn_real) + [0] * len(learn_drawn))
        p, q = classifier.predict_proba(real), classifier.predict_proba(drawn)
        return 0.5 * np.mean(np.log2(2 * p[:, 1])) + 0.5 * np.mean(np.log2(2 * q[:, 0]))

    scores = {}
    for name in CLASSIFIERS:
        folds = [
            bits(
                name,
                [row for k, row in enumerate(real[:half]) if k % 4 != fold],
                [row for k, row in enumerate(drawn[:half]) if k % 4 != fold],
                real[fold:half:4],
                drawn[fold:half:4],
            )
            for fold in range(4)
        ]
        scores[name] = sum(folds) / 4
    best = max(scores, key=scores.get)
    held_out = bits(best, real[:half], drawn[:half], real[half:], drawn[half:])
    return best, scores[best], held_out


def test_it_equals_a_plain_implementation(draw):
    source = draw(6, seed=0)
    v = source.vocabulary
    train, samples = source.diagrams(700), source.diagrams(300, tilt=0.7, edge_share=0.5)
    fitted = Fitted(training_diagrams(DiagramSet(train, v)))
    found = separations(DiagramSet(samples, v), fitted)
    # in ascending order, then shuffled
    samples = np.array(sorted(samples.tolist()), np.uint8)[
        np.random.default_rng(0).permutation(300)
    ]
    real = described(DiagramSet(fitted["rows"][:300], v), fitted)
    drawn = described(DiagramSet(samples, v), fitted)
    scores = {}
    for name in DESCRIPTORS:
        classifier, validated, held_out = slow_separation(real[name], drawn[name])
        assert found[name].classifier == classifier
        assert found[name].validated == pytest.approx(validated, abs=1e-6)
        assert found[name].held_out == pytest.approx(held_out, abs=1e-6)
        assert found[name].distance == pytest.approx(max(held_out, 0) ** 0.5, abs=1e-4)
        scores[validated] = max(held_out, 0) ** 0.5
    values = compute_metrics(samples, v, fitted_reference(train, v), ["eval/pgd"])
    assert set(values) == KEYS | {"pgd_bits"}
    for name, separation in found.items():
        assert values["pgd_bits"][name] == separation.held_out
    assert values["eval/pgd"] == pytest.approx(scores[max(scores)], abs=1e-4)
    assert {separation.classifier for separation in found.values()} == set(CLASSIFIERS)


def fitted_reference(train, vocabulary):
    reference = Reference(vocabulary, len(train), {}, {})
    reference.refit(train)
    return reference


def test_the_second_halves_have_no_say_in_the_choice():
    random = np.random.default_rng(2)
    real, drawn = random.normal(0, 1, (200, 3)), random.normal(1, 1, (200, 3))
    spoilt = drawn.copy()
    spoilt[100:] -= 20
    found, other = separate(real, drawn), separate(real, spoilt)
    assert (found.classifier, found.validated) == (other.classifier, other.validated)
    assert found.held_out > 0.1
    assert other.held_out < 0
    assert other.distance == 0


def test_what_is_always_the_same_tells_nothing():
    same = np.ones((100, 4))
    assert separate(same, same).distance == 0
    # nothing to learn from if the first halves are alike
    assert separate(same, np.concatenate([same[:50], same[50:] + 1])).distance == 0


def test_descriptors_say_what_is_wrong(draw):
    source = draw(8, seed=1)
    train = source.diagrams(2000)
    other_types = source.diagrams(400)
    other_types[:, :8] = np.where(other_types[:, :8] == 0, 12, other_types[:, :8])
    found = measured(other_types, train, source.vocabulary)
    assert found["eval/pgd_types"] > 0.5
    assert max(found[f"eval/pgd_{name}"] for name in ("triples", "graph")) < 0.1
    more_edges = measured(source.diagrams(400, edge_share=0.65), train, source.vocabulary)
    assert more_edges["eval/pgd_graph"] > 0.3
    assert more_edges["eval/pgd_types"] < 0.1
    masked = source.diagrams(400)
    masked[:, 8] = np.where(masked[:, 8] == 12, 12, 11)
    found = measured(masked, train, source.vocabulary)
    assert found["eval/pgd_relations"] > 0.6
    for values in (found, more_edges):
        assert values["eval/pgd"] >= 0.9 * max(values.values())


def test_real_rows_score_next_to_nothing_and_independent_tokens_a_lot(draw):
    source = draw(8, seed=4)
    train = source.diagrams(2500)
    # every second room is like the one before it, which no single room's type shows
    for room in (1, 3, 5, 7):
        train[:, room] = np.where(train[:, room] == 14, 14, train[:, room - 1])
    v = source.vocabulary
    again = train[source.random.integers(0, len(train), 500)]
    assert measured(again, train, v)["eval/pgd"] < 0.1
    independent = source.diagrams(500)
    assert measured(independent, train, v)["eval/pgd"] > 0.3
    assert measured(train[:600], train[:600], v)["eval/pgd"] == 0


def test_the_order_of_samples_and_of_training_diagrams_does_not_matter(draw):
    source = draw(5, seed=5)
    train, samples = source.diagrams(300), source.diagrams(200, edge_share=0.7)
    found = measured(samples, train, source.vocabulary)
    assert found["eval/pgd"] > 0.1
    shuffle = source.random.permutation
    assert measured(shuffle(samples), shuffle(train), source.vocabulary) == found


@pytest.mark.parametrize("n_max", [2, 14])
def test_the_number_of_threads_does_not_matter(n_max, draw):
    source = draw(n_max, seed=6)
    train, samples = source.diagrams(300), source.spoilt(200)
    with threadpool_limits(limits=1):
        found = measured(samples, train, source.vocabulary)
    with threadpool_limits(limits=3):
        before = threadpool_info()
        assert measured(samples, train, source.vocabulary) == found
        assert threadpool_info() == before
    json.dumps(found, allow_nan=False)
    assert all(0 <= value <= 1 for value in found.values())


@pytest.mark.parametrize("sizes", [(1, 300), (MIN_DIAGRAMS - 1, 300), (300, MIN_DIAGRAMS - 1)])
def test_of_too_few_diagrams_nothing_is_computed(sizes, draw):
    source = draw(3, seed=7)
    samples, train = source.diagrams(sizes[0], tilt=0), source.diagrams(sizes[1], tilt=3)
    assert measured(samples, train, source.vocabulary) == {}


def test_as_few_as_allowed_do(draw):
    source = draw(3, seed=7)
    samples, train = (source.diagrams(MIN_DIAGRAMS, tilt=tilt) for tilt in (0, 3))
    assert measured(samples, train, source.vocabulary)["eval/pgd"] > 0.3


def test_of_many_samples_a_part_is_measured(draw, monkeypatch):
    monkeypatch.setattr(discrepancy, "MAX_DIAGRAMS", 150)
    source = draw(3, seed=8)
    v = source.vocabulary
    train = DiagramSet(source.diagrams(1000), v)
    fitted = Fitted(training_diagrams(train))
    assert fitted["rows"].shape == (150, v.length)
    assert {row.tobytes() for row in fitted["rows"]} <= {row.tobytes() for row in train.tokens}
    sizes = []

    def note(real, drawn):
        sizes.append((len(real), len(drawn)))
        return separate(real, drawn)

    monkeypatch.setattr(discrepancy, "separate", note)
    for count in (700, 120):
        separations(DiagramSet(source.diagrams(count), v), fitted)
    assert set(sizes) == {(150, 150), (120, 120)}
