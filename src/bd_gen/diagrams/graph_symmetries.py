"""Renumberings that leave a graph of rooms as it is."""

import numpy as np


def graph_symmetries(types: np.ndarray, is_joined: np.ndarray, most: int) -> np.ndarray | None:
    """All renumberings of a graph's rooms that change neither types nor what is joined.

    Rooms are placed one by one; a room may take the place of any room of its type, with as many
    neighbours of each type, that is joined to the same of those placed so far.

    Args:
        types: (n,) room types.
        is_joined: (n, n) bool, symmetric, false on the diagonal.
        most: how many are looked for.

    Returns:
        (S, n) int64 images of the rooms, the identity among them; None if there are more than
        `most`.
    """
    n = len(types)
    kinds = [(types[k], *sorted(types[is_joined[k]].tolist())) for k in range(n)]
    if len(set(kinds)) == n:
        return np.arange(n)[None]
    joined = is_joined.tolist()
    alike = [[k for k in range(n) if kinds[k] == kinds[room]] for room in range(n)]
    found: list[list[int]] = []
    waiting: list[list[int]] = [[]]
    while waiting:
        images = waiting.pop()
        room = len(images)
        if room == n:
            found.append(images)
            if len(found) > most:
                return None
            continue
        waiting += [
            [*images, image]
            for image in alike[room]
            if image not in images
            and all(joined[room][k] == joined[image][images[k]] for k in range(room))
        ]
    return np.array(found)
