"""A method's settings wherever they stand: in samples files, configurations and commands.

All is derived from what strategies declare. A parameter of an order or a decoding is `KEY` in files
and `eval.KEY` in the configuration, that of a remasking `remasking_KEY` and `eval.remasking.KEY`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bd_gen.sampling.method import DEFAULT_STEPS, Method, RemaskingSettings, of_values
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
    remasked = {
        key.removeprefix(f"{_SECTION}."): asked.pop(key)
        for key in [*asked]
        if key.startswith(f"{_SECTION}.")
    }
    unmasking, steps = asked.pop("unmasking_mode"), asked.pop("sampling_steps")
    sweeps, kind = (asked.pop(key) for key in _SWEPT)
    method = of_values(
        {key: value for key, value in asked.items() if key != "only_realizable"},
        unmasking=unmasking,
        remasking=_remasking(remasked.pop("strategy"), remasked),
        steps=steps,
        only_realizable=asked["only_realizable"],
        is_learned=is_learned,
    )
    if sweeps is None:
        sweeps = method.default_sweeps if kind is None else 0
    return replace(method, sweeps=sweeps, sweep_kind=kind or "")


def usual_method() -> Method:
    """The method of `bd-gen generate` without settings."""
    return from_config({})


def _remasking(strategy: str | None, values: dict[str, Any]) -> RemaskingSettings | None:
    if strategy not in (None, "none"):
        return RemaskingSettings(strategy or "", **values)
    for key, value in values.items():
        having = [n for n, cls in REMASKINGS.items() if key in cls.parameters()]
        is_needed = REMASKINGS[having[0]].parameters()[key].default is None
        if is_needed and value is not None:
            names = listed(having, "or")
            raise ValueError(f"remasking.{key}: goes with remasking.strategy={names}")
    return None


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
    keys = [key for key in _keys((*DECODINGS.values(), *ORDERS.values())) if key in settings]
    return of_values(
        {key: _number(key, settings[key]) for key in keys if settings[key] is not None},
        unmasking=unmasking,
        remasking=_stored_remasking(settings),
        steps=steps,
        is_learned=is_learned,
        only_realizable=_truth("only_realizable", settings.get("only_realizable") or False),
        **{key: settings[key] for key in _SWEPT if settings.get(key) is not None},
    )


def _stored_remasking(settings: Mapping[str, Any]) -> RemaskingSettings | None:
    strategy = settings.get("remasking_strategy")
    if not _truth("remasking_enabled", settings.get("remasking_enabled", strategy is not None)):
        if strategy is not None:
            raise ValueError(f"remasking_strategy is {strategy!r:.40}, remasking_enabled false")
        return None
    if not isinstance(strategy, str):
        raise ValueError(f"remasking_strategy: expected text, got {strategy!r:.40}")
    values = {key: settings.get(f"{_SECTION}_{key}") for key in _keys(REMASKINGS.values())}
    name, together = REMASKINGS[strategy].stored_together if strategy in REMASKINGS else ("", ())
    if together:
        stored = settings.get(name)
        if not isinstance(stored, list) or len(stored) != len(together):
            raise ValueError(f"{name}: expected {listed([*together])}")
        values |= dict(zip(together, (_number(name, value) for value in stored), strict=True))
    return RemaskingSettings(
        strategy,
        **{
            key: _number(f"{_SECTION}_{key}", value)
            for key, value in values.items()
            if value is not None
        },
    )


def _keys(strategies: Iterable[type[Strategy]]) -> list[str]:
    return list(dict.fromkeys(key for cls in strategies for key in cls.parameters()))


def _number(key: str, value: object) -> float:
    if type(value) not in (int, float):
        raise ValueError(f"{key}: expected a number, got {value!r:.40}")
    return float(value)  # type: ignore[arg-type]


def _truth(key: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{key}: expected true or false, got {value!r:.40}")
    return value


def known_settings() -> set[str]:
    """All keys of files that belong to a method."""
    together = {cls.stored_together[0] for cls in REMASKINGS.values()} - {""}
    remasked = {f"{_SECTION}_{key}" for key in _keys(REMASKINGS.values())}
    own = _keys((*DECODINGS.values(), *ORDERS.values()))
    return {*NEEDED, *NEEDED_TO_REMASK, *_SWEPT, *own, *remasked, *together, "is_v2"} | {
        "only_realizable"
    }


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
    own = _keys((*DECODINGS.values(), *ORDERS.values()))
    keys = {key: key for key in ("unmasking_mode", *own, "sampling_steps")}
    values = dict(settings)
    cls = REMASKINGS.get(str(settings.get("remasking_strategy")))
    if cls is not None:
        name, together = cls.stored_together
        stored = settings.get(name)
        if isinstance(stored, list) and len(stored) == len(together):
            values |= {f"{_SECTION}_{k}": v for k, v in zip(together, stored, strict=True)}
        of_it = ("strategy", *cls.parameters())
        keys |= {f"{_SECTION}_{key}": f"{_SECTION}.{key}" for key in of_it}
    keys |= {key: key for key in _SWEPT}
    found = {new: values[old] for old, new in keys.items() if values.get(old) is not None}
    if not settings.get("sweeps") and _would_be_swept(settings):
        found["sweeps"] = 0
    return found | ({"only_realizable": "true"} if settings.get("only_realizable") is True else {})


def _would_be_swept(settings: Mapping[str, Any]) -> bool:
    try:
        return from_settings({**settings, "is_v2": None}).default_sweeps > 0
    except ValueError:
        return True  # to be on the safe side
