"""What keeps others out: the token, Host and Origin, limits on sizes, and headers for the browser.

A page from elsewhere may send requests to this machine, and a name may be made to lead here (DNS
rebinding). So a request counts only if it names this server as its Host, comes from this server's
own page (Origin), and brings the token, which the first address carries and a cookie keeps.
"""

import asyncio
import json
import secrets
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

LARGEST_BODY = 17_000_000
"""Bytes of a request; an upload may have `calls.LARGEST_UPLOAD` of them."""

LARGEST_MESSAGE = 300_000
"""Bytes of a request in JSON; a sketch of 32 rooms has under 40,000."""

_SECONDS = 30.0  # for a whole body to arrive

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}

Scope = dict[str, Any]


class Guard:
    """Stands before the application; refuses what is not from its own page.

    Args:
        app: the application.
        token: what has to be known.
        hosts: names with ports, as browsers send them.
        cookie: its name.
    """

    def __init__(self, app: Any, token: str, hosts: frozenset[str], cookie: str) -> None:
        self.app, self.token, self.hosts, self.cookie = app, token, hosts, cookie

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """As ASGI has it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        headers = {
            key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]
        }
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            await _refuse(send, *refusal)
            return
        body = await _body(receive, _limit(headers))
        if isinstance(body, tuple):
            await _refuse(send, *body)
            return

        async def sent(message: Any) -> None:
            if message["type"] == "http.response.start":
                added = dict(HEADERS)
                if "token" in _query(scope):
                    added["set-cookie"] = (
                        f"{self.cookie}={self.token}; Path=/; HttpOnly; SameSite=Strict"
                    )
                message["headers"] = [
                    *message["headers"],
                    *((key.encode(), value.encode()) for key, value in added.items()),
                ]
            await send(message)

        await self.app(scope, _replay(body, receive), sent)

    def _refusal(self, scope: Scope, headers: dict[str, str]) -> tuple[int, str] | None:
        if headers.get("host", "").lower() not in self.hosts:
            return 421, "this address is not the studio's; open the one that the terminal shows"
        origin = headers.get("origin")
        is_own = origin is None or origin.partition("://")[2].lower() in self.hosts
        site = headers.get("sec-fetch-site", "same-origin")
        if scope["method"] not in ("GET", "HEAD"):
            if origin is None or not is_own or site != "same-origin":
                return 403, "this request does not come from the studio's own page"
        elif not is_own or (site == "cross-site" and scope["path"] != "/"):
            return 403, "this request does not come from the studio's own page"
        if not self._knows_token(scope, headers):
            return 401, (
                "the studio was started anew: open the address that the terminal shows, this page "
                "then goes on by itself"
            )
        return None

    def _knows_token(self, scope: Scope, headers: dict[str, str]) -> bool:
        given = _query(scope).get("token", [""])[0]
        if not given:
            try:
                cookie = SimpleCookie(headers.get("cookie", "")).get(self.cookie)
            except CookieError:
                return False
            given = cookie.value if cookie is not None else ""
        return secrets.compare_digest(given.encode(), self.token.encode())


def _query(scope: Scope) -> dict[str, list[str]]:
    try:
        return parse_qs(scope.get("query_string", b"").decode("latin-1"), max_num_fields=5)
    except ValueError:
        return {}


def _limit(headers: dict[str, str]) -> int:
    is_json = headers.get("content-type", "").startswith("application/json")
    return LARGEST_MESSAGE if is_json else LARGEST_BODY


async def _body(receive: Any, most: int) -> bytes | tuple[int, str]:
    """The whole body, or how it is refused."""
    parts, size = [], 0
    try:
        async with asyncio.timeout(_SECONDS):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return 400, "the request ended before it was whole"
                part = message.get("body", b"")
                size += len(part)
                if size > most:
                    return 413, f"too large: at most {most / 1e6:g} MB"
                parts.append(part)
                if not message.get("more_body", False):
                    return b"".join(parts)
    except TimeoutError:
        return 408, f"the request did not arrive within {_SECONDS:g} s"


def _replay(body: bytes, receive: Any) -> Any:
    """A `receive` that hands on the body, and then what comes behind it: that the client left."""
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Any:
        return waiting.pop() if waiting else await receive()

    return replayed


async def _refuse(send: Any, status: int, why: str) -> None:
    body = json.dumps({"error": why}).encode()
    headers = {**HEADERS, "content-type": "application/json", "connection": "close"}
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [(key.encode(), value.encode()) for key, value in headers.items()],
        }
    )
    await send({"type": "http.response.body", "body": body})
