"""Lists of routes that very many settings decide, and conditions that are put together in a loop."""

from __future__ import annotations

import pytest

from tests.conftest import Buttress, Write
from tests.frameworks.harness import facts_of

SETTINGS = """
ROOT_URLCONF = "site_urls"
INSTALLED_APPS = ["notes"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "notes.db"}}
"""
MANAGE = """
import os
from django.core.management import execute_from_command_line
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_settings")
execute_from_command_line()
"""
URLS = """
import os

from django.urls import path

from notes import views

urlpatterns = [path("notes/", views.notes)]
""" + "".join(
    f"""
if os.environ.get("WITH_{number}"):
    urlpatterns += [path("more/{number}/", views.notes)]
"""
    for number in range(6)
)
MODELS = """
from django.db import models

class Note(models.Model):
    word = models.CharField(max_length=20)
"""
VIEWS = """
from django.db.models import Q
from django.http import JsonResponse

from notes.models import Note

def notes(request):
    wanted = Q()
    for word in request.GET.getlist("word"):
        wanted |= Q(word=word)
    if wanted:
        Note.objects.filter(wanted).delete()
    return JsonResponse({})
"""


def test_patterns_that_many_settings_add(write: Write, buttress: Buttress) -> None:
    condition = pytest.importorskip("django.db.models").Q
    assert not condition()
    assert condition(word="a")
    files = {"manage.py": MANAGE, "site_settings.py": SETTINGS, "site_urls.py": URLS}
    folder = write({**files, "notes/__init__.py": "", "notes/models.py": MODELS, "notes/views.py": VIEWS})
    facts = facts_of(folder)
    assert {route.path for route in facts.routes} == {"/notes/", *(f"/more/{number}/" for number in range(6))}
    assert {route.path for route in facts.routes if not route.conditional} <= {"/notes/"}
    assert not facts.dynamic_routes
    assert "sql/unbounded-write" not in buttress("check", folder).out
    (folder / "notes" / "views.py").write_text(VIEWS.replace("if wanted:", "if request:"))
    assert "sql/unbounded-write" in buttress("check", folder).out
