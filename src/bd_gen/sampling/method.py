"""A sampling method: its settings, its name, and the way between the two.

The name is the file name of the published results: {v2_}{unmasking}_{decoding}_{remasking}.
"""

import re
from dataclasses import dataclass

from bd_gen.sampling.decoding import Argmax, Decoding, Nucleus, Tempered
from bd_gen.sampling.orders import FirstHitting, LladaOrder, Order, RandomOrder

ORDERS: dict[str, type[Order]] = {
    "random": RandomOrder,
    "llada": LladaOrder,
    "first_hitting": FirstHitting,
}
DEFAULT_STEPS = 100

_NAME = re.compile(
    r"(?P<learned>v2_)?(?P<unmasking>" + "|".join(ORDERS) + r")_"
    r"(?:(?P<argmax>argmax)|topp(?P<top_p>[0-9.]+)(?:_temp(?P<nucleus_temperature>[0-9.]+))?"
    r"|temp(?P<temperature>[0-9.]+))"
    r"_no_remask"
)


@dataclass(frozen=True)
class Method:
    """How diagrams are drawn from a denoiser.

    Attributes:
        unmasking: a key of `ORDERS`.
        temperature: of the drawn values; 0 takes the most probable one, unless `top_p` is set:
            then 0 means 1, as in the published configurations.
        top_p: size of the nucleus in (0, 1); None (or 1) means no truncation.
        steps: of the time grid; first_hitting has one step a token instead.
        is_learned: the checkpoint has a learned forward process (prefix `v2_`).

    Raises:
        ValueError: a setting out of range; the message names it.
    """

    unmasking: str
    temperature: float = 1.0
    top_p: float | None = None
    steps: int = DEFAULT_STEPS
    is_learned: bool = False

    def __post_init__(self) -> None:
        if self.unmasking not in ORDERS:
            raise ValueError(
                f"unmasking_mode must be one of {', '.join(ORDERS)}, got {self.unmasking!r}"
            )
        if self.temperature < 0:
            raise ValueError(f"temperature must not be negative, got {self.temperature}")
        if self.top_p is not None and not 0 < self.top_p <= 1:
            raise ValueError(f"top_p must be in (0, 1], got {self.top_p}")
        if self.steps < 1:
            raise ValueError(f"sampling_steps must be at least 1, got {self.steps}")
        if self.top_p == 1:
            object.__setattr__(self, "top_p", None)
        if self.top_p is not None and self.temperature == 0:
            object.__setattr__(self, "temperature", 1.0)

    @property
    def name(self) -> str:
        """The method's name, which is also the name of its files."""
        prefix = "v2_" if self.is_learned else ""
        return f"{prefix}{self.unmasking}_{self._decoding_name}_no_remask"

    @property
    def _decoding_name(self) -> str:
        if self.top_p is not None:
            name = f"topp{self.top_p}"
            return name if self.temperature == 1 else f"{name}_temp{float(self.temperature)}"
        return "argmax" if self.temperature == 0 else f"temp{float(self.temperature)}"

    @staticmethod
    def from_name(name: str, steps: int = DEFAULT_STEPS) -> "Method":
        """The method of that name.

        Raises:
            ValueError: the name follows no known pattern.
        """
        match = _NAME.fullmatch(name)
        if match is None:
            raise ValueError(
                f"{name!r} names no method; expected "
                f"{{v2_}}{{{'|'.join(ORDERS)}}}_{{argmax|topp0.9|temp1.0}}_no_remask"
            )
        top_p = match["top_p"]
        temperature = match["temperature"] or match["nucleus_temperature"]
        return Method(
            unmasking=match["unmasking"],
            temperature=0.0 if match["argmax"] else float(temperature or 1.0),
            top_p=None if top_p is None else float(top_p),
            steps=steps,
            is_learned=match["learned"] is not None,
        )

    @property
    def has_steps(self) -> bool:
        """Whether `steps` matters."""
        return self.unmasking != "first_hitting"

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
    def is_exact(self) -> bool:
        """Whether its samples follow the model's distribution, for any number of steps."""
        return self.unmasking == "first_hitting" and self.decoding.is_exact
