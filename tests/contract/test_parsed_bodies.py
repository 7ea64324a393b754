# ruff: noqa: E501
"""Bodies that middleware holds against a schema, and puts back as the schema gives them."""

from __future__ import annotations

import json

from tests.conftest import Buttress, Write

CONTRACT = """
openapi: 3.1.0
info: {title: Notes, version: "1"}
paths:
  /notes:
    post:
      requestBody:
        required: true
        content: {application/json: {schema: {type: object, required: [title, text], properties: {title: {type: string}, text: {type: string}}}}}
      responses: {"201": {description: made}}
  /notes/{id}:
    put:
      requestBody:
        required: true
        content: {application/json: {schema: {type: object, properties: {title: {type: string}, text: {type: string}}}}}
      responses: {"200": {description: fine}}
"""
SERVER = """
const express = require("express");
const { z } = require("zod");

const note = z.object({ title: z.string(), text: z.string() });

const valid = (schema) => (req, res, next) => {
  const found = schema.safeParse(req.body);
  if (!found.success) {
    res.status(422).json({ errors: found.error.issues });
    return;
  }
  req.body = found.data;
  next();
};

const notes = [];
const app = express();
app.use(express.json());
app.post("/notes", valid(note), (req, res) => {
  notes.push(req.body);
  res.status(201).json(req.body);
});
app.put("/notes/:id", valid(note), (req, res) => res.json(Object.assign(notes[req.params.id], req.body)));
app.listen(3000);
"""
PROJECT = {
    "openapi.yml": CONTRACT,
    "package.json": '{"scripts": {"start": "node server.js"}, "dependencies": {"express": "^5.0.0", "zod": "^3.0.0"}}',
    "server.js": SERVER,
}


def found(write: Write, buttress: Buttress, server: str) -> list[str]:
    root = write(PROJECT | {"server.js": server})
    ran = buttress("check", root, "--isolated", "--contract", root / "openapi.yml", "--format", "json")
    return [one["message"] for one in json.loads(ran.out)["findings"] if one["rule"].startswith("contract/")]


def test_each_route_has_a_request_of_its_own(write: Write, buttress: Buttress) -> None:
    (message,) = found(write, buttress, SERVER)
    assert message.startswith("`title`, `text` are required here")
    assert message.endswith("optional in the contract of PUT /notes/{id}")


def test_a_partial_schema(write: Write, buttress: Buttress) -> None:
    assert (
        found(write, buttress, SERVER.replace('"/notes/:id", valid(note)', '"/notes/:id", valid(note.partial())')) == []
    )
