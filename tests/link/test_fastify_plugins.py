"""Which versions of a plugin fit which Fastify, as far as manifests decide."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.link.test_launch import findings, linked

APP = "const app = require('fastify')()\napp.register(require('@fastify/cors'))\n"


@pytest.mark.parametrize(
    ("fastify", "cors", "told"),
    [
        ("^4.29.0", "^10.0.0", True),
        ("^4.29.0", "^9.0.1", False),
        ("^5.0.0", "^9.0.1", True),
        ("^5.0.0", "^11.1.0", False),
        ("4.29.1", "11.4.3", True),
        ("^4.0.0 || ^5.0.0", "^10.0.0", False),
        ("^4.29.0", ">=9", False),
        ("^4.29.0", "*", False),
        ("*", "^9.0.1", False),
        ("^4.29.0", "^99.0.0", False),
    ],
)
def test_versions(tmp_path: Path, fastify: str, cors: str, told: bool) -> None:
    package = json.dumps({"name": "app", "dependencies": {"fastify": fastify, "@fastify/cors": cors}})
    found = findings(linked(tmp_path, {"package.json": package, "app.js": APP}), "fastify/plugin-of-another-major")
    assert bool(found) == told


def test_what_is_not_imported_is_not_registered(tmp_path: Path) -> None:
    package = json.dumps({"name": "app", "dependencies": {"fastify": "^4.29.0", "@fastify/cors": "^10.0.0"}})
    files = {"package.json": package, "app.js": "const app = require('fastify')()\n"}
    assert findings(linked(tmp_path, files), "fastify/plugin-of-another-major") == []
