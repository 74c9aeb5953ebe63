"""Laws of orders in which the tokens of a diagram are revealed.

A law turns one uniform number a token into sort keys: tokens are revealed by rising key. All laws
use the same numbers, so that their nats can be compared in pairs.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bd_gen.system.names import did_you_mean


@dataclass(frozen=True)
class OrderLaw:
    """A distribution over orders.

    Attributes:
        name: how people call it.
        summary: what it does, in words.
        keys: from (B, N) uniform numbers, nodes first, and the number of rooms n to (B, N) keys,
            where N = n(n+1)/2.
    """

    name: str
    summary: str
    keys: Callable[[np.ndarray, int], np.ndarray]


def _types_first(draws: np.ndarray, num_rooms: int) -> np.ndarray:
    return draws + (np.arange(draws.shape[1]) >= num_rooms)


def _edges_first(draws: np.ndarray, num_rooms: int) -> np.ndarray:
    return draws + (np.arange(draws.shape[1]) < num_rooms)


def _room_by_room(draws: np.ndarray, num_rooms: int) -> np.ndarray:
    place = draws[:, :num_rooms].argsort(axis=1).argsort(axis=1)
    i, j = np.triu_indices(num_rooms, 1)
    # An edge comes after the later of its rooms and before the next room.
    edges = np.maximum(place[:, i], place[:, j]) + 0.25 + draws[:, num_rooms:] / 2
    return np.concatenate([place, edges], axis=1)


ORDER_LAWS = {
    law.name: law
    for law in (
        OrderLaw("random", "all tokens in a uniformly random order", lambda draws, _: draws),
        OrderLaw("types", "all room types first, then the edges", _types_first),
        OrderLaw("edges", "all edges first, then the room types", _edges_first),
        OrderLaw(
            "rooms",
            "rooms in random order; each one's type, then its edges to earlier rooms",
            _room_by_room,
        ),
    )
}
"""By name. Within what a summary says, orders are uniformly random."""


def order_law(name: str) -> OrderLaw:
    """The law of that name.

    Raises:
        ValueError: there is none; the message names those that there are.
    """
    if name not in ORDER_LAWS:
        hint = did_you_mean(name, ORDER_LAWS)
        raise ValueError(f"order: expected one of {', '.join(ORDER_LAWS)}, got {name!r}{hint}")
    return ORDER_LAWS[name]


def reveal_ranks(
    law: OrderLaw, num_rooms: int, known: np.ndarray, seed: int, order: int
) -> np.ndarray:
    """When each token of diagrams of one size is revealed.

    Args:
        law: of the orders.
        num_rooms: of every diagram.
        known: (B, N) bool tokens that are there from the start.
        seed: of the orders.
        order: number of the order; diagram b of a seed and an order is always given the same one.

    Returns:
        (B, N) int64: 0, 1, ... for tokens that are revealed, below 0 for known ones.
    """
    draws = np.random.default_rng([seed, order, known.shape[1]]).random(known.shape)
    keys = np.where(known, -1.0, law.keys(draws, num_rooms))
    ranks = keys.argsort(axis=1, kind="stable").argsort(axis=1, kind="stable")
    return ranks - known.sum(axis=1, keepdims=True)
