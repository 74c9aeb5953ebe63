"""Plug-ins: files or modules of users that register things of their own (docs/plugins.md).

A plug-in is imported before the registries are asked. Every process that works for this one
imports the same plug-ins, and files record which there were.
"""

import hashlib
import importlib
import importlib.util
import sys
import threading
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any

from bd_gen.system.errors import InputError
from bd_gen.system.names import REGISTRIES

GROUP = "bd_gen.plugins"
"""The entry points by which installed packages bring plug-ins."""

_PREFIX = "bd_gen_plugin_"  # of the names of modules that are files
_LARGEST_FILE = 1 << 24


@dataclass(frozen=True)
class Plugin:
    """A plug-in that was imported.

    Attributes:
        name: of the file without its ending, of the module, or of the entry point.
        module: the name in `sys.modules`.
        file: absolute path of a file; empty for a module.
        sha256: of the file, or of all Python files of a module.
        distribution: name and version of the package that it was installed with, if any.
        provides: names of what it registered, by kind.
        source: content of a file, for processes and machines that lack it.
    """

    name: str
    module: str
    file: str
    sha256: str
    distribution: str = ""
    provides: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    source: bytes = field(default=b"", repr=False)

    @property
    def where(self) -> str:
        """The file or the module, for people and for `--plugin`."""
        return self.file or self.module

    @property
    def as_plain(self) -> dict[str, Any]:
        """What files record of it."""
        origin = {"file": Path(self.file).name} if self.file else {"module": self.module}
        distribution = {"distribution": self.distribution} if self.distribution else {}
        return {
            "name": self.name,
            **origin,
            "sha256": self.sha256,
            **distribution,
            "provides": {kind: list(names) for kind, names in self.provides.items()},
        }


_loaded: dict[str, Plugin] = {}  # by module
_searched = False  # for entry points
_lock = threading.RLock()


def loaded() -> tuple[Plugin, ...]:
    """The plug-ins that were imported, in that order."""
    return tuple(_loaded.values())


def provider(kind: str, name: str) -> Plugin | None:
    """The plug-in that registered a thing; None if it came with bd-gen or by hand."""
    return next((p for p in loaded() if name in p.provides.get(kind, ())), None)


def load(given: str | Path) -> Plugin:
    """Import a plug-in; a file that was changed since is imported anew.

    Args:
        given: a file `NAME.py`, or the name of a module that Python finds.

    Raises:
        InputError: there is no such file or module, it fails, it registers a name that is taken,
            or it replaces or removes something that came with bd-gen. Nothing of it stays.
    """
    given = str(given)
    with _lock:
        is_file = given.endswith(".py") or "/" in given
        return _taken_up(_from_file(given) if is_file else _from_module(given))


def load_installed() -> None:
    """Import the plug-ins of installed packages, once.

    Raises:
        InputError: as `load`.
    """
    global _searched
    with _lock:
        if _searched:
            return
        _searched = True
        for point in metadata.entry_points(group=GROUP):
            distribution = f"{point.dist.name} {point.dist.version}" if point.dist else ""
            plugin = _from_module(point.module, distribution)
            _taken_up(replace(plugin, name=point.name))


def install(sent: Iterable[Plugin]) -> None:
    """Import the plug-ins of another process, as that has them, and take back all others.

    Raises:
        InputError: a module is missing here or is another version, or as `load`.
    """
    global _searched
    with _lock:
        _searched, sent = True, list(sent)  # what is installed there counts
        for module in _loaded.keys() - {plugin.module for plugin in sent}:
            forget(module)
        for plugin in sent:
            if not plugin.file:
                here = _from_module(plugin.module)
                if here.sha256 != plugin.sha256:
                    raise InputError(f"plug-in {plugin.where}: a worker has another version of it")
            _taken_up(replace(plugin, provides={}))


def forget(module: str) -> None:
    """Take back what a plug-in registered."""
    with _lock:
        plugin = _loaded.pop(module, None)
        for kind, names in (plugin.provides if plugin else {}).items():
            for one in names:
                REGISTRIES[kind].pop(one, None)
        if plugin is not None:
            _unimport(module)


def _from_file(given: str) -> Plugin:
    path = Path(given).expanduser().absolute()
    try:
        if path.suffix != ".py" or not path.is_file() or path.stat().st_size > _LARGEST_FILE:
            raise InputError(f"plug-in {given}: expected a Python file or the name of a module")
        source = path.read_bytes()
    except OSError as error:
        raise InputError(f"plug-in {given}: cannot be read ({error.strerror or error})") from None
    sha256 = hashlib.sha256(source).hexdigest()
    return Plugin(path.stem, _PREFIX + path.stem, str(path), sha256, source=source)


def _from_module(name: str, distribution: str | None = None) -> Plugin:
    try:
        spec = importlib.util.find_spec(name)
    except Exception as error:  # whatever a package above it raises
        raise InputError(f"plug-in {name}: {_reason(error)}") from None
    if spec is None:
        hint = f"; a file is given as {name}.py" if Path(f"{name}.py").is_file() else ""
        raise InputError(f"plug-in {name}: there is no module of that name{hint}")
    folders = [Path(folder) for folder in spec.submodule_search_locations or ()]
    files = sorted(file for folder in folders for file in folder.rglob("*.py"))
    if not files and spec.origin and Path(spec.origin).is_file():
        files = [Path(spec.origin)]
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    if distribution is None:
        distribution = _distribution_of(name)
    return Plugin(name, name, "", digest.hexdigest(), distribution)


def _distribution_of(module: str) -> str:
    names = metadata.packages_distributions().get(module.partition(".")[0], ())
    return f"{names[0]} {metadata.version(names[0])}" if names else ""


def _taken_up(plugin: Plugin) -> Plugin:
    """Import a plug-in that may be here already, and see what it did to the registries."""
    old = _loaded.get(plugin.module)
    if old is not None and (old.where, old.sha256) == (plugin.where, plugin.sha256):
        return old
    if old is not None and old.where != plugin.where:
        raise InputError(
            f"plug-in {plugin.where}: there is already one called {plugin.name!r}, {old.where}"
        )
    forget(plugin.module)
    before = {kind: dict(registry) for kind, registry in REGISTRIES.items()}
    try:
        _execute(plugin)
        _check_built_in(plugin)
    except BaseException:
        _restore(before)
        _unimport(plugin.module)
        raise
    known = {kind: before.get(kind, registry.built_in) for kind, registry in REGISTRIES.items()}
    new = {kind: tuple(n for n in REGISTRIES[kind] if n not in known[kind]) for kind in known}
    plugin = replace(plugin, provides={kind: names for kind, names in new.items() if names})
    _loaded[plugin.module] = plugin
    return plugin


def _unimport(module: str) -> None:
    """Let the next import run it again."""
    for name in [n for n in sys.modules if n == module or n.startswith(f"{module}.")]:
        del sys.modules[name]


def _restore(before: Mapping[str, Mapping[str, Any]]) -> None:
    for kind, registry in REGISTRIES.items():
        entries = before.get(kind, registry.built_in)
        registry.clear()
        registry.update(entries)


def _check_built_in(plugin: Plugin) -> None:
    for registry in REGISTRIES.values():
        for name in registry.changed:
            what = "replaces" if name in registry else "removes"
            raise InputError(
                f"plug-in {plugin.where}: {what} the {registry.kind} {name!r}, which comes with "
                "bd-gen; give yours a name of its own"
            )


def _execute(plugin: Plugin) -> None:
    try:
        if not plugin.file:
            importlib.import_module(plugin.module)
            return
        spec = importlib.util.spec_from_loader(plugin.module, loader=None, origin=plugin.file)
        assert spec is not None  # noqa: S101 - it always gives one
        module: ModuleType = importlib.util.module_from_spec(spec)
        module.__file__ = plugin.file
        sys.modules[plugin.module] = module
        # From what was hashed, not from the file again: that may be changed or elsewhere.
        exec(compile(plugin.source, plugin.file, "exec"), module.__dict__)  # noqa: S102
    except (Exception, SystemExit) as error:
        raise InputError(f"plug-in {_place(plugin, error)}: {_reason(error)}") from error


def _place(plugin: Plugin, error: BaseException) -> str:
    """The plug-in, and its last line that was run."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}, line {error.lineno}"
    file = plugin.file
    if not file:
        spec = importlib.util.find_spec(plugin.module)
        file = "" if spec is None or spec.origin is None else spec.origin
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == file]
    return f"{file}, line {lines[-1]}" if lines else plugin.where


def _reason(error: BaseException) -> str:
    text = " ".join((error.msg if isinstance(error, SyntaxError) else str(error)).split())
    if isinstance(error, InputError):
        return text
    return f"{type(error).__name__}{': ' if text else ''}{text}"[:300]
