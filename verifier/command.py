"""The installed command: the app of cli.py, which stands at the top of the repository and is found by path."""

from __future__ import annotations

from verifier.packs import load_module, shipped


def app() -> None:
    """Run the command line."""
    load_module(shipped("cli.py"), "verifier.cli").leave()
