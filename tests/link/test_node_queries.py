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


def test_a_database_on_another_machine_is_kept_by_somebody(write: Write) -> None:
    app = """
const express = require("express")
const { Sequelize, DataTypes } = require("sequelize")
const sequelize = new Sequelize("d", "u", "p", { dialect: "mysql", host: "HOST" })
const Note = sequelize.define("note", { text: DataTypes.STRING })
const app = express()
app.get("/a", (req, res, next) => { Note.findAll().then((rows) => res.json(rows), next) })
app.listen(3000)
"""
    start = manifest("node app.js", sequelize="^6.0.0", mysql2="^3.0.0")
    assert told(linked(write({"package.json": start, "app.js": app.replace("HOST", "db.example.com")}))) == []
    found = told(linked(write({"app.js": app.replace("HOST", "localhost")})))
    assert [rule for rule, _, _ in found] == ["startup/missing-table-creation"]
