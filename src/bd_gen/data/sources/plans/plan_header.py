"""The header of a file of plans: an object {"bd_gen": "plans", ...} before the first plan."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from bd_gen.data.problems import one_line
from bd_gen.data.sources.plans.plan_texts import Texts, read_plan_texts
from bd_gen.data.sources.plans.plan_units import PIXELS, UNIT_KEYS, Units, UnitsError
from bd_gen.diagrams.words import Words
from bd_gen.system.errors import InputError
from bd_gen.system.plain import JsonError, parse_json

MARK = "bd_gen"
"""The key that makes an object a header; its value is what the file holds."""

_KEYS = (MARK, *UNIT_KEYS, "vocabulary")
_MARKED = b'"' + MARK.encode() + b'"'
_LONGEST = 10_000


@dataclass(frozen=True, slots=True)
class PlansHeader:
    """What a header says.

    Attributes:
        units: of all coordinates of the file.
        vocabulary: name of the vocabulary of its labels; None: it does not say.
    """

    units: Units = PIXELS
    vocabulary: str | None = None


def read_header(path: str | Path, text: bytes | None) -> PlansHeader | None:
    """The header that this JSON text is; None if it is none.

    Raises:
        InputError: it is one, and something in it is wrong.
    """
    if text is None or len(text) > _LONGEST or _MARKED not in text:
        return None
    try:
        values: Any = parse_json(text)
    except JsonError:
        return None  # whoever reads plans says what is wrong
    if not isinstance(values, dict) or MARK not in values or "rooms" in values:
        return None
    where = f"{path}: header"
    if values[MARK] != "plans":
        raise InputError(
            f'{where}: expected {{"{MARK}": "plans"}}, got {one_line(str(values[MARK]))}'
        )
    for key in values:
        if key not in _KEYS:
            raise InputError(f"{where}: {one_line(key)!r}: expected some of {', '.join(_KEYS)}")
    vocabulary = values.get("vocabulary")
    if not (vocabulary is None or (isinstance(vocabulary, str) and vocabulary)):
        raise InputError(f"{where}: vocabulary: expected a name")
    try:
        return PlansHeader(Units.of(values), vocabulary)
    except UnitsError as error:
        raise InputError(f"{where}: {error}") from None


class OpenedPlans(NamedTuple):
    """A file of plans behind its header.

    Attributes:
        unit: what a plan is called in it: "line" or "plan".
        texts: (number from 1, JSON) of each plan; blank lines are left out.
        units: what coordinates are measured in, by the header and who reads.
        header: what the file says of itself.
    """

    unit: str
    texts: Texts
    units: Units
    header: PlansHeader


def open_plans(
    path: str | Path,
    words: Words,
    units: Units = PIXELS,
    progress: Callable[[int, int], None] | None = None,
) -> OpenedPlans:
    """Open a file of plans and read its header.

    Args:
        path: as `read_plan_texts` takes it.
        words: in which the plans are read.
        units: what the user says of the coordinates.
        progress: called as progress(bytes read, bytes of the file).

    Raises:
        InputError: as `read_plan_texts`; a header that is wrong, contradicts `words` or
            `units`, or is alone.
    """
    unit, texts = read_plan_texts(path, progress)
    texts = ((number, text) for number, text in texts if text is None or text.strip())
    first = next(texts, None)
    if first is None:
        raise InputError(f"{path}: expected one plan a {unit}, the file is empty")
    header = read_header(path, first[1])
    if header is None:
        return OpenedPlans(unit, chain([first], texts), units, PlansHeader())
    try:
        joined = units.joined(header.units, "the header")
    except UnitsError as error:
        raise InputError(f"{path}: {error}") from None
    if header.vocabulary not in (None, words.name):
        raise InputError(
            f"{path}: the header says vocabulary {header.vocabulary}, it is read as {words.name} "
            "[--vocabulary or data.vocabulary names it]"
        )
    first = next(texts, None)
    if first is None:
        raise InputError(f"{path}: holds a header and no plan")
    return OpenedPlans(unit, chain([first], texts), joined, header)
