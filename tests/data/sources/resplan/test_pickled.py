import pickle
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from bd_gen.data.sources.resplan.pickled import Described, described
from bd_gen.system.errors import InputError

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.floats() | st.text(max_size=20)
    | st.binary(max_size=20),
    lambda inner: st.lists(inner, max_size=5)
    | st.dictionaries(st.text(max_size=4) | st.integers(-9, 9), inner, max_size=5)
    | st.tuples(inner) | st.tuples(inner, inner) | st.tuples(inner, inner, inner, inner),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=80)
@given(value=PLAIN, protocol=st.sampled_from([3, 4, 5]))
def test_plain_values_are_those_of_the_pickle(value: Any, protocol: int) -> None:
    assert repr(described(pickle.dumps(value, protocol))) == repr(value)


class Bomb:
    def __reduce__(self) -> tuple[Any, ...]:
        return exec, ("raise SystemExit('it ran')",)


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_calls_are_written_down_and_not_made(protocol: int) -> None:
    (found,) = described(pickle.dumps([Bomb()], protocol))
    assert isinstance(found, Described)
    assert found.name.endswith("exec")
    assert found.arguments == ("raise SystemExit('it ran')",)


def test_geometries_and_numbers_of_numpy() -> None:
    square = shapely.box(0, 0, 1, 2)
    found = described(pickle.dumps({"a": square, "b": np.float64(2.5), "c": [square, square]}))
    assert found["a"].name == "shapely.io.from_wkb"
    assert shapely.from_wkb(found["a"].arguments[0]).equals(square)
    assert found["c"][0] is found["c"][1] is found["a"]
    assert found["b"].name.endswith("multiarray.scalar")


@settings(max_examples=150)
@given(st.binary(max_size=60))
def test_no_bytes_do_anything_but_describe_or_fail(data: bytes) -> None:
    for program in (
        data,
        b"\x80\x04" + data + b".",
        pickle.dumps([1, {"a": (2, "b")}])[:-3] + data,
    ):
        with suppress(InputError):
            described(program)


@pytest.mark.parametrize("program", [b"", b"\x80\x04.", b"I1\n.", b"P0\n.", b"\x8e" + b"\xff" * 9])
def test_what_is_not_read_is_refused(program: bytes) -> None:
    with pytest.raises(InputError):
        described(program)
