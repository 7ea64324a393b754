"""PyPika's builders: what we lift, and the text that PyPika itself makes."""

from __future__ import annotations

import pytest
from sqlglot import exp

from tests.queries.comparing import expressions, normal, ours, parsed
from verifier.lift.nouns import Query

pypika = pytest.importorskip("pypika")
LINES = expressions("pypika")
NAMES = "from pypika import Order, Parameter, PostgreSQLQuery, Query, Table, functions as fn\n"
SERVED = f"""from fastapi import FastAPI
from asyncpg import Connection
{NAMES}

class Users(Table):
    def __init__(self) -> None:
        super().__init__("users")

    id: int
    email: str


users = Users()
posts = Table("posts")
app = FastAPI()

@app.get("/all")
async def everything(connection: Connection):
LINES
"""
FIRST = SERVED[: SERVED.index("LINES")].count("\n") + 1


@pytest.fixture(scope="module")
def lifted(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Query]:
    """What we lift."""
    folder = tmp_path_factory.mktemp("pypika")
    lines = "\n".join(f"    await connection.fetch(({line}).get_sql())" for line in LINES)
    (folder / "app.py").write_text(SERVED.replace("LINES", lines))
    (folder / "requirements.txt").write_text("fastapi\nasyncpg\npypika\n")
    return ours(folder, "pypika")


def made(line: str) -> str:
    """The text that PyPika makes."""
    names: dict[str, object] = {}
    exec(NAMES, names)
    names.update(users=pypika.Table("users"), posts=pypika.Table("posts"))
    text = eval(line, names).get_sql()
    assert isinstance(text, str)
    return text


def plain(tree: exp.Expr) -> exp.Expr:
    """A statement in which columns of its only table stand without that table."""
    tree = tree.copy()
    for negation in list(tree.find_all(exp.Not)):
        if isinstance(negation.this, exp.Is):
            negation.this.set("negate", True)
            negation.replace(negation.this)
    for truth in list(tree.find_all(exp.Boolean)):
        truth.replace(exp.Placeholder())
    for subquery in list(tree.find_all(exp.Subquery)):
        if isinstance(subquery.parent, exp.From):
            subquery.set("alias", None)
    joined = {select for select in tree.find_all(exp.Select) if select.args.get("joins")}
    for column in tree.find_all(exp.Column):
        if column.find_ancestor(exp.Select) not in joined:
            column.set("table", None)
    return tree


@pytest.mark.parametrize("place", range(len(LINES)), ids=LINES)
def test_as_pypika(place: int, lifted: dict[int, Query]) -> None:
    query = lifted.get(place + FIRST)
    assert query is not None, "not read"
    assert query.statements, query.reason
    statement = query.statements[0]
    assert statement.exact, statement.reasons
    assert normal(plain(statement.tree)) == normal(plain(parsed(made(LINES[place]))))
