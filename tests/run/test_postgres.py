"""Servers for runs: our own, and one that the user names."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.conftest import Buttress
from tests.run.test_runner import Project, cache, project
from verifier.run import postgres
from verifier.run.errors import RunError
from verifier.run.relay import relay

__all__ = ["cache", "project"]  # fixtures


@pytest.fixture
def server() -> Iterator[postgres.Server]:
    """A running server."""
    started = postgres.start()
    yield started
    started.stop()


def ask(server: postgres.Server, statement: str, database: str = postgres.NAME) -> str:
    """What the server says."""
    command = [server.binaries / "psql", "-h", server.socket.parent, "-U", postgres.USER, "-d", database, "-Atqc"]
    done = subprocess.run([*map(str, command), statement], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_fresh_server(server: postgres.Server) -> None:
    assert ask(server, "SELECT current_user, current_database(), pg_encoding_to_char(6)") == "user|conduit|UTF8"
    assert ask(server, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == "0"
    assert int(server.version.partition(".")[0]) >= 14


def test_the_extension_that_projects_ask_for(server: postgres.Server) -> None:
    ask(server, 'CREATE EXTENSION "uuid-ossp"')
    assert len(ask(server, "SELECT uuid_generate_v4()")) == 36


def test_two_servers_know_nothing_of_each_other(server: postgres.Server) -> None:
    other = postgres.start()
    try:
        ask(server, "CREATE TABLE here (id int)")
        assert ask(other, "SELECT to_regclass('here')") == ""
    finally:
        other.stop()
    assert ask(server, "SELECT to_regclass('here')") == "here"


def test_a_server_that_the_user_names(
    server: postgres.Server, buttress: Buttress, project: Project, cache: Path, tmp_path: Path
) -> None:
    ask(server, f"DROP DATABASE {postgres.NAME}", "postgres")
    with relay(server.socket) as port:
        address = f"postgresql://user:password@127.0.0.1:{port}"
        script = "#!/bin/sh\nenv\npython -c \"import socket; socket.create_connection(('postgres', 5432))\"\nexit 7\n"
        folder = project(**{"run.sh": script})
        record = tmp_path / "record.json"
        ran = buttress(
            "test", folder, "--record", record, "--cache-dir", cache, "--database", "postgres", "--postgres", address
        )
        assert ran.code == 1
        assert "named by the user" in ran.out
        assert "exit status 7" in ran.out
        log = (tmp_path / "record.server.log").read_text()
        assert "DATABASE_URL=postgresql://user:" in log
        assert "Error" not in log  # it could connect
        assert ask(server, "SELECT count(*) FROM pg_database WHERE datname = 'conduit'", "postgres") == "0"
        ask(server, f"CREATE DATABASE {postgres.NAME}", "postgres")
        with pytest.raises(RunError, match="has a database `conduit` already"):
            postgres.Named(address)
    with pytest.raises(RunError, match=r"server at 127\.0\.0\.1"):
        postgres.Named(address)
    with pytest.raises(RunError, match="no address"):
        postgres.Named("mysql://localhost")


def test_programs_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="no initdb"):
        postgres.start(tmp_path)


def test_a_server_that_does_not_start_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Path] = []

    def mkdtemp(*arguments: str | None, **options: str | None) -> str:
        made.append(Path(tempfile.mkdtemp(*arguments, **options)))
        return str(made[-1])

    monkeypatch.setitem(postgres.SETTINGS, "shared_buffers", "no size")
    monkeypatch.setattr(postgres, "tempfile", SimpleNamespace(mkdtemp=mkdtemp, gettempdir=tempfile.gettempdir))
    with pytest.raises(RunError, match=r"did not start: .*shared_buffers"):
        postgres.start()
    [folder] = made
    assert not folder.exists()
