"""Small torch files that would cost much, for every reader of the format."""

import io
import struct
import warnings
import zipfile
from collections.abc import Callable, Iterable

Records = Iterable[tuple[str, bytes]]


def packed(records: Records) -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w") as archive:
        warnings.simplefilter("ignore")  # records of one name
        for name, data in records:
            archive.writestr(name, data)
    return buffer.getvalue()


def file_of(program: bytes, *more: tuple[str, bytes]) -> bytes:
    return packed([("a/data.pkl", b"\x80\x02" + program + b"."), *more])


def dictionary(**programs: bytes) -> bytes:
    """A program that makes a dictionary with text as keys."""
    items = (
        b"X" + struct.pack("<I", len(name)) + name.encode() + program
        for name, program in programs.items()
    )
    return b"}(" + b"".join(items) + b"u"


def in_one_place(count: int, data: bytes) -> bytes:
    """Many records that all lie on the same bytes."""
    whole = packed([("a/data.pkl", b"\x80\x02N."), ("a/data/0", data)])
    start = whole.index(b"PK\x01\x02")
    places = []
    entry = whole.index(b"PK\x01\x02", start + 4)
    end = whole.index(b"PK\x05\x06")
    for number in range(count):
        name = f"a/data/{number:08d}".encode()
        head = bytearray(whole[entry : entry + 46])
        struct.pack_into("<H", head, 28, len(name))
        places.append(bytes(head) + name)
    directory = whole[start:entry] + b"".join(places)
    tail = bytearray(whole[end:])
    most = min(count + 1, 0xFFFF)
    struct.pack_into("<HHI", tail, 8, most, most, len(directory))
    return whole[:start] + directory + bytes(tail)


def tensor(key: int, kind: bytes = b"Float", size: int = 3) -> bytes:
    """A program that makes a tensor of `size` numbers."""
    number = struct.pack("<i", size)
    return (
        b"ctorch._utils\n_rebuild_tensor_v2\n((X\x07\x00\x00\x00storagectorch\n"
        + kind
        + b"Storage\nX\x01\x00\x00\x00%dX\x03\x00\x00\x00cpuJ%stQK\x00J%s\x85K\x01\x85\x89"
        % (key, number, number)
        + b"ccollections\nOrderedDict\n)RtR"
    )


TUPLES = b")q\x00" + b"h\x00\x86q\x00" * 40
"""2^40 tuples, by 40 pairs of the pair before."""

HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a byte array of 12 GiB": (
        lambda: file_of(b"\x96" + struct.pack("<Q", 12 << 30)),
        "instruction 0x96 is not allowed",
    ),
    "2^40 tuples as a key": (lambda: file_of(b"}" + TUPLES + b"Ns"), "keys that are neither"),
    "2^40 tuples as a value": (lambda: file_of(TUPLES), "nested too deeply|too large"),
    "2^40 tuples as a version": (
        lambda: file_of(
            dictionary(format=b"X\x11\x00\x00\x00bd-gen checkpoint", format_version=TUPLES)
        ),
        "nested too deeply|too large",
    ),
    "a megabyte of text 100,000 times": (
        lambda: file_of(
            b"X\x00\x00\x08\x00" + bytes(0x80000) + b"q\x00](" + b"h\x00" * 100_000 + b"e"
        ),
        "its value is too large",
    ),
    "3,000 records in one place": (
        lambda: in_one_place(3_000, bytes(10_000)),
        "larger than the file|overlap",
    ),
    "two records in one place": (lambda: in_one_place(2, b"123"), "larger than the file|overlap"),
    "200,000 empty records": (
        lambda: in_one_place(200_000, b""),
        "the list of its records is too long",
    ),
    "25,000 empty records": (
        lambda: in_one_place(25_000, b""),
        "holds 25,001 records",
    ),
    "two descriptions": (
        lambda: packed([("a/data.pkl", b"\x80\x02N."), ("a/data.pkl", b"\x80\x02}.")]),
        "no torch file|twice",
    ),
    "two descriptions in two folders": (
        lambda: packed([("a/data.pkl", b"\x80\x02N."), ("b/data.pkl", b"\x80\x02}.")]),
        "no torch file",
    ),
    "numbers twice": (
        lambda: file_of(tensor(0), ("a/data/0", bytes(12)), ("a/data/0", bytes(12))),
        "holds a record twice",
    ),
    "complex numbers": (
        lambda: file_of(tensor(0, b"ComplexFloat"), ("a/data/0", bytes(24))),
        "ComplexFloatStorage",
    ),
    "numbers that are many tensors": (
        lambda: file_of(
            b"](" + tensor(0, size=1 << 20) + b"q\x00" + b"h\x00" * 1000 + b"e",
            ("a/data/0", bytes(4 << 20)),
        ),
        "larger than the file",
    ),
}
