"""What requests to Django's fixtures cost, and what they are refused, shown by Django itself."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.proofs.test_django_orm import run
from tests.test_fixtures import FIXTURES
from verifier.run import postgres

COUNTING = """
import json
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
settings.ALLOWED_HOSTS = ["*"]
call_command("migrate", run_syncdb=True, verbosity=0)
from shop.models import Author, Book, Tag

def more():
    book = Book.objects.create(title="b", author=Author.objects.create(name="a"))
    book.tags.add(Tag.objects.create(name="t"))

found = {}
for number in (2, 6):
    while Book.objects.count() < number:
        more()
    for path in ("books", "tags", "authors"):
        with CaptureQueriesContext(connection, ) as sent:
            assert Client().get(f"/{path}").status_code == 200
        found.setdefault(path, []).append(len(sent))
print(json.dumps(found))
"""
LOCKING = """
import json
from django.core.management import call_command
from django.test import Client
call_command("migrate", run_syncdb=True, verbosity=0)
from shop.models import Jar
jar = Jar.objects.create(label="toffee", sweets=3)
client = Client(raise_request_exception=False)
from django.core.signals import got_request_exception
import sys
errors = []
got_request_exception.connect(lambda **rest: errors.append(repr(sys.exc_info()[1])), weak=False)
statuses = [client.post(f"/jars/{jar.pk}/take").status_code, client.delete(f"/jars/{jar.pk}").status_code]
print(json.dumps([statuses, errors]))
"""
WAITING = """
import asyncio
import json
import sys
from django.core.management import call_command
from django.core.signals import got_request_exception
from django.test import AsyncClient
call_command("migrate", run_syncdb=True, verbosity=0)
from park.models import Tree
tree = Tree.objects.create(name="oak")
other = Tree.objects.create(name="elm")
errors = []
got_request_exception.connect(lambda **rest: errors.append(repr(sys.exc_info()[1])), weak=False)

async def main():
    client = AsyncClient(raise_request_exception=False)
    paths = f"/trees/{tree.pk}", "/trees", "/oldest", "/count"
    answers = [await client.get(path) for path in paths]
    answers.append(await client.post(f"/trees/{other.pk}/fell"))
    return [answer.status_code for answer in answers]

print(json.dumps([asyncio.run(main()), sorted(set(errors))]))
"""
REFUSED = "TransactionManagementError('select_for_update cannot be used outside of a transaction.')"


def told(source: Path, script: str, folder: Path) -> Any:
    """What a script prints last in a copy of a fixture."""
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("__pycache__"))
    code, said = run(folder, "-c", script)
    assert code == 0, said
    return json.loads(next(line for line in reversed(said.splitlines()) if line.startswith(("{", "["))))


def test_relations_that_are_not_loaded_are_asked_for_row_by_row(tmp_path: Path) -> None:
    folder = FIXTURES / "orm" / "n_plus_one"
    bad = told(folder / "bad" / "django", COUNTING, tmp_path / "bad")
    good = told(folder / "good" / "django", COUNTING, tmp_path / "good")
    assert bad["books"] == [3, 7]
    assert bad["tags"] == [3, 7]
    assert all(few == many for few, many in good.values())


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    started = postgres.start()
    yield started
    started.stop()


def test_locks_need_a_transaction(tmp_path: Path, server: postgres.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("HOST", str(server.socket.parent)), ("NAME", postgres.NAME), ("USER", postgres.USER)):
        monkeypatch.setenv(f"DATABASE_{name}", value)
    folder = FIXTURES / "django_orm" / "lock_outside_transaction"
    assert told(folder / "bad", LOCKING, tmp_path / "bad") == [[500, 500], [REFUSED] * 2]
    assert told(folder / "good", LOCKING, tmp_path / "good") == [[200, 200], []]


def test_asynchronous_code_must_not_wait(tmp_path: Path) -> None:
    folder = FIXTURES / "django_orm" / "query_in_async_function"
    refused = "SynchronousOnlyOperation('You cannot call this from an async context - use a thread or sync_to_async.')"
    assert told(folder / "bad", WAITING, tmp_path / "bad") == [[500] * 5, [refused]]
    assert told(folder / "good", WAITING, tmp_path / "good") == [[200] * 5, []]
