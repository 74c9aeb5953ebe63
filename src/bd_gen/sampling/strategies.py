"""The families of strategies that a method is put together from, and what is registered of each.

A strategy is a file: its formula, its paper, its parameters, lines about it, and the step itself.
Those of this package lie in the folders named at the end; importing any other module that
registers one is enough for it to be known everywhere. Registering imports no torch.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar, dataclass_transform

from bd_gen.sampling.parameters import Parameter, Strategy, own_parameters, parameter
from bd_gen.sampling.steps import (
    Course,
    GroupState,
    Reveal,
    Tensor,
    TimeGrid,
    Transition,
    Visibility,
)
from bd_gen.system.errors import InputError
from bd_gen.system.names import Registry, did_you_mean


@dataclass(frozen=True)
class Order(Strategy, ABC):
    """Decides where and when tokens are revealed.

    Attributes:
        may_be_exact: whether, given exact probabilities and one position a call, the samples
            follow the model's distribution. It holds for orders that do not look at drawn values.
        exact_when: under which circumstances they do then, in words.
        has_steps: whether it goes through a time grid; without one it reveals one token a call.
        default_sweeps: how often it is swept where nobody says, if its values are drawn as the
            model says and nothing is masked again. Published names keep their meaning only with 0.
    """

    may_be_exact: ClassVar[bool]
    exact_when: ClassVar[str] = "yes"
    has_steps: ClassVar[bool]
    default_sweeps: ClassVar[int] = 0

    @abstractmethod
    def next_reveal(self, state: GroupState, course: Course) -> Reveal | None:
        """Move every diagram to its next step with a reveal; None when all are complete."""

    def score(self, probabilities: Tensor, drawn: Tensor) -> Tensor:  # noqa: ARG002
        """Which candidates come first, if not all are revealed; higher is sooner.

        Args:
            probabilities: (M, V) float64 raw probabilities of the candidates' values.
            drawn: (M,) int64 the value drawn for each.
        """
        raise AssertionError(f"{type(self).__name__} reveals all its candidates")


@dataclass(frozen=True)
class Decoding(Strategy, ABC):
    """Draws a value for each of M tokens."""

    @property
    def is_exact(self) -> bool:
        """Whether values follow the model's own probabilities."""
        return False

    @classmethod
    def is_chosen(cls, values: dict[str, Any]) -> bool:
        """Whether settings ask for it: what must be given for it is, unless it says otherwise."""
        needed = [key for key, one in cls.parameters().items() if one.default is None]
        return bool(needed) and all(values.get(key) is not None for key in needed)

    @abstractmethod
    def draw(self, logits: Tensor, noise: Tensor) -> Tensor:
        """Values from (M, V) float64 logits and (M,) uniform float64 noise: (M,) int64."""


@dataclass(frozen=True)
class Remasking(Strategy, ABC):
    """Gives sigma for every position of every diagram (ReMDM, arXiv:2503.00307).

    Going from t to s, a revealed position is masked with probability sigma and a masked one is
    revealed with (alpha_s - (1 - sigma) alpha_t) / (1 - alpha_t), so that the share of visible
    tokens stays that of the forward process. sigma may be at most min(1, (1 - alpha_s) / alpha_t).
    In the last step alpha_s is 1, so sigma_max and with it every sigma is 0.

    A strategy that `acts_after` does not do so: tokens are revealed as without remasking, and then
    visible ones, those just revealed among them, are masked with probability sigma.

    Attributes:
        has_switch: whether `t_switch` may limit it to times t < t_switch.
        instead: by key, what it has in the place of a parameter of others, for messages.
    """

    section: ClassVar[str] = "remasking."
    has_switch: ClassVar[bool] = True
    instead: ClassVar[dict[str, str]] = {}

    @classmethod
    def parameters(cls) -> dict[str, Parameter]:
        """Its own parameters and, if it may be limited, t_switch."""
        return own_parameters(cls) | (own_parameters(Switched) if cls.has_switch else {})

    @property
    def acts_after(self) -> bool:
        """Whether it masks what is visible after the step's reveals, uncompensated by them."""
        return False

    @abstractmethod
    def sigma(self, state: GroupState, transition: Transition) -> Tensor:
        """(r, N) float64 in [0, sigma_max]."""

    def grid(self, visibility: Visibility, steps: int, positions: Tensor) -> TimeGrid:
        """The steps through the forward process at `positions` (N,): equal ones."""
        from bd_gen.sampling.grid import equal_steps

        return equal_steps(visibility, steps, positions)


@dataclass(frozen=True)
class Switched(Remasking):
    """Another remasking, but only at times t < t_switch."""

    remasking: Remasking
    t_switch: float = parameter("(0, 1]", "remask only at t < t_switch", 1.0, word="tsw")

    @property
    def acts_after(self) -> bool:
        """As the other remasking does."""
        return self.remasking.acts_after

    def sigma(self, state: GroupState, transition: Transition) -> Tensor:
        """See `Remasking`."""
        on = (transition.time < self.t_switch)[:, None]
        return self.remasking.sigma(state, transition) * on

    def grid(self, visibility: Visibility, steps: int, positions: Tensor) -> TimeGrid:
        """That of the other remasking."""
        return self.remasking.grid(visibility, steps, positions)


@dataclass(frozen=True)
class NoRemasking(Remasking):
    """What is revealed stays."""

    def sigma(self, state: GroupState, transition: Transition) -> Tensor:  # noqa: ARG002
        """See `Remasking`."""
        return transition.alpha_t.new_zeros(transition.alpha_t.shape)


@dataclass(frozen=True)
class SweepKind(Strategy, ABC):
    """Which tokens of a complete diagram are masked together and drawn again one by one.

    `block`: these, in a few words.
    """

    block: ClassVar[str]

    @abstractmethod
    def blocks(self, state: GroupState) -> Tensor:
        """(B, N) bool tokens of the blocks."""

    @abstractmethod
    def calls(self, num_rooms: int) -> int:
        """Calls of the network that a sweep of a diagram of n rooms takes if nothing is given."""


ORDERS: Registry[type[Order]] = Registry("order")
DECODINGS: Registry[type[Decoding]] = Registry("decoding")
REMASKINGS: Registry[type[Remasking]] = Registry("remasking")
SWEEP_KINDS: Registry[type[SweepKind]] = Registry("kind of sweeps")

Class = TypeVar("Class", bound=type[Strategy])


@dataclass_transform(frozen_default=True, field_specifiers=(parameter,))
def order(name: str) -> Callable[[Class], Class]:
    """Register the decorated class, which becomes a frozen dataclass, as the order of that name.

    Raises:
        InputError: the name, or the key or word of a parameter, is taken by something else.
    """
    return _registered(name, name, ORDERS)


@dataclass_transform(frozen_default=True, field_specifiers=(parameter,))
def decoding(name: str, stem: str | None = None) -> Callable[[Class], Class]:
    """The same for a decoding; `stem` if its part of a name begins with another word."""
    return _registered(name, name if stem is None else stem, DECODINGS)


@dataclass_transform(frozen_default=True, field_specifiers=(parameter,))
def remasking(name: str) -> Callable[[Class], Class]:
    """The same for a remasking."""
    return _registered(name, f"remdm_{name}", REMASKINGS)


@dataclass_transform(frozen_default=True, field_specifiers=(parameter,))
def sweep_kind(name: str, stem: str) -> Callable[[Class], Class]:
    """The same for a kind of sweeps; in names their number follows the stem."""
    return _registered(name, stem, SWEEP_KINDS)


def _registered(name: str, stem: str, registry: Registry[Any]) -> Callable[[Class], Class]:
    def decorate(cls: Class) -> Class:
        dataclass(frozen=True)(cls)  # which changes the class itself
        for key, one in cls.parameters().items():
            for other in (*ORDERS.values(), *DECODINGS.values(), *REMASKINGS.values()):
                if other.section == cls.section:
                    _check_same(name, one, other.name, other.parameters())
            if not one.within[1].isdigit():
                raise InputError(f"{name}: {key}: expected a range from 0 on, got {one.within}")
        cls.name, cls.stem = name, stem
        registry.add(name, cls)
        return cls

    return decorate


def _check_same(name: str, one: Parameter, other: str, known: dict[str, Parameter]) -> None:
    """Strategies may share a parameter of a section, but not its key or word with two meanings."""
    for theirs in known.values():
        alike = (theirs.key == one.key, theirs.word == one.word)
        differs = alike != (True, True) or theirs.default not in (None, one.default)
        if any(alike) and differs:
            raise InputError(
                f"{name}: parameter {one.key}: {other} has {theirs.key} ({theirs.word} in names, "
                f"default {theirs.default}); expected another key and word, or the same"
            )


def find(registry: Registry[Any], name: object, called: str) -> Any:
    """The strategy of that name.

    Raises:
        ValueError: there is none; the message begins with what the setting is `called`.
    """
    if isinstance(name, str) and name in registry:
        return registry[name]
    hint = did_you_mean(str(name), registry)
    raise ValueError(f"{called} must be one of {', '.join(registry)}, got {name!r:.60}{hint}")


_FOLDERS: dict[str, tuple[Registry[Any], tuple[str, ...]]] = {
    "orders": (ORDERS, ("random", "llada", "confidence", "margin", "first_hitting", "rooms")),
    "decodings": (DECODINGS, ("tempered", "nucleus", "argmax")),
    "remaskings": (REMASKINGS, ("cap", "rescale", "confidence", "compensated", "loop")),
    "sweep_kinds": (SWEEP_KINDS, ("tokens", "rooms")),
}
"""What lies in which folder, and the files that lists begin with."""

for _folder, (_registry, _first) in _FOLDERS.items():
    _registry.complete(f"{__package__}.{_folder}", _first)
