# ruff: noqa: E501
"""The rules on a contract, for views of Django that a decorator of the project's own holds to methods."""

from __future__ import annotations

import json

from tests.conftest import Buttress, Write

CONTRACT = """
openapi: 3.1.0
info: {title: Notes, version: "1"}
paths:
  /notes:
    get:
      responses:
        "200":
          description: fine
          content: {application/json: {schema: {type: object, required: [notes, count], properties: {notes: {type: array}, count: {type: integer}}}}}
    post:
      responses:
        "201":
          description: made
          content: {application/json: {schema: {type: object, required: [note], properties: {note: {type: string}}}}}
"""
VIEWS = """
from functools import wraps

from django.http import HttpResponseNotAllowed, JsonResponse
from stored.models import Note


def methods(*allowed):
    def decorate(view):
        @wraps(view)
        def wrapper(request, *args, **kwargs):
            if request.method not in allowed:
                return HttpResponseNotAllowed(allowed)
            return view(request, *args, **kwargs)

        return wrapper

    return decorate


@methods("GET", "POST")
def notes(request):
    if request.method == "GET":
        return JsonResponse({"notes": [note.text for note in Note.objects.all()], "count": Note.objects.count()})
    return JsonResponse({"note": Note.objects.create(text=request.POST["text"]).text}, status=201)
"""
PROJECT = {
    "openapi.yml": CONTRACT,
    "requirements.txt": "django\n",
    "manage.py": 'import os\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")\n',
    "settings.py": 'SECRET_KEY = "one"\nROOT_URLCONF = "urls"\n',
    "urls.py": 'from django.urls import path\nfrom views import notes\n\nurlpatterns = [path("notes", notes)]\n',
    "views.py": VIEWS,
    "stored/__init__.py": "",
    "stored/models.py": "from django.db import models\n\n\nclass Note(models.Model):\n    text = models.TextField()\n",
}


def test_each_method_is_read_alone(write: Write, buttress: Buttress) -> None:
    root = write(PROJECT)
    routes = json.loads(buttress("facts", "routes", root, "--isolated", "--format", "json").out)
    assert [(one["method"], one["path"]) for one in routes["routes"]] == [("GET", "/notes"), ("POST", "/notes")]
    ran = buttress("check", root, "--isolated", "--contract", root / "openapi.yml", "--format", "json")
    assert [one["message"] for one in json.loads(ran.out)["findings"] if one["rule"].startswith("contract/")] == []


def test_what_one_method_lacks(write: Write, buttress: Buttress) -> None:
    root = write(PROJECT | {"views.py": VIEWS.replace(', "count": Note.objects.count()', "")})
    ran = buttress("check", root, "--isolated", "--contract", root / "openapi.yml", "--format", "json")
    found = [
        (one["rule"], one["line"]) for one in json.loads(ran.out)["findings"] if one["rule"].startswith("contract/")
    ]
    assert found == [("contract/missing-field", 24)]
