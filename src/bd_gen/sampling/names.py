"""Names of methods, both ways.

A name is the file name of the published results: {v2_}{unmasking}_{decoding}_{remasking}, and
_sweepK or _roomsweepK with sweeps. Only what differs from the usual is spelled out, so that the
published names come out as they are.
"""

import re

from bd_gen.sampling.grid import Loop
from bd_gen.sampling.method import ORDERS, REMASKINGS, Method, RemaskingSettings

_REALIZABLE = "_realizable"  # the very end of a name

_NUMBER = r"[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?"
_SWEEP_WORDS = {"sweep": "tokens", "roomsweep": "rooms"}
_NAME = re.compile(
    rf"(?P<learned>v2_)?(?P<unmasking>{'|'.join(ORDERS)})_"
    rf"(?:(?P<argmax>argmax)|topp(?P<top_p>{_NUMBER})(?:_temp(?P<nucleus_temp>{_NUMBER}))?"
    rf"|temp(?P<temp>{_NUMBER}))_"
    rf"(?:(?P<none>no_remask)|remdm_(?P<strategy>{'|'.join(REMASKINGS)})(?:_eta(?P<eta>{_NUMBER}))?"
    rf"(?:_tsw(?P<t_switch>{_NUMBER}))?"
    rf"(?:_ton(?P<t_on>{_NUMBER})_toff(?P<t_off>{_NUMBER})_alpha(?P<alpha_on>{_NUMBER}))?)"
    rf"(?:_(?P<sweep_word>{'|'.join(_SWEEP_WORDS)})(?P<sweeps>[1-9][0-9]{{0,8}}))?"
)


def method_name(method: Method) -> str:
    """The name of a method; its number of steps is no part of it."""
    return _drawing(method) + (_REALIZABLE if method.only_realizable else "")


def _drawing(method: Method) -> str:
    """The name without what is said of which draws are kept."""
    prefix = "v2_" if method.is_learned else ""
    name = f"{prefix}{method.unmasking}_{_decoding(method)}_{_remasking(method.remasking)}"
    if not method.sweeps:
        return name
    word = next(word for word, kind in _SWEEP_WORDS.items() if kind == method.sweep_kind)
    return f"{name}_{word}{method.sweeps}"


def method_named(name: str, steps: int) -> Method:
    """The method of a name.

    Raises:
        ValueError: the name follows no known pattern, or its settings are out of range.
    """
    match = _NAME.fullmatch(name.removesuffix(_REALIZABLE))
    if match is None:
        raise ValueError(
            f"{name!r} names no method; expected {{v2_}}{{{'|'.join(ORDERS)}}}_"
            f"{{argmax|topp0.9|temp1.0}}_{{no_remask|remdm_cap_eta0.4|...}}{{_sweep2|...}}"
        )
    temperature = match["temp"] or match["nucleus_temp"] or "1"
    return Method(
        unmasking=match["unmasking"],
        only_realizable=name.endswith(_REALIZABLE),
        temperature=0.0 if match["argmax"] else float(temperature),
        top_p=None if match["top_p"] is None else float(match["top_p"]),
        remasking=None if match["none"] else _settings(match),
        steps=steps,
        is_learned=match["learned"] is not None,
        sweeps=int(match["sweeps"] or 0),
        sweep_kind=_SWEEP_WORDS.get(match["sweep_word"] or "", ""),
    )


def _settings(match: re.Match[str]) -> RemaskingSettings:
    loop = Loop()
    if match["t_on"] is not None:
        loop = Loop(float(match["t_on"]), float(match["t_off"]), float(match["alpha_on"]))
    return RemaskingSettings(
        strategy=match["strategy"],
        eta=None if match["eta"] is None else float(match["eta"]),
        t_switch=float(match["t_switch"] or 1.0),
        loop=loop,
    )


def _decoding(method: Method) -> str:
    if method.top_p is not None:
        name = f"topp{float(method.top_p)}"
        return name if method.temperature == 1 else f"{name}_temp{float(method.temperature)}"
    return "argmax" if method.temperature == 0 else f"temp{float(method.temperature)}"


def _remasking(settings: RemaskingSettings | None) -> str:
    if settings is None:
        return "no_remask"
    name = f"remdm_{settings.strategy}"
    if settings.eta is not None:
        name += f"_eta{float(settings.eta)}"
    # Confidence remasking is published with its t_switch even where that is 1.
    if settings.t_switch != 1 or settings.strategy in ("confidence", "compensated"):
        name += f"_tsw{float(settings.t_switch)}"
    if settings.strategy == "loop" and settings.loop != Loop():
        loop = settings.loop
        name += f"_ton{loop.t_on}_toff{loop.t_off}_alpha{loop.alpha_on}"
    return name
