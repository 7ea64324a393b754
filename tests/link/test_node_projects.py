"""Ways of writing backends for Node that projects have: what generates code, what is built, how classes wire."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Write
from verifier.check import check
from verifier.config import Config
from verifier.link import Facts
from verifier.packs import load_book
from verifier.pipeline import link_project
from verifier.read import read

SCHEMA = """
generator client {{
  provider = "{provider}"
  output   = "../src/generated"
}}

datasource db {{
  provider = "postgresql"
}}

model Note {{
  id   Int    @id @default(autoincrement())
  text String
}}
"""
ROUTES = """
import {{ Router }} from "express"
import {{ PrismaClient }} from "{module}"

const prisma = new PrismaClient()
const router = Router()
router.get("/notes", async (req, res) => {{
  res.json(await prisma.note.findMany({{ where: {{ title: "x" }} }}))
}})
export default router
"""
APP = """
import express from "express"
import notes from "./notes"

const app = express()
app.use("/api", notes)
app.listen(3000)
"""


def linked(root: Path) -> Facts:
    """A project's facts."""
    return link_project(read(root), Config(), load_book())


def told(facts: Facts) -> list[tuple[str, str, int]]:
    """What is found in a project: rule, path and line."""
    return [(one.rule, one.span.path, one.span.line) for one in check(facts).findings]


def manifest(start: str = "tsx src/app.ts", **packages: str) -> str:
    """A package.json."""
    return json.dumps({"scripts": {"start": start}, "dependencies": {"express": "^5.1.0", "tsx": "4.0.0", **packages}})


@pytest.mark.parametrize(
    ("provider", "module"),
    [
        ("prisma-client", "./generated/client"),
        ("prisma-client", "./generated/client.js"),
        ("prisma-client-js", "./generated"),
        ("prisma-client", "@db/client"),
    ],
)
def test_a_client_that_prisma_generates_stands_for_its_package(write: Write, provider: str, module: str) -> None:
    root = write(
        {
            "package.json": manifest(**{"@prisma/client": "^7.0.0"}),
            "tsconfig.json": json.dumps({"compilerOptions": {"paths": {"@db/*": ["./src/generated/*"]}}}),
            "prisma/schema.prisma": SCHEMA.format(provider=provider),
            "src/notes.ts": ROUTES.format(module=module),
            "src/app.ts": APP,
        }
    )
    facts = linked(root)
    assert not facts.imports.unresolved
    assert told(facts) == [("prisma/unknown-field", "src/notes.ts", 8)]


def test_a_built_file_that_is_there_stands_for_its_source(write: Write) -> None:
    root = write(
        {
            "package.json": manifest("node dist/src/app.js"),
            "tsconfig.json": json.dumps({"compilerOptions": {"outDir": "./dist"}, "include": ["src", "test"]}),
            "src/app.ts": 'import express from "express"\nconst app = express()\napp.get("/", (q, r) => r.json(1))\n',
            "dist/src/app.js": '"use strict";\nrequire("express")();\n//# sourceMappingURL=app.js.map',
        }
    )
    facts = linked(root)
    assert [entry.path for entry in facts.startup.entries] == ["src/app.ts"]
    assert told(facts) == []


def test_a_getter_of_a_class_is_run_when_it_is_read(write: Write) -> None:
    root = write(
        {
            "package.json": manifest(),
            "src/routes.ts": """
import { Router } from "express"

export class AppRoutes {
  static get routes(): Router {
    const router = Router()
    router.get("/notes", (req, res) => { res.json([]) })
    return router
  }
}
""",
            "src/server.ts": """
import express, { Router } from "express"

export class Server {
  public readonly app = express()
  constructor(private readonly routes: Router) {}
  start() {
    this.app.use("/api", this.routes)
    this.app.listen(3000)
  }
}
""",
            "src/app.ts": """
import { AppRoutes } from "./routes"
import { Server } from "./server"

(() => { main() })()

function main() {
  new Server(AppRoutes.routes).start()
}
""",
        }
    )
    assert [(route.method, route.path) for route in linked(root).routes] == [("GET", "/api/notes")]


def test_what_bun_runs_may_be_a_script(write: Write) -> None:
    root = write(
        {
            "package.json": json.dumps(
                {"scripts": {"dev": "bun --hot src/app.ts"}, "dependencies": {"hono": "^4.0.0"}}
            ),
            "Dockerfile": 'FROM oven/bun\nWORKDIR /app\nCOPY . .\nCMD ["bun", "run", "dev"]\n',
            "src/app.ts": 'import { Hono } from "hono"\nimport { Database } from "bun:sqlite"\n'
            'new Database("x.db")\nconst app = new Hono()\napp.get("/", (c) => c.text("x"))\nexport default app\n',
        }
    )
    assert told(linked(root)) == []


def test_names_that_a_runner_of_tests_gives_are_there(write: Write) -> None:
    root = write(
        {
            "package.json": manifest("node src/app.js"),
            "src/app.js": 'const express = require("express")\nconst app = express()\n'
            'app.get("/", (req, res) => res.json(1))\napp.listen(3000)\n',
            "src/jest/setup.js": 'const app = require("../app")\nbeforeAll(() => { app.ready() })\n',
            "src/other.js": 'const app = require("./app")\nmodule.exports = () => missing(app)\n',
        }
    )
    assert told(linked(root)) == [("names/undefined-name", "src/other.js", 2)]


def test_an_interface_may_be_a_default_export(write: Write) -> None:
    root = write(
        {
            "package.json": manifest(),
            "src/kinds.ts": "export interface Kind { name: string }\nexport default Kind\n",
            "src/types.ts": "type Other = { name: string }\nexport default Other\n",
            "src/app.ts": 'import express from "express"\nimport Kind from "./kinds"\nimport Other from "./types"\n'
            'const app = express()\napp.get("/", (req, res) => { res.json({ name: "x" } as Kind & Other) })\n',
        }
    )
    assert told(linked(root)) == []


@pytest.mark.parametrize(
    ("ignored", "expected"), [("src/generated\n", 0), ("src/other\n", 1), ("*\n!src/\n!*.js\n", 0)]
)
def test_what_gitignore_names_is_made_elsewhere(write: Write, ignored: str, expected: int) -> None:
    root = write(
        {
            "package.json": manifest("node src/app.js"),
            ".gitignore": ignored,
            "src/app.js": 'const express = require("express")\nconst { BUILD } = require("./generated/info")\n'
            'const app = express()\napp.get("/", (req, res) => res.json(BUILD))\napp.listen(3000)\n',
        }
    )
    found = told(linked(root))
    assert found == [("startup/unresolved-import", "src/app.js", 2)] * expected


def test_handlers_in_a_wrapper_wait_for_requests(write: Write) -> None:
    root = write(
        {
            "package.json": manifest("node app.js", **{"express-async-handler": "^1.2.0"}),
            "app.js": 'const express = require("express")\nconst asyncHandler = require("express-async-handler")\n'
            "const app = express()\n"
            'app.get("/", asyncHandler(async (req, res) => {\n  const { limit = LIMITS.most } = req.query\n'
            "  res.json(limit)\n}))\napp.listen(3000)\n",
        }
    )
    assert told(linked(root)) == [("names/undefined-name", "app.js", 5)]
