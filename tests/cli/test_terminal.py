"""What is printed cannot steer a terminal; streams that are closed or full are no fault."""

import errno
import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bd_gen.cli.main import run
from bd_gen.cli.terminal import Shown, shown

HOSTILE = "a\x1b]0;title\x07\x1b[2J\u202egnp.exe\u2066\x9b31m\r<script>"


@given(st.text())
def test_what_is_shown_can_be_printed(text: str) -> None:
    result = shown(text)
    assert all(c.isprintable() or c in "\n\t" for c in result)
    result.encode()  # no half of a character either
    if all(c.isprintable() or c in "\n\t" for c in text):
        assert result == text


@pytest.mark.parametrize("is_error", [False, True])
def test_whatever_a_command_says_is_shown_only(
    is_error: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """Notes, warnings and tables as well as errors."""

    @click.command()
    def speak() -> None:
        click.echo(f"note: {HOSTILE}\nnext\tone", err=is_error)
        print(HOSTILE, file=sys.stderr if is_error else sys.stdout)

    before = sys.stdout, sys.stderr
    with pytest.raises(SystemExit):
        run(speak, "try", [])
    assert (sys.stdout, sys.stderr) == before
    told = capsys.readouterr()[is_error]
    assert told.startswith("note: a\\x1b]0;title\\x07")
    assert all(c.isprintable() or c in "\n\t" for c in told)
    assert "\nnext\tone\n" in told


class Refusing(io.StringIO):
    def write(self, text: str) -> int:  # noqa: ARG002
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_messages_that_cannot_be_written_are_dropped() -> None:
    assert Shown(Refusing(), is_needed=False).write("note") == 4


# ---------------------------------------------------------------- as processes

PROGRAM = """
import sys, time
import click
from bd_gen.cli.main import run

@click.command()
@click.argument("what")
def command(what):
    if what == "talk":
        click.echo("hello")
        click.echo("note", err=True)
        open(sys.argv[2], "w").write("content")
    elif what == "memory":
        bytearray(1 << 60)
    elif what == "sleep":
        print("ready", flush=True)
        time.sleep(60)
    elif what == "torch":
        raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried")

run(command, "try", sys.argv[1:2])
"""


def started(what: str, redirection: str, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    script = tmp_path / "program.py"
    script.write_text(PROGRAM)
    line = f'exec "$0" "$@" {redirection}'
    return subprocess.run(
        ["sh", "-c", line, sys.executable, str(script), what, str(tmp_path / "file")],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("redirection", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-", "2>/dev/full"])
def test_closed_streams_are_done_without(redirection: str, tmp_path: Path) -> None:
    done = started("talk", redirection, tmp_path)
    assert done.returncode == 0
    # Nothing that was said went into the first file that was opened.
    assert (tmp_path / "file").read_text() == "content"
    assert "Traceback" not in done.stderr + done.stdout


def test_a_full_standard_output_is_one_line(tmp_path: Path) -> None:
    done = started("talk", ">/dev/full", tmp_path)
    assert done.returncode == 2
    assert done.stderr == "try: standard output: cannot be written (No space left on device)\n"


@pytest.mark.parametrize("what", ["memory", "torch"])
def test_too_little_memory_is_one_line(what: str, tmp_path: Path) -> None:
    done = started(what, "", tmp_path)
    assert (done.returncode, done.stderr) == (2, "try: there is not enough memory for this\n")


def test_letters_that_a_terminal_does_not_know(tmp_path: Path) -> None:
    script = tmp_path / "program.py"
    script.write_text(PROGRAM.replace('"hello"', '"5 m² ↑"'))
    for encoding, expected in (("latin-1", b"5 m\xb2 \\u2191\n"), ("ascii", b"5 m\\xb2 \\u2191\n")):
        done = subprocess.run(
            [sys.executable, str(script), "talk", str(tmp_path / "file")],
            capture_output=True,
            env={**os.environ, "PYTHONIOENCODING": encoding},
            check=False,
        )
        assert (done.returncode, done.stdout) == (0, expected)


def test_a_job_that_ignores_ctrl_c_still_ends_on_sigterm(tmp_path: Path) -> None:
    """As a shell without job control starts `bd-gen ... &`."""
    script = tmp_path / "program.py"
    script.write_text(PROGRAM)
    with subprocess.Popen(
        [sys.executable, str(script), "sleep"],
        stdout=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        time.sleep(0.05)
        assert process.poll() is None
        process.terminate()
        assert process.wait(20) == -signal.SIGTERM


START = """
import os, signal, sys
import importlib.abc

class Interrupting(importlib.abc.MetaPathFinder):
    left = int(sys.argv.pop(1))
    def find_spec(self, name, path, target=None):
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGINT)

import bd_gen.cli.start
sys.meta_path.insert(0, Interrupting())
"""
COMMAND = f"{START}bd_gen.cli.start.main()"
SCRIPT = f"{START}exec(open(sys.argv.pop(1)).read())"
PUBLISHED = ("compare", "evaluate", "generate_samples", "train")
SCRIPTS = [Path(__file__).parents[2] / "scripts" / f"{name}.py" for name in PUBLISHED]


@pytest.mark.parametrize("which", [1, 40, 150])
def test_ctrl_c_while_the_program_is_loaded_says_nothing_of_it(which: int) -> None:
    """Wherever it falls: at the import of that number."""
    _check_interrupted(COMMAND, which, "evaluate", "--help")


@pytest.mark.parametrize("which", [3, 60, 150])
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_so_it_is_with_the_published_scripts(script: Path, which: int) -> None:
    _check_interrupted(SCRIPT, which, str(script), "--help")


def _check_interrupted(code: str, which: int, *words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", code, str(which), *words],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 130, -signal.SIGINT)
    assert done.stderr.strip() in ("", "bd-gen: stopped")
    if which < 10:
        assert done.returncode == -signal.SIGINT
