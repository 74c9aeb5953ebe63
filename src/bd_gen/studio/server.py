"""The application: the page's own files, calls answered at once, and searches as they go."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from bd_gen.studio.calls import CALLS, LARGEST_UPLOAD, Desk
from bd_gen.studio.guards import Guard
from bd_gen.studio.model_facts import ModelFacts
from bd_gen.studio.model_process import ModelProcess
from bd_gen.studio.transfer import Download
from bd_gen.studio.turns import Turns
from bd_gen.system.errors import InputError
from bd_gen.system.plain import JsonError, parse_json

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

_MEDIA = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
}
_MOST_VALUES = 20_000  # of a message
_MOST_WAITING = 8  # calls of one page
_LONGEST_NAME = 64


@dataclass(frozen=True)
class Settings:
    """How a studio is served.

    Attributes:
        token: what the first address carries.
        hosts: names with ports by which browsers may call it.
        cookie: its name; ports of one machine share cookies, so it differs by port.
        checkpoint: the model, a path or "bundled".
        plugins: what the process with the model imports first.
        threads: calls that are answered at a time.
        opened: a file that the page opens first: {"name", "project" or "upload"}; None: none.
        facts: what is known of the model before it is loaded.
    """

    token: str
    hosts: frozenset[str]
    cookie: str
    checkpoint: str = "bundled"
    plugins: Sequence[str] = ()
    threads: int = 2
    opened: dict[str, Any] | None = None
    facts: ModelFacts = field(default_factory=ModelFacts)


def page_files() -> dict[str, tuple[str, bytes]]:
    """Address: (media type, content) of each file of the page; no other can be asked for."""
    found = {}
    for file in files("bd_gen.studio").joinpath("page").iterdir():
        ending = f".{file.name.rpartition('.')[2]}"
        if ending in _MEDIA:
            found[f"/{file.name}"] = (f"{_MEDIA[ending]}; charset=utf-8", file.read_bytes())
    found["/"] = found["/index.html"]
    return found


class Studio:
    """What is shared by all requests.

    Args:
        settings: how it is served.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.model = ModelProcess(settings.checkpoint, settings.plugins)
        self.turns = Turns(settings.threads, _MOST_WAITING)
        self.tidying = Turns(1, _MOST_WAITING)  # slow: no edit is to wait until all are done
        self.searching: dict[str, asyncio.Task[Any]] = {}
        self.pages = page_files()

    @property
    def desk(self) -> Desk:
        """What answers, as far as the model is known."""
        facts = self.settings.facts
        return Desk(self.model.words.get("checkpoint", ""), facts.words, facts.most_rooms)

    async def page(self, request: "Request") -> "Response":
        """A file of the page."""
        from starlette.responses import Response

        media, content = self.pages[request.url.path]
        return Response(content, media_type=media)

    async def call(self, name: str, request: "Request") -> "Response":
        """An answer at once; see `calls`."""
        from starlette.responses import JSONResponse

        try:
            message = await _message(request)
            turns = self.tidying if message.get("tidy") is True else self.turns
            async with turns.of(_client(request)):
                if await request.is_disconnected():
                    return JSONResponse({"error": "nobody waits for this"}, 499)
                answer = await asyncio.to_thread(CALLS[name], self.desk, message)
        except InputError as error:
            return JSONResponse({"error": str(error)})
        if isinstance(answer, Download):
            return _download(answer)
        return JSONResponse(answer)

    async def hello(self, request: "Request") -> "Response":  # noqa: ARG002
        """What the model says of itself, and the file that is to be opened."""
        from starlette.responses import JSONResponse

        try:
            words = await self.model.start()
        except InputError as error:
            return JSONResponse({"model": None, "why": str(error), "opened": self.settings.opened})
        return JSONResponse({"model": words, "opened": self.settings.opened})

    async def search(self, request: "Request") -> "Response":
        """Alternatives, a line each, as they are found. Who goes away ends the search."""
        from starlette.responses import JSONResponse, StreamingResponse

        try:
            message = await _message(request)
        except InputError as error:
            return JSONResponse({"error": str(error)})
        return StreamingResponse(
            self._lines(_client(request), message),
            media_type="application/x-ndjson",
            headers={"x-accel-buffering": "no"},
        )

    async def _lines(self, client: str, message: dict[str, Any]) -> AsyncIterator[bytes]:
        before = self.searching.get(client)
        if before is not None:
            before.cancel()  # a page has one search at a time: the last one
        task = asyncio.current_task()
        assert task is not None  # noqa: S101
        self.searching[client] = task
        events = self.model.events(message)
        try:
            async for event in events:
                yield json.dumps(event).encode() + b"\n"
        except InputError as error:
            yield json.dumps({"event": "refused", "why": str(error)}).encode() + b"\n"
        finally:
            await events.aclose()  # type: ignore[attr-defined]
            if self.searching.get(client) is task:
                del self.searching[client]


def application(settings: Settings) -> Any:
    """The whole as an ASGI application.

    Raises:
        InputError: starlette is missing.
    """
    try:
        from starlette.applications import Starlette
        from starlette.routing import Route
    except ImportError as error:
        raise InputError(f"the studio needs starlette and uvicorn ({error}): "
                         "pip install 'bd-gen[studio]'") from error  # fmt: skip
    studio = Studio(settings)

    @asynccontextmanager
    async def life(app: Any) -> AsyncIterator[None]:  # noqa: ARG001
        yield
        await studio.model.stop()

    routes = [Route(path, studio.page, methods=["GET"]) for path in studio.pages]
    routes += [
        Route("/api/hello", studio.hello, methods=["POST"]),
        Route("/api/search", studio.search, methods=["POST"]),
        *(Route(f"/api/{name}", partial(studio.call, name), methods=["POST"]) for name in CALLS),
    ]
    app = Starlette(routes=routes, lifespan=life)
    app.state.studio = studio
    return Guard(app, settings.token, settings.hosts, settings.cookie)


async def _message(request: "Request") -> dict[str, Any]:
    """The message of a request: JSON, or a file as it is.

    Raises:
        InputError: it is none.
    """
    body = await request.body()
    if request.headers.get("content-type", "").startswith("application/octet-stream"):
        if len(body) > LARGEST_UPLOAD:
            raise InputError(f"file: expected at most {LARGEST_UPLOAD / 1e6:g} MB")
        name = unquote(request.headers.get("x-file-name", ""))[:200]
        return {"content": body, "name": name}
    try:
        message = parse_json(body, _MOST_VALUES)
    except JsonError as error:
        raise InputError(f"message: {error}") from None
    if not isinstance(message, dict):
        raise InputError("message: expected an object")
    return message


def _client(request: "Request") -> str:
    """Which page asks: a name that it made up."""
    return request.headers.get("x-studio-page", "")[:_LONGEST_NAME]


def _download(file: Download) -> "Response":
    from starlette.responses import Response

    headers = {"content-disposition": f'attachment; filename="{file.name}"'}
    return Response(file.content, media_type=file.media, headers=headers)
