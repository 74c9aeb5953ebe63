"""The tables of docs/sampling.md say what strategies declare of themselves."""

import re
from pathlib import Path

import pytest

from bd_gen.sampling.method import Method
from bd_gen.sampling.names import lines
from bd_gen.sampling.settings import overrides
from bd_gen.sampling.strategies import DECODINGS, ORDERS, REMASKINGS, SWEEP_KINDS

PAGE = Path(__file__).parents[1] / "docs" / "sampling.md"
EXACT = {"yes": "**yes**"}


def table(heading: str) -> list[list[str]]:
    """Cells of the first table under a heading, without its head."""
    _, section = re.split(rf"^## {heading}.*$", PAGE.read_text(), maxsplit=1, flags=re.MULTILINE)
    rows = re.search(r"^\|.*\n\|[-| ]+\n((?:\|.*\n)+)", section, re.MULTILINE)
    assert rows is not None
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[1].splitlines()]


def test_orders() -> None:
    assert table("Orders") == [
        [
            f"`{line.name}`",
            line.rule,
            line.strategy.paper,
            EXACT.get(line.strategy.exact_when, line.strategy.exact_when)
            if line.strategy.may_be_exact
            else "no",
        ]
        for line in lines(ORDERS)
    ]


def test_decodings() -> None:
    assert table("Decodings") == [
        [
            f"`{line.name}`",
            f"{line.rule} ({line.strategy.paper})" if line.strategy.paper else line.rule,
            "yes" if line.strategy(**line.values).is_exact else "no",
        ]
        for line in lines(DECODINGS)
    ]


def test_remaskings() -> None:
    assert table("Remasking") == [[f"`{line.name}`", line.rule] for line in lines(REMASKINGS)]
    assert {cls.paper for cls in REMASKINGS.values()} == {"arXiv:2503.00307"}
    assert "## Remasking (ReMDM, arXiv:2503.00307)" in PAGE.read_text()


def test_sweeps() -> None:
    found = table("Sweeps")
    kinds = {line.name: line for line in lines(SWEEP_KINDS)}
    assert [row[:2] for row in found] == [
        [f"`_{name}` (`eval.sweep_kind={line.strategy.name}`)", line.rule]
        for name, line in kinds.items()
    ]
    for (_, _, calls), line in zip(found, kinds.values(), strict=True):
        counted = eval(calls.replace("n²", "n * n").replace("n(", "n * ("), {"n": 7})  # noqa: S307
        assert counted == line.strategy().calls(7)


def test_the_strategy_in_one_file() -> None:
    _, section = PAGE.read_text().split("## Adding a strategy in one file\n")
    snippet = re.search(r"```python\n(.*?)```", section, re.DOTALL)
    assert snippet is not None
    before = dict(REMASKINGS)
    try:
        exec(snippet[1], {"__name__": "mine"})  # noqa: S102
        (name,) = re.findall(r"`\.\.\.(_remdm_share\S+)`", section)
        method = Method.from_name(f"random_temp1.0{name}")
        words = re.findall(r"eval\.(remasking\.\w+)=([\w.]+)", section)
        told = {key: str(value) for key, value in overrides(method.settings).items()}
        assert set(words) <= told.items()
        assert set(words) >= {("remasking.strategy", "share"), ("remasking.share", "0.3")}
    finally:
        REMASKINGS._entries.clear()
        REMASKINGS._entries.update(before)


@pytest.mark.parametrize("registry", [ORDERS, DECODINGS, REMASKINGS, SWEEP_KINDS])
def test_every_strategy_says_what_it_does(registry) -> None:
    for cls in registry.values():
        assert cls.shown
        assert cls.__doc__
        assert all(line.help and line.rule for line in lines(registry))
