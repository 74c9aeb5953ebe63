"""Whether geometries as WKB may be given to shapely: one that is nested deeply ends the process."""

import math
import struct

import numpy as np

_LARGEST_DEPTH = 4  # a collection of multipolygons of polygons, and one to spare
_POINT, _LINE, _POLYGON = 1, 2, 3
_COLLECTIONS = (4, 5, 6, 7)
_Z, _M, _SRID = 0x80000000, 0x40000000, 0x20000000


def check_wkb(wkb: bytes) -> None:
    """Walk through a geometry without making it.

    Args:
        wkb: well-known binary, of ISO or as PostGIS extends it.

    Raises:
        ValueError: it is damaged, nested more than four deep, of a kind that plans do not have,
            or has a coordinate that is no number; points aside, which mean nothing in plans.
    """
    try:
        _Walk(wkb).run()
    except (struct.error, IndexError):
        raise ValueError("it ends too early") from None


class _Walk:
    def __init__(self, wkb: bytes) -> None:
        self.wkb = wkb
        self.place = 0
        self.order = "<"

    def run(self) -> None:
        left = [1]  # geometries to come at each depth
        while left:
            if not left[-1]:
                left.pop()
                continue
            left[-1] -= 1
            kind, sides = self.head()
            if kind == _POINT:
                self.place += 8 * sides
            elif kind == _LINE:
                self.line(sides)
            elif kind == _POLYGON:
                for _ in range(self.count()):
                    self.line(sides)
            elif kind in _COLLECTIONS:
                left.append(self.count())
                if len(left) > _LARGEST_DEPTH:
                    raise ValueError("it is nested too deeply")
            else:
                raise ValueError(f"kind {kind}")
        if self.place > len(self.wkb):
            raise ValueError("it ends too early")

    def head(self) -> tuple[int, int]:
        """The kind of the next geometry, and how many coordinates its points have."""
        self.order = "<" if self.wkb[self.place] == 1 else ">"
        self.place += 1
        code = self.count()
        if code & _SRID:
            self.place += 4
        more, kind = divmod(code & ~(_Z | _M | _SRID), 1000)
        if more > 3:
            raise ValueError(f"kind {kind}")
        return kind, 2 + bool(code & _Z) + bool(code & _M) + (0, 1, 1, 2)[more]

    def count(self) -> int:
        """The next number."""
        (number,) = struct.unpack_from(f"{self.order}I", self.wkb, self.place)
        self.place += 4
        return int(number)

    def line(self, sides: int) -> None:
        size = self.count() * sides
        if self.place + 8 * size > len(self.wkb):
            raise ValueError("it ends too early")
        numbers = np.frombuffer(self.wkb, f"{self.order}f8", size, self.place)
        if not all(map(math.isfinite, numbers.tolist())):
            raise ValueError("a coordinate is no number")
        self.place += 8 * size
