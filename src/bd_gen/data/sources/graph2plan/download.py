"""Fetching RPLAN in its Graph2Plan edition: a resumable download and a careful unzip."""

import hashlib
import os
import urllib.parse
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any

from bd_gen.system.errors import InputError
from bd_gen.system.files import replacing
from bd_gen.system.locks import locked
from bd_gen.system.progress import Progress

GRAPH2PLAN_URL = "https://github.com/HanHan55/Graph2plan/releases/download/data/Data.zip"
"""Data.zip of the Graph2Plan authors' repository; it holds Network/data/data.mat."""

DATA_FILE = "data.mat"
LARGEST_FILE = 16 << 30
"""Bytes; larger downloads and larger zipped files are refused."""

_BLOCK = 1 << 20
_TIMEOUT = 60  # seconds without a byte


def fetch_graph2plan(
    url: str, folder: Path, progress: Progress | None = None, sha256: str | None = None
) -> Path:
    """Download Data.zip, take data.mat out of it and drop the zip.

    A download that breaks off goes on where it stopped when this is called again. A `data.mat`
    that is there already is left alone.

    Args:
        url: of Data.zip.
        folder: for data.mat.
        progress: told (done, total) bytes.
        sha256: what Data.zip must hash to, in hex; its authors publish none.

    Returns:
        the path of data.mat.

    Raises:
        InputError: no network, a broken download, another file than expected, a zip without
            data.mat, a full disk, or another process that fetches it just now.
    """
    target = folder / DATA_FILE
    if target.exists():
        return target
    archive = folder / "Data.zip"
    with locked(folder / ".Data.zip.lock", archive):
        if not target.exists():
            if archive.exists():
                _check_hash(archive, archive, sha256)
            else:
                download(url, archive, progress, sha256)
            extract_member(archive, DATA_FILE, target, progress)
            archive.unlink(missing_ok=True)
    return target


def download(
    url: str, path: Path, progress: Progress | None = None, sha256: str | None = None
) -> None:
    """Download to `path`, by way of `path.part`, which is kept and continued if it breaks off.

    Raises:
        InputError: the address is not http(s), there is no network, the server refuses, fewer
            bytes come than announced, or other bytes than `sha256` stands for (these are
            dropped).
    """
    if urllib.parse.urlsplit(url).scheme not in ("http", "https"):
        raise InputError(f"{url}: expected an address that begins with http:// or https://")
    part = path.with_name(path.name + ".part")
    tag_file = path.with_name(path.name + ".part.tag")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        total = _receive(url, part, tag_file, progress)
        size = part.stat().st_size
    except OSError as error:  # urllib's errors are among them
        raise InputError(f"{url}: cannot be downloaded ({_reason(error)})") from error
    if total is not None and size != total:
        raise InputError(
            f"{url}: {size:,} of {total:,} bytes came; the same command goes on from there"
        )
    try:
        _check_hash(part, url, sha256)
    except InputError:
        part.unlink()
        tag_file.unlink(missing_ok=True)
        raise
    os.replace(part, path)
    tag_file.unlink(missing_ok=True)


def _check_hash(path: Path, name: str | Path, sha256: str | None) -> None:
    if sha256 is None:
        return
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256.lower():
        raise InputError(f"{name}: expected sha256 {sha256.lower()}, got {found}")


def _reason(error: OSError) -> str:
    code = getattr(error, "code", None)
    if code is not None:
        return f"the server answers {code}"
    reason = getattr(error, "reason", None) or error.strerror or error
    return str(getattr(reason, "strerror", None) or reason).strip()


def _receive(url: str, part: Path, tag_file: Path, progress: Progress | None) -> int | None:
    """Receive into `part`, from where it ends; the full size, if the server tells."""
    from http.client import HTTPException
    from urllib.error import HTTPError
    from urllib.request import Request, urlopen

    have = part.stat().st_size if part.exists() and tag_file.exists() else 0
    request = Request(url, headers={"User-Agent": "bd-gen"})  # noqa: S310 (http only, see above)
    if have:
        # Only the very file that was begun is continued; another one starts from nothing.
        request.add_header("Range", f"bytes={have}-")
        request.add_header("If-Range", tag_file.read_text())
    try:
        with urlopen(request, timeout=_TIMEOUT) as response:  # noqa: S310 (http only)
            return _take(response, url, part, tag_file, have, progress)
    except HTTPError as error:
        if error.code != 416 or not have:
            raise
        error.close()
        # Nothing comes after what is there: a start was stopped just before the renaming.
        if error.headers.get("Content-Range") == f"bytes */{have}":
            return have
        tag_file.unlink()
        return _receive(url, part, tag_file, progress)
    except HTTPException as error:
        raise OSError(str(error) or type(error).__name__) from error


def _take(
    response: Any, url: str, part: Path, tag_file: Path, have: int, progress: Progress | None
) -> int | None:
    """Write what comes to the end of `part`, or over it if the server begins anew."""
    if response.status != 206:
        have = 0
    elif not (response.headers.get("Content-Range") or "").startswith(f"bytes {have}-"):
        raise OSError("the server continues at another place than asked for")
    length = response.headers.get("Content-Length")
    total = have + int(length) if length and length.isdigit() else None
    if (total or 0) > LARGEST_FILE:
        raise InputError(f"{url}: announces {total:,} bytes, too many")
    tag = response.headers.get("ETag") or response.headers.get("Last-Modified")
    if tag and not tag.startswith("W/"):
        tag_file.write_text(tag)
    else:
        tag_file.unlink(missing_ok=True)
    with part.open("ab" if have else "wb") as file:
        _copy(response, file, have, total, progress)
        file.flush()
        os.fsync(file.fileno())
    return total


def _copy(
    source: Any, file: IO[bytes], done: int, total: int | None, progress: Progress | None
) -> None:
    while block := source.read(_BLOCK):
        file.write(block)
        done += len(block)
        if done > LARGEST_FILE:
            raise OSError(f"more than {LARGEST_FILE:,} bytes")
        if progress is not None:
            progress(done, max(total or done, done))


def extract_member(
    archive: Path, name: str, target: Path, progress: Progress | None = None
) -> None:
    """Write the one file called `name`, in whatever folder of a zip, to `target`.

    Nothing else of the zip is looked at, so no path in it can lead anywhere. The checksum is
    checked before `target` is put in place.

    Raises:
        InputError: damaged, without such a file or with several, too large.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            members = [
                member
                for member in opened.infolist()
                if not member.is_dir() and member.filename.rsplit("/", 1)[-1] == name
            ]
            if len(members) != 1:
                raise InputError(f"{archive}: expected one {name}, found {len(members)}")
            member = members[0]
            if member.file_size > LARGEST_FILE:
                raise InputError(f"{archive}: {name} would take {member.file_size:,} bytes")
            with opened.open(member) as source, replacing(target) as file:
                _copy(source, file, 0, member.file_size, progress)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        raise InputError(f"{archive}: damaged zip ({error}); delete it and try again") from error
    except OSError as error:
        raise InputError(f"{archive}: cannot be read ({error.strerror or error})") from error
