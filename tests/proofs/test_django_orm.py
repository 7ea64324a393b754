"""What the rules on Django's models claim, shown by Django itself: the fixtures are checked, migrated and used."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.frameworks.older import run_older
from tests.test_fixtures import FIXTURES as ALL
from verifier.testing import reported

FIXTURES = ALL / "django_orm"


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    """Exit code and output of a command of ``manage.py``, or of ``-c`` with code to run after Django's set-up."""
    if arguments[0] == "-c":
        setup = "import django; django.setup()\n"
        command = [sys.executable, "-W", "ignore", "-c", setup + arguments[1]]
    else:
        command = [sys.executable, "-W", "ignore", "manage.py", *arguments]
    environment = {**os.environ, "PYTHONPATH": ".", "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    return done.returncode, done.stdout + done.stderr


def copied(tmp_path: Path, rule: str, kind: str) -> Path:
    """A fixture in a folder where a database may be made."""
    folder = tmp_path / rule / kind
    shutil.copytree(FIXTURES / rule / kind, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


REFUSED = {
    "reverse_name_clash": ("fields.E302", "fields.E304"),
    "unknown_relation_target": ("fields.E300",),
    "missing_through_model": ("fields.E331",),
    "user_model_clash": ("fields.E304",),
    "duplicate_table": ("models.E028", "fields.E340"),
    "primary_key": ("models.E004", "models.E026"),
    "username_field": ("auth.E002", "auth.E003"),
    "unknown_field_in_meta": ("models.E012", "models.E015"),
    "set_null_on_required": ("fields.E320", "fields.E321"),
    "max_length_missing": ("fields.E130", "fields.E132"),
    "reserved_field_name": ("fields.E001", "fields.E002", "fields.E003"),
}


@pytest.mark.parametrize("rule", REFUSED)
def test_checks_stop_migrate(rule: str, tmp_path: Path) -> None:
    code, said = run(copied(tmp_path, rule, "bad"), "migrate")
    assert code != 0
    assert "SystemCheckError" in said
    assert [name for name in REFUSED[rule] if f"({name})" not in said] == []
    code, said = run(copied(tmp_path, rule, "good"), "check")
    assert code == 0, said


def test_a_swapped_user_model_cannot_be_pointed_at(tmp_path: Path) -> None:
    folder = copied(tmp_path, "user_model_clash", "good")
    models = folder / "shop/models.py"
    models.write_text(models.read_text().replace('"people.User"', '"auth.User"'))
    code, said = run(folder, "migrate")
    assert code != 0
    assert "(fields.E301)" in said
    assert {rule for _, _, rule in reported(folder)} == {"django_orm/user-model-clash"}


def test_a_user_model_that_does_not_exist(tmp_path: Path) -> None:
    folder = copied(tmp_path, "user_model_clash", "good")
    settings = folder / "config/settings.py"
    settings.write_text(settings.read_text().replace('"people.User"', '"people.Account"'))
    code, said = run(folder, "check")
    assert code != 0
    assert "has not been installed" in said
    assert "django_orm/user-model-clash" in {rule for _, _, rule in reported(folder)}


def test_without_on_delete_the_import_fails(tmp_path: Path) -> None:
    code, said = run(copied(tmp_path, "missing_on_delete", "bad"), "check")
    assert code != 0
    assert "TypeError" in said
    assert "on_delete" in said
    code, said = run(copied(tmp_path, "missing_on_delete", "good"), "check")
    assert code == 0, said


def test_a_model_of_no_application_cannot_be_imported(tmp_path: Path) -> None:
    code, said = run(copied(tmp_path, "app_not_installed", "bad"), "check")
    assert code != 0
    assert "RuntimeError: Model class stock.models.Part doesn't declare an explicit app_label" in said
    code, said = run(copied(tmp_path, "app_not_installed", "good"), "check")
    assert code == 0, said


def test_two_applications_of_one_label_do_not_start(tmp_path: Path) -> None:
    folder = copied(tmp_path, "duplicate_app_label", "bad")
    code, said = run(folder, "check")
    assert code != 0
    assert "Application labels aren't unique, duplicates: auth" in said
    settings = folder / "config/settings.py"
    kept = [line for line in settings.read_text().splitlines() if "site_parts" not in line]
    settings.write_text("\n".join(kept) + "\n")
    assert "Application labels aren't unique, duplicates: accounts" in run(folder, "check")[1]
    code, said = run(copied(tmp_path, "duplicate_app_label", "good"), "check")
    assert code == 0, said


def test_two_models_of_one_name_cannot_be_imported(tmp_path: Path) -> None:
    code, said = run(copied(tmp_path, "conflicting_models", "bad"), "check")
    assert code != 0
    assert "RuntimeError: Conflicting 'user' models in application 'shop'" in said
    code, said = run(copied(tmp_path, "conflicting_models", "good"), "check")
    assert code == 0, said


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('USERNAME_FIELD = "email"', 'USERNAME_FIELD = "mail"', "has no field named 'mail'"),
        ("AbstractUser", "AbstractBaseUser", "has no attribute 'USERNAME_FIELD'"),
    ],
)
def test_a_user_model_that_names_no_field(old: str, new: str, problem: str, tmp_path: Path) -> None:
    folder = copied(tmp_path, "username_field", "good")
    models = folder / "people/models.py"
    text = models.read_text().replace(old, new)
    if new == "AbstractBaseUser":
        text = text.replace('    USERNAME_FIELD = "email"\n', "")
    models.write_text(text)
    code, said = run(folder, "check")
    assert code != 0
    assert problem in said
    assert {rule for _, _, rule in reported(folder)} == {"django_orm/username-field"}


def test_fields_of_a_plain_class_are_none(tmp_path: Path) -> None:
    ask = "from shop.models import Article; Article.objects.filter(name='x')"
    code, said = run(copied(tmp_path, "field_of_plain_class", "bad"), "-c", ask)
    assert code != 0
    assert "FieldError: Cannot resolve keyword 'name'" in said
    code, said = run(copied(tmp_path, "field_of_plain_class", "good"), "-c", ask)
    assert code == 0, said


def test_a_mutable_default_is_shared(tmp_path: Path) -> None:
    ask = "from shop.models import Article; Article().tags.append('news'); print('tags', Article().tags)"
    assert "tags ['news']" in run(copied(tmp_path, "mutable_default", "bad"), "-c", ask)[1]
    assert "tags []" in run(copied(tmp_path, "mutable_default", "good"), "-c", ask)[1]


def test_what_no_migration_makes_is_missing(tmp_path: Path) -> None:
    ask = "from shop.models import *; print('found', {query})"
    bad, good = (copied(tmp_path, "model_without_migration", kind) for kind in ("bad", "good"))
    for folder in (bad, good):
        code, said = run(folder, "migrate")
        assert code == 0, said
    for query, missing in (
        ("list(Tag.objects.all())", "no such table: shop_tag"),
        ("list(Article.objects.all())", "no such column: shop_article.slug"),
        ("list(Article.tags.through.objects.all())", "no such table: shop_article_tags"),
    ):
        assert missing in run(bad, "-c", ask.format(query=query))[1]
        assert "found" in run(good, "-c", ask.format(query=query))[1]


@pytest.mark.parametrize(
    ("migration", "problem"),
    [
        ("migrations.RemoveField('article', 'rank'),", "NOT NULL constraint failed: shop_article.rank"),
        (
            "migrations.AlterField('article', 'summary', models.TextField(null=True)),",
            "NOT NULL constraint failed: shop_article.summary",
        ),
    ],
)
def test_what_migrations_require_must_be_given(migration: str, problem: str, tmp_path: Path) -> None:
    folder = copied(tmp_path, "model_without_migration", "good")
    file = folder / "shop/migrations/0002_more.py"
    changed = file.read_text().replace(migration.replace("'", '"'), "")
    assert changed != file.read_text()
    file.write_text(changed)
    assert {rule for _, _, rule in reported(folder)} == {"django_orm/model-without-migration"}
    code, said = run(folder, "migrate")
    assert code == 0, said
    assert problem in run(folder, "-c", "from shop.models import *; Article.objects.create(title='x')")[1]


def test_plain_migrate_leaves_out_applications_without_migrations(tmp_path: Path) -> None:
    ask = "from shop.models import *; print('found', list(Article.objects.all()))"
    bad, good = (copied(tmp_path, "app_without_migrations", kind) for kind in ("bad", "good"))
    assert run(bad, "migrate")[0] == 0
    assert "no such table: shop_article" in run(bad, "-c", ask)[1]
    assert run(good, "migrate", "--run-syncdb")[0] == 0
    assert "found []" in run(good, "-c", ask)[1]


def test_sqlite_has_no_arrays(tmp_path: Path) -> None:
    folder = copied(tmp_path, "postgres_field_elsewhere", "bad")
    code, said = run(folder, "makemigrations", "shop")
    assert code == 0, said
    code, said = run(folder, "migrate")
    assert code != 0
    assert "syntax error" in said
    models = folder / "shop/models.py"
    lines = [line for line in models.read_text().splitlines() if "tags = " not in line]
    models.write_text("\n".join(lines) + "\n")
    shutil.rmtree(folder / "shop/migrations")
    assert run(folder, "makemigrations", "shop")[0] == 0
    assert run(folder, "migrate")[0] == 0
    said = run(folder, "-c", "from shop.models import *; Article.objects.create(title='x', extra={'a': 'b'})")[1]
    assert "type 'dict' is not supported" in said


OLDER = """
import json, os
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import django
django.setup()
from django.core.checks import run_checks
for found in run_checks(databases=["default"]):
    print(json.dumps([found.id, str(found.obj)]))
"""


def test_older_versions_must_be_told_the_length(tmp_path: Path) -> None:
    said = run_older(["django==5.1.*"], copied(tmp_path, "max_length_missing", "bad"), OLDER)
    assert ("fields.E120", "shop.Item.name") in said
    said = run_older(["django==5.1.*"], copied(tmp_path, "max_length_missing", "good"), OLDER)
    assert ("fields.E120", "shop.Item.kind") in said  # which the rule minds for such versions only
