import subprocess
from datetime import datetime

import pytest

from bd_gen import __version__
from bd_gen.system import origin as module
from bd_gen.system.origin import git_commit, origin


def test_every_file_can_say_what_made_it():
    said = origin()
    assert list(said) == ["package_version", "git_commit", "host", "timestamp"]
    assert said["package_version"] == __version__
    assert said["host"]
    made = datetime.fromisoformat(said["timestamp"])
    assert made.tzinfo is not None


def test_a_commit_is_named_only_where_there_is_one(monkeypatch: pytest.MonkeyPatch, tmp_path):
    found = git_commit()
    assert found is None or len(found) == 40

    def broken(*args, **settings):
        raise subprocess.CalledProcessError(128, "git")

    monkeypatch.setattr(subprocess, "run", broken)
    assert git_commit() is None
    monkeypatch.undo()
    monkeypatch.setattr(module, "__file__", str(tmp_path / "a" / "b" / "origin.py"))
    assert git_commit() is None
