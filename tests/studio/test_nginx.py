"""The studio behind nginx, as docs/studio.md shows it."""

import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.studio.served import Served, free_port
from tests.studio.sketches import message

httpx = pytest.importorskip("httpx")
pytest.importorskip("uvicorn")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("nginx") is None, reason="needs nginx"),
]
TOKEN, NAME = "a-token-of-24-characters", "studio.example.org"
PAGE = Path(__file__).resolve().parents[2] / "docs" / "studio.md"


def configuration(folder: Path, port: int, studio: int) -> str:
    """What the page shows, without TLS and with everything in a folder of its own."""
    (shown,) = re.findall(r"```nginx\n(.*?)```", PAGE.read_text(), re.DOTALL)
    shown = re.sub(r"\n\s*ssl_certificate\S* .*", "", shown).replace("443 ssl", f"127.0.0.1:{port}")
    assert "127.0.0.1:8787" in shown
    paths = "".join(
        f"{kind}_temp_path {folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        f"pid {folder}/pid; error_log {folder}/error.log; daemon off; events {{}}\n"
        f"http {{ access_log off; {paths}\n{shown.replace('8787', str(studio))} }}\n"
    )


@pytest.fixture
def behind(tmp_path: Path) -> Iterator[str]:
    port = free_port()
    served = Served("--name", NAME, "--token", TOKEN)
    (tmp_path / "nginx.conf").write_text(configuration(tmp_path, port, served.port))
    nginx = subprocess.Popen(["nginx", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")])
    for _ in range(50):
        time.sleep(0.1)
        if (tmp_path / "pid").exists():
            break
    yield f"http://127.0.0.1:{port}"
    nginx.terminate()
    nginx.wait()
    served.stop()


def test_the_studio_works_behind_nginx(behind: str) -> None:
    headers = {"host": NAME, "origin": f"https://{NAME}"}
    with httpx.Client(base_url=behind, headers=headers, timeout=600) as client:
        assert client.get("/").status_code == 401
        first = client.get("/", params={"token": TOKEN})
        assert first.status_code == 200
        cookie = first.headers["set-cookie"].partition(";")[0]
        client.headers["cookie"] = cookie
        plan = client.post("/api/plan", json={"sketch": message([0, 1, "above"])})
        assert plan.json()["plan"]["boxes"]
        asked = {"sketch": message(), "count": 2}
        times = []
        with client.stream("POST", "/api/search", json=asked) as lines:
            for line in lines.iter_lines():
                times.append(time.monotonic())
                event = json.loads(line)
        assert event["event"] == "done"
        assert times[-1] > times[0]  # lines come one by one, not all in the end
        bad = client.post("/api/plan", json={}, headers={"origin": "https://evil.example"})
        assert bad.status_code == 403
        other = client.get("/", headers={"host": "other.example"})
        assert other.status_code == 421
