import enum

import sqlalchemy as sa
from sqlalchemy import Column, Integer
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, CITEXT, ENUM, HSTORE, INET, INTERVAL, JSONB, TIMESTAMP, TSVECTOR, UUID
from sqlalchemy.ext.mutable import MutableDict, MutableList
from sqlalchemy.orm import declarative_base
from sqlalchemy.types import TypeDecorator, UserDefinedType

Base = declarative_base()


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Lowercase(TypeDecorator):
    impl = sa.String
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return value.lower()


class Short(sa.TypeDecorator):
    impl = sa.String(8)
    cache_ok = True


class Encrypted(TypeDecorator):
    impl = sa.LargeBinary
    cache_ok = True

    def __init__(self, key):
        super().__init__()
        self.key = key


class Sized(TypeDecorator):
    impl = sa.Unicode
    cache_ok = True

    def __init__(self, size):
        super().__init__(length=size * 2)


class Guid(TypeDecorator):
    impl = sa.CHAR
    cache_ok = True

    def load_dialect_impl(self, dialect):
        return dialect.type_descriptor(sa.CHAR(32))


class Vector(UserDefinedType):
    def get_col_spec(self, **kw):
        return "VECTOR"


class Name(sa.String):
    pass


class Everything(Base):
    __tablename__ = "everything"

    id = Column(Integer, primary_key=True)
    a1 = Column(sa.SmallInteger)
    a2 = Column(sa.BigInteger)
    a3 = Column(sa.Float)
    a4 = Column(sa.Double(53))
    a5 = Column(sa.Numeric)
    a6 = Column(sa.Numeric(precision=8, scale=3))
    a7 = Column(sa.DECIMAL(5))
    a8 = Column(sa.REAL)
    b1 = Column(sa.String)
    b2 = Column(sa.String(length=12))
    b3 = Column(sa.VARCHAR(3))
    b4 = Column(sa.CHAR(2))
    b5 = Column(sa.Unicode(9))
    b6 = Column(sa.UnicodeText)
    b7 = Column(sa.Text(100))
    b8 = Column(CITEXT)
    c1 = Column(sa.Date)
    c2 = Column(sa.Time)
    c3 = Column(sa.Time(timezone=True))
    c4 = Column(TIMESTAMP(timezone=True))
    c5 = Column(TIMESTAMP)
    c6 = Column(sa.Interval)
    c7 = Column(INTERVAL)
    c8 = Column(sa.DateTime(True))
    d1 = Column(sa.LargeBinary)
    d2 = Column(sa.LargeBinary(20))
    d3 = Column(BYTEA)
    d4 = Column(sa.PickleType)
    e1 = Column(sa.Enum(Level))
    e2 = Column(sa.Enum("x", "y", name="xy"))
    e3 = Column(ENUM("p", "q", name="pq", create_type=False))
    e4 = Column(sa.Enum(Level, native_enum=False, values_callable=lambda e: [str(m.value) for m in e]))
    f1 = Column(sa.JSON)
    f2 = Column(JSONB, nullable=False, server_default="{}")
    f3 = Column(sa.JSON().with_variant(JSONB, "postgresql"))
    f4 = Column(MutableDict.as_mutable(JSONB), default={})
    f5 = Column(MutableList.as_mutable(sa.PickleType), default=[])
    g1 = Column(ARRAY(sa.String))
    g2 = Column(sa.ARRAY(Integer, dimensions=2))
    g3 = Column(ARRAY(UUID(as_uuid=True)))
    h1 = Column(UUID)
    h2 = Column(sa.Uuid(as_uuid=False))
    h3 = Column(sa.UUID())
    i1 = Column(INET)
    i2 = Column(postgresql.CIDR)
    i3 = Column(HSTORE)
    i4 = Column(TSVECTOR)
    j1 = Column(mysql.INTEGER(unsigned=True))
    j2 = Column(mysql.TINYINT(1))
    j3 = Column(mysql.LONGTEXT)
    j4 = Column(sqlite.DATETIME)
    k1 = Column(Lowercase(30))
    k2 = Column(Lowercase)
    k3 = Column(Short)
    k4 = Column(Encrypted("secret"))
    k5 = Column(Sized(4))
    k6 = Column(Guid)
    k7 = Column(Vector)
    k8 = Column(Name(7))
    l1 = Column(sa.Boolean, server_default=sa.false())
    l2 = Column(sa.String(5).with_variant(sa.String(9), "mysql"))
