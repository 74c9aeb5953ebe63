import os
import signal
import subprocess
import sys
import types

import click
import pytest

from bd_gen import __version__
from bd_gen.cli.main import COMMANDS, cli, run
from bd_gen.system.errors import InputError


def bd_gen(*args: str, **options: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from bd_gen.cli.main import main; main()", *args]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


@pytest.fixture
def with_command(monkeypatch: pytest.MonkeyPatch):
    """Add a command `try` that does what the test wants."""

    def add(action) -> None:
        module = types.ModuleType("tried")
        module.command = click.command()(action)
        monkeypatch.setitem(sys.modules, "tried", module)
        monkeypatch.setitem(COMMANDS, "try", ("tried", "Try something."))

    return add


def status_of(*args: str) -> int:
    with pytest.raises(SystemExit) as ended:
        run(cli, "bd-gen", args)
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_help_lists_every_command_without_importing_it():
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys\n"
            "from bd_gen.cli.main import main\n"
            "try:\n"
            "    main()\n"
            "finally:\n"
            "    print('LOADED', *sys.modules)\n",
            "--help",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    text, loaded = done.stdout.split("LOADED")
    for name, (module, description) in COMMANDS.items():
        assert f"  {name} " in text
        assert description in text
        assert module not in loaded.split()
    heavy = {"numpy", "torch", "scipy", "matplotlib", "hydra", "omegaconf", "rich"}
    assert not heavy & set(loaded.split())
    assert not done.stderr


def test_version():
    done = bd_gen("--version")
    assert done.stdout == f"bd-gen, version {__version__}\n"
    assert done.returncode == 0


def test_without_a_command_the_help_is_shown():
    done = bd_gen()
    assert done.returncode == 2
    assert done.stderr.startswith("Usage: bd-gen")


@pytest.mark.parametrize(
    ("args", "line"),
    [
        (["evalute"], "bd-gen: there is no command 'evalute'; did you mean evaluate?"),
        (["gen"], "bd-gen: there is no command 'gen'; did you mean generate?"),
        (["d"], "bd-gen: there is no command 'd'; did you mean data or design or draw or demo?"),
        (["xyzzy", "--help"], "bd-gen: there is no command 'xyzzy' ("),
        (["--colour"], "bd-gen: No such option"),
    ],
)
def test_what_does_not_exist_is_one_line(args: list[str], line: str):
    done = bd_gen(*args)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith(line)
    assert done.stderr.count("\n") == 1


def test_errors_for_people_are_one_line(with_command, capsys: pytest.CaptureFixture[str]):
    def fails() -> None:
        raise InputError("x.json: rooms: expected a list, got 3")

    with_command(fails)
    assert status_of("try") == 2
    assert capsys.readouterr() == ("", "bd-gen: x.json: rooms: expected a list, got 3\n")


def test_a_wrong_option_of_a_command_is_one_line(with_command, capsys: pytest.CaptureFixture[str]):
    with_command(lambda: None)
    assert status_of("try", "--what") == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("bd-gen try: No such option")
    assert err.count("\n") == 1
    assert "bd-gen try --help" in err


def test_faults_of_the_program_keep_their_traceback(with_command):
    def fails() -> None:
        raise RuntimeError("a fault")

    with_command(fails)
    with pytest.raises(RuntimeError, match="a fault"):
        run(cli, "bd-gen", ["try"])


@pytest.mark.parametrize("name", ["a" * 300, "x\x1b[31m" + "a" * 300])
def test_what_the_system_refuses_is_one_line(
    with_command, capsys: pytest.CaptureFixture[str], name: str
):
    """Such as a folder that may not be looked into."""
    with_command(lambda: os.stat(name))
    assert status_of("try") == 2
    shown = name.replace("\x1b", "\\x1b")
    assert capsys.readouterr().err == f"bd-gen: {shown}: File name too long\n"


def test_other_faults_of_the_system_keep_their_traceback(with_command):
    def fail() -> None:
        raise OSError("no file is to blame")

    with_command(fail)
    with pytest.raises(OSError, match="no file is to blame"):
        run(cli, "bd-gen", ["try"])


@pytest.mark.parametrize("returned", [None, 7, "text"])
def test_what_a_command_returns_is_no_exit_code(with_command, returned: object):
    with_command(lambda: returned)
    assert status_of("try") == 0


def test_a_command_can_choose_its_exit_code(with_command):
    with_command(lambda: click.get_current_context().exit(3))
    assert status_of("try") == 3


def test_ctrl_c_in_a_command(with_command, capsys: pytest.CaptureFixture[str]):
    def interrupted() -> None:
        raise KeyboardInterrupt

    with_command(interrupted)
    assert status_of("try") == 130
    out, err = capsys.readouterr()
    assert out == ""
    assert err.split("\n") == ["", "bd-gen: stopped", ""]  # the first ends the terminal's ^C


PROGRAM = """
import sys, time, types
import click
from bd_gen.cli.main import COMMANDS, main

def sleep():
    print("ready", flush=True)
    time.sleep(60)

def talk():
    for _ in range(200):
        print("x" * 5000)

def whisper():
    print("x")
    time.sleep(0.5)

for action in (sleep, talk, whisper):
    module = types.ModuleType(action.__name__)
    module.command = click.command()(action)
    sys.modules[action.__name__] = module
    COMMANDS[action.__name__] = (action.__name__, "Try.")
main()
"""


def test_ctrl_c_from_a_terminal():
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "sleep"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert out == ""
    assert err.strip() == "bd-gen: stopped"


@pytest.mark.parametrize("command", ["talk", "whisper"])
def test_a_reader_that_goes_away_is_no_fault(command: str):
    # `whisper` ends with its output still in the buffer, `talk` fills the pipe long before.
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


def test_every_command_has_a_module_below_cli():
    for module, description in COMMANDS.values():
        assert module.startswith("bd_gen.cli.")
        assert description.endswith(".")


def test_arguments_that_are_no_text_are_one_line(capsys: pytest.CaptureFixture[str]):
    """Names of files from other systems; a picture could not bear one as its title."""
    assert status_of("draw", os.fsdecode(b"plan\xff.jsonl"), "--out", "x.png") == 2
    assert capsys.readouterr().err == (
        "bd-gen: plan\\udcff.jsonl: is not text in UTF-8; files of such names: rename them\n"
    )
