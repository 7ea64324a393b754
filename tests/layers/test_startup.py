"""Which file a start command of JavaScript runs, and which application it serves."""

from __future__ import annotations

import json

import pytest

from tests.conftest import Write
from tests.frameworks.harness import facts_of

SERVER = (
    'import { Hono } from "hono";\n\nconst app = new Hono();\napp.get("/", (c) => c.text("up"));\nexport default app;\n'
)
SETUP = 'process.env.TZ = "UTC";\n'


@pytest.mark.parametrize(
    "command",
    [
        "node src/index.ts",
        "node -r ./src/setup.ts --watch src/index.ts",
        "node --import ./src/setup.ts src/index.ts",
        "bun run --preload ./src/setup.ts --hot src/index.ts",
        "bun --watch src/index.ts",
        "bun run web",
        "bun web",
        "npm run web",
        "tsx watch --env-file .env --import ./src/setup.ts src/index.ts",
        "tsx --tsconfig ./tsconfig.json src/index.ts",
        "nodemon --watch src --ext ts src/index.ts",
        "nodemon --watch src --exec 'node --import ./src/setup.ts' src/index.ts",
        "nodemon -w src -x 'tsx src/index.ts'",
        "ts-node-dev --respawn --ignore-watch node_modules -P tsconfig.json src/index.ts",
    ],
)
def test_the_file_that_a_command_runs(command: str, write: Write) -> None:
    package = {"dependencies": {"hono": "^4.0.0"}, "scripts": {"start": command, "web": "node src/index.ts"}}
    root = write({"package.json": json.dumps(package), "src/setup.ts": SETUP, "src/index.ts": SERVER})
    startup = facts_of(root).startup
    assert {entry.path for entry in startup.entries} == {"src/index.ts"}
    assert [found.name for found in startup.served] == ["app"]
