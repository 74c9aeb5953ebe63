"""Serve the studio on this machine, say its address, and open the browser."""

import ipaddress
import os
import secrets
import socket
import sys
import webbrowser
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.words import Words
from bd_gen.studio.model_facts import facts_of
from bd_gen.studio.server import Settings, application
from bd_gen.system.errors import InputError

LOCAL = "127.0.0.1"
USUAL_PORT = 8787
_LEAST_TOKEN = 16  # characters of one that people choose
_TRIED = 20  # ports from the usual one on


def serve(
    *,
    file: Path | None,
    checkpoint: str,
    host: str,
    port: int | None,
    names: Sequence[str],
    token: str | None,
    browser: bool,
    plugins: Sequence[str],
    say: Callable[[str], None],
) -> None:
    """Serve until Ctrl-C.

    Args:
        file: a project, or a file with diagrams, that the page opens first.
        checkpoint: the model, a path or "bundled".
        host: address to listen at.
        port: None: the usual one, or the next that is free.
        names: further names by which browsers may call the studio, behind another server.
        token: None: a new one.
        browser: open one?
        plugins: what the process with the model imports first.
        say: told the lines for the terminal.

    Raises:
        InputError: something given cannot be used.
    """
    token = checked_token(host, token)
    facts = facts_of(checkpoint)
    first = None if file is None else opened(file, facts.words)
    listening = listen(host, port)
    at = listening.getsockname()[1]
    settings = Settings(
        token,
        hosts_of(host, at, names),
        f"bd_gen_studio_{at}",
        checkpoint,
        plugins,
        threads=max(2, min(8, os.cpu_count() or 2)),
        opened=first,
        facts=facts,
    )
    shown = f"[{host}]" if ":" in host else host
    shown = "127.0.0.1" if shown in ("0.0.0.0", "[::]") else shown  # noqa: S104
    address = f"http://{shown}:{at}/?token={token}"
    say(f"bd-gen studio: {address}")
    if browser and not open_browser(address):
        say("no browser was found here: open that address in one (Ctrl-C ends the studio)")
    else:
        say("Ctrl-C ends it; what is drawn stays in the browser")
    _run(application(settings), listening)


def listen(host: str, port: int | None) -> socket.socket:
    """A socket that listens.

    Raises:
        InputError: the port is taken, or the address is none of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    ports = [port] if port is not None else range(USUAL_PORT, USUAL_PORT + _TRIED)
    for tried in ports:
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, tried))
        except OSError as error:
            listening.close()
            reason = error.strerror or str(error)
        else:
            return listening
    if port is None:
        raise InputError(f"--port: {host}: none of {ports[0]}..{ports[-1]} is free ({reason})")
    raise InputError(f"--port {port}: {host} cannot be listened at ({reason}); try another")


def checked_token(host: str, token: str | None) -> str:
    """The token that is given, or a new one.

    Raises:
        InputError: it is too short, or others can reach the address and none is given.
    """
    if token is None:
        if not is_local(host):
            raise InputError(
                f"--host {host}: others can reach it, so it needs a --token of at least "
                f"{_LEAST_TOKEN} characters that they are told"
            )
        return secrets.token_urlsafe(24)
    allowed = token.isascii() and all(c.isalnum() or c in "-_." for c in token)
    if len(token) < _LEAST_TOKEN or len(token) > 200 or not allowed:
        raise InputError(
            f"--token: expected {_LEAST_TOKEN} to 200 letters, digits, '-', '_' and '.'"
        )
    return token


def is_local(host: str) -> bool:
    """Does an address reach this machine alone?"""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def hosts_of(host: str, port: int, names: Sequence[str]) -> frozenset[str]:
    """What browsers may send as Host: this address with its port, and names that are given."""
    own = {f"[{host}]" if ":" in host else host}
    if is_local(host) or host in ("0.0.0.0", "::"):  # noqa: S104
        own |= {LOCAL, "localhost", "[::1]"}
    return frozenset({f"{name}:{port}".lower() for name in own} | {name.lower() for name in names})


def opened(path: Path, words: Words = RPLAN) -> dict[str, Any]:
    """A file for the page to open first, of rooms in these words.

    Raises:
        InputError: it cannot be used.
    """
    from bd_gen.studio.projects import LARGEST_PROJECT, project_of
    from bd_gen.studio.transfer import imported
    from bd_gen.system.files import read_small

    if path.name.lower().endswith(".bdgen.json"):
        content = read_small(path, LARGEST_PROJECT, "is too large for a project")
        return {"name": path.name, "project": project_of(content, "", words)}
    from bd_gen.studio.calls import LARGEST_UPLOAD

    content = read_small(path, LARGEST_UPLOAD, "is too large for the studio")
    return {"name": path.name, "upload": imported(content, path.name, words)}


def open_browser(address: str) -> bool:
    """Open the user's browser, quietly; False if there is none."""
    if sys.platform.startswith("linux") and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or os.environ.get("BROWSER")
    ):
        return False
    try:
        return webbrowser.open(address)
    except (webbrowser.Error, OSError):
        return False


def _run(app: Any, listening: socket.socket) -> None:
    try:
        import uvicorn
    except ImportError as error:
        raise InputError(
            f"the studio needs starlette and uvicorn ({error}): pip install 'bd-gen[studio]'"
        ) from error
    config = uvicorn.Config(
        app,
        log_level="critical",
        access_log=False,
        server_header=False,
        limit_concurrency=200,
        timeout_keep_alive=10,
        timeout_graceful_shutdown=2,
        h11_max_incomplete_event_size=32_768,
        http="h11",
        ws="none",
    )
    with suppress(KeyboardInterrupt):  # that is how it is ended
        uvicorn.Server(config).run(sockets=[listening])
