import os
import signal
import subprocess
import sys
import time

from bd_gen.system import workers

_PARENT = """
import multiprocessing, time
from bd_gen.system.children import end_with_parent, without_interrupts

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
