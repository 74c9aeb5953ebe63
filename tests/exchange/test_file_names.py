import pytest
from hypothesis import given
from hypothesis import strategies as st

from bd_gen.exchange import export as file_names_module
from bd_gen.exchange.export import file_name, file_names


@pytest.mark.parametrize(
    ("plan_id", "name"),
    [
        ("42-7", "42-7"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("/etc/passwd", "_etc_passwd"),
        ("..", "plan"),
        ("C:\\x", "C__x"),
        (".hidden", "hidden"),
        ("Küche 1", "Küche_1"),
        ("con", "_con"),
        ("Com1.a", "_Com1.a"),
        ("?", "plan"),
        ("x" * 300, "x" * 100),
    ],
)
def test_names(plan_id: str, name: str) -> None:
    assert file_name(plan_id) == name


@given(st.lists(st.text(min_size=1, max_size=200), max_size=20))
def test_they_are_safe_and_different(plan_ids: list[str]) -> None:
    names = file_names(plan_ids)
    assert len({name.casefold() for name in names}) == len(plan_ids)
    for name in names:
        assert name.strip(".") == name != ""
        assert not set(name) & set('/\\:*?"<>|\0\n ')
        assert len(name.encode()) <= 120


def test_equal_names_are_numbered() -> None:
    assert file_names(["a/b", "a_b", "A_B", "a_b-2"]) == ["a_b", "a_b-2", "A_B-3", "a_b-2-2"]


def test_letters_that_file_names_cannot_hold_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_names_module.os, "fsencode", lambda name: name.encode("latin-1"))
    assert file_name("Küche-客厅") == "Küche-__"
    assert file_names(["客", "厅"]) == ["plan", "plan-2"]
