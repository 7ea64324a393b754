"""Drivers that an address means which names none."""

from __future__ import annotations

import json

import pytest

from tests.conftest import Buttress, Write

DATABASE = """
from sqlalchemy import create_engine

engine = create_engine("postgresql://user:password@postgres/rows")
"""
MAIN = "from fastapi import FastAPI\nfrom database import engine\n\napp = FastAPI()\n"


@pytest.mark.parametrize(
    ("requirements", "missing"),
    [
        ("sqlalchemy>=2.0\nasyncpg\n", "psycopg-binary"),
        ("sqlalchemy\n", "psycopg-binary"),
        ("sqlalchemy<2.1\npsycopg\n", "psycopg2-binary"),
        ("sqlalchemy>=2.0\npsycopg2-binary\n", None),
        ("sqlalchemy>=2.0\npsycopg[binary]\n", None),
    ],
)
def test_the_default_driver(write: Write, buttress: Buttress, requirements: str, missing: str | None) -> None:
    run = "uvicorn main:app --host 0.0.0.0\n"
    files = {
        "requirements.txt": f"fastapi\nuvicorn\n{requirements}",
        "run.sh": run,
        "database.py": DATABASE,
        "main.py": MAIN,
    }
    ran = buttress("check", write(files), "--isolated", "--format", "json")
    found = [one["message"] for one in json.loads(ran.out)["findings"] if one["rule"] == "sqlalchemy/missing-driver"]
    assert [message.rpartition(" ")[2] for message in found] == ([missing] if missing is not None else [])
