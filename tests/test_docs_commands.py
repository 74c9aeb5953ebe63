"""Every command, option, link and anchor in README and docs is one that there is.

Commands are parsed as the program parses them, and not run: options and their values by click,
overrides by the configuration that they go to. README's and other pages' own tests run some.
"""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from tests.test_examples import NOTEBOOKS, shell_lines

from bd_gen.cli.compose import compose
from bd_gen.cli.main import cli
from bd_gen.cli.multirun import combinations
from bd_gen.cli.overrides import data_config_from_overrides
from bd_gen.cli.published_overrides import apart
from bd_gen.cli.published_scripts import published_words
from bd_gen.metrics.registry import select_metrics
from bd_gen.system.errors import InputError

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_SHELL = ("", "bash", "console", "sh", "shell")
_SCRIPTS = {"generate_samples": "generate", "train": "train", "evaluate": "evaluate"}
_LEFT_OUT = re.compile(r"(?<= )(\.\.\.|…)( |$)|(?<=[A-Z])\.\.\.")
_NO_COMMANDS = {"bd-gen id"}
"""What looks like one: an attribute of a GraphML file."""
_PLACEHOLDERS = {"data.split=SPLIT": "data.split=canonical"}
"""Words that stand for one of several choices, and such a choice."""


def blocks(page: Path) -> Iterator[tuple[str, str]]:
    """Language and text of every fenced block."""
    for match in re.finditer(r"^```(\w*)\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL):
        yield match[1], match[2]


def commands(page: Path) -> list[str]:
    """Command lines of shell blocks, and those in the running text that are whole."""
    found = []
    for language, text in blocks(page):
        if language not in _SHELL:
            continue
        for line in text.replace("\\\n", " ").splitlines():
            words = line.strip().removeprefix("$ ")
            if re.match(r"(bd-gen|python scripts/\w+\.py) ", words):
                found.append(re.split(r"\s#\s|\s\|\s|\s>\s|\s&&", words)[0].strip())
    prose = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    found += [" ".join(match.split()) for match in re.findall(r"`(bd-gen [a-z]+[^`]*)`", prose)]
    found = [_LEFT_OUT.sub("", command).strip() for command in found]
    return [command for command in found if not re.search("[<>]", command)]


ALL = [(page.name, command) for page in PAGES for command in dict.fromkeys(commands(page))]
ALL = [(page, command) for page, command in ALL if command not in _NO_COMMANDS]
ALL += [(path.name, line[1:]) for path in NOTEBOOKS for line in shell_lines(path)]
ALL = [(page, command) for page, command in ALL if "--plugin" not in command]
"""Those with plug-ins need them to be understood: tests/test_docs_plugins.py runs them."""


def test_there_are_commands_to_look_at() -> None:
    assert len(ALL) > 100
    assert {"README.md", "published.md", "suites.md"} <= {page for page, _ in ALL}


@pytest.mark.parametrize(("page", "line"), ALL)
def test_every_command_is_understood(page: str, line: str) -> None:
    words = shlex.split(line)
    if words[0] == "python":
        script = Path(words[1]).stem
        words = published_words(_SCRIPTS.get(script, script), words[2:])
    else:
        words = words[1:]
    parsed(cli, words)


def parsed(command: click.Command, words: list[str]) -> None:
    """Parse words as a command would, down to its last subcommand."""
    name, *rest = words
    if name in ("--help", "-h", "--version"):
        return
    assert isinstance(command, click.Group)
    inner = command.get_command(click.Context(command), name)
    assert inner is not None, f"there is no command {name}"
    if isinstance(inner, click.Group):
        if rest:
            parsed(inner, rest)
        return
    if not rest or "--help" in rest:
        return  # a command that is only named
    known = {option for parameter in inner.params for option in parameter.opts}
    options = [word.partition("=")[0] for word in rest if re.match(r"--?[a-zA-Z]", word)]
    assert set(options) <= known, f"{name}: {set(options) - known}"
    context = inner.make_context(name, list(rest), resilient_parsing=True)
    if name == "evaluate":
        select_metrics([m for m in context.params["metrics"] if m not in ("NAME", "KEY")])
    overrides = [word for word in context.params.get("overrides") or () if "=" in word]
    overrides = [_PLACEHOLDERS.get(word, word) for word in overrides]
    if name == "generate":
        compose("generate", apart(overrides)[1])
    elif name == "train":
        runs = combinations(overrides) if context.params["multirun"] else [("", overrides)]
        for _, each in runs:
            compose("train", each)
    elif overrides:
        data_config_from_overrides(overrides)


def test_what_there_is_not_would_be_found() -> None:
    for bad in (
        "evaluat",
        "evaluate --metrik x",
        "evaluate --metric pair_jss",
        "generate eval.topp=1",
        "suite rum",
        "verify x data.pth=y",
    ):
        with pytest.raises((AssertionError, InputError)):
            parsed(cli, bad.split())


# ---------------------------------------------------------------- links


def anchors(page: Path) -> set[str]:
    """Anchors that headings get, as GitHub makes them."""
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    found: set[str] = set()
    for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        slug = re.sub(r"[^\w\- ]", "", plain).strip().replace(" ", "-")
        same = sum(anchor == slug or anchor.startswith(f"{slug}-") for anchor in found)
        found.add(f"{slug}-{same}" if slug in found else slug)
    return found


LINKS = [
    (page, match)
    for page in PAGES
    for match in dict.fromkeys(
        re.findall(r"\]\(([^)\s]+)\)", re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL))
    )
    if not re.match(r"[a-z]+:", match)
]


def test_there_are_links_to_look_at() -> None:
    assert len(LINKS) > 60
    assert any("#" in link for _, link in LINKS)


@pytest.mark.parametrize(("page", "link"), LINKS, ids=[f"{p.name}-{link}" for p, link in LINKS])
def test_every_link_leads_somewhere(page: Path, link: str) -> None:
    name, _, anchor = link.partition("#")
    target = (page.parent / name).resolve() if name else page
    assert target.exists(), f"{page.name}: {link}"
    if anchor:
        assert anchor in anchors(target), f"{page.name}: {link}: {sorted(anchors(target))}"
