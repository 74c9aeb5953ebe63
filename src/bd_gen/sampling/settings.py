"""A method's settings wherever they stand: in samples files, configurations and commands.

All is derived from what strategies declare. A parameter of an order or a decoding is `KEY` in files
and `eval.KEY` in the configuration, that of a remasking `remasking_KEY` and `eval.remasking.KEY`.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from bd_gen.sampling.method import ACTS_AFTER, DEFAULT_STEPS, Method, RemaskingSettings, of_values
from bd_gen.sampling.names import listed
from bd_gen.sampling.parameters import Parameter, Strategy
from bd_gen.sampling.strategies import DECODINGS, ORDERS, REMASKINGS, SWEEP_KINDS

USUAL_ORDER = "first_hitting"
NEEDED = ("sampling_steps", "temperature", "top_p", "unmasking_mode", "remasking_enabled")
"""What published files always say."""
NEEDED_TO_REMASK = ("remasking_strategy", "remasking_eta", "remasking_t_switch")
_SECTION = "remasking"
_SWEPT = ("sweeps", "sweep_kind")


@dataclass(frozen=True)
class Setting:
    """A key of the `eval` section that belongs to the method.

    Attributes:
        key: with a dot before a remasking's parameter.
        kind: the type of its values.
        default: None for null.
        help: what it is.
    """

    key: str
    kind: Any
    default: Any
    help: str


def config_settings() -> list[Setting]:
    """The method's settings in the configuration, in the order of `bd-gen generate --help`."""
    stepless = " and ".join(name for name, cls in ORDERS.items() if not cls.has_steps)
    swept = "; ".join(
        f"{cls.default_sweeps} for {name} at temperature 1 without top-p"
        for name, cls in ORDERS.items()
        if cls.default_sweeps
    )
    kinds = ", ".join(f"{name} ({cls.block})" for name, cls in SWEEP_KINDS.items())
    return [
        Setting("unmasking_mode", str, USUAL_ORDER, ", ".join(ORDERS)),
        *_numbers((*DECODINGS.values(), *ORDERS.values()), ""),
        Setting("sampling_steps", int, DEFAULT_STEPS, f"{stepless} have one step a token instead"),
        Setting("sweeps", int | None, None, "how often all tokens are drawn again, each given all "
                f"the others; default: {swept}, 0 for every other method"),
        Setting("sweep_kind", str | None, None, f"{kinds}; null means {next(iter(SWEEP_KINDS))}"),
        Setting("only_realizable", bool, False,
                "draw anew until there is a layout; needs the extra layout"),
        Setting(f"{_SECTION}.strategy", str | None, None, ", ".join(REMASKINGS)),
        *_numbers(REMASKINGS.values(), f"{_SECTION}."),
    ]  # fmt: skip


def _numbers(strategies: Iterable[type[Strategy]], section: str) -> Iterator[Setting]:
    having: dict[str, list[str]] = {}
    first: dict[str, Parameter] = {}
    every = list(strategies)
    for cls in every:
        for key, one in cls.parameters().items():
            having.setdefault(key, []).append(cls.name)
            first.setdefault(key, one)
    for key, one in first.items():
        kind = one.kind if one.default is not None else one.kind | None
        text = f"of {listed(having[key])}: {one.help}, in {one.within}" if section else one.help
        yield Setting(f"{section}{key}", kind, one.default, text)


def from_config(values: Mapping[str, Any], is_learned: bool = False) -> Method:
    """The method of the `eval` section of a configuration.

    Args:
        values: by the keys of `config_settings`; the usual ones where there are none, and keys of
            other settings count for nothing.
        is_learned: whether the checkpoint has a learned forward process.

    Raises:
        ValueError: a setting is out of range or contradicts another; the message begins with it.
    """
    asked = {one.key: values.get(one.key, one.default) for one in config_settings()}
    strategy = f"{_SECTION}.strategy"
    if asked[strategy] in (None, "none"):
        asked = {key: None if key == strategy else _idle(key, asked[key]) for key in asked}
    sweeps, kind = (asked.pop(key) for key in _SWEPT)
    stored = {key.replace(".", "_"): value for key, value in asked.items()}
    method = from_settings(stored, is_learned)
    if sweeps is None:
        sweeps = method.default_sweeps if kind is None else 0
    steps = asked["sampling_steps"]  # refused out of range even where it has no part
    return replace(method, steps=steps, sweeps=sweeps, sweep_kind=kind or "")


def _idle(key: str, value: Any) -> Any:
    """A value where nothing is masked again; what no strategy has usually may not be there.

    Raises:
        ValueError: it is.
    """
    section, _, name = key.rpartition(".")
    having = {
        n: cls.parameters()[name] for n, cls in REMASKINGS.items() if name in cls.parameters()
    }
    if not section:
        return value
    if value is not None and any(one.default is None for one in having.values()):
        names = listed([*having], "or")
        raise ValueError(f"{key}: goes with remasking.strategy={names}")
    return None


def usual_method() -> Method:
    """The method of `bd-gen generate` without settings."""
    return from_config({})


def from_settings(settings: Mapping[str, Any], is_learned: bool = False) -> Method:
    """The method of `Method.settings`, or of the `config` of any samples or result.

    Published configs say temperature 0 where top-p truncates, and eta 0 where confidence
    remasks; both mean that the setting has no part in it.

    Args:
        settings: as they stand in the file; the usual ones where there are none.
        is_learned: whether the method's name begins with v2_.

    Raises:
        ValueError: a setting has the wrong type, is out of range, or contradicts another.
    """
    if settings.get("is_v2") not in (None, is_learned):
        raise ValueError(f"is_v2 is {settings['is_v2']}, which the method's name contradicts")
    unmasking, steps = settings.get("unmasking_mode"), settings.get("sampling_steps", DEFAULT_STEPS)
    if not isinstance(unmasking, str):
        raise ValueError(f"unmasking_mode: expected text, got {unmasking!r:.40}")
    if unmasking in ORDERS and not ORDERS[unmasking].has_steps:
        steps = DEFAULT_STEPS  # It has one step a token; the setting has no part in it.
    elif type(steps) is not int:
        raise ValueError(f"sampling_steps: expected a whole number, got {steps!r:.40}")
    return of_values(
        {key: _number(key, settings.get(key)) for key in _own_keys()},
        unmasking=unmasking,
        remasking=_remasking(settings),
        steps=steps,
        is_learned=is_learned,
        only_realizable=_truth("only_realizable", settings.get("only_realizable") or False),
        **{key: settings[key] for key in _SWEPT if settings.get(key) is not None},
    )


def _remasking(settings: Mapping[str, Any]) -> RemaskingSettings | None:
    strategy = settings.get("remasking_strategy")
    if not _truth("remasking_enabled", settings.get("remasking_enabled", strategy is not None)):
        if strategy is not None:
            raise ValueError(f"remasking_strategy is {strategy!r:.40}, remasking_enabled false")
        return None
    if not isinstance(strategy, str):
        raise ValueError(f"remasking_strategy: expected text, got {strategy!r:.40}")
    apart = _apart(strategy, settings)
    keys = _keys(REMASKINGS.values())
    values = {key: _number(f"{_SECTION}_{key}", apart.get(f"{_SECTION}_{key}")) for key in keys}
    return RemaskingSettings(strategy, **values)


def _apart(strategy: object, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings, and each of the parameters of a remasking that are stored together.

    Raises:
        ValueError: there is no list of so many.
    """
    cls = REMASKINGS.get(str(strategy))
    name, keys = cls.stored_together if cls is not None else ("", ())
    stored = settings.get(name)
    if stored is None:
        return dict(settings)
    if not isinstance(stored, list) or len(stored) != len(keys):
        raise ValueError(f"{name}: expected {listed([*keys])}")
    return {**settings, **{f"{_SECTION}_{k}": v for k, v in zip(keys, stored, strict=True)}}


def _keys(strategies: Iterable[type[Strategy]]) -> list[str]:
    return list(dict.fromkeys(key for cls in strategies for key in cls.parameters()))


def _own_keys() -> list[str]:
    """Keys of the parameters of orders and decodings."""
    return _keys((*DECODINGS.values(), *ORDERS.values()))


def _number(key: str, value: Any) -> float | None:
    if type(value) not in (int, float, type(None)):
        raise ValueError(f"{key}: expected a number, got {value!r:.40}")
    return None if value is None else float(value)


def _truth(key: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{key}: expected true or false, got {value!r:.40}")
    return value


def known_settings() -> set[str]:
    """All keys of files that belong to a method."""
    together = {cls.stored_together[0] for cls in REMASKINGS.values()}
    derived = {one.key.replace(".", "_") for one in config_settings()}
    return derived | together | {*NEEDED, *NEEDED_TO_REMASK, ACTS_AFTER, "is_v2"}


def canonical(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a file, each as `Method.settings` has it: files write some in several ways.

    Settings that contradict one another stay as they are.
    """
    whole = {"unmasking_mode": next(iter(ORDERS)), **settings}
    try:
        meant = from_settings(whole, is_learned=settings.get("is_v2") is True).settings
    except (OverflowError, ValueError):
        return dict(settings)
    return {key: meant.get(key, value) for key, value in settings.items()}


def overrides(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of `bd-gen generate`, by key behind `eval.`, that give a method again.

    What decides about the samples is spelled out, so that they mean the same whatever the defaults
    are; null is left out.

    Args:
        settings: those of a file; what has no meaning here is left out.
    """
    strategy = settings.get("remasking_strategy")
    cls = REMASKINGS.get(str(strategy))
    values = dict(settings)
    with suppress(ValueError):
        values = _apart(strategy, settings)
    of_it = () if cls is None else ("strategy", *cls.parameters())
    keys = ("unmasking_mode", *_own_keys(), "sampling_steps")
    keys = (*keys, *(f"{_SECTION}.{key}" for key in of_it), *_SWEPT)
    found = {key: values.get(key.replace(".", "_")) for key in keys}
    if not settings.get("sweeps") and _would_be_swept(settings):
        found["sweeps"] = 0
    if settings.get("only_realizable") is True:
        found["only_realizable"] = "true"
    return {key: value for key, value in found.items() if value is not None}


def _would_be_swept(settings: Mapping[str, Any]) -> bool:
    try:
        return from_settings({**settings, "is_v2": None}).default_sweeps > 0
    except ValueError:
        return True  # to be on the safe side
