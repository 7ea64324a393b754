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


def test_a_condition_on_what_is_never_nothing_has_no_other_way(write: Write) -> None:
    root = write(
        {
            "package.json": manifest("node app.js"),
            "service.js": """
class Service {
  async sure() {
    try {
      await this.work()
      return true
    } catch (error) {
      throw error
    }
  }
  async unsure(id) {
    if (!id) return null
    return { id }
  }
  async work() {}
}
module.exports = new Service()
""",
            "app.js": """
const express = require("express")
const service = require("./service")
const app = express()
app.post("/sure", async (req, res) => {
  try {
    const done = await service.sure()
    if (done) {
      res.json({ done })
    }
  } catch (error) {
    res.status(500).json({ message: error.message })
  }
})
app.post("/unsure", async (req, res) => {
  try {
    const done = await service.unsure(req.query.id)
    if (done) {
      res.json({ done })
    }
  } catch (error) {
    res.status(500).json({ message: error.message })
  }
})
app.listen(3000)
""",
        }
    )
    assert told(linked(root)) == [("express/never-answers", "app.js", 15)]


def test_a_router_below_itself_is_read_once_more(write: Write) -> None:
    root = write(
        {
            "package.json": manifest("node app.js"),
            "app.js": """
const express = require("express")
const app = express()
const router = express.Router()
router.use("/api", router)
app.use(router)
router.get("/notes", (req, res) => res.json([]))
app.listen(3000)
""",
        }
    )
    assert [route.path for route in linked(root).routes] == ["/api/notes", "/notes"]


def test_rows_that_are_joined_at_run_time_have_the_names_that_follow(write: Write) -> None:
    root = write(
        {
            "package.json": manifest("node app.js", pg="^8.0.0"),
            "schema.sql": "CREATE TABLE notes (id serial PRIMARY KEY, text text NOT NULL);\n",
            "app.js": """
const express = require("express")
const { Pool } = require("pg")
const pool = new Pool()
const app = express()
app.put("/notes", async (req, res, next) => {
  try {
    const rows = [1, 2, 3].map((id) => `(${Number(id)}, 'x')`).join(",")
    await pool.query(`UPDATE notes SET text = v.txt FROM (VALUES ${rows}) AS v(id, txt) WHERE notes.id = v.id`)
    await pool.query("UPDATE notes SET text = v.text FROM (VALUES (1, 'x')) AS v(id, txt) WHERE notes.id = v.id")
    res.sendStatus(204)
  } catch (error) {
    next(error)
  }
})
app.listen(3000)
""",
        }
    )
    assert told(linked(root)) == [("sql/unknown-column", "app.js", 10)]


def test_a_function_that_registers_is_run_by_who_calls_it(write: Write) -> None:
    root = write(
        {
            "package.json": manifest("tsx src/index.ts"),
            "src/index.ts": 'import { startServer } from "./app"\n\nstartServer()\n',
            "src/app.ts": """
import express from "express"
import notes from "./notes"

const app = express()

export async function startServer() {
  app.get("/", (req, res) => { res.json("x") })
  app.use("/notes", notes)
  app.listen(3000)
}
""",
            "src/notes.ts": 'import { Router } from "express"\nconst router = Router()\n'
            'router.get("/", (req, res) => { res.json([]) })\nexport default router\n',
        }
    )
    assert [route.path for route in linked(root).routes] == ["/", "/notes"]


def test_modules_that_import_each_other_run_from_the_application_on(write: Write) -> None:
    root = write(
        {
            "package.json": manifest("tsx src/server.ts"),
            "src/controllers/notes.ts": 'import { log } from "../server"\nimport { Request, Response } from "express"\n'
            "export const list = (req: Request, res: Response) => { log(); res.json([]) }\n",
            "src/routes/all.ts": 'import { Router } from "express"\nimport notes from "./notes"\n'
            'const router = Router()\nrouter.use("/api", [notes])\nexport default router\n',
            "src/routes/notes.ts": 'import { Router } from "express"\nimport { list } from "../controllers/notes"\n'
            'const router = Router()\nrouter.get("/notes", list)\nexport default router\n',
            "src/server.ts": 'import Express from "express"\nimport routes from "./routes/all"\n'
            'export const log = () => console.log("x")\nconst app = Express()\n'
            'app.use("/", routes)\napp.listen(3000)\n',
        }
    )
    assert [route.path for route in linked(root).routes] == ["/api/notes"]


def test_models_that_an_index_imports_by_their_files_are_known(write: Write) -> None:
    root = write(
        {
            "package.json": manifest("node app.js", sequelize="^5.21.0", mysql2="^2.1.0"),
            "models/index.js": """
const fs = require("fs")
const path = require("path")
const Sequelize = require("sequelize")
const own = path.basename(module.filename)
const sequelize = new Sequelize("d", "u", "p", { dialect: "mysql" })
const db = {}
fs.readdirSync(__dirname).filter((file) => file !== own && file.slice(-3) === ".js").forEach((file) => {
  const model = sequelize["import"](path.join(__dirname, file))
  db[model.name] = model
})
db.sequelize = sequelize
module.exports = db
""",
            "models/note.js": "module.exports = (sequelize, DataTypes) =>\n"
            '  sequelize.define("Note", { text: DataTypes.STRING })\n',
            "app.js": """
const express = require("express")
const { Note, sequelize } = require("./models")
const app = express()
app.get("/notes", (req, res, next) => {
  Note.findAll({ where: { txt: "x" } }).then((notes) => res.json(notes)).catch(next)
})
sequelize.sync().then(() => app.listen(3000))
""",
        }
    )
    assert told(linked(root)) == [("sequelize/unknown-column", "app.js", 6)]


def test_what_returns_a_promise_may_not_say_so(write: Write) -> None:
    root = write(
        {
            "package.json": manifest(),
            "src/app.ts": """
import express from "express"

class Note { constructor(public text: string) {} }
interface Notes { find(id: number): Promise<Note> }
class Stored implements Notes { async find(id: number): Promise<Note> { return new Note("x") } }
class GetNote {
  constructor(private readonly notes: Notes) {}
  execute(id: number): Promise<Note> { return this.notes.find(id) }
}
const app = express()
app.get("/", (req, res) => {
  new GetNote(new Stored()).execute(1).then((note) => res.json(note)).catch(() => res.sendStatus(500))
})
app.listen(3000)
""",
        }
    )
    assert told(linked(root)) == []


def test_what_is_thrown_is_an_error_and_requests_may_bring_the_response(write: Write) -> None:
    root = write(
        {
            "package.json": manifest(),
            "src/app.ts": """
import express, { NextFunction, Request, Response } from "express"

const app = express()
app.use(({ res, next }) => { if (res) { next!() } })
app.get("/taken", ({ res }) => { res!.json(1) })
app.get("/narrowed", async (req: Request, res: Response, next: NextFunction) => {
  try {
    res.json(await Promise.resolve(1))
  } catch (error) {
    if (error instanceof Error) {
      next(error)
    }
  }
})
app.get("/silent", async ({ query }, res: Response) => {
  try {
    res.json(await Promise.resolve(query))
  } catch (error) {
    console.log(error)
  }
})
app.listen(3000)
""",
        }
    )
    assert told(linked(root)) == [("express/never-answers", "src/app.ts", 19)]


def test_parameters_that_are_counted_are_counted_in_each_form(write: Write) -> None:
    root = write(
        {
            "package.json": manifest("node app.js", pg="^8.0.0"),
            "schema.sql": "CREATE TABLE notes (id serial PRIMARY KEY, text text, done boolean, rank integer);\n",
            "app.js": """
const express = require("express")
const { Pool } = require("pg")
const pool = new Pool()
const app = express()
app.use(express.json())
app.put("/notes/:id", async (req, res, next) => {
  try {
    const fields = []
    const values = []
    let at = 1
    if (req.body.text !== undefined) {
      fields.push(`text = $${at++}`)
      values.push(req.body.text)
    }
    if (req.body.done !== undefined) {
      fields.push(`done = $${at++}`)
      values.push(req.body.done)
    }
    values.push(req.params.id)
    await pool.query(`UPDATE notes SET ${fields.join(", ")} WHERE id = $${at}`, values)
    await pool.query("UPDATE notes SET done = $1 WHERE rank = $1", [req.body.done])
    res.sendStatus(204)
  } catch (error) {
    next(error)
  }
})
app.listen(3000)
""",
        }
    )
    assert told(linked(root)) == [("sql/parameter-types", "app.js", 22)]


def test_tables_may_be_made_by_a_route(write: Write) -> None:
    files = {
        "package.json": manifest("node app.js", sequelize="^6.0.0", sqlite3="^5.0.0"),
        "app.js": """
const express = require("express")
const { Sequelize, DataTypes } = require("sequelize")
const sequelize = new Sequelize("sqlite::memory:")
const Note = sequelize.define("Note", { text: DataTypes.STRING })
const app = express()
app.get("/notes", (req, res, next) => { Note.findAll().then((notes) => res.json(notes)).catch(next) })
app.post("/tables", (req, res, next) => { sequelize.sync().then(() => res.sendStatus(204)).catch(next) })
app.listen(3000)
""",
    }
    assert told(linked(write(files))) == []


def test_paths_of_babel_are_followed(write: Write) -> None:
    root = write(
        {
            "package.json": manifest("babel-node src/server.js", **{"babel-plugin-module-resolver": "^5.0.0"}),
            ".babelrc": """{
  "presets": ["@babel/preset-env"],
  "plugins": [["module-resolver", { "root": ["./src"], "alias": { "@routes": "./src/routes", } }]],
}""",
            "src/server.js": 'import express from "express"\nimport notes from "@routes/notes"\n'
            'import users from "users"\n'
            "const app = express()\napp.use(notes)\napp.use(users)\napp.listen(3000)\n",
            "src/routes/notes.js": 'import { Router } from "express"\nconst router = Router()\n'
            'router.get("/notes", (req, res) => res.json([]))\nexport default router\n',
            "src/users.js": 'import { Router } from "express"\nconst router = Router()\n'
            'router.get("/users", (req, res) => res.json([]))\nexport default router\n',
        }
    )
    facts = linked(root)
    assert [route.path for route in facts.routes] == ["/notes", "/users"]
    assert told(facts) == []


def test_the_client_of_prisma_lies_among_the_installed_packages(write: Write) -> None:
    root = write(
        {
            "package.json": manifest(**{"@prisma/client": "^5.0.0"}),
            "prisma/schema.prisma": SCHEMA.format(provider="prisma-client-js").replace("output", "// output"),
            "src/notes.ts": ROUTES.format(module=".prisma/client"),
            "src/app.ts": APP,
        }
    )
    assert told(linked(root)) == [("prisma/unknown-field", "src/notes.ts", 8)]


def test_a_call_of_what_always_throws_is_the_end_of_a_way(write: Write) -> None:
    root = write(
        {
            "package.json": json.dumps(
                {"scripts": {"start": "tsx app.ts"}, "dependencies": {"hono": "^4.0.0", "tsx": "4"}}
            ),
            "app.ts": """
import { Hono } from "hono"
import { HTTPException } from "hono/http-exception"

function refuse(error: unknown): never {
  console.warn(error)
  throw new HTTPException(404)
}
const app = new Hono()
app.get("/a", async (c) => {
  try {
    return c.json(await Promise.resolve(1))
  } catch (error) {
    refuse(error)
  }
})
app.get("/b", async (c) => {
  try {
    return c.json(await Promise.resolve(1))
  } catch (error) {
    console.warn(error)
  }
})
export default app
""",
        }
    )
    assert [(rule, line) for rule, _, line in told(linked(root)) if rule.startswith("hono")] == [
        ("hono/answer-not-returned", 20)
    ]


def test_tables_that_nobody_makes_may_have_more_columns(write: Write) -> None:
    files = {
        "package.json": manifest("node app.js", sequelize="^6.0.0", mysql2="^3.0.0"),
        "app.js": """
const express = require("express")
const { Sequelize, DataTypes } = require("sequelize")
const sequelize = new Sequelize("d", "u", "p", { dialect: "mysql", define: { timestamps: false } })
const Note = sequelize.define("note", { text: DataTypes.STRING })
const app = express()
app.get("/a", (req, res, next) => { Note.findAll({ where: { removed_at: null } }).then((r) => res.json(r), next) })
app.get("/b", (req, res, next) => { Note.findAll({ where: { txt: "x" } }).then((r) => res.json(r), next) })
app.listen(3000)
""",
    }
    root = write(files)
    found = [(rule, line) for rule, _, line in told(linked(root)) if rule == "sequelize/unknown-column"]
    assert found == [("sequelize/unknown-column", 8)]
    write({"tables.sql": "CREATE TABLE notes (id int PRIMARY KEY, text varchar(20));\n"})
    found = [(rule, line) for rule, _, line in told(linked(root)) if rule == "sequelize/unknown-column"]
    assert [line for _, line in found] == [7, 8]
