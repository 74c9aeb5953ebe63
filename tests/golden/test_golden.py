"""Outputs are what they were: tokens, numbers, tables, layouts and files, by golden.json.

What is meant to change is written anew by `python -m tests.golden.make`.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.golden import outputs
from tests.golden.commands import working_in
from tests.golden.golden import read_golden
from tests.golden.reduced import differences

GOLDEN = read_golden()
_MOST_SHOWN = 20
TOKENS_DIFFER = (
    "the tokens drawn from the bundled checkpoint are not those of golden.json; where the code is "
    "the same, this processor's arithmetic is another"
)


def check(make: Callable[[], Any]) -> None:
    """Compare what a function of `outputs` returns with what is stored under its name."""
    changed = list(differences(GOLDEN[make.__name__], make()))
    more = f"\n... {len(changed)} in all" if len(changed) > _MOST_SHOWN else ""
    assert not changed, "\n".join([f"{make.__name__} changed:", *changed[:_MOST_SHOWN]]) + more


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A folder with samples of every method, and where their tokens differ from the stored."""
    folder = tmp_path_factory.mktemp("drawn")
    with working_in(folder):
        return folder, list(differences(GOLDEN["tokens"], outputs.tokens()))


@pytest.fixture
def same_tokens(drawn: tuple[Path, list[str]]) -> Path:
    """That folder; what depends on other tokens tells nothing and is skipped."""
    folder, changed = drawn
    if changed:
        pytest.skip(TOKENS_DIFFER)
    return folder


def test_tokens(drawn: tuple[Path, list[str]]) -> None:
    _, changed = drawn
    assert not changed, "\n".join([TOKENS_DIFFER, *changed])


def test_results_of_samples(same_tokens: Path) -> None:
    with working_in(same_tokens):
        check(outputs.results_of_samples)


@pytest.mark.parametrize(
    "make", [outputs.plans, outputs.results_of_fixed_rows, outputs.from_python]
)
def test_what_needs_no_model(make: Callable[[], Any], tmp_path: Path) -> None:
    with working_in(tmp_path):
        check(make)


@pytest.mark.parametrize("make", [outputs.designed, outputs.from_python_with_model])
def test_what_needs_the_model(make: Callable[[], Any], same_tokens: Path, tmp_path: Path) -> None:
    with working_in(tmp_path):
        check(make)


@pytest.mark.parametrize(
    ("golden", "found", "line"),
    [
        ({"a": [0.25]}, {"a": [0.250000000001]}, "a/0: was 0.25, is 0.250000000001"),
        ({"a": 1}, {"a": 1, "b": 2}, "b: was None, is 2"),
        ({"a": {"b": [1]}}, {"a": {"b": [1, 2]}}, "a/b: was [1], is [1, 2]"),
        (1, 1.0, ": was 1, is 1.0"),
    ],
)
def test_every_difference_is_found(golden: Any, found: Any, line: str) -> None:
    assert list(differences(golden, found)) == [line]
    assert not list(differences(golden, golden))
