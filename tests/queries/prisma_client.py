"""Prisma's own client, generated for a schema, on a database that is none: what it sends is written down."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from typing import Any

import pytest

from tests.frameworks.harness import NODE

ADAPTER = """
const sent = [];
const nothing = async (query) => {
  sent.push([query.sql, query.args]);
  return { columnTypes: [], columnNames: [], rows: [] };
};
const connection = {
  provider: 'sqlite', adapterName: 'none', queryRaw: nothing, dispose: async () => {}, executeScript: async () => {},
  executeRaw: async (query) => { await nothing(query); return 1 },
  getConnectionInfo: () => ({ supportsRelationJoins: false, maxBindValues: 999 }),
  startTransaction: async () => ({ ...connection, options: {}, commit: async () => {}, rollback: async () => {} }),
};
module.exports = { sent, adapter: { provider: 'sqlite', adapterName: 'none', connect: async () => connection } };
"""
GENERATOR = 'provider = "prisma-client-js"\n  engineType = "client"\n  output = "../client"'


def run_prisma(schema: str, files: Mapping[str, str], script: str, name: str) -> list[Any]:
    """What a script prints as JSON, line by line.

    It lies beside ``client`` (the generated client), ``adapter.cjs`` and the files given.
    """
    home = NODE / "prisma"
    if shutil.which("node") is None or not (home / "node_modules").is_dir():
        pytest.skip("needs node, and `npm ci --ignore-scripts` in tests/node/prisma")
    target = home / ".apps" / f"{name}-{os.getpid()}"
    shutil.rmtree(target, ignore_errors=True)
    (target / "prisma").mkdir(parents=True)
    try:
        (target / "prisma" / "schema.prisma").write_text(schema.replace('provider = "prisma-client-js"', GENERATOR))
        for path, text in {"adapter.cjs": ADAPTER, "ask.cjs": script, **files}.items():
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            (target / path).write_text(text)
        # The client is made without the engine that migrations need.
        around = {**os.environ, "PRISMA_SCHEMA_ENGINE_BINARY": shutil.which("true") or "", "CHECKPOINT_DISABLE": "1"}
        command = ["node", str(home / "node_modules" / "prisma" / "build" / "index.js"), "generate"]
        for words in (command, ["node", "ask.cjs"]):
            done = subprocess.run(
                words, cwd=target, capture_output=True, text=True, timeout=120, check=False, env=around
            )
            assert done.returncode == 0, done.stderr + done.stdout
    finally:
        shutil.rmtree(target, ignore_errors=True)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith(("[", "{", '"'))]
