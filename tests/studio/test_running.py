import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from bd_gen.cli.main import cli
from bd_gen.studio.running import checked_token, hosts_of, is_local, listen, opened
from bd_gen.system.errors import InputError


def test_others_are_let_in_only_with_a_token() -> None:
    assert len(checked_token("127.0.0.1", None)) >= 24
    for host in ("0.0.0.0", "192.168.0.7", "::", "studio.example"):
        with pytest.raises(InputError, match="--token"):
            checked_token(host, None)
    assert checked_token("0.0.0.0", "x" * 16) == "x" * 16
    for bad in ("short", "x" * 201, "with space in it here", "newline\n" + "x" * 20):
        with pytest.raises(InputError, match="16 to 200"):
            checked_token("127.0.0.1", bad)


def test_which_addresses_are_of_this_machine() -> None:
    assert all(is_local(host) for host in ("127.0.0.1", "127.1.2.3", "::1", "localhost"))
    assert not any(is_local(host) for host in ("0.0.0.0", "10.0.0.1", "::", "x.example", ""))


def test_hosts_are_this_address_and_what_is_named() -> None:
    assert hosts_of("127.0.0.1", 80, []) == {"127.0.0.1:80", "localhost:80", "[::1]:80"}
    assert hosts_of("10.0.0.1", 80, ["Studio.Example"]) == {"10.0.0.1:80", "studio.example"}


def test_a_port_that_is_taken_is_said() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"--port {port}.*try another"):
            listen("127.0.0.1", port)
    with pytest.raises(InputError, match="cannot be listened at"):
        listen("203.0.113.9", 8787)


def test_the_next_port_is_taken_where_none_is_given() -> None:
    with listen("127.0.0.1", None) as first, listen("127.0.0.1", None) as second:
        first.listen()
        assert first.getsockname()[1] != second.getsockname()[1] or second


def test_what_is_to_be_opened_is_read_before_anything_is_served(tmp_path: Path) -> None:
    (tmp_path / "bad.bdgen.json").write_text("{}")
    result = CliRunner().invoke(cli, ["studio", str(tmp_path / "bad.bdgen.json"), "--no-browser"])
    assert isinstance(result.exception, InputError)
    with pytest.raises(InputError, match="missing"):
        opened(tmp_path / "missing.jsonl")


def test_host_without_a_token_is_refused_on_the_command_line() -> None:
    result = CliRunner().invoke(cli, ["studio", "--host", "0.0.0.0", "--no-browser"])
    assert "--token" in str(result.exception)
