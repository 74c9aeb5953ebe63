import collections
import os
import pickle
import pickletools
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bd_gen.system.stored_tensor import ProgramError, StoredTensor
from bd_gen.system.tensor_program import (
    LARGEST_PROGRAM,
    run_program,
)

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=4), inner)
        | st.dictionaries(st.integers(1 - 2**64, 2**64 - 1), inner)
    ),
    max_leaves=20,
)


@given(PLAIN, st.integers(2, pickle.HIGHEST_PROTOCOL))
def test_plain_values_come_out_as_they_went_in(value: object, protocol: int) -> None:
    assert run_program(pickle.dumps(value, protocol)).value == value


def test_an_ordered_dictionary_is_a_dictionary() -> None:
    value = collections.OrderedDict(b=1, a=[2])
    assert run_program(pickle.dumps(value, 2)).value == {"b": 1, "a": [2]}


def test_the_version_on_a_model_s_weights_is_left_out_and_nothing_else() -> None:
    weights = collections.OrderedDict(a=1)
    weights._metadata = {"": {"version": 1}}
    assert run_program(pickle.dumps(weights, 2)).value == {"a": 1}
    weights.more = 2
    with pytest.raises(ProgramError, match="gives something attributes"):
        run_program(pickle.dumps(weights, 2))


def test_shared_parts_count_as_often_as_they_stand_there() -> None:
    tensor = tensor_program(12, 2, (2, 3), (5, 1))[2:-1]
    twice = run_program(b"\x80\x02](" + tensor + b"q\x00h\x00" + tensor + b"e.")
    assert (twice.num_bytes, dict(twice.uses)) == (3 * 6, {"0": 2})
    assert twice.value[0] is twice.value[1]


class Call:
    """Pickles as a call of `function` with `arguments`."""

    def __init__(self, function: object, *arguments: object) -> None:
        self.call = (function, arguments)

    def __reduce__(self) -> tuple:
        return self.call


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("function", [os.mkdir, os.system, eval, getattr, pickle.loads, Path])
def test_a_call_is_refused_and_not_made(tmp_path: Path, function: object, protocol: int) -> None:
    canary = tmp_path / "canary"
    program = pickle.dumps({"a": [Call(function, str(canary))]}, protocol)
    with pytest.raises(ProgramError, match=r"could run code|damaged"):
        run_program(program)
    assert not canary.exists()


def test_the_canary_of_these_tests_would_sing(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    pickle.loads(pickle.dumps(Call(os.mkdir, str(canary))))
    assert canary.exists()


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        (b"torch._utils\n_rebuild_tensor_v2\n", b")"),
        (b"torch._utils\n_rebuild_tensor_v2\n", b"K\x01\x85"),
        (b"collections\nOrderedDict\n", b"]\x85"),
        (b"torch\nByteStorage\n", b")"),
        (b"torch._utils\n_rebuild_parameter\n", b")"),
        (b"torch\nload\n", b"X\x01\x00\x00\x00a\x85"),
        (b"torch.storage\n_load_from_bytes\n", b")"),
        (b"numpy._core.multiarray\n_reconstruct\n", b")"),
        (b"builtins\nexec\n", b")"),
    ],
)
def test_even_a_known_name_takes_only_its_own_arguments(name: bytes, arguments: bytes) -> None:
    with pytest.raises(ProgramError):
        run_program(b"\x80\x02c" + name + arguments + b"R.")


def tensor_program(size: int, offset: int, shape: tuple, stride: tuple, key: object = "0") -> bytes:
    """What torch writes for a tensor, with any numbers in it."""

    def plain(value: object) -> bytes:
        return pickletools.optimize(pickle.dumps(value, 2))[2:-1]

    reference = b"(" + plain("storage") + b"ctorch\nByteStorage\n" + plain(key) + plain("cpu")
    arguments = plain(offset) + plain(shape) + plain(stride) + b"\x89ccollections\nOrderedDict\n)R"
    call = b"(" + reference + plain(size) + b"tQ" + arguments + b"tR"
    return b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n" + call + b"."


def test_a_tensor_becomes_its_description() -> None:
    tensor = run_program(tensor_program(12, 2, (2, 3), (5, 1))).value
    assert isinstance(tensor, StoredTensor)
    assert (tensor.storage.key, tensor.storage.size) == ("0", 12)
    assert (tensor.offset, tensor.shape, tensor.stride) == (2, (2, 3), (5, 1))


@pytest.mark.parametrize(
    ("size", "offset", "shape", "stride"),
    [
        (12, 7, (2, 3), (3, 1)),  # two too far
        (12, 0, (2, 3), (10, 1)),
        (12, 0, (10**6, 10**6), (0, 0)),  # a small file that unfolds
        (12, 0, (13,), (0,)),
        (12, -1, (2,), (1,)),
        (12, 0, (2,), (-1,)),
        (12, 0, (-2,), (1,)),
        (12, 0, (2, 3), (1,)),
        (12, 0, (True,), (1,)),
        (12, 0, (2.0,), (1,)),
        (-1, 0, (0,), (1,)),
        (2**60, 0, (1,), (1,)),
        (12, 0, (1,) * 9, (1,) * 9),
        (12, 0, [2], [1]),
        (12, None, (2,), (1,)),
    ],
)
def test_a_tensor_must_lie_inside_its_storage(
    size: int, offset: int, shape: tuple, stride: tuple
) -> None:
    with pytest.raises(ProgramError, match=r"tensor|storage"):
        run_program(tensor_program(size, offset, shape, stride))


def test_a_storage_is_named_by_text() -> None:
    with pytest.raises(ProgramError, match="a storage has a wrong description"):
        run_program(tensor_program(12, 0, (2,), (1,), key=["0"]))


def test_a_program_may_not_be_endless() -> None:
    with pytest.raises(ProgramError, match="longer than"):
        run_program(b"N" * (LARGEST_PROGRAM + 1))


BOMBS = {
    "a memo far away": b"]r\xff\xff\xff\xff0.",
    "a long text": b"X\xff\xff\xff\xffa.",
    "a very long text": b"\x8d" + b"\xff" * 8 + b"a.",
    "a byte array of any size": b"\x96" + b"\xff" * 7 + b"\x00.",
    "a tuple of tuples as a key": b"}" + b")q\x00" + b"h\x00h\x00\x86q\x00" * 60 + b"Ns.",
    "tuples named by tuples": b")" + b"\x85" * 9999 + b")\x93.",
    "a tuple of tuples as a value": b")q\x00" + b"h\x00h\x00\x86q\x00" * 60 + b".",
    "lists of lists": b"]q\x00" + b"](h\x00h\x00eq\x00" * 60 + b".",
    "a list in itself": b"]q\x00h\x00a.",
    "a long text many times": (
        b"X\x00\x00\x08\x00" + b"a" * 0x80000 + b"q\x00](" + b"h\x00" * 200_000 + b"e."
    ),
    "keys of one hash": (
        b"}("
        + b"".join(
            b"\x8a\x0a" + (k * (2**61 - 1)).to_bytes(10, "little") + b"N" for k in range(60_000)
        )
        + b"u."
    ),
    "deep lists": b"]" * 200_000 + b"a" * 199_999 + b".",
}


@pytest.mark.parametrize("name", BOMBS)
def test_what_would_take_long_or_much_is_refused(name: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(ProgramError):
            run_program(BOMBS[name])
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 100e6


GOOD = tensor_program(12, 2, (2, 3), (5, 1))


@settings(max_examples=500)
@given(st.binary(max_size=60) | st.integers(0, len(GOOD)).map(lambda n: GOOD[:n]))
def test_any_bytes_give_a_value_or_a_program_error(program: bytes) -> None:
    try:
        run_program(program)
    except ProgramError as error:
        assert str(error)  # noqa: PT017
