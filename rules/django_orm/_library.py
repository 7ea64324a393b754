"""The models that Django and REST framework bring along: facts of the libraries themselves, kept as data.

``python -m tests.models.django_orm.library`` writes the data from the installed libraries.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

DATA: Mapping[str, Any] = json.loads(Path(__file__).with_name("_library.json").read_text())
# The label of each application, by the package that is installed.
LABELS: Mapping[str, str] = DATA["apps"]
# What every model has, and which of it its constructor takes.
MODEL_ATTRIBUTES: tuple[str, ...] = (*DATA["model"], "objects", "DoesNotExist", "MultipleObjectsReturned")
MODEL_PROPERTIES: tuple[str, ...] = tuple(DATA["model_properties"])
# Each model by the dotted paths under which code finds it.
MODELS: Mapping[str, Mapping[str, Any]] = {path: model for model in DATA["models"] for path in model["paths"]}

ROOTS = frozenset({"django.db.models.Model", "django.db.models.base.Model", "django.contrib.gis.db.models.Model"})

# Packages that are installed as applications and whose models, if any, point at none of the project's.
WITHOUT_RELATIONS = frozenset(
    {
        *LABELS,
        "channels",
        "corsheaders",
        "crispy_bootstrap4",
        "crispy_bootstrap5",
        "crispy_forms",
        "daphne",
        "debug_toolbar",
        "django.contrib.gis",
        "django.contrib.humanize",
        "django.contrib.messages",
        "django.contrib.postgres",
        "django.contrib.sitemaps",
        "django.contrib.staticfiles",
        "django.contrib.syndication",
        "django_extensions",
        "django_filters",
        "django_prometheus",
        "drf_spectacular",
        "drf_spectacular_sidecar",
        "drf_yasg",
        "graphene_django",
        "ninja",
        "rest_framework",
        "rest_framework_nested",
        "rest_framework_simplejwt",
        "storages",
        "whitenoise",
        "whitenoise.runserver_nostatic",
        "widget_tweaks",
    }
)
