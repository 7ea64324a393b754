"""What is shown inside: the tools, wherever they are installed, and nobody's home for their sake."""

from __future__ import annotations

from pathlib import Path

import pytest

from verifier.run.sandbox import Job, layout


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home" / "somebody"
    home.mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    return home


def installed(prefix: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Node, installed there."""
    node = prefix / "bin" / "node"
    node.parent.mkdir(parents=True)
    node.write_text("#!/bin/sh\n", encoding="ascii")
    node.chmod(0o755)
    (prefix / "lib" / "node_modules" / "npm" / "bin").mkdir(parents=True)
    npm = prefix / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    npm.write_text("#!/usr/bin/env node\n", encoding="ascii")
    npm.chmod(0o755)
    (prefix / "bin" / "npm").symlink_to("../lib/node_modules/npm/bin/npm-cli.js")
    monkeypatch.setenv("PATH", str(node.parent))
    return node


def test_node_is_shown_where_it_is_installed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prefix = home / ".nvm" / "versions" / "node" / "v20"
    node = installed(prefix, monkeypatch)
    assert str(prefix) in layout.tools()
    assert layout.search_path().split(":")[-3:] == ["/usr/local/bin", "/usr/bin", "/bin"]
    assert str(node.parent) in layout.search_path().split(":")


@pytest.mark.parametrize("prefix", ["", ".local"])
def test_a_home_is_not_shown_for_a_tool_in_it(home: Path, monkeypatch: pytest.MonkeyPatch, prefix: str) -> None:
    node = installed(home / prefix, monkeypatch)
    tools = [Path(tool) for tool in layout.tools()]
    assert node in tools
    assert home / prefix / "lib" / "node_modules" in tools
    assert not any(tool in (home, home / ".local", *home.parents) for tool in tools)


def test_tools_of_the_system_need_no_place_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "interpreter", lambda: "/usr/bin/python3")
    monkeypatch.setattr("sys.base_prefix", "/usr")
    monkeypatch.setattr("sys.base_exec_prefix", "/usr")
    monkeypatch.setenv("PATH", "/usr/bin")
    assert layout.tools() == []


def test_every_place_can_be_reached_by_everybody(tmp_path: Path, home: Path) -> None:
    job = Job(command=("true",), log=tmp_path / "log", read_only={str(home): "/some/deep/place"})
    made = {operation[-1] for operation in layout.layout(job, (1000, 1000))}
    for place in made:
        assert {str(parent) for parent in Path(place).parents} <= {*made, "/"}


def test_the_resolver_is_only_told_with_the_network(tmp_path: Path) -> None:
    for network in (False, True):
        operations = layout.layout(Job(command=("true",), log=tmp_path / "log", network=network), (1000, 1000))
        [text] = [operation[1] for operation in operations if operation[-1] == "/etc/resolv.conf"]
        host = Path("/etc/resolv.conf")
        assert text == (host.read_text(encoding="utf-8") if network and host.exists() else "")
