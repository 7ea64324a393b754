"""The table of distributions holds what the metadata of those that are installed here say."""

from __future__ import annotations

import json

from tests.link.packages import TABLE, installed_imports, installed_requires, node_requires


def test_the_table_knows_what_is_installed_here() -> None:
    content = json.loads(TABLE.read_text("utf-8"))
    known = content["requires"]
    for module, names in installed_imports().items():
        ours = {name for name in names if name in known}
        assert ours <= set(content["imports"].get(module, ())), module
    requires, _ = installed_requires()
    assert len(requires.keys() & known.keys()) > 100
    assert {"starlette", "pydantic"} <= set(known["fastapi"])
    assert content["imports"]["jwt"] == ["pyjwt"]


def test_the_table_knows_the_packages_of_our_lock_files() -> None:
    content = json.loads(TABLE.read_text("utf-8"))
    assert node_requires().keys() <= content["node"].keys()
