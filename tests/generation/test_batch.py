"""Order, checks, failures and resumption of a batch; the drawing itself is real but small."""

import signal
from contextlib import suppress
from dataclasses import replace

import pytest
from tests.generation.checkpoints import Counted, saved

from bd_gen.generation.batch import BatchTask, Failure, run_batch
from bd_gen.generation.job import generate
from bd_gen.results.samples_file import read_samples
from bd_gen.sampling.method import Method
from bd_gen.system.errors import InputError
from bd_gen.training.checkpoint import load_checkpoint

NAMES = ("random_temp1.0_no_remask", "llada_topp0.9_no_remask", "random_argmax_no_remask")


class Record:
    """A watcher that writes down what it is told."""

    def __init__(self) -> None:
        self.events: list[tuple[str, str]] = []
        self.places: list[tuple[int, int]] = []

    def there(self, task):
        self.events.append(("there", task.name))

    def started(self, task):
        self.events.append(("started", task.name))

    def progress(self, done, total):
        self.places.append((done, total))

    def generated(self, task, _):
        self.events.append(("generated", task.name))

    def failed(self, failure):
        self.events.append(("failed", failure.name))


@pytest.fixture
def tasks(job, checkpoint_path) -> list[BatchTask]:
    """Three methods, 2 x 30 diagrams of each."""
    checkpoint = load_checkpoint(checkpoint_path)
    jobs = [replace(job, method=Method.from_name(name, steps=5)) for name in NAMES]
    return [BatchTask(job, checkpoint) for job in jobs]


def accept(task: BatchTask) -> None:
    """A check that everything passes."""


def failing(*names: str):
    """Draws as `generate` does, but some methods fail."""

    def draw(job, checkpoint, progress):
        if job.method.name in names:
            raise InputError(f"{job.path}: no luck")
        return generate(job, checkpoint, progress)

    return draw


def test_all_are_drawn_in_their_order_and_the_first_is_checked(tasks):
    record, checked = Record(), []

    def check(task):
        checked.append(task.name)
        record.events.append(("checked", task.name))

    assert run_batch(tasks, record, check) == []
    assert record.events == [
        ("started", NAMES[0]),
        ("generated", NAMES[0]),
        ("checked", NAMES[0]),
        ("started", NAMES[1]),
        ("generated", NAMES[1]),
        ("started", NAMES[2]),
        ("generated", NAMES[2]),
    ]
    assert all(task.job.path.exists() for task in tasks)
    assert record.places == sorted(record.places)
    assert record.places[-1] == (180, 180)
    assert len(set(record.places)) > 9


def test_a_first_method_that_fails_the_check_stops_all(tasks):
    def check(task):
        raise InputError("not good")

    record = Record()
    assert run_batch(tasks, record, check) == [Failure(NAMES[0], "not good")]
    assert record.events[-1] == ("failed", NAMES[0])
    assert not tasks[1].job.path.exists()


def test_with_keep_going_the_next_is_checked(tasks):
    checked = []

    def check(task):
        checked.append(task.name)
        if len(checked) == 1:
            raise InputError("not good")

    failures = run_batch(tasks, Record(), check, keep_going=True)
    assert failures == [Failure(NAMES[0], "not good")]
    assert checked == list(NAMES[:2])
    assert tasks[2].job.path.exists()


def test_the_first_failure_stops_and_the_next_start_goes_on(tasks, monkeypatch):
    failures = run_batch(tasks, Record(), accept, draw=failing(NAMES[1]))
    assert failures == [Failure(NAMES[1], f"{tasks[1].job.path}: no luck")]
    assert not tasks[2].job.path.exists()
    counted, record, checked = Counted(monkeypatch), Record(), []
    assert run_batch(tasks, record, lambda task: checked.append(task.name)) == []
    assert counted.drawn == 120
    assert record.events[0] == ("there", NAMES[0])
    assert checked == [NAMES[0]]  # what is there is checked before the rest is drawn
    assert record.places[-1] == (120, 120)


def test_with_keep_going_the_others_are_drawn(tasks):
    failures = run_batch(tasks, Record(), accept, keep_going=True, draw=failing(NAMES[1]))
    assert [failure.name for failure in failures] == [NAMES[1]]
    assert tasks[2].job.path.exists()


def test_a_fault_of_the_machine_is_a_failure_with_its_traceback(tasks):
    def draw(job, checkpoint, progress):
        raise RuntimeError("CUDA out of\nmemory")

    (failure,) = run_batch(tasks, Record(), accept, draw=draw)
    assert failure.problem == "cannot be generated (RuntimeError: CUDA out of memory)"
    assert "Traceback" in failure.fault


def test_a_fault_in_the_check_is_a_failure(tasks):
    def check(task):
        raise ZeroDivisionError("x")

    (failure,) = run_batch(tasks, Record(), check)
    assert failure.problem == "cannot be checked (ZeroDivisionError: x)"


def test_ctrl_c_ends_it_and_loses_nothing(tasks, monkeypatch):
    class Stops(Record):
        def progress(self, done, _):
            if done >= 80:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_batch(tasks, Stops(), accept)
    counted = Counted(monkeypatch)
    assert run_batch(tasks, Record(), accept) == []
    assert counted.drawn == 100


def test_samples_in_the_way_are_found_before_anything_is_drawn(tasks, tmp_path, monkeypatch):
    other = saved(tmp_path, "other.pt", seed=1)
    last = replace(tasks[2].job, checkpoint_path=other)
    generate(last)
    counted, record = Counted(monkeypatch), Record()
    (failure,) = run_batch(tasks, record, accept)
    assert "holds samples of another checkpoint" in failure.problem
    assert counted.drawn == 0
    assert record.events == [("failed", NAMES[2])]


def test_overwriting_replaces_only_what_is_another(tasks, tmp_path, monkeypatch):
    generate(tasks[0].job)
    other = saved(tmp_path, "other.pt", seed=1)
    generate(replace(tasks[1].job, checkpoint_path=other))
    before = read_samples(tasks[1].job.path).provenance["checkpoint_sha256"]
    counted = Counted(monkeypatch)
    again = [replace(task, job=replace(task.job, overwrite=True)) for task in tasks]
    assert run_batch(again, Record(), accept) == []
    assert counted.drawn == 120
    assert read_samples(tasks[1].job.path).provenance["checkpoint_sha256"] != before


def test_a_damaged_file_is_not_taken_for_complete(tasks):
    tasks[1].job.path.parent.mkdir(parents=True)
    tasks[1].job.path.write_bytes(b"half")
    (failure,) = run_batch(tasks, Record(), accept)
    assert str(tasks[1].job.path) in failure.problem


@pytest.mark.parametrize("where", ["drawing", "checking"])
@pytest.mark.parametrize("error", [ValueError, InputError])
def test_ctrl_c_that_became_another_error_is_still_ctrl_c(tasks, where, error):
    """As numpy makes one of it where it asks Python what a buffer holds."""

    def press_ctrl_c() -> None:
        with suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        raise error("no valid format string")

    def draw(job, checkpoint, progress):
        if where == "drawing":
            press_ctrl_c()
        return generate(job, checkpoint, progress)

    def check(_: BatchTask) -> None:
        press_ctrl_c()

    watcher = Record()
    with pytest.raises(KeyboardInterrupt):
        run_batch(tasks, watcher, check, keep_going=True, draw=draw)
    assert not [event for event in watcher.events if event[0] == "failed"]
