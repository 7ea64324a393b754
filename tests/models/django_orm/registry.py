"""Django's own registry of a project, printed in a process of its own, and ours in the same form."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.frameworks.harness import facts_of
from verifier.datamodel import Column, DataModel, Entity, Table

SCRIPT = """
import json, os, sys
import django
django.setup()
from django.apps import apps
from django.db import models
from django.db.models.fields import NOT_PROVIDED

KINDS = [
    ("SmallAutoField", "smallint"), ("BigAutoField", "bigint"), ("AutoField", "integer"),
    ("PositiveBigIntegerField", "bigint"), ("PositiveSmallIntegerField", "smallint"), ("SmallIntegerField", "smallint"),
    ("BigIntegerField", "bigint"), ("IntegerField", "integer"), ("BinaryField", "binary"), ("BooleanField", "boolean"),
    ("NullBooleanField", "boolean"), ("DateTimeField", "datetime"), ("DateField", "date"), ("TimeField", "time"),
    ("DecimalField", "numeric"), ("DurationField", "interval"), ("FloatField", "float"), ("JSONField", "json"),
    ("GenericIPAddressField", "network"), ("UUIDField", "uuid"), ("TextField", "text"), ("FileField", "string"),
    ("FilePathField", "string"), ("CharField", "string"), ("ArrayField", "array"),
]


def kind(field):
    if field.remote_field is not None and not field.many_to_many:
        return kind(field.target_field)
    if type(field).__name__ == "GeneratedField":
        return kind(field.output_field)
    names = [base.__name__ for base in type(field).__mro__ if base.__module__.startswith("django.")]
    return next((name for wanted, name in KINDS if wanted in names), "other")


def length(field):
    if field.remote_field is not None:
        return length(field.target_field)
    return field.max_length if kind(field) in ("string", "binary") else None


def default(field):
    if isinstance(field, models.AutoField) or type(field).__name__ == "GeneratedField":
        return "generated"
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return "function"
    if field.has_default():
        return "function" if callable(field.default) else "value"
    return "server" if getattr(field, "db_default", NOT_PROVIDED) is not NOT_PROVIDED else None


def column(field, model):
    reference = None
    if field.remote_field is not None:
        reference = f"{field.related_model._meta.db_table}.{field.target_field.column}"
    composite = [inner.column for inner in getattr(model._meta, "pk_fields", ())]
    key = field.column in composite or field is model._meta.pk
    return [field.column, field.attname, kind(field), length(field), field.null, key, field.unique, default(field),
            reference]


def relationship(field):
    if field.auto_created and not field.concrete:
        name = field.get_accessor_name()
        implicit = True
    else:
        name, implicit = field.name, False
    direction = ("many-to-many" if field.many_to_many else "one-to-one" if field.one_to_one
                 else "one-to-many" if field.one_to_many else "many-to-one")
    through = None
    if field.many_to_many:
        through = (field.through if implicit else field.remote_field.through)._meta.db_table
    target = field.related_model._meta.label
    return [name, target, direction, through]


def columns_of(model, names):
    found = []
    for name in names:
        field = model._meta.get_field(name.removeprefix("-"))
        found.append(field.column)
    return found


def constraints(model):
    meta = model._meta
    if meta.proxy:
        return []
    found = [["unique", columns_of(model, group), None] for group in meta.unique_together]
    found += [["index", columns_of(model, group), None] for group in getattr(meta, "index_together", ())]
    for constraint in meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            extra = ["(expression)"] * len(constraint.expressions)
            found.append(["unique", columns_of(model, constraint.fields) + extra, constraint.name])
        else:
            found.append(["check", [], constraint.name])
    for index in meta.indexes:
        extra = ["(expression)"] * len(index.expressions)
        found.append(["index", columns_of(model, index.fields) + extra, index.name])
    return sorted(found, key=str)


found = {}
for model in apps.get_models(include_auto_created=True):
    meta = model._meta
    found[meta.label] = {
        "table": meta.db_table, "auto": bool(meta.auto_created), "module": model.__module__,
        "library": model.__module__.partition(".")[0] in ("django", "rest_framework"),
        "managed": meta.managed, "proxy": meta.proxy,
        "columns": sorted(column(field, model) for field in meta.fields if field.column is not None),
        "relationships": sorted(
            [relationship(field) for field in meta.get_fields()
             if field.is_relation and field.related_model is not None], key=str),
        "constraints": constraints(model),
    }
print(json.dumps(found))
"""


def django_registry(folder: Path, python: str = sys.executable, environment: Mapping[str, str] | None = None) -> Any:
    """What Django says of a project, by label of the model."""
    manage = (folder / "manage.py").read_text()
    settings = manage.partition('"DJANGO_SETTINGS_MODULE", "')[2].partition('"')[0]
    base = {**os.environ, "PYTHONPATH": ".", "DJANGO_SETTINGS_MODULE": settings, **(environment or {})}
    done = subprocess.run(
        [python, "-W", "ignore", "-c", SCRIPT],
        cwd=folder,
        env=base,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def our_registry(folder: Path) -> Any:
    """The same as Buttress reads it."""
    return shaped(facts_of(folder).models)


def shaped(model: DataModel) -> Any:
    """Entities and junction tables in the form of the script."""
    labels = {entity.name: entity.label for entity in model.entities}
    labels.update({str(entity.label): entity.label for entity in model.entities})
    found: dict[str, Any] = {}
    for entity in model.entities:
        found[str(entity.label)] = {
            "table": entity.table,
            "managed": entity.managed,
            "proxy": entity.inheritance == "proxy",
            "columns": sorted(column(found, len(entity.primary_key) == 1) for found in entity.columns),
            "relationships": sorted(
                (
                    [found.name, labels.get(found.target, found.target), found.direction, found.through]
                    for found in entity.relationships
                ),
                key=str,
            ),
            "constraints": constraints(entity),
        }
    for table in model.tables:
        if table.source == "implied":
            found[f"<{table.name}>"] = {
                "table": table.name,
                "columns": sorted(column(held, True) for held in table.columns),
            }
    return found


def column(found: Column, single: bool) -> list[Any]:
    """One column; a key of one column is unique, in Django's words."""
    reference = None
    if found.references:
        reference = f"{found.references[0].table}.{found.references[0].column}"
    kind = found.type
    return [
        found.name,
        found.attribute,
        kind.kind,
        kind.length,
        found.nullable,
        found.primary_key,
        found.unique or (found.primary_key and single),
        found.default,
        reference,
    ]


def constraints(entity: Entity | Table) -> list[Any]:
    """Constraints; an index without a name has one that Django makes up."""
    return sorted(
        ([found.kind, list(found.columns), found.name] for found in entity.constraints if found.kind != "primary"),
        key=str,
    )


def differences(theirs: Any, ours: Any) -> tuple[list[str], dict[str, int]]:
    """What differs, in words, and how many things there are."""
    wrong: list[str] = []
    counts = {"columns": 0, "relationships": 0, "constraints": 0, "models": 0}
    junctions = {entry["table"]: entry for label, entry in ours.items() if label.startswith("<")}
    for label, model in theirs.items():
        if model["auto"]:
            own = junctions.get(model["table"])
            if own is None:
                maker = next((held for held in theirs.values() if uses(held, model["table"])), None)
                if maker is not None and maker["library"]:
                    continue
        else:
            own = ours.get(label)
            if own is None and model["library"]:
                continue
        counts["models"] += 1
        if own is None:
            wrong.append(f"{label}: is missing")
            counts["columns"] += len(model["columns"])
            continue
        keys = ("table",) if model["auto"] else ("table", "managed", "proxy")
        wrong += [f"{label}: {key} is {own[key]!r}, not {model[key]!r}" for key in keys if own[key] != model[key]]
        for part in ("columns",) if model["auto"] else ("columns", "relationships", "constraints"):
            counts[part] += len(model[part])
            wrong.extend(compare(label, part, model[part], own[part]))
    labels = {label for label, model in theirs.items() if not model["auto"]}
    wrong.extend(f"{label}: is none of Django's" for label in ours if not label.startswith("<") and label not in labels)
    tables = {model["table"] for model in theirs.values()}
    wrong.extend(f"{table}: is none of Django's" for table in junctions if table not in tables)
    return wrong, counts


def uses(model: Any, table: str) -> bool:
    """Whether a model's own many-to-many field made a junction table."""
    return any(found[3] == table for found in model["relationships"])


def compare(label: str, part: str, theirs: list[Any], ours: list[Any]) -> list[str]:
    """Differences of one list."""
    if part == "constraints":  # an index without a name gets one from Django
        theirs = [item if item in ours else [*item[:2], None] for item in theirs]
    found = [f"{label}: {part} lack {item}" for item in theirs if item not in ours]
    found += [f"{label}: {part} hold {item}, which Django has not" for item in ours if item not in theirs]
    return found
