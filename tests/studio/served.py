"""A studio as people start it, in a process of its own."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

RUN = "from bd_gen.cli.start import main; main()"


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


class Served:
    """A studio that listens.

    Attributes:
        port: where.
        address: with its token.
    """

    def __init__(self, *options: str, port: int | None = None, folder: Path | None = None) -> None:
        self.port = port or free_port()
        words = ["studio", "--no-browser", "--port", str(self.port), *options]
        self.process = subprocess.Popen(
            [sys.executable, "-c", RUN, *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=folder,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        found = re.search(r"http://\S+", line)
        assert found, line + self.process.stdout.read()
        self.address = found[0]
        self._wait()

    def _wait(self) -> None:
        for _ in range(200):
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise AssertionError("the studio does not listen")

    def cpu(self) -> float:
        """Seconds of processor time that it and the process with the model have taken."""
        ticks = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if self.process.pid in (int(stat.parent.name), int(fields[1])):
                ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """Megabytes that it and the process with the model hold."""
        total = 0
        for status in Path("/proc").glob("[0-9]*/status"):
            try:
                fields = dict(
                    line.split(":", 1) for line in status.read_text().splitlines() if ":" in line
                )
            except OSError:
                continue
            if self.process.pid in (int(fields["Pid"]), int(fields["PPid"])):
                total += int(fields.get("VmRSS", "0 kB").split()[0])
        return total / 1000

    def stop(self) -> str:
        """End it as Ctrl-C does; what it said on the terminal since it started."""
        self.process.send_signal(signal.SIGINT)
        try:
            said, _ = self.process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            said, _ = self.process.communicate()
            raise AssertionError(f"it does not end: {said}") from None
        return said
