"""What a pickle describes, without running it.

Python's pickle machine can be made to call any function, so it is never started here. This one
knows the instructions of plain containers, and writes down every call that a pickle asks for
instead of making it: `shapely.io.from_wkb(...)` becomes a `Described` with that name and its
arguments. Nothing is imported or called by what the program says; each instruction costs no more
than the bytes that it takes, besides copying what is there already.
"""

import struct
from collections.abc import Callable
from typing import Any

from bd_gen.system.errors import InputError

_LARGEST_KEY = 1 << 64
_MARK = object()


class Described:
    """Something that a pickle would make by a call.

    Attributes:
        name: what is called, "module.name".
        arguments: of the call; None for a function or class that is only named.
        state: what is set afterwards; None if nothing is.
    """

    __slots__ = ("arguments", "name", "state")

    def __init__(self, name: str, arguments: Any = None) -> None:
        self.name = name
        self.arguments = arguments
        self.state: Any = None


def described(program: bytes) -> Any:
    """The value that a pickle describes: plain containers, texts, numbers, and `Described`.

    Raises:
        InputError: it is damaged, or has an instruction that is not known.
    """
    try:
        return _Machine(program).run()
    except (IndexError, KeyError, OverflowError, TypeError, ValueError, struct.error) as error:
        raise InputError(f"damaged pickle ({str(error)[:60]})") from None


class _Machine:
    """The stack, the marks in it and the memo of one program."""

    def __init__(self, program: bytes) -> None:
        self.program = program
        self.place = 0
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}

    def run(self) -> Any:
        while True:
            code = self.program[self.place]
            self.place += 1
            if code == 0x2E:  # STOP
                return self.stack[-1]
            do = _INSTRUCTIONS.get(code)
            if do is None:
                raise InputError(f"pickle with an instruction that is not read ({bytes([code])!r})")
            do(self)

    def take(self, count: int) -> bytes:
        end = self.place + count
        if count < 0 or end > len(self.program):
            raise ValueError("it ends too early")
        piece = self.program[self.place : end]
        self.place = end
        return piece

    def number(self, form: str, size: int) -> Any:
        return struct.unpack(form, self.take(size))[0]

    def line(self) -> str:
        end = self.program.index(b"\n", self.place)
        text = self.program[self.place : end].decode()
        self.place = end + 1
        return text

    def to_mark(self) -> list[Any]:
        """What was pushed since the last mark, taken off with it."""
        mark = len(self.stack) - 1
        while self.stack[mark] is not _MARK:
            mark -= 1
            if mark < 0:
                raise ValueError("there is no mark")
        items = self.stack[mark + 1 :]
        del self.stack[mark:]
        return items

    def call(self) -> None:
        arguments, what = self.stack.pop(), self.stack.pop()
        if not isinstance(what, Described):
            raise ValueError("it calls what is no name")
        self.stack.append(Described(what.name, arguments))

    def build(self) -> None:
        state = self.stack.pop()
        made = self.stack[-1]
        if not isinstance(made, Described):
            raise ValueError("it sets the state of a plain value")
        made.state = state

    def set_items(self, items: list[Any]) -> None:
        target = self.stack[-1]
        if isinstance(target, Described):
            return  # a subclass of dict: what is in it is not needed
        if type(target) is not dict:
            raise ValueError("it sets items of what is no dictionary")
        for key, value in zip(items[::2], items[1::2], strict=True):
            if type(key) is str or (type(key) is int and abs(key) < _LARGEST_KEY):
                target[key] = value

    def extend(self, items: list[Any]) -> None:
        target = self.stack[-1]
        if isinstance(target, Described):
            return
        if type(target) is not list:
            raise ValueError("it extends what is no list")
        target.extend(items)

    def tuple_of(self, count: int) -> None:
        items = tuple(self.stack[-count:])
        if _MARK in items or len(items) < count:
            raise ValueError("it takes more than there is")
        del self.stack[-count:]
        self.stack.append(items)

    def name(self, module: Any, name: Any) -> None:
        if type(module) is not str or type(name) is not str:
            raise ValueError("a name that is no text")
        self.stack.append(Described(f"{module}.{name}"))

    def stacked_name(self) -> None:
        name, module = self.stack.pop(), self.stack.pop()
        self.name(module, name)


def _sized(form: str, size: int, text: bool) -> Callable[[_Machine], None]:
    def push(m: _Machine) -> None:
        piece = m.take(m.number(form, size))
        m.stack.append(piece.decode("utf-8", "replace") if text else piece)

    return push


def _number(form: str, size: int) -> Callable[[_Machine], None]:
    return lambda m: m.stack.append(m.number(form, size))


def _constant(make: Callable[[], Any]) -> Callable[[_Machine], None]:
    return lambda m: m.stack.append(make())


def _long(m: _Machine) -> None:
    m.stack.append(int.from_bytes(m.take(m.number("<B", 1)), "little", signed=True))


def _get(form: str, size: int) -> Callable[[_Machine], None]:
    return lambda m: m.stack.append(m.memo[m.number(form, size)])


def _put(form: str, size: int) -> Callable[[_Machine], None]:
    def put(m: _Machine) -> None:
        m.memo[m.number(form, size)] = m.stack[-1]

    return put


def _memoize(m: _Machine) -> None:
    m.memo[len(m.memo)] = m.stack[-1]


def _pair(m: _Machine) -> list[Any]:
    value, key = m.stack.pop(), m.stack.pop()
    return [key, value]


_INSTRUCTIONS: dict[int, Callable[[_Machine], Any]] = {
    0x80: lambda m: m.take(1),  # PROTO
    0x95: lambda m: m.take(8),  # FRAME
    ord("("): _constant(lambda: _MARK),
    ord("0"): lambda m: m.stack.pop(),
    ord("1"): lambda m: m.to_mark(),
    ord("N"): _constant(lambda: None),
    0x88: _constant(lambda: True),
    0x89: _constant(lambda: False),
    ord("]"): _constant(list),
    ord("}"): _constant(dict),
    ord(")"): _constant(tuple),
    0x8F: _constant(list),  # EMPTY_SET: order and repetition do not matter here
    ord("a"): lambda m: m.extend([m.stack.pop()]),
    ord("e"): lambda m: m.extend(m.to_mark()),
    0x90: lambda m: m.extend(m.to_mark()),
    ord("s"): lambda m: m.set_items(_pair(m)),
    ord("u"): lambda m: m.set_items(m.to_mark()),
    ord("t"): lambda m: m.stack.append(tuple(m.to_mark())),
    0x91: lambda m: m.stack.append(m.to_mark()),  # FROZENSET
    0x85: lambda m: m.tuple_of(1),
    0x86: lambda m: m.tuple_of(2),
    0x87: lambda m: m.tuple_of(3),
    ord("J"): _number("<i", 4),
    ord("K"): _number("<B", 1),
    ord("M"): _number("<H", 2),
    ord("G"): _number(">d", 8),
    0x8A: _long,
    0x8C: _sized("<B", 1, True),
    ord("X"): _sized("<I", 4, True),
    0x8D: _sized("<Q", 8, True),
    ord("C"): _sized("<B", 1, False),
    ord("B"): _sized("<I", 4, False),
    0x8E: _sized("<Q", 8, False),
    ord("U"): _sized("<B", 1, False),
    ord("T"): _sized("<i", 4, False),
    ord("q"): _put("<B", 1),
    ord("r"): _put("<I", 4),
    0x94: _memoize,
    ord("h"): _get("<B", 1),
    ord("j"): _get("<I", 4),
    ord("c"): lambda m: m.name(m.line(), m.line()),
    0x93: lambda m: m.stacked_name(),
    ord("R"): lambda m: m.call(),
    0x81: lambda m: m.call(),  # NEWOBJ
    ord("b"): lambda m: m.build(),
}
"""By the byte of each instruction (pickletools names them)."""
