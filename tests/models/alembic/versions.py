"""Migrations for the differential tests, by project and file. Projects that begin with ``batch`` are for SQLite."""

from __future__ import annotations

HEADER = """
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "{name}"
down_revision = {before}
branch_labels = None
depends_on = {needs}
"""


def version(name: str, before: object, body: str, needs: object = None) -> str:
    """The text of a migration."""
    return HEADER.format(name=name, before=repr(before), needs=repr(needs)) + body


PROJECTS: dict[str, dict[str, str]] = {
    "generated": {
        "1_users": version(
            "aaa",
            None,
            """
def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(length=50), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("bio", sa.Text(), server_default="", nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("username"),
    )
    op.create_index(op.f("ix_users_email"), "users", ["email"], unique=True)


def downgrade() -> None:
    op.drop_table("users")
""",
        ),
        "2_articles": version(
            "bbb",
            "aaa",
            """
def upgrade() -> None:
    op.create_table(
        "articles",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("tags", postgresql.ARRAY(sa.String(20)), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("price", sa.Numeric(precision=10, scale=2), nullable=True),
        sa.Column("state", sa.Enum("draft", "published", name="state"), nullable=False),
        sa.Column("key", postgresql.UUID(as_uuid=True), nullable=True),
        sa.Column("raw", sa.LargeBinary, nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "favorites",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"]),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"]),
        sa.PrimaryKeyConstraint("user_id", "article_id"),
    )
""",
        ),
        "3_changes": version(
            "ccc",
            "bbb",
            """
def upgrade() -> None:
    op.add_column("articles", sa.Column("slug", sa.String(), nullable=True))
    op.execute("UPDATE articles SET slug = id::text")
    op.alter_column("articles", "slug", existing_type=sa.String(), type_=sa.String(100), nullable=False)
    op.alter_column("users", "username", new_column_name="name")
    op.alter_column("users", "bio", server_default=None)
    op.alter_column("users", "seen_at", server_default=sa.text("now()"), type_=sa.TIMESTAMP(timezone=True))
    op.create_unique_constraint("articles_slug", "articles", ["author_id", "slug"])
    op.drop_column("articles", "raw")
    op.drop_index("ix_users_email", table_name="users")
    op.drop_constraint("favorites_user_id_fkey", "favorites", type_="foreignkey")
    op.create_foreign_key("fk_user", "favorites", "users", ["user_id"], ["id"], ondelete="set null")
    op.rename_table("favorites", "likes")
""",
        ),
    },
    "helpers": {
        "initial": version(
            "one",
            None,
            """
from typing import Tuple


def timestamps(indexed: bool = False) -> Tuple[sa.Column, sa.Column]:
    return (
        sa.Column(
            "created_at", sa.TIMESTAMP(timezone=True), nullable=False, server_default=sa.func.now(), index=indexed
        ),
        sa.Column("updated_at", sa.TIMESTAMP(timezone=True), nullable=False, server_default=sa.func.now()),
    )


def reference(name, table, **options):
    return sa.Column(f"{name}_id", sa.Integer, sa.ForeignKey(f"{table}.id", ondelete="CASCADE"), **options)


def create_users_table() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, unique=True, nullable=False, index=True),
        sa.Column("manager_id", sa.Text) if None else sa.Column("rank", sa.SmallInteger),
        *timestamps(indexed=True),
    )


def upgrade() -> None:
    create_users_table()
    for name in ("posts", "pages"):
        op.create_table(
            name,
            sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
            reference("user", "users", nullable=False),
            *timestamps(),
        )
    columns = [sa.Column(c, sa.Integer, primary_key=True) for c in ("left", "right")]
    op.create_table("pairs", *columns, sa.Column("weight", sa.Float, server_default="0"))
    op.create_table("tagged", sa.Column("tag", sa.Text), sa.Column("post", sa.Integer, sa.ForeignKey("posts.id")))
    op.create_primary_key("pk_tagged", "tagged", ["tag", "post"])
""",
        ),
    },
    "branches": {
        "z_root": version(
            "root",
            None,
            "\ndef upgrade():\n"
            "    op.create_table('t', sa.Column('id', sa.Integer, primary_key=True), sa.Column('x', sa.Integer))\n",
        ),
        "b_left": version(
            "left", "root", "\ndef upgrade():\n    op.add_column('t', sa.Column('left', sa.Text(), nullable=False))\n"
        ),
        "a_right": version(
            "right",
            "root",
            "\ndef upgrade():\n    op.drop_column('t', 'x')\n    op.alter_column('u', 'a', new_column_name='b')\n",
            "other",
        ),
        "c_merge": version("merged", ("left", "right"), "\ndef upgrade():\n    pass\n"),
        "d_last": version(
            "last", "merged", "\ndef upgrade():\n    op.alter_column('t', 'left', new_column_name='x')\n"
        ),
        "e_other": version(
            "other", None, "\ndef upgrade():\n    op.create_table('u', sa.Column('a', sa.Uuid, primary_key=True))\n"
        ),
    },
    "texts": {
        "one": version(
            "one",
            None,
            '''
from textwrap import dedent

NAME = "accounts"


def upgrade():
    op.execute("""
        CREATE TABLE accounts (
            id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
            Name VARCHAR(40) NOT NULL UNIQUE
        );
        CREATE FUNCTION touch() RETURNS trigger AS $$ BEGIN RETURN NEW; END; $$ LANGUAGE plpgsql;
    """)
    op.execute(sa.text(f"ALTER TABLE {NAME} ADD COLUMN email TEXT DEFAULT 'x'"))
    op.get_bind().execute(sa.text(dedent("""
        ALTER TABLE accounts ALTER COLUMN email SET NOT NULL
    """)))
    op.execute("CREATE TYPE mood AS ENUM ('good', 'bad')")
    op.add_column("accounts", sa.Column("mood", postgresql.ENUM("good", "bad", name="mood", create_type=False)))
    inspector = sa.inspect(op.get_bind())
    if not inspector.has_table("accounts"):
        op.create_table("wrong", sa.Column("id", sa.Integer, primary_key=True))
    if "phone" not in [column["name"] for column in inspector.get_columns("accounts")]:
        op.add_column("accounts", sa.Column("phone", sa.String(20), comment="with the country"))
    if op.get_bind().dialect.name == "sqlite":
        op.drop_table("accounts")
    entries = sa.Table("entries", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True))
    entries.create(op.get_bind())
''',
        ),
    },
    "batch": {
        "one": version(
            "one",
            None,
            """
def upgrade():
    op.create_table(
        "users",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(50), nullable=True),
        sa.Column("gone", sa.Text),
        sa.Column("key", sa.String(36), nullable=False),
    )
    op.create_table(
        "notes",
        sa.Column("key", sa.String(36), primary_key=True),
        sa.Column("user_id", sa.Integer, sa.ForeignKey("users.id")),
        sa.Column("kind", sa.Enum("a", "b", name="kind"), server_default="a"),
    )
""",
        ),
        "two": version(
            "two",
            "one",
            """
def upgrade():
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.add_column(sa.Column("email", sa.String(), nullable=True))
        batch_op.alter_column("name", existing_type=sa.String(50), nullable=False)
        batch_op.alter_column("key", new_column_name="token", existing_type=sa.String(36))
        batch_op.drop_column("gone")
        batch_op.create_unique_constraint("uq_users_name", ["name"])
        batch_op.create_index(batch_op.f("ix_users_email"), ["email"], unique=True)
    with op.batch_alter_table("notes") as batch:
        batch.add_column(sa.Column("owner_id", sa.Integer(), nullable=True))
        batch.create_foreign_key("fk_owner", "users", ["owner_id"], ["id"], ondelete="CASCADE")
        batch.drop_column("kind")
""",
        ),
    },
}
