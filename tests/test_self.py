"""Buttress held against its own layers, which tests/self.toml names."""

from __future__ import annotations

from pathlib import Path

from verifier.check import check
from verifier.session import Options, open_session

ROOT = Path(__file__).parent.parent


def test_own_layers() -> None:
    session = open_session(
        Options(path=ROOT, config=Path(__file__).parent / "self.toml", cache=False, quiet=True, select=("layers",))
    )
    report = check(session.facts)
    wrong = [
        f"{finding.span}: {finding.message}" for finding in report.findings if finding.rule != "layers/import-cycle"
    ]
    assert wrong == []
    members = session.facts.layers.members
    assert all(members[name] for name in session.facts.layers.order), "each layer has files"
    unknown = set(session.facts.project.files) - set(session.facts.layers.files)
    assert unknown == set(), "each file has a layer"
