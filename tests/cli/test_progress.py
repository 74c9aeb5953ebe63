"""Bars at any width of a terminal: amounts, rate and time left must be there."""

import re

import pytest
from rich.console import Console

from bd_gen.cli import progress
from bd_gen.cli.progress import new_bar


def drawn(monkeypatch: pytest.MonkeyPatch, width: int, unit: str, speed: float) -> list[str]:
    """The lines of a bar at 1,234 of 55,000, ten minutes after its start."""
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("TERM", "xterm")
    now = 0.0
    with new_bar(unit) as bar:
        bar.get_time = lambda: now
        task = bar.add_task("loglinear", total=55_000, note="llada_topp0.9_remdm_cap_eta0.02")
        for _ in range(3):
            now += 1 / speed
            bar.update(task, advance=1)
        bar.update(task, completed=1_234)
        console = Console(width=width, force_terminal=True, color_system=None)
        with console.capture() as captured:
            console.print(bar.get_renderable())
    return captured.get().splitlines()


@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
def test_numbers_are_readable_on_one_line(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    (line,) = drawn(monkeypatch, width, "diagrams", 2.0)
    assert len(line) <= width
    assert " 1234/55000 " in line
    assert " diagrams/s 0:00:0" in line
    assert " left " in line
    assert re.fullmatch(r" (\d+:\d\d:\d\d|-:--:--).*", line.partition(" left")[2])


def test_a_wide_terminal_names_the_method(monkeypatch: pytest.MonkeyPatch) -> None:
    (line,) = drawn(monkeypatch, 130, "diagrams", 2.0)
    assert line.startswith("loglinear ")
    assert line.rstrip().endswith("llada_topp0.9_remdm_cap_eta0.02")


@pytest.mark.parametrize(
    ("speed", "text"),
    [(None, "-"), (0.0, "-"), (0.043, "0.043"), (0.5, "0.5"), (9.96, "10"), (1234.5, "1,234")],
)
def test_rates(speed: float | None, text: str) -> None:
    assert progress._rate(speed) == text
