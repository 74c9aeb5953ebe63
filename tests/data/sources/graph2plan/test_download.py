import hashlib
import io
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bd_gen.data.sources.graph2plan import download as module
from bd_gen.data.sources.graph2plan.download import download, extract_member, fetch_graph2plan
from bd_gen.system.errors import InputError
from bd_gen.system.locks import locked


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


CONTENT = bytes(range(256)) * 4000
ARCHIVE = zipped({"Network/data/data.mat": CONTENT, "Interface/x.mat": b"no", "data.mat.png": b""})


class Server:
    """A web server of one file that can break off, and counts what was asked of it."""

    def __init__(self) -> None:
        self.content = ARCHIVE
        self.tag = '"one"'
        self.break_after: int | None = None
        self.ranges: list[str | None] = []
        self.says_size = True
        self.shifted = 0
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.answer(self)

            def log_message(self, *args: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/Data.zip"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        asked = request.headers.get("Range")
        self.ranges.append(asked)
        start = 0
        if request.path != "/Data.zip":
            request.send_error(404)
            return
        if asked and request.headers.get("If-Range") == self.tag:
            start = int(asked.removeprefix("bytes=").rstrip("-"))
            if start >= len(self.content):
                request.send_response(416)
                if self.says_size:
                    request.send_header("Content-Range", f"bytes */{len(self.content)}")
                request.end_headers()
                return
            start += self.shifted
            request.send_response(206)
            last = len(self.content) - 1
            request.send_header("Content-Range", f"bytes {start}-{last}/{last + 1}")
        else:
            request.send_response(200)
        body = self.content[start:]
        request.send_header("Content-Length", str(len(body)))
        request.send_header("ETag", self.tag)
        request.end_headers()
        request.wfile.write(body[: self.break_after])


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.http.shutdown()
    thread.join()
    server.http.server_close()


def test_data_mat_is_all_that_stays(server: Server, tmp_path: Path) -> None:
    calls: list[tuple[int, int]] = []
    path = fetch_graph2plan(server.url, tmp_path / "new", lambda *call: calls.append(call))
    assert path == tmp_path / "new" / "data.mat"
    assert path.read_bytes() == CONTENT
    assert [p.name for p in path.parent.iterdir()] == ["data.mat"]
    assert (len(ARCHIVE), len(ARCHIVE)) in calls
    assert calls[-1] == (len(CONTENT), len(CONTENT))
    fetch_graph2plan(server.url, tmp_path / "new")
    assert len(server.ranges) == 1  # what is there is left alone


def test_a_download_that_broke_off_goes_on(server: Server, tmp_path: Path) -> None:
    server.break_after = 1000
    path = tmp_path / "Data.zip"
    with pytest.raises(InputError, match=f"1,000 of {len(ARCHIVE):,} bytes came"):
        download(server.url, path)
    assert not path.exists()
    server.break_after = None
    download(server.url, path)
    assert server.ranges == [None, "bytes=1000-"]
    assert path.read_bytes() == ARCHIVE
    assert [p.name for p in tmp_path.iterdir()] == ["Data.zip"]


@pytest.mark.parametrize("says_size", [True, False])
def test_a_download_that_was_whole_but_not_renamed(
    server: Server, tmp_path: Path, says_size: bool
) -> None:
    """Killed in between: there is nothing to go on with, which the server calls an error."""
    server.says_size = says_size
    (tmp_path / "Data.zip.part").write_bytes(ARCHIVE)
    (tmp_path / "Data.zip.part.tag").write_text(server.tag)
    download(server.url, tmp_path / "Data.zip")
    assert server.ranges == [f"bytes={len(ARCHIVE)}-", *([] if says_size else [None])]
    assert (tmp_path / "Data.zip").read_bytes() == ARCHIVE
    assert [p.name for p in tmp_path.iterdir()] == ["Data.zip"]


def test_a_server_that_continues_elsewhere_is_not_believed(server: Server, tmp_path: Path) -> None:
    server.break_after = 1000
    with pytest.raises(InputError):
        download(server.url, tmp_path / "Data.zip")
    server.break_after, server.shifted = None, 7
    with pytest.raises(InputError, match="continues at another place"):
        download(server.url, tmp_path / "Data.zip")
    assert (tmp_path / "Data.zip.part").read_bytes() == ARCHIVE[:1000]
    server.shifted = 0
    download(server.url, tmp_path / "Data.zip")
    assert (tmp_path / "Data.zip").read_bytes() == ARCHIVE


GOOD_HASH = hashlib.sha256(ARCHIVE).hexdigest()


@pytest.mark.parametrize("is_there", [True, False])
def test_the_hash_is_checked_where_it_is_known(
    server: Server, tmp_path: Path, is_there: bool
) -> None:
    """Also of a Data.zip that somebody put there."""
    if is_there:
        (tmp_path / "Data.zip").write_bytes(ARCHIVE)
    with pytest.raises(InputError, match=f"expected sha256 {'0' * 64}, got {GOOD_HASH}"):
        fetch_graph2plan(server.url, tmp_path, sha256="0" * 64)
    assert [p.name for p in tmp_path.iterdir()] == ["Data.zip"] * is_there
    path = fetch_graph2plan(server.url, tmp_path, sha256=GOOD_HASH.upper())
    assert path.read_bytes() == CONTENT
    assert [p.name for p in tmp_path.iterdir()] == ["data.mat"]


def test_two_do_not_write_to_one_file(server: Server, tmp_path: Path) -> None:
    with (
        locked(tmp_path / ".Data.zip.lock", "it"),
        pytest.raises(InputError, match=r"Data\.zip: process .* has been at work on it"),
    ):
        fetch_graph2plan(server.url, tmp_path)
    assert server.ranges == []


def test_another_file_is_not_glued_to_the_begun_one(server: Server, tmp_path: Path) -> None:
    server.break_after = 1000
    path = tmp_path / "Data.zip"
    with pytest.raises(InputError):
        download(server.url, path)
    server.break_after, server.tag = None, '"two"'
    server.content = zipped({"data.mat": b"new"})
    download(server.url, path)
    assert path.read_bytes() == server.content


def test_no_network_is_one_line(tmp_path: Path, server: Server) -> None:
    closed = "http://127.0.0.1:9/Data.zip"
    with pytest.raises(InputError, match=f"^{closed}: cannot be downloaded") as caught:
        download(closed, tmp_path / "a")
    assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match="the server answers 404"):
        download(server.url + "x", tmp_path / "a")
    with pytest.raises(InputError, match="expected an address that begins with http"):
        download("file:///etc/passwd", tmp_path / "a")
    assert not (tmp_path / "a").exists()


def test_a_broken_zip_replaces_nothing(server: Server, tmp_path: Path) -> None:
    server.content = ARCHIVE[:-100]
    with pytest.raises(InputError, match="damaged zip"):
        fetch_graph2plan(server.url, tmp_path)
    assert not (tmp_path / "data.mat").exists()


def flip(data: bytes) -> bytes:
    damaged = bytearray(data)
    damaged[400] ^= 0xFF
    return bytes(damaged)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (zipped({"a": b"1"}), "expected one data.mat, found 0"),
        (zipped({"a/data.mat": b"1", "b/data.mat": b"2"}), "expected one data.mat, found 2"),
        (zipped({"data.mat/": b""}), "found 0"),
        (b"no zip", "damaged zip"),
        (b"", "damaged zip"),
        (flip(ARCHIVE), "damaged zip"),
    ],
)
def test_zips_that_will_not_do(tmp_path: Path, content: bytes, said: str) -> None:
    archive, target = tmp_path / "Data.zip", tmp_path / "data.mat"
    archive.write_bytes(content)
    target.write_text("old")
    with pytest.raises(InputError, match=said):
        extract_member(archive, "data.mat", target)
    assert target.read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["Data.zip", "data.mat"]


@pytest.mark.parametrize("name", ["../data.mat", "/up/data.mat", "a/../../data.mat"])
def test_paths_in_a_zip_lead_nowhere(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "in" / "here"
    folder.mkdir(parents=True)
    archive = folder / "Data.zip"
    archive.write_bytes(zipped({name: b"content"}))
    extract_member(archive, "data.mat", folder / "data.mat")
    assert (folder / "data.mat").read_bytes() == b"content"
    assert [p.name for p in tmp_path.iterdir()] == ["in"]
    assert [p.name for p in (tmp_path / "in").iterdir()] == ["here"]


def test_too_much_is_refused(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LARGEST_FILE", 500)
    with pytest.raises(InputError, match="too many"):
        download(server.url, tmp_path / "Data.zip")
    (tmp_path / "Data.zip").write_bytes(ARCHIVE)
    with pytest.raises(InputError, match="would take 1,024,000 bytes"):
        extract_member(tmp_path / "Data.zip", "data.mat", tmp_path / "data.mat")
