"""A sampling method: its settings and the strategies that they stand for."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from bd_gen.sampling.decoding import Argmax, Decoding, Nucleus, Tempered
from bd_gen.sampling.grid import Loop, TimeGrid, Visibility, equal_steps, looped_steps
from bd_gen.sampling.orders import (
    ConfidenceOrder,
    FirstHitting,
    LladaOrder,
    MarginOrder,
    Order,
    RandomOrder,
)
from bd_gen.sampling.remasking import (
    Cap,
    Compensated,
    Confidence,
    Looped,
    NoRemasking,
    Remasking,
    Rescale,
    Switched,
)
from bd_gen.sampling.room_order import RoomOrder
from bd_gen.sampling.sweeps import SWEEP_KINDS, sweep_calls

ORDERS: dict[str, type[Order]] = {
    "random": RandomOrder,
    "llada": LladaOrder,
    "confidence": ConfidenceOrder,
    "margin": MarginOrder,
    "first_hitting": FirstHitting,
    "rooms": RoomOrder,
}
REMASKINGS = ("cap", "rescale", "confidence", "compensated", "loop")
_BY_CONFIDENCE = {"confidence": Confidence, "compensated": Compensated}
"""Strategies without an eta."""
DEFAULT_STEPS = 100
MOST_STEPS = 100_000
"""More steps than this are a slip of the finger; their grid alone would fill the memory."""
DEFAULT_SWEEPS = 2
"""Of the default method: more mend little, and each costs as much as drawing the diagram."""
MOST_SWEEPS = 1_000  # more are a slip of the finger: a diagram would take minutes


@dataclass(frozen=True)
class RemaskingSettings:
    """How revealed tokens are masked again.

    Attributes:
        strategy: a name of `REMASKINGS`.
        eta: of cap, rescale and loop, in (0, 1]; confidence and compensated have none.
        t_switch: only at times t < t_switch, in (0, 1]; loop has its own times.
        loop: of strategy loop.

    Raises:
        ValueError: a setting out of range; the message names it.
    """

    strategy: str
    eta: float | None = None
    t_switch: float = 1.0
    loop: Loop = field(default_factory=Loop)

    def __post_init__(self) -> None:
        if self.strategy not in REMASKINGS:
            raise ValueError(f"remasking.strategy {_no_choice(self.strategy, REMASKINGS)}")
        if self.strategy in _BY_CONFIDENCE:
            # Published configurations say 0 where there is none.
            if self.eta not in (None, 0):
                raise ValueError(f"remasking.eta: {self.strategy} remasking has no eta")
            object.__setattr__(self, "eta", None)
        elif self.eta is None or not 0 < self.eta <= 1:
            raise ValueError(f"remasking.eta must be in (0, 1], got {self.eta}")
        if not 0 < self.t_switch <= 1:
            raise ValueError(f"remasking.t_switch must be in (0, 1], got {self.t_switch}")
        if self.strategy == "loop" and self.t_switch != 1:
            raise ValueError("remasking.t_switch: loop remasking has t_on and t_off instead")
        loop = self.loop
        if not 0 < loop.t_off < loop.t_on < 1:
            raise ValueError(
                "remasking.t_on and t_off must satisfy 0 < t_off < t_on < 1, "
                f"got {loop.t_on} and {loop.t_off}"
            )
        if not 0 < loop.alpha_on < 1:
            raise ValueError(f"remasking.alpha_on must be in (0, 1), got {loop.alpha_on}")

    @property
    def remasking(self) -> Remasking:
        """The strategy itself."""
        if self.strategy == "loop":
            return Looped(self.eta or 0.0)
        made: Remasking
        if self.strategy in _BY_CONFIDENCE:
            made = _BY_CONFIDENCE[self.strategy]()
        else:
            made = {"cap": Cap, "rescale": Rescale}[self.strategy](self.eta or 0.0)
        return made if self.t_switch == 1 else Switched(made, self.t_switch)


def _no_choice(value: object, choices: Iterable[str]) -> str:
    near = difflib.get_close_matches(str(value), list(choices), n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return f"must be one of {', '.join(choices)}, got {value!r:.60}{hint}"


@dataclass(frozen=True)
class Method:
    """How diagrams are drawn from a denoiser.

    Attributes:
        unmasking: a key of `ORDERS`.
        only_realizable: draw a diagram anew until there is a layout of it (`rejection`); the
            distribution of an exact method is then the model's given that there is one.
        temperature: of the drawn values; 0 takes the most probable one, unless `top_p` is set:
            then 0 means 1, as in the published configurations.
        top_p: size of the nucleus in (0, 1); None (or 1) means no truncation.
        remasking: what is masked again; None for nothing.
        steps: of the time grid; first_hitting and rooms have one step a token instead.
        is_learned: the checkpoint has a learned forward process (prefix `v2_`).
        sweeps: how often every token that is not given is drawn again from its conditional, by
            the same decoding, once the diagram is complete.
        sweep_kind: a key of `SWEEP_KINDS`, by default the first; "" without sweeps.

    Raises:
        ValueError: a setting out of range, or a combination that makes no sense.
    """

    unmasking: str
    only_realizable: bool = field(default=False, kw_only=True)
    temperature: float = 1.0
    top_p: float | None = None
    remasking: RemaskingSettings | None = None
    steps: int = DEFAULT_STEPS
    is_learned: bool = False
    sweeps: int = 0
    sweep_kind: str = ""

    def __post_init__(self) -> None:
        if self.unmasking not in ORDERS:
            raise ValueError(f"unmasking_mode {_no_choice(self.unmasking, ORDERS)}")
        if not 0 <= self.temperature < float("inf"):
            raise ValueError(f"temperature must be 0 or more, got {self.temperature}")
        if self.top_p is not None and not 0 < self.top_p <= 1:
            raise ValueError(f"top_p must be in (0, 1], got {self.top_p}")
        if not 1 <= self.steps <= MOST_STEPS:
            raise ValueError(f"sampling_steps must be in 1..{MOST_STEPS:,}, got {self.steps}")
        if self.remasking is not None and not self.has_steps:
            raise ValueError(
                f"remasking: {self.unmasking} reveals each token once, in a call of its own, so "
                "there is no step at which a token could be masked again; use random or none"
            )
        self._check_sweeps()
        if self.top_p == 1:
            object.__setattr__(self, "top_p", None)
        if self.top_p is not None and self.temperature == 0:
            object.__setattr__(self, "temperature", 1.0)

    def _check_sweeps(self) -> None:
        sweeps = self.sweeps
        if type(sweeps) is not int or not 0 <= sweeps <= MOST_SWEEPS:
            raise ValueError(f"sweeps must be a whole number in 0..{MOST_SWEEPS:,}, got {sweeps}")
        if self.sweep_kind and self.sweep_kind not in tuple(SWEEP_KINDS):
            raise ValueError(f"sweep_kind {_no_choice(self.sweep_kind, SWEEP_KINDS)}")
        if self.sweep_kind and not sweeps:
            raise ValueError(f"sweep_kind: {self.sweep_kind} goes with sweeps of 1 or more")
        if sweeps and not self.sweep_kind:
            object.__setattr__(self, "sweep_kind", next(iter(SWEEP_KINDS)))

    @property
    def is_default_but_for_sweeps(self) -> bool:
        """Whether this is the default method, or would be with other sweeps.

        Where nobody says how many, that method is swept `DEFAULT_SWEEPS` times and others never,
        so that published names keep their meaning.
        """
        return (
            self.unmasking == "first_hitting"
            and self.temperature == 1
            and self.top_p is None
            and self.remasking is None
        )

    @property
    def default_sweeps(self) -> int:
        """How often this method is swept where nobody says."""
        return DEFAULT_SWEEPS if self.is_default_but_for_sweeps else 0

    @property
    def has_steps(self) -> bool:
        """Whether `steps` matters."""
        return ORDERS[self.unmasking].has_steps

    @property
    def is_exact(self) -> bool:
        """Whether its samples follow the model's law whatever the number of steps or sweeps."""
        may_be = ORDERS[self.unmasking].may_be_exact and self.decoding.is_exact
        return may_be and not self.has_steps

    def most_calls(self, num_rooms: int) -> int:
        """Network calls that a diagram of n rooms takes at most, with nothing given."""
        calls = num_rooms * (num_rooms + 1) // 2
        if self.has_steps:
            calls = self.steps if self.remasking is not None else min(self.steps, calls)
        return calls + self.sweeps * sweep_calls(self.sweep_kind, num_rooms)

    @property
    def name(self) -> str:
        """The method's name, which is also the name of its files."""
        from bd_gen.sampling.names import method_name

        return method_name(self)

    @staticmethod
    def from_name(name: str, steps: int = DEFAULT_STEPS) -> "Method":
        """The method of that name.

        Raises:
            ValueError: the name follows no known pattern, or its settings are out of range.
        """
        from bd_gen.sampling.names import method_named

        return method_named(name, steps)

    @property
    def order(self) -> Order:
        """The strategy that decides where and when."""
        return ORDERS[self.unmasking]()

    @property
    def decoding(self) -> Decoding:
        """The strategy that draws values."""
        if self.top_p is not None:
            return Nucleus(self.top_p, self.temperature)
        return Argmax() if self.temperature == 0 else Tempered(self.temperature)

    @property
    def remasker(self) -> Remasking:
        """The strategy that masks again."""
        return NoRemasking() if self.remasking is None else self.remasking.remasking

    def grid(self, visibility: Visibility, positions: Tensor) -> TimeGrid:
        """The steps through the forward process at `positions` (N,)."""
        if self.remasking is not None and self.remasking.strategy == "loop":
            return looped_steps(visibility, self.steps, positions, self.remasking.loop)
        return equal_steps(visibility, self.steps, positions)

    @property
    def settings(self) -> dict[str, Any]:
        """The method's part of the published `config`; `from_settings` is the way back."""
        remasking = self.remasking
        settings: dict[str, Any] = {
            "sampling_steps": self.steps if self.has_steps else None,
            "temperature": float(self.temperature),
            "top_p": self.top_p,
            "unmasking_mode": self.unmasking,
            "remasking_enabled": remasking is not None,
            "remasking_strategy": remasking.strategy if remasking else None,
            "remasking_eta": remasking.eta if remasking else None,
            "remasking_t_switch": remasking.t_switch if remasking else None,
            "is_v2": self.is_learned,
        }
        if self.remasker.acts_after:
            # Older samples of that name, which do not say so, were drawn in the posterior.
            settings["remasking_acts_after"] = True
        if self.only_realizable:
            settings["only_realizable"] = True
        if remasking is not None and remasking.strategy == "loop":
            settings["remasking_loop"] = [
                remasking.loop.t_on,
                remasking.loop.t_off,
                remasking.loop.alpha_on,
            ]
        if self.sweeps:
            settings |= {"sweeps": self.sweeps, "sweep_kind": self.sweep_kind}
        return settings
