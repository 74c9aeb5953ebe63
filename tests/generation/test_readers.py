"""No file makes a traceback, a hang, unbounded memory, or runs code: every reader, every trick."""

import bz2
import gzip
import io
import json
import os
import pickle
import resource
import signal
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.generation.readers import READERS, Reader

from bd_gen.system.errors import InputError

LONGEST = 5.0
"""Seconds that reading may take."""
MOST_MEMORY = 2 << 30
"""Bytes that reading may add to what the process has."""


class LateError(BaseException):
    """Reading took too long; nothing takes this for a problem with the file."""


@contextmanager
def limits() -> Iterator[None]:
    """Less memory than any machine has, and an alarm."""

    def late(*_: object) -> None:
        raise LateError

    pages = int(Path("/proc/self/statm").read_text().split()[0])
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = pages * resource.getpagesize() + MOST_MEMORY
    before = signal.signal(signal.SIGALRM, late)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    start = time.process_time()
    signal.setitimer(signal.ITIMER_REAL, 20 * LONGEST)  # a busy machine must not fail a test
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
        signal.signal(signal.SIGALRM, before)
    assert time.process_time() - start < LONGEST


def survives(reader: Reader, path: Path) -> str:
    """Read within the limits; the message, if the file is refused."""
    with limits():
        try:
            reader.read(path)
        except InputError as error:
            message = str(error)
            assert len(message.splitlines()) == 1
            assert message.isprintable() or not message.isascii()
            assert len(message) < 2000
            return message
    return ""


each = pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)


@pytest.fixture(scope="module")
def good_bytes(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Reader], bytes]:
    """A good file of every kind, made once."""
    made: dict[str, bytes] = {}

    def of(reader: Reader) -> bytes:
        if reader.name not in made:
            path = tmp_path_factory.mktemp("good") / reader.name
            reader.make(path)
            made[reader.name] = path.read_bytes()
        return made[reader.name]

    return of


@each
def test_a_good_file_is_read(reader: Reader, tmp_path: Path, good_bytes) -> None:
    path = tmp_path / reader.name
    path.write_bytes(good_bytes(reader))
    assert survives(reader, path) == ""


# ---------------------------------------------------------------- damage


@st.composite
def damaged(draw: st.DrawFn, whole: bytes) -> bytes:
    """A good file with bytes changed, put in, repeated, left out, or its end cut off."""
    content = bytearray(whole)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(0, len(content) - 1)))
        kind = draw(st.sampled_from(["flip", "put", "repeat", "drop", "cut", "number"]))
        length = draw(st.integers(1, 40))
        if kind == "flip":
            content[at : at + 1] = bytes([draw(st.integers(0, 255))])
        elif kind == "put":
            content[at:at] = draw(st.binary(min_size=1, max_size=8))
        elif kind == "repeat":
            content[at:at] = content[at : at + length] * draw(st.integers(1, 50))
        elif kind == "drop":
            del content[at : at + length]
        elif kind == "cut":
            del content[at:]
        else:
            content[at : at + 4] = draw(st.sampled_from([b"\xff" * 4, b"\0" * 4, b"9999", b"1e99"]))
    return bytes(content)


@each
def test_damage_is_refused_or_does_no_harm(reader: Reader, tmp_path: Path, good_bytes) -> None:
    path = tmp_path / reader.name

    @settings(max_examples=reader.examples, suppress_health_check=list(HealthCheck))
    @given(content=damaged(good_bytes(reader)))
    def attack(content: bytes) -> None:
        path.write_bytes(content)
        survives(reader, path)

    attack()


# ---------------------------------------------------------------- malice


class Trap:
    """Unpickled, it makes a file."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f"touch {self.canary}",)


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def pickled(canary: Path) -> bytes:
    return pickle.dumps(Trap(canary), protocol=2)


@cache
def unfolding(kind: str) -> bytes:
    """Small, and 256 MB of zeros once it is unpacked."""
    zeros = bytes(1 << 24)
    if kind == "gzip":
        return gzip.compress(zeros * 16, 1)
    if kind == "bzip2":
        return bz2.compress(zeros)
    if kind == "arrays":
        return zipped({"room_types.npy": npy_claiming(1 << 40) + zeros})
    return zipped({"archive/data.pkl": zeros, "archive/data/0": zeros * 15})


TRICKS: dict[str, Callable[[Path], bytes]] = {
    "nothing": lambda _: b"",
    "zeros": lambda _: bytes(1 << 20),
    "random": lambda _: bytes(range(256)) * 64,
    "no text": lambda _: b"\xff\xfe\x00\xd8" * 1000,
    "deep lists": lambda _: b"[" * 200_000,
    "deep objects": lambda _: b'{"rooms":' * 100_000,
    "deep YAML": lambda _: b"- " * 20_000,
    "YAML that unfolds": lambda _: (
        b"a: &a [x, x, x, x, x, x, x, x, x]\n"
        + b"".join(b"%c: &%c [%s]\n" % (k, k, b"*%c, " % (k - 1) * 9) for k in b"bcdefghij")
    ),
    "YAML that runs code": lambda c: f"!!python/object/apply:os.system ['touch {c}']".encode(),
    "a number of a million digits": lambda _: b'{"rooms": ' + b"9" * 1_000_000 + b"}",
    "numbers out of range": lambda _: b'{"format_version": 2, "rooms": [1e999, -1e999, NaN]}',
    "half a surrogate": lambda _: b'{"rooms": ["\\ud800"], "\\udfff": 1, "id": "\\ud800"}',
    "a long line": lambda _: b'{"id": "' + b"a" * (4 << 20) + b'"}',
    "many lines": lambda _: b"{}\n" * 100_000,
    "entities that unfold": lambda _: (
        b"<!DOCTYPE g [<!ENTITY a 'aaaaaaaaaa'>"
        + b"".join(
            b"<!ENTITY %c '%s'>" % (k, b"&%c;" % (k - 1) * 10) for k in range(ord("b"), ord("k"))
        )
        + b"]><graphml>&j;</graphml>"
    ),
    "one long entity many times": lambda _: (
        b"<!DOCTYPE g [<!ENTITY a '" + b"a" * 100_000 + b"'>]><g>" + b"&a;" * 100_000 + b"</g>"
    ),
    "entities that name a file": lambda c: (
        f"<!DOCTYPE g [<!ENTITY a SYSTEM 'file://{c}'>]><graphml>&a;</graphml>".encode()
    ),
    "a document type elsewhere": lambda _: (
        "<!DOCTYPE graphml SYSTEM 'http://127.0.0.1:9/x.dtd'><graphml/>".encode("utf-16")
    ),
    "deep XML": lambda _: b"<graphml>" + b"<graph>" * 100_000,
    "many elements": lambda _: graphml(b"<node id='a'/>" * 60_000),
    "many edges": lambda _: graphml(b"<node id='a'/>" + b"<edge source='a' target='a'/>" * 30_000),
    "a long attribute": lambda _: graphml(b"<node id='%s'/>" % (b"a" * 1_000_000)),
    "many attributes": lambda _: graphml(
        b"<node %s/>" % b" ".join(b"a%d='1'" % k for k in range(80_000))
    ),
    "many keys and many rooms": lambda _: graphml(
        b"<node/>" * 30,
        b"".join(b"<key id='%d' attr.name='%d'><default/></key>" % (k, k) for k in range(16_000)),
    ),
    "many keys with defaults and many edges": lambda _: graphml(
        b"<node id='a'/><node id='b'/>" + b"<edge source='a' target='b'/>" * 900,
        b"".join(b"<key id='%d' attr.name='%d'><default/></key>" % (k, k) for k in range(999)),
    ),
    "XML in an encoding of its own": lambda _: b"<?xml version='1.0' encoding='utf-7'?><graphml/>",
    "control characters": lambda _: b'{"rooms": ["\\u001b[2J\\r\\n"], "id": "\\u001b[31m"}',
    "a pickle": pickled,
    "a pickle in an archive": lambda c: zipped(
        {"archive/data.pkl": pickled(c), "archive/version": b"3"}
    ),
    "a pickle as arrays": lambda c: zipped(
        {f"{name}.npy": npy_of(pickled(c)) for name in ("tokens", "ids", "key", "notes")}
    ),
    "gzip that unfolds": lambda _: unfolding("gzip"),
    "an archive that unfolds": lambda _: unfolding("archive"),
    "arrays that unfold": lambda _: unfolding("arrays"),
    "an array larger than memory": lambda _: npy_claiming(1 << 60),
    "paths that lead elsewhere": lambda _: zipped({"../../data.pkl": b"x", "/etc/data.pkl": b"x"}),
    "bzip2": lambda _: unfolding("bzip2"),
    "a result of nothing": lambda _: json.dumps(
        {"format_version": 2, "method": "../../x", "timestamp": "", "config": {}, "per_seed": {}}
    ).encode(),
}


def graphml(content: bytes, keys: bytes = b"") -> bytes:
    return b"<graphml>%s<graph edgedefault='directed'>%s</graph></graphml>" % (keys, content)


def npy_of(objects: bytes) -> bytes:
    """What numpy writes for an array of Python objects: a header and a pickle."""
    return npy_header("|O", "()") + objects


def npy_claiming(count: int) -> bytes:
    return npy_header("<f8", f"({count},)")


def npy_header(kind: str, shape: str) -> bytes:
    text = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


# A process each: a few will do.
MATLAB_TRICKS = ("nothing", "zeros", "a pickle", "an array larger than memory")


@pytest.mark.parametrize(
    ("reader", "trick"),
    [
        pytest.param(reader, trick, id=f"{reader.name}-{trick}")
        for reader in READERS
        for trick in (MATLAB_TRICKS if reader.name == "data.mat" else TRICKS)
    ],
)
def test_malice_is_refused_or_does_no_harm(reader: Reader, trick: str, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    path = tmp_path / reader.name
    path.write_bytes(TRICKS[trick](canary))
    survives(reader, path)
    assert not canary.exists()


# ---------------------------------------------------------------- what is no file


@pytest.mark.parametrize("what", ["nothing", "folder", "pipe", "device", "circle of links"])
@each
def test_what_is_no_file(reader: Reader, what: str, tmp_path: Path) -> None:
    """A pipe would never answer, a device never end."""
    path = tmp_path / reader.name
    if what == "folder":
        path.mkdir()
    elif what == "pipe":
        os.mkfifo(path)
    elif what == "device":
        path.symlink_to("/dev/zero")
    elif what == "circle of links":
        path.symlink_to(path)
    survives(reader, path)


POINTER = (
    b"version https://git-lfs.github.com/spec/v1\n"
    b"oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"
)
OWN_FILES = ("reference.npz", "cached.npz", ".x_samples.partial", "metrics.jsonl")
"""What nobody keeps in a repository."""


@pytest.mark.parametrize(
    "reader", [r for r in READERS if r.name not in OWN_FILES], ids=lambda reader: reader.name
)
def test_a_pointer_of_git_lfs_is_named(reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / reader.name
    path.write_bytes(POINTER)
    assert survives(reader, path) == f"{path}: a pointer of Git LFS, not the file; " + (
        "get it by `git lfs pull`"
    )
