"""What Hono's objects do not have, by version: names that other versions and other frameworks have."""

from __future__ import annotations

import json
from pathlib import Path

TABLE = json.loads(Path(__file__).with_name("_missing.json").read_text())  # written by tests/frameworks/missing.py
PARTS = {
    r"hono\.Hono|hono/(?:tiny|quick)\.Hono|@hono/zod-openapi\.OpenAPIHono": "app",
    r"hono\.Context": "context",
    r"hono\.HonoRequest": "request",
}
