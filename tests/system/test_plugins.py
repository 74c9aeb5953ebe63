"""Plug-ins that cannot be used change nothing, and say so in one line."""

import hashlib
import sys
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path

import pytest
from click.testing import CliRunner

from bd_gen.cli.main import cli, run
from bd_gen.data.sources import SOURCES
from bd_gen.exchange.exports import FORMATS
from bd_gen.metrics import METRICS
from bd_gen.system import plugin_records, plugins
from bd_gen.system.errors import InputError
from bd_gen.system.names import REGISTRIES
from bd_gen.system.workers import Workers

GOOD = """
from bd_gen.exchange.exports import export_format
@export_format("txt", holds="text")
def write(path, plans, scale):
    path.write_text("one")
"""
TAKEN = GOOD.replace("txt", "csv")
REPLACES = """
from bd_gen.metrics import METRICS
METRICS["validity"] = METRICS["density"]
"""
REMOVES = """
from bd_gen.metrics import METRICS
del METRICS["validity"]
"""
FAILS_LATE = GOOD + "1 / 0\n"

Write = Callable[[str, str], str]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Writes files into the working folder; afterwards there are no plug-ins."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(plugins, "_searched", True)

    def written(name: str, text: str) -> str:
        Path(name).write_text(text, encoding="utf-8")
        return name

    yield written
    for plugin in plugins.loaded():
        plugins.forget(plugin.module)
        sys.modules.pop(plugin.module, None)


def entries() -> dict[str, dict[str, object]]:
    return {kind: dict(registry) for kind, registry in REGISTRIES.items()}


def test_a_file_registers_and_says_what(write: Write) -> None:
    plugin = plugins.load(write("lists.py", GOOD))
    assert FORMATS.added == ["txt"]
    assert plugin.as_plain == {
        "name": "lists",
        "file": "lists.py",
        "sha256": hashlib.sha256(GOOD.encode()).hexdigest(),
        "provides": {"export format": ["txt"]},
    }
    assert plugin_records.recorded() == {"plugins": [plugin.as_plain]}
    assert plugins.provider("export format", "txt") is plugin
    assert plugins.load("lists.py") is plugin


def test_a_file_that_was_changed_takes_the_place_of_what_it_was(write: Write) -> None:
    first = plugins.load(write("lists.py", GOOD))
    second = plugins.load(write("lists.py", GOOD.replace("txt", "text")))
    assert FORMATS.added == ["text"]
    assert first.sha256 != second.sha256
    assert plugins.loaded() == (second,)


def test_a_module_is_a_plug_in_too(write: Write) -> None:
    write("some_lists.py", GOOD)
    plugin = plugins.load("some_lists")
    assert plugin.as_plain["module"] == "some_lists"
    assert plugin.sha256 == hashlib.sha256(GOOD.encode()).hexdigest()
    assert FORMATS.added == ["txt"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import nowhere", r"bad\.py, line 1: ModuleNotFoundError: No module named 'nowhere'$"),
        ("def f(:\n", r"bad\.py, line 1: SyntaxError: invalid syntax$"),
        ("\n\nraise SystemExit(0)", r"bad\.py, line 3: SystemExit: 0$"),
        (FAILS_LATE, r"bad\.py, line 6: ZeroDivisionError: division by zero$"),
        (TAKEN, r"bad\.py, line 3: there is already an export format called 'csv'$"),
        (REPLACES, r"bad(\.py)?: replaces the metric 'validity', which comes with bd-gen; "),
        (REMOVES, r"bad(\.py)?: removes the metric 'validity', which comes with bd-gen; "),
        ("\x00", r"bad.*: (Value|Syntax)Error: "),
    ],
)
@pytest.mark.parametrize("given", ["bad.py", "bad"])
def test_what_cannot_be_used_changes_nothing(
    write: Write, text: str, said: str, given: str
) -> None:
    before = entries()
    write("bad.py", text)
    with pytest.raises(InputError, match=said) as caught:
        plugins.load(given)
    assert "\n" not in str(caught.value)
    assert entries() == before
    assert plugin_records.recorded() == {}
    assert "bad" not in sys.modules


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("none.py", "plug-in none.py: expected a Python file or the name of a module"),
        ("./folder", "plug-in ./folder: expected a Python file or the name of a module"),
        ("no_module", "plug-in no_module: there is no module of that name"),
        ("no.module", "plug-in no.module: ModuleNotFoundError: No module named 'no'"),
        ("lists", "there is no module of that name; a file is given as lists.py"),
    ],
)
def test_what_is_not_there(
    write: Write, monkeypatch: pytest.MonkeyPatch, given: str, said: str
) -> None:
    write("lists.py", GOOD)
    monkeypatch.setattr(sys, "path", [p for p in sys.path if p != str(Path.cwd())])
    with pytest.raises(InputError) as caught:
        plugins.load(given)
    assert said in str(caught.value)


def test_two_files_of_one_name(write: Write) -> None:
    plugins.load(write("lists.py", GOOD))
    Path("other").mkdir()
    write("other/lists.py", GOOD.replace("txt", "text"))
    with pytest.raises(InputError, match=r"there is already one called 'lists', .*lists\.py$"):
        plugins.load("other/lists.py")
    assert FORMATS.added == ["txt"]


@pytest.mark.parametrize(
    "words",
    [
        ("--plugin", "lists.py", "export", "--help"),
        ("export", "--plugin=lists.py", "--help"),
        ("export", "--help", "--plugin", "lists.py"),
    ],
)
def test_the_option_stands_anywhere_and_the_help_knows_it(
    write: Write, words: tuple[str, ...]
) -> None:
    write("lists.py", GOOD)
    output = CliRunner().invoke(cli, words).output
    assert ".txt" in output
    assert "--plugin FILE.py|MODULE" in output


def test_every_command_has_the_option() -> None:
    from bd_gen.cli.main import COMMANDS

    with cli.make_context("bd-gen", ["demo"], resilient_parsing=True) as context:
        for name in COMMANDS:
            command = cli.get_command(context, name)
            assert command is not None
            assert any("--plugin" in parameter.opts for parameter in command.params), name


@pytest.mark.parametrize("words", [("--plugin", "bad.py", "data", "stats"), ("data", "--plugin")])
def test_the_command_ends_with_exit_code_2(
    write: Write, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    write("bad.py", TAKEN)
    with pytest.raises(SystemExit) as caught:
        run(cli, "bd-gen", words)
    assert caught.value.code == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert error.startswith("bd-gen: ")


def test_installed_plug_ins_come_by_entry_points(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("packaged.py", GOOD)
    point = metadata.EntryPoint("lists", "packaged", plugins.GROUP)
    monkeypatch.setattr(metadata, "entry_points", lambda **_: [point])
    monkeypatch.setattr(plugins, "_searched", False)
    assert CliRunner().invoke(cli, ["--help"]).exit_code == 0
    assert plugins.loaded() == ()
    assert CliRunner().invoke(cli, ["data", "stats", "data=nonsense"]).exit_code != 0
    (plugin,) = plugins.loaded()
    assert (plugin.name, plugin.module) == ("lists", "packaged")
    assert plugins.load("packaged") is plugin


def _answering(number: int) -> Callable[[object, object], object]:
    return lambda task, _: (FORMATS.added, FORMATS[str(task)].write.__module__)


def test_workers_import_the_same(write: Write) -> None:
    plugins.load(write("lists.py", GOOD))
    Path("lists.py").unlink()
    workers: Workers[str] = Workers(1, _answering)
    try:
        (done,) = workers.run(["txt"])
    finally:
        workers.close()
    assert done.answer == (["txt"], "bd_gen_plugin_lists")


def test_another_version_of_a_module_is_not_taken_for_the_same(write: Write) -> None:
    write("some_lists.py", GOOD)
    sent = plugins.load("some_lists")
    write("some_lists.py", GOOD + "# new\n")
    with pytest.raises(InputError, match="plug-in some_lists: a worker has another version"):
        plugins.install([sent])


def test_a_module_that_was_changed_is_imported_anew(write: Write) -> None:
    write("some_lists.py", GOOD)
    plugins.load("some_lists")
    write("some_lists.py", GOOD.replace("txt", "much_text"))
    plugins.load("some_lists")
    assert FORMATS.added == ["much_text"]


def test_a_plug_in_of_the_same_name_is_replaced_on_a_worker(write: Write) -> None:
    first = plugins.load(write("lists.py", GOOD))
    second = plugins.load(write("lists.py", GOOD.replace("txt", "text")))
    plugins.install([first])
    assert FORMATS.added == ["txt"]
    plugins.install([second])
    assert FORMATS.added == ["text"]
    plugins.install([])
    assert FORMATS.added == []


def test_nothing_is_left_behind() -> None:
    for registry in (SOURCES, FORMATS, METRICS):
        assert registry.added == []
        assert registry.changed == []
