"""SQLAlchemy, Flask-SQLAlchemy and SQLModel: where code builds or sends statements, and which classes are mapped."""

from __future__ import annotations

from verifier.api import DataAccess, Pack

STATEMENTS = "select|insert|update|delete|text|union|union_all|exists"
SESSION = (
    "execute|exec|scalar|scalars|stream|stream_scalars|query|get|get_one|add|add_all|delete|merge|refresh|"
    "bulk_save_objects|bulk_insert_mappings|bulk_update_mappings"
)

PACK = Pack(
    language="python",
    packages=("sqlalchemy", "flask_sqlalchemy", "sqlmodel"),
    orm="sqlalchemy",
    data=DataAccess(
        calls=(
            rf"(?:sqlalchemy|sqlmodel)\.(?:[\w.]+\.)?(?:{STATEMENTS})",
            rf"(?:sqlalchemy|sqlmodel)\.[\w.()]*(?:[Ss]ession|sessionmaker\(\)|engine\(\)|[Ee]ngine|[Cc]onnection|connect\(\)|"
            rf"begin\(\))[\w.()]*\.(?:{SESSION})",
            rf"flask_sqlalchemy\.SQLAlchemy\.session(?:\(\))?\.(?:{SESSION})",
            r"flask_sqlalchemy\.SQLAlchemy\.Model\.query[\w.()]*",
            r"flask_sqlalchemy\.SQLAlchemy\.(?:select|insert|update|delete|get_or_404|first_or_404|one_or_404|paginate)",
        ),
        models=(
            r"sqlalchemy\.[\w.]*(?:DeclarativeBase|declarative_base\(\)|DeclarativeBaseNoMeta|MappedAsDataclass)",
            r"flask_sqlalchemy\.SQLAlchemy\.Model",
            r"sqlmodel\.(?:main\.)?SQLModel",
        ),
    ),
)
