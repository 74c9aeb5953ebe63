"""The rooms as a Mermaid graph, for docs/architecture.md."""

import re
from pathlib import Path

import networkx as nx

FENCE = re.compile(r"(?<=^```mermaid\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)


def mermaid(rooms: nx.DiGraph) -> str:
    """Mermaid text: every room, and the arrows that no way over other rooms replaces.

    Where rooms import one another in a circle, all arrows between them are drawn.
    """
    lines = ["graph TD"]
    lines += [f'    {_node(room)}["{room}"]' for room in sorted(rooms)]
    lines += [f"    {_node(a)} --> {_node(b)}" for a, b in sorted(necessary_arrows(rooms))]
    return "\n".join(lines) + "\n"


def necessary_arrows(rooms: nx.DiGraph) -> set[tuple[str, str]]:
    """Arrows of the transitive reduction, with all of those inside circles."""
    groups = nx.condensation(rooms)
    group_of = groups.graph["mapping"]
    kept = set(nx.transitive_reduction(groups).edges)
    return {
        (a, b)
        for a, b in rooms.edges
        if group_of[a] == group_of[b] or (group_of[a], group_of[b]) in kept
    }


def put_into(page: Path, picture: str) -> None:
    """Put the picture into the one Mermaid block of a page.

    Raises:
        ValueError: the page has no such block, or several.
    """
    text = page.read_text(encoding="utf-8")
    if len(FENCE.findall(text)) != 1:
        raise ValueError(f"{page}: expected one block that starts with ```mermaid")
    page.write_text(FENCE.sub(lambda _: picture, text), encoding="utf-8")


def _node(room: str) -> str:
    """A name that Mermaid takes: `graph`, `end` and the like are words of its own."""
    return "room_" + room.replace(".", "_")
