import json
import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from tests.studio.sketches import message

from bd_gen.studio.calls import CALLS, LARGEST_UPLOAD
from bd_gen.studio.guards import LARGEST_BODY, LARGEST_MESSAGE
from bd_gen.studio.server import Settings, application, page_files

testclient = pytest.importorskip("starlette.testclient")
pytest.importorskip("ortools")

HOST, TOKEN = "127.0.0.1:8787", "a-token-of-24-characters"
ORIGIN = {"origin": f"http://{HOST}"}


@pytest.fixture
def client() -> Iterator[Any]:
    app = application(Settings(TOKEN, frozenset({HOST}), "cookie", checkpoint="/nowhere.pt"))
    with testclient.TestClient(app, base_url=f"http://{HOST}") as client:
        assert client.get(f"/?token={TOKEN}").status_code == 200
        client.headers.update(ORIGIN)
        yield client


def stranger() -> Any:
    app = application(Settings(TOKEN, frozenset({HOST}), "cookie"))
    return testclient.TestClient(app, base_url=f"http://{HOST}")


# ---------------------------------------------------------------- who may ask


def test_the_first_address_has_the_token_and_a_cookie_keeps_it() -> None:
    with stranger() as client:
        assert client.get("/").status_code == 401
        assert client.get("/?token=wrong").status_code == 401
        first = client.get(f"/?token={TOKEN}")
        assert "HttpOnly; SameSite=Strict" in first.headers["set-cookie"]
        assert client.get("/app.js").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},  # a name that was made to lead here
        {"host": "127.0.0.1:1"},
        {"host": ""},
    ],
)
def test_another_host_is_refused(client: Any, headers: dict[str, str]) -> None:
    assert client.get("/app.js", headers=headers).status_code == 421
    assert client.post("/api/vocabulary", json={}, headers=headers).status_code == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": f"http://{HOST}.evil.example"},
        {"origin": f"http://{HOST}", "sec-fetch-site": "cross-site"},
        {"origin": f"http://{HOST}", "sec-fetch-site": "same-site"},
    ],
)
def test_requests_of_other_pages_are_refused(client: Any, headers: dict[str, str]) -> None:
    assert client.post("/api/vocabulary", json={}, headers=headers).status_code == 403


def test_a_request_that_changes_nothing_still_needs_its_origin(client: Any) -> None:
    del client.headers["origin"]
    assert client.post("/api/vocabulary", json={}).status_code == 403


@pytest.mark.parametrize("path", ["/../server.py", "/%2e%2e/server.py", "/page/app.js", "/x"])
def test_only_the_files_of_the_page_can_be_had(client: Any, path: str) -> None:
    assert client.get(path).status_code in (404, 405)


def test_the_browser_is_told_to_run_nothing_else(client: Any) -> None:
    policy = client.get("/").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for address, (_, content) in page_files().items():
        text = content.decode()
        if address.endswith("html"):
            assert not re.search(r"<script(?![^>]*src=)|\son\w+=|style=", text)
        outside = re.findall(r"https?://(?!www\.w3\.org/)\S+", text)
        assert outside == [], address


# ---------------------------------------------------------------- what is asked


def test_calls_are_answered(client: Any) -> None:
    words = client.post("/api/vocabulary", json={}).json()
    assert words["limits"]["upload"] == LARGEST_UPLOAD
    plan = client.post("/api/plan", json={"sketch": message([0, 1, "above"])})
    assert plan.status_code == 200
    assert len(plan.json()["plan"]["boxes"]) == 6


def test_a_download_is_an_attachment(client: Any) -> None:
    sketch = message([0, 1, "left-of"], rooms=("LivingRoom", "Kitchen"))
    boxes = [[0, 0, 60, 60], [60, 10, 100, 50]]
    asked = {"sketch": sketch, "format": "csv", "boxes": boxes}
    found = client.post("/api/export", json=asked)
    assert found.headers["content-disposition"] == 'attachment; filename="plan.csv"'


def test_an_upload_comes_with_its_name(client: Any) -> None:
    headers = {"content-type": "application/octet-stream", "x-file-name": "my%20plans.jsonl"}
    line = json.dumps({"id": "a", "rooms": [{"type": "Kitchen", "box": [0, 0, 99, 99]}]}).encode()
    found = client.post("/api/upload", content=line, headers=headers)
    assert found.json()["plans"][0]["id"] == "a"
    bad = client.post("/api/upload", content=b"\x80\x04cos\nsystem\n", headers=headers)
    assert bad.json()["error"].startswith("my plans.jsonl: ")


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{", b"\xff", b'{"a": 1, "a": 2}', b"1e400", b"[" * 100_000]
)
def test_what_is_no_message_is_refused_in_words(client: Any, content: bytes) -> None:
    headers = {"content-type": "application/json"}
    for name in ("plan", "search", "project"):
        found = client.post(f"/api/{name}", content=content, headers=headers)
        assert found.json()["error"]


def test_sizes_are_limited(client: Any) -> None:
    headers = {"content-type": "application/json"}
    long = b'{"x": "' + b"a" * LARGEST_MESSAGE + b'"}'
    assert client.post("/api/plan", content=long, headers=headers).status_code == 413
    file = {"content-type": "application/octet-stream"}
    whole = client.post("/api/upload", content=b"a" * (LARGEST_BODY + 1), headers=file)
    assert whole.status_code == 413
    assert "MB" in whole.json()["error"]


def test_a_checkpoint_that_cannot_be_used_is_a_sentence(client: Any) -> None:
    hello = client.post("/api/hello", json={}).json()
    assert hello["model"] is None
    assert "/nowhere.pt" in hello["why"]
    found = client.post("/api/search", json={"sketch": message()})
    (event,) = map(json.loads, found.text.splitlines())
    assert event["event"] == "refused"


# ---------------------------------------------------------------- turns


def test_an_edit_does_not_wait_for_a_plan_that_is_made_better(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started, ends, in_time = threading.Event(), threading.Event(), []

    def plan(desk: Any, message: Any) -> Any:
        if message.get("tidy"):
            started.set()
            in_time.append(ends.wait(20))
        return {}

    monkeypatch.setitem(CALLS, "plan", plan)
    app = application(Settings(TOKEN, frozenset({HOST}), "cookie", threads=1))
    with testclient.TestClient(app, base_url=f"http://{HOST}", headers=ORIGIN) as client:
        client.get(f"/?token={TOKEN}")
        tidy = {"json": {"tidy": True}}
        slow = threading.Thread(target=client.post, args=("/api/plan",), kwargs=tidy)
        slow.start()
        assert started.wait(60)
        assert client.post("/api/plan", json={}).status_code == 200
        ends.set()
        slow.join()
    assert all(in_time)
