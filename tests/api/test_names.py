"""`import bd_gen`: the names, when they are imported, and what type checkers are told."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import bd_gen
import bd_gen.design.brief  # binds the package where the verb stands

HEAVY = ("numpy", "torch", "ortools", "matplotlib", "networkx", "scipy", "yaml", "click")


def ran(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def loaded_after(code: str) -> set[str]:
    text = ran(f"import sys\n{code}\nprint(*[name for name in {HEAVY} if name in sys.modules])")
    return set(text.split())


def test_the_package_alone_imports_nothing():
    assert loaded_after("import bd_gen; dir(bd_gen); bd_gen.__version__") == set()


@pytest.mark.parametrize(
    ("code", "allowed"),
    [
        ("bd_gen.InputError", set()),
        ("bd_gen.Vocabulary(8)", {"numpy"}),
        ("bd_gen.Diagram(['Kitchen'], []).to_json()", {"numpy"}),
        ("bd_gen.design", set()),
        ("bd_gen.lay_out", {"numpy"}),
        ("bd_gen.draw", {"numpy"}),
    ],
)
def test_a_name_imports_what_it_needs(code, allowed):
    assert loaded_after(f"import bd_gen; {code}") <= allowed


def test_layouts_and_pictures_need_no_torch():
    pytest.importorskip("ortools")
    code = "bd_gen.lay_out(bd_gen.Diagram(['Kitchen']), improve_effort=0)._repr_svg_()"
    assert "torch" not in loaded_after(f"import bd_gen; {code}")


def test_type_checkers_know_the_same_names_at_the_same_places():
    tree = ast.parse(Path(bd_gen.__file__).read_text())
    told = {
        alias.name: statement.module
        for block in tree.body
        if isinstance(block, ast.If)
        for statement in block.body
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
    }
    assert told == {**bd_gen._HOME, "design": "bd_gen.api.designing"}
    assert set(bd_gen.__all__) == {"__version__", *told}


def test_every_name_is_there_and_listed():
    for name in bd_gen.__all__:
        assert name in dir(bd_gen)
        assert getattr(bd_gen, name) is not None
    assert bd_gen.Diagram.__name__ == "Diagram"


def test_an_unknown_name():
    with pytest.raises(AttributeError, match="module 'bd_gen' has no attribute 'diagramm'"):
        bd_gen.diagramm  # noqa: B018


def test_design_is_a_package_and_a_verb():
    assert bd_gen.design.brief.Brief.__name__ == "Brief"
    assert callable(bd_gen.design)
    with pytest.raises(bd_gen.InputError, match=r"^rooms: unknown room 'Kitchn'"):
        bd_gen.design("Kitchn")
