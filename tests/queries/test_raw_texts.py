"""Texts of a program as statements: holes by what they stand for, forms, placeholders with what they are given."""

from __future__ import annotations

import pytest

from verifier.evaluate.values import Bound, Choice, Const, Record, Sequence, Unknown, Value, join_text
from verifier.lift.nouns import Given, Style
from verifier.lift.pieces import Bindings, is_hole
from verifier.lift.texts import begins_like_sql, given_by, lift_fragment, lift_text
from verifier.model import LeftOut, Manifests, Project

PROJECT = Project(None, {}, {}, frozenset(), Manifests(), LeftOut())


def text(*parts: str | Value) -> Value:
    return join_text(parts)


def some(name: str = "x") -> Unknown:
    return Unknown(f"`{name}`")


def forms(
    value: Value, dialect: str = "postgres", styles: tuple[Style, ...] = (), given: Given | None = None
) -> list[str]:
    """The SQL of each statement."""
    return [form.tree.sql(dialect) for form in lift_text(PROJECT, value, dialect, styles, given).statements]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (text("SELECT * FROM ", some(), " WHERE id = 1"), "SELECT * FROM RUNTIME() WHERE id = 1"),
        (text("SELECT ", some(), " FROM users"), "SELECT RUNTIME() FROM users"),
        (text("SELECT * FROM users WHERE ", some(), " AND id = 1"), "SELECT * FROM users WHERE RUNTIME() AND id = 1"),
        (text("SELECT * FROM users WHERE name = '", some(), "'"), "SELECT * FROM users WHERE name = RUNTIME()"),
        (text("SELECT * FROM users WHERE name LIKE '%", some(), "%'"), "SELECT * FROM users WHERE name LIKE RUNTIME()"),
        (text("SELECT * FROM users ", some()), "SELECT * FROM users"),
        (text("SELECT * FROM users ", some(), " ", some(), " LIMIT 3"), "SELECT * FROM users LIMIT 3"),
        (text("SELECT * FROM users WHERE id IN (", some(), ")"), "SELECT * FROM users WHERE id IN (RUNTIME())"),
        (text("SELECT * FROM users WHERE id IN ", some()), "SELECT * FROM users WHERE id IN (RUNTIME())"),
        (text("SELECT * FROM users ORDER BY ", some(), " ", some()), "SELECT * FROM users ORDER BY RUNTIME()"),
        (text("SELECT * FROM users WHERE age ", some(), " 3"), "SELECT * FROM users WHERE age = 3"),
        (text("UPDATE users SET ", some(), " WHERE id = 1"), "UPDATE users SET RUNTIME = RUNTIME() WHERE id = 1"),
        (
            text("UPDATE users SET ", some(), " seen = 1 WHERE id = 1"),
            "UPDATE users SET RUNTIME = RUNTIME(), seen = 1 WHERE id = 1",
        ),
        (text("INSERT INTO a (", some(), ") VALUES (", some(), ")"), "INSERT INTO a (RUNTIME) VALUES (RUNTIME())"),
        (text("INSERT INTO users (id) VALUES ", some()), "INSERT INTO users (id) VALUES (RUNTIME())"),
        (
            text("WITH x AS (", some(), ") SELECT * FROM x"),
            "WITH x AS (SELECT RUNTIME()) SELECT * FROM x",
        ),
        (text('SELECT "', some(), '" FROM users'), "SELECT RUNTIME() FROM users"),
        (text("SELECT u.", some(), " FROM users_", some(), " u"), "SELECT RUNTIME() FROM RUNTIME() AS u"),
        (text("SELECT 1 FROM a WHERE b = ANY(ARRAY[", some(), "])"), "SELECT 1 FROM a WHERE b = ANY(ARRAY[RUNTIME()])"),
    ],
)  # fmt: skip
def test_holes_by_what_they_stand_for(value: Value, expected: str) -> None:
    found = lift_text(PROJECT, value, "postgres")
    (form,) = found.statements
    assert form.tree.sql("postgres") == expected
    assert not form.exact
    assert form.reasons == ("`x`",)
    assert form.wording is not None
    assert len(form.wording.insets) == sum(not isinstance(part, str) for part in value.parts)  # type: ignore[attr-defined]


def test_clauses_that_a_hole_leaves_open() -> None:
    def opened(*parts: str | Value) -> set[str]:
        return set(lift_text(PROJECT, text(*parts), "postgres").statements[0].open)

    assert opened("SELECT ", some(), " FROM users") == {"columns"}
    assert opened("SELECT a FROM users WHERE id = ", some()) == set()
    assert {"where", "order", "limit"} <= opened("SELECT a FROM users WHERE id = 1 ", some())
    assert "from" not in opened("SELECT a FROM users WHERE id = 1 ", some())
    assert {"from", "where"} <= opened("SELECT a FROM users ", some())
    assert "limit" not in opened("SELECT a FROM users ", some(), " ORDER BY a LIMIT 3")
    assert opened("SELECT a FROM ", some()) == {"from"}
    assert opened("INSERT INTO users (a) VALUES (", some(), ")") == {"values"}
    assert opened("UPDATE users SET ", some(), " WHERE id = 1") >= {"set"}


def test_each_form_of_a_text_that_has_several() -> None:
    either = Choice((Const("ASC"), Const("DESC")))
    assert sorted(forms(text("SELECT a FROM b ORDER BY a ", either), "sqlite")) == [
        "SELECT a FROM b ORDER BY a ASC",
        "SELECT a FROM b ORDER BY a DESC",
    ]
    both = Choice((Const("SELECT 1 FROM a WHERE b = 1"), Const("SELECT 1 FROM a")))
    assert forms(both) == ["SELECT 1 FROM a WHERE b = 1", "SELECT 1 FROM a"], "the fullest first"
    many = text("SELECT a FROM b WHERE ", *(Choice((Const(f"a = {n} AND "), Const(""))) for n in range(9)), "TRUE")
    assert 1 <= len(forms(many)) <= 8


PLACEHOLDERS: list[tuple[str, str, tuple[Style, ...], Value, list[object]]] = [
    ("SELECT a FROM b WHERE c = ? AND d = ?", "sqlite", ("qmark",), Sequence([Const(1), Const(2)]), [1, 2]),
    ("SELECT a FROM b WHERE c = ?2 AND d = ?1", "sqlite", ("qmark",), Sequence([Const(1), Const(2)]), [2, 1]),
    ("SELECT a FROM b WHERE c = :c AND d = :c", "sqlite", ("named",), Record({"c": Const(1)}), [1, 1]),
    ("SELECT a FROM b WHERE c = @c", "sqlite", ("at",), Record({"c": Const(1)}), [1]),
    ("SELECT a FROM b WHERE c = $c", "sqlite", ("dollar-name",), Record({"c": Const(1)}), [1]),
    ("SELECT a FROM b WHERE c = $2 AND d = $1", "postgres", ("dollar",), Sequence([Const(1), Const(2)]), [2, 1]),
    ("SELECT a FROM b WHERE c = %s AND d LIKE '%%x'", "postgres", ("format",), Sequence([Const(1)]), [1]),
    ("SELECT a FROM b WHERE c = %(c)s", "mysql", ("pyformat", "format"), Record({"c": Const(1)}), [1]),
    (
        "SELECT a FROM b WHERE c >= :from AND c < :to",
        "postgres",
        ("named",),
        Record({"from": Const(1), "to": Const(2)}),
        [1, 2],
    ),
    ("SELECT a::text, b::int FROM b WHERE c = :c", "postgres", ("named",), Record({"c": Const(1)}), [1]),
    ("SELECT a FROM b WHERE meta ? 'k' AND c = $1", "postgres", ("dollar",), Sequence([Const(1)]), [1]),
    ("SELECT ':no', '?', \"%s\" FROM b WHERE c = ? -- :why ?", "sqlite", ("qmark", "named"), Sequence([Const(1)]), [1]),
    ("SELECT a FROM b WHERE c > now() - INTERVAL :i", "postgres", ("named",), Record({"i": Const("1 day")}), ["1 day"]),
    ("SELECT a FROM b WHERE c = '\\\\' AND d = ?", "mysql", ("qmark",), Sequence([Const(1)]), [1]),
    ("SELECT a[1:2] FROM b WHERE c = :c", "postgres", ("named",), Record({"c": Const(1)}), [1]),
    ("SELECT 10 % 3, a FROM b WHERE c = $1", "postgres", ("dollar",), Sequence([Const(1)]), [1]),
    ("SELECT @total, a FROM b WHERE c = ?", "mysql", ("qmark",), Sequence([Const(1)]), [1]),
]


@pytest.mark.parametrize(("sql", "dialect", "styles", "given", "expected"), PLACEHOLDERS)
def test_placeholders_are_given_their_values(
    sql: str, dialect: str, styles: tuple[Style, ...], given: Value, expected: list[object]
) -> None:
    found = lift_text(PROJECT, Const(sql), dialect, styles, given_by(given))
    (form,) = found.statements
    assert form.exact
    assert form.wording is not None
    marks = [mark for mark in form.wording.placeholders if not mark.quoted]
    values = [form.values[mark.value] for mark in marks if mark.value is not None]
    assert [value.value for value in values if isinstance(value, Const)] == expected


def test_values_of_tagged_templates() -> None:
    value = text("SELECT a FROM b WHERE c = ", Bound(Const(5)), " AND d = ", Bound(some()))
    (form,) = lift_text(PROJECT, value, "postgres", ("dollar",)).statements
    assert form.exact, "what is sent along is no part of the text"
    assert form.tree.sql("postgres") == "SELECT a FROM b WHERE c = %(value)s AND d = %(value)s"
    assert len(form.values) == 2


def test_several_statements_in_one_text() -> None:
    found = lift_text(
        PROJECT, Const("DELETE FROM a; -- ;\n INSERT INTO b VALUES (';'); REFRESH ALL OF IT;"), "postgres"
    )
    assert [form.tree.sql() for form in found.statements] == ["DELETE FROM a", "INSERT INTO b VALUES (';')"]
    assert [(form.wording.number, form.wording.of) for form in found.statements if form.wording] == [(0, 3), (1, 3)]
    assert found.reason is not None


@pytest.mark.parametrize(
    "words",
    [
        "Select a user from the list",
        "Update your profile to set a picture",
        "delete this",
        "SELECT",
        "with love",
        "Insert coin",
        "selected items from here",
        "",
    ],
)
def test_prose_is_no_sql(words: str) -> None:
    assert not begins_like_sql(Const(words))


@pytest.mark.parametrize("sql", ["hello", "SELECT FROM WHERE", "SELECT (a FROM b", "DO $$ BEGIN END $$"])
def test_what_is_not_lifted_has_a_reason(sql: str) -> None:
    found = lift_text(PROJECT, Const(sql), "postgres")
    assert found.statements == ()
    assert found.reason


def test_a_text_of_which_nothing_is_known() -> None:
    found = lift_text(PROJECT, some("sql"), "postgres")
    assert (found.statements, found.reason) == ((), "`sql`")


def test_parts_of_statements() -> None:
    bindings = Bindings()
    given = given_by(Record({"x": Const(1)}))
    (condition,) = lift_fragment(
        PROJECT, Const("a = :x OR b"), "postgres", ("named",), given, role="condition", bindings=bindings
    )
    assert condition.sql() == "a = :x OR b"
    assert [value.value for value in bindings.values if isinstance(value, Const)] == [1]
    orders = lift_fragment(PROJECT, Const("a DESC, lower(b)"), "sqlite", role="order")
    assert [order.sql("sqlite") for order in orders] == ["a DESC", "LOWER(b)"]
    columns = lift_fragment(PROJECT, Const("a, count(*) AS n"), "sqlite", role="columns")
    assert [column.sql("sqlite") for column in columns] == ["a", "COUNT(*) AS n"]
    for wrong in ("a FROM b", "a; DROP TABLE b", "(a", "a, b"):
        (hole,) = lift_fragment(PROJECT, Const(wrong), "postgres")
        assert is_hole(hole), wrong
