"""What Django's shortcuts give: rows of their model, whose relations lead on."""

from __future__ import annotations

from tests.conftest import Write
from tests.queries.comparing import all_of

SETTINGS = """
SECRET_KEY = "x"
INSTALLED_APPS = ["shelf"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "x"}}
ROOT_URLCONF = "site_.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
"""
MODELS = """
from django.db import models


class Author(models.Model):
    name = models.CharField(max_length=50)


class Book(models.Model):
    title = models.CharField(max_length=50)
    author = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="books")
"""
VIEWS = """
from django.http import JsonResponse
from django.shortcuts import get_list_or_404, get_object_or_404

from .models import Author


def author(request, name):
    found = get_object_or_404(Author, name=name)
    return JsonResponse({"books": found.books.count()})


def authors(request):
    found = get_list_or_404(Author.objects.all(), name="x")
    return JsonResponse({"books": [author.books.exists() for author in found]})
"""
URLS = """
from django.urls import path

from shelf import views

urlpatterns = [path("authors/<name>", views.author), path("authors", views.authors)]
"""
MANAGE = """
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_.settings")
"""


def test_rows_of_shortcuts(write: Write) -> None:
    files = {
        "manage.py": MANAGE, "site_/__init__.py": "", "site_/settings.py": SETTINGS, "site_/urls.py": URLS,
        "shelf/__init__.py": "", "shelf/models.py": MODELS, "shelf/views.py": VIEWS, "requirements.txt": "django",
    }  # fmt: skip
    found = [query.statements[0].tree.sql() for query in all_of(write(files), "django_orm") if query.statements]
    assert len(found) == 4
    assert found[0].startswith("SELECT shelf_author.id, shelf_author.name FROM shelf_author WHERE")
    assert "FROM shelf_book WHERE shelf_book.author_id" in found[1] and "COUNT(*)" in found[1]
    assert "FROM shelf_book WHERE shelf_book.author_id" in found[3]
