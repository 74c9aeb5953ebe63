"""A sampling method: which strategies, and their parameters.

A method holds names and numbers alone; `order`, `decoding` and `remasker` are the strategies that
they stand for, and `settings` reads or writes them wherever else they stand.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bd_gen.sampling.names import LEARNED, NO_REMASKING, REALIZABLE, part, parts_of
from bd_gen.sampling.parameters import complete
from bd_gen.sampling.strategies import (
    DECODINGS,
    ORDERS,
    REMASKINGS,
    SWEEP_KINDS,
    Decoding,
    NoRemasking,
    Order,
    Remasking,
    Switched,
    find,
)

if TYPE_CHECKING:
    from torch import Tensor

    from bd_gen.sampling.grid import TimeGrid, Visibility

DEFAULT_STEPS = 100
MOST_STEPS = 100_000
"""More steps than this are a slip of the finger; their grid alone would fill the memory."""
ACTS_AFTER = "remasking_acts_after"
"""A key of files that says so of the method's remasking; it follows from the strategy."""
MOST_SWEEPS = 1_000  # more are a slip of the finger: a diagram would take minutes


@dataclass(frozen=True, init=False)
class RemaskingSettings:
    """How revealed tokens are masked again.

    Attributes:
        strategy: a name of `REMASKINGS`.
        values: (key, value) of all its parameters.

    Args:
        strategy: as above.
        eta: of cap, rescale and loop.
        t_switch: only at times t < t_switch, if the strategy may be limited.
        others: parameters of this strategy. One that it has not may be there with the usual value.

    Raises:
        ValueError: a parameter out of range, or one that the strategy has not.
    """

    strategy: str
    values: tuple[tuple[str, float], ...]

    def __init__(
        self,
        strategy: str,
        eta: float | None = None,
        t_switch: float | None = None,
        **others: float | None,
    ) -> None:
        cls = find(REMASKINGS, strategy, "remasking.strategy")
        given = {"eta": eta, "t_switch": t_switch, **others}
        values = complete(cls, given)
        for key, value in given.items():
            if key not in values and not _is_usual(key, value):
                has = f"{cls.instead[key]} instead" if key in cls.instead else f"no {key}"
                raise ValueError(f"remasking.{key}: {strategy} remasking has {has}")
        object.__setattr__(self, "strategy", strategy)
        object.__setattr__(self, "values", tuple(values.items()))
        _ = self.remasking  # refuses values out of range

    @property
    def remasking(self) -> Remasking:
        """The strategy itself."""
        cls, values = REMASKINGS[self.strategy], dict(self.values)
        limit = values.pop("t_switch", 1.0) if cls.has_switch else 1.0
        made = cls(**values)
        return made if limit == 1 else Switched(made, limit)

    @property
    def settings(self) -> dict[str, Any]:
        """Its part of `Method.settings`; eta and t_switch always, as published."""
        values: dict[str, Any] = {"eta": None, "t_switch": 1.0, **dict(self.values)}
        name, keys = REMASKINGS[self.strategy].stored_together
        together = {name: [values.pop(key) for key in keys]} if keys else {}
        stored = {f"remasking_{key}": value for key, value in values.items()}
        return {"remasking_strategy": self.strategy, **stored, **together}


def _is_usual(key: str, value: float | None) -> bool:
    """Whether a parameter that a strategy has not is as good as not given."""
    of_others = [cls.parameters()[key] for cls in REMASKINGS.values() if key in cls.parameters()]
    # Published configurations say eta 0 where there is none.
    usual = [one.default if one.default is not None else 0 for one in of_others]
    return value is None or value in usual


@dataclass(frozen=True)
class Method:
    """How diagrams are drawn from a denoiser.

    Attributes:
        unmasking: a name of `ORDERS`.
        only_realizable: draw a diagram anew until there is a layout of it (`rejection`); the
            distribution of an exact method is then the model's given that there is one.
        parameters: (key, value) of order and decoding beside temperature and top_p.
        temperature: of the drawn values; 0 takes the most probable one, unless `top_p` is set:
            then 0 means 1, as in the published configurations.
        top_p: size of the nucleus in (0, 1); None (or 1) means no truncation.
        remasking: what is masked again; None for nothing.
        steps: of the time grid; orders without one have one step a token instead.
        is_learned: the checkpoint has a learned forward process (prefix `v2_`).
        sweeps: how often every token that is not given is drawn again from its conditional, by
            the same decoding, once the diagram is complete.
        sweep_kind: a name of `SWEEP_KINDS`, by default the first; "" without sweeps.

    Raises:
        ValueError: a setting out of range, or a combination that makes no sense.
    """

    unmasking: str
    only_realizable: bool = field(default=False, kw_only=True)
    parameters: tuple[tuple[str, float], ...] = field(default=(), kw_only=True)
    temperature: float = 1.0
    top_p: float | None = None
    remasking: RemaskingSettings | None = None
    steps: int = DEFAULT_STEPS
    is_learned: bool = False
    sweeps: int = 0
    sweep_kind: str = ""

    def __post_init__(self) -> None:
        find(ORDERS, self.unmasking, "unmasking_mode")
        if self.top_p == 1:
            object.__setattr__(self, "top_p", None)
        if self.top_p is not None and self.temperature == 0:
            object.__setattr__(self, "temperature", 1.0)
        self._complete_parameters()
        if not 1 <= self.steps <= MOST_STEPS:
            raise ValueError(f"sampling_steps must be in 1..{MOST_STEPS:,}, got {self.steps}")
        if self.remasking is not None and not self.has_steps:
            raise ValueError(
                f"remasking: {self.unmasking} reveals each token once, in a call of its own, so "
                "there is no step at which a token could be masked again; use random or none"
            )
        self._check_sweeps()

    def _complete_parameters(self) -> None:
        used = [ORDERS[self.unmasking], self._decodes_by]
        values = {key: value for cls in used for key, value in complete(cls, self._values).items()}
        implied = self._decodes_by.implied
        for key, value in self._values.items():
            if key not in values and key not in implied and (key, value) != ("temperature", 1):
                names = " and ".join(cls.name for cls in used)
                raise ValueError(f"{key}: {names} have no {key}")
        own = {key: value for key, value in values.items() if key not in ("temperature", "top_p")}
        object.__setattr__(self, "parameters", tuple(own.items()))
        _ = self.order, self.decoding  # which refuse values out of range

    def _check_sweeps(self) -> None:
        sweeps = self.sweeps
        if type(sweeps) is not int or not 0 <= sweeps <= MOST_SWEEPS:
            raise ValueError(f"sweeps must be a whole number in 0..{MOST_SWEEPS:,}, got {sweeps}")
        if self.sweep_kind:
            find(SWEEP_KINDS, self.sweep_kind, "sweep_kind")
        if self.sweep_kind and not sweeps:
            raise ValueError(f"sweep_kind: {self.sweep_kind} goes with sweeps of 1 or more")
        if sweeps and not self.sweep_kind:
            object.__setattr__(self, "sweep_kind", next(iter(SWEEP_KINDS)))

    @property
    def _values(self) -> dict[str, float]:
        """Parameters of order and decoding that are given."""
        values = {"temperature": self.temperature, "top_p": self.top_p, **dict(self.parameters)}
        return {key: value for key, value in values.items() if value is not None}

    @property
    def _decodes_by(self) -> type[Decoding]:
        """The last decoding that the values ask for: the first one is there for all others."""
        return [cls for cls in DECODINGS.values() if cls.is_chosen(self._values)][-1]

    @property
    def default_sweeps(self) -> int:
        """How often this method is swept where nobody says."""
        as_the_model_says = self.decoding.is_exact and self.remasking is None
        return ORDERS[self.unmasking].default_sweeps if as_the_model_says else 0

    @property
    def has_steps(self) -> bool:
        """Whether `steps` matters."""
        return ORDERS[self.unmasking].has_steps

    @property
    def is_exact(self) -> bool:
        """Whether its samples follow the model's law whatever the number of steps or sweeps."""
        may_be = ORDERS[self.unmasking].may_be_exact and self.decoding.is_exact
        return may_be and not self.has_steps

    @property
    def is_stochastic(self) -> bool:
        """Whether two diagrams of as many rooms may differ."""
        drawn = (self.order, self.decoding, *([] if self.remasking is None else [self.remasker]))
        return any(one.is_stochastic for one in drawn) or self.sweeps > 0

    def most_calls(self, num_rooms: int) -> int:
        """Network calls that a diagram of n rooms takes at most, with nothing given."""
        calls = num_rooms * (num_rooms + 1) // 2
        if self.has_steps:
            calls = self.steps if self.remasking is not None else min(self.steps, calls)
        a_sweep = SWEEP_KINDS[self.sweep_kind]().calls(num_rooms) if self.sweeps else 0
        return calls + self.sweeps * a_sweep

    @property
    def name(self) -> str:
        """The method's name, which is also the name of its files; steps are no part of it."""
        order, decoding = ORDERS[self.unmasking], self._decodes_by
        remasking = NO_REMASKING
        if self.remasking is not None:
            remasking = part(REMASKINGS[self.remasking.strategy], dict(self.remasking.values))
        name = "_".join((part(order, self._values), part(decoding, self._values), remasking))
        if self.sweeps:
            name += f"_{SWEEP_KINDS[self.sweep_kind].stem}{self.sweeps}"
        return LEARNED * self.is_learned + name + REALIZABLE * self.only_realizable

    @staticmethod
    def from_name(name: str, steps: int = DEFAULT_STEPS) -> "Method":
        """The method of that name.

        Raises:
            ValueError: the name follows no known pattern, or its settings are out of range.
        """
        said = parts_of(name)
        values, remasking = said.pop("values"), said.pop("remasking")
        if remasking is not None:
            strategy, own = remasking
            remasking = RemaskingSettings(strategy, **own)
        return of_values(values, remasking=remasking, steps=steps, **said)

    @property
    def order(self) -> Order:
        """The strategy that decides where and when."""
        cls = ORDERS[self.unmasking]
        return cls(**complete(cls, self._values))

    @property
    def decoding(self) -> Decoding:
        """The strategy that draws values."""
        cls = self._decodes_by
        return cls(**complete(cls, self._values))

    @property
    def remasker(self) -> Remasking:
        """The strategy that masks again."""
        return NoRemasking() if self.remasking is None else self.remasking.remasking

    def grid(self, visibility: "Visibility", positions: "Tensor") -> "TimeGrid":
        """The steps through the forward process at `positions` (N,)."""
        return self.remasker.grid(visibility, self.steps, positions)

    @property
    def settings(self) -> dict[str, Any]:
        """The method's part of the published `config`; `settings.from_settings` is the way back."""
        settings: dict[str, Any] = {
            "sampling_steps": self.steps if self.has_steps else None,
            "temperature": float(self.temperature),
            "top_p": self.top_p,
            "unmasking_mode": self.unmasking,
            "remasking_enabled": self.remasking is not None,
            **dict.fromkeys(("remasking_strategy", "remasking_eta", "remasking_t_switch")),
            "is_v2": self.is_learned,
        }
        if self.remasker.acts_after:
            # Older samples of that name, which do not say so, were drawn in the posterior.
            settings[ACTS_AFTER] = True
        if self.only_realizable:
            settings["only_realizable"] = True
        if self.remasking is not None:
            settings |= self.remasking.settings
        if self.sweeps:
            settings |= {"sweeps": self.sweeps, "sweep_kind": self.sweep_kind}
        return settings | dict(self.parameters)


def of_values(values: dict[str, float | None], **others: Any) -> Method:
    """The method with these values of its order and its decoding, temperature and top_p too.

    Raises:
        ValueError: see `Method`.
    """
    known: dict[str, Any] = {
        key: values[key] for key in ("temperature", "top_p") if values.get(key) is not None
    }
    more = tuple(
        (key, value)
        for key, value in values.items()
        if key not in ("temperature", "top_p") and value is not None
    )
    return Method(**known, parameters=more, **others)
