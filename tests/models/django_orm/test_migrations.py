"""The tables that Buttress reads from migrations are those that ``migrate`` leaves in SQLite."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.models.django_orm.migrating import differences, migrated, our_tables

APPS = Path(__file__).parent / "apps"
WRITTEN = Path(__file__).parent / "migrated"
NOT_ON_SQLITE = {"postgres"}


@pytest.mark.parametrize("name", sorted({path.name for path in APPS.iterdir() if path.is_dir()} - NOT_ON_SQLITE))
def test_migrations_that_django_writes(name: str, tmp_path: Path) -> None:
    folder = tmp_path / name
    shutil.copytree(APPS / name, folder)
    wrong, counts = differences(migrated(folder, "make"), our_tables(folder))
    assert wrong == []
    assert counts["columns"]


@pytest.mark.parametrize("name", sorted(path.name for path in WRITTEN.iterdir() if path.is_dir()))
def test_migrations_written_by_hand(name: str) -> None:
    wrong, counts = differences(migrated(WRITTEN / name), our_tables(WRITTEN / name))
    assert wrong == []
    assert counts["columns"]


def test_sql_leaves_its_tables_open(tmp_path: Path) -> None:
    folder = tmp_path / "evolve"
    shutil.copytree(WRITTEN / "evolve", folder)
    (folder / "shop/migrations/0004_sql.py").write_text(
        "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n"
        '    dependencies = [("shop", "0003_names")]\n'
        '    operations = [migrations.RunSQL("ALTER TABLE products ADD COLUMN weight integer")]\n'
    )
    tables = our_tables(folder)
    assert tables["products"].open
    assert not tables["shop_part"].open
    theirs = migrated(folder)
    assert "weight" in {column[0] for column in theirs["products"]["columns"]}
