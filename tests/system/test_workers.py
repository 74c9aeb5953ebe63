"""One pool of processes: what is lost is done again, what is told is heard, nothing is left."""

import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from bd_gen.system import workers
from bd_gen.system.errors import InputError
from bd_gen.system.workers import Tell, Work, Workers


def doubler(number: int) -> Work:
    def work(task: int, tell: Tell) -> tuple[int, int]:
        tell(task + 100)
        return number, 2 * task

    return work


def killer(folder: Path, times: int, number: int) -> Work:
    """Ends its process the first `times` times that task 3 comes."""

    def work(task: int, tell: Tell) -> int:
        if task == 3 and len(list(folder.iterdir())) < times:
            (folder / str(os.getpid())).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return task

    return work


def grumbler(number: int) -> Work:
    def work(task: type[Exception], tell: Tell) -> None:
        raise task("no")

    return work


def sleeper(number: int) -> Work:
    def work(task: int, tell: Tell) -> int:
        time.sleep(60 * task)
        return task

    return work


def test_every_task_is_done_once_and_processes_stay() -> None:
    told = []
    workers: Workers[int] = Workers(2, doubler)
    try:
        found = list(workers.run(range(6), lambda task, value: told.append((task, value))))
        before = workers.processes
        assert list(workers.run([])) == []
        again = [done.answer[1] for done in workers.run([7])]
        assert workers.processes == before
    finally:
        workers.close()
    assert sorted((done.task, done.answer[1]) for done in found) == [(k, 2 * k) for k in range(6)]
    assert {done.answer[0] for done in found} <= {0, 1}
    assert sorted(told) == [(k, k + 100) for k in range(6)]
    assert again == [14]
    assert workers.processes == []
    assert not any(process.is_alive() for process in before)


@pytest.mark.parametrize(("times", "most"), [(2, 3), (3, 3), (1, 1)])
def test_the_work_of_a_killed_process_goes_on(tmp_path: Path, times: int, most: int) -> None:
    workers: Workers[int] = Workers(2, partial(killer, tmp_path, times), most_losses=most)
    try:
        found = {done.task: done for done in workers.run(range(6))}
    finally:
        workers.close()
    assert sorted(found) == list(range(6))
    assert found[3].lost == ("" if times < most else "signal 9")
    assert [found[k].answer for k in (0, 1, 2, 4, 5)] == [0, 1, 2, 4, 5]


def test_errors_come_back_as_they_are() -> None:
    workers: Workers[type[Exception]] = Workers(1, grumbler)
    try:
        mine, other = workers.run([InputError, KeyError])
    finally:
        workers.close()
    assert isinstance(mine.error, InputError)
    assert not getattr(mine.error, "__notes__", [])
    assert isinstance(other.error, KeyError)


def test_closed_early_nobody_works_on() -> None:
    workers: Workers[int] = Workers(2, sleeper)
    try:
        results = workers.run([1, 0, 0])
        assert next(results).answer == 0
        busy = workers.processes
        results.close()
        assert sum(process.is_alive() for process in busy) <= 1
    finally:
        workers.close()
    assert not any(process.is_alive() for process in busy)


_PARENT = """
import multiprocessing, time
from bd_gen.system.workers import end_with_parent, without_interrupts

def serve(connection):
    end_with_parent()
    connection.send(None)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:  # at work, and with nothing to say
        pass

if __name__ == "__main__":
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=serve, args=(theirs,))
    with without_interrupts():
        child.start()
    ours.recv()
    print(child.pid, flush=True)
    child.join()
"""


def is_running(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].split()[0] != b"Z"
    except FileNotFoundError:
        return False


def test_a_child_hears_no_ctrl_c_and_ends_with_its_parent(tmp_path):
    script = tmp_path / "parent.py"
    script.write_text(_PARENT)
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        try:
            os.kill(child, signal.SIGINT)
            time.sleep(0.2)
            assert is_running(child)
            parent.kill()
            parent.wait()
            deadline = time.monotonic() + 20
            while is_running(child) and time.monotonic() < deadline:
                time.sleep(0.05)
            assert not is_running(child)
        finally:
            if is_running(child):
                os.kill(child, signal.SIGKILL)


class GoneConnection:
    """A connection whose other end is closed."""

    def recv(self) -> None:
        raise EOFError


def test_all_workers_end_with_the_process_that_started_them(monkeypatch):
    watching = []
    monkeypatch.setattr(workers, "end_with_parent", lambda: watching.append(None))
    workers.serve(GoneConnection(), lambda number: watching.append(number), 7)
    assert watching == [None, 7]
