import sqlalchemy as sa

metadata = sa.MetaData()

USER = sa.Table(
    "user",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(50), nullable=False),
    sa.Column("manager_id", sa.ForeignKey("user.id")),
    sa.Column("created_at", sa.DateTime, server_default=sa.func.now()),
)

orders = sa.Table(
    "orders",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("user_id", sa.Integer, sa.ForeignKey(USER.c.id)),
    sa.Column("total", sa.Numeric(10, 2)),
    sa.Column("state", sa.String, key="status"),
)

lines = sa.Table(
    "lines",
    metadata,
    sa.Column("order_id", sa.ForeignKey("orders.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("amount", sa.Integer),
)
