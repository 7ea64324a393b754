"""What routes demand of the JSON of requests: schemas of zod, models of pydantic, typed dictionaries."""

from __future__ import annotations

import pytest

from tests.conftest import Write
from tests.frameworks.harness import facts_of
from verifier.evaluate.demands import Demand

EXPRESS = "import express from 'express'\nimport { z } from 'zod'\nconst app = express()\n"
FASTAPI = (
    "from typing import Annotated, Optional\nfrom fastapi import Body, Depends, FastAPI\n"
    "from pydantic import BaseModel, Field, model_validator\nfrom typing_extensions import TypedDict\napp = FastAPI()\n"
)
FLASK = "from flask import Flask, request\nfrom pydantic import BaseModel\napp = Flask(__name__)\n"


def shown(demand: Demand) -> object:
    """A demand in a few letters; fields that must be there have an exclamation mark."""
    if demand.kind != "object":
        return demand.kind
    return {name + "!" * (name in demand.required): shown(inner) for name, inner in demand.fields.items()}


def zod(schema: str) -> dict[str, str]:
    return {"app.js": EXPRESS + f"app.post('/boats', (q, s) => s.json({schema}.parse(q.body)))"}


def fastapi(models: str, parameters: str, pins: str = "pydantic>=2") -> dict[str, str]:
    handler = f"@app.post('/boats')\ndef boats({parameters}):\n    return {{}}\n"
    return {"app.py": FASTAPI + models + handler, "requirements.txt": f"fastapi\n{pins}\n"}


def rest(more: str, view: str, settings: str = "") -> dict[str, str]:
    """A view of REST framework: what the body of the serializer goes on with, and how the view makes one."""
    return {
        "manage.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'settings')\n",
        "settings.py": "ROOT_URLCONF = 'urls'\nINSTALLED_APPS = []\n" + settings,
        "urls.py": "from django.urls import path\nfrom views import Boats\n"
        "urlpatterns = [path('boats', Boats.as_view())]\n",
        "views.py": "from rest_framework import serializers\nfrom rest_framework.views import APIView\n"
        "class Boat(serializers.Serializer):\n    a = serializers.CharField()\n"
        "    b = serializers.IntegerField(required=False)\n    c = serializers.CharField(read_only=True)\n"
        f"{more}class Boats(APIView):\n    def post(self, request):\n        made = {view}\n"
        "        made.is_valid(raise_exception=True)\n",
    }


BOAT = "class Boat(BaseModel):\n    name: str\n    sails: int = 1\n"


@pytest.mark.parametrize(
    ("files", "demands"),
    [
        (zod("z.object({ a: z.string(), b: z.number().optional() })"), [{"a!": "value", "b": "value"}]),
        (zod("z.object({ a: z.object({ b: z.string().nullable() }) }).strict()"), [{"a!": {"b!": "value"}}]),
        (zod("z.object({ a: z.string() }).extend({ b: z.date().default(now) }).partial()"),
         [{"a": "value", "b": "value"}]),
        (zod("z.object({ a: z.string(), b: z.string() }).omit({ a: true })"), [{"b!": "value"}]),
        (zod("z.object({ a: z.object({ b: z.string() }) }).shape.a"), [{"b!": "value"}]),
        (zod("z.object({ a: z.union([z.string(), z.undefined()]) })"), [{"a": "unknown"}]),
        (zod("z.preprocess(wrap, z.object({ a: z.string() }))"), ["unknown"]),
        ({"app.js": EXPRESS + "app.post('/boats', (q, s) => s.json(z.object({ b: z.int() }).parse(q.body.a)))"},
         [{"a!": {"b!": "value"}}]),
        ({"app.js": EXPRESS + "app.post('/boats', (q, s) => s.json(z.object({ b: z.int() }).parse(q.query)))"}, []),
        (fastapi(BOAT, "boat: Boat"), [{"name!": "value", "sails": "value"}]),
        (fastapi(BOAT, "boat: Boat = Body(embed=True)"), [{"boat!": {"name!": "value", "sails": "value"}}]),
        (fastapi(BOAT, "boat: Boat, other: Boat"),
         [{"boat!": {"name!": "value", "sails": "value"}, "other!": {"name!": "value", "sails": "value"}}]),
        (fastapi(BOAT, "boat: Boat, other: dict = Body()"), []),
        (fastapi("class Boat(BaseModel):\n    a: Optional[str]\n    b: str = Field(alias='c')\n", "boat: Boat"),
         [{"a!": "value", "c!": "value"}]),
        (fastapi("class Boat(BaseModel):\n    a: Optional[str]\n", "boat: Boat", "pydantic<2"), [{"a": "value"}]),
        (fastapi("class Boat(BaseModel):\n    a: str = Field(default_factory=str)\n    b: str = Field(...)\n",
                 "boat: Boat"), [{"a": "value", "b!": "value"}]),
        (fastapi("class Sails(TypedDict, total=False):\n    a: int\nclass Boat(BaseModel):\n    sails: Sails\n",
                 "boat: Boat"), [{"sails!": {"a": "value"}}]),
        (fastapi("class Boat(BaseModel):\n    a: str\n    @model_validator(mode='before')\n    def wrap(cls, given):\n"
                 "        return {'a': given}\n", "boat: Boat"), ["unknown"]),
        ({"app.py": FLASK + BOAT + "@app.post('/boats')\ndef boats():\n"
          "    return Boat.model_validate(request.get_json()).model_dump()\n"}, [{"name!": "value", "sails": "value"}]),
        (rest("", "Boat(data=request.data)"), [{"a!": "value", "b": "value"}]),
        (rest("", "Boat(data=request.data['boat'])"), [{"boat": {"a!": "value", "b": "value"}}]),
        (rest("", "Boat(data=request.data.get('boat', {}))"), [{"boat": {"a!": "value", "b": "value"}}]),
        (rest("", "Boat(load(), data=request.data, partial=True)"), [{"a": "value", "b": "value"}]),
        (rest("", "Boat(load(), data=request.data, partial=load())"), [{"a": "value", "b": "value"}]),
        (rest("", "Boat(data=request.data, many=True)"), []),
        (rest("", "Boat(data={'a': request.data['a']})"), []),
        (rest("", "Boat(data=request.data.update(a=1) or request.data)"), []),
        (rest("", "Boat(data=request.data.copy())"), []),
        (rest("", "Boat(**load(), data=request.data)"), []),
        (rest("", "Boat(data=request.data)", "REST_FRAMEWORK = {'DEFAULT_PARSER_CLASSES': ['own.Parser']}\n"), []),
        (rest("    def to_internal_value(self, data):\n        return data\n", "Boat(data=request.data)"), ["unknown"]),
        (rest("    def get_fields(self):\n        return {}\n", "Boat(data=request.data)"), ["unknown"]),
    ],
)  # fmt: skip
def test_demands(files: dict[str, str], demands: object, write: Write) -> None:
    facts = facts_of(write(files))
    route = next(route for route in facts.routes if route.path == "/boats")
    assert [shown(one.demand) for one in facts.answered(route).demands] == demands
