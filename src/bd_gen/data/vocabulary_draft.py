"""A first vocabulary for a file of plans, with comments on where each guess comes from.

What is written is to be read and corrected: rules that hold in the data may hold by chance.
"""

import difflib
import re
from pathlib import Path
from typing import Any

import numpy as np

from bd_gen.data.vocabulary_facts import LabelFacts, PlanFacts
from bd_gen.diagrams.folded import fold_name
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.word_parts import LONGEST_NAME, MEANINGS
from bd_gen.diagrams.words import Words
from bd_gen.diagrams.words_file import built_in_words, words_named
from bd_gen.system.errors import InputError

LEAST_PLANS = 30
"""Plans in which a rule must have had the chance to be broken before it is proposed."""

_METRES_PER_PIXEL = 18 / 256
_LIKE = 0.8  # how alike names are that may mean the same
_HELD = 0.95  # share of joined pairs with a wall in common by which touching is proposed
_USUAL_SPANS = (64.0, 256.0)


def draft_text(facts: PlanFacts, name: str) -> str:
    """The YAML text of a vocabulary for these plans.

    Raises:
        InputError: no label or relation makes a name.
    """
    content, comments = _draft(facts, name)
    try:
        Words.from_plain(content)
    except ValueError as error:
        raise InputError(f"the plans make no vocabulary: {error}") from None
    return _written(content, comments, facts)


def name_from(path: str | Path) -> str:
    """A name for a vocabulary of a file."""
    stem = Path(path).name.partition(".")[0]
    return _usable(stem, "mine")


def _draft(facts: PlanFacts, name: str) -> tuple[dict[str, Any], dict[str, str]]:
    scale, unit_comment = _unit(facts)
    ordered = sorted(facts.labels.items(), key=lambda item: (-item[1].count, item[0]))
    taken = {folded for folded, _ in ordered}
    names: dict[str, str] = {}
    room_types, comments = [], {"unit": unit_comment}
    for folded, label in ordered:
        one, comment = _room_type(label, taken, names, scale)
        names[folded] = one["name"]
        room_types.append(one)
        comments[f"room {one['name']}"] = comment
    content: dict[str, Any] = {"name": name}
    if scale is not None:
        content["metres_per_pixel"] = _METRES_PER_PIXEL
    content["room_types"] = room_types
    content["relations"], rule, comments["rule"] = _relations(facts, scale)
    if rule is not None:
        content["rule"] = rule
    never = (
        _never_inside(facts, names)
        if any(one.get("means", one["name"]) == "inside" for one in content["relations"])
        else {}
    )
    if never:
        content["never_inside"] = never
    entries = [one["name"] for kind in ("hall", "living") for one in room_types
               if one.get("kind") == kind]  # fmt: skip
    if entries:
        content["entries"] = entries
    footprint = _footprint(facts, scale)
    if footprint is not None:
        content["footprint"] = footprint
    return content, comments


def _unit(facts: PlanFacts) -> tuple[float | None, str]:
    """Pixels of a 256-pixel plan in one unit of the file, and why; None without boxes."""
    if not facts.spans:
        return None, "no boxes or polygons: sizes are not known"
    middle = float(np.median(facts.spans))
    if facts.says_metres > facts.num_plans / 2:
        return 1 / _METRES_PER_PIXEL, f"the file says metres (a plan measures {middle:.1f} across)"
    if middle < _USUAL_SPANS[0]:
        return 1 / _METRES_PER_PIXEL, f"taken for metres: a plan measures {middle:.1f} across"
    if middle <= _USUAL_SPANS[1]:
        return (
            1.0,
            f"taken for pixels: a plan measures {middle:.0f} across; 18 m for 256 is a guess",
        )
    factor = 200.0 / middle
    return factor, f"unit unknown: a plan measures {middle:,.0f} across; taken times {factor:.3g}"


def _room_type(
    label: LabelFacts, taken: set[str], names: dict[str, str], scale: float | None
) -> tuple[dict[str, Any], str]:
    name = _usable(label.name, f"type-{len(names) + 1}")
    while fold_name(name) in {fold_name(other) for other in names.values()}:
        name = f"{name}x"
    one: dict[str, Any] = {"name": name}
    spellings = [s for s in label.spellings if fold_name(s) != fold_name(name)]
    like = _like(label.name)
    remarks = [f"{label.count:,} rooms in {label.num_plans:,} plans, at most {label.most} in one"]
    if like is not None:
        words, number = like
        known = words.room_types[number]
        remarks.append(f"like {known.name} of {words.name}")
        for synonym in (known.name, *known.synonyms):
            folded = fold_name(synonym)
            if folded not in taken and folded != fold_name(name):
                spellings.append(synonym)
                taken.add(folded)
        one |= {key: getattr(known, key) for key in ("short", "colour", "kind", "passage")
                if getattr(known, key)}  # fmt: skip
    if spellings:
        one["synonyms"] = sorted(dict.fromkeys(spellings))
    if label.most == 1 and label.num_plans >= LEAST_PLANS:
        one["at_most_one"] = True
    if label.sizes and scale is not None:
        sides = np.array(label.sizes) * scale
        one["area"] = round(float(np.median(sides.prod(axis=1))))
        one["half_perimeter"] = round(float(np.median(sides.sum(axis=1))))
        one["short_side"] = max(1, round(float(np.quantile(sides.min(axis=1), 0.25))))
    return one, "; ".join(remarks)


def _like(label: str) -> tuple[Words, int] | None:
    """The built-in room type that a label means, by its names or one that is alike."""
    vocabularies = [words_named(name) for name in built_in_words()]
    for words in vocabularies:
        found = words.room_type(label)
        if found is not None:
            return words, found
    known = {
        fold_name(name): (words, k)
        for words in vocabularies
        for k, one in enumerate(words.room_types)
        for name in (one.name, *one.synonyms)
    }
    near = difflib.get_close_matches(fold_name(label)[:LONGEST_NAME], known, n=1, cutoff=_LIKE)
    return known[near[0]] if near else None


def _relations(
    facts: PlanFacts, scale: float | None
) -> tuple[list[dict[str, Any]], dict[str, Any] | None, str]:
    """Relations, the rule that reads them, and why."""
    by_folded = {fold_name(meaning): meaning for meaning in MEANINGS}
    used = {fold_name(name): name for name, _ in reversed(facts.relations.most_common())}
    if not used or all(name in by_folded for name in used):
        ten = [
            {"name": one.name, "inverse": one.inverse, "sign": one.sign} for one in RPLAN.relations
        ]
        why = "Graph2Plan's rule, as in RPLAN" + ("" if used else ": the plans name no relations")
        return ten, {"kind": "graph2plan", "touch": 9, "canvas": 256}, why
    names = [_usable(name, f"relation-{k + 1}") for k, name in enumerate(
        sorted(used.values(), key=lambda name: -facts.relations[name]))]  # fmt: skip
    relations = [{"name": name, **_inverse(name, names)} for name in names]
    rule, why = _touch_rule(facts, scale)
    return relations, rule, why


def _inverse(name: str, names: list[str]) -> dict[str, str]:
    """The relation of the same name but for left and right, above and below, if there is one."""
    turned = {"left": "right", "right": "left", "above": "below", "below": "above",
              "inside": "contains", "contains": "inside", "surrounding": "inside"}  # fmt: skip
    words = re.split(r"([-_ ])", name)
    image = "".join(turned.get(word.casefold(), word) for word in words)
    if image != name and image in names:
        return {"inverse": image}
    return {}


def _touch_rule(facts: PlanFacts, scale: float | None) -> tuple[dict[str, Any] | None, str]:
    """Touching with a common wall, if nearly all joined pairs have one."""
    pairs = np.array([pair for walls in facts.walls.values() for pair in walls]).reshape(-1, 2)
    if scale is None or not len(pairs):
        return None, "no rule: relations are those of the file, and layouts have none to keep to"
    pairs = pairs * scale
    gap = float(np.quantile(-pairs[:, 1], _HELD))
    wall = float(np.quantile(pairs[:, 0], 1 - _HELD))
    if gap > 16 or wall < 2:
        return None, (
            f"no rule: of joined rooms one in twenty has {max(gap, 0):.0f} pixels between, or "
            f"under {max(wall, 0):.0f} of wall in common"
        )
    rule = {"kind": "touch", "wall": max(1, int(wall)), "touch": max(0, int(np.ceil(gap)))}
    return rule, f"{100 * _HELD:.0f} % of joined rooms have so much wall in common, so near"


def _never_inside(facts: PlanFacts, names: dict[str, str]) -> dict[str, list[str]]:
    never: dict[str, list[str]] = {}
    for (inner, outer), count in sorted(facts.together.items()):
        if inner != outer and count >= LEAST_PLANS and not facts.inside[inner, outer]:
            never.setdefault(names[inner], []).append(names[outer])
    return never


def _footprint(facts: PlanFacts, scale: float | None) -> list[int] | None:
    """A line through the medians of the areas of plans by their number of rooms."""
    if scale is None or len(facts.footprints) < LEAST_PLANS:
        return None
    rooms = np.array([n for n, _ in facts.footprints])
    areas = np.array([area for _, area in facts.footprints]) * scale**2
    sizes = np.unique(rooms)
    middle = np.array([np.median(areas[rooms == n]) for n in sizes])
    weights = np.sqrt([(rooms == n).sum() for n in sizes])
    if len(sizes) < 2:
        return [0, round(float(middle[0] / sizes[0]))]
    slope, start = np.polyfit(sizes, middle, 1, w=weights)
    if start < 0 or slope < 0:
        return [0, round(float(np.median(areas / rooms)))]
    return [round(float(start)), round(float(slope))]


def _usable(text: str, instead: str) -> str:
    """A name that a vocabulary may have, as like the text as can be."""
    name = re.sub(r"[^\w .'&+()-]+", " ", text).strip(" -")[:LONGEST_NAME].strip()
    name = re.sub(r"^[\d_.\W]+", "", name)
    return re.sub(r"\s(\d+)$", r"-\1", name) or instead


def _written(content: dict[str, Any], comments: dict[str, str], facts: PlanFacts) -> str:
    """The file, a line for each room type and relation."""
    sizes = ", ".join(f"{n}" for n in (min(facts.rooms), max(facts.rooms)))
    lines = [
        f"# Drafted from {facts.num_plans:,} plans of {sizes.replace(', ', ' to ')} rooms"
        + (f" ({facts.num_bad:,} more could not be read)" if facts.num_bad else "")
        + ".",
        "# Read it, and correct it: rules that hold in these plans may hold by chance. What each",
        "# field means is in docs/vocabulary.md.",
        *_lines({"name": content["name"]}),
        f"# Unit: {comments['unit']}.",
    ]
    if "metres_per_pixel" in content:
        lines += _lines({"metres_per_pixel": content["metres_per_pixel"]})
    lines.append("room_types:")
    for one in content["room_types"]:
        lines += [f"  # {comments['room ' + one['name']]}", f"  - {_flow(one)}"]
    lines.append("relations:")
    for one in content["relations"]:
        count = facts.relations.get(one["name"])
        lines.append(f"  - {_flow(one)}" + (f"  # {count:,} times" if count else ""))
    lines.append(f"# Rule: {comments['rule']}.")
    for name in ("rule", "never_inside", "entries", "footprint"):
        if name in content:
            if name == "never_inside":
                lines.append(
                    f"# In {LEAST_PLANS} plans or more with both, never one inside the other:"
                )
            lines += _lines({name: content[name]})
    return "\n".join(lines) + "\n"


def _flow(value: dict[str, Any]) -> str:
    import yaml

    text = yaml.safe_dump(
        value, default_flow_style=True, sort_keys=False, allow_unicode=True, width=10_000
    )
    return str(text).strip()


def _lines(value: dict[str, Any]) -> list[str]:
    ((key, content),) = value.items()
    if isinstance(content, dict):
        if all(isinstance(part, list) for part in content.values()):
            return [f"{key}:", *(f"  {_flow({k: v}).strip('{}')}" for k, v in content.items())]
        return [f"{key}: {_flow(content)}"]
    return [_flow({key: content}).removeprefix("{").removesuffix("}")]
