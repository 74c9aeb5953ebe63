"""Words as plain values, which go into files and come back."""

import dataclasses
from typing import Any

from bd_gen.diagrams.word_fields import WordFields
from bd_gen.diagrams.word_parts import RULES, Relation, RoomType, Rule

_FIELDS: dict[str, Any] = {
    "name": str,
    "room_types": list,
    "relations": list,
    "rule": (dict, type(None)),
    "never_inside": dict,
    "entries": list,
    "footprint": list,
    "metres_per_pixel": (int, float, type(None)),
}
_NEEDED = ("name", "room_types", "relations")


def plain_words(words: WordFields) -> dict[str, Any]:
    """Everything but what is left at its default."""
    plain: dict[str, Any] = {"name": words.name}
    if words.metres_per_pixel is not None:
        plain["metres_per_pixel"] = words.metres_per_pixel
    plain["room_types"] = [_plain(one) for one in words.room_types]
    plain["relations"] = [_plain_relation(one) for one in words.relations]
    if words.rule is not None:
        names = {rule: name for name, rule in RULES.items()}
        plain["rule"] = {"kind": names[type(words.rule)], **dataclasses.asdict(words.rule)}
    if words.never_inside:
        plain["never_inside"] = {inner: list(outers) for inner, outers in words.never_inside}
    if words.entries:
        plain["entries"] = list(words.entries)
    if any(words.footprint):
        plain["footprint"] = list(words.footprint)
    return plain


def _plain(part: RoomType | Relation) -> dict[str, Any]:
    found = {}
    for field in dataclasses.fields(part):
        value = getattr(part, field.name)
        if value != field.default:
            found[field.name] = list(value) if isinstance(value, tuple) else value
    return found


def _plain_relation(one: Relation) -> dict[str, Any]:
    plain = _plain(one)
    return {k: v for k, v in plain.items() if k not in ("inverse", "means") or v != one.name}


def parts_from_plain(plain: dict[str, Any]) -> dict[str, Any]:
    """The fields of `Words` that plain values describe.

    Raises:
        ValueError: a field is unknown, missing or of the wrong kind; one line says which.
    """
    if not isinstance(plain, dict):
        raise ValueError(f"expected fields, got {type(plain).__name__}")
    _check_known("", plain, _FIELDS, _NEEDED)
    for name, kind in _FIELDS.items():
        if name in plain and (not isinstance(plain[name], kind) or plain[name] is True):
            raise ValueError(f"{name}: expected another kind of value, got {plain[name]!r:.60}")
    return {
        "name": plain["name"],
        "room_types": tuple(
            _part(RoomType, f"room_types[{k}]", value)
            for k, value in enumerate(plain["room_types"])
        ),
        "relations": tuple(
            _part(Relation, f"relations[{k}]", value) for k, value in enumerate(plain["relations"])
        ),
        "rule": _rule(plain.get("rule")),
        "never_inside": tuple(
            (inner, _names(f"never_inside: {inner}", outers))
            for inner, outers in plain.get("never_inside", {}).items()
        ),
        "entries": _names("entries", plain.get("entries", [])),
        "footprint": _footprint(plain.get("footprint", [0, 0])),
        "metres_per_pixel": plain.get("metres_per_pixel"),
    }


def _part(kind: Any, where: str, value: Any) -> Any:
    """One room type or relation; a text alone is its name."""
    if isinstance(value, str):
        value = {"name": value}
    if not isinstance(value, dict):
        raise ValueError(f"{where}: expected a name or fields, got {value!r:.60}")
    where = f"{where}: {value['name']}" if isinstance(value.get("name"), str) else where
    fields = {field.name: field for field in dataclasses.fields(kind)}
    _check_known(f"{where}: ", value, fields, ("name",))
    made = {}
    for name, given in value.items():
        default = fields[name].default
        if isinstance(default, tuple):
            made[name] = _names(f"{where}: {name}", given)
        else:
            made[name] = _of_kind(f"{where}: {name}", given, default)
    return kind(**made)


def _of_kind(where: str, given: Any, default: Any) -> Any:
    """A value of the kind that the default has; texts where there is none."""
    if isinstance(default, bool):
        kind, good = "true or false", isinstance(given, bool)
    elif isinstance(default, int | float):
        kind, good = "a number", isinstance(given, int | float) and not isinstance(given, bool)
    else:
        kind, good = "a text", isinstance(given, str)
    if not good:
        raise ValueError(f"{where}: expected {kind}, got {given!r:.60}")
    return given


def _names(where: str, given: Any) -> tuple[str, ...]:
    if not isinstance(given, list) or not all(isinstance(name, str) for name in given):
        raise ValueError(f"{where}: expected a list of names, got {given!r:.60}")
    return tuple(given)


def _footprint(given: list[Any]) -> tuple[float, float]:
    if len(given) != 2 or any(type(part) not in (int, float) for part in given):
        raise ValueError(f"footprint: expected two numbers, got {given!r:.60}")
    return given[0], given[1]


def _rule(given: dict[str, Any] | None) -> Rule | None:
    if given is None:
        return None
    name = given.get("kind")
    if name not in RULES:
        raise ValueError(f"rule: kind: expected one of {', '.join(RULES)}, got {name!r:.60}")
    values = {key: value for key, value in given.items() if key != "kind"}
    defaults = {field.name: field.default for field in dataclasses.fields(RULES[name])}
    _check_known("rule: ", values, defaults, ())
    for key, value in values.items():
        _of_kind(f"rule: {key}", value, defaults[key])
    return RULES[name](**values)


def _check_known(where: str, given: dict[str, Any], known: Any, needed: tuple[str, ...]) -> None:
    unknown = [name for name in given if name not in known]
    if unknown:
        raise ValueError(
            f"{where}{unknown[0][:40]}: there is no such field; known: {', '.join(known)}"
        )
    missing = [name for name in needed if name not in given]
    if missing:
        raise ValueError(f"{where}{missing[0]}: is missing")
