"""Configuration of the Hydra commands: YAML files and overrides in, frozen dataclasses out."""

import copy
import pkgutil
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, get_type_hints

from bd_gen.cli.published_overrides import translated
from bd_gen.system.errors import InputError
from bd_gen.system.names import REGISTRIES, did_you_mean, nearest

if TYPE_CHECKING:
    from omegaconf import DictConfig

CONFIGS = Path(__file__).resolve().parent.parent / "configs"
T = TypeVar("T")


def compose(name: str, overrides: Sequence[str]) -> dict[str, Any]:
    """The configuration `name` with overrides, as plain containers.

    Raises:
        InputError: an override that means nothing, with the near names.
    """
    from hydra.errors import HydraException
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    try:
        known = _plain(_of_choices(name, ()), resolve=False)
        derived = _with_derived(name, known)
        groups = [group for group, _ in _defaults(name)]
        own = {*_keys(known), *groups}
        overrides = translated(name, overrides, own.__contains__)
        for override in overrides:
            _check_override(override, _keys(known), groups)
        words = [word for override in overrides for word in _with_file(override)]
        parsed = [(word.partition("=")[0], _parsed(word)) for word in words]
        choices = tuple(f"{key}={value}" for key, value in parsed if key in groups)
        config = copy.deepcopy(_of_choices(name, choices))
        for key, value in parsed:
            if key not in groups:
                OmegaConf.update(config, key, value, force_add=key in derived)
        plain = _plain(config, resolve=True)
    except (HydraException, OmegaConfBaseException, ValueError) as error:
        raise InputError(f"{' '.join(overrides)}: {_first_line(error)}") from None
    _with_derived(name, plain)
    texts = {key: text for key, _, text in (o.partition("=") for o in overrides)}
    return _with_texts({str(key): value for key, value in plain.items()}, known, texts)


@lru_cache
def _of_choices(name: str, choices: tuple[str, ...]) -> "DictConfig":
    """The configuration `name` as Hydra composes it of its groups; not to be changed.

    That is most of the work, and the same for any values of single settings.
    """
    from hydra import compose as hydra_compose
    from hydra import initialize_config_dir
    from hydra.core.global_hydra import GlobalHydra

    GlobalHydra.instance().clear()
    with initialize_config_dir(str(CONFIGS), version_base="1.3"):
        return hydra_compose(name, list(choices))


def _plain(config: "DictConfig", *, resolve: bool) -> dict[Any, Any]:
    from omegaconf import OmegaConf

    plain = OmegaConf.to_container(config, resolve=resolve)
    assert isinstance(plain, dict)  # noqa: S101 - the top of a configuration is one
    return plain


class Section(dict[str, Any]):
    """Settings of a group, and how those were written that were read as numbers or truths.

    `1e-3` is a name as well as a number; which of the two, only the field knows that it is for.
    """

    texts: dict[str, str]


def _with_texts(
    values: dict[str, Any], known: Mapping[Any, Any], texts: Mapping[str, str], prefix: str = ""
) -> Section:
    found = Section()
    found.texts = {}
    for key, value in values.items():
        default, name = known.get(key), f"{prefix}{key}"
        found[key] = value
        if isinstance(value, dict):
            inner = default if isinstance(default, dict) else {}
            found[key] = _with_texts(value, inner, texts, f"{name}.")
        elif isinstance(value, bool | int | float) and name in texts:
            if isinstance(default, str):
                found[key] = texts[name]
            else:
                found.texts[key] = texts[name]
    return found


def as_text(values: Mapping[str, Any], key: str) -> str | None:
    """A setting that is a text, as it was written; None if it is null."""
    if values[key] is None:
        return None
    return str(getattr(values, "texts", {}).get(key, values[key]))


def section(cls: type[T], values: Mapping[str, Any], name: str) -> T:
    """One section of a configuration as the frozen dataclass that it stands for.

    Raises:
        InputError: a value is missing, of the wrong type or out of range; names the key.
    """
    from omegaconf import MISSING, OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    for key, value in values.items():
        if value == MISSING:
            raise InputError(f"{name}.{key} is needed: give {name}.{key}=...")
    kinds = get_type_hints(cls)
    values = {
        key: as_text(values, key) if kinds.get(key) in (str, str | None) else value
        for key, value in values.items()
    }
    try:
        structured = OmegaConf.structured(cls)
        OmegaConf.set_readonly(structured, False)
        made = OmegaConf.to_object(OmegaConf.merge(structured, dict(values)))
    except OmegaConfBaseException as error:
        full_key = getattr(error, "full_key", None)
        where = f"{name}.{full_key}" if full_key else name
        raise InputError(f"{where}: {_first_line(error)}") from None
    except ValueError as error:
        raise InputError(str(error)) from None
    assert isinstance(made, cls)  # noqa: S101 - what a structured configuration turns into
    return made


def describe(name: str) -> str:
    """The configuration `name` with its groups and defaults, for `--help`."""
    lines = ["Settings (KEY=VALUE):", ""]
    for group, _ in _defaults(name):
        choices = _choices(group)
        if len(choices) > 1:
            lines.append(f"  {group}={'|'.join(choices)}")
    for group, default in _defaults(name):
        if default is None:
            continue
        for line in (CONFIGS / group / f"{default}.yaml").read_text().splitlines():
            if line and not line.startswith("#"):
                key, _, rest = line.partition(":")
                lines.append(f"  {group}.{key}={rest.strip()}")
    lines += [f"  {key}={_word(default)}  # {text}" for key, default, text in _derived(name)]
    return "\n".join(lines)


_REGISTERED = {
    "noise": ("noise=loglinear", "noise.name"),
    "data": ("data=synthetic", "data.source"),
}
"""Groups whose choices need no file: a choice that has one, and the setting that names others."""


def _choices(group: str) -> list[str]:
    """What a group can be: its files, and what is registered without one."""
    found = _files(group)
    if group == "data":
        from bd_gen.data.sources import SOURCES

        found |= set(SOURCES)
    if group == "noise":  # a file each, which would load torch
        folder = CONFIGS.parent / "model" / "schedules"
        found |= {module.name for module in pkgutil.iter_modules([str(folder)])}
        found |= set(REGISTRIES.get("noise schedule", ()))
    return sorted(found)


def _files(group: str) -> set[str]:
    return {path.stem for path in (CONFIGS / group).glob("*.yaml")}


def _with_file(override: str) -> tuple[str, ...]:
    """The choice of a group that has no file as that of one that has, with another name."""
    group, _, choice = override.partition("=")
    if group not in _REGISTERED or choice in _files(group):
        return (override,)
    other, key = _REGISTERED[group]
    return other, f"{key}={quoted(choice)}"


def _derived(name: str) -> list[tuple[str, Any, str]]:
    """Key, default and meaning of settings that stand in no file: those of sampling methods."""
    if name != "generate":
        return []
    from bd_gen.sampling.settings import config_settings

    return [(f"eval.{one.key}", one.default, one.help) for one in config_settings()]


def _with_derived(name: str, values: dict[Any, Any]) -> set[str]:
    """Put the defaults of derived settings where there is nothing; their keys."""
    keys = set()
    for key, default, _ in _derived(name):
        *sections, last = key.split(".")
        inner = values
        for section_name in sections:
            inner = inner.setdefault(section_name, {})
        inner.setdefault(last, default)
        keys.add(key)
    return keys


def _word(value: Any) -> str:
    """A default as it is written in an override."""
    return (
        str(value).lower() if isinstance(value, bool) else "null" if value is None else str(value)
    )


def _defaults(name: str) -> list[tuple[str, str | None]]:
    """Groups of a configuration and their defaults, in the order of the file."""
    found = re.findall(r"^  - (\w+): (\w+)$", (CONFIGS / f"{name}.yaml").read_text(), re.MULTILINE)
    return [(group, None if default == "null" else default) for group, default in found]


def _keys(config: Mapping[Any, Any], prefix: str = "") -> set[str]:
    keys = set()
    for key, value in config.items():
        if isinstance(value, dict):
            keys |= _keys(value, f"{prefix}{key}.")
        else:
            keys.add(f"{prefix}{key}")
    return keys


def _check_override(override: str, keys: set[str], groups: Sequence[str]) -> None:
    key, equals, value = override.partition("=")
    if not equals:
        raise InputError(f"{override}: expected KEY=VALUE")
    if key in groups:
        choices = _choices(key)
        if value not in choices:
            near = nearest(value, choices)
            hint = f"; did you mean {key}={near[0]}?" if near else ""
            raise InputError(f"{override}: {key} must be one of {', '.join(choices)}{hint}")
    elif key not in keys:
        hint = did_you_mean(key, [*keys, *groups], 2, cutoff=0.5)
        raise InputError(f"{override}: there is no setting {key}{hint}")


def _parsed(override: str) -> Any:
    """The value of an override by Hydra's grammar.

    What that has no place for, such as a path with `=` or `~`, stands for itself.
    """
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    parser = OverridesParser.create()
    try:
        found = parser.parse_override(override)
        if not found.is_sweep_override():
            return found.value()
    except HydraException:
        pass
    key, _, value = override.partition("=")
    return parser.parse_override(f"{key}={quoted(value)}").value()


def quoted(value: str) -> str:
    """A text in the quotes of Hydra's grammar, in which it stands for itself."""
    # A backslash is one unless quotes follow: those before a quote, or before the end, count twice.
    value = re.sub(r"(\\*)'", r"\1\1\'", value)
    value = re.sub(r"(\\+)$", r"\1\1", value)
    return f"'{value}'"


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__
