"""Rejection: the law given that a judge accepts, whatever else is drawn with a sample."""

import numpy as np
import pytest
from tests.rplan import EDGE_MASK, NODE_MASK
from tests.sampling.cases import name_of, sampler_of
from tests.sampling.oracle import Oracle, counts_of, noise_floor, total_variation, visibility_named

from bd_gen.diagrams.tokens import num_rooms_of
from bd_gen.sampling import rejection
from bd_gen.sampling.method import Method, RemaskingSettings
from bd_gen.sampling.noise import attempt_of
from bd_gen.sampling.rejection import Judge, RejectionSampler, Verdict
from bd_gen.sampling.sampler import Sampler
from bd_gen.system.errors import InputError

NO, YES, UNDECIDED = Verdict.REFUSED, Verdict.ACCEPTED, Verdict.UNDECIDED
FIRST_HITTING = Method("first_hitting")
SOME_METHODS = pytest.mark.parametrize(
    "method",
    [
        FIRST_HITTING,
        Method("llada", top_p=0.9, steps=4),
        Method("random", steps=4, remasking=RemaskingSettings("cap", 0.4)),
    ],
    ids=name_of,
)


def by_state(oracle: Oracle, verdicts: np.ndarray) -> Judge:
    """A judge that says of each state of the oracle what `verdicts` does, by its number."""
    return lambda rows: verdicts[oracle.states(rows)].astype(np.int8)


def verdicts_of(oracle: Oracle, shares: tuple[float, float, float], seed: int = 0) -> np.ndarray:
    """A random verdict for each state: refused, accepted, undecided in these shares."""
    rng = np.random.default_rng(seed)
    return rng.choice([NO, YES, UNDECIDED], len(oracle.truth), p=shares)


def sampler_with(
    oracle: Oracle, judge: Judge, method: Method = FIRST_HITTING, given: np.ndarray | None = None
) -> RejectionSampler:
    visibility = visibility_named("loglinear", oracle.vocabulary)
    return RejectionSampler(
        oracle, oracle.vocabulary, visibility, oracle.histogram, method, "cpu", given, judge=judge
    )


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    return Oracle.of_several_sizes(seed=5)


@pytest.fixture(scope="module")
def verdicts(oracle) -> np.ndarray:
    """Half of the states are accepted."""
    return verdicts_of(oracle, (0.4, 0.5, 0.1))


# ---------------------------------------------------------------- the law


def conditional(truth: np.ndarray, verdicts: np.ndarray) -> np.ndarray:
    law = np.where(verdicts == YES, truth, 0)
    return law / law.sum()


def test_the_law_is_that_of_the_model_given_acceptance(oracle, verdicts):
    """Sizes included: how many rooms there are is drawn anew as well."""
    law = conditional(oracle.truth, verdicts)
    kept = sampler_with(oracle, by_state(oracle, verdicts)).draw(42, range(20_000), 20_000)
    states = oracle.states(kept.rows)
    found = total_variation(counts_of(states, len(law)), law)
    assert found < noise_floor(law, 20_000).threshold
    # A method that kept the size of a refused draw would be found out by this test.
    shares = np.array(oracle.histogram) / sum(oracle.histogram)
    sizes = [law[oracle_sizes(oracle) == n].sum() for n in range(4)]
    assert 0.5 * np.abs(np.array(sizes) - shares).sum() > 0.1


def oracle_sizes(oracle: Oracle) -> np.ndarray:
    """(states,) number of rooms of each."""
    return np.concatenate([np.full(p.size, n) for n, p in sorted(oracle.joints.items())])


def test_the_number_of_attempts_is_that_of_independent_draws(oracle, verdicts):
    """Geometric, and undecided ones have their share of those that are refused."""
    judge = by_state(oracle, verdicts)
    tries = sampler_with(oracle, judge).draw(7, range(20_000), 20_000).tries.astype(float)
    yes, undecided = (oracle.truth[verdicts == v].sum() for v in (YES, UNDECIDED))
    deviation = np.sqrt((1 - yes) / yes**2 / 20_000)
    assert abs(tries[:, 0].mean() - 1 / yes) < 5 * deviation
    refused = tries[:, 0].sum() - 20_000
    share = undecided / (1 - yes)
    assert abs(tries[:, 1].sum() / refused - share) < 5 * np.sqrt(share * (1 - share) / refused)


def test_what_is_given_conditions_the_rest_and_fixes_the_size(oracle):
    row = np.array([4, NODE_MASK, 0, EDGE_MASK, 7, EDGE_MASK], np.uint8)
    verdicts = verdicts_of(oracle, (0.6, 0.4, 0.0), seed=1)
    law = conditional(oracle.given(row), verdicts)
    sampler = sampler_with(oracle, by_state(oracle, verdicts), given=row)
    rows = sampler.draw(3, range(20_000), 20_000).rows
    assert (rows[:, [0, 2, 4]] == [4, 0, 7]).all()
    assert set(num_rooms_of(rows, oracle.vocabulary)) == {3}
    found = total_variation(counts_of(oracle.states(rows), len(law)), law)
    assert found < noise_floor(law, 20_000).threshold


# ---------------------------------------------------------------- which attempt


@SOME_METHODS
def test_a_sample_is_its_first_accepted_attempt(oracle, verdicts, method):
    """Attempt 0 is what is drawn without a judge; one attempt after the other by hand."""
    judge = by_state(oracle, verdicts)
    plain = sampler_of(oracle, oracle.vocabulary, oracle.histogram, method)
    assert attempt_of(17, 0) == 17
    kept = sampler_with(oracle, judge, method).draw(42, range(8), 8)
    for k in range(8):
        undecided = 0
        for attempt in range(1000):
            row = plain.sample(42, [attempt_of(k, attempt)])
            verdict = judge(row)[0]
            undecided += verdict == UNDECIDED
            if verdict == YES:
                break
        assert (kept.rows[k] == row[0]).all()
        assert kept.tries[k].tolist() == [attempt + 1, undecided]


@SOME_METHODS
def test_neither_batch_size_nor_order_nor_company_matters(oracle, verdicts, method):
    sampler = sampler_with(oracle, by_state(oracle, verdicts), method)
    whole = sampler.draw(42, range(20), 512)
    for batch_size in (1, 7, 19):
        again = sampler.draw(42, range(20), batch_size)
        assert (again.rows == whole.rows).all()
        assert (again.tries == whole.tries).all()
    chosen = [11, 3, 17, 0]
    part = sampler.draw(42, chosen, 3)
    assert (part.rows == whole.rows[chosen]).all()
    assert (part.tries == whole.tries[chosen]).all()


def timed(monkeypatch: pytest.MonkeyPatch, accepted: np.ndarray) -> tuple[RejectionSampler, list]:
    """A sampler whose attempts (samples, attempts) are accepted or not; and all that it draws."""
    asked: list[int] = []

    def sample(sampler, seed, numbers, *rest):
        asked.extend(numbers)
        sampler.calls_of = np.ones(len(numbers), np.int64)
        good = [accepted[k & 0xFFFFFFFF, k >> 32] for k in numbers]
        return np.repeat(np.array(good, np.uint8)[:, None], sampler.vocabulary.length, axis=1)

    monkeypatch.setattr(Sampler, "sample", sample)
    return sampler_with(Oracle.of_several_sizes(0), lambda rows: rows[:, 0]), asked


@pytest.mark.parametrize("share", [1.0, 0.5, 0.05, 0.01])
@pytest.mark.parametrize("batch_size", [1, 7, 64, 512])
def test_drawing_ahead_changes_nothing_and_costs_little(monkeypatch, share, batch_size):
    accepted = np.random.default_rng(8).random((24, 2000)) < share
    sampler, asked = timed(monkeypatch, accepted)
    kept = sampler.draw(1, range(24), batch_size)
    assert kept.tries[:, 0].tolist() == (accepted.argmax(axis=1) + 1).tolist()
    assert (kept.rows == 1).all()
    assert len(set(asked)) == len(asked), "an attempt was drawn twice"
    needed = int(kept.tries[:, 0].sum())
    assert (sampler.calls_of == kept.tries[:, 0]).all(), "calls of attempts that were not needed"
    assert needed <= len(asked) <= 1.5 * needed + 2 * batch_size


def accepted_at(*attempts: int) -> np.ndarray:
    """Each sample at one attempt, from 1, and at no other."""
    return np.arange(1, 2001) == np.array(attempts)[:, None]


# ---------------------------------------------------------------- where hardly any is accepted


@pytest.mark.parametrize("batch_size", [1, 3, 8, 512])
def test_the_last_attempt_counts_and_one_more_ends_it(monkeypatch, batch_size):
    """By the attempts of each sample alone, not by how many were drawn with it."""
    monkeypatch.setattr(rejection, "MOST_ATTEMPTS", 20)
    last = (1, 20, 3, 20, 1, 1)
    kept = timed(monkeypatch, accepted_at(*last))[0].draw(5, range(6), batch_size)
    assert kept.tries[:, 0].tolist() == list(last)
    late = accepted_at(1, 20, 3, 21, 1, 1)
    with pytest.raises(InputError) as raised:
        timed(monkeypatch, late)[0].draw(5, range(6), batch_size)
    assert str(raised.value) == (
        "eval.only_realizable: none of the first 20 draws of sample 3 of seed 5 can be laid out, "
        "so it could go on for ever; use another checkpoint, give less, or draw without it"
    )


@pytest.mark.parametrize("batch_size", [1, 7, 512])
def test_a_hopeless_model_is_found_out_soon(monkeypatch, batch_size):
    """One sample at a time, not all of the batch two thousand times."""
    sampler, asked = timed(monkeypatch, np.zeros((1000, 2000), bool))
    with pytest.raises(InputError, match="none of the first 2,000 draws of sample 0 of seed 9"):
        sampler.draw(9, range(1000), batch_size)
    assert len(asked) <= rejection.MOST_ATTEMPTS + batch_size


# ---------------------------------------------------------------- who looks on


def test_an_observer_sees_accepted_attempts_alone(oracle, verdicts):
    sampler = sampler_with(oracle, by_state(oracle, verdicts))
    seen: list[np.ndarray] = []
    rows = sampler.sample(42, range(9), 4, observer=lambda state: seen.append(state.copy()))
    by_batch = {len(state): state for state in seen}  # of 4, 4 and 1 samples: the last state each
    assert (by_batch[4] == rows[4:8]).all()
    assert (by_batch[1] == rows[8:]).all()
    sizes = num_rooms_of(rows, oracle.vocabulary).tolist()
    expected = [sizes[:4], sizes[4:8], sizes[8:]]
    assert all(num_rooms_of(state, oracle.vocabulary).tolist() in expected for state in seen)


def test_progress_counts_samples_and_not_attempts(oracle, verdicts):
    told: list[tuple[int, int]] = []
    sampler = sampler_with(oracle, by_state(oracle, verdicts))
    sampler.sample(1, range(10), 4, lambda done, total: told.append((done, total)))
    assert told == [(4, 10), (8, 10), (10, 10)]


def test_no_sample_is_no_trouble(oracle, verdicts):
    kept = sampler_with(oracle, by_state(oracle, verdicts)).draw(1, [])
    assert kept.rows.shape == (0, 6)
    assert kept.tries.shape == (0, 2)
