"""The code of the package, counted: lines, files, rooms, arrows between rooms, circles of files.

A room is what stands directly under the package, a folder or a single file, and the package's own
`__init__`. An arrow leads from a room to another that any of its files imports from, at the top or
inside a function. A circle is a group
of files of which each reaches each other one by imports.
"""

import ast
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import networkx as nx

_NO_CODE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}


def lines_of_code(source: str) -> int:
    """Lines that hold code: neither blank, nor a comment alone, nor part of a docstring.

    A docstring is the first statement of a module, class or function, if it is a text alone; a text
    under a field is a line of code.
    """
    with_tokens: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in _NO_CODE:
            with_tokens.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(source)):
        owners = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
        if isinstance(node, owners) and ast.get_docstring(node, clean=False) is not None:
            text = node.body[0]
            with_tokens.difference_update(range(text.lineno, (text.end_lineno or 0) + 1))
    return len(with_tokens)


def imported(source: str, package: str, modules: set[str], module: str) -> set[str]:
    """Modules of the package that a file imports, wherever in it.

    `from a import b` is the module `a.b` where there is one, else `a`. `module` is the file's own
    name, from which relative imports start; that of a package ends in `.__init__`.
    """
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = node.module or ""
            if node.level:
                parts = module.split(".")[: -node.level]
                start = ".".join([*parts, *filter(None, [node.module])])
            for alias in node.names:
                inner = f"{start}.{alias.name}"
                found.add(inner if inner in modules else start)
    return {name for name in found if name == package or name.startswith(f"{package}.")}


@dataclass(frozen=True)
class Code:
    """The package as graphs: which files import which, which rooms which."""

    lines: int
    files: nx.DiGraph
    """Module names; an edge from what imports to what is imported."""
    rooms: nx.DiGraph
    """Names of rooms without the package's; the package's own `__init__` has the package's name."""

    @property
    def circles(self) -> list[set[str]]:
        """Groups of files that import one another round about."""
        return [group for group in nx.strongly_connected_components(self.files) if len(group) > 1]


def read_code(folder: Path) -> Code:
    """Count the package in `folder` (`src/bd_gen`)."""
    package = folder.name
    sources = {_module(path, folder): path for path in _python_files(folder)}
    files: nx.DiGraph = nx.DiGraph()
    rooms: nx.DiGraph = nx.DiGraph()
    lines = 0
    for module, path in sources.items():
        source = path.read_text(encoding="utf-8")
        lines += lines_of_code(source)
        files.add_node(module)
        rooms.add_node(_room(module))
        place = f"{module}.__init__" if path.name == "__init__.py" else module
        for name in sorted(imported(source, package, set(sources), place)):
            files.add_edge(module, name)
            if _room(name) != _room(module):
                rooms.add_edge(_room(module), _room(name))
    return Code(lines, files, rooms)


def _python_files(folder: Path) -> Iterator[Path]:
    return iter(sorted(folder.rglob("*.py")))


def _module(path: Path, folder: Path) -> str:
    parts = path.relative_to(folder.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _room(module: str) -> str:
    package, _, below = module.partition(".")
    return below.partition(".")[0] or package
