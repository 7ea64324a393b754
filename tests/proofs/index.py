"""Which modules prove rules whose fixtures they do not name, and which rules have nothing to prove."""

from __future__ import annotations

from collections.abc import Mapping

PROVED: Mapping[str, tuple[str, ...]] = {
    "django/missing-serializer-method": ("test_rest_framework.py",),
    "django/redundant-source": ("test_rest_framework.py",),
    "django/serializer-fields": ("test_rest_framework.py",),
    "django/view-called-by-view": ("test_rest_framework.py",),
    "sql/cartesian-join": ("test_sql_queries.py",),
    "sql/injection": ("test_sql_written.py",),
    "sql/multiple-statements": ("test_sql_written.py",),
    "sql/null-comparison": ("test_sql_queries.py",),
    "sql/outer-join-filtered": ("test_sql_queries.py",),
    "sql/parameter-types": ("test_sql_written.py",),
    "sql/placeholder-style": ("test_sql_drivers.py", "test_sql_written.py"),
    "sql/quoted-placeholder": ("test_sql_written.py",),
    "sql/single-value-not-tuple": ("test_sql_written.py",),
    "sql/sql-syntax": ("test_sql_written.py",),
    "sql/unbounded-write": ("test_sql_queries.py",),
    "sql/unordered-page": ("test_sql_queries.py",),
    "startup/syntax-error": ("test_launch.py",),
    "startup/unavailable-command": ("test_launch.py",),
    "sql/untyped-parameter": ("test_sql_written.py",),
    "sqlalchemy/aware-moment-in-naive-column": ("test_orm_postgres.py",),
}
# Rules, or all rules of a pack, that say what is written and not what fails.
NOT_AT_RUN_TIME: Mapping[str, str] = {
    "layers": "structure: nothing fails at run time",
    "buttress": "comments to Buttress",
    "contract/missing-operation": "the table of routes is held against that of the framework in tests/frameworks",
    "contract/parameter-mismatch": "the table of routes is held against that of the framework in tests/frameworks",
    "contract/trailing-slash": "the table of routes is held against that of the framework in tests/frameworks",
    "contract/wrong-method": "the table of routes is held against that of the framework in tests/frameworks",
    "contract/wrong-mount": "the table of routes is held against that of the framework in tests/frameworks",
}
