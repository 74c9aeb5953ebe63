"""Reading the table of contents of a torch file without unpickling it.

A torch file describes its tensors in `data.pkl`, a program for Python's pickle machine. That
machine can be made to call any function, so it is never started here. This module knows the
few instructions that plain containers and tensors need, carries out those, and refuses all
others. Nothing is imported, called or allocated by what the program says: a tensor becomes a
`StoredTensor`, a description of where its numbers lie. Every instruction costs no more than the
bytes that it takes, and what comes out is small however it is walked through.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from bd_gen.system.stored_tensor import (
    Contents,
    ProgramError,
    Storage,
    StoredTensor,
    measured,
)

LARGEST_PROGRAM = 1 << 20
"""Bytes; a file of a thousand seeds needs 200 kB."""

_LARGEST_KEY = 1 << 64
"""Above it, integers can be chosen that a dictionary takes for ever to tell apart."""

STORAGE_TYPES = {
    "ByteStorage": np.dtype(np.uint8),
    "BoolStorage": np.dtype(np.bool_),
    "CharStorage": np.dtype(np.int8),
    "ShortStorage": np.dtype(np.int16),
    "IntStorage": np.dtype(np.int32),
    "LongStorage": np.dtype(np.int64),
    "HalfStorage": np.dtype(np.float16),
    "FloatStorage": np.dtype(np.float32),
    "DoubleStorage": np.dtype(np.float64),
}


@dataclass(frozen=True)
class _Name:
    """One of the few functions or classes that a program may name."""

    module: str
    name: str


_REBUILD = _Name("torch._utils", "_rebuild_tensor_v2")
_ORDERED_DICT = _Name("collections", "OrderedDict")


def run_program(program: bytes) -> Contents:
    """What `program` describes.

    Raises:
        ProgramError: the program is damaged, too long, names what is not allowed, or makes a
            value that contains itself or is too large to be walked through.
    """
    if len(program) > LARGEST_PROGRAM:
        raise ProgramError(f"it is longer than {LARGEST_PROGRAM} bytes")
    try:
        value = _Machine(program).run()
    except (IndexError, KeyError, OverflowError, TypeError, ValueError, struct.error) as error:
        raise ProgramError("it is damaged") from error
    return measured(value)


def _is_size(value: object) -> bool:
    return type(value) is int and 0 <= value < 1 << 48


def _is_key(value: object) -> bool:
    return type(value) is str or (type(value) is int and abs(value) < _LARGEST_KEY)


def _are_sizes(values: object) -> bool:
    return type(values) is tuple and len(values) <= 8 and all(map(_is_size, values))


def _tensor(arguments: tuple[Any, ...]) -> StoredTensor:
    """Check the arguments of torch's `_rebuild_tensor_v2`; gradients and hooks are left out."""
    storage, offset, shape, stride = arguments[:4]
    good = isinstance(storage, Storage) and _is_size(offset)
    if not (good and _are_sizes(shape) and _are_sizes(stride) and len(shape) == len(stride)):
        raise ProgramError("a tensor has a wrong description")
    count, last = 1, offset
    for size, step in zip(shape, stride, strict=True):
        count *= size
        last += max(size - 1, 0) * step
    # An expanded tensor (stride 0) would make a small file unfold into any amount of memory.
    if count and (count > storage.size or last >= storage.size):
        raise ProgramError("a tensor reaches beyond its storage")
    return StoredTensor(storage, offset, shape, stride)


class _Machine:
    """The stack machine of pickle protocols 2 to 5, without what makes them dangerous."""

    def __init__(self, program: bytes) -> None:
        self.program = program
        self.position = 0
        self.stack: list[Any] = []
        self.below: list[list[Any]] = []
        self.memo: dict[int, Any] = {}

    def run(self) -> Any:
        while (code := self.take(1)) != b".":
            instruction = _INSTRUCTIONS.get(code)
            if instruction is None:
                raise ProgramError(
                    f"instruction 0x{code.hex()} is not allowed: it could run code and is refused"
                )
            instruction(self)
        return self.pop()

    def take(self, count: int) -> bytes:
        """The next `count` bytes of the program."""
        start, self.position = self.position, self.position + count
        if self.position > len(self.program):
            raise ProgramError("it is cut short")
        return self.program[start : self.position]

    def number(self, layout: str) -> Any:
        return struct.unpack(layout, self.take(struct.calcsize(layout)))[0]

    def line(self) -> str:
        end = self.program.index(b"\n", self.position)
        text = self.take(end - self.position).decode()
        self.position += 1
        return text

    def push(self, value: Any) -> None:
        self.stack.append(value)

    def pop(self) -> Any:
        return self.stack.pop()

    def mark(self) -> None:
        self.below.append(self.stack)
        self.stack = []

    def since_mark(self) -> list[Any]:
        values, self.stack = self.stack, self.below.pop()
        return values

    def make_tuple(self, count: int) -> None:
        values = tuple(self.stack[len(self.stack) - count :])
        if len(values) != count:
            raise ProgramError("it is damaged")
        del self.stack[len(self.stack) - count :]
        self.push(values)

    def set_items(self, pairs: list[Any]) -> None:
        keys, values = pairs[::2], pairs[1::2]
        target = self.stack[-1]
        # Other keys, tuples of tuples among them, can take for ever to hash or to tell apart.
        if type(target) is not dict or not all(map(_is_key, keys)):
            raise ProgramError("a dictionary has keys that are neither text nor integers")
        target.update(zip(keys, values, strict=True))

    def append(self, values: list[Any]) -> None:
        if type(self.stack[-1]) is not list:
            raise ProgramError("it is damaged")
        self.stack[-1].extend(values)

    def name(self, module: str, name: str) -> None:
        allowed = _Name(module, name)
        if module == "torch" and name in STORAGE_TYPES:
            self.push(STORAGE_TYPES[name])
        elif allowed in (_REBUILD, _ORDERED_DICT):
            self.push(allowed)
        else:
            raise ProgramError(
                f"it names {f'{module}.{name}'[:80]!r}, which is not allowed: "
                "tensors and plain values need no such thing; it could run code and is refused"
            )

    def name_from_stack(self) -> None:
        name, module = self.pop(), self.pop()
        if type(module) is not str or type(name) is not str:
            raise ProgramError("it is damaged")
        self.name(module, name)

    def storage(self) -> None:
        reference = self.pop()
        kind, dtype, key, _, size = reference
        good = type(reference) is tuple and kind == "storage" and isinstance(dtype, np.dtype)
        if not good or type(key) is not str or not _is_size(size):
            raise ProgramError("a storage has a wrong description")
        self.push(Storage(dtype, key, size))

    def build(self) -> None:
        """Leave out the version that torch writes on the dictionary of a model's weights."""
        state, target = self.pop(), self.stack[-1]
        if type(target) is not dict or type(state) is not dict or list(state) != ["_metadata"]:
            raise ProgramError("it gives something attributes, which is not allowed")

    def call(self) -> None:
        arguments, function = self.pop(), self.pop()
        if type(arguments) is tuple and function == _REBUILD:
            self.push(_tensor(arguments))
        elif type(arguments) is tuple and not arguments and function == _ORDERED_DICT:
            self.push({})
        else:
            raise ProgramError("it calls something that is not allowed")


def _text(layout: str) -> Callable[[_Machine], None]:
    return lambda m: m.push(m.take(m.number(layout)).decode())


_INSTRUCTIONS: dict[bytes, Callable[[_Machine], None]] = {
    b"\x80": lambda m: m.number("B"),  # protocol
    b"\x95": lambda m: m.number("<Q"),  # frame
    b"N": lambda m: m.push(None),
    b"\x88": lambda m: m.push(True),
    b"\x89": lambda m: m.push(False),
    b"K": lambda m: m.push(m.number("B")),
    b"M": lambda m: m.push(m.number("<H")),
    b"J": lambda m: m.push(m.number("<i")),
    b"\x8a": lambda m: m.push(int.from_bytes(m.take(m.number("B")), "little", signed=True)),
    b"G": lambda m: m.push(m.number(">d")),
    b"X": _text("<I"),
    b"\x8c": _text("B"),
    b"\x8d": _text("<Q"),
    b"}": lambda m: m.push({}),
    b"]": lambda m: m.push([]),
    b")": lambda m: m.push(()),
    b"(": _Machine.mark,
    b"t": lambda m: m.push(tuple(m.since_mark())),
    b"\x85": lambda m: m.make_tuple(1),
    b"\x86": lambda m: m.make_tuple(2),
    b"\x87": lambda m: m.make_tuple(3),
    b"s": lambda m: m.set_items([m.pop(), m.pop()][::-1]),
    b"u": lambda m: m.set_items(m.since_mark()),
    b"a": lambda m: m.append([m.pop()]),
    b"e": lambda m: m.append(m.since_mark()),
    b"q": lambda m: m.memo.__setitem__(m.number("B"), m.stack[-1]),
    b"r": lambda m: m.memo.__setitem__(m.number("<I"), m.stack[-1]),
    b"\x94": lambda m: m.memo.__setitem__(len(m.memo), m.stack[-1]),
    b"h": lambda m: m.push(m.memo[m.number("B")]),
    b"j": lambda m: m.push(m.memo[m.number("<I")]),
    b"c": lambda m: m.name(m.line(), m.line()),
    b"\x93": _Machine.name_from_stack,
    b"Q": _Machine.storage,
    b"R": _Machine.call,
    b"b": _Machine.build,
}
