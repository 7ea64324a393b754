"""What routes answer: the statuses and shapes that each framework's ways of answering have."""

from __future__ import annotations

import pytest

from tests.conftest import Write
from tests.frameworks.harness import facts_of
from verifier.link.answers import Shape

EXPRESS = "import express from 'express'\nconst app = express()\n"
KOA = (
    "const Koa = require('koa'), Router = require('@koa/router')\n"
    "const app = new Koa(), router = new Router()\n%s\napp.use(router.routes())\n"
)
FASTIFY = "const app = require('fastify')()\n"
HONO = "import { Hono } from 'hono'\nexport const app = new Hono()\n"
FLASK = "from flask import Flask, jsonify, make_response\napp = Flask(__name__)\n"
FASTAPI = (
    "from fastapi import FastAPI\nfrom fastapi.responses import JSONResponse\n"
    "from pydantic import BaseModel, Field, ConfigDict\nfrom pydantic.alias_generators import to_camel\n"
    "app = FastAPI()\n"
)
AIOHTTP = "from aiohttp import web\nimport json\n%sapp = web.Application()\napp.router.add_get('/boats', boats)\n"
DJANGO = {
    "manage.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'settings')\n",
    "settings.py": "ROOT_URLCONF = 'urls'\nINSTALLED_APPS = []\n",
    "urls.py": "from django.urls import path\nfrom views import boats\nurlpatterns = [path('boats', boats)]\n",
}
SERIALIZER = (
    "from rest_framework import generics, renderers, serializers\nfrom rest_framework.decorators import api_view\n"
    "from rest_framework.response import Response\nfrom rest_framework.views import APIView\n"
    "class Boat(serializers.Serializer):\n    a = serializers.CharField()\n    b = serializers.IntegerField()\n"
)
RENDERERS = "REST_FRAMEWORK = {'DEFAULT_RENDERER_CLASSES': ['%s']}\n"


def rest(more: str, answer: str = "Response({'boat': Boat(load()).data})", settings: str = "") -> dict[str, str]:
    """A view of REST framework: what the body of the serializer goes on with, and what the view answers."""
    view = f"class Boats(APIView):\n    def get(self, request):\n        return {answer}\n"
    urls = "from django.urls import path\nfrom views import Boats\nurlpatterns = [path('boats', Boats.as_view())]\n"
    return {
        **DJANGO,
        "urls.py": urls,
        "settings.py": DJANGO["settings.py"] + settings,
        "views.py": SERIALIZER + more + view,
    }


def shown(shape: Shape | None) -> object:
    """A shape in a few letters."""
    if shape is None:
        return None
    if shape.kind == "object":
        return {name: shown(inner) for name, inner in shape.fields.items()} | ({"...": ""} if shape.open else {})
    if shape.kind == "array":
        return [shown(shape.item)]
    if shape.kind == "choice":
        return {shown(one) if isinstance(shown(one), str) else str(shown(one)) for one in shape.options}
    return shape.kind


@pytest.mark.parametrize(
    ("files", "answers"),
    [
        ({"app.js": EXPRESS + "app.get('/boats', (q, s) => s.json({ a: 1, b: [true] }))"},
         [([200], {"a": "integer", "b": ["boolean"]})]),
        ({"app.js": EXPRESS + "app.get('/boats', (q, s) => { if (q.a) return s.status(404).json({ e: '' });"
          " s.send({}) })"},
         [([404], {"e": "string"}), ([200], {})]),
        ({"app.js": EXPRESS + "app.get('/boats', (q, s) => { s.status(201); s.json(q.body) })"}, [([201], "unknown")]),
        ({"app.js": EXPRESS + "app.get('/boats', (q, s) => s.sendStatus(204))"}, [([204], None)]),
        ({"app.js": KOA % "router.get('/boats', (ctx) => { if (ctx.a) { ctx.status = 404; ctx.body = { e: '' };"
          " return } ctx.body = { a: 1 } })"}, [([404], {"e": "string"}), ([200], {"a": "integer"})]),
        ({"app.js": KOA % "router.get('/boats', (ctx) => { ctx.status = 204 })"}, [([204], None)]),
        ({"app.js": FASTIFY + "app.get('/boats', async () => ({ a: 'x' }))"}, [([200], {"a": "string"})]),
        ({"app.js": FASTIFY + "app.get('/boats', (q, r) => { r.code(201).send({ a: null }) })"},
         [([201], {"a": "null"})]),
        ({"app.js": FASTIFY + "app.get('/boats', async (q, r) => { r.code(201); return { a: 1 } })"},
         [([201], {"a": "integer"})]),
        ({"app.js": FASTIFY + "const response = { 200: { type: 'object', properties: { a: { type: ['string', 'null'] },"
          " c: { type: 'array', items: { type: 'integer' } } } } }\n"
          "app.get('/boats', { schema: { response } }, async () => ({ a: 1, b: 2, c: load() }))"},
         [([200], {"a": {"string", "null"}, "c": ["integer"]})]),
        ({"app.js": FASTIFY + "const { Type } = require('typebox')\nconst response = { '2xx': Type.Omit(Type.Object({"
          " a: Type.String(), b: Type.Optional(Type.Boolean()), c: Type.Null() }), ['c']) }\n"
          "app.get('/boats', { schema: { response } }, async () => load())"},
         [([200], {"a": "string", "b": "boolean"})]),
        ({"app.js": HONO + "app.get('/boats', (c) => c.json({ a: 1 }, 201))"}, [([201], {"a": "integer"})]),
        ({"app.js": HONO + "app.get('/boats', (c) => c.body(null, 204))"}, [([204], None)]),
        ({"app.js": HONO + "class Boat { constructor() { this.a = 1 } toJSON() { return { b: this.a } } }\n"
          "app.get('/boats', (c) => c.json(new Boat()))"}, [([200], {"b": "integer"})]),
        ({"app.py": FLASK + "@app.get('/boats')\ndef boats():\n    return {'a': 1}, 201\n"},
         [([201], {"a": "integer"})]),
        ({"app.py": FLASK + "@app.get('/boats')\ndef boats():\n    return jsonify(a=1, b='')\n"},
         [([200], {"a": "integer", "b": "string"})]),
        ({"app.py": FLASK + "@app.get('/boats')\ndef boats():\n    return make_response(jsonify({'a': 1}), 202)\n"},
         [([202], {"a": "integer"})]),
        ({"app.py": AIOHTTP % "async def boats(request):\n    return web.json_response({'a': 1}, status=201)\n"},
         [([201], {"a": "integer"})]),
        ({"app.py": AIOHTTP % "async def boats(request):\n    return web.Response(text=json.dumps([1]))\n"},
         [([200], ["integer"])]),
        ({**DJANGO, "views.py": "from django.http import JsonResponse\ndef boats(request):\n"
          "    return JsonResponse({'a': 1}, status=201)\n"}, [([201], {"a": "integer"})]),
        (rest(""), [([200], {"boat": {"a": "string", "b": "integer"}})]),
        (rest("", "Response(Boat(load(), many=True).data, status=202)"), [([202], [{"a": "string", "b": "integer"}])]),
        (rest("", "Response(Boat(load(), many=several()).data)"), [([200], "unknown")]),
        (rest("", "Response({**Boat(load()).data, 'c': 1})"),
         [([200], {"a": "string", "b": "integer", "c": "integer"})]),
        (rest("", settings=RENDERERS % "own.Renderer"), [([200], "unknown")]),
        (rest("", settings=RENDERERS % "rest_framework.renderers.JSONRenderer"),
         [([200], {"boat": {"a": "string", "b": "integer"}})]),
        (rest("    def get_fields(self):\n        return load()\n"), [([200], {"boat": {"...": ""}})]),
        (rest("    def __init__(self, *given, **named):\n        super().__init__(*given, **named)\n"
              "        self.fields.pop('a')\n"), [([200], {"boat": {"...": ""}})]),
        (rest("from other import Unread\nclass Boat(Unread, Boat):\n    pass\n"), [([200], {"boat": {"...": ""}})]),
        (rest("class Boat(Boat):\n    a = None\n    c = load()\n"), [([200], {"boat": {"...": ""}})]),
        (rest("    def to_representation(self, boat):\n        shown = super().to_representation(boat)\n"
              "        if boat.a:\n            shown.pop('a')\n        return shown\n"),
         [([200], {"boat": {"b": "integer", "...": ""}})]),
        ({"app.py": FASTAPI + "@app.get('/boats', status_code=201)\ndef boats():\n    return {'a': 1}\n"},
         [([201], {"a": "integer"})]),
        ({"app.py": FASTAPI + "@app.get('/boats')\ndef boats():\n    return JSONResponse({'a': 1}, 202)\n"},
         [([202], {"a": "integer"})]),
        ({"app.py": FASTAPI + "class Boat(BaseModel):\n    model_config = ConfigDict(alias_generator=to_camel)\n"
          "    sail_area: int\n    name: str = Field(alias='label')\n    secret: str = Field('', exclude=True)\n"
          "@app.get('/boats', response_model=list[Boat])\ndef boats():\n    return load()\n"},
         [([200], [{"sailArea": "integer", "label": "string"}])]),
        ({"app.py": FASTAPI + "class Boat(BaseModel):\n    name: str | None = Field(alias='label')\n"
          "@app.get('/boats')\ndef boats():\n    return JSONResponse(Boat(label='').model_dump())\n"},
         [([200], {"name": {"string", "null"}})]),
    ],
)  # fmt: skip
def test_answers(files: dict[str, str], answers: object, write: Write) -> None:
    facts = facts_of(write(files))
    route = next(route for route in facts.routes if route.path == "/boats")
    found = [(sorted(answer.statuses), shown(answer.shape)) for answer in facts.answered(route).answers]
    assert found == answers


def test_where_run_time_adds_fields_an_object_is_open(write: Write) -> None:
    handler = "@app.get('/boats')\ndef boats():\n    return {'a': 1, **load()}\n"
    facts = facts_of(write({"app.py": FLASK + handler}))
    (answer,) = facts.answered(facts.routes[-1]).answers
    assert answer.shape is not None
    assert answer.shape.open
