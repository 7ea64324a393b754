"""Which part of the JSON of a request is held against a schema, and what schemas of Joi and marshmallow demand."""

from __future__ import annotations

from pathlib import Path

import pytest

from verifier.config import Config
from verifier.evaluate.demands import Demand
from verifier.packs import load_book
from verifier.pipeline import link_project
from verifier.read import read

JOI = """
const express = require('express')
const Joi = require('joi')
const app = express()
app.post('/beds', (req, res) => { BODY; res.json({}) })
app.listen(3000)
"""
MARSHMALLOW = """
from flask import Flask, request
from marshmallow import Schema, fields, pre_load, post_load
app = Flask(__name__)


class Rose(Schema):
    name = fields.Str(required=True)
    CLASS


@app.post("/beds")
def add():
    body = request.get_json()
    BODY
    return {}
"""


def shown(demand: Demand) -> object:
    """A demand in short: fields that must be there end with an exclamation mark."""
    if demand.kind != "object":
        return demand.kind
    return {name + "!" * (name in demand.required): shown(inner) for name, inner in demand.fields.items()}


def demanded(folder: Path, name: str, text: str) -> object:
    """What the one route demands of the JSON of its requests."""
    (folder / name).write_text(text)
    facts = link_project(read(folder), Config(), load_book())
    (route,) = facts.routes
    return [shown(one.demand) for one in facts.answered(route).demands]


@pytest.mark.parametrize(
    ("body", "demands"),
    [
        (
            "Joi.object({ a: Joi.string().required(), b: Joi.number() }).validate(req.body)",
            [{"a!": "value", "b": "value"}],
        ),
        ("Joi.object({ a: Joi.string().required() }).required().validate(req.body.bed)", [{"bed!": {"a!": "value"}}]),
        ("Joi.attempt(req.body, Joi.object({ a: Joi.string().required().default('x') }))", [{"a": "value"}]),
        ("Joi.object({ a: Joi.required() }).append({ a: Joi.any() }).validate(req.body)", [{"a": "value"}]),
        ("Joi.object({ a: Joi.object({ b: Joi.array().required() }) }).validate(req.body)", [{"a": {"b!": "value"}}]),
        ("Joi.object({ a: Joi.string() }).validate(req.body, { presence: 'required' })", []),
        ("Joi.object({ a: Joi.string() }).fork(['a'], (s) => s.required()).validate(req.body)", ["unknown"]),
        (
            "Joi.object({ a: Joi.string().when('b', { is: 1, then: Joi.required() }) }).validate(req.body)",
            [{"a": "unknown"}],
        ),
        ("Joi.object({ a: Joi.string().required() }).validate(req.query)", []),
        ("if (req.query.full) Joi.object({ a: Joi.string().required() }).validate(req.body)", []),
    ],
)
def test_joi(tmp_path: Path, body: str, demands: object) -> None:
    assert demanded(tmp_path, "app.js", JOI.replace("BODY", body)) == demands


@pytest.mark.parametrize(
    ("own", "body", "demands"),
    [
        ("", "Rose().load(body)", [{"name!": "value"}]),
        ("", "Rose().load(request.json['rose'])", [{"rose!": {"name!": "value"}}]),
        ("", "Rose().load(request.json['beds'].get('rose'))", []),
        ("", "Rose().load(body['rose'])", []),
        ("", "Rose().load((body or {}).get('rose', {}))", [{"rose": {"name!": "value"}}]),
        ("", "Rose(partial=True).load(body)", ["unknown"]),
        ("", "Rose().load(body, partial=True)", []),
        ("", "Rose(only=('name',)).load(body)", ["unknown"]),
        ("", "Rose(many=False).load(body)", [{"name!": "value"}]),
        (
            "size = fields.Int(data_key='SIZE', required=True)",
            "Rose().load(body)",
            [{"name!": "value", "SIZE!": "value"}],
        ),
        ("size = fields.Int(dump_only=True, required=True)", "Rose().load(body)", [{"name!": "value"}]),
        ("name = fields.Str()", "Rose().load(body)", [{"name": "value"}]),
        ("@pre_load\n    def before(self, data, **kwargs): return data['rose']", "Rose().load(body)", ["unknown"]),
        ("@post_load\n    def after(self, data, **kwargs): return data", "Rose().load(body)", [{"name!": "value"}]),
        ("class Meta:\n        fields = ('name', 'size')", "Rose().load(body)", ["unknown"]),
        (
            "bed = fields.Nested(lambda: Rose(only=('name',)))",
            "Rose().load(body)",
            [{"name!": "value", "bed": "unknown"}],
        ),
    ],
)
def test_marshmallow(tmp_path: Path, own: str, body: str, demands: object) -> None:
    assert demanded(tmp_path, "app.py", MARSHMALLOW.replace("CLASS", own).replace("BODY", body)) == demands


WEBARGS = """
from flask import Flask
from marshmallow import Schema, fields
from webargs.flaskparser import use_args
app = Flask(__name__)


class Rose(Schema):
    name = fields.Str(required=True)


@app.post("/beds")
DECORATOR
def add(data):
    return {}
"""


@pytest.mark.parametrize(
    ("decorator", "demands"),
    [
        ("@use_args(Rose())", [{"name!": "value"}]),
        ("@use_args(Rose)", [{"name!": "value"}]),
        ("@use_args(Rose, location='json')", [{"name!": "value"}]),
        ("@use_args(Rose, location='query')", []),
        ("@use_args(Rose, unknown=None)", []),
        ("@use_args(Rose(partial=True))", ["unknown"]),
        ("@use_args({'name': fields.Str(required=True)})", []),
    ],
)
def test_webargs(tmp_path: Path, decorator: str, demands: object) -> None:
    assert demanded(tmp_path, "app.py", WEBARGS.replace("DECORATOR", decorator)) == demands
