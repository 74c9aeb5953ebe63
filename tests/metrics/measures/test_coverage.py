import numpy as np
import pytest

from bd_gen.data.config import DataConfig
from bd_gen.data.dataset import load_dataset
from bd_gen.diagrams.canonical import canonical_hashes, renumbered_tokens
from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.diagram_set import DiagramSet, row_keys
from bd_gen.diagrams.tokens import num_rooms_of, tokens_from_diagrams
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.metrics import METRICS, Reference
from bd_gen.metrics.compute import compute_metric, resampled, sample_columns
from bd_gen.metrics.distinct import resampled_distinct
from bd_gen.metrics.keys import Fitted

A = Diagram((0, 3), ((0, 1, 2),))
SAME_ROOMS_OTHER_RELATION = Diagram((0, 3), ((0, 1, 3),))
SAME_ROOMS_OTHER_ORDER = Diagram((3, 0), ((0, 1, 7),))
B = Diagram((0, 3, 3), ((0, 1, 2), (0, 2, 2)))
C = Diagram((0, 1, 2), ((0, 1, 2), (0, 2, 2)))


def test_diversity_counts_distinct_samples(measure):
    found = measure([A, A, SAME_ROOMS_OTHER_RELATION, SAME_ROOMS_OTHER_ORDER])
    assert found["eval/diversity"] == 0.75


def test_novelty_looks_for_the_same_sequence_and_edges(measure):
    samples = [A, SAME_ROOMS_OTHER_RELATION, SAME_ROOMS_OTHER_ORDER, B]
    assert measure(samples, [A, B, B])["eval/novelty"] == 0.5


def test_modes_are_multisets_of_types(measure):
    # training: {0,3} five times, {0,3,3} twice, {0,1,2} once; the samples lack the second
    train = [A] * 3 + [SAME_ROOMS_OTHER_ORDER] * 2 + [B] * 2 + [C]
    found = measure([SAME_ROOMS_OTHER_ORDER, C, Diagram((7, 7))], train)
    assert found["eval/num_training_modes"] == 3
    assert found["eval/num_sample_modes"] == 3
    assert found["eval/mode_coverage"] == pytest.approx(2 / 3)
    assert found["eval/mode_coverage_weighted"] == pytest.approx(6 / 8)


def test_a_sample_of_other_size_covers_nothing(measure):
    found = measure([Diagram((0,)), Diagram((0, 0, 3))], [A])
    assert found["eval/mode_coverage"] == found["eval/mode_coverage_weighted"] == 0


ISOMORPHISM = METRICS["isomorphism"]
UNIQUENESS, NOVELTY = "eval/uniqueness_canonical", "eval/novelty_canonical"

PATH = Diagram((0, 3, 3), ((0, 1, 2), (1, 2, 4)))
A_SWAPPED = Diagram((0, 3, 3), ((0, 2, 2), (1, 2, 5)))  # bathrooms swapped, 4 seen as 5
A_TURNED = Diagram((3, 3, 0), ((0, 1, 4), (0, 2, 7)))
NOT_A = Diagram((0, 3, 3), ((0, 1, 2), (1, 2, 5)))  # the other bathroom is inside
APART = Diagram((0, 1))
VOCABULARY = Vocabulary(4)


def samples_of(*diagrams: Diagram) -> DiagramSet:
    return DiagramSet(tokens_from_diagrams(diagrams, VOCABULARY), VOCABULARY)


@pytest.fixture
def reference() -> Reference:
    return Reference.fit(tokens_from_diagrams([PATH, A_TURNED, APART], VOCABULARY), VOCABULARY)


def test_renumbered_samples_are_neither_different_nor_new(reference, measure):
    found = measure([A_SWAPPED, A_TURNED, NOT_A, NOT_A], [PATH, APART])
    assert found[UNIQUENESS] == 0.5
    assert found[NOVELTY] == 0.5
    assert found["eval/diversity"] == 0.75
    assert found["eval/novelty"] == 1.0
    # the training set keeps one entry for a diagram, whatever the order of its rooms
    assert reference.statistics(ISOMORPHISM)["digests"].shape == (2, 16)


def test_columns_say_which_sample_is_new_and_which_are_alike(reference):
    samples = samples_of(A_SWAPPED, NOT_A, APART, PATH)
    columns = sample_columns(ISOMORPHISM, samples, reference)
    assert columns["novel_canonical"].tolist() == [False, True, False, False]
    hashes = columns["canonical_hash"]
    assert hashes.dtype == np.dtype("<U16")
    assert hashes[0] == hashes[3]
    assert len(set(hashes.tolist())) == 3
    assert hashes.tolist() == canonical_hashes(samples.tokens, VOCABULARY).tolist()


@pytest.mark.parametrize("n_max", [8, 14])
def test_whatever_is_equal_as_a_row_is_equal_here(draw, n_max):
    drawn = draw(n_max, 5)
    tokens = drawn.spoilt(300)
    samples = DiagramSet(np.concatenate([tokens, tokens[:150]]), drawn.vocabulary)
    reference = Reference.fit(drawn.diagrams(50), drawn.vocabulary)
    hashes = sample_columns(ISOMORPHISM, samples, reference)["canonical_hash"].tolist()
    identities = row_keys(samples.identity)
    assert len(set(zip(identities, hashes, strict=True))) == len(set(identities))


def test_broken_samples_count_as_they_stand(reference):
    rows = tokens_from_diagrams([A_SWAPPED, A_SWAPPED, A_SWAPPED, PATH], VOCABULARY)
    rows[1, 2] = 13  # MASK
    rows[2, 9] = 10  # no-edge where PAD belongs: not a real position
    samples = DiagramSet(rows, VOCABULARY)
    columns = sample_columns(ISOMORPHISM, samples, reference)
    assert columns["novel_canonical"].tolist() == [False, True, False, False]
    assert compute_metric(ISOMORPHISM, samples, reference)[UNIQUENESS] == 0.5


def test_uniqueness_under_weights_counts_renumbered_samples_as_one(reference):
    samples = samples_of(PATH, NOT_A, A_SWAPPED, APART, A_TURNED, Diagram((0,)), Diagram((1,)))
    weights = np.array(
        [[1] * 7, [2, 0, 1, 2, 0, 2, 0], [0, 3, 0, 0, 0, 0, 4], [3, 0, 4, 0, 0, 0, 0]]
    )
    found = resampled(ISOMORPHISM, samples, reference, weights)
    assert set(found) == {UNIQUENESS}
    same = np.array([0, 1, 0, 2, 0, 3, 4])
    assert found[UNIQUENESS] == pytest.approx(resampled_distinct(weights, same, 5) / 7)
    value = compute_metric(ISOMORPHISM, samples, reference)[UNIQUENESS]
    assert found[UNIQUENESS][0] == pytest.approx(value) == pytest.approx(5 / 7)
    assert found[UNIQUENESS][3] < value < found[UNIQUENESS][2]  # copies alone, others alone


@pytest.mark.slow
def test_real_plans_in_any_order_of_rooms(dev_data):
    path = dev_data / "real_plans" / "rplan.jsonl.gz"
    if not path.is_file():
        pytest.skip(f"needs {path}")
    dataset = load_dataset(DataConfig(source="plans", path=str(path)))
    vocabulary, tokens = dataset.vocabulary, dataset.test
    random = np.random.default_rng(0).random((len(tokens), vocabulary.n_max))
    is_room = np.arange(vocabulary.n_max) < num_rooms_of(tokens, vocabulary)[:, None]
    order = np.argsort(np.where(is_room, random, 2), axis=1, kind="stable")
    shuffled = renumbered_tokens(tokens, order, vocabulary)
    assert (shuffled != tokens).any(axis=1).mean() > 0.9
    plans, again = DiagramSet(tokens, vocabulary), DiagramSet(shuffled, vocabulary)
    assert (plans.canonical == again.canonical).all()
    # one held-out plan in five is a training plan with its rooms in another order
    fitted = Fitted(ISOMORPHISM.fit(DiagramSet(dataset.train, vocabulary)))
    novelty = ISOMORPHISM.compute(again, fitted)[NOVELTY]
    assert novelty == ISOMORPHISM.compute(plans, fitted)[NOVELTY]
    assert 0.75 < novelty < 0.82
