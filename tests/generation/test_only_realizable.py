"""Only realizable: the solver as the judge, and such samples on their way into a file."""

import sys
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from tests.generation.checkpoints import Counted, files_in, small_checkpoint
from tests.generation.test_interruptions import Stop
from tests.rplan import NODE_MASK

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.tokens import diagrams_from_tokens, tokens_from_diagrams
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.generation import only_realizable
from bd_gen.generation.animating import trajectory_of
from bd_gen.generation.batch import BatchTask, run_batch
from bd_gen.generation.engines import ProcessEngine
from bd_gen.generation.in_memory import draw, sampler_for
from bd_gen.generation.job import GenerationJob, generate
from bd_gen.generation.only_realizable import LayoutJudge, check_solver
from bd_gen.generation.suites import read_suite
from bd_gen.layouts import cp_sat
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.search import Status
from bd_gen.layouts.solver import solve
from bd_gen.results.rejection import Rejection
from bd_gen.results.samples_file import read_samples
from bd_gen.sampling import rejection
from bd_gen.sampling.conditions import Condition, condition_from_rooms
from bd_gen.sampling.method import Method
from bd_gen.sampling.noise import attempt_of
from bd_gen.sampling.rejection import Verdict
from bd_gen.system.errors import InputError
from bd_gen.training.checkpoint import load_checkpoint

pytest.importorskip("ortools")

METHOD = Method("random", steps=5, only_realizable=True)
NEEDS = "eval.only_realizable needs OR-tools: pip install 'bd-gen[layout]'"
A_LAYOUT = SolverOptions(improve_effort=0.0)
"""Any; not all can be made a plan that tiles."""
V = Vocabulary(4)
ROW = Diagram((0, 2, 3), ((0, 1, 2), (1, 2, 2)))  # left-of, left-of
CIRCLE = Diagram((0, 2, 3), ((0, 1, 2), (1, 2, 2), (0, 2, 7)))  # ... and back again


@pytest.fixture
def job(job: GenerationJob) -> GenerationJob:
    return replace(job, method=METHOD)


@pytest.fixture
def no_or_tools(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(only_realizable, "has_solver", lambda: False)
    monkeypatch.setitem(sys.modules, "ortools", None)
    monkeypatch.setitem(sys.modules, "ortools.sat.python", None)
    cp_sat._ortools.cache_clear()
    yield
    cp_sat._ortools.cache_clear()


# ---------------------------------------------------------------- the judge


def test_the_judge_says_what_the_solver_says():
    tokens = tokens_from_diagrams([ROW, CIRCLE, ROW], V)
    tokens[2, 0] = NODE_MASK
    assert LayoutJudge(V)(tokens).tolist() == [
        Verdict.ACCEPTED,
        Verdict.REFUSED,
        Verdict.REFUSED,  # no complete diagram
    ]
    drawn = draw(small_checkpoint(), Method("first_hitting"), 40)
    verdicts = LayoutJudge(V)(tokens_from_diagrams(drawn, V))
    expected = [solve(diagram, A_LAYOUT).status is Status.REALIZABLE for diagram in drawn]
    assert (verdicts == Verdict.ACCEPTED).tolist() == expected
    assert 0 < sum(expected) < 40


def test_what_the_solver_cannot_decide_is_not_taken_for_refused(monkeypatch):
    monkeypatch.setattr(only_realizable, "_NO_CLOCK", SolverOptions(effort_limit=1e-12))
    judge = LayoutJudge(V)
    assert judge(tokens_from_diagrams([ROW], V)).tolist() == [Verdict.UNDECIDED]
    monkeypatch.undo()
    # ... nor remembered: with more effort it is decided.
    assert judge(tokens_from_diagrams([ROW], V)).tolist() == [Verdict.ACCEPTED]


def test_proven_answers_are_remembered_within_bounds(monkeypatch):
    asked = []
    original = only_realizable.realizable

    def counting(*rest, cache, **more):
        asked.append(len(cache.answers))
        return original(*rest, cache=cache, **more)

    monkeypatch.setattr(only_realizable, "realizable", counting)
    monkeypatch.setattr(only_realizable, "_MOST_KNOWN", 1)
    judge = LayoutJudge(V)
    for diagrams in ([ROW], [ROW, CIRCLE], [ROW], [ROW]):
        judge(tokens_from_diagrams(diagrams, V))
    assert asked == [0, 1, 0, 1]  # two are more than one: thrown away, and learnt anew


# ---------------------------------------------------------------- the file


def test_what_is_in_the_file(job):
    """Attempt by attempt, as drawn by hand with the solver asked about each."""
    job = replace(job, num_samples=4)
    done = generate(job)
    assert done.path.name == "random_temp1.0_no_remask_realizable_samples.pt"
    samples = read_samples(job.path)
    assert samples.method == "random_temp1.0_no_remask_realizable"
    assert samples.config["only_realizable"] is True
    checkpoint = load_checkpoint(job.checkpoint_path)
    plain = sampler_for(checkpoint, replace(METHOD, only_realizable=False), None, "cpu")
    expected = {}
    for seed in job.seeds:
        attempts = 0
        for k in range(job.num_samples):
            for attempt in range(1000):
                row = plain.sample(seed, [attempt_of(k, attempt)])
                attempts += 1
                (diagram,) = diagrams_from_tokens(row, samples.vocabulary)
                if solve(diagram, A_LAYOUT).status is Status.REALIZABLE:
                    break
            assert (samples.per_seed[seed].tokens[k] == row[0]).all()
        expected[seed] = Rejection(attempts, attempts - job.num_samples, 0)
    assert samples.rejection == expected == done.rejection
    assert all(one.refused > 0 for one in expected.values())


def test_undecided_ones_are_counted_apart(job, monkeypatch):
    """Every second diagram of those refused, by what the judge makes of them."""
    said = []
    original = LayoutJudge.__call__

    def judge(self, rows):
        verdicts = original(self, rows)
        refused = np.flatnonzero(verdicts == Verdict.REFUSED)[::2]
        verdicts[refused] = Verdict.UNDECIDED
        said.extend(verdicts.tolist())
        return verdicts

    monkeypatch.setattr(LayoutJudge, "__call__", judge)
    one = replace(job, seeds=(42,), batch_size=1)  # nothing is drawn ahead
    generate(one)
    assert read_samples(one.path).rejection[42] == Rejection(
        len(said), said.count(Verdict.REFUSED), said.count(Verdict.UNDECIDED)
    )


def contents(job: GenerationJob) -> tuple[list, dict]:
    samples = read_samples(job.path)
    return [samples.per_seed[s].tokens.tolist() for s in job.seeds], samples.rejection


@pytest.mark.parametrize("batch_size", [1, 7, 512])
def test_batch_size_does_not_matter(job, batch_size):
    generate(job)
    other = replace(job, batch_size=batch_size, directory=job.directory.parent / "other")
    generate(other)
    assert contents(other) == contents(job)


def test_after_an_interruption_tokens_and_counts_are_the_same(job, monkeypatch):
    undisturbed = replace(job, directory=job.directory.parent / "undisturbed")
    generate(undisturbed)
    for after in (10, 40):
        with pytest.raises(KeyboardInterrupt):
            generate(job, progress=Stop(after))
    counted = Counted(monkeypatch)
    generate(job)
    assert 20 <= counted.drawn < 200
    assert contents(job) == contents(undisturbed)
    assert files_in(job.directory) == [job.path.name]


def test_unfinished_work_without_the_option_is_not_taken_for_it(job):
    free = replace(job, method=replace(METHOD, only_realizable=False))
    with pytest.raises(KeyboardInterrupt):
        generate(free, progress=Stop(20))
    generate(job)
    generate(free)
    assert contents(free) != contents(job)
    assert read_samples(free.path).rejection == {}


@pytest.mark.slow
def test_processes_draw_the_same(job):
    generate(job)
    other = replace(job, directory=job.directory.parent / "other")
    engine = ProcessEngine(2)
    try:
        generate(other, engine=engine)
    finally:
        engine.close()
    assert contents(other) == contents(job)


def test_a_second_start_draws_nothing(job, monkeypatch):
    generate(job)
    counted = Counted(monkeypatch)
    assert not generate(job).is_new
    assert counted.drawn == 0


def test_given_rooms_are_kept_and_everything_has_a_layout(job):
    condition = condition_from_rooms("Kitchen, Bathroom").with_rooms(3)
    generate(replace(job, condition=condition))
    tokens = read_samples(job.path).per_seed[42].tokens
    assert (tokens[:, :2] == [2, 3]).all()
    assert (LayoutJudge(V)(tokens) == Verdict.ACCEPTED).all()


def test_a_trajectory_is_that_of_the_accepted_attempt():
    checkpoint = small_checkpoint()
    drawn = draw(checkpoint, METHOD, 12, seed=3)
    attempts = sampler_for(checkpoint, METHOD).draw(3, range(12)).tries[:, 0]
    sample = int(np.argmax(attempts))
    assert attempts[sample] > 1
    way = trajectory_of(checkpoint, METHOD, seed=3, sample=sample)
    assert way.diagram == drawn[sample]
    assert way.calls[0] == 0
    assert set(np.diff(way.calls)) <= {0, 1}


# ---------------------------------------------------------------- what cannot be


def test_a_condition_that_has_no_layout_ends_in_one_line(job, monkeypatch):
    monkeypatch.setattr(rejection, "MOST_ATTEMPTS", 25)
    # 0 around 1 around 2, but not joined to it; the fourth room is free
    known = ((0, 1, 5), (1, 2, 5), (0, 2, 10))
    impossible = Condition((0, 2, 3), known).with_rooms(4)
    with pytest.raises(InputError, match="none of the first 25 draws of sample 0 of seed 42 can"):
        generate(replace(job, condition=impossible))
    assert not job.path.exists()


@pytest.mark.usefixtures("no_or_tools")
def test_without_or_tools_nothing_is_drawn(job, monkeypatch):
    counted = Counted(monkeypatch)
    with pytest.raises(InputError) as raised:
        generate(job)
    assert str(raised.value) == NEEDS
    with pytest.raises(InputError, match="needs OR-tools"):
        draw(small_checkpoint(), METHOD, 1)
    check_solver(replace(METHOD, only_realizable=False))
    assert counted.drawn == 0
    assert files_in(job.directory.parent) == []


class Quiet:
    """A watcher of a batch that keeps the failures."""

    def __getattr__(self, _):
        return lambda *_: None


@pytest.mark.usefixtures("no_or_tools")
def test_without_or_tools_a_batch_stops_before_its_first_method(job, monkeypatch):
    """Also where the one that needs it comes last."""
    counted = Counted(monkeypatch)
    checkpoint = load_checkpoint(job.checkpoint_path)
    free = replace(job, method=replace(METHOD, only_realizable=False))
    tasks = [BatchTask(one, checkpoint) for one in (free, job)]
    failures = run_batch(tasks, Quiet(), lambda _: None)
    assert [(f.name, f.problem) for f in failures] == [(job.method.name, NEEDS)]
    assert counted.drawn == 0
    assert len(run_batch(tasks, Quiet(), lambda _: None, keep_going=True)) == 1
    assert free.path.exists()


def test_without_or_tools_what_is_complete_is_complete(job, request):
    generate(job)
    request.getfixturevalue("no_or_tools")
    assert not generate(job).is_new


def test_a_suite_may_have_such_methods(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("methods:\n  - first_hitting_temp1.0_no_remask_realizable\n")
    assert read_suite(path).methods == (Method("first_hitting", only_realizable=True),)
