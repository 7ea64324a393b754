"""Serializers of REST framework: what is read of them against their fields in the library, and against its answers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.frameworks.harness import facts_of
from verifier.link import Facts
from verifier.link.answers import Shape

SETTINGS = """
SECRET_KEY = "x"
DEBUG = True
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "urls"
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "rest_framework", "harbour"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REST_FRAMEWORK = {"DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"], "UNAUTHENTICATED_USER": None}
USE_TZ = True
"""
MODELS = """
import uuid
from django.db import models

class Dated(models.Model):
    made = models.DateTimeField(auto_now_add=True)
    changed = models.DateTimeField(auto_now=True)
    class Meta:
        abstract = True

class Port(models.Model):
    name = models.CharField(max_length=9)

class Sailor(models.Model):
    code = models.SlugField(primary_key=True)
    name = models.TextField(blank=True)

class Boat(Dated):
    label = models.CharField(max_length=9)
    note = models.TextField(blank=True)
    length = models.FloatField()
    masts = models.PositiveSmallIntegerField(default=1)
    sold = models.BooleanField()
    rented = models.BooleanField(default=False)
    number = models.UUIDField(default=uuid.uuid4, editable=False)
    price = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    launched = models.DateField(null=True)
    kind = models.CharField(max_length=1, choices=[("a", "A"), ("b", "B")])
    large = models.BigIntegerField()
    extra = models.JSONField(default=dict)
    email = models.EmailField()
    port = models.ForeignKey(Port, models.CASCADE, related_name="boats")
    former = models.ForeignKey(Port, models.CASCADE, null=True, related_name="+")
    owner = models.ForeignKey(Sailor, models.CASCADE)
    crew = models.ManyToManyField(Sailor, related_name="ships")
    ports = models.ManyToManyField(Port, blank=True, related_name="visitors")

    @property
    def title(self):
        return self.label.upper()
"""
SERIALIZERS = """
from rest_framework import serializers
from .models import Boat, Port, Sailor

class Upper(serializers.CharField):
    def to_representation(self, value):
        return {"text": str(value).upper()}

class PortName(serializers.RelatedField):
    def get_queryset(self):
        return Port.objects.all()
    def to_representation(self, value):
        return value.name

class Ports(serializers.ModelSerializer):
    class Meta:
        model = Port
        fields = ["id", "name"]

class Plain(serializers.Serializer):
    label = serializers.CharField()
    masts = serializers.IntegerField(required=False)
    note = serializers.CharField(default="")
    length = serializers.FloatField(read_only=True)
    sold = serializers.BooleanField()
    secret = serializers.CharField(write_only=True)
    made = serializers.DateTimeField(read_only=True)
    owner_name = serializers.CharField(source="owner.name", allow_blank=True)
    number = serializers.UUIDField(format="hex_verbose")
    price = serializers.DecimalField(max_digits=5, decimal_places=2)
    count = serializers.SerializerMethodField()
    flag = serializers.SerializerMethodField(method_name="is_flag")
    port = Ports()
    ports = Ports(many=True, required=False)
    hidden = serializers.HiddenField(default=1)
    kind = serializers.ChoiceField(choices=["a", "b"])
    text = Upper(source="label", required=False)

    def get_count(self, boat):
        return 3

    def is_flag(self, boat):
        return bool(boat.masts)

class Near(Plain):
    label = None
    first = serializers.ReadOnlyField(source="label")
    masts = serializers.CharField()

class Every(serializers.ModelSerializer):
    port = serializers.StringRelatedField()
    class Meta:
        model = Boat
        fields = "__all__"

class Without(serializers.ModelSerializer):
    class Meta:
        model = Boat
        exclude = ["port", "crew", "made"]
        read_only_fields = ["label"]

class Listed(serializers.ModelSerializer):
    title2 = serializers.CharField(source="title", read_only=True)
    port = PortName()
    class Meta:
        model = Boat
        fields = ("pk", "title", "label", "note", "sold", "port", "large", "email", "title2", "length", "owner",
                  "ports")
        extra_kwargs = {"email": {"write_only": True}, "note": {"required": True}, "label": {"required": False}}

class Fewer(Listed):
    class Meta(Listed.Meta):
        fields = ("label", "length")

class Mixed:
    lost = __import__("rest_framework.serializers").serializers.CharField()

class MixedIn(Mixed, serializers.ModelSerializer):
    class Meta:
        model = Boat
        fields = ["rented", "changed"]

class Shown(Ports):
    def to_representation(self, port):
        shown = super().to_representation(port)
        shown["boats"] = 2
        shown["place"] = shown.pop("name")
        return {"port": shown}
"""
KINDS = {"Shown": "Port", "Ports": "Port"}
NAMES = "Ports Plain Near Every Without Listed Fewer MixedIn Shown".split()
VIEWS = "from rest_framework.response import Response\nfrom rest_framework.views import APIView\n" + (
    "from harbour import models, serializers\n"
)
VIEW = """
class {name}(APIView):
    def get(self, request):
        return Response({{"one": serializers.{name}(models.{model}.objects.first()).data}})

    def post(self, request):
        serializer = serializers.{name}(data=request.data)
        serializer.is_valid(raise_exception=True)
        return Response(status=204)

    def put(self, request):
        return Response(serializers.{name}(models.{model}.objects.all(), many=True).data)
"""
ORACLE = """
import json, os, uuid
os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
import django
django.setup()
from django.core.management import call_command
call_command("migrate", run_syncdb=True, verbosity=0)
from django.test import Client
from harbour import models, serializers
port = models.Port.objects.create(name="Kiel")
owner = models.Sailor.objects.create(code="ada", name="Ada")
boat = models.Boat.objects.create(label="x", length=2.5, sold=True, price=1, launched="2020-01-01", kind="a", large=4,
                                  email="a@b.c", port=port, former=port, owner=owner)
boat.crew.add(owner)
boat.ports.add(port)
boat.secret = "s"
found = {}
for name in NAMES:
    fields = getattr(serializers, name)().fields
    told = [[key, field.required] for key, field in fields.items()
            if not field.read_only and type(field).__name__ != "HiddenField"]
    found[name] = [Client().get("/" + name).json(), Client().put("/" + name).json(), told]
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a view of each serializer."""
    folder = tmp_path_factory.mktemp("harbour")
    (folder / "harbour").mkdir()
    views = VIEWS + "".join(VIEW.format(name=name, model=KINDS.get(name, "Boat")) for name in NAMES)
    paths = ", ".join(f"path({name!r}, views.{name}.as_view())" for name in NAMES)
    for path, text in {
        "manage.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'settings')\n",
        "settings.py": SETTINGS,
        "urls.py": f"import views\nfrom django.urls import path\nurlpatterns = [{paths}]\n",
        "views.py": views,
        "harbour/__init__.py": "",
        "harbour/models.py": MODELS,
        "harbour/serializers.py": SERIALIZERS,
    }.items():
        (folder / path).write_text(text)
    return folder


@cache
def facts(folder: Path) -> Facts:
    """What is read of it."""
    return facts_of(folder)


@cache
def told(folder: Path) -> dict[str, Any]:
    """What the library says of it: an answer with one object, one with several, and the fields of requests."""
    done = subprocess.run(
        [sys.executable, "-c", ORACLE.replace("NAMES", repr(NAMES))],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": "."},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def fits(shape: Shape, value: object, path: str = "") -> list[str]:
    """Where a value is not what a shape says; the names of an object in their order."""
    if shape.kind == "choice":
        found = [fits(one, value, path) for one in shape.options]
        return [] if [] in found else found[0]
    if shape.kind == "unknown" or value is None:
        return []
    kinds: dict[str, type | tuple[type, ...]] = {"string": str, "integer": int, "number": (int, float)}
    kinds |= {"boolean": bool, "object": dict, "array": list}
    wanted = kinds.get(shape.kind, type(None))
    if not isinstance(value, wanted) or (isinstance(value, bool) and shape.kind != "boolean"):
        return [f"{path} is {value!r}, and no {shape.kind}"]
    if isinstance(value, list):
        return [one for item in value for one in (fits(shape.item, item, f"{path}[]") if shape.item else [])]
    if isinstance(value, dict):
        own = [] if shape.open or list(shape.fields) == list(value) else [f"{path}: {list(shape.fields)} {list(value)}"]
        return own + [one for key in value if key in shape.fields for one in fits(shape.fields[key], value[key], key)]
    return []


def unknown(shape: Shape, path: str = "") -> list[str]:
    """The parts of an object of which nothing is known."""
    if shape.kind == "object":
        return [one for name, inner in shape.fields.items() for one in unknown(inner, f"{path}.{name}")]
    if shape.kind == "array" and shape.item is not None:
        return unknown(shape.item, path + "[]")
    return [path] if shape.kind == "unknown" else []


# What is left open: keys that are the project's own, columns of any JSON, choices, properties, what Python computes.
OPEN = {
    "Ports": [],
    "Plain": [".kind", ".flag", ".text.text"],
    "Near": [".kind", ".first", ".flag", ".text.text"],
    "Every": [".kind", ".extra", ".owner", ".crew[]"],
    "Without": [".kind", ".extra", ".owner"],
    "Listed": [".title", ".port", ".owner"],
    "Fewer": [],
    "MixedIn": [],
    "Shown": [],
}


@pytest.mark.parametrize("name", NAMES)
def test_answers_are_as_the_library_writes_them(name: str, harbour: Path) -> None:
    one, several, _ = told(harbour)[name]
    shapes = {
        route.method: answer.shape
        for route in facts(harbour).routes
        if route.path == f"/{name}"
        for answer in facts(harbour).answered(route).answers
    }
    assert shapes["GET"] is not None
    assert shapes["PUT"] is not None
    assert fits(shapes["GET"], one) == []
    assert fits(shapes["PUT"], several) == []
    inner = shapes["GET"].fields["one"]
    assert not inner.open
    assert sorted(unknown(inner)) == sorted(OPEN[name])


@pytest.mark.parametrize("name", NAMES)
def test_demands_are_those_of_the_library(name: str, harbour: Path) -> None:
    route = next(one for one in facts(harbour).routes if one.path == f"/{name}" and one.method == "POST")
    (demanded,) = facts(harbour).answered(route).demands
    demand = demanded.demand
    assert [[field, field in demand.required] for field in demand.fields] == told(harbour)[name][2]
