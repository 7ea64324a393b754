"""Writes ``rules/django_orm/_library.json``: the models that Django and REST framework bring, as they say themselves.

    python -m tests.models.django_orm.library

The facts are those of the installed versions. A test runs this and compares, so that the file cannot go stale unseen.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

TARGET = Path(__file__).parents[3] / "rules" / "django_orm" / "_library.json"

SCRIPT = """
import inspect, json
import django
from django.conf import settings

APPS = [
    "django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.flatpages",
    "django.contrib.redirects", "django.contrib.sessions", "django.contrib.sites", "rest_framework.authtoken",
    "django_celery_beat",
]
settings.configure(INSTALLED_APPS=APPS, DEFAULT_AUTO_FIELD="django.db.models.AutoField", SITE_ID=1)
django.setup()

from django.apps import apps
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AbstractUser, PermissionsMixin
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
import django_extensions.db.models
import model_utils.models
from mptt.models import MPTTModel

PLAIN = ("null", "unique", "primary_key", "max_length", "db_index", "db_column", "related_name", "related_query_name",
         "auto_now", "auto_now_add", "max_digits", "decimal_places", "db_table", "symmetrical", "to_field", "blank")


def described(field):
    name, path, args, kwargs = field.deconstruct()
    if name == "id" and isinstance(field, models.AutoField):
        return None
    found = {key: kwargs[key] for key in PLAIN if key in kwargs}
    if "default" in kwargs:
        found["default"] = kwargs["default"].__name__ if callable(kwargs["default"]) else kwargs["default"]
        found["default_function"] = callable(kwargs["default"])
    if "choices" in kwargs:
        found["choices"] = True
    if "on_delete" in kwargs:
        found["on_delete"] = kwargs["on_delete"].__name__
    if field.remote_field is not None:
        setting = field.swappable_setting
        target = field.remote_field.model
        label = target if isinstance(target, str) else target._meta.label
        found["to"] = setting or label
    return {"name": name, "class": core(field), "arguments": found}


def core(field):
    own = [base.__name__ for base in type(field).__mro__ if base.__module__.startswith("django.db.models.fields")]
    return own[0] if own[0] != "Field" else field.get_internal_type()


def model(cls):
    meta = cls._meta
    own = [*meta.local_fields, *meta.local_many_to_many]
    inherited = {
        field.name
        for base in cls.__mro__[1:] if hasattr(base, "_meta") and base._meta.abstract
        for field in [*base._meta.local_fields, *base._meta.local_many_to_many]
    }
    names = {name for name in vars(cls) if not name.startswith("__")}
    properties = [name for name in vars(cls) if isinstance(vars(cls)[name], property)]
    return {
        "app": None if meta.abstract else meta.app_label,
        "name": cls.__name__,
        "paths": sorted({f"{cls.__module__}.{cls.__name__}", *more(cls)}),
        "abstract": meta.abstract,
        "bases": [f"{base.__module__}.{base.__name__}" for base in cls.__bases__],
        "options": {
            **({"unique_together": meta.unique_together} if meta.unique_together else {}),
            **({"swappable": meta.swappable} if meta.swappable else {}),
            **({"db_table": meta.db_table} if not meta.abstract else {}),
        },
        "fields": [found for field in own if field.name not in inherited and (found := described(field))],
        "attributes": sorted(name for name in names if not name.startswith("_")),
        "properties": sorted(properties),
    }


def more(cls):
    if cls in (AbstractBaseUser,):
        return ["django.contrib.auth.models.AbstractBaseUser"]
    return []


class Probe(MPTTModel):
    class Meta:
        app_label = "probe"


def tree():
    found = {**model(MPTTModel), "fields": [made for field in Probe._meta.local_fields if (made := described(field))]}
    return found


def abstract_in(module):
    found = [value for value in vars(module).values() if isinstance(value, type) and issubclass(value, models.Model)]
    own = [cls for cls in found if cls.__module__ == module.__name__ and cls._meta.abstract]
    return [cls for cls in own if cls.__name__ != "StatusModel"]  # whose default is made in each subclass


abstract = [
    AbstractBaseUser, PermissionsMixin, AbstractUser, AbstractBaseSession,
    *abstract_in(model_utils.models), *abstract_in(django_extensions.db.models),
]
print(json.dumps({
    "django": ".".join(map(str, django.VERSION[:2])),
    "apps": {config.name: config.label for config in apps.get_app_configs()},
    "model": sorted(name for name in dir(models.Model) if not name.startswith("__")),
    "model_properties": ["pk"],
    "models": [tree(), *(model(cls) for cls in [*abstract, *apps.get_models()] if cls is not Probe)],
}))
"""


def library() -> str:
    """The content of the file, by the libraries that are installed."""
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, timeout=120)
    return json.dumps(json.loads(done.stdout), indent=1) + "\n"


if __name__ == "__main__":
    TARGET.write_text(library())
