"""The models that Buttress reads are those of Django's own registry, column by column."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.models.django_orm import library
from tests.models.django_orm.registry import differences, django_registry, our_registry

APPS = Path(__file__).parent / "apps"


@pytest.mark.parametrize("name", sorted(path.name for path in APPS.iterdir() if path.is_dir()))
def test_models_are_those_of_django(name: str) -> None:
    theirs = django_registry(APPS / name)
    wrong, counts = differences(theirs, our_registry(APPS / name))
    assert wrong == []
    assert counts["columns"]


def test_the_facts_of_libraries_are_those_of_the_installed_ones() -> None:
    assert library.TARGET.read_text() == library.library()
