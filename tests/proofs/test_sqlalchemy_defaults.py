"""A list as a default is one list for all rows, shown by SQLAlchemy itself."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "sqlalchemy" / "mutable_default"
ASK = """
import json
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from models import Base, Note
engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
with Session(engine, expire_on_commit=False) as session:
    first, second = Note(), Note()
    session.add(first)
    session.commit()
    first.tags.append("new")
    session.add(second)
    session.commit()
    print(json.dumps(second.tags))
"""
CARDS = """
import json
from sqlmodel import SQLModel
from models import Card
first = Card()
first.tags.append("new")
print(json.dumps(Card().tags))
"""


def said(folder: Path, script: str) -> list[str]:
    ran = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    found: list[str] = json.loads(ran.stdout)
    return found


def test_what_one_row_appends_the_next_one_starts_with() -> None:
    assert said(FIXTURES / "bad", ASK) == ["new"]
    assert said(FIXTURES / "good", ASK) == []


def test_a_type_that_watches_its_value_copies_it() -> None:
    assert said(FIXTURES / "good", ASK.replace(".tags", ".words")) == []


def test_sqlmodel_copies_its_defaults() -> None:
    assert said(FIXTURES / "good", CARDS) == []
