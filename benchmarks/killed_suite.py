"""A suite that is killed again and again: one start, one kill, at a random moment."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from bd_gen.system.errors import InputError
from benchmarks.suite_folder import State, SuiteFolder

_LOOK_EVERY = 0.02  # seconds
_TELL_EVERY = 30.0


@dataclass(frozen=True)
class Kill:
    """One kill.

    Attributes:
        seconds: after the start of that command.
        state: what was on the disk then, and under way.
    """

    seconds: float
    state: State


class KilledSuite:
    """Starts a command again and again, and kills it.

    Args:
        command: the command, without the results folder.
        folder: what it fills.
        logs: where its output goes.
        rng: of the moments.
    """

    def __init__(
        self, command: Sequence[str], folder: SuiteFolder, logs: Path, rng: random.Random
    ) -> None:
        self._command = [*command, "--results", str(folder.path.parent)]
        self._folder = folder
        self._logs = logs
        self._rng = rng
        self._starts = 0
        self._first_change = 5.0  # seconds from a start to the first thing that is new on the disk

    def killed_at(self, target: float) -> Kill | None:
        """Run it until it is so far, and kill it a random moment later; None if it ended first."""
        last, changes = self._folder.state().progress, 0
        with self._started() as process:
            start = time.monotonic()
            # What an earlier start reached already is no place to wait for: any moment will do.
            kill_at = start + self._rng.uniform(0, self._first_change) if last >= target else None
            for now, state in self._states(process):
                if state.progress > last:
                    last, changes = state.progress, changes + 1
                    if changes == 1:
                        self._first_change = now - start
                    if kill_at is None and last >= target:
                        kill_at = now + self._rng.uniform(0, (now - start) / changes)
                if kill_at is not None and now >= kill_at:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
                    return Kill(now - start, self._state())
            self._require_success(process)
        return None

    def _state(self) -> State:
        """What was under way when it was killed."""
        state = self._folder.state()
        said = self._log.stat().st_size
        return state if said else replace(state, doing="starting up")

    @property
    def _log(self) -> Path:
        return self._logs / f"{self._starts}.log"

    def finish(self) -> float:
        """Run it to its end; seconds that it took."""
        start = time.monotonic()
        with self._started() as process:
            for _ in self._states(process):
                pass
            self._require_success(process)
        return time.monotonic() - start

    @contextmanager
    def _started(self) -> Iterator[subprocess.Popen[bytes]]:
        self._starts += 1
        self._logs.mkdir(parents=True, exist_ok=True)
        with self._log.open("wb") as log:
            process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _states(self, process: subprocess.Popen[bytes]) -> Iterator[tuple[float, State]]:
        """(now, how far it is) until it ends; tells now and then."""
        told = time.monotonic()
        while process.poll() is None:
            now, state = time.monotonic(), self._folder.state()
            if now - told > _TELL_EVERY:
                say(f"  {in_words(state, self._folder)}")
                told = now
            yield now, state
            time.sleep(_LOOK_EVERY)

    def _require_success(self, process: subprocess.Popen[bytes]) -> None:
        if process.wait() != 0:
            say(self._log.read_text(errors="replace")[-2000:])
            raise InputError(f"{self._log}: exit code {process.returncode} without a kill")


def moments(count: int, rng: random.Random) -> list[float]:
    """Moments of the kills: half of them while drawing (0 to 1), half while evaluating (1 to 2).

    Each half is cut into as many equal parts as it has kills, with one anywhere in each part.
    """
    drawing = (count + 1) // 2
    parts = [(k, drawing, 0) for k in range(drawing)]
    parts += [(k, count - drawing, 1) for k in range(count - drawing)]
    return [half + (k + rng.random()) / of for k, of, half in parts]


def in_words(state: State, folder: SuiteFolder) -> str:
    """A state, for people."""
    return (
        f"{state.doing}; {state.methods} of {len(folder.tasks)} methods drawn, "
        f"{state.results} of {len(folder.names)} results"
    )


def say(text: str) -> None:
    """Tell how it goes, beside the table."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)
