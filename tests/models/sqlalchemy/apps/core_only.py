import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, MetaData, PrimaryKeyConstraint, String, Table, text
from sqlalchemy.dialects import postgresql

convention = {
    "ix": "ix__%(table_name)s__%(column_0_N_name)s",
    "uq": "uq__%(table_name)s__%(column_0_name)s",
    "fk": "fk__%(table_name)s__%(column_0_name)s__%(referred_table_name)s",
    "pk": "pk__%(table_name)s",
}
metadata = MetaData(naming_convention=convention, schema="shop")


def id_column():
    return Column("id", Integer, primary_key=True)


def timestamps():
    return (
        Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        Column("updated_at", sa.TIMESTAMP(timezone=True)),
    )


users = Table("users", metadata, id_column(), Column("email", String(255), nullable=False, unique=True), *timestamps())

posts = Table(
    "posts",
    metadata,
    id_column(),
    Column("user_id", ForeignKey(users.c.id, ondelete="CASCADE")),
    Column("slug", sa.Unicode(40), index=True, unique=True),
    Column("body", sa.UnicodeText),
    Column("tags", postgresql.ARRAY(String(20))),
    *timestamps(),
    CheckConstraint("length(slug) > 3", name="slug_length"),
)

followers = Table(
    "followers",
    metadata,
    Column("follower_id", Integer, ForeignKey("users.id")),
    Column("following_id", Integer, ForeignKey("shop.users.id")),
    PrimaryKeyConstraint("follower_id", "following_id", name="followers_pk"),
)

audit = Table("audit", metadata, Column("what", String), Column("x", sa.Float(precision=3)), schema="log")
sa.Index("ix_audit_what", audit.c.what, unique=True)

for name in ("red", "blue"):
    Table(f"{name}_things", metadata, id_column(), Column("thing", sa.SmallInteger, server_default=text("7")))
