"""What ``migrate`` leaves in SQLite, printed by Django in a process of its own, and our tables in the same form."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.frameworks.harness import facts_of
from verifier.datamodel import Table

SCRIPT = """
import json, sys
import django
django.setup()
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection

library = ("django", "rest_framework", "mptt", "django_celery_beat")
if sys.argv[1:] == ["make"]:
    own = [config.label for config in apps.get_app_configs() if config.name.partition(".")[0] not in library]
    call_command("makemigrations", *own, verbosity=0)
call_command("migrate", verbosity=0)
outside = {
    model._meta.db_table for model in apps.get_models(include_auto_created=True)
    if (model._meta.auto_created or model).__module__.partition(".")[0] in library
} | {"django_migrations", "sqlite_sequence"}
found = {}
with connection.cursor() as cursor:
    cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    for (name,) in cursor.fetchall():
        if name in outside:
            continue
        cursor.execute(f'PRAGMA table_info("{name}")')
        columns = cursor.fetchall()
        if not columns:
            continue
        cursor.execute(f'PRAGMA table_xinfo("{name}")')
        columns = [row[:6] for row in cursor.fetchall()]
        cursor.execute(f'PRAGMA foreign_key_list("{name}")')
        keys = {row[3]: f"{row[2]}.{row[4]}" for row in cursor.fetchall()}
        cursor.execute(f'PRAGMA index_list("{name}")')
        unique = []
        for row in cursor.fetchall():
            if row[2] and row[3] != "pk":
                cursor.execute(f'PRAGMA index_info("{row[1]}")')
                unique.append(sorted(inner[2] or "(expression)" for inner in cursor.fetchall()))
        found[name] = {
            "columns": sorted(
                [row[1], row[2].lower(), bool(row[3]), bool(row[5]), keys.get(row[1])] for row in columns
            ),
            "unique": sorted(unique),
        }
print(json.dumps(found))
"""
# What SQLite's types may be of each kind.
TYPES: Mapping[str, tuple[str, ...]] = {
    "smallint": ("smallint", "smallint unsigned", "integer"),
    "integer": ("integer", "integer unsigned"),
    "bigint": ("bigint", "bigint unsigned", "integer"),
    "float": ("real",),
    "numeric": ("decimal",),
    "boolean": ("bool",),
    "text": ("text",),
    "binary": ("blob",),
    "date": ("date",),
    "time": ("time",),
    "datetime": ("datetime",),
    "interval": ("bigint",),
    "json": ("text",),
    "uuid": ("char(32)",),
    "network": ("char(39)", "char(15)"),
}


def migrated(folder: Path, *arguments: str) -> Any:
    """What Django leaves in the database, by table; with ``make``, after it has written the migrations itself."""
    settings = (folder / "manage.py").read_text().partition('"DJANGO_SETTINGS_MODULE", "')[2].partition('"')[0]
    environment = {**os.environ, "PYTHONPATH": ".", "DJANGO_SETTINGS_MODULE": settings}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def our_tables(folder: Path) -> dict[str, Table]:
    """The tables that Buttress reads from migrations."""
    return {table.name: table for table in facts_of(folder).models.tables if table.source == "migration"}


def differences(theirs: Any, ours: Mapping[str, Table]) -> tuple[list[str], dict[str, int]]:
    """What differs, in words, and how many columns and tables there are."""
    wrong: list[str] = []
    counts = {"tables": len(theirs), "columns": 0, "unique": 0}
    for name, table in theirs.items():
        counts["columns"] += len(table["columns"])
        counts["unique"] += len(table["unique"])
        own = ours.get(name)
        if own is None:
            wrong.append(f"{name}: is missing")
            continue
        wrong.extend(f"{name}: is open: {reason}" for reason in own.open)
        columns = {column.name: column for column in own.columns}
        for column, kind, required, key, reference in table["columns"]:
            held = columns.pop(column, None)
            if held is None:
                wrong.append(f"{name}.{column}: is missing")
                continue
            types = TYPES.get(held.type.kind, ())
            if held.type.kind == "string":
                types = (f"varchar({held.type.length})",)
            if kind.partition("(")[0] not in types and kind not in types:
                wrong.append(f"{name}.{column}: {held.type} is {kind} in the database")
            generated = held.default == "generated" and not key  # SQLite holds such columns to nothing
            if held.nullable == required and not generated:
                wrong.append(f"{name}.{column}: whether it takes NULL")
            if held.primary_key != key:
                wrong.append(f"{name}.{column}: whether it is the key")
            points = f"{held.references[0].table}.{held.references[0].column}" if held.references else None
            if points != reference:
                wrong.append(f"{name}.{column}: points at {points}, not {reference}")
        wrong.extend(f"{name}.{column}: is not in the database" for column in columns)
        unique = [[column.name] for column in own.columns if column.unique and not column.primary_key]
        unique += [sorted(found.columns) for found in own.constraints if found.kind == "unique"]
        distinct = [list(names) for names in sorted({tuple(names) for names in unique})]
        if distinct != [list(names) for names in sorted({tuple(names) for names in table["unique"]})]:
            wrong.append(f"{name}: unique are {distinct}, not {table['unique']}")
    wrong.extend(f"{name}: is not in the database" for name in ours if name not in theirs)
    return wrong, counts
