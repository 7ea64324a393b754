"""Queries that grow or nest without end: each is said to be not read, in whole or in part, and the others are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Write
from verifier.lift.nouns import Query
from verifier.session import Options, open_session

SQLALCHEMY = """
from sqlalchemy import select, text, union_all
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class Lamp(Base):
    __tablename__ = "lamps"
    id: Mapped[int] = mapped_column(primary_key=True)
    height: Mapped[int]


def odd(session: Session, given):
    {body}


def plain(session: Session):
    return session.scalars(select(Lamp).where(Lamp.height > 3)).all()
"""
BODIES = {
    "condition": "condition = Lamp.height == 1\n    for _ in range(40):\n        condition = condition & condition\n"
    "    return session.scalars(select(Lamp).where(condition)).all()",
    "union": "query = select(Lamp.id)\n    for _ in range(40):\n        query = union_all(query, query)\n"
    "    return session.execute(query).all()",
    "text": "query = 'SELECT id FROM lamps WHERE height = 1 OR '\n    for _ in range(60):\n"
    "        query = query + query\n    return session.execute(text(query + 'TRUE')).all()",
    "subscripts": f"return session.execute(text('SELECT height{'[1]' * 3000} FROM lamps')).all()",
    "subqueries": "return session.execute(text('"
    + "SELECT id FROM (" * 2000
    + "SELECT id FROM lamps"
    + ") x" * 2000
    + "'))",
}
DJANGO = {
    "manage.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'settings')\n",
    "settings.py": "INSTALLED_APPS = ['coast']\nDATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3'}}\n",
    "coast/__init__.py": "",
    "coast/models.py": "from django.db import models\n\n\nclass Lamp(models.Model):\n"
    "    height = models.IntegerField()\n    near = models.ManyToManyField('self')\n",
}
QUERY_SETS = {
    "long path": f"return list(Lamp.objects.filter({'near__' * 3000}height=1))",
    "long chain": "rows = Lamp.objects.all()\n"
    + "    rows = rows.exclude(near__height=1)\n" * 300
    + "    return list(rows)",
    "from itself": "rows = Lamp.objects.all()\n    for _ in range(30):\n"
    "        rows = Lamp.objects.filter(id__in=rows).exclude(id__in=rows)\n    return list(rows)",
    "odd letters": "return list(Lamp.objects.filter(**{'\\ud800__in': [1]}))",
}


def outcomes(folder: Path) -> dict[str, tuple[bool, str | None]]:
    """What is said of the queries of each function."""
    queries = open_session(Options(path=folder, cache=False, quiet=True)).facts.queries.queries
    return {
        query.function.name: (query.lifted, query.reason or next(iter(reasons_of(query)), None))
        for query in queries
        if query.function is not None
    }


def reasons_of(query: Query) -> list[str]:
    return [reason for statement in query.statements for reason in statement.reasons]


@pytest.mark.parametrize("name", BODIES)
def test_statements_without_end(name: str, write: Write) -> None:
    found = outcomes(
        write({"requirements.txt": "sqlalchemy\n", "store.py": SQLALCHEMY.replace("{body}", BODIES[name])})
    )
    lifted, reason = found["odd"]
    assert lifted or reason is not None
    assert (name == "subqueries") or reason is not None
    assert found["plain"] == (True, None)


@pytest.mark.parametrize("name", QUERY_SETS)
def test_query_sets_without_end(name: str, write: Write) -> None:
    odd = f"from .models import Lamp\n\n\ndef odd():\n    {QUERY_SETS[name]}\n"
    plain = "\n\ndef plain():\n    return list(Lamp.objects.filter(height=2))\n"
    found = outcomes(write({"requirements.txt": "django\n", **DJANGO, "coast/store.py": odd + plain}))
    assert found["odd"][1] is not None
    assert found["plain"] == (True, None)


def test_the_reason_of_a_long_chain_is_its_beginning(write: Write) -> None:
    body = f"return session.scalars(select(Lamp){'.where(Lamp.height == 1)' * 300}).all()"
    found = outcomes(write({"requirements.txt": "sqlalchemy\n", "store.py": SQLALCHEMY.replace("{body}", body)}))
    _, reason = found["odd"]
    assert reason is not None
    assert reason.count("the result of calling") < 2
