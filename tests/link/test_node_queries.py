"""What projects write for Node that looks like a slip in a query and is none."""

from __future__ import annotations

from tests.conftest import Write
from tests.link.test_node_projects import linked, manifest, told


def test_drizzle_takes_of_an_object_what_it_knows(write: Write) -> None:
    root = write(
        {
            "package.json": manifest(**{"drizzle-orm": "^0.44.0", "pg": "^8.0.0"}),
            "src/schema.ts": """
import { integer, pgTable, serial, text } from "drizzle-orm/pg-core"

export const book = pgTable("book", { id: serial().primaryKey(), title: text().notNull(), price: integer() })
""",
            "src/repository.ts": """
import { drizzle } from "drizzle-orm/node-postgres"
import { book } from "./schema"

const db = drizzle("postgres://localhost/books")
export const createBook = async (data: any) => {
  const [created] = await db.insert(book).values(data).returning()
  return { created, genres: data.genres.map((genre: string) => genre) }
}
""",
            "src/app.ts": """
import express from "express"
import { createBook } from "./repository"

const app = express()
app.use(express.json())
app.post("/a", (req, res, next) => {
  createBook({ title: req.body.title, genres: req.body.genres }).then((made) => res.json(made), next)
})
app.post("/b", (req, res, next) => {
  createBook({ tilte: req.body.title, title: "x", genres: [] }).then((made) => res.json(made), next)
})
app.listen(3000)
""",
        }
    )
    found = [(path, line) for rule, path, line in told(linked(root)) if rule == "drizzle/unknown-column"]
    assert found == [("src/app.ts", 11)]
