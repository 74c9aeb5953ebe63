"""How long a pixel of a plan is."""

import math

from bd_gen.system.errors import InputError

METRES_PER_PIXEL = 18 / 256
"""A plan of RPLAN is a picture of 256 pixels that shows 18 m (Wu et al. 2019, SIGGRAPH Asia)."""


def checked_scale(scale: float) -> float:
    """Metres per pixel as given, if that can be.

    Raises:
        InputError: not a number above 0 and at most 1000.
    """
    if not (math.isfinite(scale) and 0 < scale <= 1000):
        raise InputError(f"scale: expected metres per pixel above 0, at most 1000, got {scale}")
    return scale
