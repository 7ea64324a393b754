"""Settings and models as real projects write them, where running Django would need more than the test has."""

from __future__ import annotations

from pathlib import Path

from tests.frameworks.harness import facts_of

MANAGE = 'import os\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")\n'
MODELS = "from django.db import models\n\n\nclass Item(models.Model):\n    name = models.CharField(max_length=9)\n"


def project(folder: Path, settings: str, **files: str) -> Path:
    """A project of one application."""
    for name, text in {"manage.py": MANAGE, "settings.py": settings, "shop/__init__.py": "", **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def test_settings_that_refuse_a_missing_variable_are_read_to_the_end(tmp_path: Path) -> None:
    settings = (
        'import os\n\nSECRET_KEY = os.getenv("SECRET_KEY")\n'
        'if not (SECRET_KEY or "").strip():\n    raise RuntimeError("SECRET_KEY is missing")\n'
        'INSTALLED_APPS = ["shop"]\nDEFAULT_AUTO_FIELD = "django.db.models.SmallAutoField"\n'
    )
    (item,) = facts_of(project(tmp_path, settings, **{"shop/models.py": MODELS})).models.entities
    assert [(column.name, column.type.kind) for column in item.columns] == [("id", "smallint"), ("name", "string")]
    assert item.open == ()


def test_a_base_of_another_library_leaves_a_model_open(tmp_path: Path) -> None:
    models = (
        "from django.db import models\nfrom somewhere.models import Page\n\n\n"
        "class Post(Page):\n    body = models.TextField()\n"
    )
    (post,) = facts_of(
        project(tmp_path, 'INSTALLED_APPS = ["somewhere", "shop"]\n', **{"shop/models.py": models})
    ).models.entities
    assert post.open == ("what `somewhere.models.Page` declares",)
    assert [column.name for column in post.columns if column.known] == ["body"]


def test_a_model_of_no_installed_application_says_so(tmp_path: Path) -> None:
    (item,) = facts_of(project(tmp_path, "INSTALLED_APPS = []\n", **{"shop/models.py": MODELS})).models.entities
    assert item.label == "shop.Item"
    assert len(item.open) == 1
