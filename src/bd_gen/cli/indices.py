"""Numbers and ranges of diagrams, as `--index` takes them."""

from collections.abc import Iterable

from bd_gen.system.errors import InputError

_FORM = "expected numbers and ranges as in 3,8-11"
_LONGEST = 12  # digits


def indices_of(texts: Iterable[str], most: int) -> tuple[int, ...]:
    """The places that texts such as "3,8-11" name, counted from 0, in their order.

    Args:
        texts: values of `--index`.
        most: more places than this are refused.

    Raises:
        InputError: a text says something else, or names too many.
    """
    indices: list[int] = []
    for text in texts:
        parts = [part for piece in text.split(",") if (part := piece.strip())]
        if not parts:
            raise InputError(f"--index: {_FORM}, got {text!r}")
        for part in parts:
            indices += _range(part, most)
            if len(indices) > most:
                raise InputError(f"--index: expected at most {most:,} diagrams")
    return tuple(indices)


def _range(part: str, most: int) -> range:
    first, dash, last = (piece.strip() for piece in part.partition("-"))
    bounds = (first, last if dash else first)
    if not first and last.isdecimal():
        raise InputError(f"--index: counts from 0; {_FORM}, got {part!r}")
    if not all(bound.isdecimal() and len(bound) < _LONGEST for bound in bounds):
        raise InputError(f"--index: {_FORM}, got {part!r}")
    low, high = map(int, bounds)
    if low > high:
        raise InputError(f"--index: {part}: expected the smaller number first")
    if high - low >= most:
        raise InputError(f"--index: {part}: expected at most {most:,} diagrams")
    return range(low, high + 1)
