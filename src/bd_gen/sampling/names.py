"""Names of methods, both ways, put together from what strategies say of themselves.

A name is the file name of the published results: {v2_}ORDER_DECODING_REMASKING, and _sweepK or
the like with sweeps. Only what differs from the usual is spelled out, so that the published names
come out as they are.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bd_gen.sampling.parameters import Parameter, Strategy, complete
from bd_gen.sampling.strategies import DECODINGS, ORDERS, REMASKINGS, SWEEP_KINDS

LEARNED, REALIZABLE, NO_REMASKING = "v2_", "_realizable", "no_remask"
_NUMBER = r"[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?"


def part(cls: type[Strategy], values: Mapping[str, Any]) -> str:
    """What a strategy with values of all its parameters writes into a method's name.

    Parameters that have a usual value are spelled out together, if one of them has another.
    """
    usual = {
        key: one.default
        for key, one in cls.parameters().items()
        if one.default is not None and key not in cls.always_named
    }
    is_usual = all(values[key] == value for key, value in usual.items())
    words = [
        f"{one.word}{one.kind(values[key])}"
        for key, one in cls.parameters().items()
        if key not in usual or not is_usual
    ]
    return "_".join([cls.stem, *words] if cls.stem else words)


@dataclass(frozen=True)
class Line:
    """What is said of a strategy with some values of its parameters.

    Attributes:
        strategy: which.
        values: of its parameters.
        name: its part of a method's name.
        help: what it does, in words.
        rule: the same for docs/sampling.md.
    """

    strategy: type[Strategy]
    values: dict[str, Any]
    name: str
    help: str
    rule: str


def lines(registry: Mapping[str, type[Strategy]]) -> Iterator[Line]:
    """What is said of all strategies of a family."""
    for cls in registry.values():
        for shown in cls.lines():
            values = complete(cls, dict(zip(cls.parameters(), shown.values, strict=False)))
            name = part(cls, values) + ("2" if registry is SWEEP_KINDS else "")
            rule = shown.help if shown.rule is None else shown.rule
            yield Line(cls, values, name, shown.help.format(**values), rule.format(**values))


def listed(names: list[str], word: str = "and") -> str:
    """Names in a sentence: "cap, rescale and loop"."""
    *most, last = names
    return f"{', '.join(most)} {word} {last}" if most else last


def parts_of(name: str) -> dict[str, Any]:
    """What a name says: is_learned, unmasking, values of order and decoding, remasking, ...

    Raises:
        ValueError: the name follows no known pattern.
    """
    match = re.fullmatch(
        rf"(?P<learned>{LEARNED})?(?P<order>{_any(ORDERS)})_(?P<decoding>{_any(DECODINGS)})"
        rf"_(?P<remasking>{NO_REMASKING}|{_any(REMASKINGS)})"
        rf"(?:_(?P<sweeps>{'|'.join(cls.stem for cls in SWEEP_KINDS.values())})"
        rf"(?P<count>[1-9][0-9]{{0,8}}))?(?P<realizable>{REALIZABLE})?",
        name,
    )
    if match is None:
        raise ValueError(
            f"{name!r} names no method; expected {{{LEARNED}}}{{{'|'.join(ORDERS)}}}"
            f"_{{{'|'.join(reversed(_examples(DECODINGS)))}}}"
            f"_{{{NO_REMASKING}|{_examples(REMASKINGS)[0]}|...}}{{_sweep2|...}}"
        )
    order, of_order = _read(match["order"], ORDERS)
    kinds = {cls.stem: kind for kind, cls in SWEEP_KINDS.items()}
    return {
        "is_learned": match["learned"] is not None,
        "unmasking": order,
        "values": of_order | _read(match["decoding"], DECODINGS)[1],
        "remasking": None if match["remasking"] == NO_REMASKING
        else _read(match["remasking"], REMASKINGS),
        "sweeps": int(match["count"] or 0),
        "sweep_kind": kinds.get(match["sweeps"] or "", ""),
        "only_realizable": match["realizable"] is not None,
    }  # fmt: skip


def _examples(registry: Mapping[str, type[Strategy]]) -> list[str]:
    """A part of a name by each strategy."""
    found: dict[type[Strategy], str] = {}
    for line in lines(registry):
        found.setdefault(line.strategy, line.name)
    return list(found.values())


def _any(registry: Mapping[str, type[Strategy]]) -> str:
    patterns = (_pattern(cls, registry) for cls in registry.values())
    return "|".join(re.sub(r"\?P<\w+>", "?:", pattern) for pattern in patterns)


def _pattern(cls: type[Strategy], registry: Mapping[str, type[Strategy]]) -> str:
    """A strategy's part of a name; what is missing is refused where the strategy is made."""
    own = cls.parameters()
    known = own | _foreign(own, registry)
    words = [rf"{one.word}(?P<{key}>{_NUMBER})" for key, one in known.items()]
    first = cls.stem or words.pop(0)
    return first + "".join(f"(?:_{word})?" for word in words)


def _foreign(
    own: dict[str, Parameter], registry: Mapping[str, type[Strategy]]
) -> dict[str, Parameter]:
    """Parameters of other remaskings, so that a name with one can be refused with the reason."""
    if registry is not REMASKINGS:
        return {}
    found = {key: one for cls in registry.values() for key, one in cls.parameters().items()}
    return {key: one for key, one in found.items() if key not in own}


def _read(text: str, registry: Mapping[str, type[Strategy]]) -> tuple[str, dict[str, float]]:
    """Which strategy wrote this part of a name, and the values in it."""
    for name, cls in registry.items():
        match = re.fullmatch(_pattern(cls, registry), text)
        if match is not None:
            found = {key: float(value) for key, value in match.groupdict().items() if value}
            return name, found | cls.implied
    raise AssertionError(text)
