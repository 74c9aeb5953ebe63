"""What a strategy of sampling says about itself: its name, its parameters, lines about it.

A strategy is a frozen dataclass; its parameters are fields that `parameter` makes. Nothing here
imports torch, so that lists of strategies are there at once.
"""

import dataclasses
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class Parameter:
    """A number that a strategy is set by.

    Attributes:
        key: of the configuration, behind `eval.` or `eval.remasking.`.
        within: the range of its values, as in "(0, 1]".
        help: what it is, for `bd-gen generate --help`.
        default: the usual value; None if it must be given.
        word: what stands before its value in the name of a method.
        kind: float or int.
    """

    key: str
    within: str
    help: str
    default: float | None
    word: str
    kind: type

    @property
    def example(self) -> float:
        """The usual value, or the middle of the range."""
        low, high = map(float, self.within[1:-1].split(","))
        middle = (low + high) / 2 if high < float("inf") else low + 1
        return self.kind(middle) if self.default is None else self.default

    def exact(self, value: Any) -> Any:
        """A whole number as an int where one is wanted; all else as it is, to be checked."""
        is_whole = self.kind is int and isinstance(value, float) and value.is_integer()
        return int(value) if is_whole else value

    def check(self, value: object, called: str) -> None:
        """Refuse a value out of range.

        Raises:
            ValueError: it is; the message begins with what the parameter is `called`.
        """
        low, high = map(float, self.within[1:-1].split(","))
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if is_number and self._holds(float(value), low, high):  # type: ignore[arg-type]
            return
        range_of = f"in {self.within}" if high < float("inf") else f"{low:g} or more"
        raise ValueError(f"{called} must be {range_of}, got {value}")

    def _holds(self, value: float, low: float, high: float) -> bool:
        above = value >= low if self.within[0] == "[" else value > low
        below = value <= high if self.within[-1] == "]" else value < high
        return above and below and (self.kind is not int or value == int(value))


def parameter(
    within: str, meaning: str, default: float | None = None, word: str = "", kind: type = float
) -> Any:
    """A field of a strategy that is a parameter of it; its name is the parameter's key.

    Args:
        within: the range of values, from 0 on: "(0, 1]", "[0, inf)".
        meaning: what it is, in a few words.
        default: the usual value; None if it must be given.
        word: what stands before its value in the name of a method; its key without _ if empty.
        kind: float or int.
    """
    declared = {"within": within, "help": meaning, "default": default, "word": word, "kind": kind}
    if default is None:
        return dataclasses.field(metadata=declared)
    return dataclasses.field(default=default, metadata=declared)


@dataclass(frozen=True)
class Shown:
    """A line of `bd-gen methods` and of a table in docs/sampling.md.

    Attributes:
        help: what the strategy does, in words that any terminal has.
        rule: the same for the page, where it may hold symbols; None if there is no other.
        values: of its parameters.
    """

    help: str
    rule: str | None = None
    values: tuple[float, ...] = ()


@dataclass(frozen=True)
class Strategy:
    """One of a family of strategies; a subclass is registered by the family's decorator.

    Attributes:
        name: under which it is registered.
        section: what stands before its parameters' keys in the configuration.
        stem: what its part of a method's name begins with.
        always_named: keys of parameters that stand in the name although they have the usual value.
        stored_together: a key of samples files under which values of several parameters stand as
            a list, and the keys of these; as published files have it.
        implied: settings that go with it and are no parameters of it.
        shown: lines about it, with values of its parameters in place of {key}.
        paper: where it comes from, such as an arXiv number.
        is_stochastic: whether it uses random numbers.
    """

    name: ClassVar[str]
    section: ClassVar[str] = ""
    stem: ClassVar[str]
    always_named: ClassVar[tuple[str, ...]] = ()
    stored_together: ClassVar[tuple[str, tuple[str, ...]]] = ("", ())
    implied: ClassVar[dict[str, float]] = {}
    shown: ClassVar[tuple[Shown, ...]] = ()
    paper: ClassVar[str] = ""
    is_stochastic: ClassVar[bool] = True

    def __post_init__(self) -> None:
        for key, one in own_parameters(type(self)).items():
            one.check(getattr(self, key), f"{self.section}{key}")

    @classmethod
    def parameters(cls) -> dict[str, Parameter]:
        """Its parameters by key, in the order of a method's name."""
        return own_parameters(cls)

    @classmethod
    def lines(cls) -> tuple[Shown, ...]:
        """Lines about it; without any, one with the first line of its docstring."""
        values = tuple(one.example for one in own_parameters(cls).values())
        return cls.shown or (Shown((cls.__doc__ or cls.name).splitlines()[0], None, values),)


_OWN: dict[type[Any], dict[str, Parameter]] = {}


def own_parameters(cls: type[Any]) -> dict[str, Parameter]:
    """Parameters that are fields of the class, by key."""
    if cls not in _OWN:
        declared = {one.name: dict(one.metadata) for one in dataclasses.fields(cls) if one.metadata}
        for key, values in declared.items():
            values["word"] = values["word"] or key.replace("_", "")
        _OWN[cls] = {key: Parameter(key=key, **values) for key, values in declared.items()}
    return _OWN[cls]


def complete(cls: type[Strategy], values: dict[str, Any]) -> dict[str, Any]:
    """Values of all parameters of a strategy, the usual ones where none are given.

    Args:
        cls: the strategy.
        values: by key; None where none is given.
    """
    return {
        key: one.default if values.get(key) is None else one.exact(values[key])
        for key, one in cls.parameters().items()
    }
